"""Source files to a store: what is new is read, cleaned and cut; what is known is carried over as it is."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, replace
from pathlib import Path, PurePosixPath

from qa.build.survey import Surveyed, unchanged_since
from qa.catalogue import Catalogue, Outcome, write_catalogue
from qa.chunk import chunk, searched_text
from qa.clean import clean
from qa.load import Limits, read
from qa.records import Article, LeftOut, RawDocument
from qa.seams import Progress
from qa.store import Stored, StoreWriter


@dataclass(frozen=True, slots=True)
class Gathered:
    """What was gathered: how many articles were read anew, how many carried over, and what was left out."""

    stored: Stored
    read: int
    carried: int
    left_out: tuple[LeftOut, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """How files are read: the longest chunk in words, and the limits in bytes."""

    chunk_words: int
    limits: Limits


def gather(
    work: Path,
    sources: Sequence[Path],
    found: Sequence[Surveyed],
    previous: Path | None,
    how: Reading,
    progress: Progress,
) -> Gathered:
    """Write `store/` and `sources/` of a version into `work`, from the files found and the version in `previous`.

    The result is the same with or without a previous version. `previous` must have been read in the same way.
    """
    for part in ("store", "sources"):
        (work / part).mkdir()
    with ExitStack() as opened:
        writer = opened.enter_context(StoreWriter(work, previous / "store" if previous else None))
        before = opened.enter_context(Catalogue(previous / "sources")) if previous else None
        gatherer = _Gatherer(writer, how, before)
        progress.stage("Reading files", len(found))
        outcomes = []
        for item in found:
            outcome = gatherer.take(item)
            # Of a file that changes while it is read nobody knows which state was read, so the next build reads it.
            known = item.file if unchanged_since(item.file) else replace(item.file, sha256="", size=-1)
            outcomes.append((known, outcome))
            progress.advance(1)
        stored = writer.finish(work / "store")
    (work / "work.sqlite").unlink()
    write_catalogue(work / "sources", sources, outcomes)
    left_out = tuple(item for _, outcome in outcomes for item in outcome.left_out)
    return Gathered(stored, gatherer.read, gatherer.carried, left_out)


@dataclass(slots=True)
class _Gatherer:
    writer: StoreWriter
    how: Reading
    before: Catalogue | None
    read: int = 0
    carried: int = 0
    copies: int = 0

    def take(self, item: Surveyed) -> Outcome:
        """Gather one file, whole from before where nothing in it or before it is in the way."""
        if item.same and self.before is not None:
            outcome = self.before.outcome(item.file.path)
            if outcome.whole and not self.writer.has_any(outcome.articles):
                for article in outcome.articles:
                    self.writer.carry(article)
                self.carried += len(outcome.articles)
                return outcome
        return self._read(item)

    def _read(self, item: Surveyed) -> Outcome:
        articles: list[str] = []
        left_out: list[LeftOut] = []
        self.copies = 0
        for document in read(item.path, self.how.limits):
            result = document if isinstance(document, LeftOut) else self._document(document)
            if isinstance(result, LeftOut):
                left_out.append(result)
            else:
                articles.append(result)
        whole = not self.copies and bool(item.file.sha256)
        return Outcome(tuple(articles), tuple(left_out), whole)

    def _document(self, raw: RawDocument) -> str | LeftOut:
        """Gather one document; return the id of its article, or why there is none."""
        key = _key_of(raw)
        known = self.writer.known(key)
        result = known or clean(raw)
        if isinstance(result, LeftOut):
            return result
        first = self.writer.get(result.id)
        if first is not None:
            self.copies += 1
            return _copy_of(first, result, raw.origin)
        if known is not None:
            self.writer.carry(known.id, raw.origin)
            self.carried += 1
        else:
            chunks = chunk(result, self.how.chunk_words)
            self.writer.add(result, key, chunks, [searched_text(part, result) for part in chunks])
            self.read += 1
        return result.id


def _copy_of(first: Article, second: Article, origin: str) -> LeftOut:
    """Say why an article whose id is taken is left out: the same article twice, or two rows with one `_id`."""
    if (first.title, first.text) == (second.title, second.text):
        return LeftOut(origin, f"is the same article as {first.origin}")
    return LeftOut(origin, f"has the _id {second.id!r} of another article, {first.origin}")


def _key_of(raw: RawDocument) -> bytes:
    """Return what a document is known by: a SHA-256 of all that cleaning sees but for the place it lies in.

    Of the place only the name counts, because a document without a title is called by it.
    """
    seen = [
        raw.content, raw.markup, raw.id, raw.title, raw.url, raw.source, raw.author, raw.published_at,
        raw.language, sorted(raw.metadata.items()), PurePosixPath(raw.origin).stem, raw.outline and asdict(raw.outline),
        [[block.text, block.level, *([page.label, page.start] for page in block.pages)] for block in raw.blocks],
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(seen).encode("ascii")).digest()
