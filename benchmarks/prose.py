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
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import unquote

from benchmarks.results import Row, report
from qa.config import Settings
from qa.llm.referents import Around, spelt_out
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
    """A sentence that cites a quotation, how it came about, and where the quotation stands."""

    kind: str
    sentence: str
    quotation: str
    around: Around


@dataclass(frozen=True, slots=True)
class Stated:
    """A question put into a statement with its answer, and where the answer stands."""

    id: str
    doc: str
    sentence: str
    quotation: str
    paragraph: tuple[str, ...]
    around: Around


def main() -> None:
    """Print what is kept and caught, by kind, and write it to `benchmarks/results/`."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--part", choices=["even", "odd"], default="odd")
    parser.add_argument("--most", type=int, default=400, help="questions")
    parser.add_argument("--examples", type=int, default=0, help="print so many of each kind that went wrong")
    given = parser.parse_args()
    pairs = list(_pairs(given.part, given.most))
    score = load_reranker(Settings.from_env()).score
    found = [judged(it.sentence, it.quotation, score, spelt_out(it.quotation, it.around)) for it in pairs]
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
    articles = {it["_id"]: it for it in _lines("corpus.jsonl")}
    made = [it for it in _stated(articles) if (int(sha256(it.id.encode()).hexdigest(), 16) % 2 == 1) == (part == "odd")]
    chance = Random(5)
    chance.shuffle(made)
    made = made[:most]
    for it in made:
        yield from _of(it, articles[it.doc]["text"], made, chance)


def _of(it: Stated, article: str, made: Sequence[Stated], chance: Random) -> Iterator[Pair]:
    def pair(kind: str, sentence: str) -> Pair:
        return Pair(kind, sentence, it.quotation, it.around)

    yield pair("quoted", it.quotation)
    yield pair("paraphrased", it.sentence)
    others = [text for text in it.paragraph if text != it.quotation]
    if others:
        yield pair("another sentence of the paragraph", chance.choice(others))
    far = chance.choice(made)
    if far.doc != it.doc:
        yield pair("with a clause from elsewhere", f"{it.sentence[:-1]}, and {far.sentence}")
    for kind, sentence in _spoilt(it.sentence, it.quotation, article, chance):
        yield pair(kind, sentence)
    for kind, sentence in _of_the_passage(it, Random(it.id)):
        yield pair(kind, sentence)


def _of_the_passage(it: Stated, chance: Random) -> Iterator[tuple[str, str]]:
    """Yield the statement with names of the title or the sentences before in the place of others, and of these."""
    around = [name.text for text in (*it.around.titles, *it.around.before) for name in names(text)]
    fresh = [name for name in around if name not in it.quotation and name not in it.sentence]
    here = [name.text for name in names(it.sentence)]
    quoted = [name for name in here if name in it.quotation]
    if quoted and fresh:
        yield "a name of the passage for another", it.sentence.replace(chance.choice(quoted), chance.choice(fresh))
    titled = [title for title in it.around.titles if title in fresh]
    if quoted and titled:
        yield "the title for another name", it.sentence.replace(chance.choice(quoted), titled[0])
    carried = [name for name in here if name in around and name not in it.quotation]
    if carried and fresh:
        yield "another name for one of the passage", it.sentence.replace(chance.choice(carried), chance.choice(fresh))


def _spoilt(sentence: str, quotation: str, article: str, chance: Random) -> Iterator[tuple[str, str]]:
    inside = [name.text for name in names(quotation)]
    outside = [name.text for name in names(article) if name.text not in quotation]
    here = [name.text for name in names(sentence) if name.text in quotation]
    if here and outside:
        yield "another name", sentence.replace(chance.choice(here), chance.choice(outside))
    others = [name for name in inside if name not in sentence]
    if here and others:
        yield "another name of the quotation", sentence.replace(chance.choice(here), chance.choice(others))
    if len(set(here)) > 1:
        one, other = chance.sample(sorted(set(here)), 2)
        swapped = sentence.replace(one, "\0").replace(other, one).replace("\0", other)
        beside = "|".join(rf"{re.escape(a)},? (?:and )?{re.escape(b)}" for a, b in ((one, other), (other, one)))
        if not re.search(beside, sentence):
            yield "two names change places", swapped  # of two beside each other in a list the same is told
    figures = [number for number in numbers(sentence) if number.text.isdigit()]
    if figures:
        number = chance.choice(figures)
        spoilt = (
            sentence[: number.span.start]
            + str(int(number.value) + chance.choice([1, 2, 10]))
            + sentence[number.span.end :]
        )
        yield "another number", spoilt
    yield from _others_of_the_quotation(sentence, quotation, chance)
    years = re.findall(r"\b1\d{3}\b|\b20\d\d\b", sentence)
    if years:
        yield "another year", sentence.replace(years[0], str(int(years[0]) + chance.choice([-1, 1, 10])))
    if _VERB.search(sentence) and " not " not in sentence:
        yield "denied", _VERB.sub(r"\1 not", sentence, count=1)
        yield "denied with never", _VERB.sub(r"\1 never", sentence, count=1)


def _others_of_the_quotation(sentence: str, quotation: str, chance: Random) -> Iterator[tuple[str, str]]:
    of_kind: dict[str, Callable[[str], Sequence[Mention[str]] | Sequence[Mention[float]]]] = {
        "another number of the quotation": numbers,
        "another date of the quotation": dates,
    }
    for kind, find in of_kind.items():
        here, there = find(sentence), [it.text for it in find(quotation) if it.text not in sentence]
        if here and there:
            old = chance.choice([it.span for it in here])
            spoilt = sentence[: old.start] + chance.choice(there) + sentence[old.end :]
            yield kind, spoilt


def _stated(articles: Mapping[str, Any]) -> Iterator[Stated]:
    """Yield the statements that can be made, each with the sentence that has the answer."""
    for query in _lines("queries.jsonl"):
        about = query["metadata"]
        if about["kind"] != "answerable":
            continue
        answer = about["answers"][0]
        statement = _statement(query["text"].strip(), answer["text"].strip(" .,"))
        if statement is None:
            continue
        article, (start, end) = articles[about["doc"]], about["paragraph"]
        text = article["text"]
        spans = sentences(text[start:end])
        holding = [span for span in spans if span.start <= answer["start"] - start < span.end]
        if holding:
            said = tuple(text[start + span.start : start + span.end] for span in spans)
            place = spans.index(holding[0])
            around = Around((unquote(article["title"]),), said[:place])
            yield Stated(query["_id"], about["doc"], statement, said[place], said, around)


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
    return f"{words[0].upper()}{words[1:].rstrip()}."


def _lines(name: str) -> Iterator[Any]:
    with (DATA / name).open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)


if __name__ == "__main__":
    main()
