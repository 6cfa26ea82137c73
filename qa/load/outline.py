"""The columns in which an export says where headings and pages are (`qa.beir`); anything else there is metadata."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from qa.records import Heading, Outline, Page

OUTLINE = frozenset({"headings", "pages"})
_HEADING, _PAGE = {"level": int, "start": int, "end": int}, {"label": str, "start": int}


def outline_of(row: Mapping[str, Any]) -> Outline | None:
    """Return the outline that a row states; None for a row without one, or with other things under these names."""
    headings, pages = row.get("headings"), row.get("pages")
    if not (_are(_HEADING, headings) and _are(_PAGE, pages)):
        return None
    return Outline(tuple(Heading(**it) for it in headings or ()), tuple(Page(**it) for it in pages or ()))


def _are(form: Mapping[str, type], found: Any) -> bool:
    """Whether this is a list of objects of this form; `type` is compared, as True is an int."""
    return isinstance(found, list) and all(
        isinstance(it, dict) and {name: type(value) for name, value in it.items()} == form for it in found
    )
