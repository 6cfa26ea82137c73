"""Mail, proved on messages as clients, git and the standard library write them, and on what is meant to do harm."""

from __future__ import annotations

import hashlib
import mailbox
import resource
import shutil
import subprocess
import time
from email.message import EmailMessage
from pathlib import Path

import pytest

from qa.clean import clean
from qa.load import Limits, read
from qa.load.mail.flowed import unflowed
from qa.load.mail.quoting import own_words
from qa.records import Article, LeftOut, Markup, RawDocument

MAIL = Path(__file__).resolve().parent / "fixtures" / "mail"
LIMITS = Limits.from_mb(file=64, article=1)


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make an empty folder the current one, so that origins are as a person would type them."""
    monkeypatch.chdir(tmp_path)


def found_in(path: Path) -> list[RawDocument | LeftOut]:
    return list(read(path, LIMITS))


def message(text: str, subject: str = "s", **headers: str) -> EmailMessage:
    made = EmailMessage()
    made["Subject"] = subject
    made["From"] = "Zoë Märk <zoe@example.org>"
    for name, value in headers.items():
        made[name.replace("_", "-")] = value
    made.set_content(text)
    return made


def read_message(made: EmailMessage) -> list[RawDocument | LeftOut]:
    Path("a.eml").write_bytes(bytes(made))
    return found_in(Path("a.eml"))


def text_of(content: bytes) -> str:
    Path("a.eml").write_bytes(content)
    (only,) = found_in(Path("a.eml"))
    assert isinstance(only, RawDocument), only
    return only.content


class TestAsClientsWriteIt:
    def test_gmail(self) -> None:
        shutil.copy(MAIL / "gmail.eml", "gmail.eml")
        assert found_in(Path("gmail.eml")) == [
            RawDocument(
                "gmail.eml",
                "The ferry leaves pier 4 at 12:30, café car included. Bring € 12 in coins.",
                Markup.PLAIN,
                id=hashlib.sha256(b"message CAJq2+abc=X@mail.gmail.example").hexdigest()[:16],
                title="Re: Fähre nach Zürich (Fahrplan)",
                author="Zoë Märk",
                published_at="2023-10-10T09:41:07+02:00",
                metadata={
                    "to": "Bob Stone; Roth, Lea",
                    "message_id": "CAJq2+abc=X@mail.gmail.example",
                    "in_reply_to": "CAJq1@mail.example",
                    "written_by": "Zoë Märk",
                },
            )
        ]

    def test_outlook_with_its_windows_characters_its_quotation_and_an_attachment(self) -> None:
        shutil.copy(MAIL / "outlook.eml", "outlook.eml")
        mail, attached = found_in(Path("outlook.eml"))
        assert isinstance(mail, RawDocument)
        assert mail.content == "The fare is €\xa012 for adults, “reduced” €4.\n\nKind regards\nBob"
        assert (mail.title, mail.author, mail.published_at) == (
            "AW: Fähre nach Zürich",
            "Stone, Bob",
            "2023-10-11T07:00:00+00:00",
        )
        assert mail.metadata["attachments"] == "Preise März.txt, image001.png"
        assert attached == RawDocument(
            "outlook.eml/Preise März.txt",
            "Prices in March\n\nA day ticket costs 19 francs.\n",
            Markup.PLAIN,
            metadata={"attached_to": "AW: Fähre nach Zürich"},
        )

    def test_a_newsletter_of_nothing_but_html_laid_out_in_tables(self) -> None:
        (raw,) = found_in(MAIL / "newsletter.eml")
        assert isinstance(raw, RawDocument)
        article = clean(raw)
        assert isinstance(article, Article)
        assert article.text == (
            "Week 41\n\nThe highest tide is on Thursday: 6.1 m – bring boots.\n\n"
            "Day: Thursday; Tide: 6.1 m\n\nDay: Friday; Tide: 5.8 m"
        )
        assert (article.title, article.source, article.author, article.published_at) == (
            "Tides – week 41",
            "Harbour news",
            "Harbour Board",
            "2023-10-09T06:00:00+00:00",
        )

    def test_patches_of_git(self) -> None:
        if shutil.which("git") is None:
            pytest.skip("git is not installed")
        git = ["git", "-c", "user.name=Ada Löwe", "-c", "user.email=ada@example.org", "-C", "repo"]
        subprocess.run(["git", "init", "-q", "repo"], check=True)
        for number in (1, 2):
            Path("repo/plan.txt").write_text(f"Pier {number}\n")
            subprocess.run([*git, "add", "plan.txt"], check=True)
            subject = f"Move the crane to pier {number}"
            subprocess.run([*git, "commit", "-qm", f"{subject}\n\nFrom pier {number} the tide is lower."], check=True)
        done = subprocess.run([*git, "format-patch", "--stdout", "--root"], check=True, capture_output=True)
        Path("git.mbox").write_bytes(done.stdout)
        first, second = found_in(Path("git.mbox"))
        assert isinstance(first, RawDocument)
        assert isinstance(second, RawDocument)
        assert (first.origin, first.title) == ("git.mbox:1", "[PATCH 1/2] Move the crane to pier 1")
        assert (second.origin, second.author) == ("git.mbox:2", "Ada Löwe")
        assert second.content.startswith("From pier 2 the tide is lower.\n---\n plan.txt | 2 +-\n")
        assert second.content.endswith("-Pier 1\n+Pier 2")


class TestMailbox:
    def test_messages_as_the_standard_library_keeps_them(self) -> None:
        box = mailbox.mbox("box.mbox")
        for number in range(3):
            made = message(
                f"Number {number}.\nFrom here it is an hour.\n\nFrom 10:15 on in 2023 it rains.\n",
                f"Überfahrt {'lang ' * 20}{number}",
                Date=f"Mon, {number + 2:02} Jan 2023 10:00:00 +0200",
                Message_ID=f"<{number}@example.org>",
            )
            made.add_attachment(b"# Plan\n\nWe sail.", maintype="text", subtype="markdown", filename="plän.md")
            made.add_attachment(b"\x89PNG", maintype="image", subtype="png", filename="logo.png")
            box.add(made)
        box.close()
        found = [item for item in found_in(Path("box.mbox")) if isinstance(item, RawDocument)]
        assert [item.origin for item in found] == [
            f"box.mbox:{number}{attached}" for number in (1, 2, 3) for attached in ("", "/plän.md")
        ]
        last = found[4]
        assert last.title == f"Überfahrt {'lang ' * 20}2"
        assert last.content == "Number 2.\nFrom here it is an hour.\n\nFrom 10:15 on in 2023 it rains."
        assert (last.author, last.published_at) == ("Zoë Märk", "2023-01-04T10:00:00+02:00")
        assert last.metadata == {
            "message_id": "2@example.org",
            "written_by": "Zoë Märk",
            "attachments": "plän.md, logo.png",
        }
        assert (found[5].content, found[5].markup) == ("# Plan\n\nWe sail.", Markup.MARKDOWN)

    def test_a_message_is_one_article_in_whatever_mailbox_it_lies(self) -> None:
        (first,) = read_message(message("Thanks!", Message_ID="<1@x>"))
        (again,) = read_message(message("Thanks!", Message_ID="<1@x>", Received="by another server"))
        (other,) = read_message(message("Thanks!", Message_ID="<2@x>"))
        assert isinstance(first, RawDocument)
        assert isinstance(again, RawDocument)
        assert isinstance(other, RawDocument)
        assert first.id == again.id != other.id

    def test_a_message_within_one_is_read_with_what_is_attached_to_it(self) -> None:
        inner = message("The inner words.", "Inner/subject")
        inner.add_attachment(b"A note.", maintype="text", subtype="plain", filename="../../note.txt")
        outer = message("See below.", "Outer")
        outer.add_attachment(inner)
        found = read_message(outer)
        assert [(item.origin, item.content) for item in found if isinstance(item, RawDocument)] == [
            ("a.eml", "See below."),
            ("a.eml/Inner subject.eml", "The inner words."),
            ("a.eml/Inner subject.eml/note.txt", "A note."),
        ]

    @pytest.mark.parametrize(
        "envelope",
        [
            b"From ada@example.org Thu Jan  5 10:00:00 2023",
            b"From - Thu Jan 05 10:00:00 2023",
            b"From 1754321@xxx Thu Jan 05 10:00:00 +0000 2023",
            b"From MAILER-DAEMON Thu Jan  5 10:00 2023 remote from sea",
            b"From 2b7613ff Mon Sep 17 00:00:00 2001",
        ],
    )
    def test_messages_are_parted_at_the_envelopes_of_many_programs(self, envelope: bytes) -> None:
        one = envelope + b"\nSubject: s\n\nFrom here on:\nwords.\n>From\n>>From there\n\n"
        Path("mbox").write_bytes(one * 2)  # so it is called in what Apple's Mail exports
        found = found_in(Path("mbox"))
        assert [item.origin for item in found] == ["mbox:1", "mbox:2"]
        assert isinstance(found[0], RawDocument)
        assert found[0].content.startswith("From here on:\nwords.")

    def test_envelopes_without_a_date_part_messages_if_the_first_has_none(self) -> None:
        Path("a.mbox").write_bytes(b"From ada\nSubject: s\n\none\n\nFrom bob\nSubject: t\n\ntwo\n")
        assert [getattr(item, "content", "") for item in found_in(Path("a.mbox"))] == ["one", "two"]

    @pytest.mark.parametrize(
        ("content", "reason"),
        [
            (b"", "is empty"),
            (b"hello\nworld\n", "is no mailbox: it does not begin with a line 'From ...'"),
        ],
    )
    def test_what_is_no_mailbox_is_named(self, content: bytes, reason: str) -> None:
        Path("a.mbox").write_bytes(content)
        assert found_in(Path("a.mbox")) == [LeftOut("a.mbox", reason)]

    def test_a_message_that_is_too_long_costs_the_others_nothing(self) -> None:
        head = b"From a@x Thu Jan  5 10:00:00 2023\nSubject: s\n\n"
        Path("a.mbox").write_bytes(head + b"one\n\n" + head + b"x" * 5_000_000 + b"\n\n" + head + b"three\n")
        assert [getattr(item, "content", getattr(item, "reason", None)) for item in found_in(Path("a.mbox"))] == [
            "one",
            "is larger than 4 MB (4 times the setting max_article_mb)",
            "three",
        ]

    def test_a_large_mailbox_is_read_message_by_message(self) -> None:
        one = b"From a@x Thu Jan  5 10:00:00 2023\nSubject: s\n\n" + b"some words of mail\n" * 1000 + b"\n"
        with Path("a.mbox").open("wb") as file:
            file.writelines(one for _ in range(1200))
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        assert sum(isinstance(item, RawDocument) for item in read(Path("a.mbox"), LIMITS)) == 1200
        assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 20_000  # kB, of a file of 23 MB


class TestOwnWords:
    @pytest.mark.parametrize(
        "answered",
        [
            "On Mon, Jan 2, 2023 at 10:00 AM Zoë Märk <zoe@example.org>\nwrote:\n\n> Theirs.\n>> Older.\n",
            "Am 02.01.23 um 10:00 schrieb Zoë Märk:\n> Theirs.\n",
            "Le lun. 2 janv. 2023 à 10:00, Zoë Märk <zoe@example.org> a écrit :\n\n> Theirs.\n",
            "-----Original Message-----\nFrom: Zoë\nSent: Monday\n\nTheirs.\n",
            "-----Ursprüngliche Nachricht-----\nVon: Zoë\n\nTheirs.\n",
            "________________________________\nVon: Zoë\nGesendet: Montag\nAn: Bob\nBetreff: s\n\nTheirs.\n",
            "From: Zoë <zoe@example.org>\nDate: Monday, 2 January 2023\nTo: Bob\nSubject: s\n\nTheirs.\n",
            "On 2 Jan 2023, at 10:00, Zoë <zoe@example.org> wrote:\n\nTheirs, not marked.\n",
            "-- \nBob Stone\nHarbour board\n+41 00\n",
            "_______________________________________________\nSea mailing list\nhttps://lists.example/sea\n",
            "Sent from my iPhone\n",
            "> Theirs, without anything above.\n",
        ],
    )
    def test_what_the_sender_did_not_write_is_left_out(self, answered: str) -> None:
        assert own_words(f"Mine, first.\n\nAnd second.\n\n{answered}") == "Mine, first.\n\nAnd second."

    def test_answers_between_quotations_stay(self) -> None:
        text = "On Monday Zoë wrote:\n> Which pier?\n\nPier 4.\n\n> When?\n\nAt noon.\n"
        assert own_words(text) == "Pier 4.\n\n\nAt noon."

    @pytest.mark.parametrize(
        "text",
        [
            "> Nothing but a quotation.\n> And more.\n",
            "From: the pier\nto the lock it is a mile.\n",
            "He wrote:\n\nDear Sir,\n",
            "-- it begins with dashes\nand goes on.\n",
            "Costs:\n-- 4 francs\n-- 5 francs\n",
        ],
    )
    def test_what_only_looks_like_it_stays(self, text: str) -> None:
        assert own_words(text).strip() == text.strip()

    def test_a_message_that_was_passed_on_is_kept_whole(self) -> None:
        text = "See this.\n\n-----Original Message-----\nFrom: Zoë\nSent: Monday\n\nTheirs.\n"
        (passed_on,) = read_message(message(text, "FW: s"))
        (answer,) = read_message(message(text, "Re: s"))
        assert isinstance(passed_on, RawDocument)
        assert isinstance(answer, RawDocument)
        assert (passed_on.content.strip(), answer.content) == (text.strip(), "See this.")
        assert passed_on.author == answer.author == "Zoë Märk"
        assert (passed_on.metadata.get("written_by"), answer.metadata["written_by"]) == (None, "Zoë Märk")

    def test_of_html_alone_the_quotation_is_left_out_too(self) -> None:
        html = (
            b"<p>Mine.</p><div class='gmail_quote gmail_quote_container'><p>Theirs.</p></div>tail"
            b"<div id='appendonsend'></div><hr><div id='divRplyFwdMsg'>From: Z</div><p>Theirs, too.</p>"
        )
        Path("a.eml").write_bytes(b"Subject: s\nContent-Type: text/html\n\n" + html)
        (raw,) = found_in(Path("a.eml"))
        assert isinstance(raw, RawDocument)
        article = clean(raw)
        assert isinstance(article, Article)
        assert article.text == "Mine.\n\ntail"

    def test_below_the_frame_that_outlook_draws_nothing_is_the_senders(self) -> None:
        html = (
            b"<html><body><div><p>Mine.</p><div><div style='border:none;border-top:solid #E1E1E1 1.0pt;padding:3pt'>"
            b"<p><b>From:</b> Z &lt;z@x&gt;<br>\n<b>Sent:</b> Monday<br>\n<b>To:</b> B<br>\n<b>Subject:</b> s</p></div>"
            b"</div><p>Theirs.</p></div><p>Theirs, too.</p></body></html>"
        )
        Path("a.eml").write_bytes(b"Subject: s\nContent-Type: text/html\n\n" + html)
        (raw,) = found_in(Path("a.eml"))
        assert isinstance(raw, RawDocument)
        article = clean(raw)
        assert isinstance(article, Article)
        assert article.text == "Mine."


class TestParts:
    def test_html_is_read_where_the_plain_text_only_refers_to_it(self) -> None:
        made = message("Your program cannot show HTML.\n")
        made.add_alternative("<p>The words.</p>", subtype="html")
        (raw,) = read_message(made)
        assert isinstance(raw, RawDocument)
        assert "The words." in raw.content

    def test_a_text_with_a_name_below_the_text_is_a_file(self) -> None:
        made = message("The words.\n")
        made.add_attachment("A note.\n", filename="note.txt", disposition="inline")
        assert [(item.origin, getattr(item, "content", "")) for item in read_message(made)] == [
            ("a.eml", "The words."),
            ("a.eml/note.txt", "A note.\n"),
        ]

    def test_files_of_one_name_are_told_apart(self) -> None:
        made = message("The words.")
        for text in ("one", "two"):
            made.add_attachment(text, filename="note.txt")
        assert [item.origin for item in read_message(made)] == ["a.eml", "a.eml/note.txt", "a.eml/note (2).txt"]

    def test_html_that_declares_its_charset_only_itself(self) -> None:
        html = "<html><head><meta charset='windows-1252'></head><body><p>“Grüße”</p></body></html>".encode("cp1252")
        assert "“Grüße”" in text_of(b"Subject: s\nContent-Type: text/html\n\n" + html)

    def test_what_is_encrypted_is_named_and_what_is_signed_is_read(self) -> None:
        pgp = "-----BEGIN PGP %s-----\n"
        signed = pgp % "SIGNED MESSAGE" + "Hash: SHA256\n\nThe words.\n- - dashed\n" + pgp % "SIGNATURE" + "\nabc\n"
        assert text_of(b"Subject: s\n\n" + signed.encode()) == "The words.\n- dashed"
        bodies = [
            b"\n" + (pgp % "MESSAGE").encode() + b"\nhQEMA\n",
            b"Content-Type: application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m\n\nMIIB",
            b"Content-Type: multipart/encrypted; boundary=b\n\n--b\n\nVersion: 1\n--b\n\nhQ\n--b--\n",
        ]
        for body in bodies:
            Path("a.eml").write_bytes(b"Subject: s\n" + body)
            assert found_in(Path("a.eml")) == [LeftOut("a.eml", "is encrypted; save it decrypted")]

    def test_what_was_deleted_in_thunderbird_is_gone(self) -> None:
        head = b"From - Thu Jan  5 10:00:00 2023\nX-Mozilla-Status: %s\nSubject: s\n\n%s\n\n"
        Path("Inbox.mbox").write_bytes(head % (b"0001", b"kept") + head % (b"0009", b"deleted"))
        assert [getattr(item, "content", "") for item in found_in(Path("Inbox.mbox"))] == ["kept"]


def test_flowed_text_is_put_together() -> None:
    """The example of RFC 3676, section 4.5, and of a signature."""
    text = "> Exeunt \n> omnes.\n\nThis line \nis one.\nThis another. \n-- \nSigned"
    assert unflowed(text) == "> Exeunt omnes.\n\nThis line is one.\nThis another. \n-- \nSigned"
    assert unflowed("ab \ncd", delete_space=True) == "abcd"


@pytest.mark.parametrize(
    ("header", "body", "words"),
    [
        (b'Content-Type: text/plain; charset="klingon"', "Grüße".encode(), "Grüße"),
        (b"Content-Type: text/plain; charset=us-ascii", "Grüße “”".encode("cp1252"), "Grüße “”"),
        (b"Content-Type: text/plain; charset=utf-8", "Grüße".encode("cp1252"), "Gr\ufffd\ufffde"),
        (b"Content-Type: text/plain; charset=unicode_escape", b"\\x41", "\\x41"),
        (b"X: y", "Grüße".encode("latin-1"), "Gr\ufffd\ufffde"),
        (b"Content-Transfer-Encoding: base64", b"!!!SGVsbG8gdGhlcmU=!!!", "Hello there"),
        (b"Content-Transfer-Encoding: base64", b"SGVsbG8gdGhlcmU", "Hello there"),
        (b"Content-Transfer-Encoding: quoted-printable", b"a=ZZb=", "a=ZZb"),
        (b"Content-Transfer-Encoding: x-unknown", b"as it is", "as it is"),
        (b"Content-Type: multipart/mixed", b"no boundary", "no boundary"),
        (b"Content-Type: nonsense", b"words", "words"),
    ],
)  # fmt: skip
def test_what_is_wrong_in_an_encoding_costs_no_more_than_it_must(header: bytes, body: bytes, words: str) -> None:
    assert text_of(b"Subject: s\n" + header + b"\n\n" + body).strip() == words


@pytest.mark.parametrize(
    ("header", "title"),
    [
        (b"=?utf-8?q?caf=C3?= =?utf-8?q?=A9?=", "café"),
        (b"=?iso-8859-1?q?=93caf=E9=94?=", "“café”"),
        ("Café déjà vu".encode(), "Café déjà vu"),
        ("Café déjà vu".encode("cp1252"), "Café déjà vu"),
        (b"=?x-klingon?b?w6k=?= ok", "é ok"),
        (b"=?utf-8?b?!!?= ok", "ok"),
        (b"a\n folded\n\tsubject", "a folded subject"),
    ],
)  # fmt: skip
def test_a_subject_in_whatever_it_travelled_in(header: bytes, title: str) -> None:
    Path("a.eml").write_bytes(b"Subject: " + header + b"\n\nwords")
    (only,) = found_in(Path("a.eml"))
    assert isinstance(only, RawDocument)
    assert only.title == title


HEAD = b"From: a@b\nSubject: x\n"
MIXED = b'Content-Type: multipart/mixed; boundary="%s"\n\n'
HOSTILE = {
    "thousands of parts in one another": (
        HEAD + b"".join(MIXED % (b"b%d" % i) + b"--b%d\n" % i for i in range(5000)),
        "has parts that lie in more than 40 others",
    ),
    "thousands of messages in one another": (
        HEAD + b"Content-Type: message/rfc822\n\n" * 5000,
        "has parts that lie in more than 40 others",
    ),
    "hundreds of thousands of parts": (HEAD + MIXED % b"b" + b"--b\n\nx\n" * 300_000, "has more than 2,000 parts"),
    "millions of lines": (HEAD + b"\n" + b"a\n" * 1_900_000, "has more than 1,000,000 lines"),
    "one long line": (HEAD + b"\n" + b"x" * 3_900_000, None),
    "too much": (HEAD + b"\n" + b"x" * 4_100_000, "is larger than 4 MB (4 times the setting max_article_mb)"),
    "an endless header": (b"Subject: " + b"x" * 3_000_000 + b"\n\nwords", None),
    "a header folded a million times": (b"Subject: x\n" + b" y\n" * 900_000 + b"\nwords", None),
    "hundreds of thousands of headers": (b"X: y\n" * 200_000 + HEAD + b"\nwords", None),
    "brackets in an address": (b"From: " + b"(" * 3900 + b"\nTo: " + b'"a" <' * 700 + b"\n\nwords", None),
    "encoded words": (b"Subject: " + b"=?utf-8?q?a?= " * 50_000 + b"\nFrom: " + b"=?x?b?!!?=" * 400 + b"\n\nw", None),
    "parameters": (HEAD + b"Content-Type: text/plain;" + b";" * 3900 + b'a="\n\nwords', None),
    "continued parameters": (
        HEAD + b"Content-Type: text/plain;" + b"".join(b" a*%d=x; a=y;" % i for i in range(200)) + b"\n\nwords",
        None,
    ),
    "an endless boundary": (HEAD + MIXED % (b"b" * 3000) + (b"--" + b"b" * 2999 + b"\n") * 1000, None),
    "quotations in HTML": (
        HEAD + b"Content-Type: text/html\n\n" + b'<div class="gmail_quote">' * 100_000,
        "is nested too deeply",
    ),
    "what follows in HTML": (HEAD + b"Content-Type: text/html\n\n" + b'<p id="appendonsend">a' * 50_000, None),
    "quotation marks": (HEAD + b"\n" + b">a\n" * 500_000, None),
    "lines that nearly attribute": (HEAD + b"\n" + (b"On 1 " + b"a" * 250 + b" @ wrote \n") * 10_000, None),
    "no headers": (b"\n\nwords", "is no message: it has no headers"),
    "zeros": (b"\0" * 100_000, "is no message: it has no headers"),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_meant_to_do_harm_is_bounded(name: str) -> None:
    content, reason = HOSTILE[name]
    Path("a.eml").write_bytes(content)
    before, start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.monotonic()
    (found,) = (clean(item) if isinstance(item, RawDocument) else item for item in read(Path("a.eml"), LIMITS))
    assert time.monotonic() - start < 20
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 400_000  # kB
    assert (found.reason if isinstance(found, LeftOut) else None) == reason
