"""Cleaning, proved by worked examples, and by what must hold of any text whatever."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from qa.clean import canonical, clean
from qa.clean.dates import published
from qa.clean.plain import BOILERPLATE, MARKS_OF_A_SAVED_PAGE
from qa.clean.webpage import UnreadablePageError, read_html
from qa.load import Limits, find, read
from qa.records import Article, Heading, LeftOut, Markup, RawDocument

ROOT = Path(__file__).parents[1]
SEED = ROOT / "seeds/000_4cfc9b414cc2f2ae.txt"
LIMITS = Limits.from_mb(8, 1)

PROSE = (
    "This paragraph is long enough to be taken for prose, because it goes on for more words than any headline would."
)

# Letters of several scripts, marks that compose, joiners, line ends and rubbish: what canonical form is about.
AWKWARD = st.text(
    "aeनم🎉 .\n\t\r\v\x85\u2028\u2029\u0301\u0323\u0591\u1dfc\u200b\u200c\u200d\u00ad\ufeff\u00a0\u212b\x00"
)
TEXT = st.one_of(AWKWARD, st.text())


def article(
    content: str, markup: Markup = Markup.PLAIN, origin: str = "notes/my-notes_2023.txt", **row: str
) -> Article:
    cleaned = clean(RawDocument(origin, content, markup, **row))
    assert isinstance(cleaned, Article), cleaned
    return cleaned


def headings(cleaned: Article) -> list[tuple[int, str]]:
    return [(heading.level, cleaned.text[heading.start : heading.end]) for heading in cleaned.headings]


class TestCanonical:
    @given(TEXT)
    @example("e\u200d\u0301\u200dन")
    @example("\u0301\u200c\u0591\u200c\u0591")
    @example("\ud800a")
    def test_it_is_a_fixed_point(self, text: str) -> None:
        assert canonical(canonical(text)) == canonical(text)

    @given(TEXT)
    def test_what_it_promises(self, text: str) -> None:
        found = canonical(text)
        assert unicodedata.is_normalized("NFC", found)
        assert "\n\n\n" not in found
        assert found == found.strip("\n")
        assert all(line == line.rstrip() for line in found.split("\n"))
        assert not [c for c in found if c != "\n" and unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp")]

    @given(TEXT)
    def test_what_can_be_seen_stays(self, text: str) -> None:
        def seen(string: str) -> str:
            kept = "".join(c for c in string if unicodedata.category(c) not in ("Cc", "Cf", "Cs") and not c.isspace())
            return unicodedata.normalize("NFD", kept)

        assert seen(canonical(text)) == seen(unicodedata.normalize("NFC", text))

    @given(st.lists(TEXT.map(canonical).filter(bool)))
    def test_canonical_paragraphs_joined_by_a_blank_line_are_canonical(self, parts: list[str]) -> None:
        assert canonical("\n\n".join(parts)) == "\n\n".join(parts)

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("a\r\nb\rc\n", "a\nb\nc"),
            ("a\vb\fc\x85d\u2028e\u2029f", "a\nb\nc\nd\ne\n\nf"),
            ("\n\n a  b \t\n \n\n\n\u00a0\nc\u00a0", " a  b\n\nc"),
            ("\tx\ty", "    x    y"),
            ("cafe\u0301 \u212b", "café Å"),
            ("\ufeffsoft\u00adhyphen zero\u200bwidth \u200ebidi\u202c", "softhyphen zerowidth bidi"),
            ("bell\x07 escape\x1b[31m null\x00", "bell escape[31m null"),
            ("5\u00a0km\u202f—\u2009“quoted” ‘so’ …", "5\u00a0km\u202f—\u2009“quoted” ‘so’ …"),
            # Joiners spell Persian, Hindi and families of emoji; beside Latin or at an end they are rubbish.
            ("می\u200cخواهم क्\u200dष 👩\u200d👧 word\u200d a\u200cb", "می\u200cخواهم क्\u200dष 👩\u200d👧 word ab"),
        ],
    )
    def test_worked_examples(self, text: str, expected: str) -> None:
        assert canonical(text) == expected

    def test_a_long_run_of_spaces_takes_no_long_time(self) -> None:
        text = "a" + " " * 1_000_000 + "b"
        assert canonical(text) == text


class TestPlainText:
    def test_the_seed(self) -> None:
        [raw] = read(SEED, LIMITS)
        assert isinstance(raw, RawDocument)
        found = clean(raw)
        assert isinstance(found, Article)
        assert found.title == "North Korea launches missile amid US push to resume talks"
        assert found.text.startswith(
            "In possibly the most significant demonstration of North Korea’s\u00a0military might"
        )
        assert found.text.endswith(
            "I look forward to engaging further on these issues tomorrow during the trilateral meeting with "
            "director general Funakoshi (Takehiro Funakoshi, Japanese Director-General for Asian and Oceanian Affairs) "
            "and special representative Noh. Thank you.”"
        )
        assert len(found.text.split("\n\n")) == 8
        assert not {"Share", "International", "Skip to main content", found.title} & set(found.text.split("\n"))
        assert (found.url, found.published_at, found.headings, dict(found.metadata)) == (None, None, (), {})

    def test_the_id_is_of_the_content_and_not_of_the_place(self) -> None:
        found = article("A title\n\nThe text.", origin="a/b.txt")
        assert found.id == hashlib.sha256(b"A title\n\nThe text.").hexdigest()[:16] == "ac98135523de7284"
        assert article("\ufeffA title\r\n\r\nThe text.\r\n", origin="c.txt").id == found.id
        assert article("A title\n\nAnother text.").id != found.id

    def test_a_saved_page_loses_what_is_around_the_article(self) -> None:
        page = f"""Skip to content
