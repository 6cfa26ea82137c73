"""Every check that a person would otherwise ask about, each with the command that mends what it finds."""

from __future__ import annotations

import json
import os
import shutil
import socket
import sqlite3
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from http.client import HTTPConnection, HTTPException
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from qa.build import source_changes
from qa.config import Settings
from qa.errors import QaError, SourceError
from qa.hub import local_folder
from qa.index import (
    current_manifest,
    current_version,
    index_folder,
    of_current,
    under_way,
    verify_version,
    version_folder,
)
from qa.loading import llm_state
from qa.mends import build_again, kept_versions, mend_of
from qa.models import state, verify
from qa.pins import PINNED, Role
from qa.terminal import holds

OLDEST_PYTHON = (3, 11)
_PACKAGES = ("faiss-cpu", "fastapi", "jinja2", "onnxruntime", "rank-bm25", "sentence-transformers", "torch")
_SPARE_BYTES = 200_000_000
_PATIENCE_S = 2.0
_MOST_BYTES = 1_000_000


class State(StrEnum):
    """How a check came out; only FAIL needs mending before the service works."""

    OK = "ok"
    NOTE = "note"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found; `mend` is the command or the change that mends it, None where nothing has to be."""

    check: str
    state: State
    detail: str
    mend: str | None = None


def examine(settings: Settings) -> Iterator[Finding]:
    """Yield what each check finds, in the order in which a person would mend it; never raises for what it finds."""
    folder = index_folder(settings.indexes, settings.index)
    checks: dict[str, Callable[[], Iterator[Finding]]] = {
        "Python": _python,
        "packages": _packages,
        "model": lambda: _models(settings),
        "index": lambda: _index(folder, settings),
        "sources": lambda: _sources(folder, settings),
        "disk": lambda: _disk(folder),
        "port": lambda: _port(settings),
        "LLM": lambda: _llm(settings),
    }
    for name, check in checks.items():
        try:
            yield from check()
        except (QaError, OSError, sqlite3.Error) as error:  # a check that cannot be made must not hide the next
            yield Finding(name, State.FAIL, str(error), None if name == "port" else mend_of(error, folder, settings))


def _python() -> Iterator[Finding]:
    found = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info >= OLDEST_PYTHON:
        yield Finding("Python", State.OK, found)
    else:
        oldest = ".".join(map(str, OLDEST_PYTHON))
        yield Finding("Python", State.FAIL, f"{found} is older than {oldest}", f"make PYTHON=python{oldest} setup")


def _packages() -> Iterator[Finding]:
    found, missing = [], []
    for package in _PACKAGES:
        try:
            found.append(f"{package} {version(package)}")
        except PackageNotFoundError:
            missing.append(package)
    if missing:
        yield Finding("packages", State.FAIL, f"missing: {', '.join(missing)}", f"pip install {' '.join(missing)}")
    else:
        yield Finding("packages", State.OK, ", ".join(found))


def _models(settings: Settings) -> Iterator[Finding]:
    yield _model(settings.encoder, settings, (Role.ENCODER, Role.SENTENCE_TRANSFORMER))
    yield _model(settings.reranker, settings, (Role.RERANKER,))


def _model(name: str, settings: Settings, roles: tuple[Role, ...]) -> Finding:
    model = PINNED.get(name)
    if model is None and Role.ENCODER in roles:
        return _encoder_of_its_own(name)
    if model is None or model.role not in roles:
        names = " or ".join(pinned.name for pinned in PINNED.values() if pinned.role in roles)
        return Finding("model", State.FAIL, f"{name!r} is no {roles[0]}", f"--{roles[0]} {names}")
    try:
        verify(model, settings.models)
    except QaError:
        return Finding("model", State.FAIL, f"{name} is {state(model, settings.models)}", f"qa models fetch {name}")
    return Finding("model", State.OK, f"{name}, every byte as pinned, in {settings.models}")


def _encoder_of_its_own(name: str) -> Finding:
    try:
        folder = local_folder(name)
    except QaError as error:
        return Finding("model", State.FAIL, str(error), f"qa models fetch {name}")
    return Finding("model", State.NOTE, f"{name}, in {folder}, is not pinned, so its files cannot be verified")


def _index(folder: Path, settings: Settings) -> Iterator[Finding]:
    builder = under_way(folder)
    if builder is not None:
        yield Finding("build", State.NOTE, f"process {builder.process} is at it: {builder.so_far}")
    try:
        yield of_current(folder, _of_version)
    except QaError as error:
        yield Finding("index", State.FAIL, str(error), mend_of(error, folder, settings))
    yield from _encoder_of_index(folder, settings)
    for kept in kept_versions(folder):
        if kept.fault is not None and not kept.current:
            yield Finding("version", State.NOTE, f"{kept.id} cannot be used: {kept.fault}")


def _encoder_of_index(folder: Path, settings: Settings) -> Iterator[Finding]:
    """Look at the encoder that answers, where it is not the one of the next build."""
    try:
        built = current_manifest(folder).recipe.encoder
    except QaError:
        return  # it has been reported already
    if built is not None and built.name != settings.encoder:
        yield _model(built.name, settings, (Role.ENCODER, Role.SENTENCE_TRANSFORMER))
        detail = f"questions go to the encoder of the index, {built.name}; the next build takes {settings.encoder}"
        yield Finding("encoder", State.NOTE, detail, f"--encoder {built.name} (QA_ENCODER) keeps it")


def _of_version(place: Path) -> Finding:
    manifest = verify_version(place)
    built = manifest.recipe.encoder
    how = f"words and vectors of {built.name}" if built else "words alone"
    return Finding(
        "index", State.OK, f"version {manifest.version}, every byte as written: {holds(manifest.recipe)}, {how}"
    )


def _sources(folder: Path, settings: Settings) -> Iterator[Finding]:
    try:
        changes = source_changes(version_folder(folder, current_version(folder)))
    except SourceError as error:
        yield Finding("sources", State.NOTE, str(error))
        return
    except (QaError, sqlite3.Error):
        return  # the index has been reported already
    if changes:
        again = build_again(folder, settings)
        yield Finding("sources", State.NOTE, f"{changes.in_words()} since the index was built", again)
    else:
        yield Finding("sources", State.OK, "unchanged since the index was built")


def _disk(folder: Path) -> Iterator[Finding]:
    place = next(path for path in (folder, *folder.absolute().parents) if path.exists())
    if not os.access(place, os.W_OK):
        yield Finding("disk", State.NOTE, f"{place} may only be read, so nothing can be built there")
        return
    free = shutil.disk_usage(place).free
    needed = _SPARE_BYTES + 2 * _largest_version(folder)
    detail = f"{free / 1e9:,.1f} GB free in {place}; the next build may need {needed / 1e9:,.1f} GB"
    if free >= needed:
        yield Finding("disk", State.OK, detail)
    else:
        yield Finding("disk", State.FAIL, detail, "make room, or build elsewhere with --indexes FOLDER")


def _largest_version(folder: Path) -> int:
    return max((kept.manifest.size for kept in kept_versions(folder) if kept.manifest), default=0)


def _port(settings: Settings) -> Iterator[Finding]:
    where = f"{settings.host}, port {settings.port}"
    with socket.socket(socket.AF_INET6 if ":" in settings.host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            if _serves(settings):
                yield Finding("port", State.OK, f"{where}: the service runs there")
                return
            yield Finding("port", State.FAIL, f"{where} cannot be had ({error.strerror or error})", "qa serve --port 0")
        else:
            yield Finding("port", State.OK, f"{where} is free")


def _llm(settings: Settings) -> Iterator[Finding]:
    """Look whether the language model answers, where one is set: nothing needs it."""
    if not settings.llm_url:
        return
    state = llm_state(settings)
    if state.problem is None:
        yield Finding("LLM", State.OK, state.in_words)
    else:
        yield Finding("LLM", State.NOTE, state.in_words, "see QA_LLM_URL, QA_LLM_MODEL and QA_LLM_KEY, or unset them")


def _serves(settings: Settings) -> bool:
    """Return whether what listens on the port is this service."""
    connection = HTTPConnection(settings.host, settings.port, timeout=_PATIENCE_S)
    try:
        connection.request("GET", "/openapi.json", headers={"Host": "localhost"})
        return bool(json.loads(connection.getresponse().read(_MOST_BYTES))["info"]["title"] == "Article QA")
    except (OSError, HTTPException, ValueError, LookupError, TypeError):
        return False
    finally:
        connection.close()
