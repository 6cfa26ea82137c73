"""An answer on its way: what is seen of it first, that nothing moves, that it is said once, and what may go wrong."""

from __future__ import annotations

import re
import socket
import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Locator, expect

pytestmark = pytest.mark.browser

Open = Callable[..., Any]
QUESTION = "Who condemned the missile launch?"
SAID = "strongly condemn the action"
OTHER = "Who is Takehiro Funakoshi?"

WATCH = """() => {
  window.shifts = [];
  new PerformanceObserver((list) => {
    for (const shift of list.getEntries()) if (!shift.hadRecentInput) window.shifts.push(shift.value);
  }).observe({ type: "layout-shift" });
  window.told = [];
  new MutationObserver(() => window.told.push(document.getElementById("said").textContent))
    .observe(document.getElementById("said"), { childList: true });
}"""


class Plug(socketserver.BaseRequestHandler):
    """Copies what comes from either end to the other, until one of them ends."""

    server: Cable

    def handle(self) -> None:
        with socket.create_connection(self.server.far) as far:
            self.server.ends += [self.request, far]
            if self.server.unplugged:  # in the moment in which this came
                self.server.cut()
            back = threading.Thread(target=self._copy, args=(far, self.request))
            back.start()
            self._copy(self.request, far)
            back.join()

    @staticmethod
    def _copy(source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                target.sendall(data)
        with suppress(OSError):
            target.shutdown(socket.SHUT_RDWR)


class Cable(socketserver.ThreadingTCPServer):
    """The way to a server, which can be cut while something is on it."""

    def __init__(self, url: str) -> None:
        super().__init__(("127.0.0.1", 0), Plug)
        self.far = ("127.0.0.1", urlsplit(url).port or 0)
        self.ends: list[socket.socket] = []
        self.unplugged = False
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        threading.Thread(target=self.serve_forever, args=(0.05,)).start()

    def cut(self) -> None:
        for end in list(self.ends):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
        self.ends.clear()

    def unplug(self) -> None:
        """Cut it for good: nobody listens any more."""
        self.shutdown()
        self.unplugged = True
        self.cut()
        self.server_close()


@pytest.fixture
def cable(gated: Any) -> Iterator[Cable]:
    cable = Cable(gated[0].url)
    yield cable
    cable.unplug()


@pytest.fixture(autouse=True)
def opened(gated: Any) -> Iterator[None]:
    """However a test ends, the next one begins with an open gate."""
    yield
    gated[1].breaks = None
    gated[1].open.set()


def at_rest(what: Locator) -> Any:
    """Where it is once it stays there: the page may scroll smoothly, and slowly on a busy machine."""
    before, now = None, what.bounding_box()
    while now != before:
        what.page.wait_for_timeout(300)
        before, now = now, what.bounding_box()
    return now


@pytest.mark.parametrize("width", [1360, 390])
def test_sources_first_then_the_answer_and_nothing_moves(open_chat: Open, gated: Any, width: int) -> None:
    server, gate = gated
    chat = open_chat(server.url, viewport={"width": width, "height": 800}, reduced_motion="no-preference")
    for question, quoted in ((QUESTION, SAID), ("Who is the Chinese spokesperson?", "Wang Wenbin")):
        gate.open.clear()
        chat.page.evaluate(WATCH)
        chat.send(question)
        turn = chat.turns(question)
        expect(turn.get_by_role("list", name="Found").get_by_role("listitem").first).to_be_visible()
        expect(turn.get_by_role("heading", name=question)).to_be_in_viewport()
        expect(turn.get_by_role("blockquote")).to_have_count(0)
        expect(chat.page.get_by_role("button", name="Stop")).to_be_enabled()
        expect(chat.said).to_have_text("Looking through the articles.")
        expect(chat.page.get_by_role("region", name="Questions and answers")).to_have_attribute("aria-busy", "true")
        chat.page.wait_for_timeout(800)  # what moves soon after a key press is awaited, and not counted
        top = at_rest(turn.get_by_role("list", name="Found"))
        gate.open.set()
        expect(turn.get_by_role("blockquote").first).to_contain_text(quoted)
        assert at_rest(turn.get_by_role("list", name="Sources")) == top
        expect(chat.page.get_by_role("button", name="Ask", exact=True)).to_be_enabled()
        assert sum(chat.page.evaluate("window.shifts")) < 0.01


def test_the_answer_is_said_once(open_chat: Open, gated: Any) -> None:
    chat = open_chat(gated[0].url)
    chat.page.evaluate(WATCH)
    answer = chat.ask(QUESTION).locator("[data-say]").all_text_contents()
    told = chat.page.evaluate("window.told")
    assert told[0] == "Looking through the articles."
    assert told[1:] == answer
    expect(chat.said).to_have_attribute("role", "status")
    assert chat.page.evaluate("document.getElementById('said').closest('[aria-busy]')") is None
    expect(chat.field).to_be_focused()


def test_who_reads_on_meanwhile_keeps_the_focus(open_chat: Open, gated: Any) -> None:
    server, gate = gated
    chat = open_chat(server.url)
    chat.ask(QUESTION)
    gate.open.clear()
    chat.send(OTHER)
    expect(chat.turns(OTHER)).to_be_visible()
    link = chat.turns(QUESTION).get_by_role("link", name="Link to this")
    link.focus()
    gate.open.set()
    expect(chat.turns(OTHER).get_by_role("blockquote").first).to_be_visible()
    expect(link).to_be_focused()


@pytest.mark.parametrize("by", ["Stop", "Escape"])
def test_an_answer_can_be_stopped(open_chat: Open, gated: Any, by: str) -> None:
    server, gate = gated
    chat = open_chat(server.url)
    chat.ask(QUESTION)
    gate.open.clear()
    chat.send(OTHER)
    expect(chat.turns(OTHER)).to_be_visible()
    if by == "Stop":
        chat.page.get_by_role("button", name="Stop").click()
    else:
        chat.page.keyboard.press("Escape")
    expect(chat.turns(OTHER)).to_have_count(0)
    expect(chat.field).to_have_value(OTHER)
    expect(chat.field).to_be_focused()
    expect(chat.alert).to_be_empty()
    expect(chat.turns(QUESTION).get_by_role("blockquote")).to_contain_text(SAID)
    gate.open.set()
    chat.ask(OTHER)


def test_another_conversation_may_be_opened_meanwhile(open_chat: Open, gated: Any) -> None:
    server, gate = gated
    chat = open_chat(server.url)
    chat.ask(QUESTION)
    gate.open.clear()
    chat.send(OTHER)
    expect(chat.turns(OTHER)).to_be_visible()
    chat.page.get_by_role("button", name="New").click()
    expect(chat.page.get_by_role("heading", name="Ask your articles", level=1)).to_be_visible()
    expect(chat.page.get_by_role("button", name="Ask", exact=True)).to_be_enabled()
    gate.open.set()
    expect(chat.field).to_have_value("")
    expect(chat.page.get_by_role("article")).to_have_count(0)


def test_a_server_error_in_the_middle_is_said_and_the_question_kept(open_chat: Open, gated: Any) -> None:
    server, gate = gated
    chat = open_chat(server.url)
    chat.ask(QUESTION)
    gate.open.clear()
    gate.breaks = RuntimeError("secret")
    chat.send(OTHER)
    expect(chat.turns(OTHER)).to_be_visible()
    gate.open.set()
    expect(chat.alert).to_contain_text("server")
    expect(chat.alert).not_to_contain_text("secret")
    expect(chat.turns(OTHER)).to_have_count(0)
    expect(chat.field).to_have_value(OTHER)
    expect(chat.field).to_be_focused()
    expect(chat.said).to_be_empty()
    gate.breaks = None
    chat.ask(OTHER)
    expect(chat.alert).to_be_empty()
    expect(chat.page.get_by_role("article")).to_have_count(2)


def test_a_connection_lost_in_the_middle_is_said_and_the_question_kept(
    open_chat: Open, gated: Any, cable: Cable
) -> None:
    _, gate = gated
    chat = open_chat(cable.url)
    chat.ask(QUESTION)
    gate.open.clear()
    chat.send(OTHER)
    expect(chat.turns(OTHER).get_by_role("list", name="Found")).to_be_visible()
    cable.cut()
    expect(chat.alert).to_have_text(
        "The connection was lost in the middle of the answer. Your question is still here: ask it again."
    )
    expect(chat.turns(OTHER)).to_have_count(0)
    expect(chat.field).to_have_value(OTHER)
    expect(chat.page.get_by_role("button", name="Ask", exact=True)).to_be_enabled()
    gate.open.set()
    expect(chat.ask(OTHER).get_by_role("blockquote").first).to_be_visible()
    chat.page.reload()
    expect(chat.page.get_by_role("article")).to_have_count(2)


def test_a_server_that_is_not_there_is_said_and_the_question_kept(open_chat: Open, gated: Any, cable: Cable) -> None:
    chat = open_chat(cable.url)
    chat.ask(QUESTION)
    cable.unplug()
    chat.send(OTHER)
    expect(chat.alert).to_have_text(
        "The server did not answer. Your question is still here: see that it runs, then ask again."
    )
    expect(chat.field).to_have_value(OTHER)
    expect(chat.field).to_be_focused()
    expect(chat.turns(QUESTION)).to_be_visible()
    expect(chat.page.get_by_role("button", name=re.compile("^Ask$"))).to_be_enabled()
