"""The models that answer from a version: the encoder where it has vectors, and the reranker."""

from __future__ import annotations

from concurrent.futures import Executor, Future
from dataclasses import dataclass

from qa.config import Settings
from qa.embed import load_encoder
from qa.errors import ModelMissingError
from qa.index import check_encoder
from qa.manifest import Manifest
from qa.pins import PINNED, Role
from qa.rerank import CrossEncoder
from qa.seams import Encoder, Reranker, Vectors


@dataclass(slots=True)
class LateEncoder:
    """The encoder of the questions, loaded when a version with vectors needs it, once."""

    settings: Settings
    encoder: Encoder | None = None
    """One that is loaded already."""
    loading: Future[Encoder] | None = None

    def begin(self, manifest: Manifest, pool: Executor) -> None:
        """Start to load, if the version needs it; raises IndexMismatchError before anything is loaded."""
        check_encoder(manifest, self.settings.encoder)
        if manifest.recipe.encoder is not None and self.encoder is None:
            self.loading = pool.submit(self._load)

    def encode_query(self, text: str) -> Vectors:
        """Return the vector of a question."""
        return self._get().encode_query(text)

    def needed_by(self, manifest: Manifest) -> Encoder | None:
        """Return the encoder whose vectors the version holds; raises IndexMismatchError for any other.

        For a version without vectors, return the one that happens to be loaded.
        """
        if manifest.recipe.encoder is None:
            return self.encoder
        check_encoder(manifest, self.settings.encoder)
        encoder = self._get()
        check_encoder(manifest, encoder.name, encoder.fingerprint)
        return encoder

    def _get(self) -> Encoder:
        if self.encoder is None:
            self.encoder = self.loading.result() if self.loading is not None else self._load()
        return self.encoder

    def _load(self) -> Encoder:
        settings = self.settings
        return load_encoder(settings.encoder, settings.models, settings.device, settings.threads)


def load_reranker(settings: Settings) -> Reranker:
    """Return the reranker that the settings name; raises ModelMissingError or ModelDamagedError."""
    name = settings.reranker
    model = PINNED.get(name)
    if model is None or model.role is not Role.RERANKER:
        names = ", ".join(model.name for model in PINNED.values() if model.role is Role.RERANKER)
        raise ModelMissingError(name, f"No reranker is called {name!r}; there is: {names}.")
    return CrossEncoder(model, settings.models, settings.threads)
