"""Articles and chunks on disk: one SQLite file, written in one order, opened read-only."""

from qa.store.reading import Published, Store
from qa.store.schema import FILE
from qa.store.shelf import Counts, LanguageCount, Overview, SourceCount
from qa.store.titles import Entry, Found
from qa.store.writing import Stored, StoreWriter

__all__ = [
    "FILE",
    "Counts",
    "Entry",
    "Found",
    "LanguageCount",
    "Overview",
    "Published",
    "SourceCount",
    "Store",
    "StoreWriter",
    "Stored",
]
