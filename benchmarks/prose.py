"""What the checks of an LLM's sentences catch, and what they cost in good ones, on sentences made from questions.

    python -m benchmarks.prose [--part even] [--most 400] [--examples 3]

Reads ../shared/data/squad-open. A question about the subject of a sentence and its gold answer are put together as a
statement (after Demszky et al. 2018, "Transforming question answering datasets into natural language inference
datasets"): "Who founded the abbey?" and "Odo" make "Odo founded the abbey.", a person's own paraphrase of the sentence
that holds the answer. Each such sentence is also spoilt in one place, in several ways. Thresholds were chosen on the
even part (by the hash of the question's id); the odd part was not looked at.

A paraphrase counts as good although it may say what only the sentences around its quotation say: what is lost there is
lost rightly, so that `kept` is a lower bound.
"""

from __future__ import annotations

import argparse
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from random import Random
from typing import Any

from benchmarks.results import Row, report
from qa.config import Settings
from qa.llm.verify import judged
from qa.loading import load_reranker
from qa.mentions import Mention, dates, names, numbers
from qa.records import Fault
from qa.sentences import sentences

DATA = Path(__file__).resolve().parent.parent.parent / "shared" / "data" / "squad-open"
GOOD = ("quoted", "paraphrased")

_AUXILIARY = "is|was|are|were|did|does|do|has|have|had|can|could|will|would|should|may|might|must"
_SUBJECT = re.compile(
    rf"(?:Who|What|Which\s\w+|What\s\w+)\s(?!(?:{_AUXILIARY})\b)(\w+(?:ed|s|w|ld|nt|ade|ote|ave|ook|un|an|on)\s.+)\?"
)
_COPULA = re.compile(r"(?:Who|What)\s(is|was|are|were)\s(?!it\b|there\b)([^,]+)\?")
_HOW_MANY = re.compile(r"How many ([\w\s-]+?\s(?:were|are|was|is|have|had|live|lived|died|attended|voted)\b.*)\?")
_VERB = re.compile(r"\b(is|was|are|were|has|have|had|can|could|will|would)\b")


@dataclass(frozen=True, slots=True)
class Pair:
    """A sentence that cites a quotation, and how it came about."""

    kind: str
    sentence: str
    quotation: str


