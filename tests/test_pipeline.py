"""Questions to cited answers on the seed article, with the real models."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qa.config import Settings
from qa.document import SILENCE
from qa.errors import ArticleNotFoundError, BadQuestionError, ModelMissingError
from qa.pipeline import Pipeline
from qa.records import Answer, LookedAt, Outcome
from qa.store import FILE

_OPEN_FILES = Path("/proc/self/fd")

ANSWERED = {
    "Who condemned the missile launch?": "I strongly condemn the action",
    "Where was the missile launched from?": "Sinpo",
    "Who is the US special representative for North Korea?": "Sung Kim",
    "What did China say about the situation on the peninsula?": "All parties concerned should keep in mind",
    "Does the US have hostile intent towards North Korea?": "We harbor no hostile intent",
    "Who is Japan's prime minister?": "Fumio Kishida",
    "Who is Takehiro Funakoshi?": "Director-General for Asian and Oceanian Affairs",
    "Will Kim visit Seoul?": "He will then visit Seoul later this week",
    "What did the South Korean military not say?": "whether the missile was fired from a vessel underwater",
    "When was the missile fired?": "Tuesday",
    "What did Kishida instruct his government to consider?": "all options including",
    "What does the US want to achieve on the Korean Peninsula?": "complete denuclearization",
}

NOT_ANSWERED = [
    "Who won the 2022 World Cup?",
    "What is the population of Seoul?",
    "How do I bake sourdough bread?",
    "What is the capital of France?",
    "Is Kim Jong Un married?",
    "How far did the missile fly?",
    "asdf qwer zxcv",
    "?! 42",
]


def stores_open() -> int:
    """How many files with articles this process has open."""
    return sum(path.is_symlink() and path.readlink().name == FILE for path in _OPEN_FILES.iterdir())


def check(answer: Answer, pipeline: Pipeline) -> None:
    """What holds for every answer, whatever was asked."""
    assert answer.abstained == (not answer.citations) == (answer.reason is not None)
    assert 0 <= answer.confidence <= 1
    assert len(answer.citations) <= 3
    spans = []
    for citation in answer.citations:
        text = pipeline.article(citation.article_id).text
        assert text[citation.start_char_index : citation.end_char_index] == citation.cited_text
        assert citation.cited_text.strip() == citation.cited_text != ""
        spans.append((citation.article_id, citation.start_char_index, citation.end_char_index))
    for one, (article_id, start, end) in enumerate(spans):
        for other_id, other_start, other_end in spans[one + 1 :]:
            assert article_id != other_id or end <= other_start or other_end <= start
    combined = [passage.combined.rank for passage in answer.passages if passage.combined]
    assert combined == sorted(combined)
    assert len(set(combined)) == len(answer.passages)
    assert all(passage.rerank for passage in answer.passages)  # the seeds are fewer than are read
    assert all(passage.lexical or passage.dense for passage in answer.passages)
    assert answer.index_version == pipeline.index.manifest.version


@pytest.mark.parametrize("question", ANSWERED)
def test_the_answer_quotes_the_words_that_answer(question: str, seed_pipeline: Pipeline) -> None:
    answer = seed_pipeline.ask(question)
    check(answer, seed_pipeline)
    assert not answer.abstained
    assert any(ANSWERED[question] in citation.cited_text for citation in answer.citations)
    assert answer.answer == " ".join(citation.cited_text for citation in answer.citations)


@pytest.mark.parametrize("question", NOT_ANSWERED)
def test_no_evidence_no_answer(question: str, seed_pipeline: Pipeline) -> None:
    answer = seed_pipeline.ask(question)
    check(answer, seed_pipeline)
    assert answer.abstained
    assert answer.answer == SILENCE[answer.outcome]
    assert len(answer.passages) == 5  # what was looked at is shown


def test_the_same_question_gives_the_same_bytes(seed_pipeline: Pipeline, seed_settings: Settings) -> None:
    question = "Where was the missile launched from?"
    first = replace(seed_pipeline.ask(question), timings_ms={})
    again = Pipeline.open(seed_settings)
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(again.ask, [question, *ANSWERED, question]))
    again.close()
    assert replace(answers[0], timings_ms={}) == first
    assert replace(answers[-1], timings_ms={}) == first


def test_k_says_how_many_passages_are_reported(seed_pipeline: Pipeline) -> None:
    question = "Who condemned the missile launch?"
    few, many = seed_pipeline.ask(question, k=1), seed_pipeline.ask(question, k=50)
    assert len(few.passages) == 1
    assert len(many.passages) == 5  # all there are
    assert few.signals == many.signals
    assert few.looked_at == many.looked_at == LookedAt(articles=1, passages=5, read=5)
    assert few.citations == many.citations
    assert few.passages[0] == many.passages[0]


def test_what_is_cited_is_always_reported(seed_pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch) -> None:
    # So that there are quotes of several passages.
    monkeypatch.setattr("qa.answer.choice.FURTHER_QUOTE_WITHIN", 99.0)
    monkeypatch.setattr("qa.answering.choosing.COMPARED_WITHIN", 99.0)
    monkeypatch.setattr("qa.answering.choosing.FURTHER_FROM", 0.0)
    bold = replace(seed_pipeline, settings=replace(seed_pipeline.settings, min_confidence=0.0))
    answer = bold.ask("Who did Sung Kim meet on Monday?", k=1)
    assert len({citation.chunk_id for citation in answer.citations}) > 1
    assert {citation.chunk_id for citation in answer.citations} <= {p.chunk.id for p in answer.passages}


def test_every_stage_is_timed(seed_pipeline: Pipeline) -> None:
    timings = seed_pipeline.ask("Who condemned the missile launch?").timings_ms
    assert list(timings) == [
        "question", "lexical", "dense", "fuse", "fetch", "rerank", "fetch more", "answer", "cite", "total",
    ]  # fmt: skip
    assert timings["total"] == pytest.approx(sum(ms for stage, ms in timings.items() if stage != "total"), abs=0.05)


def test_the_threshold_is_a_setting(seed_pipeline: Pipeline) -> None:
    question = "What is the population of Seoul?"
    bold = replace(seed_pipeline, settings=replace(seed_pipeline.settings, min_confidence=0.0))
    shy = replace(seed_pipeline, settings=replace(seed_pipeline.settings, min_confidence=1.0))
    assert not bold.ask(question).abstained
    assert shy.ask("Who condemned the missile launch?").abstained


@pytest.mark.parametrize("question", ["", "   \n\t", "x" * 2001, "bell\x07", "half \ud800 pair", "?!", "🙂"])
def test_what_cannot_be_searched_is_refused(question: str, seed_pipeline: Pipeline) -> None:
    with pytest.raises(BadQuestionError):
        seed_pipeline.ask(question)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(min_size=1, max_size=60))
def test_no_text_breaks_it(seed_pipeline: Pipeline, text: str) -> None:
    try:
        answer = seed_pipeline.ask(text)
    except BadQuestionError:
        return
    check(answer, seed_pipeline)


def test_suggestions_are_answered(seed_pipeline: Pipeline) -> None:
    offered = seed_pipeline.suggestions()
    assert len(offered) == 3
    assert len(set(offered)) == 3
    for question in offered:
        assert not seed_pipeline.ask(question).abstained, question


def test_an_unknown_article_is_said_to_be_unknown(seed_pipeline: Pipeline) -> None:
    for article_id in ("nope", "../../etc/passwd", "' OR 1=1 --", ""):
        with pytest.raises(ArticleNotFoundError):
            seed_pipeline.article(article_id)


def test_an_unknown_reranker_lists_the_ones_there_are(seed_settings: Settings) -> None:
    with pytest.raises(ModelMissingError, match=r"No reranker is called 'nope'; there is: ms-marco-MiniLM-L-12-v2\."):
        Pipeline.open(replace(seed_settings, reranker="nope"))


@pytest.mark.skipif(not _OPEN_FILES.exists(), reason="Only Linux tells which files are open.")
def test_an_index_does_not_stay_open_where_the_reranker_cannot_be_loaded(seed_settings: Settings) -> None:
    before = stores_open()
    with pytest.raises(ModelMissingError) as failed:
        Pipeline.open(replace(seed_settings, reranker="nope"))
    assert failed.traceback  # holds what was opened
    assert stores_open() == before


@pytest.mark.parametrize(
    "question", ["東京の人口は何人ですか", "מה בירת צרפת?", "Кто осудил запуск?", "من أطلق الصاروخ؟"]
)
def test_a_question_in_a_script_the_models_do_not_read_is_not_answered(question: str, seed_pipeline: Pipeline) -> None:
    answer = seed_pipeline.ask(question)
    check(answer, seed_pipeline)
    assert answer.outcome is Outcome.UNREADABLE
    assert answer.reason is not None
    assert "read English" in answer.reason
