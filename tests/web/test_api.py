"""The API: what it answers holds against the article itself, and its description against what it answers."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, get_args, get_origin

import httpx
import pytest
from fastapi.openapi.models import OpenAPI
from pydantic import BaseModel

import qa
from qa.document import SILENCE, answer_document
from qa.pipeline import Pipeline
from qa.records import Outcome
from web.examples import ANSWER_EXAMPLE, LIST_EXAMPLE, NOT_COVERED_EXAMPLE, NOT_STATED_EXAMPLE
from web.requests import AskRequest
from web.schemas import AnswerDocument, ProblemDocument

KISHIDA = (
    "“North Korea’s firing of the missiles is [in breach of] United Nations Security Council resolutions and I "
    "strongly condemn the action,” Japanese Prime Minister Fumio Kishida said Tuesday."
)
QUESTIONS = ["Who condemned the missile launch?", "Where was the missile launched from?", "Who is Takehiro Funakoshi?"]


def ask(client: httpx.Client, **body: Any) -> httpx.Response:
    return client.post("/ask", json=body)


@pytest.fixture(scope="module")
def document(client: httpx.Client) -> dict[str, Any]:
    return client.get("/openapi.json").json()


class TestAsk:
    def test_answers_with_the_sentence_that_answers(self, client: httpx.Client, seed_pipeline: Pipeline) -> None:
        answer = ask(client, question="Who condemned the missile launch?").json()
        assert answer["answer"] == KISHIDA
        assert (answer["outcome"], answer["abstained"], answer["reason"]) == ("answered", False, None)
        passages = seed_pipeline.index.manifest.recipe.chunks
        assert answer["looked_at"] == {"articles": 1, "passages": passages, "read": passages}
        assert answer["confidence"] > 0.5
        assert answer["citations"][0]["type"] == "char_location"
        assert answer["citations"][0]["document_index"] == 0
        assert answer["citations"][0]["document_title"] == "North Korea launches missile amid US push to resume talks"

    @pytest.mark.parametrize("question", QUESTIONS)
    def test_every_offset_points_at_its_text(
        self, client: httpx.Client, seed_pipeline: Pipeline, question: str
    ) -> None:
        answer = ask(client, question=question).json()
        assert answer["citations"]
        assert answer["answer"] == " ".join(citation["cited_text"] for citation in answer["citations"])
        for part, text in [
            *((citation, citation["cited_text"]) for citation in answer["citations"]),
            *((passage, passage["text"]) for passage in answer["passages"]),
        ]:
            article = seed_pipeline.article(part["article_id"])
            assert article.text[part["start_char_index"] : part["end_char_index"]] == text

    def test_abstains_when_the_articles_do_not_hold_the_answer(self, client: httpx.Client) -> None:
        answer = ask(client, question="What is the capital of France?").json()
        assert answer["outcome"] in {"not_stated", "not_covered"}
        assert answer["abstained"] is True
        assert answer["citations"] == []
        assert answer["reason"].endswith(".")
        assert [passage["combined"]["rank"] for passage in answer["passages"]] == [1, 2, 3, 4, 5]

    @pytest.mark.parametrize("k", [1, 2, 8])
    def test_k_passages_are_reported(self, client: httpx.Client, seed_pipeline: Pipeline, k: int) -> None:
        answer = ask(client, question=QUESTIONS[0], k=k).json()
        assert len(answer["passages"]) == min(k, seed_pipeline.index.manifest.recipe.chunks)
        assert answer["looked_at"]["read"] == seed_pipeline.index.manifest.recipe.chunks, "whatever is reported"

    def test_null_for_k_is_the_default(self, client: httpx.Client) -> None:
        assert len(ask(client, question=QUESTIONS[0], k=None).json()["passages"]) == 5

    def test_the_same_question_has_the_same_answer(self, client: httpx.Client) -> None:
        first, second = ask(client, question=QUESTIONS[1]).json(), ask(client, question=QUESTIONS[1]).json()
        assert {**first, "timings_ms": None} == {**second, "timings_ms": None}

    def test_it_is_what_the_pipeline_says(self, client: httpx.Client, seed_pipeline: Pipeline) -> None:
        served = ask(client, question=QUESTIONS[2], k=3).json()
        here = answer_document(seed_pipeline.ask(QUESTIONS[2], 3))
        assert {**served, "timings_ms": None} == {**here, "timings_ms": None}
        assert served["timings_ms"].keys() == here["timings_ms"].keys()


class TestConversation:
    HISTORY = (
        {"role": "user", "content": "What did Fumio Kishida say?"},
        {"role": "assistant", "content": "“I strongly condemn the action,” Fumio Kishida said.", "titles": ["A title"]},
    )

    def test_a_follow_up_is_searched_as_a_question_that_stands_alone(self, client: httpx.Client) -> None:
        answer = ask(client, question="When did he say it?", history=self.HISTORY).json()
        assert answer["asked"] == "When did he say it?"
        assert "Kishida" in answer["question"]
        assert all(words in answer["question"] for words in answer["carried"])
        alone = ask(client, question=answer["question"]).json()
        left_out = {"asked": None, "carried": None, "timings_ms": None}
        assert {**answer, **left_out} == {**alone, **left_out}, "as if it had been asked like this"

    def test_the_carry_over_can_be_switched_off(self, client: httpx.Client) -> None:
        answer = ask(client, question="When did he say it?", history=self.HISTORY, carry_over=False).json()
        assert (answer["question"], answer["carried"]) == ("When did he say it?", [])

    @pytest.mark.parametrize("question", ["How many articles do you have?", "What is the latest?"])
    def test_a_question_about_all_articles_starts_afresh(self, client: httpx.Client, question: str) -> None:
        answer = ask(client, question=question, history=self.HISTORY).json()
        assert (answer["question"], answer["outcome"]) == (question, "listed")

    def test_a_question_that_would_grow_too_long_stays_as_it_is(self, client: httpx.Client) -> None:
        question = "Why did he " + "very " * 396 + "much?"
        answer = ask(client, question=question, history=self.HISTORY).json()
        assert answer["question"] == question

    def test_a_question_that_stands_alone_stays_as_it_is(self, client: httpx.Client) -> None:
        question = "Where was the missile launched from?"
        answer = ask(client, question=question, history=self.HISTORY).json()
        assert (answer["question"], answer["asked"], answer["carried"]) == (question, question, [])

    @pytest.mark.parametrize(
        ("history", "sentence"),
        [
            ([{"role": "user", "content": "x"}] * 101, "The history has 101 messages; at most 100 can be sent"),
            ([{"role": "user", "content": "x" * 60_001}], "The history has 60,001 characters; at most 60,000"),
            ([{"role": "system", "content": "x"}], "The field 'history.0.role' is not right"),
            ([{"role": "user"}], "The field 'history.0.content' is missing."),
            ([{"role": "user", "content": 3}], "The field 'history.0.content' must be a string."),
            ("before", "The field 'history' is not right"),
        ],
    )
    def test_a_history_that_cannot_be_used_is_refused(self, client: httpx.Client, history: Any, sentence: str) -> None:
        response = ask(client, question="Why?", history=history)
        assert response.status_code == 422
        assert response.json()["detail"].startswith(sentence)

    def test_what_is_not_text_in_a_history_does_no_harm(self, client: httpx.Client) -> None:
        history = [{"role": "user", "content": "Who is \x00\x07 Kim?\n\u2028"}, {"role": "assistant", "content": ""}]
        assert ask(client, question="Why?", history=history).status_code == 200


class TestFilters:
    def test_only_what_passes_is_searched(self, hostile_server: Any) -> None:
        with httpx.Client(base_url=hostile_server.url, timeout=60) as client:
            question = "What does the village pay for the blankets with?"
            everywhere = ask(client, question=question).json()
            assert everywhere["citations"][0]["article_id"] == "glacier"
            elsewhere = ask(client, question=question, filters={"sources": ["<i>Web</i> Weekly"]}).json()
            assert elsewhere["looked_at"]["articles"] == 1
            assert "glacier" not in {passage["article_id"] for passage in elsewhere["passages"]}
            here = ask(client, question=question, filters={"sources": ["Alpine Courier"]}).json()
            assert here["citations"] == everywhere["citations"]
            assert here["filters"] == {"sources": ["Alpine Courier"], "since": None, "until": None}

    def test_nothing_that_passes_is_said_as_such(self, hostile_server: Any) -> None:
        with httpx.Client(base_url=hostile_server.url, timeout=60) as client:
            answer = ask(client, question="Who is Ada Quill?", filters={"since": "2030"}).json()
            assert answer["outcome"] == "not_covered"
            assert answer["reason"] == "No article is of the sources and dates that the filters ask for."
            assert answer["looked_at"] == {"articles": 0, "passages": 0, "read": 0}

    @pytest.mark.parametrize(
        ("filters", "word"),
        [
            ({"sources": ["Alpine Curier"]}, "Alpine Courier"),
            ({"since": "yesterday"}, "yesterday"),
            ({"until": "2024-02-30"}, "2024-02-30"),
            ({"since": "2024-05", "until": "2024-04"}, "2024"),
            ({"sources": ["x"] * 51}, "50"),
        ],
    )
    def test_filters_that_cannot_be_used_are_refused(
        self, hostile_server: Any, filters: dict[str, Any], word: str
    ) -> None:
        with httpx.Client(base_url=hostile_server.url, timeout=60) as client:
            response = ask(client, question="Who is Ada Quill?", filters=filters)
            assert response.status_code == 422
            assert word in response.json()["detail"]


class TestCorpus:
    def test_says_what_there_is(self, hostile_server: Any) -> None:
        corpus = httpx.get(f"{hostile_server.url}/corpus", timeout=60).json()
        assert (corpus["articles"], corpus["undated"]) == (2, 1)
        assert (corpus["first_day"], corpus["last_day"]) == ("2024-05-11", "2024-05-11")
        assert corpus["sources"] == [
            {"source": "<i>Web</i> Weekly", "articles": 1},
            {"source": "Alpine Courier", "articles": 1},
        ]


class TestHealth:
    def test_healthz(self, client: httpx.Client) -> None:
        assert client.get("/healthz").json() == {"status": "ok"}

    def test_readyz_says_what_is_open(self, client: httpx.Client, seed_pipeline: Pipeline) -> None:
        assert client.get("/readyz").json() == {
            "status": "ready",
            "index_version": seed_pipeline.index.manifest.version,
            "articles": 1,
            "passages": seed_pipeline.index.manifest.recipe.chunks,
            "searches": ["lexical", "dense"],
            "building": None,
        }

    @pytest.mark.parametrize("path", ["/", "/healthz", "/readyz"])
    def test_head_is_get_without_its_body(self, client: httpx.Client, path: str) -> None:
        head, get = client.head(path), client.get(path)
        assert (head.status_code, head.text) == (200, "")
        assert head.headers["content-type"] == get.headers["content-type"]


class TestDescription:
    def test_is_openapi(self, document: dict[str, Any]) -> None:
        OpenAPI.model_validate(document)
        assert document["openapi"].startswith("3.1")
        assert document["info"]["title"] == "Article QA"
        assert document["info"]["version"] == qa.__version__
        assert document["paths"].keys() == {
            "/ask",
            "/feedback",
            "/corpus",
            "/corpora",
            "/v1/chat/completions",
            "/v1/models",
            "/v1/models/{model}",
            "/v1/embeddings",
            "/articles",
            "/articles/{article_id}",
            "/healthz",
            "/metrics",
            "/readyz",
        }

    def test_every_reference_leads_somewhere(self, document: dict[str, Any]) -> None:
        references = set(_references(document))
        assert "#/components/schemas/ProblemDocument" in references
        for reference in references:
            place: Any = document
            for step in reference.removeprefix("#/").split("/"):
                place = place[step]

    def test_problems_are_described_as_problems(self, document: dict[str, Any]) -> None:
        responses = document["paths"]["/ask"]["post"]["responses"]
        assert responses.keys() == {"200", "400", "401", "403", "405", "413", "415", "422", "429", "503"}
        for status in responses.keys() - {"200"}:
            schema = responses[status]["content"]["application/problem+json"]["schema"]
            assert schema == {"$ref": "#/components/schemas/ProblemDocument"}
            assert responses[status]["content"].keys() == {"application/problem+json"}

    def test_examples_are_what_they_are_examples_of(self, document: dict[str, Any]) -> None:
        operation = document["paths"]["/ask"]["post"]
        assert operation["requestBody"]["content"]["application/json"]["schema"] == {
            "$ref": "#/components/schemas/AskRequest"
        }
        for question in document["components"]["schemas"]["AskRequest"]["examples"]:
            AskRequest.model_validate(question)
        examples = operation["responses"]["200"]["content"]["application/json"]["examples"]
        assert {name: example["value"] for name, example in examples.items()} == {
            "answer": ANSWER_EXAMPLE,
            "list": LIST_EXAMPLE,
            "not_stated": NOT_STATED_EXAMPLE,
            "not_covered": NOT_COVERED_EXAMPLE,
        }
        for example in examples.values():
            AnswerDocument.model_validate(example["value"])
        (problem,) = document["components"]["schemas"]["ProblemDocument"]["examples"]
        ProblemDocument.model_validate(problem)

    @pytest.mark.parametrize("example", [ANSWER_EXAMPLE, LIST_EXAMPLE], ids=["answer", "list"])
    def test_the_example_is_true(self, seed_pipeline: Pipeline, example: dict[str, Any]) -> None:
        for part, text in [(example["citations"][0], "cited_text"), (example["passages"][0], "text")]:
            article = seed_pipeline.article(part["article_id"])
            assert article.text[part["start_char_index"] : part["end_char_index"]] == part[text]
        looked_at = seed_pipeline.ask(example["question"]).looked_at
        assert example["looked_at"] == asdict(looked_at)

    def test_the_words_that_the_examples_highlight_answer(self, seed_pipeline: Pipeline) -> None:
        def highlighted(example: dict[str, Any]) -> list[str]:
            (citation,) = example["citations"]
            text = seed_pipeline.article(citation["article_id"]).text
            return [text[mark["start_char_index"] : mark["end_char_index"]] for mark in citation["highlights"]]

        assert highlighted(ANSWER_EXAMPLE) == ["Japan", "China"]
        assert highlighted(LIST_EXAMPLE) == ["Japan"]

    @pytest.mark.parametrize("example", [NOT_STATED_EXAMPLE, NOT_COVERED_EXAMPLE], ids=["not stated", "not covered"])
    def test_the_examples_of_silence_have_no_quotation(self, example: dict[str, Any]) -> None:
        assert (example["abstained"], example["citations"]) == (True, [])
        assert example["answer"] == SILENCE[Outcome(example["outcome"])]

    def test_every_field_is_described(self, document: dict[str, Any]) -> None:
        schemas = document["components"]["schemas"]
        for name, schema in schemas.items():
            for field, described in schema["properties"].items():
                # FastAPI leaves out what stands beside a reference; what is referred to describes itself.
                referred = schemas.get(described.get("$ref", "").rpartition("/")[2], {})
                assert described.get("description") or referred.get("description"), f"{name}.{field}"

    def test_nothing_from_elsewhere_is_served(self, client: httpx.Client) -> None:
        assert client.get("/docs").status_code == 404
        assert client.get("/redoc").status_code == 404


def test_schema_and_document_have_the_same_fields(seed_pipeline: Pipeline) -> None:
    document = answer_document(seed_pipeline.ask(QUESTIONS[0]))
    assert AnswerDocument.model_validate(document).model_dump() == document
    _same_fields(AnswerDocument, document)


def _same_fields(model: type[BaseModel], document: dict[str, Any]) -> None:
    assert list(model.model_fields) == list(document)
    for name, field in model.model_fields.items():
        inner = [kind for kind in (field.annotation, *get_args(field.annotation)) if isinstance(kind, type)]
        for kind in inner:
            if get_origin(kind) is None and issubclass(kind, BaseModel) and document[name]:
                value = document[name]
                _same_fields(kind, value[0] if isinstance(value, list) else value)


def _references(node: Any) -> list[str]:
    if isinstance(node, list):
        return [reference for item in node for reference in _references(item)]
    if isinstance(node, dict):
        own = [node["$ref"]] if isinstance(node.get("$ref"), str) else []
        return own + [reference for item in node.values() for reference in _references(item)]
    return []
