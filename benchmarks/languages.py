"""What words find in several languages, against the same search with all articles read as English, in one run.

    python -m benchmarks.languages [--set ../shared/data/squad-open] [--foreign FOLDER]

The inflected questions are those of `tests/inflected.json`, thirty in three languages, each with its words in other
forms than the article that answers it. They are asked among the passages of the set, which is in English, and of
`--foreign`, a folder in other languages. The set's own questions are asked too: those in English must not suffer. A
passage answers one of these that is of its document and has its answer.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.results import Row, against, report
from qa.chunk import chunk, searched_text
from qa.clean import clean
from qa.lexical import LexicalIndex, Text
from qa.load import Limits, find, read
from qa.records import Article, RawDocument

INFLECTED = Path(__file__).resolve().parent.parent / "tests" / "inflected.json"
LIMITS = Limits.from_mb(512, 16)
AS_ENGLISH = "all as English"


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, and whether a row answers it."""

    text: str
    answers: Callable[[int], bool]


def main() -> None:
    """Print the table and write it down."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--set", type=Path, default=Path("../shared/data/squad-open"))
    parser.add_argument("--foreign", type=Path)
    parser.add_argument("--questions", type=int, default=800)
    given = parser.parse_args()
    samples = json.loads(INFLECTED.read_text(encoding="utf-8"))
    own = [Text(text, language) for language, texts in samples["articles"].items() for text in texts]
    english = list(_articles(given.set))
    texts = [*own, *chain.from_iterable(map(_texts, english))]
    rows_of = [None] * len(own) + [article.id for article in english for _ in _texts(article)]
    alone = len(texts)
    if given.foreign:
        texts += chain.from_iterable(map(_texts, _articles(given.foreign)))
    print(f"{alone - len(own):,} passages of the set, {len(texts) - alone:,} of the folder")
    groups = _inflected(samples)
    groups["the set's, in English"] = _english(given.set, rows_of, texts)[: given.questions]
    with TemporaryDirectory() as folder:
        ours = _index(Path(folder) / "ours", texts)
        theirs = _index(Path(folder) / "theirs", [Text(text.text) for text in texts])
    print("languages:", ", ".join(ours.languages))
    rows = [row for name, asked in groups.items() for row in _measured(name, asked, ours, theirs)]
    report("languages", rows, ["PyStemmer", "py3langid"])


def _measured(name: str, asked: Sequence[Asked], ours: LexicalIndex, theirs: LexicalIndex) -> list[Row]:
    rows = []
    for what, k in (("first", 1), ("among ten", 10)):
        share = [
            sum(any(one.answers(hit.row) for hit in index.search(one.text, k)) for one in asked) / len(asked)
            for index in (ours, theirs)
        ]
        rows.append(against(f"{name}: {what}", share[0], "of 1", AS_ENGLISH, share[1] or 1e-9, less_is_better=False))
    return rows


def _inflected(samples: dict[str, dict[str, list[list[object]]]]) -> dict[str, list[Asked]]:
    groups, start = {}, 0
    for language, texts in samples["articles"].items():
        groups[f"inflected, {language}"] = [
            Asked(str(text), (start + int(str(place))).__eq__) for text, place in samples["questions"][language]
        ]
        start += len(texts)
    return groups


def _english(folder: Path, rows_of: Sequence[str | None], texts: Sequence[Text]) -> list[Asked]:
    def answers(document: str, wanted: Sequence[str]) -> Callable[[int], bool]:
        return lambda row: (
            row < len(rows_of) and rows_of[row] == document and any(it in texts[row].text for it in wanted)
        )

    asked = []
    for line in (folder / "queries.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        told = row["metadata"]
        if told.get("answers") and told.get("doc"):
            wanted = [it["text"] if isinstance(it, dict) else it for it in told["answers"]]
            asked.append(Asked(row["text"], answers(told["doc"], wanted)))
    return asked


def _articles(folder: Path) -> list[Article]:
    documents = chain.from_iterable(read(path, LIMITS) for path in find([folder]).files)
    found = (clean(document) for document in documents if isinstance(document, RawDocument))
    return [article for article in found if isinstance(article, Article)]


def _texts(article: Article) -> list[Text]:
    return [Text(searched_text(part, article), article.language) for part in chunk(article, 180)]


def _index(folder: Path, texts: Sequence[Text]) -> LexicalIndex:
    folder.mkdir()
    LexicalIndex.write(folder, texts)
    return LexicalIndex(folder)


if __name__ == "__main__":
    main()
