"""The API's responses; the OpenAPI document is generated from these and from `web.requests`.

An answer is in `answers`, what it quotes in `citations`; `index` says how it was searched, `corpora` what there is to
ask, `service` how the server is, `problems` what went wrong.
"""

from web.schemas.answers import (
    AnswerDocument,
    FiltersDocument,
    LookedAtDocument,
    NoteDocument,
    ProseDocument,
    SentenceDocument,
)
from web.schemas.base import Document, Offset
from web.schemas.citations import CitationDocument, CopyDocument, HighlightDocument, PassageDocument, StandingDocument
from web.schemas.corpora import CorporaDocument, CorpusDocument, LanguageDocument, ServedDocument, SourceDocument
from web.schemas.index import Building, BuildingDocument, Search, Searches
from web.schemas.problems import FieldErrorDocument, ProblemDocument
from web.schemas.service import Health, Noted, Readiness

__all__ = [
    "AnswerDocument",
    "Building",
    "BuildingDocument",
    "CitationDocument",
    "CopyDocument",
    "CorporaDocument",
    "CorpusDocument",
    "Document",
    "FieldErrorDocument",
    "FiltersDocument",
    "Health",
    "HighlightDocument",
    "LanguageDocument",
    "LookedAtDocument",
    "NoteDocument",
    "Noted",
    "Offset",
    "PassageDocument",
    "ProblemDocument",
    "ProseDocument",
    "Readiness",
    "Search",
    "Searches",
    "SentenceDocument",
    "ServedDocument",
    "SourceDocument",
    "StandingDocument",
]
