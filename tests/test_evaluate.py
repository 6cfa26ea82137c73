"""What an evaluation is made of, each part by worked example and against a reference."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from qa.errors import BadSettingError, SourceError
from qa.evaluate import Selection, check_out, read_set
from qa.evaluate.gold import Aligner, raw_texts
from qa.evaluate.intervals import of_groups, of_mean, of_pairs, of_percentile
from qa.evaluate.page import pieces_of
from qa.evaluate.places import FactPlace, SpanPlace, WordsPlace
from qa.evaluate.ranking import Judged, by_passage, facts_found, measures_of, trec_qrels, trec_run
from qa.evaluate.records import Asked, Gold, GoldAnswer, Question, Rule, Verdict
from qa.evaluate.scoring import EXACT, F1, FIRST_HOLDS, FIRST_WORDS, HOLDS, WORDS, score
from qa.evaluate.silence import (
    answered_at,
    aurc,
    auroc,
    brier,
    calibration_error,
    refusal_precision,
    refusal_recall,
    reliability,
    risk_coverage,
)
from qa.evaluate.wording import exact_match, f1, holds, normalised
from qa.load import Limits
from qa.records import Article, Chunk, Citation, Highlight, Outcome, Passage, Span, Standing

LIMITS = Limits.from_mb(1, 1)


def written(folder: Path, queries: list[Any], **files: str) -> Path:
    """A set in `folder`; names of files spell "/" as "__"."""
    lines = [query if isinstance(query, str) else json.dumps(query) for query in queries]
    for name, text in {"queries.jsonl": "\n".join(lines), **files}.items():
        path = folder / name.replace("__", "/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def question(**given: Any) -> Question:
    """A question of which nothing is known but what is given."""
    known: dict[str, Any] = {
        "id": "1", "text": "Who?", "place": "queries.jsonl:1", "group": "", "answerable": True, "relevant": {},
        "doc": None, "paragraph": None, "answers": (), "facts": (),
    }  # fmt: skip
    return Question(**{**known, **given})


def citation(text: str, start: int = 0, article_id: str = "a", marked: tuple[int, int] | None = None) -> Citation:
    marks = () if marked is None else (Highlight(*marked),)
    return Citation(
        cited_text=text, document_index=0, document_title="T", start_char_index=start,
        end_char_index=start + len(text), article_id=article_id, chunk_id="a:0", url=None, highlights=marks,
    )  # fmt: skip


def asked(**given: Any) -> Asked:
    """What came of a question: by default nothing was found and nothing is known."""
    known: dict[str, Any] = {
        "question": question(), "gold": Gold({}, (), (), (), {}), "outcome": Outcome.ANSWERED, "confidence": 0.9,
        "signals": {}, "citations": (), "passages": (), "articles": (), "place_ranks": (), "top": (), "inexact": (),
    }  # fmt: skip
    return Asked(**{**known, **given})


# --- reading a set


def test_a_set_of_a_person_has_questions_beside_the_articles(tmp_path: Path) -> None:
    folder = written(
        tmp_path / "mine",
        [
            {"text": "Who?", "metadata": {"answers": ["Ada"]}},
            {"_id": 7, "text": "Why?", "metadata": {"answerable": False}},
        ],
        **{"a.md": "# A", "notes__b.txt": "B", "picture.png": "", ".hidden.md": "x", "eval-mine__report.json": "{}"},
    )  # fmt: skip
    (folder / "out").mkdir()
    chosen = read_set(folder, folder / "out")
    assert chosen.name == "mine"
    assert [path.name for path in chosen.paths] == ["a.md", "notes"]
    first, second = chosen.questions
    assert (first.id, first.answers, first.answerable) == ("line-1", (GoldAnswer("Ada"),), True)
    assert (second.id, second.answers, second.answerable) == ("7", (), False)
    assert second.place == "queries.jsonl:2"


def test_a_beir_set_has_its_corpus_and_the_judgements_of_the_test_split(tmp_path: Path) -> None:
    folder = written(
        tmp_path,
        [{"_id": name, "text": f"{name}?", "metadata": {}} for name in ("q1", "q2", "q3")],
        **{
            "corpus.jsonl": "",
            "readme.md": "no article",
            "qrels__test.tsv": "query-id\tcorpus-id\tscore\nq1\td1\t2\nq1\td2\t0\nq2\td3\t1\r\n",
            "qrels__train.tsv": "query-id\tcorpus-id\tscore\nq3\td1\t1\n",
        },
    )
    chosen = read_set(folder)
    assert [path.name for path in chosen.paths] == ["corpus.jsonl"]
    assert [(one.id, one.relevant) for one in chosen.questions] == [("q1", {"d1": 2}), ("q2", {"d3": 1})]
    assert (chosen.judgements, chosen.unjudged) == (("test.tsv",), 1)


def test_metadata_names_articles_facts_places_and_groups(tmp_path: Path) -> None:
    evidence = [{"doc": "d1", "fact": "One."}, {"doc": "d2", "fact": "Two."}, {"doc": "d1", "fact": "Three."}]
    folder = written(
        tmp_path,
        [
            {"_id": "1", "text": "a", "metadata": {"type": "multi", "answer": "Yes", "evidence": evidence}},
            {"_id": "2", "text": "b", "metadata": {
                "kind": "single", "type": "x", "doc": "d3", "paragraph": [5, 9], "answers": [{"text": "c", "start": 6}],
            }},
            {"_id": "3", "text": "c", "metadata": {"answerable": False, "doc": "d3", "answers": ["c"], "evidence": []}},
        ],
        **{"corpus.jsonl": ""},
    )  # fmt: skip
    multi, single, silent = read_set(folder).questions
    assert (multi.relevant, multi.facts, multi.group) == ({"d1": 1, "d2": 1}, ("One.", "Two.", "Three."), "multi")
    assert multi.answers == (GoldAnswer("Yes"),)
    assert (single.relevant, single.paragraph, single.group) == ({"d3": 1}, Span(5, 9), "single")
    assert single.answers == (GoldAnswer("c", 6),)
    assert (silent.relevant, silent.answers) == ({}, ())


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ('{"text": "Who?"', "queries.jsonl:2 is not JSON: Expecting ',' delimiter, column 16; mend the line."),
        ("[1]", "queries.jsonl:2 is JSON but not an object"),
        ('{"_id": "2"}', "queries.jsonl:2 has no text; it must be the question as a string."),
        ('{"_id": "2", "text": " "}', "queries.jsonl:2 has a text that cannot be used"),
        ('{"_id": "1", "text": "Who?"}', "queries.jsonl:2 has the _id '1' of line 1; give each question its own."),
        ('{"_id": [], "text": "Who?"}', "queries.jsonl:2 has a _id that cannot be used"),
        ('{"text": "?", "metadata": []}', "queries.jsonl:2 has a metadata that cannot be used; it must be an object."),
        ('{"text": "?", "metadata": {"answers": "Ada"}}', 'metadata.answers that cannot be used; it must be a list'),
        ('{"text": "?", "metadata": {"answers": [3]}}', "metadata.answers that cannot be used; it must be strings"),
        ('{"text": "?", "metadata": {"answerable": "no"}}', "metadata.answerable that cannot be used; it must be true"),
        ('{"text": "?", "metadata": {"paragraph": [3]}}', "metadata.paragraph that cannot be used"),
        ('{"text": "?", "metadata": {"evidence": [{"doc": "a"}]}}', "metadata.evidence that cannot be used"),
        ("[" * 100_000, "queries.jsonl:2 "),
    ],
)  # fmt: skip
def test_a_line_that_is_no_question_is_named_with_what_mends_it(tmp_path: Path, line: str, fault: str) -> None:
    folder = written(tmp_path, [{"_id": "1", "text": "Who?"}, line], **{"a.md": "A"})
    with pytest.raises(SourceError) as refused:
        read_set(folder)
    assert fault in str(refused.value)


@pytest.mark.parametrize("row", ["q1\td1", "q1 d1 1", "q1\td1\tmany", "q1\t0\td1\t1"])
def test_a_judgement_that_is_none_is_named(tmp_path: Path, row: str) -> None:
    text = f"query-id\tcorpus-id\tscore\nq1\td1\t1\n{row}\n"
    folder = written(tmp_path, [{"_id": "q1", "text": "?"}], **{"corpus.jsonl": "", "qrels__test.tsv": text})
    with pytest.raises(SourceError, match=r"test\.tsv:3 is not a judgement; write the question's _id"):
        read_set(folder)


def test_a_folder_that_is_no_set_says_what_is_missing(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"is not a folder; name one that holds queries\.jsonl"):
        read_set(tmp_path / "none")
    with pytest.raises(SourceError, match=r"queries\.jsonl is not there; write it with a question on each line"):
        read_set(tmp_path)
    written(tmp_path, [])
    with pytest.raises(SourceError, match="has no question to ask; write one on each line"):
        read_set(tmp_path)
    written(tmp_path, [{"text": "Who?"}])
    with pytest.raises(SourceError, match=r"holds no articles; put corpus\.jsonl or files that end in \.txt"):
        read_set(tmp_path)
    (tmp_path / "queries.jsonl").write_bytes(b'{"text": "caf\xe9?"}')
    with pytest.raises(SourceError, match=r"queries\.jsonl:1 is not UTF-8; save the file as UTF-8"):
        read_set(tmp_path)


def test_a_report_is_not_written_where_it_would_be_read_or_mixed(tmp_path: Path) -> None:
    folder = written(tmp_path / "set", [{"text": "?"}], **{"notes__deep__a.md": "A", "b.md": "B"})
    check_out(folder / "eval-set", folder)
    check_out(tmp_path / "elsewhere", folder)
    for place in (folder, folder / "notes" / "report"):
        with pytest.raises(SourceError, match="lies among the articles"):
            check_out(place, folder)
    with pytest.raises(SourceError, match="holds files that are no earlier report"):
        check_out(folder / "notes", folder)
    with pytest.raises(SourceError, match="is a file; choose a folder"):
        check_out(folder / "b.md", folder)


def test_the_example_in_the_documents_is_a_set(tmp_path: Path) -> None:
    text = (Path(__file__).resolve().parent.parent / "docs" / "evaluation.md").read_text(encoding="utf-8")
    lines = text.partition("```json\n")[2].partition("```")[0].splitlines()
    first, second, third = read_set(written(tmp_path, lines, **{"minutes.md": "A"})).questions
    assert first.relevant == {"minutes.md": 1}
    assert [answer.text for answer in (*first.answers, *second.answers)] == ["Ada Quill", "Quill", "41,000 francs"]
    assert [one.answerable for one in (first, second, third)] == [True, True, False]


def test_paragraphs_are_pooled_each_as_its_own_article(tmp_path: Path) -> None:
    from benchmarks.paragraphs import write_set

    text = "One is\nblue.\n\n \nTwo is red.\n\n\nThree."
    metadata = {"answerable": True, "doc": "a", "paragraph": [14, 27], "answers": [{"text": "red", "start": 23}] * 2}
    corpus = json.dumps({"_id": "a", "title": "A", "text": text})
    queries = [
        {"_id": "1", "text": "Which is two?", "metadata": metadata},
        {"_id": "2", "text": "?", "metadata": {"answerable": False}},
    ]
    data = written(tmp_path / "data", queries, **{"corpus.jsonl": corpus})
    assert write_set(data, tmp_path / "set") == (3, 1)
    pooled = [json.loads(line) for line in (tmp_path / "set" / "corpus.jsonl").read_text().splitlines()]
    assert [(one["_id"], one["text"]) for one in pooled] == [
        ("a:0", "One is\nblue."), ("a:16", "Two is red."), ("a:30", "Three."),
    ]  # fmt: skip
    (only,) = read_set(tmp_path / "set").questions
    assert (only.relevant, only.doc, only.answers) == ({"a:16": 1}, "a:16", (GoldAnswer("red"),))


# --- parts and samples


def test_parts_are_apart_and_together_all_and_samples_nest() -> None:
    questions = [question(id=f"q{number}") for number in range(1000)]
    even, odd = Selection("even").of(questions), Selection("odd").of(questions)
    assert sorted([*even, *odd], key=lambda one: int(one.id[1:])) == questions
    assert 430 < len(even) < 570
    folds = [Selection(f"{fold}/5").of(questions) for fold in range(1, 6)]
    assert sum(map(len, folds)) == len({one.id for fold in folds for one in fold}) == 1000
    small, large = Selection("odd", 50).of(questions), Selection("odd", 100).of(questions)
    assert len(small) == 50
    assert {one.id for one in small} < {one.id for one in large} <= {one.id for one in odd}
    assert list(small) == [one for one in questions if one in small]  # in the order of the set


def test_a_part_goes_by_the_id_alone() -> None:
    """Half of what is fitted on one day must be the half of every other day."""
    assert [one.id for one in Selection("even").of([question(id=name) for name in "abcdefgh"])] == ["c", "e", "h"]


@pytest.mark.parametrize("part", ["half", "0/2", "3/2", "1/0", "1/2/3"])
def test_a_part_that_is_none_is_refused(part: str) -> None:
    with pytest.raises(BadSettingError, match="is neither even, odd, nor a fold such as 2/5"):
        Selection(part).of([question()])


# --- words


def test_squad_compares_without_case_punctuation_and_articles() -> None:
    assert normalised("The U.S.A., an (old) Union!") == ["usa", "old", "union"]
    assert exact_match("the Normans.", ["Normans"]) == 1.0
    assert exact_match("Norman", ["Normans", "the Danes"]) == 0.0
    # Two of two words said, two of four words expected: precision 1, recall 1/2.
    assert f1("the Norman Conquest", ["Norman conquest of 1066", "1066"]) == pytest.approx(2 / 3)
    assert f1("nothing of it", ["else"]) == 0.0


def test_words_are_held_whole_and_in_order() -> None:
    assert holds("It was Zoë Müller-Lüdenscheidt, of Bern.", "zoe muller")
    assert holds("an African-American poet", "American")
    assert holds("in the Alps", "The Alps")
    assert not holds("It cost 1999 francs.", "199")
    assert not holds("Ada was not there, but Quill", "Ada Quill")
    assert not holds("anything", "…")


# --- gold, aligned


class Shelf:
    """Articles by id, as a store gives them."""

    def __init__(self, *articles: Article) -> None:
        self.known = {article.id: article for article in articles}

    def article(self, article_id: str) -> Article:
        from qa.errors import ArticleNotFoundError

        if article_id not in self.known:
            raise ArticleNotFoundError(article_id)
        return self.known[article_id]

    def articles(self) -> list[Article]:
        return list(self.known.values())


def aligner(*articles: Article, raw: dict[str, str] | None = None) -> Aligner:
    return Aligner(Shelf(*articles), raw or {})  # type: ignore[arg-type]


def test_gold_offsets_of_raw_text_are_found_again_in_clean_text(tmp_path: Path) -> None:
    from qa.clean import clean
    from qa.load import read

    raw = "Bread\r\n\r\n\r\n\r\nOn Monday the bake took forty minutes.\r\n\r\nOn Friday it took forty minutes too."
    start = raw.index("On Friday")
    path = tmp_path / "corpus.jsonl"
    path.write_text(json.dumps({"_id": "a", "title": "Bread", "text": raw}), encoding="utf-8")
    (document,) = read(path, LIMITS)
    article = clean(document)  # type: ignore[arg-type]
    assert isinstance(article, Article)
    asks = question(
        doc="a", relevant={"a": 1}, paragraph=Span(start, len(raw)), answers=(GoldAnswer("forty minutes", start + 18),)
    )
    texts = raw_texts([path], [asks], LIMITS)
    assert texts == {"a": raw}
    gold = aligner(article, raw=texts).gold(asks)
    (span,) = gold.spans["a"]
    assert article.text[: span.start].endswith("On Friday it took ")
    assert article.text[span.start : span.end] == "forty minutes"
    assert gold.places == (SpanPlace("forty minutes", "a", (span,)),)
    without = replace(asks, paragraph=None)  # then the one that is nearest to where the set says
    assert aligner(article).gold(without).spans == gold.spans


def test_gold_articles_are_named_by_id_or_file_and_one_that_is_not_there_stays_to_be_missed() -> None:
    one = Article("1f", "A", "Alpha.", "sets/mine/notes/a.md")
    two = Article("2f", "A", "Beta.", "sets/mine/b/a.md")
    gold = aligner(one, two).gold(question(relevant={"1f": 2, "b/a.md": 1, "a.md": 1, "gone": 1}))
    assert gold.articles == {"1f": 2, "2f": 1, "a.md": 1, "gone": 1}  # a.md could be either
    assert gold.missing == ("a.md", "gone")


def test_answers_that_no_gold_article_states_are_not_compared() -> None:
    one, two = Article("a", "A", "The answer is blue.", "a.md"), Article("b", "B", "It is red.", "b.md")
    shelf = aligner(one, two)

    def compared(**given: Any) -> tuple[str, ...]:
        return shelf.gold(question(**given)).answers

    blue = (GoldAnswer("Blue"),)
    assert compared(answers=blue, relevant={"a": 1}) == ("Blue",)
    assert compared(answers=blue, relevant={"b": 1}) == ()
    assert compared(answers=blue) == ("Blue",)  # no article is named, so any will do
    assert compared(answers=(GoldAnswer("Yes"), GoldAnswer("no."), GoldAnswer("green"))) == ()
    assert shelf.gold(question(answers=blue)).places == (WordsPlace(("Blue",)),)
    assert shelf.gold(question(answers=(GoldAnswer("Yes"),), doc="a", relevant={"a": 1})).places == ()


def passage(text: str, start: int, end: int, article_id: str = "a") -> Passage:
    article = Article(article_id, "T", text, "a.md")
    chunk = Chunk(f"{article_id}:0", article_id, Span(start, end), "T", (Span(start, end),))
    return Passage(chunk, article, Standing(1, 1.0), None, None, None)


def test_a_place_lies_wholly_inside_a_passage() -> None:
    text = "She said it rained.\nAll day, she said."
    whole = passage(text, 0, len(text))
    assert FactPlace("rained. All day").inside(whole)
    assert not FactPlace("rained. All day").inside(passage(text, 0, 23))
    assert SpanPlace("said", "a", (Span(4, 8), Span(33, 37))).inside(passage(text, 20, 38))
    assert not SpanPlace("said", "a", (Span(4, 8),)).inside(passage(text, 5, 38))
    assert not SpanPlace("said", "b", (Span(4, 8),)).inside(whole)
    assert not SpanPlace("said", "a", ()).inside(whole)
    assert WordsPlace(("snowed", "rained all")).inside(whole)


# --- measures of rankings


def test_measures_of_a_ranking_by_hand() -> None:
    """Relevant at ranks 2 and 6, and one that was missed."""
    found = measures_of(Judged("q", {"r1": 1, "r2": 1, "missed:0": 1}, ("a", "r1", "b", "c", "d", "r2")))
    ideal = 1 + 1 / math.log2(3) + 1 / math.log2(4)
    assert found == pytest.approx(
        {
            "nDCG@10": (1 / math.log2(3) + 1 / math.log2(7)) / ideal,
            "R@1": 0.0,
            "R@5": 1 / 3,
            "R@20": 2 / 3,
            "R@100": 2 / 3,
            "RR@10": 1 / 2,
            "AP@10": (1 / 2 + 2 / 6) / 3,
            "Success@4": 1.0,
            "Success@10": 1.0,
        }
    )
    assert set(measures_of(Judged("q", {"r1": 1}, ())).values()) == {0.0}


def test_each_place_counts_once_where_a_passage_first_holds_it() -> None:
    gold = Gold({}, (), (FactPlace("A."), FactPlace("B."), FactPlace("C.")), (), {})
    one = asked(gold=gold, passages=("p1", "p2", "p3"), place_ranks=(3, 3, None))
    judged = by_passage(one)
    assert judged is not None
    assert judged.relevant == {"p3": 1, "missed:2": 1}
    assert measures_of(judged)["R@5"] == 0.5


def test_map_of_multihop_rag_by_hand() -> None:
    """Two facts first at rank 2, one at rank 4, one at rank 11, one in no passage: (2/2 + 1/4) / 5."""
    places = tuple(FactPlace(f"fact {number}") for number in range(5))
    one = asked(gold=Gold({}, (), places, (), {}), place_ranks=(2, 4, 2, 11, None))
    assert facts_found(one) == pytest.approx((2 / 2 + 1 / 4) / 5)
    assert facts_found(asked()) is None
    assert facts_found(asked(gold=Gold({}, (), (WordsPlace(("a",)),), (), {}), place_ranks=(1,))) is None


def test_trec_files_read_back_as_they_were_judged() -> None:
    import ir_measures

    judged = [Judged("q 1", {"doc one": 2, "b": 1}, ("b", "x%y", "doc one"))]
    run, qrels = "\n".join(trec_run(judged, "qa")), "\n".join(trec_qrels(judged))
    assert run.splitlines()[2] == "q%201 Q0 doc%20one 3 1 qa"
    (again,) = ir_measures.iter_calc(
        [ir_measures.parse_measure("nDCG@10")], ir_measures.read_trec_qrels(qrels), ir_measures.read_trec_run(run)
    )
    assert again.value == pytest.approx(measures_of(judged[0])["nDCG@10"])


# --- what an answer was worth


def test_a_quote_holds_an_answer_by_its_place_or_by_its_words() -> None:
    gold = Gold({"a": 1}, (), (), ("199",), {"a": (Span(27, 30),)})
    quoted = [citation("In 1845 he left."), citation("It was 1999.", 20)]  # the set's answer is a part of a word
    scored = score(asked(gold=gold, citations=tuple(quoted)), 0.5)
    assert (scored.rule, scored.right, scored.verdict) == (Rule.ANSWER, True, Verdict.RIGHT)
    assert scored.measures == pytest.approx(
        {
            HOLDS: 1.0, FIRST_HOLDS: 0.0, WORDS: 7.0, FIRST_WORDS: 4.0, EXACT: 0.0, F1: 0.0,
            "a relevant article is cited": 1.0,
            **{f"article {name}": 0.0 for name in measures_of(Judged("q", {}, ()))},
        }
    )  # fmt: skip


def test_the_short_answer_is_what_is_marked_first() -> None:
    gold = Gold({}, (), (), ("Ada Quill",), {})
    marked = score(asked(gold=gold, citations=(citation("By Ada Quill.", 100, marked=(103, 112)),)), 0.5)
    assert (marked.measures[EXACT], marked.measures[F1]) == (1.0, 1.0)
    whole = score(asked(gold=gold, citations=(citation("By Ada Quill.", 100),)), 0.5)
    assert (whole.measures[EXACT], whole.measures[F1]) == (0.0, pytest.approx(0.8))
    long = Gold({}, (), (), ("one two three four five six seven eight nine ten eleven",), {})
    assert EXACT not in score(asked(gold=long, citations=(citation("one"),)), 0.5).measures


@pytest.mark.parametrize(
    ("given", "rule", "verdict"),
    [
        ({"question": question(answerable=False)}, Rule.UNANSWERABLE, Verdict.SHOULD_BE_SILENT),
        ({"question": question(answerable=False), "confidence": 0.4}, Rule.UNANSWERABLE, Verdict.RIGHTLY_SILENT),
        ({"gold": Gold({}, (), (), ("Ada",), {}), "confidence": 0.4}, Rule.ANSWER, Verdict.MISSED),
        ({"gold": Gold({}, (), (), ("Bob",), {}), "confidence": 0.4}, Rule.ANSWER, Verdict.LOST),
        ({"gold": Gold({}, (), (), ("Bob",), {})}, Rule.ANSWER, Verdict.WRONG),
        ({"question": question(facts=("As known, Ada wrote it. So be it.",))}, Rule.FACT, Verdict.RIGHT),
        ({"question": question(facts=("Ada",))}, Rule.FACT, Verdict.RIGHT),
        ({"question": question(facts=("Bob",))}, Rule.FACT, Verdict.WRONG),
        ({"gold": Gold({"a": 1}, (), (), (), {})}, Rule.ARTICLE, Verdict.RIGHT),
        ({"gold": Gold({"b": 1}, (), (), (), {})}, Rule.ARTICLE, Verdict.WRONG),
        ({}, Rule.NONE, Verdict.UNKNOWN),
        ({"outcome": Outcome.NOT_COVERED, "gold": Gold({"a": 1}, (), (), (), {})}, Rule.ARTICLE, Verdict.MISSED),
    ],
)
def test_verdicts(given: dict[str, Any], rule: Rule, verdict: Verdict) -> None:
    scored = score(asked(**{"citations": (citation("Ada wrote it."),), **given}), 0.5)
    assert (scored.rule, scored.verdict) == (rule, verdict)


# --- silence and confidence


def test_abstention_by_hand() -> None:
    answerable, unanswerable = np.array([0.9, 0.8, 0.4, 0.7]), np.array([0.7, 0.1])
    assert auroc(answerable, unanswerable) == pytest.approx((2 + 2 + 1 + 1.5) / 8)
    assert answered_at(answerable, unanswerable) == 2 / 4  # above 0.7, or one of two gets through
    assert answered_at(answerable, unanswerable, 0.5) == 4 / 4
    assert math.isnan(auroc(answerable, np.array([])))
    answered = np.array([True, True, False, False, False])
    known = np.array([True, False, True, False, False])
    assert refusal_precision(answered, known) == pytest.approx(2 / 3)
    assert refusal_recall(answered, known) == pytest.approx(2 / 3)
    assert math.isnan(refusal_precision(known | True, known))


def test_abstention_as_scikit_learn_has_it() -> None:
    from sklearn.metrics import roc_auc_score, roc_curve

    draw = np.random.default_rng(3)
    for _ in range(50):
        answerable, unanswerable = draw.beta(3, 1, draw.integers(1, 80)), draw.beta(1, 2, draw.integers(1, 80))
        answerable, unanswerable = np.round(answerable, 1), np.round(unanswerable, 1)  # many ties
        labels = np.repeat([True, False], [answerable.size, unanswerable.size])
        scores = np.concatenate([answerable, unanswerable])
        assert auroc(answerable, unanswerable) == pytest.approx(roc_auc_score(labels, scores))
        false, true, _ = roc_curve(labels, scores, drop_intermediate=False)
        assert answered_at(answerable, unanswerable) == pytest.approx(true[false <= 0.05].max())


def test_risk_and_coverage_by_hand() -> None:
    """Equal confidence: each of the two counts as half wrong, whichever comes first."""
    confidence, right = np.array([0.2, 0.9, 0.5, 0.5]), np.array([False, True, False, True])
    coverage, risk = risk_coverage(confidence, right)
    assert coverage.tolist() == [0.25, 0.5, 0.75, 1.0]
    assert risk.tolist() == pytest.approx([0, 0.5 / 2, 1 / 3, 2 / 4])
    assert aurc(confidence, right) == pytest.approx((0 + 0.25 + 1 / 3 + 0.5) / 4)
    swapped = np.array([0, 1, 3, 2])
    assert aurc(confidence[swapped], right[swapped]) == aurc(confidence, right)


def test_calibration_by_hand_and_as_scikit_learn_has_it() -> None:
    from sklearn.calibration import calibration_curve
    from sklearn.metrics import brier_score_loss

    confidence, right = np.array([0.05, 0.61, 0.65, 1.0]), np.array([False, True, False, True])
    assert [(one.low, one.questions, one.right) for one in reliability(confidence, right)] == [
        (0.0, 1, 0.0), (0.6, 2, 0.5), (0.9, 1, 1.0),
    ]  # fmt: skip
    assert calibration_error(confidence, right) == pytest.approx((0.05 + abs(1.26 - 1) + 0) / 4)
    draw = np.random.default_rng(5)
    confidence = draw.random(500)
    right = draw.random(500) < confidence**2
    assert brier(confidence, right).mean() == pytest.approx(brier_score_loss(right, confidence))
    shares, means = calibration_curve(right, confidence, n_bins=10)
    bins = reliability(confidence, right)
    assert [one.right for one in bins] == pytest.approx(shares.tolist())
    assert [one.confidence for one in bins] == pytest.approx(means.tolist())


# --- the page


def test_a_quotation_is_shown_whole_with_its_marks() -> None:
    from dataclasses import asdict

    quoted = asdict(citation("By Ada & Bob.", 100, marked=(103, 106)))
    assert list(pieces_of(quoted)) == [("By ", False), ("Ada", True), (" & Bob.", False)]
    quoted["highlights"] = ({"start_char_index": 109, "end_char_index": 112}, *quoted["highlights"])
    assert [text for text, marked in pieces_of(quoted) if marked] == ["Ada", "Bob"]
    assert "".join(text for text, _ in pieces_of(quoted)) == quoted["cited_text"]


# --- intervals


def test_intervals_are_those_of_theory_and_the_same_again() -> None:
    values = np.repeat([0.0, 1.0], 200)
    mean, low, high = of_mean(values)
    assert mean == 0.5
    assert (low, high) == (pytest.approx(0.5 - 1.96 * 0.025, abs=0.006), pytest.approx(0.5 + 1.96 * 0.025, abs=0.006))
    assert of_mean(values) == (mean, low, high)
    normal = np.random.default_rng(1).normal(size=2000)
    median, low, high = of_percentile(normal, 50)
    assert median == pytest.approx(np.median(normal))
    assert low is not None
    assert high is not None
    assert high - low == pytest.approx(2 * 1.96 * 1.2533 / math.sqrt(2000), rel=0.2)  # of a median of normal values


def test_questions_are_drawn_whole_and_groups_keep_their_size() -> None:
    left, right = np.arange(50.0), np.arange(50.0)

    def apart(one: Any, two: Any) -> float:
        assert (one == two).all()
        return float(np.abs(one - two).max())

    assert of_pairs(apart, left, right) == (0.0, 0.0, 0.0)

    def sizes(one: Any, two: Any) -> float:
        return float(one.size * 1000 + two.size)

    assert of_groups(sizes, np.zeros(7), np.zeros(3)) == (7003.0, 7003.0, 7003.0)


@pytest.mark.parametrize("interval", [of_mean, lambda values: of_pairs(lambda one: float(one.sum()), values)])
def test_too_few_questions_have_no_interval(interval: Callable[[Any], Any]) -> None:
    assert interval(np.array([1.0])) == (1.0, None, None)
    assert interval(np.array([])) == (None, None, None)
