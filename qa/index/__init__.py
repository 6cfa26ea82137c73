"""An index on disk: how a version is written, published, opened and gone back to.

    indexes/<name>/current                  the id of the version that is served
    indexes/<name>/versions/<id>/           manifest.json, sources/, store/, lexical/ and, when made, dense/
    indexes/<name>/embeddings.sqlite        vectors computed so far, of use to the next build
    indexes/<name>/building.json            what the build that is under way is doing

A version is written into a folder of its own, flushed, renamed into place, verified by opening it there, and only
then named by `current`, which is replaced in one atomic step. A build that is killed anywhere leaves the
version that is served untouched. A version without vectors is a version like any other: it answers by words.
"""

from qa.index.locks import StateProgress, building, moving, under_way
from qa.index.opening import (
    OpenIndex,
    check_encoder,
    current_manifest,
    current_version,
    index_folder,
    index_names,
    no_question,
    of_current,
    open_current,
    open_version,
    searching,
    verify_version,
    version_folder,
)
from qa.index.publishing import link_parts, publish
from qa.index.versions import Version, roll_back, versions

__all__ = [
    "OpenIndex",
    "StateProgress",
    "Version",
    "building",
    "check_encoder",
    "current_manifest",
    "current_version",
    "index_folder",
    "index_names",
    "link_parts",
    "moving",
    "no_question",
    "of_current",
    "open_current",
    "open_version",
    "publish",
    "roll_back",
    "searching",
    "under_way",
    "verify_version",
    "version_folder",
    "versions",
]
