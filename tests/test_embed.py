"""Encoders: the pinned ONNX one and sentence-transformers, with the real weights."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from qa.embed import OnnxEncoder, SentenceTransformerEncoder, computes_in_half, load_encoder
from qa.errors import ModelDamagedError, ModelMissingError
from qa.models import folder_of, locate
from qa.pins import PINNED

ARCTIC = "snowflake-arctic-embed-s"
MINILM = "all-MiniLM-L6-v2"
TEXTS = [
    "The missile was launched from waters near the eastern port of Sinpo.",
    "Bake the bread for forty minutes.",
    "Kurz.",
    " ".join(["A long text about submarines and shipyards."] * 120),  # far over 512 tokens
]


@pytest.fixture(scope="module")
def arctic(models_dir: Path) -> OnnxEncoder:
    encoder = load_encoder(ARCTIC, models_dir)
    assert isinstance(encoder, OnnxEncoder)
    return encoder


@pytest.fixture(scope="module")
def minilm(models_dir: Path) -> SentenceTransformerEncoder:
    encoder = load_encoder(MINILM, models_dir, device="cpu")
    assert isinstance(encoder, SentenceTransformerEncoder)
    return encoder


def test_arctic_equals_the_plain_recipe(arctic: OnnxEncoder, models_dir: Path) -> None:
    """Reference: tokenizer, session, first token, norm, written out by hand."""
    import onnxruntime
    from tokenizers import Tokenizer

    folder = locate(PINNED[ARCTIC], models_dir)
    session = onnxruntime.InferenceSession(str(folder / "model.onnx"), providers=["CPUExecutionProvider"])
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    for text, vector in zip(TEXTS, arctic.encode_passages(TEXTS), strict=True):
        tokens = tokenizer.encode(text)
        ids = np.array([[*tokens.ids[:511], tokens.ids[-1]] if len(tokens.ids) > 512 else tokens.ids])
        hidden = session.run(
            None,
            {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)},
        )[0][0, 0]
        np.testing.assert_allclose(vector, hidden / np.linalg.norm(hidden), atol=2e-3)


def test_a_vector_does_not_depend_on_its_neighbours(arctic: OnnxEncoder) -> None:
    """What makes an incremental build equal a fresh one, to the last bit."""
    together = arctic.encode_passages(TEXTS)
    for text, vector in zip(TEXTS, together, strict=True):
        np.testing.assert_array_equal(arctic.encode_passages([text])[0], vector)
    np.testing.assert_array_equal(arctic.encode_passages(TEXTS[::-1])[::-1], together)


def test_a_vector_does_not_depend_on_the_threads(arctic: OnnxEncoder, models_dir: Path) -> None:
    for threads in (1, 3):
        encoder = load_encoder(ARCTIC, models_dir, threads=threads)
        np.testing.assert_array_equal(encoder.encode_passages(TEXTS * 3), arctic.encode_passages(TEXTS * 3))


@pytest.mark.parametrize("name", ["arctic", "minilm"])
def test_vectors_are_unit_float32_and_find_the_right_text(name: str, request: pytest.FixtureRequest) -> None:
    encoder = request.getfixturevalue(name)
    passages, query = encoder.encode_passages(TEXTS), encoder.encode_query("Where was the rocket fired?")
    assert passages.dtype == query.dtype == np.float32
    assert passages.shape == (4, 384)
    assert query.shape == (384,)
    np.testing.assert_allclose(np.linalg.norm(passages, axis=1), 1, atol=1e-5)
    np.testing.assert_allclose(np.linalg.norm(query), 1, atol=1e-5)
    assert int(np.argmax(passages @ query)) == 0
    assert encoder.encode_passages([]).shape == (0, 384)


def test_a_question_carries_the_prompt_a_passage_does_not(arctic: OnnxEncoder) -> None:
    np.testing.assert_array_equal(
        arctic.encode_query("Why?"),
        arctic.encode_passages(["Represent this sentence for searching relevant passages: Why?"])[0],
    )


def test_minilm_equals_sentence_transformers(minilm: SentenceTransformerEncoder, models_dir: Path) -> None:
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(folder_of(PINNED[MINILM], models_dir)), device="cpu", local_files_only=True)
    expected = model.encode(TEXTS, normalize_embeddings=True, show_progress_bar=False)
    np.testing.assert_allclose(minilm.encode_passages(TEXTS), expected, atol=1e-6)


def test_progress_counts_every_text_once(arctic: OnnxEncoder, minilm: SentenceTransformerEncoder) -> None:
    for encoder in (arctic, minilm):
        done: list[int] = []
        encoder.encode_passages(TEXTS * 9, done.append)
        assert sum(done) == 36


def test_fingerprints_follow_the_bytes(
    arctic: OnnxEncoder, minilm: SentenceTransformerEncoder, tmp_path: Path, models_dir: Path
) -> None:
    assert arctic.fingerprint != minilm.fingerprint
    copy = tmp_path / "my-model"
    shutil.copytree(folder_of(PINNED[MINILM], models_dir), copy)
    same = load_encoder(str(copy), tmp_path, device="cpu")
    assert (same.name, same.fingerprint) == (str(copy), minilm.fingerprint)
    np.testing.assert_array_equal(same.encode_query("Why?"), minilm.encode_query("Why?"))
    config = copy / "sentence_bert_config.json"
    config.write_text(config.read_text(encoding="utf-8").replace("256", "128"), encoding="utf-8")
    assert load_encoder(str(copy), tmp_path, device="cpu").fingerprint != minilm.fingerprint


def test_another_recipe_is_another_fingerprint(
    arctic: OnnxEncoder, models_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert load_encoder(ARCTIC, models_dir).fingerprint == arctic.fingerprint
    monkeypatch.setattr("qa.embed.RECIPE", "another")
    assert load_encoder(ARCTIC, models_dir).fingerprint != arctic.fingerprint


@pytest.mark.parametrize(("device", "half"), [("cpu", False), ("cuda", True), ("mps", False)])
def test_half_precision_is_for_cuda(device: str, half: bool) -> None:
    assert computes_in_half(device) is half


def test_in_half_precision_vectors_are_unit_float32_and_the_fingerprint_says_so(
    minilm: SentenceTransformerEncoder, models_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on a CUDA device, here on the processor, which can do it too."""
    monkeypatch.setattr("qa.embed.computes_in_half", lambda _: True)
    encoder = load_encoder(MINILM, models_dir, device="cpu")
    assert encoder.fingerprint != minilm.fingerprint
    vectors, exact = encoder.encode_passages(TEXTS), minilm.encode_passages(TEXTS)
    assert vectors.dtype == encoder.encode_query("Why?").dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-6)
    np.testing.assert_allclose(vectors, exact, atol=2e-3)
    assert not np.array_equal(vectors, exact)


