"""What somebody wrote in a mail, asked for by name: from a mailbox, through the real reader and the real models."""

from __future__ import annotations

import mailbox
from collections.abc import Callable, Iterator
from dataclasses import replace
from email.message import EmailMessage
from typing import Any

import httpx
import pytest

from qa.answer import is_known, is_signature, may_be_said_by
from qa.answering.asked import asked_of
from qa.asked import speaker
from qa.authorship import writer_of
from qa.build import Report
from qa.chunk import chunk
from qa.config import Settings
from qa.pipeline import Pipeline
from qa.records import Article, Chunk, Outcome, Passage, Quote, Span, Standing

RUTH, BOB, LEA = "Ruth Amsler <ruth@harbour.example>", '"Stone, Bob" <bob@harbour.example>', "Lea Roth <lea@x.example>"
MAILS = [
    (RUTH, BOB, "Fenders", "Hi Bob,\n\nThe rubber of the fenders is brittle and has to be replaced before winter.\n"),
    (RUTH, LEA, "North pier", "Three planks are loose. In my opinion the pier should be closed until then.\n"),
    (BOB, RUTH, "Re: North pier", "I think closing the pier is too much. A sign does.\n\nBob Stone, at the harbour\n"),
    (BOB, RUTH, "Tide tables", "Ruth,\n\nthe highest tide in March is on the 12th, 6.1 metres.\n"),
    (LEA, RUTH, "Crane", "The cable of the crane has to be renewed by May; the offer of Brunner is 8,200 francs.\n"),
    (LEA, RUTH, "Minutes", "Bob said that the budget for the crane is too small. The next meeting is on 4 April.\n"),
]  # fmt: skip
BRITTLE = "The rubber of the fenders is brittle and has to be replaced before winter."
CLOSED = "In my opinion the pier should be closed until then."
SAID = {
    "What did Ruth Amsler say about rubber?": BRITTLE,
    "What did Ruth say about the rubber?": BRITTLE,
    "what did ruth say about rubber": BRITTLE,
    "What did Ruth write to Bob about the fenders?": BRITTLE,
    "What does Ruth think about the pier?": CLOSED,
    "Ruth's opinion on the pier": CLOSED,
    "mail from Ruth about the pier": CLOSED,
    "According to Ruth, what should be done with the pier?": CLOSED,
    "What did Bob write about closing the pier?": "I think closing the pier is too much.",
    "What does Stone think about closing the pier?": "I think closing the pier is too much.",
    "What did Bob say about the budget for the crane?": "Bob said that the budget for the crane is too small.",
    "What has Lea Roth said about the offer of Brunner?": MAILS[4][3].strip(),
}
NOT_SAID = [
    "What did Bob say about rubber?",
    "What did Bob Stone say about the rubber?",
    "What is Bob's opinion on rubber?",
    "mail from Bob about rubber",
    "According to Bob, why does the rubber have to be replaced?",
    "What did Lea say about rubber?",
    "What did Ruth say about the tides?",
    "What did Mary Jones say about rubber?",
]


@pytest.fixture(scope="module")
def mailbox_settings(tmp_path_factory: pytest.TempPathFactory, build_index: Callable[..., Report]) -> Settings:
    folder = tmp_path_factory.mktemp("senders")
    box = mailbox.mbox(folder / "box.mbox")
    for day, (sender, to, subject, text) in enumerate(MAILS, start=2):
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = sender, to, subject
        message["Date"] = f"Mon, {day:02} Oct 2023 10:00:00 +0200"
        message.set_content(text)
        box.add(message)
    box.close()
    settings = Settings.from_env(indexes=folder / "indexes")
    build_index(settings, folder / "box.mbox")
    return settings


@pytest.fixture(scope="module")
def mails(mailbox_settings: Settings) -> Iterator[Pipeline]:
    pipeline = Pipeline.open(mailbox_settings)
    yield pipeline
    pipeline.close()


class TestAsking:
    @pytest.mark.parametrize(("question", "quoted"), SAID.items())
    def test_what_somebody_wrote_is_found_by_name(self, mails: Pipeline, question: str, quoted: str) -> None:
        answer = mails.ask(question)
        assert answer.outcome is Outcome.ANSWERED
        assert quoted in [citation.cited_text for citation in answer.citations]
        for citation in answer.citations:
            text = mails.article(citation.article_id).text
            assert text[citation.start_char_index : citation.end_char_index] == citation.cited_text

    @pytest.mark.parametrize("question", NOT_SAID)
    def test_what_others_wrote_is_no_answer(self, mails: Pipeline, question: str) -> None:
        answer = mails.ask(question)
        assert answer.abstained, [citation.cited_text for citation in answer.citations]
        assert answer.confidence < 0.5

    def test_a_name_below_a_mail_is_not_quoted(self, mails: Pipeline) -> None:
        answer = mails.ask("What did Bob Stone write about the pier?")
        assert answer.citations
        assert not any("at the harbour" in citation.cited_text for citation in answer.citations)

    def test_the_sender_is_searched_and_not_quoted(self, mails: Pipeline) -> None:
        found = mails.ask("Ruth Amsler rubber").passages[0]
        assert found.chunk.context == "Ruth Amsler wrote: Fenders"
        assert found.lexical is not None
        assert "Amsler" not in found.text

    def test_over_http(self, mailbox_settings: Settings, live_server: Callable[[Settings], Any]) -> None:
        url = live_server(mailbox_settings).until_ready().url
        said = httpx.post(f"{url}/ask", json={"question": "What did Ruth Amsler say about rubber?"}, timeout=60).json()
        assert (said["outcome"], said["answer"]) == ("answered", BRITTLE)
        assert said["citations"][0]["document_title"] == "Fenders"
        silent = httpx.post(f"{url}/ask", json={"question": "What did Bob say about rubber?"}, timeout=60).json()
        assert (silent["outcome"], silent["citations"]) == ("not_stated", [])


