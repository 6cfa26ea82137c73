"""What every request passes before anything else, and what every response carries.

A service on a person's own machine is reachable by every page in their browser. So it answers only to its own
names (a foreign name that resolves here is DNS rebinding), takes questions only from its own pages, and reads
no more of a body than a question can need.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from qa.config import Settings
from web.headers import set_headers
from web.problems import Problem, respond

MAX_BODY = 256 * 1024
"""Bytes of a request's body."""

_NO_HOST = re.compile(r"[^\w.:\[\]-]")
_TOO_LARGE = f"The request is larger than {MAX_BODY // 1024} kB; send less at once."


def hosts_of(settings: Settings) -> list[str]:
    """Return the names the server answers to: those allowed, and the address itself where it is one to dial."""
    names = [name.strip().strip("[]").lower() for name in settings.allowed_hosts.split(",")]
    try:
        dialled = not ip_address(settings.host).is_unspecified
    except ValueError:
        dialled = True
    return [name for name in [*names, settings.host.lower() if dialled else ""] if name]


class Guard:
    """The middleware that does this."""

    def __init__(self, app: ASGIApp, allowed_hosts: Sequence[str], friends: Collection[str] = ()) -> None:
        """`friends` are the origins of other sites whose pages may ask."""
        self._app = app
        self._allowed_hosts, self._friends = allowed_hosts, friends

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse the request, or pass it on with its body limited; add the headers to what is answered."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                set_headers(MutableHeaders(scope=message))
            await send(message)

        request = Request(scope)
        problem = self._refusal(request)
        if problem is None:
            await self._app(scope, _limited(receive), guarded)
        else:
            await respond(request, problem)(scope, receive, guarded)

    def _refusal(self, request: Request) -> Problem | None:
        host = request.headers.get("host", "")
        if not self._is_allowed(host):
            return Problem(
                400,
                "The server does not answer to the host name in this request; "
                "name it in --allowed-hosts (QA_ALLOWED_HOSTS) if it is yours.",
            )
        befriended = request.headers.get("origin", "").lower() in self._friends
        if request.method == "POST" and not befriended and _is_foreign(request, host):
            return Problem(
                403, "Questions are taken from this server's own pages, and this one came from another site."
            )
        if request.query_params.get("question") and not befriended and _is_embedded(request):
            return Problem(
                403, "A question in an address is answered where a person follows it, not as a part of a page."
            )
        length = request.headers.get("content-length", "")
        if length.isdigit() and int(length[:20]) > MAX_BODY:
            return Problem(413, _TOO_LARGE)
        return None

    def _is_allowed(self, host: str) -> bool:
        if _NO_HOST.search(host):  # "localhost/x" and "x@localhost" have its name in them
            return False
        try:
            name = urlsplit(f"//{host}").hostname or ""
        except ValueError:
            return False
        return any(
            pattern in {"*", name} or (pattern.startswith("*.") and name.endswith(pattern[1:]))
            for pattern in self._allowed_hosts
        )


def _is_foreign(request: Request, host: str) -> bool:
    """Whether another site's page sent this.

    Browsers say so outright, except over plain HTTP to another machine; there the origin has to tell. Programs send
    none. It is "null" of a frame in a sandbox or a page from a file, whoever made them, and never of our own pages.
    """
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site not in {"same-origin", "none"}
    origin = request.headers.get("origin")
    return origin is not None and origin.partition("://")[2].lower() != host.lower()


def _is_embedded(request: Request) -> bool:
    """Whether another site's page has this loaded as an image, a script or the like: it would only cost work."""
    foreign = request.headers.get("sec-fetch-site", "none") not in {"same-origin", "none"}
    return foreign and request.headers.get("sec-fetch-mode") != "navigate"


def _limited(receive: Receive) -> Receive:
    """Count what arrives: a chunked body does not say its length beforehand."""
    size = 0

    async def counted() -> Message:
        nonlocal size
        message = await receive()
        size += len(message.get("body", b""))
        if size > MAX_BODY:
            raise HTTPException(413, _TOO_LARGE)
        return message

    return counted
