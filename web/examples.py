"""Examples of answers for the OpenAPI document; what they quote stands in the article that ships with the project."""

from __future__ import annotations

from typing import Any

from qa.document import SILENCE
from qa.records import Outcome

_PASSAGE: dict[str, Any] = {
    "chunk_id": "1162123c0e0d80e8:1",
    "article_id": "1162123c0e0d80e8",
    "title": "North Korea launches missile amid US push to resume talks",
    "source": None,
    "published_at": None,
    "url": None,
    "start_char_index": 451,
    "end_char_index": 525,
    "section": [],
    "start_page": None,
    "end_page": None,
    "language": "en",
    "text": "Officials in both Japan and China responded to the missile launch Tuesday.",
    "lexical": {"rank": 1, "score": 2.31},
    "dense": {"rank": 2, "score": 0.61},
    "fused": {"rank": 1, "score": 0.0325},
    "rerank": {"rank": 1, "score": 6.83},
    "combined": {"rank": 1, "score": 7.41},
}

ANSWER_EXAMPLE: dict[str, Any] = {
    "question": "Which countries responded to the launch?",
    "asked": "Which countries responded to the launch?",
    "carried": [],
    "filters": {"sources": [], "since": None, "until": None},
    "answer": "Officials in both Japan and China responded to the missile launch Tuesday.",
    "outcome": "answered",
    "abstained": False,
    "reason": None,
    "prose": None,
    "notes": [],
    "looked_at": {"articles": 1, "passages": 5, "read": 5},
    "confidence": 0.9984,
    "signals": {"passage": 6.83, "quote": 6.41, "passage_gap": 9.02, "passage_terms": 1.0, "names_missing": 0.0},
    "citations": [
        {
            "type": "char_location",
            "cited_text": "Officials in both Japan and China responded to the missile launch Tuesday.",
            "document_index": 0,
            "document_title": "North Korea launches missile amid US push to resume talks",
            "start_char_index": 451,
            "end_char_index": 525,
            "article_id": "1162123c0e0d80e8",
            "chunk_id": "1162123c0e0d80e8:1",
            "url": None,
            "source": None,
            "published_at": None,
            "section": [],
            "start_page": None,
            "end_page": None,
            "language": "en",
            "highlights": [
                {"start_char_index": 469, "end_char_index": 474},
                {"start_char_index": 479, "end_char_index": 484},
            ],
            "also_in": [],
        }
    ],
    "passages": [_PASSAGE],
    "index_version": "20261122T141709Z-43377390",
    "searches": ["lexical", "dense"],
    "building": None,
    "timings_ms": {"lexical": 0.4, "dense": 5.1, "rerank": 164.0, "answer": 126.7, "total": 296.9},
}

LIST_EXAMPLE: dict[str, Any] = {
    **ANSWER_EXAMPLE,
    "question": "What articles do you have about Japan?",
    "asked": "What articles do you have about Japan?",
    "outcome": "listed",
    "citations": [{**ANSWER_EXAMPLE["citations"][0], "highlights": [{"start_char_index": 469, "end_char_index": 474}]}],
}

NOT_STATED_EXAMPLE: dict[str, Any] = {
    **ANSWER_EXAMPLE,
    "question": "What did the missile cost?",
    "asked": "What did the missile cost?",
    "answer": SILENCE[Outcome.NOT_STATED],
    "outcome": "not_stated",
    "abstained": True,
    "reason": "The closest passages do not answer the question well enough to quote one as an answer.",
    "confidence": 0.0212,
    "citations": [],
}

NOT_COVERED_EXAMPLE: dict[str, Any] = {
    **NOT_STATED_EXAMPLE,
    "question": "What is the capital of France?",
    "asked": "What is the capital of France?",
    "answer": SILENCE[Outcome.NOT_COVERED],
    "outcome": "not_covered",
    "confidence": 0.0001,
}
