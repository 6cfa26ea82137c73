"""The page in a real browser: with script and without, by keyboard, on a phone, and when things go wrong."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from qa.pipeline import Pipeline
from qa.records import Answer

pytestmark = pytest.mark.browser

QUESTION = "Who condemned the missile launch?"
ANSWER = (
    "“North Korea’s firing of the missiles is [in breach of] United Nations Security Council resolutions and I "
    "strongly condemn the action,” Japanese Prime Minister Fumio Kishida said Tuesday."
)
HOSTILE_TITLE = "How <script>alert(1)</script> became a famous <b>test</b>"
SEARCHED = re.compile(r"Searched \d passages of 1 article by words and by meaning; read all of them\.")
Open = Callable[..., Page]
SCRIPT = pytest.mark.parametrize("script", [True, False], ids=["script on", "script off"])


def ask(page: Page, question: str) -> None:
    page.get_by_label("Your question").fill(question)
    page.get_by_role("button", name="Ask").click()


def turn(page: Page, question: str) -> Locator:
    return page.get_by_role("article", name=question)


def sources(answered: Locator) -> Locator:
    """The passages that are cited: the words that answer are marked in the quotation as well."""
    return answered.get_by_role("region", name="Sources")


@SCRIPT
def test_ask_check_the_quotation_and_read_on(open_page: Open, seed_server: Any, script: bool) -> None:
    page = open_page(seed_server.url, java_script_enabled=script)
    expect(page.get_by_role("heading", name="Ask your articles", level=1)).to_be_visible()
    ask(page, QUESTION)
    answered = turn(page, QUESTION)
    quotation = answered.get_by_role("blockquote")
    expect(quotation).to_contain_text(ANSWER)
    passage = sources(answered).get_by_role("mark")
    expect(passage).to_have_count(0)  # hidden: the card is closed
    quotation.get_by_role("link", name="[1]").click()
    expect(passage).to_be_visible()
    expect(passage).to_be_in_viewport()
    assert passage.text_content() == ANSWER
    expect(answered.get_by_text("Confidence: ")).to_be_visible()
    expect(answered.get_by_text(SEARCHED)).to_be_visible()

    answered.get_by_role("link", name="Read in the article").click()
    expect(page).to_have_url(re.compile(r"/articles/[0-9a-f]+\?cite=527-714#cite-1$"))
    expect(page.get_by_role("heading", level=1)).to_have_text(
        "North Korea launches missile amid US push to resume talks"
    )
    marked = page.get_by_role("mark")
    expect(marked).to_be_in_viewport()
    assert marked.text_content() == ANSWER


@SCRIPT
def test_no_answer_looks_like_none(open_page: Open, seed_server: Any, script: bool) -> None:
    page = open_page(seed_server.url, java_script_enabled=script)
    ask(page, "What is the capital of France?")
    answered = turn(page, "What is the capital of France?")
    expect(answered.get_by_role("heading", name=re.compile("^The articles are ")).first).to_be_visible()
    expect(answered.get_by_text(SEARCHED)).to_be_visible()
    expect(answered.get_by_role("blockquote")).to_have_count(0)
    if not answered.get_by_role("region", name="Closest passages").is_visible():
        answered.get_by_text("Closest passages", exact=True).click()  # folded away: they are about something else
    closest = answered.locator(".cards")
    expect(closest.get_by_role("link", name="Read in the article")).to_have_count(0)  # hidden: the cards are closed
    closest.get_by_text("North Korea launches missile").first.click()
    expect(closest.get_by_role("link", name="Read in the article")).to_have_count(1)
    closest.get_by_role("link", name="Read in the article").click()
    expect(page.get_by_role("mark").first).to_be_in_viewport()


@SCRIPT
def test_a_suggestion_asks_itself(open_page: Open, seed_server: Any, script: bool) -> None:
    page = open_page(seed_server.url, java_script_enabled=script)
    suggestions = page.get_by_role("list", name="You could ask").get_by_role("button")
    question = str(suggestions.first.text_content())
    assert 1 <= suggestions.count() <= 3
    suggestions.first.click()
    expect(turn(page, question).get_by_role("blockquote")).to_be_visible()
    expect(page.get_by_role("heading", name="You could ask")).to_have_count(0)


@SCRIPT
def test_a_refusal_stands_at_the_field(open_page: Open, seed_server: Any, script: bool) -> None:
    page = open_page(seed_server.url, java_script_enabled=script)
    ask(page, "???")
    expect(page.get_by_role("alert")).to_have_text(re.compile(r"\s*The question is empty; please type one"))
    field = page.get_by_label("Your question")
    expect(field).to_have_value("???")
    expect(field).to_have_accessible_description(re.compile("The question is empty"))
    assert field.get_attribute("aria-invalid") == "true"


@SCRIPT
def test_what_is_asked_and_what_is_read_stays_text(open_page: Open, hostile_server: Any, script: bool) -> None:
    page = open_page(hostile_server.url, java_script_enabled=script)
    expect(page.get_by_role("link", name=HOSTILE_TITLE)).to_be_visible()
    question = "What is <script>alert(1)</script> <img src=x onerror=alert(1)> known for?"
    ask(page, question)
    answered = turn(page, question)
    expect(answered.get_by_role("heading", name=question)).to_be_visible()
    expect(answered.get_by_role("blockquote")).to_contain_text("A variant, <img src=x onerror=alert(2)>, was")
    answered.get_by_role("blockquote").get_by_role("link").first.click()
    expect(answered.get_by_text(HOSTILE_TITLE).first).to_be_visible()
    answered.get_by_role("link", name="Read in the article").first.click()
    expect(page.get_by_role("heading", name=HOSTILE_TITLE)).to_be_visible()
    expect(page.get_by_text("<img src=x onerror=alert(2)>")).to_be_visible()
    expect(page.get_by_role("img")).to_have_count(0)
    expect(page.get_by_role("link", name="Original")).to_have_count(0)


def test_turns_are_added_to_the_page_that_is_open(open_page: Open, seed_server: Any) -> None:
    page = open_page(seed_server.url)
    page.evaluate("window.same = true")
    ask(page, QUESTION)
    expect(turn(page, QUESTION)).to_be_visible()
    expect(page.get_by_label("Your question")).to_have_value("")
    ask(page, "Who is Takehiro Funakoshi?")
    expect(turn(page, "Who is Takehiro Funakoshi?").get_by_role("blockquote")).to_be_visible()
    expect(page.get_by_role("article")).to_have_count(2)
    assert page.evaluate("window.same") is True
    assert page.evaluate("new Set([...document.querySelectorAll('[id]')].map(e => e.id)).size") == page.evaluate(
        "document.querySelectorAll('[id]').length"
    )


def test_by_keyboard_alone(open_page: Open, seed_server: Any) -> None:
    page = open_page(seed_server.url)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the question")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_label("Your question")).to_be_focused()
    assert outlined(page)
    page.keyboard.type(QUESTION)
    page.keyboard.press("Enter")
    answered = turn(page, QUESTION)
    expect(answered.get_by_role("heading", name=QUESTION)).to_be_focused()
    expect(page.get_by_role("status")).to_have_text(ANSWER)
    page.keyboard.press("Tab")
    expect(answered.get_by_role("blockquote").get_by_role("link", name="[1]")).to_be_focused()
    assert outlined(page)
    page.keyboard.press("Enter")
    expect(sources(answered).get_by_role("mark")).to_be_focused()
    page.keyboard.press("Tab")
    expect(answered.get_by_role("link", name="Read in the article")).to_be_focused()
    assert outlined(page)
    page.keyboard.press("Enter")
    expect(page.get_by_role("mark")).to_be_in_viewport()


def test_while_it_waits_it_says_so(open_page: Open, seed_server: Any) -> None:
    page = open_page(seed_server.url)
    held: list[Any] = []
    page.route("**/ask", lambda route: held.append(route))  # noqa: PLW0108 - Playwright marks its handlers
    ask(page, QUESTION)
    expect(page.get_by_role("button", name="Asking…")).to_be_disabled()
    expect(page.get_by_role("status")).to_have_text("Looking through the articles.")
    held[0].continue_()
    expect(page.get_by_role("button", name="Ask", exact=True)).to_be_enabled()
    expect(page.get_by_role("status")).to_have_text(ANSWER)


@pytest.mark.parametrize("width", [360, 320])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_on_a_phone_nothing_runs_over(open_page: Open, hostile_server: Any, width: int, scheme: str) -> None:
    page = open_page(hostile_server.url, viewport={"width": width, "height": 640}, color_scheme=scheme)
    assert not overflows(page)
    ask(page, "What is " + "x" * 300 + " <script>alert(1)</script> known for?")
    expect(page.get_by_role("article")).to_be_visible()
    assert not overflows(page)
    for card in page.get_by_role("article").get_by_role("group").all():
        card.get_by_text(re.compile("<script>|glacier")).first.click()
    assert not overflows(page)
    page.get_by_role("link", name="Read in the article").first.click()
    expect(page.get_by_role("mark").first).to_be_in_viewport()
    assert not overflows(page)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_what_is_said_of_the_index_fits_and_stands_out(open_page: Open, words_server: Any, scheme: str) -> None:
    page = open_page(words_server.url, viewport={"width": 320, "height": 640}, color_scheme=scheme)
    expect(page.get_by_text("Searching by words. qa build prepares searching by meaning.")).to_be_visible()
    ask(page, QUESTION)
    expect(turn(page, QUESTION).get_by_text("by words, not by meaning")).to_be_visible()
    assert not overflows(page)
    assert page.evaluate(CONTRASTS) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out_from_its_ground(open_page: Open, seed_server: Any, scheme: str) -> None:
    page = open_page(seed_server.url, color_scheme=scheme)
    assert page.evaluate(CONTRASTS) == []
    ask(page, QUESTION)
    turn(page, QUESTION).get_by_role("link", name="[1]").click()
    ask(page, "What is the capital of France?")
    expect(turn(page, "What is the capital of France?")).to_be_visible()
    ask(page, "???")
    expect(page.get_by_role("alert")).to_have_text(re.compile("The question is empty"))
    assert page.evaluate(CONTRASTS) == []


def test_a_server_that_stopped_is_said_and_the_question_kept(
    open_page: Open, live_server: Callable[..., Any], seed_settings: Any
) -> None:
    server = live_server(seed_settings).until_ready()
    page = open_page(server.url)
    ask(page, QUESTION)
    expect(turn(page, QUESTION)).to_be_visible()
    server.stop()
    ask(page, "Where will Kim go next?")
    expect(page.get_by_role("alert")).to_have_text(
        "The server did not answer. Your question is still here: see that it runs, then ask again."
    )
    expect(page.get_by_label("Your question")).to_have_value("Where will Kim go next?")
    expect(page.get_by_label("Your question")).to_be_focused()
    expect(turn(page, QUESTION)).to_be_visible()
    expect(page.get_by_role("button", name="Ask")).to_be_enabled()


def test_going_back_from_an_article_leads_to_the_answer(open_page: Open, seed_server: Any) -> None:
    page = open_page(seed_server.url, java_script_enabled=False)
    ask(page, QUESTION)
    page.get_by_role("blockquote").get_by_role("link", name="[1]").click()
    page.get_by_role("link", name="Read in the article").click()
    expect(page.get_by_role("mark")).to_be_visible()
    page.get_by_role("link", name="Ask a question").click()
    expect(page.get_by_label("Your question")).to_be_visible()


@pytest.fixture
def ask_made(
    open_page: Open, seed_server: Any, answers: dict[str, Answer], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Page]:
    """Return `ask_made(name, **options)`: the page on which the answer of this name, made by hand, was asked for."""
    by_question = {answer.question: answer for answer in answers.values()}
    monkeypatch.setattr(Pipeline, "ask", lambda _, question, k=None: by_question[question])  # noqa: ARG005

    def asked(name: str, **options: Any) -> Page:
        page = open_page(seed_server.url, **options)
        ask(page, answers[name].question)
        expect(turn(page, answers[name].question)).to_be_visible()
        return page

    return asked


OUTCOMES = ["answered", "copied", "disagreeing", "listed", "not_stated", "not_covered"]
RESCUED = "Rescuers brought 212 people ashore by noon, the coastguard said."


@pytest.mark.parametrize("name", OUTCOMES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_outcome_fits_a_phone_and_stands_out(ask_made: Callable[..., Page], name: str, scheme: str) -> None:
    page = ask_made(name, viewport={"width": 320, "height": 640}, color_scheme=scheme)
    page.evaluate("document.querySelectorAll('details').forEach((part) => { part.open = true })")
    assert page.evaluate(CONTRASTS) == []
    assert not overflows(page)


@SCRIPT
def test_the_words_that_answer_are_marked(ask_made: Callable[..., Page], script: bool) -> None:
    page = ask_made("answered", java_script_enabled=script)
    expect(page.get_by_role("blockquote").get_by_role("mark")).to_have_text("212")
    expect(page.get_by_text("The same words in: ")).to_be_visible()
    page.get_by_role("link", name="[1]").click()
    expect(sources(page.get_by_role("article")).get_by_role("mark")).to_have_text(RESCUED)


@pytest.mark.parametrize(
    "options",
    [{"color_scheme": "light"}, {"color_scheme": "dark"}, {"forced_colors": "active"}, {"media": "print"}],
    ids=lambda options: " ".join(options.values()),
)
def test_the_mark_is_seen_without_its_colour(ask_made: Callable[..., Page], options: dict[str, Any]) -> None:
    media = {name: options[name] for name in options if name == "media"}
    page = ask_made("answered", **{name: value for name, value in options.items() if name not in media})
    page.emulate_media(**media)
    mark = page.get_by_role("blockquote").get_by_role("mark")
    style = mark.evaluate("(mark) => { const s = getComputedStyle(mark); return [s.fontWeight, s.borderBottom] }")
    assert style[0] == "600"
    assert style[1].startswith("2px solid")


def test_many_copies_unfold(ask_made: Callable[..., Page]) -> None:
    page = ask_made("copied")
    copies = page.get_by_role("link", name=re.compile("Fog .*strands|Sundal ferry stuck"))
    expect(copies).to_have_count(0)
    page.get_by_text("The same words in 6 other articles").click()
    expect(copies).to_have_count(2)


def test_a_disagreement_is_heard_in_the_order_it_is_read(ask_made: Callable[..., Page]) -> None:
    page = ask_made("disagreeing")
    expect(page.get_by_role("article").get_by_text("Disagreement.")).to_be_visible()
    expect(page.get_by_role("status")).to_have_text(
        "It said 207 people were aboard. Ferry count revised (Harbour Gazette, 7 March 2024) "
        f"{RESCUED} Ferry runs aground with 212 aboard (Northern Wire, 5 March 2024) "
        "Disagreement. The articles differ: 207 (7 March 2024) and 212 (5 March 2024). "
        "Two passages answer about equally well; the newest comes first."
    )


def test_a_list_by_keyboard(ask_made: Callable[..., Page]) -> None:
    page = ask_made("listed")
    expect(page.get_by_role("status")).to_have_text("Here are 2 articles, newest first.")
    expect(page.get_by_role("article").get_by_role("listitem")).to_have_count(2)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Ferry count revised")).to_be_focused()
    assert outlined(page)


@SCRIPT
def test_the_two_kinds_of_silence(ask_made: Callable[..., Page], script: bool) -> None:
    page = ask_made("not_stated", java_script_enabled=script)
    expect(page.get_by_role("heading", name="The articles are about this, but do not say.")).to_be_visible()
    expect(page.get_by_text("Ferry count revised")).to_be_visible()
    page = ask_made("not_covered", java_script_enabled=script)
    expect(page.get_by_role("heading", name="The articles are not about this.")).to_be_visible()
    expect(page.get_by_text("read the 10 closest.")).to_be_visible()
    expect(page.get_by_text("Ferry count revised").first).to_be_hidden()
    page.get_by_text("Closest passages", exact=True).click()
    expect(page.get_by_text("Ferry count revised").first).to_be_visible()
    if script:
        expect(page.get_by_role("status")).to_have_text("The articles are not about this. No passage answers.")


def overflows(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))


def outlined(page: Page) -> bool:
    """Whether the focused element shows that it has the focus."""
    style = page.evaluate(
        "(() => { const s = getComputedStyle(document.activeElement); return [s.outlineStyle, s.outlineWidth] })()"
    )
    return style == ["solid", "3px"]


CONTRASTS = """
() => {
  // WCAG 2.2: the contrast ratio of two colours is (L1 + 0.05) / (L2 + 0.05), L being relative luminance.
  const channels = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const luminance = (colour) => channels(colour).slice(0, 3)
    .map((c) => (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
    .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  const ground = (element) => {
    for (; element; element = element.parentElement) {
      const colour = getComputedStyle(element).backgroundColor;
      if (channels(colour)[3] !== 0) return colour;
    }
    return "rgb(255, 255, 255)";
  };
  const poor = [];
  for (const element of document.querySelectorAll("body *")) {
    const shown = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
    if (!shown || !element.checkVisibility()) continue;
    const [a, b] = [luminance(getComputedStyle(element).color), luminance(ground(element))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < 4.5) poor.push(`${element.tagName} ${element.className}: ${ratio.toFixed(2)}`);
  }
  return poor;
}
"""
