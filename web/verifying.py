"""Every byte of a large version, read after it was opened: opening looks only at the sizes of its files."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from threading import Thread

from qa.errors import ArticleIndexError
from qa.index import opening
from qa.manifest import Manifest, check_files

log = logging.getLogger(__name__)


def verify_in_background(
    version: Path, manifest: Manifest, goes_on: Callable[[], bool], on_fault: Callable[[ArticleIndexError], None]
) -> None:
    """Read the files of a version that were not read when it was opened; tell of the first that is not as it was.

    It ends early when `goes_on` says no. Nobody waits for it, nor does the end of the process.
    """
    if manifest.size > opening.VERIFIED_AT_OPENING:
        work = (version, manifest, goes_on, on_fault)
        Thread(target=_verify, args=work, name="verify", daemon=True).start()


def _verify(
    version: Path, manifest: Manifest, goes_on: Callable[[], bool], on_fault: Callable[[ArticleIndexError], None]
) -> None:
    for name, record in manifest.files.items():
        if not goes_on():
            return
        try:
            check_files(version, replace(manifest, files={name: record}), every_byte=True)
        except ArticleIndexError as error:
            on_fault(error)
            return
    log.info("Every byte of version %s was read and is as it was written.", manifest.version)
