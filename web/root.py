"""The part of a site that a proxy gives to the server: `--root-path /qa`.

Some proxies pass the whole path on, others take the prefix away; both arrive here as ASGI has it, with `root_path`
and the whole `path`. And what the server redirects to it names by its path alone: the scheme and the host that the
reader sees are the proxy's to know.
"""

from __future__ import annotations

import re

from fastapi import FastAPI
from starlette.datastructures import URL, MutableHeaders
from starlette.routing import Match
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from qa.errors import BadSettingError

_PATH = re.compile(r"(/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)+")


def root_path_in(setting: str) -> str:
    """Return what all addresses begin with, "" for "/"; raises BadSettingError for what is no path."""
    root = setting.rstrip("/")
    if root and not _PATH.fullmatch(root):
        raise BadSettingError("root-path", f"{setting!r} is not the path of a part of a site; try: /qa.")
    return root


def refuse_own(root: str, app: FastAPI) -> None:
    """Refuse a root path that begins like a route of the server: a path could then be meant with and without it.

    Raises BadSettingError. `app` must have all its routes.
    """
    if not root:
        return
    first = "/" + root.split("/")[1]
    documented = {"/" + path.split("/")[1] for path in app.openapi()["paths"]}
    own = (route.matches(_asked(first + rest))[0] for route in app.routes for rest in ("", "/", "/x/"))
    if first in documented or any(match is not Match.NONE for match in own):
        raise BadSettingError("root-path", f"{first} is an address of the server itself; choose another one.")


def _asked(path: str) -> Scope:
    return {"type": "http", "method": "GET", "path": path, "root_path": "", "headers": []}


class RootPath:
    """The middleware that does this; outside all others, for they look at paths."""

    def __init__(self, app: ASGIApp, root: str) -> None:
        self._app, self._root = app, root

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, with its path as it is within the site."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        root, path = self._root, scope["path"]
        if root:
            scope["root_path"] = root
            if path != root and not path.startswith(f"{root}/"):
                scope["path"] = root + path
                scope["raw_path"] = root.encode() + (scope.get("raw_path") or b"")
        here = URL(scope=scope)

        async def by_path(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                site = f"{here.scheme}://{here.netloc}/"
                if headers.get("location", "").startswith(site):
                    headers["location"] = "/" + headers["location"].removeprefix(site).lstrip("/")  # "//" is a host
            await send(message)

        await self._app(scope, receive, by_path)
