"""OFFLINE: from a folder of articles to a published index version.

load -> clean -> chunk -> embed -> index
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from qa.chunk import chunk, searched_text
from qa.clean import clean
from qa.config import Settings
from qa.errors import NoArticlesError
from qa.index import building, index_folder, publish, write_version
from qa.lexical import TOKENIZER
from qa.load import Inventory, Limits, find, origin_of, read
from qa.manifest import EncoderRecord, Manifest, Recipe
from qa.pins import PINNED
from qa.records import Article, LeftOut
from qa.seams import Encoder, Progress


@dataclass(frozen=True, slots=True)
class Report:
    """What a build did: the version it published, and everything it could not use."""

    manifest: Manifest
    files: int
    left_out: tuple[LeftOut, ...]
    unknown: Mapping[str, int]
    """How many files of each suffix that no loader reads."""


@dataclass(frozen=True, slots=True)
class _Read:
    articles: list[Article]
    left_out: list[LeftOut]


def build(paths: Sequence[Path], settings: Settings, load_encoder: Callable[[], Encoder], progress: Progress) -> Report:
    """Build a version from the articles under `paths` and publish it.

    The served version stays as it is until the new one is published. Raises SourceError or NoArticlesError
    for the paths, IndexBusyError while another build runs, and what `load_encoder` raises.
    """
    inventory = find(paths)
    with building(index_folder(settings.indexes, settings.index)) as staging:
        found = _articles(inventory, settings, progress)
        if not found.articles:
            raise NoArticlesError(Path(" ".join(map(str, paths))), _why_nothing(inventory, found.left_out))
        pairs = [(part, article) for article in found.articles for part in chunk(article, settings.chunk_words)]
        texts = [searched_text(part, article) for part, article in pairs]
        encoder = load_encoder()
        progress.stage("Embedding passages", len(texts))
        vectors = encoder.encode_passages(texts, progress.advance)
        progress.stage("Writing the index", None)
        write_version(staging, found.articles, [part for part, _ in pairs], texts, vectors)
        recipe = Recipe(
            sources=tuple(origin_of(path) for path in paths),
            articles=len(found.articles),
            chunks=len(pairs),
            left_out=len(found.left_out),
            chunk_words=settings.chunk_words,
            tokenizer=TOKENIZER,
            encoder=EncoderRecord(encoder.name, encoder.fingerprint, encoder.dimension),
            models=_hashes(settings.encoder, settings.reranker),
        )
        manifest = publish(index_folder(settings.indexes, settings.index), staging, recipe, settings.keep)
    return Report(manifest, len(inventory.files), tuple(found.left_out), inventory.unknown)


def _articles(inventory: Inventory, settings: Settings, progress: Progress) -> _Read:
    """Read and clean every article; ordered by id, so that the order of files does not matter."""
    limits = Limits.from_mb(settings.max_file_mb, settings.max_article_mb)
    articles: dict[str, Article] = {}
    left_out = list(inventory.left_out)
    progress.stage("Reading files", len(inventory.files))
    for path in inventory.files:
        for document in read(path, limits):
            result = document if isinstance(document, LeftOut) else _new(clean(document), articles)
            if isinstance(result, LeftOut):
                left_out.append(result)
            else:
                articles[result.id] = result
        progress.advance(1)
    return _Read([articles[key] for key in sorted(articles)], left_out)


def _new(result: Article | LeftOut, articles: Mapping[str, Article]) -> Article | LeftOut:
    """Refuse an article whose id is taken: the same article twice, or two rows with one `_id`."""
    if isinstance(result, LeftOut) or result.id not in articles:
        return result
    first = articles[result.id]
    if (first.title, first.text) == (result.title, result.text):
        return LeftOut(result.origin, f"is the same article as {first.origin}")
    return LeftOut(result.origin, f"has the _id {result.id!r} of another article, {first.origin}")


def _why_nothing(inventory: Inventory, left_out: Sequence[LeftOut]) -> str:
    if left_out:
        return f"holds no article that can be read: {left_out[0].origin} {left_out[0].reason}."
    if inventory.unknown:
        return f"holds only files of types that cannot be read: {', '.join(sorted(inventory.unknown))}."
    return "holds no articles; put .txt, .md, .html, .jsonl or .csv files there."


def _hashes(*names: str) -> dict[str, dict[str, str]]:
    return {name: {file.path: file.sha256 for file in PINNED[name].files} for name in names if name in PINNED}
