"""The index of a set, kept in a cache: made once for each place, encoder and passage size, and brought up to date."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

from qa.build import Report, build
from qa.config import Settings
from qa.evaluate.records import QuestionSet
from qa.home import cache_folder
from qa.seams import Encoder, Progress

DEPTH = 100
"""How deep rankings go: recall@100 needs as much."""

_NOT_IN_A_NAME = re.compile(r"[^A-Za-z0-9_-]+")
_LONGEST = 40


def default_cache() -> Path:
    """Return the folder in which the indexes of sets are kept for one person."""
    return cache_folder() / "eval"


def settings_of(chosen: QuestionSet, cache: Path, settings: Settings) -> Settings:
    """Return the person's settings, on the index of this set in `cache`."""
    return replace(settings, indexes=cache / "indexes", index=_name_of(chosen, settings), keep=1)


def for_ranking(settings: Settings) -> Settings:
    """Return the settings that rank to the DEPTH, and answer whatever the confidence."""
    return replace(settings, candidates=max(settings.candidates, DEPTH), min_confidence=0.0)


def indexed(chosen: QuestionSet, settings: Settings, load_encoder: Callable[[], Encoder], progress: Progress) -> Report:
    """Build the index, or bring it up to date: only what has changed is read and embedded."""
    return build(chosen.paths, settings, load_encoder, progress)


def _name_of(chosen: QuestionSet, settings: Settings) -> str:
    """Return a name for what must not share an index: another folder, encoder, passage size or vector index.

    What is in the folder is no part of it, so that a folder that has changed is brought up to date.
    """
    key = [chosen.folder.resolve(), settings.encoder, settings.chunk_words, settings.dense]
    digest = sha256("\n".join(map(str, key)).encode("utf-8", "surrogateescape")).hexdigest()
    name = _NOT_IN_A_NAME.sub("-", chosen.name).strip("-_")[:_LONGEST] or "set"
    return f"{name}-{digest[:10]}"
