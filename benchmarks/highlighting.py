"""How often the words marked inside a quote are the answer, by kind of question, on squad-open.

    python -m benchmarks.highlighting [--half odd] [--set NEAR=4 ...]

Reads ../shared/data/squad-open. The quote is the gold sentence, so that only the marking is measured. `given` is the
share of questions that get a mark; `overlap`, `F1` and `exact` are of the questions that do (F1 over words, best over
the gold answers, as SQuAD has it). `reach`: the gold answer shares a word with some candidate. The constants were
chosen on the even half; the odd half was not looked at.
"""

from __future__ import annotations

import argparse
import json
import re
import string
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from qa.expected import Expected, expected
from qa.highlight import choice
from qa.highlight.candidates import candidates
from qa.sentences import sentences

DATA = Path(__file__).resolve().parent.parent.parent / "shared" / "data" / "squad-open"
KINDS = (Expected.PERSON, Expected.PLACE, Expected.ENTITY, Expected.DATE, Expected.NUMBER)
_ARTICLES = re.compile(r"\b(?:a|an|the)\b")


def main() -> None:
    """Print a table: a row for each kind, and one for all kinds that have a shape."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--half", choices=["even", "odd"], default="odd")
    parser.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", help="a constant of choice.py")
    parser.add_argument("--misses", type=int, default=0, help="print so many marks that share no word with the answer")
    given = parser.parse_args()
    for change in given.set:
        name, _, value = change.partition("=")
        setattr(choice, name, float(value))
    rows = list(_measured(0 if given.half == "even" else 1))
    print(f"squad-open, answerable questions, {given.half} half: {len(rows)}")
    print(f"{'kind':<12} questions  given  overlap     F1  exact  reach")
    for kind in KINDS:
        print(_row(kind, [row for row in rows if row["kind"] is kind]))
    print(_row("all of these", [row for row in rows if row["kind"] in KINDS]))
    for row in [row for row in rows if row["kind"] in KINDS and row["marked"] and not row["f1"]][: given.misses]:
        print(f"\n{row['kind']}: {row['question']}\n  {row['text']}\n  {row['marked']!r}, gold {row['gold']!r}")


def _measured(remainder: int) -> Iterator[dict[str, Any]]:
    articles = {row["_id"]: row["text"] for row in _rows("corpus.jsonl")}
    spans = {article: sentences(text) for article, text in articles.items()}
    asked = [row for row in _rows("queries.jsonl") if row["metadata"]["kind"] == "answerable"]
    for query in asked[remainder::2]:
        about = query["metadata"]
        text = articles[about["doc"]]
        start = about["answers"][0]["start"]
        quote = next(text[span.start : span.end] for span in spans[about["doc"]] if span.start <= start < span.end)
        gold = [answer["text"] for answer in about["answers"]]
        kind = expected(query["text"])
        marked = " ".join(quote[span.start : span.end] for span in choice.highlights(query["text"], quote, kind))
        able = [quote[found.span.start : found.span.end] for found in candidates(query["text"], quote, kind)]
        yield {
            "question": query["text"], "kind": kind, "text": quote, "gold": gold, "marked": marked,
            "f1": _best(marked, gold), "exact": any(_words(marked) == _words(one) for one in gold),
            "reach": any(_best(one, gold) for one in able),
        }  # fmt: skip


def _rows(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (DATA / name).read_text(encoding="utf-8").splitlines()]


def _row(name: str, rows: list[dict[str, Any]]) -> str:
    marked = [row for row in rows if row["marked"]]
    given = len(marked) / len(rows)
    overlap, f1, exact = (sum(map(measure, marked)) / len(marked) for measure in (_overlaps, _f1, _exact))
    reach = sum(row["reach"] for row in rows) / len(rows)
    return f"{name:<12} {len(rows):9d} {given:6.3f} {overlap:8.3f} {f1:6.3f} {exact:6.3f} {reach:6.3f}"


def _overlaps(row: dict[str, Any]) -> float:
    return float(row["f1"] > 0)


def _f1(row: dict[str, Any]) -> float:
    return float(row["f1"])


def _exact(row: dict[str, Any]) -> float:
    return float(row["exact"])


def _best(said: str, gold: list[str]) -> float:
    return max(_token_f1(_words(said), _words(one)) for one in gold)


def _token_f1(said: list[str], gold: list[str]) -> float:
    shared = sum((Counter(said) & Counter(gold)).values())
    return 2 * shared / (len(said) + len(gold)) if shared else 0.0


def _words(text: str) -> list[str]:
    """Return the words of an answer as SQuAD's own script compares them: folded, no marks, no articles."""
    bare = "".join(character for character in text.lower() if character not in string.punctuation)
    return _ARTICLES.sub(" ", bare).split()


if __name__ == "__main__":
    main()
