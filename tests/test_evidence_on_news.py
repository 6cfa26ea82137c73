"""How questions are read and copies are told, on real text: the development sets, where they are there."""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import pytest

from qa.asked import parts, sources_named
from qa.copies import is_copy
from qa.listing import corpus_question
from qa.sentences import sentences

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="the development sets are not here (../shared/data)")


def lines(*path: str) -> list[dict[str, Any]]:
    file = DATA.joinpath(*path)
    if not file.exists():
        pytest.skip(f"{'/'.join(path)} is not here (../shared/data)")
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize("name", ["multihop-news", "squad-open", "scifact"])
def test_no_question_about_the_world_is_taken_for_one_about_the_corpus(name: str) -> None:
    assert [query["text"] for query in lines(name, "queries.jsonl") if corpus_question(query["text"])] == []


def test_no_follow_up_is_taken_for_one_about_the_corpus() -> None:
    turns = lines("canard", "turns.jsonl")
    asked = [turn[kind] for turn in turns for kind in ("question", "rewrite")]
    assert [question for question in asked if corpus_question(question)] == []


def test_questions_of_one_paragraph_stay_whole() -> None:
    questions = [query["text"] for query in lines("squad-open", "queries.jsonl")]
    assert sum(bool(parts(question)) for question in questions) <= len(questions) / 1000


def test_comparisons_are_cut_and_descriptions_of_one_thing_are_not() -> None:
    cut: dict[str, list[bool]] = defaultdict(list)
    for query in lines("multihop-news", "queries.jsonl"):
        cut[query["metadata"]["type"]].append(bool(parts(query["text"])))
    shares = {kind: sum(found) / len(found) for kind, found in cut.items()}
    assert shares["comparison_query"] > 0.75
    assert shares["inference_query"] < 0.1


def test_a_source_whose_name_stands_in_a_question_is_found() -> None:
    known = {line["metadata"]["source"] for line in lines("multihop-news", "corpus.jsonl")}
    plain = [name for name in known if re.fullmatch(r"\w+ \w+(?: \w+)*", name)]  # two plain words: never ambiguous
    checked = 0
    for query in lines("multihop-news", "queries.jsonl"):
        for name in plain:
            if name in query["text"] and not any(name in other and other != name for other in known):
                checked += 1
                assert name in sources_named(query["text"], known), query["text"]
    assert checked > 500


def test_copies_across_articles_never_differ_in_a_number() -> None:
    """Every two sentences of different articles that share three rare words in a row are compared."""
    texts: list[tuple[int, str]] = []
    at: dict[tuple[str, ...], set[int]] = defaultdict(set)
    for number, line in enumerate(lines("multihop-news", "corpus.jsonl")):
        for span in sentences(line["text"]):
            text = line["text"][span.start : span.end]
            words = re.findall(r"\w+", text.casefold())
            for start in range(0, len(words) - 7, 4):
                at[tuple(words[start : start + 4])].add(len(texts))
            texts.append((number, text))
    together = Counter(
        (one, other)
        for places in at.values()
        if len(places) < 20
        for one in places
        for other in places
        if one < other and texts[one][0] != texts[other][0] and texts[one][1] != texts[other][1]
    )
    copies = [(texts[one][1], texts[other][1]) for one, other in together if is_copy(texts[one][1], texts[other][1])]
    assert len(copies) > 15
    for one, other in copies:
        assert re.findall(r"\d+", one) == re.findall(r"\d+", other), (one, other)
