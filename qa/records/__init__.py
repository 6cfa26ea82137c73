"""What passes between the stages: frozen, named data and nothing else, in the order in which it comes to be.

Every offset in these records counts Python code points into `Article.text`, end exclusive, so that
`article.text[span.start:span.end]` is the text meant.
"""

from qa.records.answering import SILENT, Note, NoteKind, Outcome, Quote, Verdict
from qa.records.answers import Answer, Quoted, Sources
from qa.records.articles import Article, Chunk
from qa.records.asking import NO_FILTERS, Filters, Inquiry, Message, Standalone
from qa.records.building import UnderWay
from qa.records.citing import Citation, Copy, Highlight
from qa.records.documents import Block, LeftOut, Markup, RawDocument
from qa.records.places import Heading, Outline, Page, Span
from qa.records.prose import Fault, Prose, ProseSentence
from qa.records.searching import Candidate, Findings, Hit, LookedAt, Passage, Standing

__all__ = [
    "NO_FILTERS",
    "SILENT",
    "Answer",
    "Article",
    "Block",
    "Candidate",
    "Chunk",
    "Citation",
    "Copy",
    "Fault",
    "Filters",
    "Findings",
    "Heading",
    "Highlight",
    "Hit",
    "Inquiry",
    "LeftOut",
    "LookedAt",
    "Markup",
    "Message",
    "Note",
    "NoteKind",
    "Outcome",
    "Outline",
    "Page",
    "Passage",
    "Prose",
    "ProseSentence",
    "Quote",
    "Quoted",
    "RawDocument",
    "Sources",
    "Span",
    "Standalone",
    "Standing",
    "UnderWay",
    "Verdict",
]
