"""The models that answer: the encoders of the versions that have vectors, and the reranker. Each is loaded once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from typing import Generic, TypeVar

from qa.config import Settings
from qa.embed import load_encoder
from qa.errors import ModelMissingError
from qa.index import check_encoder, no_question
from qa.manifest import Manifest
from qa.pins import PINNED, Role
from qa.rerank import CrossEncoder
from qa.seams import Encoder, Generator, Reranker, Vectors

Model = TypeVar("Model")
_FEW = 5


class Models:
    """The models that answer, each loaded when it is first needed; safe to use from several threads.

    Pipelines share them: what they cost is paid once, however many indexes are open. A version is asked with the
    encoder that its vectors are from, whichever the settings name for a build; so several may be loaded, and each
    stays. What could not be loaded is tried anew when it is needed again.
    """

    def __init__(self, settings: Settings, *, gives_way: bool = False) -> None:
        """`gives_way` is for a server, whose other threads come before the models' own."""
        self._settings, self._gives_way = settings, gives_way
        self._encoders: dict[str, _Once[Encoder]] = {}
        self._adding = Lock()
        self._reranker = _Once(lambda: load_reranker(settings, gives_way=gives_way))

    def encoder(self) -> Encoder:
        """Return the encoder that the settings name, for a build; raises ModelMissingError or ModelDamagedError."""
        return self._encoder(self._settings.encoder).get()

    def reranker(self) -> Reranker:
        """Return the reranker; raises ModelMissingError or ModelDamagedError."""
        return self._reranker.get()

    def needed_by(self, manifest: Manifest) -> Encoder | None:
        """Return the encoder whose vectors the version holds; without vectors, that of the builds if it is loaded.

        Raises ModelMissingError or ModelDamagedError, and IndexMismatchError where its files are others than those that
        the index was built with.
        """
        built = manifest.recipe.encoder
        if built is None:
            return self._encoder(self._settings.encoder).value
        encoder = self._encoder(built.name).get()
        check_encoder(manifest, encoder.fingerprint)
        return encoder

    def questions_to(self, manifest: Manifest) -> Callable[[str], Vectors]:
        """Return what makes the vector of a question to the version; its encoder is loaded by the first."""
        built = manifest.recipe.encoder
        if built is None:
            return no_question
        encoder = self._encoder(built.name)
        return lambda text: encoder.get().encode_query(text)

    def _encoder(self, name: str) -> _Once[Encoder]:
        settings = self._settings
        with self._adding:
            if name not in self._encoders:
                self._encoders[name] = _Once(
                    lambda: load_encoder(
                        name, settings.models, settings.device, settings.threads, gives_way=self._gives_way
                    )
                )
            return self._encoders[name]


class _Once(Generic[Model]):
    """What is loaded by the first who needs it, while the others wait."""

    def __init__(self, load: Callable[[], Model]) -> None:
        self._load, self._lock = load, Lock()
        self.value: Model | None = None

    def get(self) -> Model:
        with self._lock:
            if self.value is None:
                self.value = self._load()
            return self.value


def load_reranker(settings: Settings, *, gives_way: bool = False) -> Reranker:
    """Return the reranker that the settings name; raises ModelMissingError or ModelDamagedError."""
    name = settings.reranker
    model = PINNED.get(name)
    if model is None or model.role is not Role.RERANKER:
        names = ", ".join(model.name for model in PINNED.values() if model.role is Role.RERANKER)
        raise ModelMissingError(name, f"No reranker is called {name!r}; there is: {names}.")
    return CrossEncoder(model, settings.models, settings.threads, gives_way=gives_way)


def load_generator(settings: Settings) -> Generator | None:
    """Return the language model that the settings name, None where they name none; it is not asked anything yet."""
    if not settings.llm_url:
        return None
    from qa.llm import ChatServer

    return ChatServer(settings.llm_url, settings.llm_model, settings.llm_key, settings.llm_timeout_s)


@dataclass(frozen=True, slots=True)
class LlmState:
    """Whether a language model can be asked: its name, its address, and what is wrong with it, None: nothing."""

    model: str
    url: str
    problem: str | None
    remark: str = ""

    @property
    def in_words(self) -> str:
        """The state as a line shows it."""
        return f"{self.model} at {self.url} {self.problem or 'answers'}{self.remark}"


def llm_state(settings: Settings) -> LlmState:
    """Ask the server that the settings name which models it has; takes at most five seconds."""
    from qa.errors import GenerationError
    from qa.llm import ChatServer

    server = ChatServer(settings.llm_url, settings.llm_model, settings.llm_key, settings.llm_timeout_s)
    try:
        models = server.models()
    except GenerationError as error:
        return LlmState(server.name, settings.llm_url, str(error))
    if settings.llm_model and settings.llm_model not in models:  # some servers have one, whatever it is called
        return LlmState(server.name, settings.llm_url, None, f", but calls it {', '.join(models[:_FEW]) or 'nothing'}")
    return LlmState(server.name, settings.llm_url, None)
