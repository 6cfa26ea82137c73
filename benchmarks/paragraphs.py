"""Write squad-open as a set in which every paragraph is an article of its own, to see which paragraph is found.

    python -m benchmarks.paragraphs FOLDER
    qa eval FOLDER

Reads ../shared/data/squad-open (24 encyclopedia articles). Each paragraph keeps its article's title and is called by
the article's id and where it starts; each answerable question is judged by its gold paragraph, so that recall@1 and
recall@5 by article are those of pooled paragraphs, as SQuAD is commonly made into a retrieval task.
"""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

DATA = Path(__file__).resolve().parent.parent.parent / "shared" / "data" / "squad-open"
_PARAGRAPH = re.compile(r"\S(?:[^\n]|\n(?!\n))*")


@dataclass(frozen=True)
class Paragraph:
    """A paragraph: the article it is of, its title, and where in the article's text it starts and ends."""

    article: str
    title: str
    start: int
    end: int
    text: str

    @property
    def id(self) -> str:
        """What the paragraph is called as an article."""
        return f"{self.article}:{self.start}"


def paragraphs_of(article: Mapping[str, Any]) -> Iterator[Paragraph]:
    """Yield what stands between blank lines."""
    for found in _PARAGRAPH.finditer(article["text"]):
        yield Paragraph(article["_id"], article["title"], found.start(), found.end(), found[0])


def write_set(data: Path, folder: Path) -> tuple[int, int]:
    """Write the set into `folder`; return how many paragraphs and questions it holds."""
    pooled = [paragraph for article in _rows(data / "corpus.jsonl") for paragraph in paragraphs_of(article)]
    by_article: dict[str, list[Paragraph]] = {}
    for paragraph in pooled:
        by_article.setdefault(paragraph.article, []).append(paragraph)
    questions = [query for query in _rows(data / "queries.jsonl") if query["metadata"]["answerable"]]
    gold = {query["_id"]: _gold(query["metadata"], by_article).id for query in questions}
    (folder / "qrels").mkdir(parents=True, exist_ok=True)
    _write(folder / "corpus.jsonl", ({"_id": one.id, "title": one.title, "text": one.text} for one in pooled))
    _write(folder / "queries.jsonl", (_query(query, gold[query["_id"]]) for query in questions))
    lines = ["query-id\tcorpus-id\tscore", *(f"{query}\t{paragraph}\t1" for query, paragraph in gold.items())]
    (folder / "qrels" / "test.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return len(pooled), len(questions)


def _gold(metadata: Mapping[str, Any], by_article: Mapping[str, list[Paragraph]]) -> Paragraph:
    """Return the paragraph in which the answer stands; the span that the set gives can begin with white space."""
    start = metadata["answers"][0]["start"]
    return next(one for one in by_article[metadata["doc"]] if one.start <= start < one.end)


def _query(query: Mapping[str, Any], paragraph: str) -> dict[str, Any]:
    answers = list(dict.fromkeys(answer["text"] for answer in query["metadata"]["answers"]))
    return {"_id": query["_id"], "text": query["text"], "metadata": {"doc": paragraph, "answers": answers}}


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    yield from map(json.loads, path.read_text(encoding="utf-8").rstrip("\n").split("\n"))


def _write(path: Path, rows: Iterable[Mapping[str, Any]]) -> None:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")


def main() -> None:
    """Write the set and say what it holds."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    given = parser.parse_args()
    paragraphs, questions = write_set(DATA, given.folder)
    print(f"{paragraphs:,} paragraphs, {questions:,} questions in {given.folder}; now: qa eval {given.folder}")


if __name__ == "__main__":
    main()
