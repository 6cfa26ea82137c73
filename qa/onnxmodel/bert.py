"""The graph of a small BERT, written anew from the weights of its int8 export, to compute less and wait less.

The arithmetic is that of the export: activations quantised by one scale a tensor, products in integers, all else
in float32 (Devlin et al. 2019, "BERT"). What is gone: the last layer beyond its first token, which nobody
reads (a twelfth of nearly all the work); the mask, since a text alone has no padding; transposing for attention;
a thousand nodes for the optimiser to fuse at every start. Since the last layer's activations are then the first
token's alone, their scale fits them better: results differ a little from the export's, towards the float model's.
"""

from __future__ import annotations

from pathlib import Path

from qa.onnxmodel.graph import Graph
from qa.onnxmodel.weights import Weights

RECIPE = "bert 1: last layer for the first token alone"
"""Changes whenever results may: part of an encoder's fingerprint."""

_LAYERS = 12
_HEADS, _HEAD_WIDTH = 12, 32
_EPSILON = 1e-12


def bert(path: Path) -> bytes:
    """Return an ONNX model for one text: `input_ids` and `token_type_ids`, each of shape (tokens,), to one output.

    The output is the last layer's vector of the first token, shape (1, 384), or, where the file holds a
    classifier, its logit, shape (1, 1). The weights are read from `path` when the model is loaded. Raises
    ValueError when it holds no such BERT.
    """
    with Weights(path) as weights:
        return _Bert(weights).model()


class _Bert:
    def __init__(self, weights: Weights) -> None:
        self._graph = Graph(weights)
        self._prefix = "" if "embeddings.LayerNorm.weight" in weights else "bert."
        self._scored = any(name.startswith("/classifier/") for name, _ in weights.products)
        # "/encoder/layer.0/output/dense/MatMul_quant" multiplies by "onnx::MatMul_1538" + "_quantized".
        self._matrices = {
            name.strip("/").rpartition("/")[0].replace("/", "."): inputs[1].removesuffix("_quantized")
            for name, inputs in weights.products
        }

    def model(self) -> bytes:
        x = self._embeddings()
        for layer in range(_LAYERS):
            x = self._layer(x, f"{self._prefix}encoder.layer.{layer}.", first_only=layer == _LAYERS - 1)
        if self._scored:
            x = self._graph.node("Tanh", self._dense(x, self._prefix + "pooler.dense"))
            x = self._dense(x, "classifier")
        return self._graph.model(x)

    def _embeddings(self) -> str:
        graph = self._graph
        ids, types = graph.input("input_ids"), graph.input("token_type_ids")
        words = self._looked_up("word", ids)
        kinds = self._looked_up("token_type", types)
        # The nth token has the nth position.
        tokens = graph.node("Shape", ids)
        table = graph.weight(self._prefix + "embeddings.position_embeddings.weight_quantized")
        places = self._dequantised("position", graph.node("Slice", table, graph.constant(0), tokens))
        x = graph.node("Add", graph.node("Add", words, kinds), places)
        return self._norm(x, self._prefix + "embeddings.LayerNorm")

    def _looked_up(self, table: str, ids: str) -> str:
        weight = self._graph.weight(f"{self._prefix}embeddings.{table}_embeddings.weight_quantized")
        return self._dequantised(table, self._graph.node("Gather", weight, ids))

    def _dequantised(self, table: str, rows: str) -> str:
        name = f"{self._prefix}embeddings.{table}_embeddings.weight"
        scale, zero = self._graph.weight(name + "_scale"), self._graph.weight(name + "_zero_point")
        return self._graph.node("DequantizeLinear", rows, scale, zero)

    def _layer(self, x: str, place: str, *, first_only: bool) -> str:
        graph = self._graph
        attended = self._attention(x, place + "attention.self.", first_only=first_only)
        attended = self._dense(attended, place + "attention.output.dense")
        if first_only:
            x = self._first(x)
        x = self._norm(graph.node("Add", attended, x), place + "attention.output.LayerNorm")
        inner = graph.node("Gelu", self._dense(x, place + "intermediate.dense"))
        return self._norm(graph.node("Add", self._dense(inner, place + "output.dense"), x), place + "output.LayerNorm")

    def _attention(self, x: str, place: str, *, first_only: bool) -> str:
        """softmax(q k^T / sqrt(width)) v for each head, q, k and v of shape (tokens, heads, width)."""
        graph = self._graph
        quantised, scale, zero = graph.nodes(3, "DynamicQuantizeLinear", x)
        asking = self._first(quantised) if first_only else quantised
        shape = graph.constant(-1, _HEADS, _HEAD_WIDTH)
        query, key, value = (
            graph.node("Reshape", self._product(rows, scale, zero, place + name), shape)
            for rows, name in ((asking, "query"), (quantised, "key"), (quantised, "value"))
        )
        # transBatch takes the heads for the batch as they lie, without a copy.
        swapped = {"transBatchA": 1, "transBatchB": 1, "transB": 1}
        likeness = graph.node("FusedMatMul", query, key, alpha=_HEAD_WIDTH**-0.5, **swapped)
        weighed = graph.node("FusedMatMul", graph.node("Softmax", likeness, axis=-1), value, transBatchB=1)
        together = graph.node("Transpose", weighed, perm=(1, 0, 2))
        return graph.node("Reshape", together, graph.constant(-1, _HEADS * _HEAD_WIDTH))

    def _product(self, quantised: str, scale: str, zero: str, place: str) -> str:
        weight, its_scale, its_zero, bias = self._matrix(place)
        return self._graph.node("MatMulIntegerToFloat", quantised, weight, scale, its_scale, zero, its_zero, bias)

    def _dense(self, x: str, place: str) -> str:
        return self._graph.node("DynamicQuantizeMatMul", x, *self._matrix(place))

    def _matrix(self, place: str) -> tuple[str, str, str, str]:
        if place not in self._matrices:
            raise ValueError(f"it has no product called {place}")
        base = self._matrices[place]
        weight, scale, zero = (self._graph.weight(base + part) for part in ("_quantized", "_scale", "_zero_point"))
        return weight, scale, zero, self._graph.weight(place + ".bias")

    def _norm(self, x: str, place: str) -> str:
        weight, bias = self._graph.weight(place + ".weight"), self._graph.weight(place + ".bias")
        return self._graph.node("LayerNormalization", x, weight, bias, axis=-1, epsilon=_EPSILON)

    def _first(self, rows: str) -> str:
        return self._graph.node("Slice", rows, self._graph.constant(0), self._graph.constant(1))
