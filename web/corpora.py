"""The corpora that one server answers from: each an index with a holder of its own, by name."""

from __future__ import annotations

from collections.abc import Mapping

from qa.errors import CorpusNotFoundError
from web.holder import PipelineHolder


class Corpora:
    """The holders of a server, by the name of their index; the first is the one that is asked when none is named."""

    def __init__(self, holders: Mapping[str, PipelineHolder]) -> None:
        self._holders = dict(holders)

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

    def start(self) -> None:
        """Open every index and follow it from now on."""
        for holder in self._holders.values():
            holder.start()

    def close(self) -> None:
        """Close what is open. Nothing may be leased any more."""
        for holder in self._holders.values():
            holder.close()
