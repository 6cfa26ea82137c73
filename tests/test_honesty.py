"""Who wrote it, when, and where it was published: from the document where it says so, and unknown where it does not."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from qa.clean import clean
from qa.clean.authors import author_named
from qa.clean.dates import is_to_come
from qa.records import Article, Markup, RawDocument
from qa.titles import is_titled_by_file
from web.unknown import unknown_of

PROSE = "The council decided yesterday that the old houses at the harbour will not be pulled down but renovated. " * 4
LONG = f"The concert is on <time datetime='2021-03-04'>4 March</time>, says the poster that hangs at the door. {PROSE}"


def page(head: str = "", body: str = "", title: str = "The harbour") -> Article:
    html = (
        f'<html lang="en"><head><title>{title}</title>{head}</head><body>{body}<article><h1>The harbour</h1>'
        f"<p>{PROSE}</p><p>{PROSE}</p></article></body></html>"
    )
    article = clean(RawDocument("page.html", html, Markup.HTML))
    assert isinstance(article, Article)
    assert article.title == "The harbour"
    return article


def meta(name: str, content: str, kind: str = "name") -> str:
    return f'<meta {kind}="{name}" content="{content}">'


def linked(**data: object) -> str:
    stated = json.dumps({"@context": "https://schema.org", "@type": "NewsArticle", **data})
    return f'<script type="application/ld+json">{stated}</script>'


class TestSource:
    @pytest.mark.parametrize(
        ("head", "source"),
        [
            (meta("og:site_name", "The Daily Planet", "property"), "The Daily Planet"),
            (meta("og:site_name", "eos", "property"), "eos"),  # trafilatura makes it "Eos"
            (meta("publisher", "Bote & Söhne"), "Bote & Söhne"),
            (linked(publisher={"@type": "Organization", "name": "Café Post"}), "Café Post"),
            # The address says where a page lies, and is shown as such; it names no publisher.
            ('<link rel="canonical" href="https://www.example.org/a/b">', None),
            (meta("twitter:site", "@bbcnews"), None),
            ("", None),
        ],
    )
    def test_is_what_the_page_states(self, head: str, source: str | None) -> None:
        assert page(head).source == source

    @pytest.mark.parametrize("title", ["The harbour - Part two", "example.org | The harbour"])
    def test_is_no_part_of_the_title(self, title: str) -> None:
        assert page(title=title).source is None


class TestAuthor:
    @pytest.mark.parametrize(
        "nobody",
        [
            "admin",
            "Admin",
            "By Staff",
            "by admin",
            "Staff Writer",
            "News Desk",
            "Unknown",
            "La rédaction",
            "N/A",
            "Redaktion",
        ],
    )
    def test_nobody_is_no_author(self, nobody: str) -> None:
        raw = RawDocument("rows.jsonl:1", PROSE, Markup.PLAIN, title="T", author=nobody)
        article = clean(raw)
        assert isinstance(article, Article)
        assert (article.author, article.metadata) == (None, {"author": nobody}), "what was stated is kept as such"

    @pytest.mark.parametrize(
        "name", ["Ada Quill", "Byron Stafford", "Staffan Admin", "By Ada Quill", "Anonymous Was A Woman"]
    )
    def test_a_name_is_one(self, name: str) -> None:
        assert author_named(name, "The Daily Planet") == name

    def test_a_byline_without_a_name(self) -> None:
        assert page(body='<div class="byline">By admin</div>').author is None
        assert page(meta("author", "News Staff")).author is None
        assert page(meta("author", "Ada Quill")).author == "Ada Quill"

    def test_the_site_itself_is_no_author(self) -> None:
        site = meta("og:site_name", "The Daily Planet", "property")
        assert page(site + meta("author", "The Daily Planet")).author is None
        assert page(site + meta("author", "Ada Quill")).author == "Ada Quill"


class TestDate:
    @pytest.mark.parametrize(
        ("head", "date"),
        [
            (meta("date", "2016-05"), "2016-05"),  # htmldate makes it the day of that month that it is today
            (meta("date", "2016"), "2016"),
            (meta("article:published_time", "2021-10-19T12:00:00+02:00", "property"), "2021-10-19T12:00:00+02:00"),
            (linked(datePublished="2023-05-06T10:00:00Z", dateModified="2024-01-01"), "2023-05-06T10:00:00Z"),
            (meta("dc.date", "October 19, 2021"), "2021-10-19"),
            (
                meta("datePublished", "19. Mai 2021", "itemprop"),
                "2021-05-19",
            ),  # htmldate reads German, and the page has it
            ('<link rel="canonical" href="https://example.org/2023/10/04/harbour">', "2023-10-04"),
            ('<link rel="canonical" href="https://example.org/2023/10/harbour">', None),
            # The day of the last change is not that of publication.
            (meta("article:modified_time", "2022-01-02", "property"), None),
            (linked(dateModified="2022-01-02"), None),
            (meta("date", "2093-05-04"), None),
            ("", None),
        ],
    )
    def test_is_what_the_page_states(self, head: str, date: str | None) -> None:
        assert page(head).published_at == date

    def test_one_that_could_be_two_is_none(self) -> None:
        article = page(meta("date", "10/11/2021"))
        assert (article.published_at, article.metadata) == (None, {"published_at": "10/11/2021"})
        assert page(meta("date", "10/10/2021")).published_at == "2021-10-10"

    def test_in_a_line_of_its_own(self) -> None:
        assert page(body='<p class="date">Posted on 12 May 2018</p>').published_at == "2018-05-12"
        assert page(body="<time datetime='2021-03-04'>4 March</time>").published_at == "2021-03-04"
        assert page(body="<div>Posted <time datetime='2021-03-04'>4 March</time></div>").published_at == "2021-03-04"

    def test_in_the_prose_it_is_that_of_something_else(self) -> None:
        assert page(body=f"<p>{LONG}</p>").published_at is None

    def test_a_copyright_is_no_date(self) -> None:
        assert page(body="<footer>© 2019 The Daily Planet</footer>").published_at is None

    @pytest.mark.parametrize(
        ("day", "to_come"),
        [
            ("2024-05-11", False), ("2024-05-12", False), ("2024-05-12T11:59:00+00:00", False), ("2024-05-13", True),
            ("2024-05", False), ("2024-06", True), ("2024", False), ("2025", True), ("9999-12-31", True), ("x", False),
        ],
    )  # fmt: skip
    def test_nothing_was_published_tomorrow(self, day: str, to_come: bool) -> None:
        assert is_to_come(day, datetime(2024, 5, 11, 12, tzinfo=UTC)) == to_come

    @pytest.mark.parametrize("markup", [Markup.PLAIN, Markup.MARKDOWN])
    def test_a_date_to_come_is_kept_as_it_was_stated(self, markup: Markup) -> None:
        content = PROSE if markup is Markup.PLAIN else f"---\ndate: 2093-05-04\n---\n{PROSE}"
        stated = "2093-05-04" if markup is Markup.PLAIN else None
        article = clean(RawDocument("a:1", content, markup, title="T", published_at=stated))
        assert isinstance(article, Article)
        assert (article.published_at, article.metadata) == (None, {"published_at": "2093-05-04"})


class TestUnknown:
    def article(self, **stated: str) -> Article:
        raw = RawDocument("notes/my-notes_2023.txt", stated.pop("content", PROSE), Markup.PLAIN, **stated)
        article = clean(raw)
        assert isinstance(article, Article)
        return article

    def test_it_is_said(self) -> None:
        assert unknown_of(self.article(title="T")) == ("Source, author and date unknown",)
        assert unknown_of(self.article(title="T", content="Ok.")) == ("Source, author, date and language unknown",)
        stated = {"title": "T", "source": "S", "author": "A B", "published_at": "2024"}
        assert unknown_of(self.article(**stated)) == ()
        assert unknown_of(self.article(**{**stated, "author": "admin"})) == ("Author unknown",)

    def test_a_title_that_is_the_name_of_the_file_is_said_to_be(self) -> None:
        assert self.article().title == "my notes 2023"
        assert unknown_of(self.article())[1:] == ("The title is the name of the file",)
        assert not is_titled_by_file(self.article(title="My notes of 2023"))
