"""What a question asks for and where it says that the answer stands, as the searches that find it."""

from qa.asked.parts import parts
from qa.asked.searches import Search, searches
from qa.asked.sources import sources_named

__all__ = ["Search", "parts", "searches", "sources_named"]
