"""A build that carries over what has not changed makes what a fresh build of the same files makes, to the byte."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import qa.build.before
import qa.build.composer
import qa.build.survey
import qa.build.words
from qa.build import Report, build, source_changes
from qa.config import Settings
from qa.embed import load_encoder
from qa.errors import NoArticlesError, NoIndexError, VersionNotFoundError
from qa.index import current_version, index_folder, roll_back, version_folder, versions
from qa.manifest import check_files, read_manifest, record_files, write_manifest
from qa.pipeline import Pipeline
from qa.seams import Encoder, Progress, Vectors
from qa.store import Store
from tests.progress import Silent

DATA = Path(__file__).resolve().parent.parent.parent / "shared" / "data"


class Remembering:
    """The real encoder, which is asked for each text once in all examples."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._known: dict[str, Vectors] = {}
        self.name, self.fingerprint, self.dimension = encoder.name, encoder.fingerprint, encoder.dimension

    def encode_passages(self, texts: Sequence[str], on_done: Callable[[int], None] | None = None) -> Vectors:
        new = [text for text in dict.fromkeys(texts) if text not in self._known]
        if new:
            self._known.update(zip(new, self._encoder.encode_passages(new), strict=True))
        if on_done is not None:
            on_done(len(texts))
        return np.stack([self._known[text] for text in texts])

    def encode_query(self, text: str) -> Vectors:
        return self._encoder.encode_query(text)


@pytest.fixture(scope="module")
def encoder(models_dir: Path) -> Encoder:
    return load_encoder("snowflake-arctic-embed-s", models_dir, threads=1)


@pytest.fixture(scope="module")
def remembering(encoder: Encoder) -> Encoder:
    return Remembering(encoder)


@dataclass
class Bench:
    """A folder of articles, and the index that follows it."""

    corpus: Path
    settings: Settings
    encoder: Encoder
    fresh: Iterator[int]

    @property
    def folder(self) -> Path:
        return index_folder(self.settings.indexes, self.settings.index)

    @property
    def served(self) -> Path:
        return version_folder(self.folder, current_version(self.folder))

    def build(self, progress: Progress | None = None, **changed: object) -> Report:
        settings = replace(self.settings, **changed)
        return build([self.corpus], settings, lambda: self.encoder, progress or Silent())

    def build_fresh(self, **changed: object) -> tuple[Report, dict[str, str]]:
        index = f"fresh-{next(self.fresh)}"
        report = self.build(index=index, **changed)
        shutil.rmtree(self.settings.indexes / index)
        return report, content(report)

    def write(self, name: str, text: str) -> Path:
        path = self.corpus / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def holds_what_a_fresh_one_does(self, report: Report, **changed: object) -> bool:
        fresh, files = self.build_fresh(**changed)
        check_files(self.served, read_manifest(self.served), every_byte=True)
        assert content(report) == files
        assert report.left_out == fresh.left_out
        assert counts(report) == counts(fresh)
        return True


def content(report: Report) -> dict[str, str]:
    """Return the SHA-256 of everything a version answers from; its sources record times."""
    files = report.manifest.files
    return {name: record.sha256 for name, record in files.items() if not name.startswith("sources/")}


def counts(report: Report) -> tuple[int, int, str]:
    recipe = report.manifest.recipe
    return recipe.articles, recipe.chunks, recipe.corpus


@pytest.fixture
def bench(tmp_path: Path, encoder: Encoder) -> Bench:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    return Bench(corpus, Settings.from_env(indexes=tmp_path / "indexes"), encoder, count())


@pytest.fixture
def ten(bench: Bench) -> Bench:
    """Ten articles of one passage each, built."""
    for number in range(8):
        bench.write(f"{number}.txt", f"Note {number}\n\nThe bread of note {number} bakes for {number + 1} hours.")
    rows = [{"_id": name, "title": name, "text": f"What {name} is."} for name in ("moon", "mars")]
    bench.write("rows.jsonl", "\n".join(map(json.dumps, rows)))
    report = bench.build()
    assert (report.published, report.articles_read, report.embedded) == (True, 10, 10)
    return bench


def did(report: Report) -> tuple[bool, int, int]:
    return report.published, report.articles_read, report.embedded


