"""Other sites whose pages may ask: `--cors-origins`, none by default.

A page of theirs may read what it gets, with a key of its own or without one; the cookie of a reader who signed in here
is never used for it.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp

from qa.errors import BadSettingError
from web.observing import REQUEST_ID

OFF = "off"
_ORIGIN = re.compile(r"https?://(?:\[[0-9a-f:]+\]|[a-z0-9.-]+)(?::[0-9]{1,5})?")
_SENT = ("Authorization", "Content-Type", "Mcp-Protocol-Version", "traceparent")
_READ = ("RateLimit", "RateLimit-Policy", "Retry-After", "WWW-Authenticate", REQUEST_ID)


def origins_in(setting: str) -> frozenset[str]:
    """Return the origins in a list of them, "https://a.example,http://localhost:3000"; raises BadSettingError.

    There is none for all of them: every page that a reader has open could then read the articles.
    """
    if setting == OFF:
        return frozenset()
    origins = [origin.strip().lower().rstrip("/") for origin in setting.split(",")]
    for origin in origins:
        if not _ORIGIN.fullmatch(origin):
            raise BadSettingError(
                "cors-origins",
                f"{origin!r} is no origin; name each with its scheme, and its port where that is not the scheme's own: "
                "https://notes.example,http://localhost:3000.",
            )
    return frozenset(origins)


def with_cors(app: ASGIApp, origins: Collection[str]) -> ASGIApp:
    """Return the middleware that lets pages of these origins ask, and read what is answered."""
    if not origins:
        return app
    return CORSMiddleware(
        app,
        allow_origins=origins,
        allow_methods=("GET", "POST"),
        allow_headers=(*_SENT, REQUEST_ID),
        expose_headers=_READ,
    )
