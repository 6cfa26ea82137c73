"""The rewritten graph against the float model, by another implementation; and the wire format it is written in."""

from __future__ import annotations

import json
import os
import sys
import threading
from collections.abc import Callable
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from qa.errors import ModelDamagedError
from qa.models import folder_of
from qa.onnxmodel import OnnxModel
from qa.onnxmodel.bert import bert
from qa.onnxmodel.graph import Graph
from qa.onnxmodel.protobuf import field, fields
from qa.onnxmodel.weights import Weights
from qa.pins import PINNED

QUESTION = "Where was the missile launched from?"
TEXTS = [
    "The missile was launched from waters near the eastern port of Sinpo.",
    "Bake the bread for forty minutes.",
    "Kurz.",
    " ".join(["A long text about submarines and shipyards."] * 30),
    json.dumps({"neither": ["prose", 1.5, None]}),
]


def _run(model: bytes, folder: Path, feed: dict[str, Any]) -> NDArray[np.float32]:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    options.add_session_config_entry("session.model_external_initializers_file_folder_path", str(folder))
    session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    output: NDArray[np.float32] = session.run(None, feed)[0]
    return output


def _float_model(folder: Path) -> Callable[[Any], NDArray[np.float32]]:
    """Return the same model in float32, by transformers, its weights the int8 ones taken back to floats."""
    import torch
    from transformers import BertConfig, BertForSequenceClassification

    sizes = {"hidden_size": 384, "intermediate_size": 1536, "num_hidden_layers": 12, "num_attention_heads": 12}
    model = BertForSequenceClassification(BertConfig(num_labels=1, **sizes)).eval()
    scores = "classifier.bias" in Weights(folder / "model.onnx")
    with Weights(folder / "model.onnx") as weights:
        bases = {
            name.strip("/").rpartition("/")[0].replace("/", "."): inputs[1].removesuffix("_quantized")
            for name, inputs in weights.products
        }
        state = model.state_dict()
        for key, tensor in state.items():
            name = key if scores else key.removeprefix("bert.")
            place = name.removesuffix(".weight")
            base = bases.get(place, name)
            graph = Graph(weights)
            if name in weights:
                made = graph.node("Identity", graph.weight(name))
            elif base + "_quantized" in weights:
                parts = [graph.weight(base + part) for part in ("_quantized", "_scale", "_zero_point")]
                made = graph.node("DequantizeLinear", *parts, axis=1)
            else:
                assert name.startswith(("pooler", "classifier")), name
                continue
            value = torch.from_numpy(_run(graph.model(made), folder, {}).copy())
            state[key] = (value.T if place in bases else value).reshape(tensor.shape)
    model.load_state_dict(state)

    def run(encoding: Any) -> NDArray[np.float32]:
        given = {"input_ids": torch.tensor([encoding.ids]), "token_type_ids": torch.tensor([encoding.type_ids])}
        with torch.no_grad():
            output = model(**given).logits[0] if scores else model.bert(**given).last_hidden_state[0, 0]
        result: NDArray[np.float32] = output.numpy()
        return result

    return run


@pytest.mark.parametrize("name", ["snowflake-arctic-embed-s", "ms-marco-MiniLM-L-12-v2"])
def test_it_is_as_close_to_the_float_model_as_the_export_is(name: str, models_dir: Path) -> None:
    import onnxruntime
    from tokenizers import Tokenizer

    folder = folder_of(PINNED[name], models_dir)
    reranks = name.startswith("ms-marco")
    items: list[Any] = [(QUESTION, text) for text in TEXTS] if reranks else TEXTS
    ours = np.stack(OnnxModel(folder, 512).run(items, lambda output: output[0]))
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_padding()
    session = onnxruntime.InferenceSession(str(folder / "model.onnx"), providers=["CPUExecutionProvider"])
    exact = _float_model(folder)
    exports, floats = [], []
    for item in items:
        encoding = tokenizer.encode(*item) if reranks else tokenizer.encode(item)
        row = {
            "input_ids": encoding.ids,
            "attention_mask": encoding.attention_mask,
            "token_type_ids": encoding.type_ids,
        }
        output = session.run(None, {key: np.array([value]) for key, value in row.items()})[0][0]
        exports.append(output if reranks else output[0])
        floats.append(exact(encoding))
    away, export_away = (_distances(np.stack(rows), np.stack(floats)) for rows in (ours, exports))
    assert away.max() < (0.5 if reranks else 0.02)  # a logit; one minus a cosine
    assert away.mean() <= export_away.mean() * 1.1
    assert _distances(ours, np.stack(exports)).max() < (0.2 if reranks else 0.001)


