"""The weights in an ONNX file, found without reading them."""

from __future__ import annotations

from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import NamedTuple, Self

from qa.onnxmodel.protobuf import Field, field, fields
from qa.onnxmodel.schema import Entry, Graph, Model, Node, Tensor

_EXTERNAL = 1
_LARGE = 4096
"""Bytes from which on a weight is left in its file."""


class Product(NamedTuple):
    """An integer matrix product: its node's name, which says where in the model it stands, and its inputs."""

    name: str
    inputs: list[str]


class Weights:
    """The initialisers of an ONNX file by name, and its integer matrix products; a context manager."""

    def __init__(self, path: Path) -> None:
        """Read the outline of `path`; raises ValueError where it is no ONNX file."""
        self.file = path.name
        with path.open("rb") as file:
            self._data = mmap(file.fileno(), 0, access=ACCESS_READ)
        self._tensors: dict[str, Field] = {}
        self.products: list[Product] = []
        for graph in (part for part in fields(self._data, 0, len(self._data)) if part.number == Model.GRAPH):
            for part in fields(self._data, graph.start, graph.end):
                if part.number == Graph.INITIALIZERS:
                    self._tensors.update((name, part) for name in self._texts(part, Tensor.NAME))
                elif part.number == Graph.NODES and self._data.find(b"MatMulInteger", part.start, part.end) >= 0:
                    (name,) = self._texts(part, Node.NAME)
                    self.products.append(Product(name, self._texts(part, Node.INPUTS)))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._data.close()

    def __contains__(self, name: str) -> bool:
        return name in self._tensors

    def tensor(self, name: str) -> bytes:
        """Return an initialiser, as TensorProto for a model beside the file; raises ValueError if there is none.

        A large one becomes a reference into the file (ONNX calls it external data).
        """
        if name not in self._tensors:
            raise ValueError(f"it holds no {name}")
        place = self._tensors[name]
        parts = list(fields(self._data, place.start, place.end))
        raw = next((part for part in parts if part.number == Tensor.RAW), None)
        if raw is None or raw.end - raw.start < _LARGE:
            return self._data[place.start : place.end]
        kept = [field(part.number, part.value) for part in parts if part.number in (Tensor.DIMS, Tensor.TYPE)]
        lies = {"location": self.file, "offset": str(raw.start), "length": str(raw.end - raw.start)}
        where = [field(Tensor.EXTERNAL, field(Entry.KEY, key) + field(Entry.VALUE, lies[key])) for key in lies]
        return b"".join([*kept, field(Tensor.NAME, name), *where, field(Tensor.LOCATION, _EXTERNAL)])

    def _texts(self, message: Field, number: int) -> list[str]:
        found = (part for part in fields(self._data, message.start, message.end) if part.number == number)
        return [self._data[part.start : part.end].decode() for part in found]
