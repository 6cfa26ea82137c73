"""The order in which a version comes about; each step is a function of what the steps before it made."""

from __future__ import annotations

import os
import re
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from pathlib import Path

from qa.build.before import Before, served_before
from qa.build.gather import Gathered, Reading, gather
from qa.build.provenance import fingerprint_of_reading
from qa.build.report import Report, nothing_to_index
from qa.build.survey import survey
from qa.build.vectors import VectorsOf
from qa.chunk import searched_text
from qa.config import Settings
from qa.dense import KINDS, DenseIndex
from qa.embeddings import Rounded
from qa.errors import ArticleIndexError, BadSettingError, IndexWriteError
from qa.index import StateProgress, building, current_version, index_folder, link_parts, publish, version_folder
from qa.lexical import TOKENIZER, LexicalIndex
from qa.load import Inventory, Limits, find, origin_of
from qa.manifest import EncoderRecord, Manifest, Recipe, check_files, read_manifest
from qa.pins import PINNED
from qa.records import LeftOut
from qa.seams import Encoder, Progress
from qa.store import Store

WORDS_FIRST_FROM = 256
"""So many passages to embed take long enough that their words are published before."""


@dataclass(frozen=True, slots=True)
class _Words:
    """A version without vectors: its folder, what it is made of, and whether it is published."""

    folder: Path
    recipe: Recipe
    published: Manifest | None
    read: int
    left_out: tuple[LeftOut, ...]


def build(paths: Sequence[Path], settings: Settings, load_encoder: Callable[[], Encoder], progress: Progress) -> Report:
    """Build a version from the articles under `paths` and publish it; publish nothing where nothing has changed.

    The served version stays as it is until a new one is published. Where many passages have to be embedded and
    the served version has no vectors to lose, a version that answers by words comes first. Raises SourceError or
    NoArticlesError for the paths, IndexBusyError while another build runs, IndexWriteError when there is no room
    or no permission, and what `load_encoder` raises.
    """
    if settings.dense not in KINDS:
        raise BadSettingError("dense", f"{settings.dense!r} is not one of {', '.join(KINDS)}.")
    inventory = find(paths)
    folder = index_folder(settings.indexes, settings.index)
    try:
        with building(folder) as staging, ThreadPoolExecutor(1, thread_name_prefix="load") as pool:
            encoder = pool.submit(load_encoder)  # takes seconds for some; reading goes on meanwhile
            work = _Build(paths, inventory, settings, folder, staging, StateProgress(folder, progress))
            return work.run(encoder)
    except (OSError, sqlite3.Error) as error:
        why = (isinstance(error, OSError) and error.strerror) or str(error)
        raise IndexWriteError(folder, why) from error


