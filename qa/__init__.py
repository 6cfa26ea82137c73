"""Answers from a folder of articles, made of exact quotations.

    from qa import Corpus

    with Corpus.build("articles") as corpus:
        answer = corpus.ask("Who condemned the missile launch?")

The way the data flows, and the module of each step:

    offline (`build`):    load -> clean -> chunk -> embed -> index (lexical, dense, store)
    online (`pipeline`):  question -> search (lexical, dense) -> fuse -> rerank -> answer -> cite

`records`, `errors`, `seams`, `config` and `sentences` are the ground that every step stands on; `corpus` is the whole
for a program in Python. Importing this package loads none of the heavy libraries; each step loads its own when it is
first used, and the names below come from their modules when they are first asked for.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from qa.corpus import Corpus, CorpusStatus
    from qa.errors import QaError
    from qa.records import Answer, Article, Citation, Findings, Message, Outcome, Passage

__version__ = "0.1.0"

__all__ = [
    "Answer",
    "Article",
    "Citation",
    "Corpus",
    "CorpusStatus",
    "Findings",
    "Message",
    "Outcome",
    "Passage",
    "QaError",
    "__version__",
]


def __getattr__(name: str) -> Any:
    """Return a public name from its module."""
    if name not in __all__:
        raise AttributeError(f"module 'qa' has no attribute {name!r}")
    modules = {"Corpus": "qa.corpus", "CorpusStatus": "qa.corpus", "QaError": "qa.errors"}
    return getattr(import_module(modules.get(name, "qa.records")), name)


def __dir__() -> list[str]:
    """Return the public names."""
    return sorted(__all__)
