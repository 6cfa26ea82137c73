"""Bearer keys: who may ask a server, kept as hashes in a file beside the indexes."""

from qa.keys.keeping import KeyStore
from qa.keys.ring import Key, Ring, Session

__all__ = ["Key", "KeyStore", "Ring", "Session"]
