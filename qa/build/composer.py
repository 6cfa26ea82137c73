"""The order in which a version comes about: words, then vectors."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from qa.build.before import Before, served_before
from qa.build.job import Job
from qa.build.report import Report
from qa.build.vectors import VectorsOf
from qa.build.words import Words, words_of
from qa.config import Settings
from qa.dense import KINDS, DenseIndex, choose
from qa.embeddings import Rounded
from qa.errors import ArticleIndexError, BadSettingError, IndexWriteError
from qa.index import StateProgress, building, current_version, index_folder, link_parts, publish, version_folder
from qa.load import find
from qa.manifest import EncoderRecord, Manifest, Recipe, check_files, read_manifest
from qa.pins import hashes_of
from qa.seams import Encoder, Progress

WORDS_FIRST_FROM = 256
"""So many passages to embed take long enough that their words are published before."""


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
            job = Job(paths, inventory, settings, folder, staging, StateProgress(folder, progress))
            return _run(job, encoder)
    except (OSError, sqlite3.Error) as error:
        why = (isinstance(error, OSError) and error.strerror) or str(error)
        raise IndexWriteError(folder, why) from error


def _run(job: Job, loading: Future[Encoder]) -> Report:
    before = served_before(job.folder, job.inventory.files, job.sources, job.settings)
    words = words_of(job, before)
    encoder = loading.result()
    if before and words.published is before.manifest and _has_vectors(before.manifest.recipe, encoder, job.settings):
        return _report(job, before.manifest, words, published=False, embedded=0)
    vectors = VectorsOf(encoder, words.folder / "store", job.folder)
    missing = vectors.missing()
    if words.published is None and missing >= WORDS_FIRST_FROM and not _answers_by_vectors(job.folder):
        manifest = publish(job.folder, words.folder, words.recipe, job.settings.keep)
        words = replace(words, folder=version_folder(job.folder, manifest.version), published=manifest)
        vectors = replace(vectors, store=words.folder / "store")
        job.progress.stage("Words are published: questions are answered from now on", None)
    manifest = _complete(job, words, vectors, before)
    with suppress(OSError, sqlite3.Error):  # the version is served; what is too much can go another time
        vectors.prune()
    return _report(job, manifest, words, published=True, embedded=missing)


def _complete(job: Job, words: Words, vectors: VectorsOf, before: Before | None) -> Manifest:
    """Publish the version of these words with its vectors."""
    encoder = vectors.encoder
    folder = job.staging / "complete"
    folder.mkdir()
    link_parts(words.folder, folder, ["sources", "store", "lexical"])
    had = before.manifest.recipe if before else None
    if before and had and had.corpus == words.recipe.corpus and _has_vectors(had, encoder, job.settings):
        link_parts(before.folder, folder, ["dense"])  # other files, the same articles
        kind = had.dense
    else:
        matrix = vectors.written(job.staging / "vectors.npy", words.recipe.chunks, job.progress)
        job.progress.stage("Indexing vectors", None)
        (folder / "dense").mkdir()
        kind = _index_vectors(folder / "dense", matrix, job.settings.dense)
    recipe = replace(
        words.recipe,
        encoder=EncoderRecord(encoder.name, encoder.fingerprint, encoder.dimension),
        dense=kind,
        models=hashes_of(job.settings.encoder, job.settings.reranker),
    )
    return publish(job.folder, folder, recipe, job.settings.keep)


def _index_vectors(folder: Path, matrix: Rounded, kind: str) -> str:
    try:
        return DenseIndex.write(folder, matrix, kind)
    except RuntimeError as error:  # how FAISS puts it when there is no room
        why = re.search(r"\(([^()]*)\)\s*$", str(error))
        raise OSError(why[1] if why else str(error)) from error


def _answers_by_vectors(folder: Path) -> bool:
    """Return whether the version that is served has vectors, which words alone must not take the place of."""
    try:
        served = version_folder(folder, current_version(folder))
        manifest = read_manifest(served)
        check_files(served, manifest)
    except ArticleIndexError:
        return False
    return manifest.recipe.encoder is not None


def _has_vectors(recipe: Recipe, encoder: Encoder, settings: Settings) -> bool:
    """Return whether a version has the vectors that a build with these settings would make."""
    record = EncoderRecord(encoder.name, encoder.fingerprint, encoder.dimension)
    return recipe.encoder == record and recipe.dense == choose(settings.dense, recipe.chunks)


def _report(job: Job, manifest: Manifest, words: Words, *, published: bool, embedded: int) -> Report:
    inventory = job.inventory
    left_out = (*inventory.left_out, *words.left_out)
    return Report(manifest, published, len(inventory.files), words.read, embedded, left_out, inventory.unknown)
