"""An ONNX graph written node by node over the weights of an ONNX file.

Large weights stay where they are: the graph names the file, the offset and the length, so that writing it costs
milliseconds and ONNX Runtime maps the weights into memory.
"""

from __future__ import annotations

import struct

from qa.onnxmodel.protobuf import field
from qa.onnxmodel.schema import Attribute, AttributeType, Model, Node, Opset, Tensor, TensorType, Type, Value
from qa.onnxmodel.schema import Graph as Part
from qa.onnxmodel.weights import Weights

Given = int | float | tuple[int, ...]

_IR_VERSION = 8
_MICROSOFT = "com.microsoft"
_OPSETS = {"": 17, _MICROSOFT: 1}
_CONTRIBUTED = {"DynamicQuantizeMatMul", "MatMulIntegerToFloat", "FusedMatMul", "Gelu"}
"""Kinds of node that are ONNX Runtime's own."""


class Graph:
    """Nodes in the order of computing; every method returns the name of what it adds."""

    def __init__(self, weights: Weights) -> None:
        """Start an empty graph over these weights."""
        self._weights = weights
        self._nodes: list[bytes] = []
        self._tensors: dict[str, bytes] = {}
        self._inputs: list[bytes] = []

    def input(self, name: str) -> str:
        """Add an input of the graph, a row of integers."""
        anything = field(TensorType.SHAPE, field(1, field(2, "tokens")))
        self._inputs.append(_value(name, field(TensorType.ELEMENT, Type.INT64) + anything))
        return name

    def weight(self, name: str) -> str:
        """Add an initialiser of the file; raises ValueError if there is none of this name."""
        if name not in self._tensors:
            self._tensors[name] = self._weights.tensor(name)
        return name

    def constant(self, *values: int) -> str:
        """Add a row of integers."""
        name = f"constant {values}"
        raw = struct.pack(f"<{len(values)}q", *values)
        kind = field(Tensor.DIMS, len(values)) + field(Tensor.TYPE, Type.INT64)
        self._tensors[name] = kind + field(Tensor.NAME, name) + field(Tensor.RAW, raw)
        return name

    def node(self, kind: str, *inputs: str, **attributes: Given) -> str:
        """Add a node with one output."""
        return self.nodes(1, kind, *inputs, **attributes)[0]

    def nodes(self, outputs: int, kind: str, *inputs: str, **attributes: Given) -> list[str]:
        """Add a node with several outputs."""
        names = [f"{kind} {len(self._nodes)}.{output}" for output in range(outputs)]
        parts = [*(field(Node.INPUTS, name) for name in inputs), *(field(Node.OUTPUTS, name) for name in names)]
        parts += [field(Node.ATTRIBUTES, _attribute(name, value)) for name, value in attributes.items()]
        parts += [field(Node.KIND, kind), field(Node.DOMAIN, _MICROSOFT if kind in _CONTRIBUTED else "")]
        self._nodes.append(b"".join(parts))
        return names

    def model(self, output: str) -> bytes:
        """Return the whole as an ONNX model with one output, of floats."""
        graph = [field(Part.NODES, node) for node in self._nodes] + [field(Part.NAME, "rewritten")]
        graph += [field(Part.INITIALIZERS, tensor) for tensor in self._tensors.values()]
        graph += [field(Part.INPUTS, value) for value in self._inputs]
        graph += [field(Part.OUTPUTS, _value(output, field(TensorType.ELEMENT, Type.FLOAT)))]
        opsets = [field(Opset.DOMAIN, domain) + field(Opset.VERSION, _OPSETS[domain]) for domain in _OPSETS]
        parts = [field(Model.OPSETS, opset) for opset in opsets] + [field(Model.GRAPH, b"".join(graph))]
        return field(Model.IR_VERSION, _IR_VERSION) + b"".join(parts)


def _value(name: str, tensor: bytes) -> bytes:
    return field(Value.NAME, name) + field(Value.TYPE, field(1, tensor))


def _attribute(name: str, value: Given) -> bytes:
    if isinstance(value, tuple):
        given, kind = b"".join(field(Attribute.INTS, each) for each in value), AttributeType.INTS
    elif isinstance(value, float):
        given, kind = field(Attribute.FLOAT, value), AttributeType.FLOAT
    else:
        # A negative number is written as the 64-bit number of the same bits.
        given, kind = field(Attribute.INT, value % 2**64), AttributeType.INT
    return field(Attribute.NAME, name) + given + field(Attribute.TYPE, kind)
