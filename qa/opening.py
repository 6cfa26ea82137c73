"""The version that is current, opened with the encoder that its vectors need."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from qa.config import Settings
from qa.index import OpenIndex, current_manifest, index_folder, of_current, open_version
from qa.loading import Models
from qa.manifest import read_manifest
from qa.seams import Encoder


@dataclass(frozen=True, slots=True)
class Opened:
    """An open index, and the encoder of its vectors; without vectors, the encoder that is loaded anyway, if any."""

    index: OpenIndex
    encoder: Encoder | None


def open_with_models(settings: Settings, models: Models) -> Opened:
    """Open the index that the settings name, and load the models beside it: the encoder if it needs one, the reranker.

    Raises NoIndexError, IndexMismatchError, IndexDamagedError, ModelMissingError or ModelDamagedError.
    """
    manifest = current_manifest(index_folder(settings.indexes, settings.index))
    with ThreadPoolExecutor(2, thread_name_prefix="load") as pool:  # each takes some tenths of a second
        if manifest.recipe.encoder is not None:
            pool.submit(models.needed_by, manifest)
        reranker = pool.submit(models.reranker)
        opened = open_index(settings, models)
        try:
            reranker.result()
        except BaseException:
            opened.index.store.close()
            raise
    return opened


def open_index(settings: Settings, models: Models) -> Opened:
    """Open the version that is current, and load its encoder unless that is loaded. Raises as `open_with_models`."""
    index = of_current(
        index_folder(settings.indexes, settings.index),
        lambda version: open_version(version, models.questions_to(read_manifest(version))),
    )
    try:
        return Opened(index, models.needed_by(index.manifest))
    except BaseException:
        index.store.close()
        raise
