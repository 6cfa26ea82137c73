"""An evaluation on disk: report.json, report.html, and runs and judgements as TREC files."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from qa.errors import SourceError
from qa.evaluate.composer import Evaluation
from qa.evaluate.document import report_document
from qa.evaluate.page import page_of
from qa.evaluate.ranking import Judged, by_article, by_passage, trec_qrels, trec_run
from qa.evaluate.reading import REPORT

PAGE = "report.html"
_TAG = "qa"


def check_out(out: Path, folder: Path) -> None:
    """Refuse a folder whose report would be read as an article the next time, or would lie among other files.

    Raises SourceError.
    """
    inside, whole = out.resolve(), folder.resolve()
    if inside == whole or (inside.is_relative_to(whole) and inside.parent != whole):
        raise SourceError(out, "lies among the articles; choose another folder with --out.")
    if out.exists() and not out.is_dir():
        raise SourceError(out, "is a file; choose a folder with --out.")
    if out.is_dir() and any(out.iterdir()) and not (out / REPORT).is_file():
        raise SourceError(out, "holds files that are no earlier report; choose another folder with --out.")


def write_report(done: Evaluation, out: Path) -> tuple[Path, ...]:
    """Write the report into the folder `out`, over an earlier one; return its files.

    `run.trec` and `qrels.trec` are by article, `passages.*` by passage: any tool of the field can count them again.
    """
    out.mkdir(parents=True, exist_ok=True)
    document = report_document(done)
    articles = [judged for one in done.scored if (judged := by_article(one.asked)) is not None]
    passages = [judged for one in done.scored if (judged := by_passage(one.asked)) is not None]
    contents = {
        REPORT: [json.dumps(document, ensure_ascii=False, indent=1, allow_nan=False)],
        PAGE: [page_of(document)],
        "run.trec": trec_run(_all_rankings(done), _TAG),
        "qrels.trec": trec_qrels(articles),
        "passages.run.trec": trec_run(passages, _TAG),
        "passages.qrels.trec": trec_qrels(passages),
    }
    for name, lines in contents.items():
        write_lines(out / name, lines)
    return tuple(out / name for name in contents)


def _all_rankings(done: Evaluation) -> Iterable[Judged]:
    """Yield the ranking of articles of every question, whether or not it is judged."""
    return (Judged(one.asked.question.id, {}, one.asked.articles) for one in done.scored)


def write_lines(path: Path, lines: Iterable[str]) -> None:
    """Write lines; half of a surrogate pair, which JSON can spell and no file can hold, is replaced."""
    text = "".join(f"{line}\n" for line in lines)
    path.write_bytes(text.encode("utf-8", "replace"))
