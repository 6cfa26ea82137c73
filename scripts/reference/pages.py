"""The pages of the reference, by their file names; each is a function that makes its text."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from scripts.reference.commands import commands_page
from scripts.reference.errors import errors_page
from scripts.reference.http import http_page
from scripts.reference.python import python_page
from scripts.reference.settings import settings_page

PAGES: Mapping[str, Callable[[], str]] = {
    "settings.md": settings_page,
    "commands.md": commands_page,
    "http.md": http_page,
    "python.md": python_page,
    "errors.md": errors_page,
}
