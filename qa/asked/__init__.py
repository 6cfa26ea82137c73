"""What a question names: the sources and days of the articles that it points to, and the parts that it has."""

from qa.asked.parts import parts
from qa.asked.sources import Attribution, attribution, is_published_on, sources_named

__all__ = ["Attribution", "attribution", "is_published_on", "parts", "sources_named"]
