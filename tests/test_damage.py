"""A file of an index that is not what was written is refused by name, or what it gives away is caught: never quoted."""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from qa.build import Report
from qa.config import Settings
from qa.errors import ArticleIndexError, IndexDamagedError
from qa.index import current_version, index_folder, roll_back, version_folder, versions
from qa.manifest import MANIFEST, check_files, read_manifest
from qa.pipeline import Pipeline
from qa.records import Answer

ROOT = Path(__file__).resolve().parent.parent
SEED = 20240527
QUESTION = "How many hours does the bread of note 3 bake?"


@dataclass(frozen=True)
class Kept:
    """An index of two versions that tests copy, and the answer of each."""

    settings: Settings
    corpus: Path
    pipeline: Pipeline
    old: Answer
    new: Answer

    def copied(self, folder: Path) -> Settings:
        shutil.copytree(self.settings.indexes, folder)
        return replace(self.settings, indexes=folder)

    def asked(self, settings: Settings) -> Answer:
        pipeline = replace(self.pipeline, settings=settings).reopened()
        try:
            return alike(pipeline.ask(QUESTION))
        finally:
            pipeline.close()


def alike(answer: Answer) -> Answer:
    return replace(answer, timings_ms={}, index_version="")


def served(settings: Settings) -> Path:
    folder = index_folder(settings.indexes, settings.index)
    return version_folder(folder, current_version(folder))


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory, build_index: Callable[..., Report]) -> Iterator[Kept]:
    home = tmp_path_factory.mktemp("kept")
    settings = Settings.from_env(indexes=home / "indexes")
    corpus = home / "corpus"
    corpus.mkdir()
    answers = []
    for hours in (4, 7):
        for number in range(1, 7):
            (corpus / f"{number}.txt").write_text(
                f"Note {number}\n\nThe bread of note {number} bakes for {hours + number} hours. It is white.",
                encoding="utf-8",
            )
        if hours == 7:
            (corpus / "7.txt").write_text("Note 7\n\nAnother note came on Tuesday.", encoding="utf-8")
        build_index(settings, corpus)
        pipeline = Pipeline.open(settings)
        answers.append(alike(pipeline.ask(QUESTION)))
        if hours == 4:
            pipeline.close()
    assert [answer.answer for answer in answers] == [
        f"The bread of note 3 bakes for {hours} hours." for hours in (7, 10)
    ]
    yield Kept(settings, corpus, pipeline, *answers)
    pipeline.close()


def names(settings: Settings) -> list[str]:
    return [*read_manifest(served(settings)).files, MANIFEST]


def put(path: Path, data: bytes) -> None:
    """Replace a file; another version may have the same one by a hard link."""
    path.unlink()
    path.write_bytes(data)


def harms(settings: Settings, name: str) -> Iterator[tuple[str, bytes | None]]:
    """Yield ways in which a file can be damaged, with what it holds then; None for a file that is gone."""
    data = (served(settings) / name).read_bytes()
    yield "removed", None
    yield "emptied", b""
    yield "one byte short", data[:-2] if name == MANIFEST else data[:-1]  # the last line end of a text means nothing
    yield "half", data[: len(data) // 2]
    yield "longer", data + b"x"
    drawn = random.Random(SEED)
    for place in drawn.sample(range(len(data)), min(6, len(data))):
        bit = drawn.randrange(8)
        yield f"bit {bit} of byte {place}", data[:place] + bytes([data[place] ^ 1 << bit]) + data[place + 1 :]
    folder = index_folder(settings.indexes, settings.index)
    other = version_folder(folder, versions(folder)[1].id) / name
    if other.is_file() and other.read_bytes() != data:
        yield "another version's", other.read_bytes()


def test_any_harm_to_any_file_is_named_with_what_mends_it(kept: Kept, tmp_path: Path) -> None:
    settings = kept.copied(tmp_path / "indexes")
    folder = served(settings)
    seen = Counter[str]()
    for name in names(settings):
        path = folder / name
        data = path.read_bytes()
        for harm, damaged in harms(settings, name):
            if damaged is None:
                path.unlink()
            else:
                put(path, damaged)
            with pytest.raises(ArticleIndexError) as caught:
                kept.asked(settings)
            told = str(caught.value)
            assert "`qa build`" in told, (name, harm, told)
            assert name in told or (name == MANIFEST and "format" in told), (name, harm, told)
            path.unlink(missing_ok=True)
            path.write_bytes(data)
            seen[name] += 1
    assert set(seen) == {*read_manifest(folder).files, MANIFEST}
    assert min(seen.values()) >= 11
    assert kept.asked(settings) == kept.new


def test_every_bit_of_the_manifest_counts(kept: Kept, tmp_path: Path) -> None:
    settings = kept.copied(tmp_path / "indexes")
    path = served(settings) / MANIFEST
    data = path.read_bytes()
    for place in range(len(data)):
        flipped = data[place] ^ 1 << random.Random(place).randrange(8)
        path.write_bytes(data[:place] + bytes([flipped]) + data[place + 1 :])
        with pytest.raises(ArticleIndexError, match="`qa build`"):
            read_manifest(path.parent)


def test_a_build_after_harm_starts_anew(kept: Kept, tmp_path: Path, build_index: Callable[..., Report]) -> None:
    """Whichever file it was; and nothing of the damaged version goes into the new one."""
    for number, name in enumerate(names(kept.settings)):
        settings = kept.copied(tmp_path / str(number))
        path = served(settings) / name
        data = path.read_bytes()
        place = len(data) // 2
        put(path, data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :])
        report = build_index(settings, kept.corpus)
        assert (report.published, report.articles_read, report.embedded) == (True, 7, 0), name
        check_files(served(settings), report.manifest, every_byte=True)
        assert kept.asked(settings) == kept.new


