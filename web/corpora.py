"""The corpora that one server answers from: each an index with a holder of its own, by name.

They share the reranker, and those whose vectors are of the same encoder share that. Each follows its own index, so that
one that is missing or damaged, or whose encoder is missing, does not hurt the others.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from qa.config import Settings
from qa.errors import BadSettingError, CorpusNotFoundError
from qa.loading import Models
from web.builder import Builder
from web.holder import PipelineHolder


def names_in(index: str) -> tuple[str, ...]:
    """Return the names in a list of indexes, "news,squad"; raises BadSettingError where one is empty or there twice."""
    names = tuple(name.strip() for name in index.split(","))
    if "" in names or len(set(names)) < len(names):
        raise BadSettingError("index", f"{index!r} names an index twice, or leaves a name empty; try: news,squad.")
    return names


class Corpora:
    """The holders of a server, by the name of their index; the first is the one that is asked when none is named."""

    def __init__(self, holders: Mapping[str, PipelineHolder]) -> None:
        self._holders = dict(holders)

    @classmethod
    def of(cls, settings: Settings, builder: Builder | None = None) -> Corpora:
        """Return the corpora that the settings name; `builder` builds the default one.

        Raises BadSettingError for a name that is no file name.
        """
        models, names = Models(settings, gives_way=True), names_in(settings.index)
        return cls(
            {
                name: PipelineHolder(replace(settings, index=name), builder if name == names[0] else None, models)
                for name in names
            }
        )

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the corpora, the default one first."""
        return tuple(self._holders)

    @property
    def default(self) -> str:
        """The name of the corpus that is asked when none is named."""
        return self.names[0]

    def holder(self, name: str | None = None) -> PipelineHolder:
        """Return the holder of a corpus; raises CorpusNotFoundError for a name that is not served."""
        holder = self._holders.get(self.default if name is None else name)
        if holder is None:
            raise CorpusNotFoundError(name or "", self.names)
        return holder

    def of_encoder(self, name: str) -> PipelineHolder | None:
        """Return the holder of the first corpus whose open version has vectors of this encoder, None where none has."""
        for holder in self._holders.values():
            opened = holder.opened
            built = opened.pipeline.index.manifest.recipe.encoder if opened else None
            if built is not None and built.name == name:
                return holder
        return None

    def start(self) -> None:
        """Open every index and follow it from now on."""
        for holder in self._holders.values():
            holder.start()

    def close(self) -> None:
        """Close what is open. Nothing may be leased any more."""
        for holder in self._holders.values():
            holder.close()
