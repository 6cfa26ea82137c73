"""BM25 over chunks: rank-bm25 defines the scores, mapped posting lists keep them, and few are read.

rank-bm25 scores every passage in Python for every query. Here a score is an idf times a saturation, and the
saturation depends only on how often the term is in the passage and how long that is: a few thousand pairs in all.
A posting is a row and the number of its pair, six bytes, and the scores are still rank-bm25's to the last bit.

    write:   analysis, tokens, counting -> writing -> files
    search:  tokens, asking -> terms -> search -> formula
"""

from qa.lexical.analysis import STOP_WORDS, analysed_as
from qa.lexical.counting import Text
from qa.lexical.formula import Bm25
from qa.lexical.index import LexicalIndex
from qa.lexical.tokens import TOKENIZER, tokenize

__all__ = ["STOP_WORDS", "TOKENIZER", "Bm25", "LexicalIndex", "Text", "analysed_as", "tokenize"]
