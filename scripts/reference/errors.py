"""The errors: the tree of classes, and the problem each is over HTTP."""

from __future__ import annotations

from qa import errors
from scripts.reference.markdown import code, page, table
from web import problems

_HEAD = """\
Every error that is raised on purpose is one sentence that says what happened, where, and what mends it. In Python they
are one tree of classes; catching `QaError` never hides a bug.
"""
_HTTP = """\
Over HTTP they are problem details (RFC 9457, `application/problem+json`) with `type`, `title`, `status`, `detail` and
`instance`, and `errors` where parts of the body are wrong. Problems without a row here have the type `about:blank` and
are told by their status.
"""


def errors_page() -> str:
    """Return the page of all errors."""
    tree = (errors.__doc__ or "").split("\n\n")[1]
    rows = ([f"`{problems.type_of(kind)}`", str(status), title] for kind, (status, _, title) in problems.KINDS.items())
    return page("Errors", _HEAD, code(tree), "## Over HTTP", _HTTP, table(["type", "status", "title"], rows))
