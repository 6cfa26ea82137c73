"""Settings: where a value comes from, what it may be, and what is said when it cannot be used."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import FrozenInstanceError, asdict, fields
from pathlib import Path
from typing import Any

import pytest

from qa.config import DEFAULT_ENCODER, DEFAULT_RERANKER, Secret, Settings, variable_of
from qa.errors import BadSettingError

OPTIONS = {option.name: option for option in fields(Settings)}
RANGED = [name for name, option in OPTIONS.items() if option.metadata["low"] is not None]


def test_the_defaults() -> None:
    settings = asdict(Settings.from_env({}))
    assert settings.pop("models").parts[-2:] == ("article-qa", "models")
    assert settings == {
        "indexes": Path("indexes"),
        "index": "default",
        "encoder": DEFAULT_ENCODER,
        "reranker": DEFAULT_RERANKER,
        "device": "auto",
        "threads": 0,
        "chunk_words": 180,
        "dense": "auto",
        "keep": 3,
        "max_file_mb": 512,
        "max_article_mb": 16,
        "max_read_seconds": 120,
        "max_archive_mb": 2048,
        "max_archive_members": 50_000,
        "candidates": 100,
        "rerank": 12,
        "k": 5,
        "min_confidence": 0.5,
        "max_question_chars": 2000,
        "max_history_messages": 100,
        "max_history_chars": 60_000,
        "host": "127.0.0.1",
        "port": 8000,
        "workers": 1,
        "root_path": "/",
        "forwarded_allow_ips": "none",
        "public_url": "auto",
        "allowed_hosts": "localhost,127.0.0.1,[::1]",
        "max_concurrent": 0,
        "max_queue": 32,
        "request_timeout_s": 60.0,
        "rate_limit": "off",
        "cors_origins": "off",
        "keys": "auto",
        "require_keys": False,
        "open_metrics": False,
        "log_format": "text",
        "log_level": "info",
        "log_questions": False,
        "llm_url": "",
        "llm_model": "",
        "llm_key": Secret(),
        "llm_timeout_s": 30,
    }


@pytest.mark.parametrize("name", OPTIONS)
def test_every_option_is_explained_in_a_sentence(name: str) -> None:
    text = OPTIONS[name].metadata["help"]
    assert text[0].isupper()
    assert text.endswith(".")


@pytest.mark.parametrize("name", OPTIONS)
def test_every_default_could_also_be_given(name: str) -> None:
    default = getattr(Settings(), name)
    assert Settings.from_env({variable_of(name): str(default)}) == Settings()


class TestWhereAValueComesFrom:
    @pytest.mark.parametrize(
        ("environ", "given", "name", "value"),
        [
            ({}, {}, "k", 5),
            ({"QA_K": "7"}, {}, "k", 7),
            ({"QA_K": "7"}, {"k": 9}, "k", 9),
            ({"QA_K": "7"}, {"k": "9"}, "k", 9),
            ({"QA_K": "7"}, {"k": None}, "k", 7),
            ({"QA_K": ""}, {}, "k", 5),  # `QA_K= qa ask` means: not set
            ({"QA_THREADS": "4"}, {"threads": 0}, "threads", 0),  # nought is a value
            ({"QA_MIN_CONFIDENCE": "0.9"}, {"min_confidence": 0.0}, "min_confidence", 0.0),
            ({"QA_MIN_CONFIDENCE": "1e-1"}, {}, "min_confidence", 0.1),
            ({"QA_INDEX": "news"}, {}, "index", "news"),
            ({"QA_INDEXES": "some where/é"}, {}, "indexes", Path("some where/é")),
            ({"QA_MODELS": "/m"}, {"models": Path("/n")}, "models", Path("/n")),
            ({"QA_CHUNK_WORDS": " 50\n"}, {}, "chunk_words", 50),
            ({"qa_k": "7", "K": "7", "QA_KK": "7", "QA_NOTHING": "x"}, {}, "k", 5),
        ],
    )
    def test_given_goes_before_the_variable_and_that_before_the_default(
        self, environ: Mapping[str, str], given: dict[str, Any], name: str, value: Any
    ) -> None:
        found = getattr(Settings.from_env(environ, **given), name)
        assert found == value
        assert type(found) is type(value)

    def test_the_environment_of_the_process_counts_when_none_is_given(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("QA_PORT", "8123")
        assert Settings.from_env().port == 8123
        assert Settings.from_env({}).port == 8000
        assert Settings().port == 8000

    def test_the_name_of_a_variable(self) -> None:
        assert variable_of("min_confidence") == "QA_MIN_CONFIDENCE"

    def test_settings_do_not_change(self) -> None:
        with pytest.raises(FrozenInstanceError):
            Settings().k = 3  # type: ignore[misc]


class TestWhatIsRefused:
    @pytest.mark.parametrize(
        ("environ", "given", "sentence"),
        [
            ({"QA_K": "many"}, {}, "QA_K: 'many' is not a whole number."),
            ({}, {"k": "many"}, "--k: 'many' is not a whole number."),
            ({"QA_K": "7"}, {"rerank": "1.5"}, "--rerank: '1.5' is not a whole number."),
            ({"QA_K": " "}, {}, "QA_K: ' ' is not a whole number."),
            ({"QA_MIN_CONFIDENCE": "half"}, {}, "QA_MIN_CONFIDENCE: 'half' is not a number."),
            ({"QA_MIN_CONFIDENCE": "nan"}, {}, "QA_MIN_CONFIDENCE: nan is not between 0.0 and 1.0."),
            ({"QA_MIN_CONFIDENCE": "inf"}, {}, "QA_MIN_CONFIDENCE: inf is not between 0.0 and 1.0."),
            ({}, {"min_confidence": float("nan")}, "--min-confidence: nan is not between 0.0 and 1.0."),
            ({}, {"min_confidence": 1.01}, "--min-confidence: 1.01 is not between 0.0 and 1.0."),
            ({}, {"k": 0}, "--k: 0 is not between 1 and 50."),
            ({"QA_K": "51"}, {}, "QA_K: 51 is not between 1 and 50."),
            ({"QA_PORT": "65536"}, {}, "QA_PORT: 65536 is not between 0 and 65535."),
            ({"QA_MAX_FILE_MB": "0"}, {}, "QA_MAX_FILE_MB: 0 is not between 1 and 1000000."),
            # What is given wins, so a variable that it overrides is not looked at.
            ({"QA_K": "many"}, {"k": 51}, "--k: 51 is not between 1 and 50."),
        ],
    )
    def test_the_sentence_names_where_it_was_set(
        self, environ: Mapping[str, str], given: dict[str, Any], sentence: str
    ) -> None:
        with pytest.raises(BadSettingError) as caught:
            Settings.from_env(environ, **given)
        assert str(caught.value) == sentence
        assert caught.value.name == sentence.partition(":")[0]

    @pytest.mark.parametrize("name", RANGED)
    def test_both_ends_of_every_range_are_inside(self, name: str) -> None:
        low, high = OPTIONS[name].metadata["low"], OPTIONS[name].metadata["high"]
        for value in (low, high):
            assert getattr(Settings.from_env({variable_of(name): str(value)}), name) == value
        for value in (low - 1, high + 1):
            with pytest.raises(BadSettingError):
                Settings.from_env({variable_of(name): str(value)})

    def test_every_number_has_a_range(self) -> None:
        numbers = [name for name, option in OPTIONS.items() if option.type in ("int", "float")]
        assert numbers == RANGED
