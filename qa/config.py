"""Every option of the service, once: its default, its help, its QA_ variable.

The command line, the server and the documentation are all made from the fields of `Settings`. It is
read at the edges only; composers and stages receive the values they use.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from qa.errors import BadSettingError
from qa.home import cache_folder

DEFAULT_ENCODER = "snowflake-arctic-embed-s"
DEFAULT_RERANKER = "ms-marco-MiniLM-L-12-v2"


class Secret:
    """Text that is shown nowhere: not by print, repr, a log or an error. `reveal` returns it to who sends it."""

    __slots__ = ("_text",)

    def __init__(self, text: str = "") -> None:
        self._text = text

    def reveal(self) -> str:
        """Return the text itself."""
        return self._text

    def __bool__(self) -> bool:
        return bool(self._text)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and self._text == other._text

    def __hash__(self) -> int:
        return hash(self._text)

    def __repr__(self) -> str:
        return "(set)" if self._text else ""


def _option(
    default: Any,
    text: str,
    low: float | None = None,
    high: float | None = None,
    problem: Callable[[str], str | None] | None = None,
) -> Any:
    """Declare one option; a callable default is called when the settings are made.

    `problem` says what is wrong with a text that cannot be used, None where nothing is.
    """
    metadata = {"help": text, "low": low, "high": high, "problem": problem}
    return (
        field(default_factory=default, metadata=metadata)
        if callable(default)
        else field(default=default, metadata=metadata)
    )


def _address_problem(url: str) -> str | None:
    """Say why a URL is no address of a server; it is not repeated, for it may hold a password."""
    try:
        parts = urlsplit(url)
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable or any(character.isspace() for character in url):
        return "it is not an address such as http://127.0.0.1:8080/v1."
    if "@" in parts.netloc or parts.query or parts.fragment:
        return "an address without a user, a query or a fragment is wanted; the key goes into QA_LLM_KEY."
    return None


def _public_problem(url: str) -> str | None:
    """Say why readers cannot be sent to a URL."""
    fits = url == "auto" or (_address_problem(url) is None and not set("()<>") & set(url))
    return None if fits else "it is not an address such as https://articles.example.org."


def _key_problem(key: str) -> str | None:
    """Say why a key cannot be sent in a header, without repeating it."""
    return None if key.isascii() and key.isprintable() else "it holds characters that no key has."


def _cache_dir() -> Path:
    """Return where models are kept by default: one copy for all checkouts of one person."""
    return cache_folder() / "models"


@dataclass(frozen=True, slots=True)
class Settings:
    """The options of one process. Build it with `from_env` so that QA_ variables count."""

    indexes: Path = _option(Path("indexes"), "Folder that holds the indexes.")
    index: str = _option(
        "default", "Name of the index to build or to ask; `qa serve` takes several, comma-separated, the default first."
    )
    models: Path = _option(_cache_dir, "Folder that holds the model files.")
    encoder: str = _option(
        DEFAULT_ENCODER,
        "Encoder of a build: a pinned name (`qa models`), or any sentence-transformers model by name or folder.",
    )
    reranker: str = _option(DEFAULT_RERANKER, "Cross-encoder that reads the best passages.")
    device: str = _option("auto", "Where a sentence-transformers encoder runs: auto, cpu, cuda, mps.")
    threads: int = _option(0, "Threads for the models; 0 takes one for each core.", 0, 256)
    chunk_words: int = _option(180, "Longest passage, in words.", 20, 400)
    dense: str = _option("auto", "Kind of the vector index: auto, which goes by size, or a kind that is forced.")
    keep: int = _option(3, "How many versions of an index are kept.", 1, 1000)
    max_file_mb: int = _option(512, "Files larger than this (decompressed) are left out.", 1, 1_000_000)
    max_article_mb: int = _option(16, "Articles larger than this are left out.", 1, 1_000)
    max_archive_mb: int = _option(2048, "No more than this is unpacked from one archive.", 1, 1_000_000)
    max_archive_members: int = _option(50_000, "No more members than this are read of one archive.", 1, 10_000_000)
    max_read_seconds: int = _option(120, "PDF and office files that take longer to read are left out.", 1, 86_400)
    candidates: int = _option(100, "How many passages each search puts forward.", 1, 1000)
    rerank: int = _option(12, "How many fused passages the cross-encoder reads.", 1, 100)
    k: int = _option(5, "How many passages an answer shows as considered, besides those it cites.", 1, 50)
    min_confidence: float = _option(0.5, "Below this confidence the service abstains.", 0.0, 1.0)
    max_question_chars: int = _option(2000, "Longest question, in characters.", 10, 100_000)
    max_history_messages: int = _option(100, "Most messages of a conversation that a question may bring.", 0, 1000)
    max_history_chars: int = _option(60_000, "Most characters in all of them.", 0, 1_000_000)
    host: str = _option("127.0.0.1", "Address to serve on.")
    port: int = _option(8000, "Port to serve on; 0 takes a free one.", 0, 65535)
    workers: int = _option(1, "Processes that answer; each has its own models.", 1, 64)
    root_path: str = _option("/", "Path at which a proxy gives the server a part of a site, such as /qa.")
    forwarded_allow_ips: str = _option(
        "none",
        "Proxies whose X-Forwarded-For and -Proto are believed: addresses and networks, comma-separated; "
        "none believes nobody, * everybody.",
    )
    public_url: str = _option(
        "auto",
        "Address of the server as its readers know it, for links in answers to OpenAI clients; auto: as they were "
        "asked.",
        problem=_public_problem,
    )
    allowed_hosts: str = _option(
        "localhost,127.0.0.1,[::1]",
        "Host names the server answers to, comma-separated; * answers to any.",
    )
    max_concurrent: int = _option(
        0, "Questions that each worker works on at a time; 0 takes one for each core.", 0, 256
    )
    max_queue: int = _option(
        32, "Questions that wait for their turn in each worker; it refuses more with 503.", 0, 10_000
    )
    request_timeout_s: float = _option(
        60.0, "Seconds after which the server gives a question up, waiting included; 0 never does.", 0.0, 86_400.0
    )
    rate_limit: str = _option(
        "off", "Questions that a client may ask each worker, as 60/minute or 5/second; off: any number."
    )
    cors_origins: str = _option("off", "Origins of other sites whose pages may ask, comma-separated; off takes none.")
    keys: str = _option("auto", "File of the bearer keys; auto takes keys.json in the folder of the indexes.")
    require_keys: bool = _option(default=False, text="Whether the server wants a key even where no key was made yet.")
    open_metrics: bool = _option(default=False, text="Whether /metrics is answered without a key.")
    log_format: str = _option("text", "Lines of the server's log: text, for people, or json, one object a line.")
    log_level: str = _option("info", "What is logged: debug, info, warning or error; requests are info.")
    log_questions: bool = _option(default=False, text="Whether the log has the questions as well.")
    llm_url: str = _option(
        "", "A language model that rephrases: the address of an OpenAI-compatible server.", problem=_address_problem
    )
    llm_model: str = _option("", "Its name, as its server knows it.")
    llm_key: Secret = _option(Secret(), "The key for its server; a variable only, no option.", problem=_key_problem)
    llm_timeout_s: int = _option(30, "How long it may take, in seconds; then the quotations stand alone.", 1, 3600)

    @classmethod
    def from_env(cls, environ: Mapping[str, str] | None = None, **given: Any) -> Settings:
        """Defaults, then QA_ variables, then the `given` values that are not None.

        Raises BadSettingError for a value of the wrong type or out of range, naming where it was set.
        """
        environ = os.environ if environ is None else environ
        values: dict[str, Any] = {}
        for option in fields(cls):
            variable = variable_of(option.name)
            if given.get(option.name) is not None:
                values[option.name] = _checked(f"--{option.name.replace('_', '-')}", option, given[option.name])
            elif environ.get(variable):
                values[option.name] = _checked(variable, option, environ[variable])
        return replace(cls(), **values)


def variable_of(name: str) -> str:
    """Return the environment variable that sets an option: `index` -> `QA_INDEX`."""
    return "QA_" + name.upper()


def _checked(where: str, option: Any, raw: Any) -> Any:
    """Convert `raw` to the type of `option` and hold it to its range."""
    problem = option.metadata["problem"] and option.metadata["problem"](raw)
    if problem:
        raise BadSettingError(where, problem)
    kinds: dict[str, Callable[[Any], Any]] = {
        "Path": Path,
        "int": int,
        "float": float,
        "str": str,
        "bool": _switch,
        "Secret": Secret,
    }
    kind = kinds[option.type]
    try:
        value = kind(raw)
    except (ValueError, KeyError):
        wanted = {"int": "a whole number", "float": "a number"}.get(option.type, "yes or no")
        raise BadSettingError(where, f"{raw!r} is not {wanted}.") from None
    low, high = option.metadata["low"], option.metadata["high"]
    if low is not None and not low <= value <= high:  # also refuses nan
        raise BadSettingError(where, f"{raw} is not between {low} and {high}.")
    return value


def _switch(raw: object) -> bool:
    return {"yes": True, "true": True, "on": True, "1": True, "no": False, "false": False, "off": False, "0": False}[
        str(raw).strip().lower()
    ]
