"""How many threads FAISS may use for what the calling thread asks of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def one_thread() -> Iterator[None]:
    """Have FAISS work on the calling thread alone; other threads keep their own setting.

    On several threads the last bits of a matrix product depend on how many there are, and with them a vector's
    list and its code. And one question is too little to share: the team that FAISS would start takes longer to
    meet than to search, milliseconds where the cores are busy.
    """
    import faiss

    threads = faiss.omp_get_max_threads()
    faiss.omp_set_num_threads(1)
    try:
        yield
    finally:
        faiss.omp_set_num_threads(threads)
