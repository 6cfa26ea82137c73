"""The first half of a version: the articles as they are now, and the index of their words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from qa.build.before import Before
from qa.build.gather import Gathered, Reading, gather
from qa.build.job import Job
from qa.build.provenance import fingerprint_of_reading
from qa.build.report import nothing_to_index
from qa.build.survey import survey
from qa.chunk import searched_text
from qa.index import link_parts
from qa.lexical import TOKENIZER, LexicalIndex, Text
from qa.load import Limits, origin_of
from qa.manifest import Manifest, Recipe
from qa.pins import hashes_of
from qa.records import LeftOut
from qa.seams import Progress
from qa.store import Store


@dataclass(frozen=True, slots=True)
class Words:
    """A version without vectors: its folder, what it is made of, and its manifest once it is published.

    `read` counts the articles that were not carried over from the version before.
    """

    folder: Path
    recipe: Recipe
    published: Manifest | None
    read: int
    left_out: tuple[LeftOut, ...]


def words_of(job: Job, before: Before | None) -> Words:
    """Return the words of the version before where its articles are those of now; or write new ones.

    Raises NoArticlesError.
    """
    if before and before.same:
        return Words(before.folder, before.manifest.recipe, before.manifest, 0, before.left_out())
    folder = job.staging / "words"
    folder.mkdir()
    gathered = _gathered(job, folder, before)
    recipe = _recipe(job, gathered)
    if before and (recipe.corpus, recipe.tokenizer) == (
        before.manifest.recipe.corpus,
        before.manifest.recipe.tokenizer,
    ):
        link_parts(before.folder, folder, ["lexical"])
    else:
        job.progress.stage("Indexing words", recipe.chunks)
        (folder / "lexical").mkdir()
        with closing(Store(folder / "store")) as store:
            LexicalIndex.write(folder / "lexical", _texts(store, job.progress))
    return Words(folder, recipe, None, gathered.read, gathered.left_out)


def _gathered(job: Job, folder: Path, before: Before | None) -> Gathered:
    found = before.surveyed if before else tuple(survey(job.inventory.files, []))
    settings = job.settings
    how = Reading(settings.chunk_words, Limits.of(settings))
    gathered = gather(folder, job.sources, found, before.folder if before else None, how, job.progress)
    if not gathered.stored.articles:
        raise nothing_to_index(job.paths, job.inventory, gathered.left_out)
    return gathered


def _texts(store: Store, progress: Progress) -> Iterator[Text]:
    for chunk, article in store.every_chunk():
        yield Text(searched_text(chunk, article), article.language)
        progress.advance(1)


def _recipe(job: Job, gathered: Gathered) -> Recipe:
    return Recipe(
        sources=tuple(map(origin_of, job.sources)),
        articles=gathered.stored.articles,
        chunks=gathered.stored.chunks,
        left_out=len(job.inventory.left_out) + len(gathered.left_out),
        corpus=gathered.stored.digest,
        reading=fingerprint_of_reading(job.settings),
        tokenizer=TOKENIZER,
        encoder=None,
        dense=None,
        models=hashes_of(job.settings.reranker),
    )
