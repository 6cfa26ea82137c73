"""The cross-encoder, with the real weights."""

from __future__ import annotations

from pathlib import Path

import pytest

from qa.pins import PINNED
from qa.rerank import CrossEncoder

QUESTION = "Where was the missile launched from?"
ANSWERS = "The missile was likely launched via submarine from waters near the eastern port of Sinpo."
ABOUT = "Officials in both Japan and China responded to the missile launch Tuesday."
ASTRAY = "Bake the bread for forty minutes."


@pytest.fixture(scope="module")
def reranker(models_dir: Path) -> CrossEncoder:
    return CrossEncoder(PINNED["ms-marco-MiniLM-L-12-v2"], models_dir)


def test_the_order_is_the_order_of_sense(reranker: CrossEncoder) -> None:
    answers, about, astray = reranker.score(QUESTION, [ANSWERS, ABOUT, ASTRAY])
    assert answers > 5 > about > astray
    assert astray < -10


def test_a_score_does_not_depend_on_its_neighbours(reranker: CrossEncoder) -> None:
    together = reranker.score(QUESTION, [ASTRAY, ANSWERS, ABOUT])
    assert together == [reranker.score(QUESTION, [text])[0] for text in (ASTRAY, ANSWERS, ABOUT)]


def test_equals_the_plain_recipe(reranker: CrossEncoder, models_dir: Path) -> None:
    """Reference: one pair, segments 0 and 1, written out by hand."""
    import numpy as np
    import onnxruntime
    from tokenizers import Tokenizer

    from qa.models import locate

    folder = locate(PINNED["ms-marco-MiniLM-L-12-v2"], models_dir)
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_padding()
    pair = tokenizer.encode(QUESTION, ANSWERS)
    separator = pair.ids.index(102)  # [SEP]
    segments = [0] * (separator + 1) + [1] * (len(pair.ids) - separator - 1)
    session = onnxruntime.InferenceSession(str(folder / "model.onnx"), providers=["CPUExecutionProvider"])
    logits = session.run(
        None,
        {
            "input_ids": np.array([pair.ids]),
            "attention_mask": np.ones((1, len(pair.ids)), dtype=np.int64),
            "token_type_ids": np.array([segments]),
        },
    )[0]
    assert reranker.score(QUESTION, [ANSWERS])[0] == pytest.approx(float(logits[0, 0]), abs=0.02)


def test_long_and_empty_input(reranker: CrossEncoder) -> None:
    assert reranker.score(QUESTION, []) == []
    long, empty = reranker.score(QUESTION, [ANSWERS + " word" * 5000, ""])
    assert long > 0 > empty
