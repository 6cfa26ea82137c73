"""Encoders: text to unit vectors, for the dense index.

The pinned default runs on ONNX Runtime; every other encoder, by name or folder, is a
sentence-transformers model with its own prompts and pooling.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from qa.errors import ModelDamagedError, ModelMissingError
from qa.hub import local_folder
from qa.models import locate, sha256_of
from qa.onnxmodel import RECIPE, OnnxModel
from qa.pins import PINNED, PinnedModel, Role
from qa.seams import Encoder, Vectors

_BATCH = 32
_NO_LIMIT = 1_000_000
_SLICE = 4 * _BATCH
"""Texts that sentence-transformers sorts by length, so that a batch is padded little."""


class OnnxEncoder:
    """snowflake-arctic-embed-s: the [CLS] vector of the last layer, L2-normalised.

    Its questions carry the prompt it was trained with; passages carry none (Merrick et al. 2024,
    "Arctic-Embed").
    """

    MAX_TOKENS = 512
    QUERY_PROMPT = "Represent this sentence for searching relevant passages: "

    def __init__(self, model: PinnedModel, models: Path, threads: int = 0, *, gives_way: bool = False) -> None:
        """Load the model from its folder; raises ModelMissingError or ModelDamagedError."""
        self.name = model.name
        self.dimension = 384
        recipe = [RECIPE, "l2", str(self.MAX_TOKENS), self.QUERY_PROMPT, *(file.sha256 for file in model.files)]
        self.fingerprint = hashlib.sha256("\n".join(recipe).encode()).hexdigest()
        self._model = OnnxModel(locate(model, models), self.MAX_TOKENS, threads, gives_way=gives_way)

    def encode_passages(self, texts: Sequence[str], on_done: Callable[[int], None] | None = None) -> Vectors:
        """Return unit vectors, shape (len(texts), 384)."""
        if not texts:
            return np.empty((0, self.dimension), dtype=np.float32)
        return np.concatenate(self._model.run(texts, _unit, on_done))

    def encode_query(self, text: str) -> Vectors:
        """Return the unit vector of one question, shape (384,)."""
        vector: Vectors = self._model.run([self.QUERY_PROMPT + text], _unit)[0][0]
        return vector

    @property
    def max_tokens(self) -> int:
        """Return how many tokens of a text are read."""
        return self.MAX_TOKENS

    def count_tokens(self, texts: Sequence[str], *, query: bool = False) -> list[int]:
        """Return how many tokens each text is, with the prompt of a question and the markers."""
        prompt = self.QUERY_PROMPT if query else ""
        return self._model.count_tokens([prompt + text for text in texts])


class SentenceTransformerEncoder:
    """Any sentence-transformers model that is on this machine, with its own prompts and pooling.

    On a CUDA device it computes in half precision, which is part of the fingerprint.
    """

    def __init__(self, name: str, folder: Path, device: str = "auto") -> None:
        """Load the model from `folder`; raises ModelDamagedError when it cannot be loaded from there."""
        from sentence_transformers import SentenceTransformer
        from transformers.utils import logging

        logging.disable_progress_bar()  # type: ignore[no-untyped-call]
        self.name = name
        try:
            self._model: Any = SentenceTransformer(
                str(folder), device=None if device == "auto" else device, local_files_only=True
            )
        except (OSError, ValueError, RuntimeError, ImportError, KeyError) as error:
            reason = str(error).strip().splitlines()[0][:200] if str(error).strip() else type(error).__name__
            raise ModelDamagedError(
                name, f"{folder} cannot be loaded as a sentence-transformers model on device {device!r}: {reason}"
            ) from error
        self.dimension = int(self._model.get_embedding_dimension() or 0)
        self.fingerprint = _folder_fingerprint(folder)
        if computes_in_half(self._model.device.type):
            self._model.half()
            self.fingerprint = hashlib.sha256(f"{self.fingerprint}\nfloat16".encode()).hexdigest()

    def encode_passages(self, texts: Sequence[str], on_done: Callable[[int], None] | None = None) -> Vectors:
        """Return unit vectors, shape (len(texts), dimension)."""
        vectors = np.empty((len(texts), self.dimension), dtype=np.float32)
        for start in range(0, len(texts), _SLICE):
            part = list(texts[start : start + _SLICE])
            vectors[start : start + len(part)] = _unit(
                self._model.encode_document(part, batch_size=_BATCH, show_progress_bar=False)
            )
            if on_done is not None:
                on_done(len(part))
        return vectors

    def encode_query(self, text: str) -> Vectors:
        """Return the unit vector of one question, shape (dimension,)."""
        vector: Vectors = _unit(self._model.encode_query([text], show_progress_bar=False))[0]
        return vector

    @property
    def max_tokens(self) -> int:
        """Return how many tokens of a text are read."""
        return int(self._model.max_seq_length or _NO_LIMIT)

    def count_tokens(self, texts: Sequence[str], *, query: bool = False) -> list[int]:
        """Return how many tokens each text is, with the model's prompt for it and the markers."""
        names = ("query",) if query else ("document", "passage", "corpus")
        prompt = next((self._model.prompts[name] for name in names if self._model.prompts.get(name)), "")
        texts = [prompt + text for text in texts]
        tokenizer = self._model.tokenizer
        if not callable(tokenizer):  # that of a static embedding
            return [len(encoding.ids) for encoding in tokenizer.encode_batch(texts)]
        return [len(ids) for ids in tokenizer(texts, truncation=False, verbose=False)["input_ids"]]


def computes_in_half(device: str) -> bool:
    """Say whether a sentence-transformers model computes in float16 on a device of this type ("cpu", "cuda", "mps").

    CUDA devices do so several times faster; processors emulate it.
    """
    return device == "cuda"


def load_encoder(
    name: str, models: Path, device: str = "auto", threads: int = 0, *, gives_way: bool = False
) -> Encoder:
    """Return the encoder of this name: a pinned one, a folder, or a hub model that is already here.

    `gives_way` is for a server: the threads of a pinned one yield to it. Never contacts a network. Raises
    ModelMissingError with the command that brings the model.
    """
    model = PINNED.get(name)
    if model is not None and model.role is Role.ENCODER:
        return OnnxEncoder(model, models, threads, gives_way=gives_way)
    if model is not None and model.role is Role.SENTENCE_TRANSFORMER:
        return SentenceTransformerEncoder(name, locate(model, models), device)
    if model is not None:
        raise ModelMissingError(name, f"{name} is a {model.role}, not an encoder; `qa models` lists the encoders.")
    return SentenceTransformerEncoder(name, local_folder(name), device)


def _folder_fingerprint(folder: Path) -> str:
    """Return a SHA-256 over the names and bytes of every file in a model's folder."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not any(part.startswith(".") for part in path.relative_to(folder).parts):
            digest.update(f"{path.relative_to(folder).as_posix()}\0{sha256_of(path)}\n".encode())
    return digest.hexdigest()


def _unit(vectors: Vectors) -> Vectors:
    """Take vectors of shape (n, dimension), of any precision, to length one in float32; zeros stay zeros."""
    wide = vectors.astype(np.float32)  # in half precision, a length would not be quite one
    unit: Vectors = wide / np.maximum(np.linalg.norm(wide, axis=1, keepdims=True), np.finfo(np.float32).tiny)
    return unit