def test_an_unknown_encoder_names_the_way_to_get_it(tmp_path: Path) -> None:
    with pytest.raises(ModelMissingError, match="`qa models fetch nobody/nothing`"):
        load_encoder("nobody/nothing", tmp_path)
    with pytest.raises(ModelMissingError, match="'not a name!' is no folder on this machine, and no name of a model"):
        load_encoder("not a name!", tmp_path)
    with pytest.raises(ModelMissingError, match="is a reranker, not an encoder"):
        load_encoder("ms-marco-MiniLM-L-12-v2", tmp_path)


def test_a_folder_that_holds_no_model_is_refused(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(ModelDamagedError, match="cannot be loaded as a sentence-transformers model"):
        load_encoder(str(tmp_path / "empty"), tmp_path)


def test_an_unknown_device_is_refused(models_dir: Path) -> None:
    with pytest.raises(ModelDamagedError, match="device 'abacus'"):
        load_encoder(MINILM, models_dir, device="abacus")


@pytest.mark.parametrize("name", ["snowflake-arctic-embed-s", "all-MiniLM-L6-v2"])
def test_tokens_are_counted_whole(
    arctic: OnnxEncoder, minilm: SentenceTransformerEncoder, models_dir: Path, name: str
) -> None:
    from tokenizers import Tokenizer

    encoder, most = {arctic.name: (arctic, 512), minilm.name: (minilm, 256)}[name]
    tokenizer = Tokenizer.from_file(str(locate(PINNED[name], models_dir) / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    texts = ["What it takes to ship a missile", "missile " * 2000, ""]
    prompt = OnnxEncoder.QUERY_PROMPT if encoder is arctic else ""
    assert encoder.count_tokens(texts) == [len(tokenizer.encode(text).ids) for text in texts]
    assert encoder.count_tokens(texts, query=True) == [len(tokenizer.encode(prompt + text).ids) for text in texts]
    assert encoder.max_tokens == most
    fits = "missile " * (most - 2)
    assert encoder.count_tokens([fits]) == [most]
    np.testing.assert_array_equal(encoder.encode_passages([fits + "and more"]), encoder.encode_passages([fits]))
