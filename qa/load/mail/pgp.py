"""What PGP writes around the text of a mail."""

from __future__ import annotations

import re

_SIGNED = re.compile(
    r"-----BEGIN PGP SIGNED MESSAGE-----\n(?:[A-Za-z]+: [^\n]*\n)*\n(?P<text>.*?)\n-----BEGIN PGP SIGNATURE-----",
    re.DOTALL,
)
_DASHED = re.compile(r"^- (?=-)", re.MULTILINE)


def is_encrypted(text: str) -> bool:
    """Return whether a text is nothing but an encrypted message."""
    return text.lstrip().startswith("-----BEGIN PGP MESSAGE-----")


def without_armour(text: str) -> str:
    """Return the text that was signed (RFC 9580, section 7), if it is such; as it is otherwise."""
    match = _SIGNED.match(text.lstrip())
    return _DASHED.sub("", match["text"]) if match else text
