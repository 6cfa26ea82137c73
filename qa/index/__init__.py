"""An index on disk: how a version is written, published and opened.

    indexes/<name>/current                  the id of the version that is served
    indexes/<name>/versions/<id>/           manifest.json, store/, lexical/, dense/

A version is written into a folder of its own, flushed, verified by opening it, renamed into place, and only
then named by `current`, which is replaced in one atomic step. A build that is killed anywhere leaves the
version that is served untouched.
"""

from qa.index.opening import (
    OpenIndex,
    check_encoder,
    current_version,
    index_folder,
    open_current,
    open_version,
)
from qa.index.publishing import building, publish, write_version

__all__ = [
    "OpenIndex",
    "building",
    "check_encoder",
    "current_version",
    "index_folder",
    "open_current",
    "open_version",
    "publish",
    "write_version",
]
