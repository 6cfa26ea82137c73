"""A wheel built from the repository works outside the checkout, templates and static files included."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import urllib.request
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built as anyone would build it."""
    out = tmp_path_factory.mktemp("dist")
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(out), str(ROOT)],
        check=True,
        capture_output=True,
    )
    (built,) = out.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def python(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new environment with the wheel in it; what it depends on is borrowed from this one."""
    place = tmp_path_factory.mktemp("elsewhere")
    subprocess.run([sys.executable, "-m", "venv", str(place / "venv")], check=True)
    python = place / "venv" / "bin" / "python"
    subprocess.run(
        [
            str(python),
            "-m",
            "pip",
            "install",
            "--quiet",
            "--no-deps",
            "--no-index",
            "--disable-pip-version-check",
            str(wheel),
        ],
        check=True,
    )
    ask = "import sysconfig; print(sysconfig.get_path('purelib'))"
    site = subprocess.run([str(python), "-c", ask], check=True, capture_output=True, text=True).stdout.strip()
    # A .pth file comes after the environment's own packages, so the wheel is what is imported.
    (Path(site) / "borrowed.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    return python


def test_the_wheel_holds_the_two_packages_and_their_files(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    assert {name.split("/")[0] for name in names if "dist-info" not in name} == {"qa", "web"}
    on_disk = {
        path.relative_to(ROOT).as_posix()
        for package in ("qa", "web")
        for path in (ROOT / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert on_disk <= names
    assert "web/static/style.css" in names
    assert "web/templates/chat.html" in names


def test_the_wheel_builds_asks_and_serves_outside_the_checkout(python: Path, tmp_path: Path) -> None:
    environ = {name: value for name, value in os.environ.items() if name not in {"PYTHONPATH", "QA_INDEXES"}}
    qa = str(python.with_name("qa"))

    def run(*arguments: str) -> str:
        done = subprocess.run(
            [qa, *arguments], cwd=tmp_path, env=environ, capture_output=True, text=True, timeout=120, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    where = subprocess.run(
        [str(python), "-c", "import qa, web; print(qa.__file__, web.__file__)"],
        cwd=tmp_path, env=environ, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    assert where.count(str(python.parent.parent)) == 2
    (tmp_path / "bread.txt").write_text("Bread\n\nBake the bread for forty minutes.", encoding="utf-8")
    run("build", "bread.txt")
    assert "Bake the bread for forty minutes." in run("ask", "How long should the bread bake?")
    process = subprocess.Popen(
        [qa, "serve", "--port", "0"], cwd=tmp_path, env=environ, stderr=subprocess.PIPE, text=True
    )
    try:
        assert process.stderr is not None
        address = process.stderr.readline().split()[1]
        for path, expected in {"/": "<form", "/static/style.css": "--", "/openapi.json": "openapi"}.items():
            with urllib.request.urlopen(address + path, timeout=30) as response:
                assert expected in response.read().decode(), path
    finally:
        process.terminate()
        process.communicate(timeout=30)
