"""What is learned of a request while it is answered: by those who answer it, for the log, the figures and the trace.

An observation travels with the request's context, into its threads as well; who answers tells it and knows of no
reader, and the readers do not know of each other.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import nullcontext
from contextvars import ContextVar
from dataclasses import dataclass, field
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Protocol
from uuid import uuid4

from starlette.datastructures import Headers, MutableHeaders
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from qa.records import Answer
from qa.seams import Around
from web.places import CORPUS

REQUEST_ID = "X-Request-ID"
_MOUNTED = {"/static"}
"""What is served by applications of their own, which name no route."""
_IN_SCOPE = "qa.observation"
_GOOD_ID = re.compile(r"[A-Za-z0-9._:=+/-]{1,64}")
"""What UUIDs, ULIDs, trace ids and base64 are made of: nothing that could end a line of a log or open a tag."""

_ADDRESS = re.compile(r"[A-Za-z0-9.:%_-]{1,64}")


class Observer(Protocol):
    """Is told at once what happens while requests are answered; from any thread."""

    def answered(self, answer: Answer) -> None:
        """Count an answer."""

    def refused(self, why: str) -> None:
        """Count a refusal; `why` is one of a few words."""


@dataclass(slots=True)
class Observation:
    """One request."""

    request_id: str = ""
    address: str = "-"
    """The client's address."""
    key: str | None = None
    """The name of the key that it came with."""
    signed_in: bool = False
    """Whether that was by the session of a browser."""
    stranger: bool = False
    """Whether a key is wanted and was not there: nothing of the articles is shown."""
    answer: Answer | None = None
    refusal: str | None = None
    """Why it was refused, in a word."""
    headers: dict[str, str] = field(default_factory=dict)
    """What else the response shall say."""
    around: Around = nullcontext
    """What each stage of an answer runs inside of."""
    observers: Sequence[Observer] = ()

    @property
    def client(self) -> str:
        """Who asks, as far as that is known, and is counted and queued as one: the key, or else the network."""
        return f"key {self.key}" if self.key else _network_of(self.address)

    def answered(self, answer: Answer) -> None:
        """Take note of the answer."""
        self.answer = answer
        for observer in self.observers:
            observer.answered(answer)

    def refused(self, why: str) -> None:
        """Take note that it was refused."""
        self.refusal = why
        for observer in self.observers:
            observer.refused(why)


_current: ContextVar[Observation | None] = ContextVar("observation", default=None)


def current() -> Observation:
    """Return the observation of the request that is answered in this context; outside of one, a blank."""
    return _current.get() or Observation()


def observation_in(scope: Scope) -> Observation:
    """Return the observation of a request, also where its context has ended."""
    found: Observation = scope.get(_IN_SCOPE) or Observation()
    return found


class Observing:
    """The middleware that begins an observation, and tells its id in the response."""

    def __init__(self, app: ASGIApp, observers: Sequence[Observer], around: Around = nullcontext) -> None:
        self._app, self._observers, self._around = app, observers, around

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on with an observation of it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        observation = Observation(
            request_id=_id_of(scope),
            address=_address_of(scope),
            around=self._around,
            observers=self._observers,
        )
        scope[_IN_SCOPE] = observation

        async def named(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update({**observation.headers, REQUEST_ID: observation.request_id})
            await send(message)

        token = _current.set(observation)
        try:
            await self._app(scope, receive, named)
        finally:
            _current.reset(token)


def _id_of(scope: Scope) -> str:
    """Return the id that the request came with where it can be written anywhere, else a new one."""
    given = Headers(scope=scope).getlist(REQUEST_ID)
    return given[0] if len(given) == 1 and _GOOD_ID.fullmatch(given[0]) else uuid4().hex


def _address_of(scope: Scope) -> str:
    """Return the client's address, "-" where there is none: a proxy may hand on what a client made up."""
    address: str = (scope.get("client") or ("", 0))[0]
    return address if _ADDRESS.fullmatch(address) else "-"


def template_of(scope: Scope) -> str:
    """Return the template of the route that took a request, after it did: one of a few, whatever was asked for."""
    route = scope.get("route")
    if isinstance(route, Route):
        return (CORPUS if "corpus" in scope.get("path_params", {}) else "") + route.path
    first = "/" + inner_path(scope).lstrip("/").partition("/")[0]
    return first if first in _MOUNTED else "other"


def inner_path(scope: Scope) -> str:
    """Return the path that was asked for, without what a proxy puts before all of them."""
    root: str = scope.get("app_root_path", scope.get("root_path", ""))
    path: str = scope["path"]
    return path.removeprefix(root)


def _network_of(client: str) -> str:
    """Return an address with those that its owner has too: of IPv6, as a rule, the 2^64 beside it."""
    try:
        address = ip_address(client)
    except ValueError:
        return client
    if not isinstance(address, IPv6Address):
        return client
    return str(address.ipv4_mapped or ip_network((address, 64), strict=False))