def main() -> None:
    """Print what is kept and caught, by kind, and write it to `benchmarks/results/`."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--part", choices=["even", "odd"], default="odd")
    parser.add_argument("--most", type=int, default=400, help="questions")
    parser.add_argument("--examples", type=int, default=0, help="print so many of each kind that went wrong")
    given = parser.parse_args()
    pairs = list(_pairs(given.part, given.most))
    score = load_reranker(Settings.from_env()).score
    found = [judged(pair.sentence, pair.quotation, score) for pair in pairs]
    rows = []
    for kind in dict.fromkeys(pair.kind for pair in pairs):
        places = [place for place, pair in enumerate(pairs) if pair.kind == kind]
        passed = [place for place in places if found[place] is None]
        good = kind in GOOD
        share = len(passed) / len(places) if good else 1 - len(passed) / len(places)
        why = Counter(it.name.lower() for place in places if (it := found[place]) is not None)
        note = f"of {len(places)}; {', '.join(f'{name} {number}' for name, number in why.most_common())}"
        rows.append(Row(f"{kind}: {'kept' if good else 'caught'}", 100 * share, "%", note=note))
        wrong = [place for place in places if (place in passed) != good]
        _show([(pairs[place], found[place]) for place in wrong[: given.examples]])
    report("prose", rows)


def _show(examples: list[tuple[Pair, Fault | None]]) -> None:
    for pair, why in examples:
        print(f"\n{pair.kind}: {pair.sentence}  ({why.name if why else 'passes'})\n  {pair.quotation}")


def _pairs(part: str, most: int) -> Iterator[Pair]:
    """Yield each statement with its quotation, as it is and spoilt."""
    articles = {it["_id"]: it["text"] for it in _lines("corpus.jsonl")}
    made = [it for it in _stated(articles) if (int(sha256(it[0].encode()).hexdigest(), 16) % 2 == 1) == (part == "odd")]
    chance = Random(5)
    chance.shuffle(made)
    made = made[:most]
    for _, doc, sentence, quotation, paragraph in made:
        yield Pair("quoted", quotation, quotation)
        yield Pair("paraphrased", sentence, quotation)
        others = [text for text in paragraph if text != quotation]
        if others:
            yield Pair("another sentence of the paragraph", chance.choice(others), quotation)
        far = chance.choice(made)
        if far[1] != doc:
            yield Pair("with a clause from elsewhere", f"{sentence[:-1]}, and {far[2]}", quotation)
        yield from _spoilt(sentence, quotation, articles[doc], chance)


def _spoilt(sentence: str, quotation: str, article: str, chance: Random) -> Iterator[Pair]:
    inside = [name.text for name in names(quotation)]
    outside = [name.text for name in names(article) if name.text not in quotation]
    here = [name.text for name in names(sentence) if name.text in quotation]
    if here and outside:
        yield Pair("another name", sentence.replace(chance.choice(here), chance.choice(outside)), quotation)
    others = [name for name in inside if name not in sentence]
    if here and others:
        yield Pair(
            "another name of the quotation", sentence.replace(chance.choice(here), chance.choice(others)), quotation
        )
    if len(set(here)) > 1:
        one, other = chance.sample(sorted(set(here)), 2)
        swapped = sentence.replace(one, "\0").replace(other, one).replace("\0", other)
        yield Pair("two names change places", swapped, quotation)
    figures = [number for number in numbers(sentence) if number.text.isdigit()]
    if figures:
        number = chance.choice(figures)
        spoilt = (
            sentence[: number.span.start]
            + str(int(number.value) + chance.choice([1, 2, 10]))
            + sentence[number.span.end :]
        )
        yield Pair("another number", spoilt, quotation)
    yield from _others_of_the_quotation(sentence, quotation, chance)
    years = re.findall(r"\b1\d{3}\b|\b20\d\d\b", sentence)
    if years:
        yield Pair(
            "another year", sentence.replace(years[0], str(int(years[0]) + chance.choice([-1, 1, 10]))), quotation
        )
    if _VERB.search(sentence) and " not " not in sentence:
        yield Pair("denied", _VERB.sub(r"\1 not", sentence, count=1), quotation)
        yield Pair("denied with never", _VERB.sub(r"\1 never", sentence, count=1), quotation)


def _others_of_the_quotation(sentence: str, quotation: str, chance: Random) -> Iterator[Pair]:
    of_kind: dict[str, Callable[[str], Sequence[Mention[str]] | Sequence[Mention[float]]]] = {
        "another number of the quotation": numbers,
        "another date of the quotation": dates,
    }
    for kind, find in of_kind.items():
        here, there = find(sentence), [it.text for it in find(quotation) if it.text not in sentence]
        if here and there:
            old = chance.choice([it.span for it in here])
            spoilt = sentence[: old.start] + chance.choice(there) + sentence[old.end :]
            yield Pair(kind, spoilt, quotation)


def _stated(articles: dict[str, str]) -> Iterator[tuple[str, str, str, str, list[str]]]:
    """Yield id, article, statement, the sentence with the answer, and all sentences of its paragraph."""
    for query in _lines("queries.jsonl"):
        about = query["metadata"]
        if about["kind"] != "answerable":
            continue
        answer = about["answers"][0]
        statement = _statement(query["text"].strip(), answer["text"].strip(" .,"))
        if statement is None:
            continue
        text, (start, end) = articles[about["doc"]], about["paragraph"]
        spans = sentences(text[start:end])
        holding = [span for span in spans if span.start <= answer["start"] - start < span.end]
        if holding:
            said = [text[start + span.start : start + span.end] for span in spans]
            yield query["_id"], about["doc"], statement, said[spans.index(holding[0])], said


def answered() -> Iterator[tuple[str, str]]:
    """Yield each question that has an answer, with the sentence that holds it."""
    articles = {it["_id"]: it["text"] for it in _lines("corpus.jsonl")}
    for query in _lines("queries.jsonl"):
        about = query["metadata"]
        if about["kind"] == "answerable":
            text, (start, end), answer = articles[about["doc"]], about["paragraph"], about["answers"][0]["start"]
            for span in sentences(text[start:end]):
                if span.start <= answer - start < span.end:
                    yield query["text"].strip(), text[start + span.start : start + span.end]


def _statement(question: str, answer: str) -> str | None:
    """Return what a question about the subject says with its answer; None for a question of another shape."""
    if match := _HOW_MANY.fullmatch(question):
        return _sentence(f"{answer} {match[1]}") if numbers(answer) else None
    if match := _COPULA.fullmatch(question):
        return _sentence(f"{match[2]} {match[1]} {answer}")
    if match := _SUBJECT.fullmatch(question):
        return _sentence(f"{answer} {match[1]}")
    return None


def _sentence(words: str) -> str:
    return f"{words[0].upper()}{words[1:].strip()}."


def _lines(name: str) -> Iterator[Any]:
    with (DATA / name).open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)


if __name__ == "__main__":
    main()