def test_going_back_mends_what_cannot_be_opened(kept: Kept, tmp_path: Path) -> None:
    settings = kept.copied(tmp_path / "indexes")
    (served(settings) / "store" / "articles.sqlite").unlink()
    with pytest.raises(IndexDamagedError, match=r"articles\.sqlite .*`qa rollback`"):
        kept.asked(settings)
    roll_back(index_folder(settings.indexes, settings.index), None)
    assert kept.asked(settings) == kept.old


def test_no_going_back_to_a_damaged_version(kept: Kept, tmp_path: Path) -> None:
    settings = kept.copied(tmp_path / "indexes")
    folder = index_folder(settings.indexes, settings.index)
    old = version_folder(folder, versions(folder)[1].id)
    path = next(path for path in (old / "dense").iterdir() if path.suffix != ".json")
    put(path, path.read_bytes()[:-1] + b"x")
    with pytest.raises(IndexDamagedError, match=rf"{path.name} is missing or damaged"):
        roll_back(folder, None)
    assert kept.asked(settings) == kept.new


FLIPPING = """
import json, random, sys
from pathlib import Path
import qa.index.opening
from qa.config import Settings
from qa.errors import QaError
from qa.index import current_version, index_folder, version_folder
from qa.manifest import MANIFEST, read_manifest
from qa.pipeline import Pipeline

qa.index.opening.VERIFIED_AT_OPENING = 0
how = json.loads(sys.argv[1])
settings = Settings.from_env(indexes=Path(how["indexes"]))
folder = index_folder(settings.indexes, settings.index)
version = version_folder(folder, current_version(folder))
pipeline = Pipeline.open(settings)

def asked():
    opened = pipeline.reopened()
    try:
        answer = opened.ask(how["question"])
        for citation in answer.citations:
            true = texts[citation.article_id]
            assert true[citation.start_char_index : citation.end_char_index] == citation.cited_text
        for passage in answer.passages:
            assert passage.article.text == texts[passage.article.id]
            assert passage.chunk.article_id == passage.article.id
            assert passage.chunk in chunks
        return [citation.cited_text for citation in answer.citations], [p.chunk.id for p in answer.passages]
    finally:
        opened.close()

texts = {article.id: article.text for article in pipeline.index.store.articles()}
chunks = {chunk for chunk, _ in pipeline.index.store.every_chunk()}
true = asked()
drawn = random.Random(how["seed"])
for name in read_manifest(version).files:
    path = version / name
    data = path.read_bytes()
    # The heads of files say how they are to be read, so much of the harm is done there.
    places = [drawn.randrange(min(len(data), 400)) for _ in range(how["flips"])]
    places += [drawn.randrange(len(data)) for _ in range(how["flips"])]
    for place in places:
        bit = drawn.randrange(8)
        print(json.dumps([name, place, bit]), end=" ", flush=True)
        path.unlink()
        path.write_bytes(data[:place] + bytes([data[place] ^ 1 << bit]) + data[place + 1 :])
        try:
            told = "same" if asked() == true else "other order"
        except QaError as error:
            told = "refused" if "`qa build`" in str(error) else f"unclear: {error}"
        except Exception as error:
            told = f"{type(error).__name__}: {error}"
        print(json.dumps(told), flush=True)
    path.unlink()
    path.write_bytes(data)
"""


@pytest.mark.parametrize("dense", ["flat", "ivf"])
def test_what_is_read_unverified_is_never_quoted_wrongly(
    kept: Kept, tmp_path: Path, build_index: Callable[..., Report], dense: str
) -> None:
    """A large version is opened by the sizes of its files: a flipped bit may change an order, and never a quotation.

    It is found by `qa status --verify`, and by the server in the background.
    """
    settings = replace(kept.settings, indexes=tmp_path / "indexes", dense=dense)
    corpus = tmp_path / "corpus.jsonl"
    rows = [
        {
            "_id": f"n{number}",
            "title": f"Note {number}",
            "text": f"The bread of note {number} bakes for {number + 4} hours.",
        }
        for number in range(60)
    ]
    corpus.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    assert build_index(settings, corpus).manifest.recipe.dense == dense
    how = {"indexes": str(settings.indexes), "question": QUESTION, "flips": 12, "seed": SEED}
    done = subprocess.run(
        [sys.executable, "-c", FLIPPING, json.dumps(how)],
        cwd=ROOT,
        env={**os.environ, "QA_MODELS": str(settings.models), "QA_RERANK": "2", "QA_K": "10", "QA_THREADS": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{done.returncode} after {done.stdout.splitlines()[-1:]}: {done.stderr[-2000:]}"
    told = Counter[str]()
    wrong = []
    for line in done.stdout.splitlines():
        where, what = line.split("] ", 1)
        outcome = json.loads(what)
        told[outcome] += 1
        if outcome not in ("same", "other order", "refused"):
            wrong.append((where, outcome))
    assert wrong == []
    assert told["same"] > told["other order"]
