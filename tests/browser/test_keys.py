"""A server that wants keys, in a real browser: signing in, asking, signing out, with script and without."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from qa.config import Settings
from qa.keys import KeyStore

pytestmark = pytest.mark.browser

QUESTION = "Who condemned the missile launch?"
Open = Callable[..., Any]
SCRIPT = pytest.mark.parametrize("script", [True, False], ids=["script on", "script off"])


@pytest.fixture(scope="module")
def guarded(
    live_server: Callable[[Settings], Any], seed_settings: Settings, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Any, str, KeyStore]:
    """A server that wants a key, a key, and where the keys are."""
    store = KeyStore(Path(tmp_path_factory.mktemp("keys")) / "keys.json")
    key = store.add("ada")
    return live_server(replace(seed_settings, keys=str(store.path))).until_ready(), key, store


def sign_in(page: Any, key: str) -> None:
    page.get_by_label("Key").fill(key)
    page.get_by_role("button", name="Sign in").click()


@SCRIPT
def test_sign_in_ask_and_sign_out(open_chat: Open, guarded: tuple[Any, str, KeyStore], script: bool) -> None:
    server, key, _ = guarded
    chat = open_chat(server.url, java_script_enabled=script)
    page = chat.page
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    expect(page.locator("#version")).to_have_count(0)
    sign_in(page, "qa_wrong")
    expect(page.get_by_role("alert")).to_have_text("This is no key of this server, or it has ended.")
    sign_in(page, key)
    expect(page).to_have_url(f"{server.url}/")
    turn = chat.ask(QUESTION)
    expect(turn.get_by_role("blockquote")).to_contain_text("Fumio Kishida said Tuesday")
    (cookie,) = page.context.cookies()
    assert (cookie["name"], cookie["httpOnly"], cookie["sameSite"]) == ("qa_session", True, "Strict")
    assert cookie["value"] != key
    page.get_by_role("link", name="Articles").click()
    expect(page.get_by_role("link", name="North Korea launches missile")).to_be_visible()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    assert page.context.cookies() == []
    page.goto(f"{server.url}/articles")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


@SCRIPT
def test_a_link_leads_where_it_should_once_signed_in(
    open_chat: Open, guarded: tuple[Any, str, KeyStore], script: bool
) -> None:
    server, key, _ = guarded
    chat = open_chat(f"{server.url}/?question=Who+condemned+the+missile+launch%3F", java_script_enabled=script)
    sign_in(chat.page, key)
    expect(chat.page).to_have_url(re.compile(r"/\?question=Who"))
    expect(chat.turns(QUESTION).get_by_role("blockquote")).to_contain_text("Fumio Kishida said Tuesday")


def test_a_key_that_ends_while_the_page_is_open(open_chat: Open, guarded: tuple[Any, str, KeyStore]) -> None:
    server, _, store = guarded
    chat = open_chat(server.url)
    sign_in(chat.page, store.add("passing"))
    chat.ask(QUESTION)
    store.revoke("passing")
    chat.send("What did Kim say?")
    expect(chat.alert).to_contain_text("A key is wanted")
    expect(chat.field).to_have_value("What did Kim say?")


def test_the_page_to_sign_in_on_is_for_everybody(open_page: Open, guarded: tuple[Any, str, KeyStore]) -> None:
    server, _, _ = guarded
    for options in ({}, {"viewport": {"width": 360, "height": 640}, "color_scheme": "dark"}):
        page = open_page(f"{server.url}/signin", **options)
        assert not page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
        found = Axe().run(page).response
        assert [violation["id"] for violation in found["violations"]] == []
        expect(page.get_by_label("Key")).to_be_focused()
        page.keyboard.type("qa_wrong")
        page.keyboard.press("Enter")
        expect(page.get_by_role("alert")).to_be_visible()
