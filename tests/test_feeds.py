"""Feeds, proved on files as programs write them, against feedparser, and on what is meant to do harm."""

from __future__ import annotations

import resource
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from feedgen.feed import FeedGenerator

from qa.clean import clean
from qa.load import Inventory, Limits, find, read
from qa.load.feed.mending import mended
from qa.records import Article, Heading, LeftOut, Markup, RawDocument

FEEDS = Path(__file__).resolve().parent / "fixtures" / "feeds"
LIMITS = Limits.from_mb(file=64, article=1)


def articles_of(path: Path) -> list[Article]:
    cleaned = [clean(found) for found in read(path, LIMITS) if isinstance(found, RawDocument)]
    assert all(isinstance(article, Article) for article in cleaned), cleaned
    return [article for article in cleaned if isinstance(article, Article)]


def left_out_of(tmp_path: Path, content: bytes, name: str = "a.rss") -> list[LeftOut]:
    (tmp_path / name).write_bytes(content)
    found = [found for found in read(tmp_path / name, LIMITS) if isinstance(found, LeftOut)]
    return [LeftOut(Path(item.origin).name, item.reason) for item in found]


def rss(inner: str, head: str = "") -> bytes:
    return f'<?xml version="1.0"?>{head}<rss version="2.0"><channel><title>T</title>{inner}</channel></rss>'.encode()


class TestRss:
    def test_an_entry_as_wordpress_writes_it(self) -> None:
        first, *_ = articles_of(FEEDS / "harbour.rss")
        assert first.text == (
            "The harbour board expects the dredging of the inner basin to end in spring, said its chair, Marta Olsen."
            "\n\nWhat it costs\n\n- Dredging: 4.2 million francs\n- Survey: 310,000 francs\n\n"
            "Pier: North; Depth: 9.5 m\n\nShort end."
        )
        assert first.headings == (Heading(2, 106, 119),)
        assert (first.title, first.url, first.source, first.author, first.published_at) == (
            "Dredging of the inner basin ‘done by spring’",
            "https://courier.example/2023/10/dredging/",
            "The Harbour Courier",
            "Ada Quill",
            "2023-10-13T08:15:27+00:00",
        )
        assert first.metadata == {"guid": "https://courier.example/?p=4711", "categories": "Harbour, Works & Plans"}

    def test_a_description_without_tags_is_text_and_its_author_a_name(self) -> None:
        second = list(read(FEEDS / "harbour.rss", LIMITS))[1]
        assert isinstance(second, RawDocument)
        assert (second.title, second.content, second.markup) == (
            "AT&T ship docks",
            "The cable ship docked at pier 7 & left on Friday.",
            Markup.PLAIN,
        )
        assert (second.author, second.published_at) == ("The News Desk", "2023-10-12T17:00:00+00:00")

    def test_an_entry_without_a_title_is_called_by_its_first_sentence_and_linked_by_its_guid(self) -> None:
        third = articles_of(FEEDS / "harbour.rss")[2]
        assert (third.title, third.text, third.url) == ("Fog again.", "Fog again.", "https://courier.example/notes/3")
        assert third.published_at == "2023-10-11T09:30:00-05:00"

    def test_rss_1_in_latin_1(self) -> None:
        (only,) = articles_of(FEEDS / "index.rdf")
        assert (only.title, only.text) == (
            "La marée de printemps",
            "La grande marée a atteint 6,1 mètres près de l'écluse.",
        )
        assert (only.url, only.source, only.author, only.published_at) == (
            "https://quai.example/1",
            "Le Quai",
            "Zoé Müller",
            "2023-09-01T07:00+02:00",
        )

    def test_an_entry_of_nothing_but_a_title_says_what_its_title_says(self, tmp_path: Path) -> None:
        (tmp_path / "a.rss").write_bytes(rss("<item><title>The bridge is open again</title></item>"))
        (only,) = articles_of(tmp_path / "a.rss")
        assert only.text == only.title == "The bridge is open again"

    def test_references_are_mended_wherever_the_pieces_are_cut(self) -> None:
        text = b"a &amp; b & c &eacute; <![CDATA[ & &amp; ]]> &#60; <!-- & --> &lt;&nope; < &"
        whole = b"a &#38; b &#38; c &#233; <![CDATA[ & &amp; ]]> &#60; <!-- & --> &#60;&#38;nope; &#60; &#38;"
        assert b"".join(mended(iter([text]))) == whole
        for size in range(1, 60):
            pieces = [text[start : start + size] for start in range(0, len(text), size)]
            assert b"".join(mended(iter(pieces))) == whole

    def test_characters_by_their_names_in_html_are_read(self, tmp_path: Path) -> None:
        (tmp_path / "a.rss").write_bytes(rss("<item><title>Caf&eacute; &amp;amp; bar</title></item>"))
        assert list(read(tmp_path / "a.rss", LIMITS))[0:1] == [
            RawDocument(str(tmp_path / "a.rss:1"), "Café & bar", Markup.PLAIN, title="Café & bar", source="T")
        ]

    def test_the_description_of_a_film(self, tmp_path: Path) -> None:
        media = "xmlns:media='http://search.yahoo.com/mrss/'"
        told = "<media:title>t</media:title><media:description>Tides.</media:description>"
        group = f"<media:group {media}>{told}</media:group>"
        (tmp_path / "a.rss").write_bytes(rss(f"<item><title>Film</title>{group}</item>"))
        (only,) = articles_of(tmp_path / "a.rss")
        assert (only.title, only.text) == ("Film", "Tides.")

    def test_what_is_in_another_encoding_than_it_says_is_named_and_a_slip_is_not(self, tmp_path: Path) -> None:
        koi8 = rss("<item><title>Как писать</title></item><item><title>ok</title></item>").decode().encode("koi8-r")
        first, second = left_out_of(tmp_path, koi8)
        assert first == LeftOut(
            "a.rss:1", "is not in the encoding that the feed declares, or in UTF-8 where it declares none"
        )
        assert "Invalid bytes in character encoding" in second.reason
        assert [article.title for article in articles_of(tmp_path / "a.rss")] == ["ok"]