Menu
World
Sign in
Mayor opens the new bridge after years of delay
The longer line below the headline says a little more about the bridge
By Jane Doe
SHARE
{PROSE}
Advertisement
Read more…
We use cookies to make this site work. By continuing you agree to our use of cookies.
The last word.
Share »
"""
        found = article(page)
        assert found.title == "Mayor opens the new bridge after years of delay"
        assert found.text == (
            "The longer line below the headline says a little more about the bridge\nBy Jane Doe\n"
            f"{PROSE}\nThe last word."
        )

    def test_a_saved_page_without_a_headline_keeps_its_lines(self) -> None:
        assert article(f"Skip to content\nMenu\nWorld\n\n{PROSE}") == article(f"World\n\n{PROSE}")
        assert article("Skip to content\nShopping list\n- milk").text == "Shopping list\n- milk"

    def test_a_page_of_nothing_but_boilerplate(self) -> None:
        raw = RawDocument("a.txt", "Skip to content\nShare\n", Markup.PLAIN)
        assert clean(raw) == LeftOut("a.txt", "has no readable text")

    @given(st.sampled_from(sorted(BOILERPLATE - MARKS_OF_A_SAVED_PAGE)))
    def test_no_line_is_dropped_from_a_text_that_is_no_saved_page(self, line: str) -> None:
        text = f"{PROSE}\n\n{line}\n\nSkip to main content, it said, and we use cookies."
        assert article(text).text == text

    @pytest.mark.parametrize(
        ("text", "title", "body"),
        [
            ("My trip\n\nWe left early.", "My trip", "We left early."),
            (f"My trip\n{PROSE}", "My trip", PROSE),
            (" ".join(["word"] * 25) + "\n\nIt rained.", " ".join(["word"] * 25), "It rained."),
            (" ".join(["word"] * 26) + "\n\nIt rained.", "my notes 2023", None),
            (" ".join(["word"] * 16) + f"\n{PROSE}", "my notes 2023", None),
            ("What is love?\n\nNobody knows.", "What is love?", "Nobody knows."),
            ("We left early.\n\nIt rained.", "my notes 2023", "We left early.\n\nIt rained."),
            ("He said “no.”\n\nIt rained.", "my notes 2023", "He said “no.”\n\nIt rained."),
            ("To buy:\n\nmilk", "my notes 2023", "To buy:\n\nmilk"),
            ("- milk\n\n- eggs", "my notes 2023", "- milk\n\n- eggs"),
            ("12. milk\n\neggs", "my notes 2023", "12. milk\n\neggs"),
            ("* * *\n\nIt rained.", "my notes 2023", "* * *\n\nIt rained."),
            # A wrapped paragraph, or a poem: the first line is not apart from the second.
            ("It was a dark and stormy night and the\nrain fell in torrents.", "my notes 2023", None),
            ("Only a title", "my notes 2023", "Only a title"),
            (PROSE, "my notes 2023", PROSE),
        ],
    )
    def test_the_title_of_a_note(self, text: str, title: str, body: str | None) -> None:
        found = article(text)
        assert (found.title, found.text) == (title, text if body is None else body)

    @pytest.mark.parametrize(
        ("origin", "title"),
        [("a/b/my-notes_2023.txt", "my notes 2023"), ("über.uns.txt", "über.uns"), ("___.txt", "___")],
    )
    def test_the_name_of_the_file_is_the_last_resort(self, origin: str, title: str) -> None:
        assert article("We left early.", origin=origin).title == title

    @pytest.mark.parametrize("content", ["", " \n\u200b\n", "\ufeff\x01"])
    @pytest.mark.parametrize("markup", list(Markup))
    def test_what_has_no_text_is_left_out(self, content: str, markup: Markup) -> None:
        assert clean(RawDocument("a", content, markup)) == LeftOut("a", "has no readable text")


class TestRows:
    def test_the_text_is_kept_whole(self) -> None:
        found = article("Skip to content\r\nShare\n\n\nText.", title="  A\n title ", id="x 1", origin="c.jsonl:3")
        expected = Article("x 1", "A title", "Skip to content\nShare\n\nText.", "c.jsonl:3")
        assert found == expected

    def test_a_first_line_that_repeats_the_title_is_dropped(self) -> None:
        assert article("A  title\n\nText.", title="A title").text == "Text."
        assert article("A title", title="A title").text == "A title"
        assert article("A title and more\nText.", title="A title").text == "A title and more\nText."

    @pytest.mark.parametrize(
        ("text", "title"),
        [
            ("Cats sleep. Dogs bark.", "Cats sleep."),
            ("A heading\n\nText.", "A heading"),
            (
                "This sentence is so long that it has to be cut somewhere, at a word, before eighty characters.",
                "This sentence is so long that it has to be cut somewhere, at a word, before…",
            ),
            ("x" * 100, "x" * 79 + "…"),
        ],
    )
    def test_a_row_without_a_title_takes_one_from_its_text(self, text: str, title: str) -> None:
        found = article(text, title="", origin="corpus.jsonl:1")
        assert (found.title, found.text) == (title, text)

    def test_a_title_as_long_as_an_article_is_cut(self) -> None:
        assert article("Text.", title="word " * 100_000).title == "word " * 59 + "word…"

    @pytest.mark.parametrize(
        ("identity", "reason"),
        [
            ("", "has an empty _id"),
            (" \u3000", "has an empty _id"),
            ("x" * 201, "has an _id of more than 200 characters"),
            ("..", "has an _id that no address can hold"),
            ("a\nb", "has control characters in its _id"),
        ],
    )
    def test_an_id_that_cannot_travel(self, identity: str, reason: str) -> None:
        assert clean(RawDocument("c:1", "Text.", Markup.PLAIN, id=identity)) == LeftOut("c:1", reason)
        assert article("Text.", id="x" * 200).id == "x" * 200

    def test_fields_and_metadata_are_canonical_too(self) -> None:
        raw = RawDocument(
            "c:1",
            "Text.",
            Markup.PLAIN,
            title="T",
            url=" https://x.org/a ",
            source="The\u200b Sun",
            author="Rene\u0301\nDoe",
            published_at="2023-11-27 08:45:59.000000000Z",
            metadata={"k\u200b": "two\r\nlines", "nothing": "\u200b"},
        )
        found = clean(raw)
        assert isinstance(found, Article)
        assert (found.url, found.source, found.author) == ("https://x.org/a", "The Sun", "René Doe")
        assert found.published_at == "2023-11-27 08:45:59.000000000Z"
        assert found.metadata == {"k": "two\nlines"}

    @pytest.mark.parametrize("url", ["javascript:alert(1)", "file:///etc/passwd", "/a/b", "https://x.org/a b"])
    def test_only_a_web_address_can_be_linked_to(self, url: str) -> None:
        found = article("Text.", url=url)
        assert (found.url, dict(found.metadata)) == (None, {"url": url})

    def test_a_date_that_could_be_two_is_kept_beside(self) -> None:
        found = article("Text.", published_at="10/11/2021")
        assert (found.published_at, dict(found.metadata)) == (None, {"published_at": "10/11/2021"})


@pytest.mark.parametrize(
    ("stated", "expected"),
    [
        ("2023-11-27", "2023-11-27"),
        ("2023-11-27T08:45:59+01:00", "2023-11-27T08:45:59+01:00"),
        ("2023-11-27 08:45:59.000000000Z", "2023-11-27 08:45:59.000000000Z"),
        ("2023-11", "2023-11"),
        ("1999", "1999"),
        ("2021/10/9", "2021-10-09"),
        ("2021-1-2", "2021-01-02"),
        ("October 19, 2021", "2021-10-19"),
        ("Tuesday, Oct. 19th, 2021", "2021-10-19"),
        ("19 October  2021", "2021-10-19"),
        ("Tue 1st of May 2021", "2021-05-01"),
        ("Sept 3 2021", "2021-09-03"),
        ("Tue, 19 Oct 2021 15:00:00 GMT", "2021-10-19T15:00:00+00:00"),
        ("19 Oct 2021 15:00 -0500", "2021-10-19T15:00:00-05:00"),
        ("10/11/2021", None),
        ("2021/13/01", None),
        ("February 30, 2021", None),
        ("Tue, 39 Oct 2021 15:00:00 GMT", None),
        ("2023-13", None),
        ("yesterday", None),
        ("1634655600", None),
        ("", None),
    ],
)
def test_dates(stated: str, expected: str | None) -> None:
    assert published(stated) == expected


MARKDOWN = """---
title: "Bridges: a history"
authors: [Ann, {name: Bo}]
date: 2021-03-04
link: https://x.org/b
draft: true
tags:
  - steel
  - stone
