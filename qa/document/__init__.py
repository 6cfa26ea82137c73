"""An answer for the outside: the JSON document of the API and of `qa ask --json`, and its parts in words.

The words are those of the page and of the terminal alike: `confidence`, `naming` of articles, and `words` for the rest.
"""

from qa.document.confidence import confidence_figure, confidence_in_words, confidence_meaning
from qa.document.documents import (
    answer_document,
    building_document,
    citation_document,
    findings_document,
    passage_document,
    prose_document,
    sentence_document,
)
from qa.document.naming import article_named, named, pages_named, passage_named
from qa.document.words import SILENCE, byline, counted, headline, looked_at_in_words

__all__ = [
    "SILENCE",
    "answer_document",
    "article_named",
    "building_document",
    "byline",
    "citation_document",
    "confidence_figure",
    "confidence_in_words",
    "confidence_meaning",
    "counted",
    "findings_document",
    "headline",
    "looked_at_in_words",
    "named",
    "pages_named",
    "passage_document",
    "passage_named",
    "prose_document",
    "sentence_document",
]