class TestAtom:
    def test_xhtml_a_title_that_is_text_and_an_address_against_its_base(self) -> None:
        first, second = articles_of(FEEDS / "tides.atom")
        assert (first.title, first.text) == (
            "Why <b> is not bold here",
            "The spring tide reached 6.1 metres at the lock.\n\n5 < 6.",
        )
        assert first.url == "https://tides.example/blog/spring-tide"
        assert (first.source, first.author, first.published_at) == (
            "Tides & Currents",
            "Ines Varga",
            "2023-09-01T07:00:00+02:00",
        )
        assert (second.text, second.author) == (
            "The neap tide rose 2 < 3 metres.\nNobody noticed.",
            "Jonas Brandt, Lea Roth",
        )
        assert second.published_at == "2023-08-25T06:00:00Z"


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make one feed as RSS and as Atom, by the library feedgen."""
    folder = tmp_path_factory.mktemp("generated")
    feed = FeedGenerator()
    feed.id("https://gen.example/")
    feed.title("Gen & Co")
    feed.link(href="https://gen.example/", rel="alternate")
    feed.description("d")
    feed.author(name="Editor", email="e@gen.example")
    for number in range(20):
        entry = feed.add_entry(order="append")
        entry.id(f"https://gen.example/{number}")
        entry.title(f"Entry <{number}> & more")
        entry.link(href=f"https://gen.example/{number}")
        entry.published(datetime(2023, 1, 1 + number, 12, tzinfo=UTC))
        entry.updated(datetime(2023, 2, 1, tzinfo=UTC))
        entry.author(name=f"Writer {number}", email="w@gen.example")
        entry.content(f"<p>Text of number {number}, with <b>bold</b> &amp; <i>slanted</i> words.</p>", type="html")
    feed.rss_file(str(folder / "gen.rss"), pretty=number % 2 == 0)
    feed.atom_file(str(folder / "gen.atom"))
    return folder


@pytest.mark.parametrize("name", ["gen.rss", "gen.atom", "harbour.rss", "index.rdf", "tides.atom"])
def test_titles_addresses_dates_and_authors_are_those_that_feedparser_reads(generated: Path, name: str) -> None:
    import feedparser

    path = generated / name if name.startswith("gen") else FEEDS / name
    ours = articles_of(path)
    theirs = feedparser.parse(path.read_bytes(), response_headers={"content-location": "https://x.example/"}).entries
    assert len(ours) == len(theirs) > 0
    for mine, other in zip(ours, theirs, strict=True):
        if name != "tides.atom" and other.get("title"):  # it unescapes what Atom says is text
            assert mine.title == other["title"]
        assert mine.url == other.get("link")
        date = datetime.fromisoformat(mine.published_at or "").astimezone(UTC)
        stated = other.get("published_parsed") or other.get("updated_parsed")
        assert date.timetuple()[:6] == tuple(stated)[:6]
        if other.get("author") and "@" not in other["author"] and len(other.get("authors", [])) == 1:
            assert mine.author == other["author"]


def test_short_html_keeps_all_of_its_text(tmp_path: Path) -> None:
    html = "<p>One.</p><h2>Head</h2><p>Two <a href='x'>link</a>.</p><div>Share this</div>three<ul><li>a<li>b</ul>"
    (tmp_path / "a.rss").write_bytes(rss(f"<item><title>t</title><description><![CDATA[{html}]]></description></item>"))
    (only,) = articles_of(tmp_path / "a.rss")
    assert only.text == "One.\n\nHead\n\nTwo link.\n\nShare this\n\nthree\n\n- a\n- b"
    assert [only.text[heading.start : heading.end] for heading in only.headings] == ["Head"]


class TestDamage:
    def test_what_came_before_a_damage_is_read(self, tmp_path: Path) -> None:
        whole = (FEEDS / "harbour.rss").read_bytes()
        (tmp_path / "a.rss").write_bytes(whole[: whole.index(b"<item>", whole.index(b"AT&amp;T")) + 20])
        found = list(read(tmp_path / "a.rss", LIMITS))
        assert [item.title for item in found if isinstance(item, RawDocument)][:2] == [
            "Dredging of the inner basin ‘done by spring’",
            "AT&T ship docks",
        ]
        assert found[-1] == LeftOut(str(tmp_path / "a.rss"), "breaks off before its end; what came out of it is read")

    def test_a_fault_costs_what_comes_after_it_nothing(self, tmp_path: Path) -> None:
        html = "<description>&lt;p&gt;AT&amp;amp;T &eacute;&lt;/p&gt;</description>"
        content = rss(f"<item><title a='1' a='2'>5 < 6</title>{html}</item><item><title>C</title>{html}</item>")
        (fault,) = left_out_of(tmp_path, content)
        assert fault.reason.startswith("is not well-formed XML (line 1: Attribute a redefined")
        assert fault.reason.endswith("); what came out of it is read")
        assert [(article.title, article.text) for article in articles_of(tmp_path / "a.rss")] == [
            ("5 < 6", "AT&T é"),
            ("C", "AT&T é"),
        ]

    def test_an_ampersand_that_is_not_escaped_is_no_fault(self, tmp_path: Path) -> None:
        cdata = "<description><![CDATA[<p>R&amp;D &amp;amp; &</p>]]></description>"
        content = rss(f"<item><title>Fish & chips &unknown; &#233;&#xe9;</title>{cdata}</item>")
        assert left_out_of(tmp_path, content) == []
        (only,) = articles_of(tmp_path / "a.rss")
        assert (only.title, only.text) == ("Fish & chips &unknown; éé", "R&D &amp; &")

    @pytest.mark.parametrize(
        ("content", "reason"),
        [
            (b"", "is no XML that can be read: "),
            (b"hello", "is not well-formed XML (line 1: "),
            (b"\x00\xff" * 1000, "is not well-formed XML (line 1: "),
            (b"<html><body>x</body></html>", "is XML, but no feed: neither RSS nor Atom"),
            (rss(""), "is a feed without entries"),
            (rss("<item/>"), "has neither a title nor a text"),
        ],
    )
    def test_what_is_no_feed_is_named(self, tmp_path: Path, content: bytes, reason: str) -> None:
        (fault, *more) = left_out_of(tmp_path, content)
        assert fault.reason.startswith(reason)
        assert not more

    def test_other_xml_in_a_folder_is_passed_over_and_a_feed_is_not(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(tmp_path)
        Path("all").mkdir()
        Path("all/pom.xml").write_text("<project><name>x</name></project>")
        Path("all/feed.xml").write_bytes(rss("<item><title>t</title></item>"))
        Path("all/wide.xml").write_bytes(rss("<item><title>t</title></item>").decode().encode("utf-16"))
        assert find([Path("all")]) == Inventory((Path("all/feed.xml"), Path("all/wide.xml")), {".xml": 1}, ())
        assert [item.title for item in read(Path("all/wide.xml"), LIMITS) if isinstance(item, RawDocument)] == ["t"]


LAUGHS = "".join(f'<!ENTITY a{i} "{f"&a{i - 1};" * 10}">' for i in range(1, 10))
ENTITIES = "declares XML entities, by which a small file can be made to grow without end or to take in others"
HOSTILE = {
    "a billion laughs": (
        rss("<item><title>&a9;</title></item>", f'<!DOCTYPE l [<!ENTITY a0 "ha">{LAUGHS}]>'),
        ENTITIES,
    ),
    "laughs in an attribute": (
        rss("<item/>", f'<!DOCTYPE l [<!ENTITY a0 "ha">{LAUGHS}]>').replace(b'"2.0"', b'"&a9;"'),
        ENTITIES,
    ),
    "quadratic blowup": (
        rss(f"<item><title>{'&a;' * 50_000}</title></item>", f'<!DOCTYPE l [<!ENTITY a "{"a" * 50_000}">]>'),
        ENTITIES,
    ),
    "an external entity": (
        rss("<item><title>&x;</title></item>", '<!DOCTYPE l [<!ENTITY x SYSTEM "file:///etc/passwd">]>'),
        ENTITIES,
    ),
    "parameter entities": (
        rss("<item/>", "<!DOCTYPE l [<!ENTITY % a \"<!ENTITY x 'x'>\">%a;]>"),
        ENTITIES,
    ),
    "deeply nested XML": (
        rss(f"<item><title>x</title>{'<a>' * 100_000}</item>"),
        "is not well-formed XML (line 1: Excessive depth",
    ),
    "deeply nested HTML": (
        rss(f"<item><title>x</title><description>{'&lt;div&gt;' * 80_000}x</description></item>"),
        "is nested too deeply",
    ),
    "an entry of a million elements": (
        rss(f"<item><title>x</title>{'<a/>' * 200_000}</item>"),
        "has a part of more than 50,000 elements; what came after is left out",
    ),
    "an endless title": (
        rss(f"<item><title>{'x' * 3_000_000}</title></item>"),
        "has a part that is larger than 1 MB (the setting max_article_mb); what came after is left out",
    ),
    "a feed of no entries": (
        rss(f"<a>{'x' * 996}</a>" * 4100),
        "has 4 MB without an entry; what came after is left out",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_meant_to_do_harm_is_named_within_bounds(tmp_path: Path, name: str) -> None:
    content, reason = HOSTILE[name]
    (tmp_path / "a.rss").write_bytes(content)
    before, start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.monotonic()
    cleaned = [clean(item) if isinstance(item, RawDocument) else item for item in read(tmp_path / "a.rss", LIMITS)]
    assert time.monotonic() - start < 20
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 300_000  # kB
    faults = [item.reason for item in cleaned if isinstance(item, LeftOut)]
    assert len(faults) == 1
    assert faults[0].startswith(reason)
    assert not any("root:" in item.text for item in cleaned if isinstance(item, Article))


def test_a_dtd_somewhere_else_is_not_fetched(tmp_path: Path) -> None:
    (tmp_path / "evil.dtd").write_text('<!ENTITY who "fetched">')
    head = f'<!DOCTYPE rss SYSTEM "{(tmp_path / "evil.dtd").as_uri()}">'
    (tmp_path / "a.rss").write_bytes(rss("<item><title>Who: &who;</title></item>", head))
    (only,) = (item for item in read(tmp_path / "a.rss", LIMITS) if isinstance(item, RawDocument))
    assert only.title == "Who: &who;"


def test_a_feed_of_any_length_takes_no_more_memory_than_its_entries(tmp_path: Path) -> None:
    entry = b"<item><title>t</title><description>" + b"word " * 2000 + b"</description></item>"
    with (tmp_path / "a.rss").open("wb") as file:
        file.write(b"<rss><channel>")
        for _ in range(4000):
            file.write(entry)
        file.write(b"</channel></rss>")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert sum(isinstance(item, RawDocument) for item in read(tmp_path / "a.rss", LIMITS)) == 4000
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 30_000  # kB, of a file of 40 MB
