"""The headers that every response carries, errors as well."""

from __future__ import annotations

from starlette.datastructures import MutableHeaders

SECURITY_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    # Other sites learn nothing of it; but with none at all, a form on our own pages would not tell its origin either.
    "Referrer-Policy": "same-origin",
}


def set_headers(headers: MutableHeaders) -> None:
    """Add them to the headers of a response."""
    for name, value in SECURITY_HEADERS.items():
        headers.setdefault(name, value)
