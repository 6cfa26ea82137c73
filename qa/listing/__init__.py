"""Questions about the corpus itself, and the articles that answer them."""

from qa.listing.asking import CorpusQuestion, corpus_question
from qa.listing.choosing import MOST_LISTED, list_articles, opening

__all__ = ["MOST_LISTED", "CorpusQuestion", "corpus_question", "list_articles", "opening"]
