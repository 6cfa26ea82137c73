"""What a build tells of its progress, for tests."""

from __future__ import annotations


class Silent:
    """Progress that nobody watches."""

    def stage(self, name: str, total: int | None) -> None: ...

    def advance(self, steps: int) -> None: ...
