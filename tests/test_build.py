"""From files to a published version: what goes in, what is left out, and that it comes out the same."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from qa.build import Report, build
from qa.config import Settings
from qa.embed import load_encoder
from qa.errors import ModelMissingError, NoArticlesError, SourceError
from qa.index import index_folder
from qa.manifest import FileRecord
from qa.pipeline import Pipeline
from qa.records import LeftOut
from qa.seams import Progress

DATA = Path(__file__).resolve().parent.parent.parent / "shared" / "data"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings.from_env(indexes=tmp_path / "indexes")


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """One file of each format, and one of each thing that can be wrong."""
    folder = tmp_path / "corpus"
    (folder / "deep").mkdir(parents=True)
    (folder / "bread.txt").write_text("Bread\n\nBake the bread for forty minutes at 230 degrees.", encoding="utf-8")
    (folder / "deep" / "tea.md").write_text(
        "# Tea\n\n## Green\n\nSteep **green tea** for two minutes.", encoding="utf-8"
    )
    (folder / "page.html").write_text(
        "<html><head><title>Harbour</title></head><body><article><h1>Harbour</h1><p>The harbour of Sinpo lies on the "
        "east coast and is used by fishing boats and by the navy alike.</p><p>It freezes in most winters, so that "
        "ships have to wait for the ice to break in the month of March.</p></article></body></html>",
        encoding="utf-8",
    )
    rows = [
        {
            "_id": "moon",
            "title": "Moon",
            "text": "The Moon is 384,400 kilometres away.",
            "metadata": {"source": "Almanac"},
        },
        {"_id": "moon", "title": "Moon again", "text": "Another row with the same id."},
    ]
    (folder / "rows.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    (folder / "table.csv").write_text("_id,title,text\nmars,Mars,Mars has two moons.\n", encoding="utf-8")
    (folder / "copy.txt").write_bytes((folder / "bread.txt").read_bytes())
    (folder / "latin.txt").write_bytes("Caf\xe9".encode("latin-1"))
    (folder / "empty.txt").write_bytes(b"")
    (folder / "photo.jpg").write_bytes(b"\xff\xd8")
    (folder / ".hidden.txt").write_text("Hidden.", encoding="utf-8")
    return folder


def test_every_format_goes_in_and_every_fault_is_named(
    settings: Settings, corpus: Path, build_index: Callable[..., Report]
) -> None:
    report = build_index(settings, corpus)
    assert report.manifest.recipe.articles == 5
    assert report.files == 8
    assert dict(report.unknown) == {".jpg": 1}
    reasons = {Path(item.origin).name: item.reason for item in report.left_out}
    assert set(reasons) == {"copy.txt", "latin.txt", "empty.txt", "rows.jsonl:2"}
    assert reasons["empty.txt"] == "is empty"
    assert "is not UTF-8 text" in reasons["latin.txt"]
    assert reasons["rows.jsonl:2"] == f"has the _id 'moon' of another article, {corpus}/rows.jsonl:1"
    pipeline = Pipeline.open(settings)
    for question, cited in {
        "How long should bread bake?": "Bake the bread for forty minutes at 230 degrees.",
        "How long does green tea steep?": "Steep green tea for two minutes.",
        "How far away is the Moon?": "The Moon is 384,400 kilometres away.",
        "How many moons does Mars have?": "Mars has two moons.",
        "Why do ships have to wait in the month of March?": (
            "It freezes in most winters, so that ships have to wait for the ice to break in the month of March."
        ),
    }.items():
        assert cited in {citation.cited_text for citation in pipeline.ask(question).citations}, question
    assert pipeline.article("moon").source == "Almanac"
    pipeline.close()


def test_the_same_article_twice_says_where_the_first_is(
    settings: Settings, tmp_path: Path, build_index: Callable[..., Report]
) -> None:
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_text("Bread\n\nBake the bread.", encoding="utf-8")
    report = build_index(settings, tmp_path / "a.txt", tmp_path / "b.txt")
    assert report.left_out == (LeftOut(f"{tmp_path}/b.txt", f"is the same article as {tmp_path}/a.txt"),)


def test_same_files_in_same_index_out(tmp_path: Path, corpus: Path, build_index: Callable[..., Report]) -> None:
    """Whatever the order of the paths, all that the version answers from has the same bytes."""
    paths = sorted(
        path for path in corpus.rglob("*.*") if path.is_file() and path.name not in {"copy.txt", "rows.jsonl"}
    )

    def files(name: str, *given: Path) -> dict[str, FileRecord]:
        settings = Settings.from_env(indexes=tmp_path / "indexes", index=name)
        written = build_index(settings, *given).manifest.files
        return {name: file for name, file in written.items() if not name.startswith("sources/")}

    assert files("one", *paths) == files("two", *reversed(paths))


def test_nothing_to_read_is_an_error_that_says_why(
    settings: Settings, tmp_path: Path, build_index: Callable[..., Report]
) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    with pytest.raises(NoArticlesError, match=r"empty holds no articles; put \.txt, \.md"):
        build_index(settings, empty)
    (empty / "a.jpg").write_bytes(b"x")
    with pytest.raises(NoArticlesError, match=r"empty holds only files of types that cannot be read: \.jpg\."):
        build_index(settings, empty)
    (empty / "a.txt").write_bytes(b"")
    with pytest.raises(NoArticlesError, match=r"holds no article that can be read: .*a\.txt is empty\."):
        build_index(settings, empty)
    with pytest.raises(SourceError, match="absent does not exist"):
        build_index(settings, tmp_path / "absent")
    assert not (index_folder(settings.indexes, settings.index) / "current").exists()


def test_a_missing_encoder_stops_the_build_with_its_command(
    settings: Settings, tmp_path: Path, silent: Progress
) -> None:
    (tmp_path / "a.txt").write_text("Bread\n\nBake the bread.", encoding="utf-8")
    with pytest.raises(ModelMissingError, match="`qa models fetch snowflake-arctic-embed-s` brings it"):
        build([tmp_path / "a.txt"], settings, lambda: load_encoder(settings.encoder, tmp_path / "none"), silent)


def test_an_article_of_headings_alone_can_be_quoted(
    settings: Settings, tmp_path: Path, build_index: Callable[..., Report]
) -> None:
    (tmp_path / "h.md").write_text("# Plan\n\n## The bread bakes for forty minutes\n\n## Tea\n", encoding="utf-8")
    report = build_index(settings, tmp_path / "h.md")
    assert (report.manifest.recipe.articles, report.left_out) == (1, ())
    pipeline = Pipeline.open(settings)
    assert "The bread bakes for forty minutes" in pipeline.ask("How long does the bread bake?").answer
    pipeline.close()


def test_another_encoder_through_sentence_transformers(
    tmp_path: Path, models_dir: Path, corpus: Path, silent: Progress
) -> None:
    settings = Settings.from_env(indexes=tmp_path / "indexes", encoder="all-MiniLM-L6-v2", device="cpu")
    encoder = load_encoder(settings.encoder, models_dir, "cpu")
    report = build([corpus], settings, lambda: encoder, silent)
    assert report.manifest.recipe.encoder.name == "all-MiniLM-L6-v2"
    pipeline = Pipeline.open(settings)
    assert pipeline.ask("How many moons does Mars have?").answer == "Mars has two moons."
    pipeline.close()


@pytest.mark.skipif(not DATA.is_dir(), reason="../shared/data is not on this machine: no real news articles to build")
def test_real_news_builds_and_answers(settings: Settings, tmp_path: Path, build_index: Callable[..., Report]) -> None:
    with (DATA / "multihop-news" / "corpus.jsonl").open(encoding="utf-8") as rows:
        picked = [row for row in rows if json.loads(row)["_id"] in {"mh10", "mh11", "mh175", "mh332", "mh9"}]
    (tmp_path / "news.jsonl").write_text("".join(picked), encoding="utf-8")
    report = build_index(settings, tmp_path / "news.jsonl")
    assert report.manifest.recipe.articles == 5
    assert report.left_out == ()
    pipeline = Pipeline.open(settings)
    answer = pipeline.ask("How many counts is Sam Bankman-Fried accused of?")
    assert "seven counts" in answer.answer
    for citation in answer.citations:
        article = pipeline.article(citation.article_id)
        assert article.text[citation.start_char_index : citation.end_char_index] == citation.cited_text
    assert pipeline.ask("How long does green tea steep?").abstained
    pipeline.close()


def test_names_that_are_no_text_do_no_harm(
    settings: Settings, tmp_path: Path, build_index: Callable[..., Report]
) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/bad\xff\nname.txt"))
    path.write_text("Bread\n\nBake the bread for forty minutes.", encoding="utf-8")
    (tmp_path / "odd.e\x1b[31mvil").touch()
    report = build_index(settings, path)
    assert report.manifest.recipe.sources == (f"{tmp_path}/bad\ufffd\ufffdname.txt",)
    assert ".e\ufffd[31mvil" in build_index(settings, tmp_path).unknown


@pytest.mark.skipif(not DATA.is_dir(), reason="../shared/data is not on this machine: no corpus larger than a question")
def test_k_reports_more_and_changes_nothing(
    settings: Settings, tmp_path: Path, build_index: Callable[..., Report]
) -> None:
    with (DATA / "squad-open" / "corpus.jsonl").open(encoding="utf-8") as rows:
        (tmp_path / "one.jsonl").write_text(next(rows), encoding="utf-8")
    settings = replace(settings, chunk_words=100, rerank=10)
    assert build_index(settings, tmp_path / "one.jsonl").manifest.recipe.chunks == 21
    pipeline = Pipeline.open(settings)
    few, many = (pipeline.ask("Which seas border Southern Europe?", k=k) for k in (1, 21))
    assert (few.citations, few.confidence) == (many.citations, many.confidence)
    assert few.passages[0] == many.passages[0]
    assert len(many.passages) == 21
    assert {passage.fused.rank for passage in many.passages if passage.rerank} == set(range(1, 11))
    pipeline.close()