class TestUnchanged:
    def test_nothing_is_published(self, ten: Bench) -> None:
        before = current_version(ten.folder)
        report = ten.build()
        assert did(report) == (False, 0, 0)
        assert report.manifest.version == current_version(ten.folder) == before
        assert report.files == 9

    def test_nor_after_a_touch_or_a_copy_in_place(self, ten: Bench) -> None:
        (ten.corpus / "1.txt").touch()
        os.utime(ten.corpus / "2.txt", (1, 1))
        again = (ten.corpus / "3.txt").read_bytes()
        (ten.corpus / "3.txt").unlink()
        (ten.corpus / "3.txt").write_bytes(again)
        assert not source_changes(ten.served)
        assert did(ten.build()) == (False, 0, 0)

    def test_what_was_left_out_is_told_again(self, ten: Bench) -> None:
        ten.write("empty.txt", "")
        ten.write("copy.txt", (ten.corpus / "1.txt").read_text())
        first = ten.build()
        again = ten.build()
        assert (first.published, again.published) == (True, False)
        assert [Path(item.origin).name for item in again.left_out] == ["copy.txt", "empty.txt"]
        assert again.left_out == first.left_out


class TestOneChange:
    def test_an_article_edited(self, ten: Bench) -> None:
        ten.write("3.txt", "Note 3\n\nThe bread of note 3 is burnt.")
        assert source_changes(ten.served).changed == (str(ten.corpus / "3.txt"),)
        report = ten.build()
        assert did(report) == (True, 1, 1)
        assert ten.holds_what_a_fresh_one_does(report)

    def test_an_article_edited_within_its_time_and_size(self, ten: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
        """As when an archive with the same times in it is unpacked over the folder: only its owner's clock tells."""
        monkeypatch.setattr(qa.build.survey, "_RACY_NS", 0)
        path = ten.corpus / "3.txt"
        status = path.stat()
        path.write_text(path.read_text().replace("4 hours", "5 hours"), encoding="utf-8")
        os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
        assert (path.stat().st_size, path.stat().st_mtime_ns) == (status.st_size, status.st_mtime_ns)
        report = ten.build()
        assert did(report) == (True, 1, 1)
        assert ten.holds_what_a_fresh_one_does(report)

    def test_a_row_edited_and_one_added(self, ten: Bench) -> None:
        rows = [
            {"_id": "venus", "title": "venus", "text": "What venus is."},
            {"_id": "moon", "title": "moon", "text": "What the moon was."},
            {"_id": "mars", "title": "mars", "text": "What mars is."},
        ]
        ten.write("rows.jsonl", "\n".join(map(json.dumps, rows)))
        report = ten.build()
        assert did(report) == (True, 2, 2)
        assert ten.holds_what_a_fresh_one_does(report)

    def test_an_article_deleted(self, ten: Bench) -> None:
        (ten.corpus / "3.txt").unlink()
        assert source_changes(ten.served).removed == (str(ten.corpus / "3.txt"),)
        report = ten.build()
        assert did(report) == (True, 0, 0)
        assert report.manifest.recipe.articles == 9
        assert ten.holds_what_a_fresh_one_does(report)

    def test_a_file_moved(self, ten: Bench) -> None:
        (ten.corpus / "deep").mkdir()
        (ten.corpus / "3.txt").rename(ten.corpus / "deep" / "3.txt")
        report = ten.build()
        assert did(report) == (True, 0, 0)
        assert ten.holds_what_a_fresh_one_does(report)
        store = Store(ten.served / "store")
        assert str(ten.corpus / "deep" / "3.txt") in {article.origin for article in store.articles()}
        store.close()

    def test_a_file_renamed(self, ten: Bench) -> None:
        """Its name can be its title, so it is read; its text is what it was, so it is not embedded."""
        (ten.corpus / "3.txt").rename(ten.corpus / "three.txt")
        report = ten.build()
        assert did(report) == (True, 1, 0)
        assert ten.holds_what_a_fresh_one_does(report)

    def test_a_name_that_is_a_title(self, ten: Bench) -> None:
        ten.write("rye-bread.txt", "it bakes for an hour.")
        ten.build()
        (ten.corpus / "rye-bread.txt").rename(ten.corpus / "white-bread.txt")
        report = ten.build()
        assert did(report) == (True, 1, 1)
        assert ten.holds_what_a_fresh_one_does(report)

    def test_the_first_of_two_copies_removed(self, ten: Bench) -> None:
        ten.write("0-copy.txt", (ten.corpus / "5.txt").read_text())
        copied = ten.build()
        assert [item.origin for item in copied.left_out] == [str(ten.corpus / "5.txt")]
        assert ten.holds_what_a_fresh_one_does(copied)
        (ten.corpus / "0-copy.txt").unlink()
        report = ten.build()
        assert report.left_out == ()
        assert report.embedded == 0
        assert ten.holds_what_a_fresh_one_does(report)

    def test_a_file_that_changes_while_it_is_read(self, ten: Bench) -> None:
        """Nobody knows which of its states was read, so the next build reads it, even when it is as it was."""
        path = ten.corpus / "3.txt"
        was = path.read_text()

        class Meddling(Silent):
            def stage(self, name: str, _: int | None) -> None:
                if name == "Reading files":
                    path.write_text("Note 3\n\nThis was only for a moment.", encoding="utf-8")

        ten.write("4.txt", "Note 4\n\nSomething to read.")
        assert ten.build(Meddling()).published
        path.write_text(was, encoding="utf-8")
        report = ten.build()
        assert report.published
        assert ten.holds_what_a_fresh_one_does(report)


class TestOtherWays:
    def test_shorter_passages_are_cut_anew_and_equal_texts_keep_their_vectors(self, ten: Bench) -> None:
        ten.write("long.txt", "Long\n\n" + " ".join(f"Sentence {number} has just six words." for number in range(20)))
        ten.build()
        report = ten.build(chunk_words=50)
        assert report.articles_read == 11
        assert 2 <= report.embedded < 6
        assert ten.holds_what_a_fresh_one_does(report, chunk_words=50)
        assert did(ten.build(chunk_words=50)) == (False, 0, 0)
        assert did(ten.build()) == (True, 11, 0)

    def test_other_limits_are_another_reading(self, ten: Bench) -> None:
        ten.write("large.txt", "Large\n\n" + "The same again. " * 80_000)
        assert [item.origin for item in ten.build(max_article_mb=1).left_out] == [str(ten.corpus / "large.txt")]
        assert ten.build(max_article_mb=1).published is False

    def test_an_improved_reader_reads_everything(self, ten: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
        for module in (qa.build.before, qa.build.words):
            monkeypatch.setattr(module, "fingerprint_of_reading", lambda _: "another")
        assert did(ten.build()) == (True, 10, 0)
        assert did(ten.build()) == (False, 0, 0)

    def test_a_version_that_this_program_cannot_open_is_made_anew(self, ten: Bench) -> None:
        """Whole to the byte, and of no use: as one of an older program, in another layout."""
        manifest = read_manifest(ten.served)
        name = next(name for name in manifest.files if name.startswith("lexical/") and name.endswith(".json"))
        (ten.served / name).write_text("{}", encoding="utf-8")
        write_manifest(ten.served, replace(manifest, files=record_files(ten.served)))
        check_files(ten.served, read_manifest(ten.served), every_byte=True)
        report = ten.build()
        assert did(report) == (True, 10, 0)
        assert ten.holds_what_a_fresh_one_does(report)

    def test_vectors_are_never_given_up_for_words(self, ten: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
        """Even when nothing of the version that is served can be used: it answers by both until the new one does."""
        for module in (qa.build.before, qa.build.words):
            monkeypatch.setattr(module, "fingerprint_of_reading", lambda _: "another")
        monkeypatch.setattr(qa.build.composer, "WORDS_FIRST_FROM", 1)
        (ten.folder / "embeddings.sqlite").unlink()
        served = []

        class Watching(Silent):
            def stage(self, *_: object) -> None:
                served.append(read_manifest(ten.served).recipe.encoder is not None)

        report = ten.build(Watching())
        assert did(report) == (True, 10, 10)
        assert served
        assert all(served)

    def test_other_sources(self, ten: Bench, tmp_path: Path) -> None:
        """Fewer, more, in another order, and the same ones named twice."""
        extra = tmp_path / "extra.txt"
        extra.write_text("Extra\n\nOne more note.", encoding="utf-8")

        def built(*paths: Path) -> tuple[bool, int, int, int]:
            report = build(paths, ten.settings, lambda: ten.encoder, Silent())
            index = f"fresh-{next(ten.fresh)}"
            fresh = build(paths, replace(ten.settings, index=index), lambda: ten.encoder, Silent())
            assert content(report) == content(fresh)
            return *did(report), report.manifest.recipe.articles

        assert built(ten.corpus, extra) == (True, 1, 1, 11)
        assert built(ten.corpus / ".." / ten.corpus.name, ten.corpus / "1.txt", extra)[2:] == (0, 11)
        assert built(extra, ten.corpus)[2:] == (0, 11)
        assert built(ten.corpus / "1.txt") == (True, 0, 0, 1)
        assert built(ten.corpus)[2:] == (0, 10)

    def test_another_encoder_and_back(self, ten: Bench, models_dir: Path) -> None:
        other = load_encoder("all-MiniLM-L6-v2", models_dir, "cpu")
        before = content(ten.build())
        theirs = replace(ten.settings, encoder="all-MiniLM-L6-v2")
        report = build([ten.corpus], theirs, lambda: other, Silent())
        assert did(report) == (True, 0, 10)
        assert report.manifest.recipe.encoder.name == "all-MiniLM-L6-v2"
        back = ten.build()
        assert did(back) == (True, 0, 0)
        assert content(back) == before

    def test_another_kind_of_vector_index(self, ten: Bench) -> None:
        report = ten.build(dense="ivf")
        assert did(report) == (True, 0, 0)
        assert report.manifest.recipe.dense == "ivf"
        assert ten.holds_what_a_fresh_one_does(report, dense="ivf")
        assert did(ten.build(dense="ivf")) == (False, 0, 0)

    def test_vectors_do_not_depend_on_the_build_that_made_them(self, bench: Bench) -> None:
        """Texts of many lengths, embedded at once and in five steps."""
        texts = [f"Note {n}\n\n" + " ".join(f"Word {n * m} of {m}." for m in range(1 + n * 7 % 23)) for n in range(40)]
        for start in range(0, 40, 8):
            for number in range(start, start + 8):
                bench.write(f"{number}.txt", texts[number])
            report = bench.build()
        assert report.manifest.recipe.articles == 40
        assert bench.holds_what_a_fresh_one_does(report)


TEXTS = (
    "Bread\n\nBake the bread for forty minutes.",
    "Bread\n\nBake the bread for fifty minutes.",
    "Tea\n\nSteep the tea for two minutes. Then drink it.",
    "it has no title and is short.",
    "# Moon\n\n## Far\n\nThe Moon is far away.\n\n## Near\n\nIt was nearer once.",
)
NAMES = ("a.txt", "b.txt", "c.md", "deep/a.txt", "d.jsonl", "e.jsonl", "f.csv")

_name = st.sampled_from(NAMES)
_row = st.tuples(st.sampled_from(["one", "two", "three", None]), st.integers(0, len(TEXTS) - 1))
_change = st.one_of(
    st.tuples(st.just("write"), _name, st.lists(_row, min_size=1, max_size=4)),
    st.tuples(st.just("write"), _name, st.lists(_row, min_size=1, max_size=4)),
    st.tuples(st.just("delete"), _name, st.none()),
    st.tuples(st.just("rename"), _name, _name),
    st.tuples(st.just("copy"), _name, _name),
    st.tuples(st.just("touch"), _name, st.none()),
    st.tuples(st.just("within"), _name, st.none()),
    st.tuples(st.just("empty"), _name, st.none()),
    st.tuples(st.just("spoil"), _name, st.none()),
    st.tuples(st.just("reverse"), _name, st.none()),
    st.tuples(st.just("back"), _name, st.none()),
)


def written(name: str, rows: list[tuple[str | None, int]]) -> str:
    records = [{"_id": key, "title": "", "text": TEXTS[text], "place": f"{text}"} for key, text in rows]
    if name.endswith(".jsonl"):
        return "\n".join(json.dumps({k: v for k, v in record.items() if v is not None}) for record in records)
    if name.endswith(".csv"):
        table = io.StringIO()
        writer = csv.DictWriter(table, ["_id", "title", "text", "place"])
        writer.writeheader()
        writer.writerows(records)
        return table.getvalue()
    return TEXTS[rows[0][1]]


def apply(bench: Bench, kind: str, name: str, detail: object) -> None:
    path = bench.corpus / name
    path.parent.mkdir(exist_ok=True)
    if kind == "write":
        path.write_text(written(name, detail), encoding="utf-8")  # type: ignore[arg-type]
    elif kind == "back":
        with suppress(VersionNotFoundError, NoIndexError):
            roll_back(bench.folder, None)
    elif path.exists():
        _to_a_file(bench, kind, path, detail)


def _to_a_file(bench: Bench, kind: str, path: Path, detail: object) -> None:
    data, status = path.read_bytes(), path.stat()
    contents = {
        "within": data.replace(b"for f", b"for t").replace(b"Moon", b"Noon"),
        "empty": b"",
        "spoil": data + b"\n\xff{",
        "reverse": b"\n".join(reversed(data.splitlines())),
    }
    if kind in contents:
        path.write_bytes(contents[kind])
    if kind == "within":  # the same time and the same size
        os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    elif kind == "delete":
        path.unlink()
    elif kind == "touch":
        path.touch()
    elif kind in {"rename", "copy"} and (other := bench.corpus / str(detail)) != path:
        other.parent.mkdir(exist_ok=True)
        shutil.copy2(path, other)
        if kind == "rename":
            path.unlink()


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(
    changes=st.lists(st.lists(_change, min_size=1, max_size=3), min_size=2, max_size=6),
    tick_ns=st.sampled_from([2 * 10**9, 2 * 10**7]),
)
def test_any_changes_end_where_a_fresh_build_does(
    tmp_path_factory: pytest.TempPathFactory,
    remembering: Encoder,
    changes: list[list[tuple[str, str, object]]],
    tick_ns: int,
) -> None:
    """With the times of files trusted at once or only later; the vectors of the fresh build are computed anew."""
    home = tmp_path_factory.mktemp("any")
    (home / "corpus").mkdir()
    bench = Bench(home / "corpus", Settings.from_env(indexes=home / "indexes", keep=2), remembering, count())
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(qa.build.survey, "_RACY_NS", tick_ns)
        for step in changes:
            for kind, name, detail in step:
                apply(bench, kind, name, detail)
            try:
                fresh, files = bench.build_fresh()
            except NoArticlesError as why:
                with pytest.raises(NoArticlesError, match=re.escape(str(why))):
                    bench.build()
                continue
            report = bench.build()
            assert content(report) == files
            assert report.left_out == fresh.left_out
            assert counts(report) == counts(fresh)
            assert report.manifest.version == current_version(bench.folder)
            assert len(versions(bench.folder)) <= 2
            assert not source_changes(bench.served)
            assert did(bench.build()) == (False, 0, 0)
    shutil.rmtree(home)


@pytest.mark.skipif(not DATA.is_dir(), reason="../shared/data is not on this machine: no real news to change")
def test_real_news_changes_a_little(bench: Bench) -> None:
    with (DATA / "multihop-news" / "corpus.jsonl").open(encoding="utf-8") as lines:
        rows = [next(lines) for _ in range(4)]
    for number, row in enumerate(rows):
        bench.write(f"{number}.jsonl", row)
    first = bench.build()
    assert first.articles_read == 4
    changed = {**json.loads(rows[1]), "text": json.loads(rows[1])["text"] + "\n\nCorrected on Monday."}
    bench.write("1.jsonl", json.dumps(changed))
    (bench.corpus / "2.jsonl").unlink()
    report = bench.build()
    assert report.articles_read == 1
    assert report.embedded == 1
    assert bench.holds_what_a_fresh_one_does(report)
    pipeline = Pipeline.open(bench.settings)
    assert pipeline.article(json.loads(rows[1])["_id"]).text.endswith("Corrected on Monday.")
    pipeline.close()
