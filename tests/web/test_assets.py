"""Style sheet and script: at addresses that say what is in them, so that an upgrade is never half of one."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.testclient import TestClient

from web.assets import Assets

STATIC = Path(__file__).resolve().parents[2] / "web" / "static"
SCRIPTS = {path.name: path.read_text(encoding="utf-8") for path in STATIC.glob("*.js")}
IMPORTS = {name: re.findall(r'from "([^"]+)"', text) for name, text in SCRIPTS.items()}
FOR_EVER = "public, max-age=31536000, immutable"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(STATIC, tmp_path / "static"))


def client_of(assets: Assets) -> TestClient:
    return TestClient(Starlette(routes=[Mount("/static", assets)]))


def test_the_modules_are_those_that_the_script_needs() -> None:
    """Each import is of a file beside it, nothing is imported in a ring, and no file is left over."""
    done: set[str] = set()

    def follow(name: str, above: tuple[str, ...]) -> None:
        assert name not in above, f"{' -> '.join(above)} -> {name}"
        for address in IMPORTS[name]:
            assert address.startswith("./"), f"{name}: {address}"
            follow(address.removeprefix("./"), (*above, name))
        done.add(name)

    follow("chat.js", ())
    assert done == set(SCRIPTS)
    assert Assets().modules == tuple(sorted(done - {"chat.js"}))


def test_a_page_names_one_edition_of_all_of_them(seed_server: Any) -> None:
    page = httpx.get(seed_server.url, timeout=60).text
    links = re.findall(r'(?:href|src)="(/static/[^"]+)"', page)
    assert {link.rsplit("/", 1)[1] for link in links} == {"icon.svg", "style.css", *SCRIPTS}
    assert {link.rsplit("/", 1)[0] for link in links} == {f"/static/{Assets().edition}"}
    for link in links:
        response = httpx.get(seed_server.url + link, timeout=60)
        assert (response.status_code, response.headers["cache-control"]) == (200, FOR_EVER)
        for address in IMPORTS.get(link.rsplit("/", 1)[1], ()):
            assert urljoin(link, address) in links


def test_a_change_of_one_is_another_edition_of_all(folder: Path) -> None:
    assets = Assets(folder)
    before, client = assets.edition, client_of(assets)
    assert client.get(assets.address("page.js")).status_code == 200
    with (folder / "page.js").open("a", encoding="utf-8") as script:
        script.write("// changed\n")
    assert assets.edition != before
    assert client.get(assets.address("page.js")).text.endswith("// changed\n")
    assert client.get(assets.address("chat.js")).status_code == 200
    assert client.get(f"/static/{before}/page.js").status_code == 404
    assert client.get(f"/static/{before}/chat.js").status_code == 404


def test_an_edition_is_the_same_wherever_its_files_are(folder: Path) -> None:
    assert Assets(folder).edition == Assets().edition
    (folder / "icon.svg").rename(folder / "sign.svg")
    assert Assets(folder).edition != Assets().edition


def test_without_an_edition_a_file_is_asked_for_anew(folder: Path) -> None:
    client = client_of(Assets(folder))
    response = client.get("/static/style.css")
    assert (response.status_code, response.headers["cache-control"]) == (200, "no-cache")
    again = client.get("/static/style.css", headers={"If-None-Match": response.headers["etag"]})
    assert (again.status_code, again.headers["cache-control"]) == (304, "no-cache")


@pytest.mark.parametrize(
    "name", ["chat.js", "none/chat.js", "EDITION/none.js", "EDITION/", "EDITION", "EDITION/../x.js"]
)
def test_what_is_not_there_is_not_found(folder: Path, name: str) -> None:
    (folder / "chat.js").unlink()
    (folder.parent / "x.js").write_text("secret", encoding="utf-8")
    assets = Assets(folder)
    assert client_of(assets).get(f"/static/{name.replace('EDITION', assets.edition)}").status_code == 404
