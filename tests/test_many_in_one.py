"""Files that hold many articles, from the folder to the cited answer, and again after a change."""

from __future__ import annotations

import mailbox
import zipfile
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest

from qa.build import Report
from qa.config import Settings
from qa.pipeline import Pipeline
from qa.records import Inquiry, LeftOut
from qa.terminal import report_lines

Build = Callable[..., Report]
ENTRY = "<item><title>{title}</title><link>https://sea.example/{title}</link><description>{text}</description></item>"
MINUTES = "# Minutes of May\n\nAda Quill chaired the meeting in May. The new roof cost 41,000 francs.\n"
NOTES = [
    ("Lock repairs", "The repairs of the sea lock begin on 4 March and take nine weeks."),
    ("Pilot boats", "Three pilot boats of the harbour are painted orange in April."),
    ("Night watch", "The night watch on pier 7 is kept by Jonas Brandt."),
]


def write_feed(path: Path, entries: list[tuple[str, str]]) -> None:
    items = "".join(ENTRY.format(title=title, text=text) for title, text in entries)
    path.write_text(f"<rss version='2.0'><channel><title>Sea News</title>{items}</channel></rss>")


def write_box(path: Path, notes: list[tuple[str, str]]) -> None:
    path.unlink(missing_ok=True)
    box = mailbox.mbox(path)
    for number, (subject, text) in enumerate(notes):
        message = EmailMessage()
        message["Subject"], message["From"] = subject, "Lea Roth <lea@example.org>"
        message["Message-ID"], message["Date"] = f"<{number}@example.org>", "Mon, 09 Oct 2023 10:00:00 +0200"
        message.set_content(text)
        message.add_attachment(f"Attached to number {number}.".encode(), "text", "plain", filename="note.txt")
        box.add(message)
    box.close()


def write_zip(path: Path, members: dict[str, str]) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)


def write_all(folder: Path) -> Path:
    write_feed(folder / "news.rss", [("Dredging", "The dredging of the inner basin ends in spring.")])
    write_box(folder / "box.mbox", NOTES)
    write_zip(folder / "minutes.zip", {"2023/may.md": MINUTES, "../evil.txt": "evil", "2023/x.png": "x"})
    return folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_all(tmp_path_factory.mktemp("sea"))


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory, models_dir: Path) -> Settings:
    return Settings(indexes=tmp_path_factory.mktemp("indexes"), models=models_dir)


@pytest.fixture(scope="module")
def first(folder: Path, settings: Settings, build_index: Build) -> Report:
    return build_index(settings, folder)


@pytest.fixture(scope="module")
def pipeline(first: Report, settings: Settings) -> Iterator[Pipeline]:
    opened = Pipeline.open(settings)
    yield opened
    opened.close()


def test_the_report_says_what_was_read_and_what_was_not(first: Report, folder: Path) -> None:
    assert first.manifest.recipe.articles == first.articles_read == 8
    inside = (folder / "minutes.zip").as_posix()
    assert list(report_lines(first))[2:] == [
        "Left out 2:",
        f"  {inside}/../evil.txt has a path that leads out of the archive",
        f"  {inside} also holds files of types that are not read: 1 .png",
    ]


@pytest.mark.parametrize(
    ("question", "quoted", "origin", "source"),
    [
        ("Who chaired the meeting in May?", "Ada Quill chaired the meeting in May.", "minutes.zip/2023/may.md", None),
        ("When do the repairs of the sea lock begin?", NOTES[0][1], "box.mbox:1", None),
        ("When does the dredging of the basin end?", "ends in spring.", "news.rss:1", "Sea News"),
    ],
)  # fmt: skip
def test_each_is_cited_by_its_place(
    pipeline: Pipeline, folder: Path, question: str, quoted: str, origin: str, source: str | None
) -> None:
    answer = pipeline.answer(Inquiry(question))
    citation = answer.citations[0]
    article = pipeline.article(citation.article_id)
    assert quoted in citation.cited_text
    assert article.text[citation.start_char_index : citation.end_char_index] == citation.cited_text
    assert (article.origin, citation.source) == ((folder / origin).as_posix(), source)


def test_what_has_not_changed_in_a_file_is_not_read_or_embedded_again(
    tmp_path: Path, models_dir: Path, build_index: Build
) -> None:
    (tmp_path / "sea").mkdir()
    folder, settings = write_all(tmp_path / "sea"), Settings(indexes=tmp_path / "indexes", models=models_dir)
    assert build_index(settings, folder).embedded == 8

    changed = [NOTES[0], (NOTES[1][0], "Four pilot boats of the harbour are painted white in May."), NOTES[2]]
    write_box(folder / "box.mbox", changed)
    report = build_index(settings, folder)
    assert (report.articles_read, report.embedded, report.manifest.recipe.articles) == (1, 1, 8)

    new = ("Fog", "Fog closed the harbour on Sunday.")
    write_feed(folder / "news.rss", [new, ("Dredging", "The dredging of the inner basin ends in spring.")])
    report = build_index(settings, folder)
    assert (report.articles_read, report.embedded, report.manifest.recipe.articles) == (1, 1, 9)

    write_zip(folder / "minutes.zip", {"2023/june.txt": "Nobody chaired the meeting in June.", "2023/may.md": MINUTES})
    report = build_index(settings, folder)
    assert (report.articles_read, report.embedded, report.manifest.recipe.articles) == (1, 1, 10)
    assert report.left_out == ()
    assert not build_index(settings, folder).published


def test_an_article_in_two_archives_is_one(tmp_path: Path, models_dir: Path, build_index: Build) -> None:
    write_zip(tmp_path / "a.zip", {"may.md": MINUTES})
    write_zip(tmp_path / "b.zip", {"copy/may.md": MINUTES})
    inside = tmp_path.as_posix()
    report = build_index(
        Settings(indexes=tmp_path / "indexes", models=models_dir), tmp_path / "a.zip", tmp_path / "b.zip"
    )
    assert report.left_out == (LeftOut(f"{inside}/b.zip/copy/may.md", f"is the same article as {inside}/a.zip/may.md"),)
