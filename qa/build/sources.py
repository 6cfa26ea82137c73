"""Whether the articles have changed since a version was read from them."""

from __future__ import annotations

from pathlib import Path

from qa.build.survey import Changes, changes, survey
from qa.catalogue import Catalogue
from qa.load import find


def source_changes(version: Path) -> Changes:
    """Compare the sources of the version in this folder with what lies there now.

    Raises SourceError when one of the files and folders that were named for building is gone.
    """
    with Catalogue(version / "sources") as catalogue:
        before = list(catalogue.files())
        found = survey(find(catalogue.sources()).files, before)
    return changes(found, before)