def _distances(ours: NDArray[np.float32], theirs: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return differences of logits, or one minus the cosines of vectors."""
    if ours.shape[1] == 1:
        return np.abs(ours - theirs)[:, 0]
    distances: NDArray[np.float32] = 1 - (ours * theirs).sum(1) / np.linalg.norm(ours, axis=1) / np.linalg.norm(
        theirs, axis=1
    )
    return distances


def test_the_weights_stay_in_their_file(models_dir: Path) -> None:
    path = folder_of(PINNED["snowflake-arctic-embed-s"], models_dir) / "model.onnx"
    assert len(bert(path)) < 500_000 < path.stat().st_size
    assert bert(path) == bert(path)


def _fields(path: Path, message: bytes) -> list[tuple[int, int, bytes]]:
    path.write_bytes(message)
    with path.open("rb") as file, mmap(file.fileno(), 0, access=ACCESS_READ) as data:
        return [(part.number, part.value, data[part.start : part.end]) for part in fields(data, 0, len(data))]


def test_what_is_written_is_read(tmp_path: Path) -> None:
    """The worked examples of https://protobuf.dev/programming-guides/encoding/, and the largest number."""
    assert field(1, 150) == bytes.fromhex("08 96 01")
    assert field(2, "testing") == bytes.fromhex("12 07 74 65 73 74 69 6e 67")
    message = field(1, 150) + field(2, "testing") + field(3, 1.0) + field(300, 2**64 - 1)
    assert _fields(tmp_path / "message", message) == [
        (1, 150, bytes.fromhex("9601")),
        (2, 0, b"testing"),
        (3, 0, bytes.fromhex("0000803f")),
        (300, 2**64 - 1, b"\xff" * 9 + b"\x01"),
    ]


@pytest.mark.parametrize(
    ("message", "said"),
    [
        (b"\x12\x07tes", "goes beyond its message"),
        (b"\xff" * 20, "no number at byte 0"),
        (b"\x08", "no number at byte 1"),
        (b"\x0b", "unknown wire type 3"),
    ],
)
def test_what_is_no_message_is_refused(tmp_path: Path, message: bytes, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        _fields(tmp_path / "message", message)


@pytest.mark.parametrize("content", [b"\xff" * 100, field(7, field(2, "empty")), b"\x12\x01a"])
def test_a_file_that_is_not_the_model_is_refused(tmp_path: Path, models_dir: Path, content: bytes) -> None:
    tokenizer = folder_of(PINNED["snowflake-arctic-embed-s"], models_dir) / "tokenizer.json"
    (tmp_path / "tokenizer.json").write_bytes(tokenizer.read_bytes())
    (tmp_path / "model.onnx").write_bytes(content)
    with pytest.raises(ModelDamagedError, match=r"model\.onnx cannot be used: .*`qa models fetch` replaces it"):
        OnnxModel(tmp_path, 512)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere threads have no priority of their own")
@pytest.mark.parametrize(("gives_way", "lower"), [(True, 5), (False, 0)])
def test_its_threads_give_way_to_the_others_where_they_are_told_to(
    models_dir: Path, gives_way: bool, lower: int
) -> None:
    def priority(_: object = None) -> int:
        return os.getpriority(os.PRIO_PROCESS, threading.get_native_id())

    model = OnnxModel(folder_of(PINNED["snowflake-arctic-embed-s"], models_dir), 512, 2, gives_way=gives_way)
    own = priority()
    assert set(model.run(TEXTS, priority)) == {min(own + lower, 19)}
    assert priority() == own
