"""A client of the server that answers from the seeds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest


@pytest.fixture(scope="session")
def client(seed_server: Any) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=seed_server.url, timeout=60) as client:
        yield client
