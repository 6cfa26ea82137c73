"""The numbers that `onnx.proto` gives to the fields this project reads or writes, message by message."""

from __future__ import annotations

from enum import IntEnum


class Model(IntEnum):
    """ModelProto."""

    IR_VERSION, GRAPH, OPSETS = 1, 7, 8


class Opset(IntEnum):
    """OperatorSetIdProto."""

    DOMAIN, VERSION = 1, 2


class Graph(IntEnum):
    """GraphProto."""

    NODES, NAME, INITIALIZERS, INPUTS, OUTPUTS = 1, 2, 5, 11, 12


class Node(IntEnum):
    """NodeProto."""

    INPUTS, OUTPUTS, NAME, KIND, ATTRIBUTES, DOMAIN = 1, 2, 3, 4, 5, 7


class Attribute(IntEnum):
    """AttributeProto."""

    NAME, FLOAT, INT, INTS, TYPE = 1, 2, 3, 8, 20


class AttributeType(IntEnum):
    """AttributeProto.AttributeType: values, not fields."""

    FLOAT, INT, INTS = 1, 2, 7


class Tensor(IntEnum):
    """TensorProto."""

    DIMS, TYPE, NAME, RAW, EXTERNAL, LOCATION = 1, 2, 8, 9, 13, 14


class Entry(IntEnum):
    """StringStringEntryProto, of which Tensor.EXTERNAL is made."""

    KEY, VALUE = 1, 2


class Type(IntEnum):
    """TensorProto.DataType: values, not fields."""

    FLOAT, INT64 = 1, 7


class Value(IntEnum):
    """ValueInfoProto."""

    NAME, TYPE = 1, 2


class TensorType(IntEnum):
    """TypeProto.Tensor, which is field 1 of TypeProto."""

    ELEMENT, SHAPE = 1, 2
