"""A language model behind an OpenAI-compatible server: asked over HTTP, trusted with nothing."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from http import HTTPStatus
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from qa.config import Secret
from qa.errors import GenerationError
from qa.llm.background import in_background
from qa.llm.events import bounded, streamed, whole
from qa.records import Message

if TYPE_CHECKING:
    import httpx

NAMELESS = "an LLM"
MOST_TOKENS = 400
"""More than the few sentences that are asked for."""

_CONNECT_S = 5.0
_LONGEST_NAME = 80
_STATUS = {
    HTTPStatus.BAD_REQUEST: "does not understand the request (HTTP 400): see that QA_LLM_MODEL names a model it has",
    HTTPStatus.UNAUTHORIZED: "refuses the key (HTTP 401): see QA_LLM_KEY",
    HTTPStatus.FORBIDDEN: "refuses the key (HTTP 403): see QA_LLM_KEY",
    HTTPStatus.NOT_FOUND: "is not there (HTTP 404): see QA_LLM_URL and QA_LLM_MODEL",
    HTTPStatus.TOO_MANY_REQUESTS: "is asked too often at the moment (HTTP 429)",
}


@dataclass(frozen=True, slots=True)
class ChatServer:
    """A Generator; `url` is the address that an OpenAI client would take as its base: http://127.0.0.1:8080/v1."""

    url: str
    model: str
    key: Secret
    timeout_s: float

    @property
    def name(self) -> str:
        """Return the model's name; where the settings do not say it, that it is one."""
        return self.model or NAMELESS

    def stream(self, instructions: str, messages: Sequence[Message], is_wanted: Callable[[], bool]) -> Iterator[str]:
        """Yield the text as it is written; see `qa.seams.Generator`."""
        said = [{"role": message.role, "content": message.content} for message in messages]
        asked = {
            "messages": [{"role": "system", "content": instructions}, *said],
            "stream": True,
            **({"model": self.model} if self.model else {}),
        }
        return in_background(lambda: self._exchange(asked), is_wanted)

    def models(self) -> list[str]:
        """Return the names of the models that the server has; raises GenerationError."""
        return list(in_background(self._listed, lambda: True))

    @property
    def _base(self) -> str:
        path = urlsplit(self.url).path.strip("/")
        return self.url.rstrip("/") + ("" if path else "/v1")

    @property
    def _headers(self) -> dict[str, str]:
        # What is compressed could grow without bound when it is opened.
        plain = {"Accept-Encoding": "identity"}
        return plain | ({"Authorization": f"Bearer {self.key.reveal()}"} if self.key else {})

    async def _exchange(self, asked: dict[str, Any]) -> AsyncIterator[str]:
        """Ask once; once more, without the wishes, where they are not understood: some models take no temperature."""
        async with self._connected(self.timeout_s) as client:
            for wishes in ({"temperature": 0, "max_tokens": MOST_TOKENS}, {}):
                body = asked | wishes
                async with client.stream(
                    "POST", f"{self._base}/chat/completions", json=body, headers=self._headers
                ) as response:
                    if response.status_code == HTTPStatus.BAD_REQUEST and wishes:
                        continue
                    async for text in _texts(response):
                        yield text
                return

    async def _listed(self) -> AsyncIterator[str]:
        async with (
            self._connected(min(_CONNECT_S, self.timeout_s)) as client,
            client.stream("GET", f"{self._base}/models", headers=self._headers) as response,
        ):
            _refuse(response)
            body = b"".join([block async for block in bounded(response.aiter_raw())])
            try:
                for model in json.loads(body)["data"]:
                    yield "".join(filter(str.isprintable, str(model["id"])))[:_LONGEST_NAME]
            except (ValueError, LookupError, TypeError, RecursionError):
                raise GenerationError("does not list its models") from None

    @asynccontextmanager
    async def _connected(self, timeout_s: float) -> AsyncIterator[httpx.AsyncClient]:
        """Lend a client that sends requests to no other place than the address names, for so many seconds.

        On this machine no proxy is asked. Raises GenerationError for what goes wrong on the way.
        """
        import anyio
        import httpx

        try:
            with anyio.fail_after(timeout_s):
                async with httpx.AsyncClient(
                    follow_redirects=False,
                    trust_env=not _is_here(urlsplit(self.url).hostname or ""),
                    timeout=httpx.Timeout(None, connect=min(_CONNECT_S, timeout_s)),
                ) as client:
                    yield client
        except TimeoutError:
            raise GenerationError(f"did not finish within {timeout_s:g} seconds") from None
        except httpx.ConnectError:
            raise GenerationError("cannot be reached") from None
        except httpx.TimeoutException:
            raise GenerationError("does not take the connection") from None
        except (httpx.HTTPError, httpx.InvalidURL):
            raise GenerationError("broke off in the middle") from None


async def _texts(response: httpx.Response) -> AsyncIterator[str]:
    """Yield the text of a response, whichever way it comes; raises GenerationError."""
    _refuse(response)
    kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    if response.headers.get("content-encoding", "identity").lower() != "identity":
        raise GenerationError("sent something compressed, which was not asked for")
    read = {"text/event-stream": streamed, "application/json": whole}.get(kind)
    if read is None:
        raise GenerationError("sent something that is neither an event stream nor JSON")
    async for text in read(bounded(response.aiter_raw())):
        yield text


def _refuse(response: httpx.Response) -> None:
    """Raise GenerationError where the status is not 200; what the server says about it is not repeated."""
    status = response.status_code
    if status == HTTPStatus.OK:
        return
    if response.is_redirect:
        raise GenerationError(f"is somewhere else (HTTP {status}): QA_LLM_URL must name the place itself")
    with suppress(ValueError):
        told = _STATUS.get(HTTPStatus(status))
        if told:
            raise GenerationError(told)
    raise GenerationError(f"failed (HTTP {status})")


def _is_here(host: str) -> bool:
    """Whether an address is this machine's own, which no proxy may stand before."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
