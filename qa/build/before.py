"""What a build can start from: the version that is served, if it is whole and was read as this build reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from qa.build.provenance import fingerprint_of_reading
from qa.build.survey import Surveyed, survey
from qa.catalogue import Catalogue
from qa.config import Settings
from qa.errors import ArticleIndexError
from qa.index import current_version, verify_version, version_folder
from qa.lexical import TOKENIZER
from qa.manifest import Manifest
from qa.records import LeftOut


@dataclass(frozen=True, slots=True)
class Before:
    """The version that is served, every byte of it checked, and that it opens.

    `surveyed` are the source files as they are now, compared with those of that version; `same` says that it was
    read from these very files, in this order, with this content.
    """

    folder: Path
    manifest: Manifest
    surveyed: tuple[Surveyed, ...]
    same: bool

    def left_out(self) -> tuple[LeftOut, ...]:
        """Return what could not be used of the files that it was read from."""
        with Catalogue(self.folder / "sources") as catalogue:
            outcomes = [catalogue.outcome(item.file.path) for item in self.surveyed]
        return tuple(item for outcome in outcomes for item in outcome.left_out)


def served_before(folder: Path, files: Sequence[Path], sources: Sequence[Path], settings: Settings) -> Before | None:
    """Return the served version where a build of `files`, found in the absolute `sources`, can start from it."""
    try:
        version = version_folder(folder, current_version(folder))
        manifest = verify_version(version)  # opened too, or else an older program's would stay, whole and of no use
        with Catalogue(version / "sources") as catalogue:
            known, known_sources = list(catalogue.files()), catalogue.sources()
    except ArticleIndexError:  # none, or damaged: everything is made anew
        return None
    if manifest.recipe.reading != fingerprint_of_reading(settings):
        return None
    surveyed = tuple(survey(files, known))
    same = (
        all(item.same for item in surveyed)
        and [item.file.path for item in surveyed] == [file.path for file in known]
        and list(sources) == known_sources
        and manifest.recipe.tokenizer == TOKENIZER
    )
    return Before(version, manifest, surveyed, same)