class TestSpeaker:
    @pytest.mark.parametrize(
        ("question", "name", "put"),
        [
            ("What did Ruth Amsler say about rubber?", "Ruth Amsler", "What did Ruth Amsler write about rubber?"),
            ("what has ruth said to Bob about it", "ruth", "What did ruth write to Bob about it?"),
            ("What did Bob tell the board about tides?", "Bob", "What did Bob write the board about tides?"),
            ("What does J. P. van Dyk think of cranes?", "J. P. van Dyk", "What is J. P. van Dyk's opinion on cranes?"),
            ("What are Ruth’s views on the effect of salt?", "Ruth", "What is Ruth's opinion on the effect of salt?"),
            ("The opinion of Lea on the crane", "Lea", "What is Lea's opinion on the crane?"),
            ("Show me all e-mails from Lea to Bob about it", "Lea", "What did Lea write to Bob about it?"),
            ("Bob's mails about the pier", "Bob", "What did Bob write about the pier?"),
            ("What is, according to Bob Stone, the highest tide?", "Bob Stone", None),
            ("Did Ruth also say that the pier is closed?", "Ruth", None),
        ],
    )
    def test_whose_words_are_asked_for(self, question: str, name: str, put: str | None) -> None:
        found = speaker(question)
        assert found is not None
        assert (found.name, found.question) == (name, put)

    @pytest.mark.parametrize(
        "question",
        [
            "What did the minister say about rubber?",
            "What did he write about the pier?",
            "What do people think about it?",
            "When is the highest tide?",
            "Who said that the pier is closed?",
            "What is written about the pier?",
            "According to the article, why is it closed?",
            "What did Ruth say about the pier, and what did Bob say about the crane?",
            "",
        ],
    )
    def test_nobody_is_named(self, question: str) -> None:
        assert speaker(question) is None


def quote(text: str, writer: str | None, author: str = "Ann Lee") -> Quote:
    article = Article("a", "t", text, "test", author=author, metadata={"written_by": writer} if writer else {})
    span = Span(0, len(text))
    return Quote(
        Passage(Chunk("a:0", "a", span, "t", (span,)), article, Standing(1, 0.0), None, None, None), span, text, 0
    )


class TestWhoseWords:
    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("Bob said the budget is too small.", True),
            ("The budget, Bob thinks, is too small.", True),
            ("It is too small, said Stone.", True),
            ("According to Bob it is too small.", True),
            ("Bob Stone's opinion is that it is too small.", True),
            ("Bob was here. He wants a new one.", True),
            ("Bob, the rubber is brittle.", False),
            ("Hi Bob, I think the rubber is brittle.", False),
            ("I told Bob that the rubber is brittle.", False),
        ],
    )
    def test_a_message_of_somebody_else_has_to_report_it(self, text: str, *, said: bool) -> None:
        assert may_be_said_by("Bob Stone", quote(text, "Ann Lee")) is said
        assert may_be_said_by("lee", quote(text, "Ann Lee"))

    def test_an_article_is_not_held_to_it(self) -> None:
        assert may_be_said_by("Bob Stone", quote("Bob, the rubber is brittle.", None))
        assert may_be_said_by("Bob Stone", quote("Bob, the rubber is brittle.", "Somebody Else"))

    def test_whom_a_message_goes_to_may_be_no_name(self) -> None:
        passage = quote("The noise is too loud.", "Ann Lee").passage
        article = replace(passage.article, metadata={**passage.article.metadata, "to": "Bob Stone; All residents"})
        sent = [replace(passage, article=article)]
        assert is_known("Bob", sent)
        assert is_known("residents", sent)
        assert not is_known("residents", sent, may_be_a_word=True)
        assert is_known("ann", sent, may_be_a_word=True)
        assert asked_of("What do residents think about the noise?", sent, (), {}).speaker is None
        assert asked_of("what did bob say about the noise", sent, (), {}).speaker is not None

    def test_a_signature(self) -> None:
        assert is_signature(quote("Ann Lee, Harbour Board", "Ann Lee"))
        assert not is_signature(quote("Ann will ask the canton.", "Ann Lee"))
        assert not is_signature(quote("Ann Lee, Harbour Board", None))

    @pytest.mark.parametrize("text", ["Ann", "Best regards,\nAnn", "Lee — Harbour Board"])
    def test_a_part_of_the_name_is_a_signature_too(self, text: str) -> None:
        assert is_signature(quote(text, "Ann Lee"))

    @pytest.mark.parametrize("text", ["Contact: Ann Lee", "Ann Lee, 031 123 45", "½ Lee", "Thanks", ""])
    def test_what_says_more_is_none(self, text: str) -> None:
        assert not is_signature(quote(text, "Ann Lee"))

    def test_a_word_of_a_senders_name_is_no_signature(self) -> None:
        assert not is_signature(quote("Market day is on Sunday", "City Market", "City Market"))

    def test_a_title_names_nobody(self) -> None:
        assert may_be_said_by("Dr Stone", quote("Dr Stone said that it is brittle.", "Ann Lee"))
        assert not may_be_said_by("Dr Stone", quote("Dr Jones said that it is brittle.", "Ann Lee"))

    def test_only_a_message_has_its_writer_as_context(self) -> None:
        mail = quote("One sentence only.", "Ann Lee").passage.article
        report = quote("One sentence only.", None).passage.article
        assert (writer_of(mail), writer_of(report)) == ("Ann Lee", None)
        assert [chunk(one, 100)[0].context for one in (mail, report)] == ["Ann Lee wrote: t", "t"]
