"""What a question names: the sources and days of the articles that it points to, its parts, whose words it asks for."""

from qa.asked.parts import parts
from qa.asked.sources import Attribution, attribution, is_published_on, sources_named
from qa.asked.speakers import Speaker, speaker

__all__ = ["Attribution", "Speaker", "attribution", "is_published_on", "parts", "sources_named", "speaker"]