series: {part: 2}
nothing: null
---

# Bridges: a *history*

A **bold** [link](https://y.org "t"), ![an *old* bridge](b.png), `code <b>`, a wrapped
line and a hard
break.\\
After it, <b>tags</b> &lt;script&gt; and List<String><script>alert(1)</script>.[^n]

## The `first` bridges

- stone

  *and* wood
- iron
  1. cast
  2. wrought
- [ ] steel

> Quoted.
>
> ## Not a heading of this text

```python
def span(x):
    return x
```

| Name | Span |
|------|-----:|
| Tay \\| Firth | 3.3 km |

<details><summary>More</summary>
<!-- never -->
<p>Inside<br>it</p><style>p {}</style></details>

***

Setext
heading
---

Last ~~word~~.

[^n]: A *note*.
"""


class TestMarkdown:
    def test_a_worked_example(self) -> None:
        found = article(MARKDOWN, Markup.MARKDOWN, "b.md")
        assert (
            found.text
            == """A bold link, an old bridge, code <b>, a wrapped line and a hard break.
After it, tags <script> and List<String>.[n]

The first bridges

- stone
  and wood
- iron
  1. cast
  2. wrought
- [ ] steel

Quoted.

Not a heading of this text

def span(x):
    return x

Name: Tay | Firth; Span: 3.3 km

More

Inside
it

Setext heading

Last word.

[n] A note."""
        )
        assert found.title == "Bridges: a history"
        assert (found.author, found.published_at, found.url, found.source) == (
            "Ann, Bo",
            "2021-03-04",
            "https://x.org/b",
            None,
        )
        assert found.metadata == {"draft": "true", "tags": "steel, stone", "series": '{"part": "2"}'}
        assert headings(found) == [(2, "The first bridges"), (2, "Setext heading")]

    @pytest.mark.parametrize(
        ("text", "title", "body", "found_headings"),
        [
            ("# One\n\nText.\n\n# Two\n\nMore.", "One", "Text.\n\nTwo\n\nMore.", [(1, "Two")]),
            ("Intro.\n\nOne\n===\n\nText.", "One", "Intro.\n\nText.", []),
            ("## Two\n\nText.", "my notes", "Two\n\nText.", [(2, "Two")]),
            ("# One", "One", "One", []),  # nothing under it: it is the text, and can be quoted
            ("---\ntitle: Other\n---\n# One\n\nText.", "Other", "One\n\nText.", [(1, "One")]),
            ("---\r\ntitle: Other\r\n...\r\nText.", "Other", "Text.", []),
            ("---\ntitle: Only\n---\n", "Only", "Only", []),
            ("Text.\n\n---\ntitle: no\n---", "my notes", "Text.\n\ntitle: no", [(2, "title: no")]),
            # Front matter that is broken, no mapping, or a bomb is text.
            ("---\na: [\n---\nText.", "my notes", "a: [\n\nText.", [(2, "a: [")]),
            ("---\njust words\n---\nText.", "my notes", "just words\n\nText.", [(2, "just words")]),
            ("---\na: &a [x]\nb: [*a,*a]\n---\nText.", "my notes", "a: &a [x] b: [*a,*a]\n\nText.", None),
            ("---\n? [a]\n: b\n---\nText.", "my notes", "? [a] : b\n\nText.", None),
            ("---\nTitle: Case\nauthor: ~\n---\nText.", "Case", "Text.", []),
        ],
    )
    def test_titles_and_front_matter(
        self, text: str, title: str, body: str, found_headings: list[tuple[int, str]] | None
    ) -> None:
        found = article(text, Markup.MARKDOWN, "my-notes.md")
        assert (found.title, found.text) == (title, body)
        assert found_headings is None or headings(found) == found_headings

    def test_front_matter_nested_by_the_thousand_takes_no_long_time(self) -> None:
        found = article("---\na: " + "[" * 20_000 + "\n---\nText.", Markup.MARKDOWN, "my-notes.md")
        assert (found.title, found.text) == ("my notes", "a: " + "[" * 20_000 + "\n\nText.")

    def test_lists_and_quotations_are_followed_deeper_than_the_parser_would(self) -> None:
        nested = "".join("  " * depth + f"- item {depth}\n" for depth in range(40))
        found = article(nested, Markup.MARKDOWN)
        assert found.text == nested.rstrip()

    def test_emphasis_nested_without_end(self) -> None:
        raw = RawDocument("a.md", "**a " * 3000 + "b" + "**" * 3000, Markup.MARKDOWN)
        assert clean(raw) == LeftOut("a.md", "is nested too deeply")

    @given(st.text("# *_-+>`[]()<>!|\\&\n\t ab1.~:^=\"'\u0301"))
    def test_any_text_is_read_with_exact_headings(self, text: str) -> None:
        found = clean(RawDocument("a.md", text, Markup.MARKDOWN))
        if isinstance(found, LeftOut):
            assert found == LeftOut("a.md", "has no readable text")
            return
        assert canonical(found.text) == found.text
        paragraphs = {match.span() for match in re.finditer(r"(?:(?!\n\n).)+", found.text, re.DOTALL)}
        assert {(heading.start, heading.end) for heading in found.headings} <= paragraphs


PAGE = f"""<!DOCTYPE html>
<html><head><meta charset="utf-8"><title>The bridge | The Daily Planet</title>
<meta property="og:site_name" content="The Daily Planet"><meta name="author" content="Jane Doe">
<meta property="article:published_time" content="2021-10-19T12:00:00Z">
<link rel="canonical" href="https://example.org/bridge"></head>
<body><nav><ul><li><a href="/">Home</a></li><li><a href="/world">World</a></li></ul></nav>
<main><article><h1>The bridge</h1>
<p>{PROSE} It is <b>bold</b> and has
   <a href="/x">a link</a>.</p>
<script>alert("never")</script><style>p {{}}</style>
<h2>Its   history</h2>
<p>{PROSE} Text like &lt;script&gt;alert(1)&lt;/script&gt; stays.<br>After the break.</p>
<ul><li>One item of the list</li><li>Two <i>items</i><ul><li>Inside</li></ul></li></ul>
<ol><li>First of all</li><li>Second of all</li></ol>
<pre><code>def span(x):
    return x</code></pre>
<blockquote><p>Someone said this.</p><p>And this.</p></blockquote>
<h3>Numbers</h3>
<table><tr><th>Name</th><th>Span</th></tr><tr><td>Tay</td><td>3.3 km</td></tr></table>
<p>{PROSE} The end.</p>
</article></main><footer>Copyright</footer></body></html>"""


class TestHtml:
    def test_a_cell_over_two_rows_stands_in_both(self) -> None:
        table = (
            "<tr><th>Region</th><th>Kind</th><th>Harvest</th></tr>"
            "<tr><td rowspan=2>North</td><td>Rye</td><td>10 t</td></tr><tr><td>Oats</td><td>12 t</td></tr>"
        )
        page = f"<html><body><h1>Harvests</h1><p>{PROSE}</p><table>{table}</table><p>{PROSE}</p></body></html>"
        found = article(page, Markup.HTML, "saved/page.html").text.split("\n\n")
        assert found[1:3] == ["Region: North; Kind: Rye; Harvest: 10 t", "Region: North; Kind: Oats; Harvest: 12 t"]

    def test_a_cell_that_was_made_to_hold_much_is_not_copied_into_every_row(self) -> None:
        from lxml import html

        from qa.clean.spans import fill_spans

        held = "<i title='many'></i>" * 2_000 + "North<br>Field"
        tree = html.fromstring(f"<table><tr><td rowspan=9999>{held}<td>a</tr>{'<tr><td>b</tr>' * 1_000}</table>")
        fill_spans(tree)
        rows = [[cell.text_content() for cell in row] for row in tree.iter("tr")]
        assert rows == [["NorthField", "a"], *[["North Field", "b"]] * 1_000]
        assert sum(1 for _ in tree.iter("i")) == 2_000

    @pytest.mark.parametrize(
        "rows",
        [
            "<tr>" + "<td colspan=100>x" * 40_000,
            "<tr>" + "<td rowspan=9999>x" * 40_000,
            "<tr>" + "<td>x" * 200 + "<tr><td>x" * 20_000,
        ],
    )
    def test_a_table_that_was_made_to_grow_is_left_out(self, rows: str) -> None:
        page = f"<html><body><h1>Harvests</h1><p>{PROSE}</p><table>{rows}</table><p>{PROSE}</p></body></html>"
        with pytest.raises(UnreadablePageError, match="holds a table that was made to grow beyond measure"):
            read_html(RawDocument("page.html", page, Markup.HTML))

    def test_a_cell_that_is_said_to_be_as_wide_as_can_be_does_not_cost_the_page(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("qa.clean.spans._MOST_EMPTY", 1_000)
        rows = "<tr><td colspan=100>All of it" + "<tr><td>Rye<td>10 t" * 20
        page = f"<html><body><h1>Harvests</h1><p>{PROSE}</p><table>{rows}</table><p>{PROSE}</p></body></html>"
        assert "All of it\n\nRye: 10 t\n\nRye: 10 t" in read_html(RawDocument("page.html", page, Markup.HTML)).text

    def test_a_large_table_is_read(self) -> None:
        rows = "<tr><th>Year<th>Rye<th>Oats" + "".join(f"<tr><td>{year}<td>1 t<td>2 t" for year in range(1000, 2000))
        page = f"<html><body><h1>Harvests</h1><p>{PROSE}</p><table>{rows}</table><p>{PROSE}</p></body></html>"
        assert "Year: 1999; Rye: 1 t; Oats: 2 t" in read_html(RawDocument("page.html", page, Markup.HTML)).text

    def test_a_worked_example(self) -> None:
        found = article(PAGE, Markup.HTML, "saved/page.html")
        assert (
            found.text
            == f"""{PROSE} It is bold and has a link.

Its history

{PROSE} Text like <script>alert(1)</script> stays.
After the break.

- One item of the list
- Two items
  - Inside

1. First of all
2. Second of all

def span(x):
    return x

Someone said this.

And this.

Numbers

Name: Tay; Span: 3.3 km

{PROSE} The end."""
        )
        assert headings(found) == [(2, "Its history"), (3, "Numbers")]
        assert found.headings[0] == Heading(2, len(PROSE) + 29, len(PROSE) + 40)
        assert (found.title, found.source, found.author) == ("The bridge", "The Daily Planet", "Jane Doe")
        assert (found.url, found.published_at) == ("https://example.org/bridge", "2021-10-19T12:00:00Z")
        assert (found.id, found.metadata) == (article(PAGE, Markup.HTML, "other.html").id, {})

    @pytest.mark.parametrize(
        ("page", "title", "text"),
        [
            ("<title>T</title><p>Body text", "T", "Body text"),
            ("<p>a&lt;script&gt;b</p><p>c</p>", "my page", "a<script>b\n\nc"),
            ("just words", "my page", "just words"),
            ("<?xml version='1.0' encoding='latin-1'?><html><body><p>Café</p></body></html>", "my page", "Café"),
            # No date is taken from the words of a page, and none from the clock.
            ("<html><body><p>On May 3, 2019 it rained.</p></body></html>", "my page", "On May 3, 2019 it rained."),
        ],
    )
    def test_small_and_odd_pages(self, page: str, title: str, text: str) -> None:
        found = article(page, Markup.HTML, "my-page.html")
        assert (found.title, found.text, found.published_at) == (title, text, None)

    @pytest.mark.parametrize(
        ("named", "heading"),
        [("LINTS - The Handbook", "<h2>Lints</h2>"), ("Lint checks - The Handbook", "<h1>Lints</h1>")],
    )
    def test_the_headline_goes_before_the_heading_of_a_hidden_dialogue(self, named: str, heading: str) -> None:
        page = (
            f"<html><head><title>{named}</title></head><body>"
            "<div><h2 class='title'>Keyboard shortcuts</h2></div><h1>The Handbook</h1>"
            f"<main>{heading}<p>{PROSE}</p><h2>More</h2><p>{PROSE}</p></main></body></html>"
        )
        found = article(page, Markup.HTML)
        assert (found.title, found.text) == ("Lints", f"{PROSE}\n\nMore\n\n{PROSE}")

    def test_a_page_without_a_title_takes_its_first_heading_of_level_1(self) -> None:
        page = f"<html><body><main><p>{PROSE}</p><h1>Part one</h1><p>{PROSE}</p></main></body></html>"
        assert article(page, Markup.HTML, "my-page.html").title == "Part one"

    @pytest.mark.parametrize(
        "page",
        [
            "<html></html>",
            "<html><head><title>T</title></head><body></body></html>",
            "<title>T</title>",
            "<script>alert(1)</script>",
            "<html><body><script>alert(1)</script><style>p {}</style></body></html>",
            "<html><body><img src=x alt=words></body></html>",
            # libxml2 does not look deeper than 256 elements.
            "<html><body>" + "<div>" * 10_000 + "<p>deep</p>",
        ],
    )
    def test_a_page_without_text_is_left_out(self, page: str) -> None:
        assert clean(RawDocument("a.html", page, Markup.HTML)) == LeftOut("a.html", "has no readable text")

    def test_whatever_the_parser_raises_is_a_reason(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def overflow(*_: object, **__: object) -> None:
            raise RecursionError

        monkeypatch.setattr("trafilatura.bare_extraction", overflow)
        reason = "cannot be read as a web page (RecursionError)"
        assert clean(RawDocument("a.html", PAGE, Markup.HTML)) == LeftOut("a.html", reason)

    @given(
        st.lists(
            st.sampled_from(["<p>", "</p>", "<h2>", "<ul><li>", "</ul>", "<b>", "<td>", "&lt;", "word ", "\n", "<br>"])
        )
    )
    def test_any_page_is_read_with_exact_headings(self, parts: list[str]) -> None:
        found = clean(RawDocument("a.html", "".join(parts), Markup.HTML))
        if isinstance(found, LeftOut):
            assert found == LeftOut("a.html", "has no readable text")
            return
        assert canonical(found.text) == found.text
        assert all(found.text[heading.start : heading.end].strip() for heading in found.headings)


def test_from_files_to_articles(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("# Title\n\nText.\n\n## Part\n\nMore.", encoding="utf-8")
    (tmp_path / "b.jsonl").write_text('{"_id": 3, "text": "Row text."}\n', encoding="utf-8")
    raws = [raw for path in find([tmp_path]).files for raw in read(path, LIMITS) if isinstance(raw, RawDocument)]
    first, second = map(clean, raws)
    assert first == Article(
        hashlib.sha256(b"Title\n\nText.\n\nPart\n\nMore.").hexdigest()[:16],
        "Title",
        "Text.\n\nPart\n\nMore.",
        f"{tmp_path.as_posix()}/a.md",
        headings=(Heading(2, 7, 11),),
    )
    assert second == Article("3", "Row text.", "Row text.", f"{tmp_path.as_posix()}/b.jsonl:1")