@dataclass(frozen=True, slots=True)
class _Build:
    """One build, while the lock is held."""

    paths: Sequence[Path]
    inventory: Inventory
    settings: Settings
    folder: Path
    staging: Path
    progress: Progress

    def run(self, loading: Future[Encoder]) -> Report:
        """Words, then vectors; see `build`."""
        before = served_before(self.folder, self.inventory.files, self._sources(), self.settings)
        words = self._words(before)
        encoder = loading.result()
        if before and words.published is before.manifest and self._is_complete(before.manifest, encoder):
            return self._report(before.manifest, words, published=False, embedded=0)
        vectors = VectorsOf(encoder, words.folder / "store", self.folder)
        missing = vectors.missing()
        if words.published is None and missing >= WORDS_FIRST_FROM and not self._answers_by_vectors():
            manifest = publish(self.folder, words.folder, words.recipe, self.settings.keep)
            words = replace(words, folder=version_folder(self.folder, manifest.version), published=manifest)
            vectors = replace(vectors, store=words.folder / "store")
        manifest = self._complete(words, vectors)
        with suppress(OSError, sqlite3.Error):  # the version is served; what is too much can go another time
            vectors.prune()
        return self._report(manifest, words, published=True, embedded=missing)

    def _words(self, before: Before | None) -> _Words:
        """Return the store and the lexical index of the articles as they are now: those of before, or new ones."""
        if before and before.same:
            return _Words(before.folder, before.manifest.recipe, before.manifest, 0, before.left_out())
        folder = self.staging / "words"
        folder.mkdir()
        gathered = self._gathered(folder, before)
        recipe = self._recipe(gathered)
        if before and (recipe.corpus, TOKENIZER) == (before.manifest.recipe.corpus, before.manifest.recipe.tokenizer):
            link_parts(before.folder, folder, ["lexical"])
        else:
            self.progress.stage("Indexing words", recipe.chunks)
            self._index_words(folder)
        return _Words(folder, recipe, None, gathered.read, gathered.left_out)

    def _gathered(self, folder: Path, before: Before | None) -> Gathered:
        found = before.surveyed if before else tuple(survey(self.inventory.files, []))
        limits = Limits.from_mb(self.settings.max_file_mb, self.settings.max_article_mb)
        how = Reading(self.settings.chunk_words, limits)
        gathered = gather(folder, self._sources(), found, before.folder if before else None, how, self.progress)
        if not gathered.stored.articles:
            raise nothing_to_index(self.paths, self.inventory, gathered.left_out)
        return gathered

    def _index_words(self, folder: Path) -> None:
        (folder / "lexical").mkdir()
        with closing(Store(folder / "store")) as store:
            LexicalIndex.write(folder / "lexical", self._texts(store))

    def _texts(self, store: Store) -> Iterator[str]:
        for chunk, article in store.every_chunk():
            yield searched_text(chunk, article)
            self.progress.advance(1)

    def _complete(self, words: _Words, vectors: VectorsOf) -> Manifest:
        """Publish the version of these words with its vectors."""
        encoder, recipe = vectors.encoder, words.recipe
        matrix = vectors.written(self.staging / "vectors.npy", recipe.chunks, self.progress)
        self.progress.stage("Indexing vectors", None)
        folder = self.staging / "complete"
        folder.mkdir()
        link_parts(words.folder, folder, ["sources", "store", "lexical"])
        (folder / "dense").mkdir()
        recipe = replace(
            recipe,
            encoder=EncoderRecord(encoder.name, encoder.fingerprint, encoder.dimension),
            dense=self._index_vectors(folder, matrix),
            models=_hashes(self.settings.encoder, self.settings.reranker),
        )
        return publish(self.folder, folder, recipe, self.settings.keep)

    def _index_vectors(self, folder: Path, matrix: Rounded) -> str:
        try:
            return DenseIndex.write(folder / "dense", matrix, self.settings.dense)
        except RuntimeError as error:  # how FAISS puts it when there is no room
            why = re.search(r"\(([^()]*)\)\s*$", str(error))
            raise OSError(why[1] if why else str(error)) from error

    def _answers_by_vectors(self) -> bool:
        """Return whether the version that is served has vectors, which words alone must not take the place of."""
        try:
            served = version_folder(self.folder, current_version(self.folder))
            manifest = read_manifest(served)
            check_files(served, manifest)
        except ArticleIndexError:
            return False
        return manifest.recipe.encoder is not None

    def _is_complete(self, manifest: Manifest, encoder: Encoder) -> bool:
        """Return whether a version has the vectors that this build would make."""
        recipe = manifest.recipe
        record = EncoderRecord(encoder.name, encoder.fingerprint, encoder.dimension)
        return recipe.encoder == record and self.settings.dense in {"auto", recipe.dense}

    def _recipe(self, gathered: Gathered) -> Recipe:
        return Recipe(
            sources=tuple(map(origin_of, self._sources())),
            articles=gathered.stored.articles,
            chunks=gathered.stored.chunks,
            left_out=len(self.inventory.left_out) + len(gathered.left_out),
            corpus=gathered.stored.digest,
            reading=fingerprint_of_reading(self.settings),
            tokenizer=TOKENIZER,
            encoder=None,
            dense=None,
            models=_hashes(self.settings.reranker),
        )

    def _sources(self) -> list[Path]:
        return [Path(os.path.abspath(path)) for path in self.paths]  # noqa: PTH100 - keeps links as they are named

    def _report(self, manifest: Manifest, words: _Words, *, published: bool, embedded: int) -> Report:
        left_out = (*self.inventory.left_out, *words.left_out)
        inventory = self.inventory
        return Report(manifest, published, len(inventory.files), words.read, embedded, left_out, inventory.unknown)


def _hashes(*names: str) -> dict[str, dict[str, str]]:
    return {name: {file.path: file.sha256 for file in PINNED[name].files} for name in names if name in PINNED}
