"""A transformer on ONNX Runtime, with its tokenizer, without torch.

    model = OnnxModel(folder, max_tokens=512)
    vectors = model.run(texts, lambda output: output[0])

`runner` runs texts, `bert` says what is computed for one; `graph`, `weights`, `protobuf` and `schema` write that
down as ONNX over the weights of the pinned file.
"""

from qa.onnxmodel.bert import RECIPE
from qa.onnxmodel.runner import OnnxModel

__all__ = ["RECIPE", "OnnxModel"]
