"""Whose words a quotation is: its writer's, or those of somebody whom the writer reports.

A mail that says "Hi Bob, the rubber is brittle" does not answer what Bob said about rubber, although it has every word
of the question.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from qa.authorship import writer_of
from qa.records import Passage, Quote

_TO = "to"
"""Where a mail keeps its addressees, among the metadata."""
_LONGEST_SIGNATURE = 8
"""Words."""
_TITLES = frozenset({"mr", "mrs", "ms", "dr", "prof"})
_CLOSINGS = frozenset({
    "best", "kind", "kindest", "warm", "warmest", "many", "all", "with", "regards", "greetings", "wishes", "thanks",
    "thank", "you", "cheers", "yours", "sincerely", "truly", "faithfully", "love", "from",
})  # fmt: skip
_BREAKS = re.compile(r"\s*(?:[,|/(\n–—]|-\s|\Z)")
_WORD = re.compile(r"[^\W_]+")
_SAYS = (
    r"(?:says?|said|thinks?|thought|writes?|wrote|mentions?|mentioned|reports?|reported|tells?|told|feels?|felt|believes?|"
    r"believed|explain(?:s|ed)?|suggest(?:s|ed)?|propose[sd]?|recommend(?:s|ed)?|answer(?:s|ed)?|repl(?:y|ies|ied)|"
    r"announce[sd]?|claim(?:s|ed)?|complain(?:s|ed)?|argue[sd]?|ask(?:s|ed)?|want(?:s|ed)?|request(?:s|ed)?|"
    r"promise[sd]?|offer(?:s|ed)?|warn(?:s|ed)?|comment(?:s|ed)?|object(?:s|ed)?|agree[sd]?|disagree[sd]?|found|finds?|"
    r"prefer(?:s|red)?|insist(?:s|ed)?|is (?:for|against)|was (?:for|against)|would (?:like|prefer))"
)
_OPINION = r"['’]s?\s(?:\w+\s)?(?:opinion|view|thought|take|position|comment|advice|proposal|suggestion|words)s?\b"


def is_called(name: str, person: str) -> bool:
    """Whether a person may be called so: "Ruth" for "Ruth Amsler", and "bob stone" for "Stone, Bob"."""
    asked = _words(name) - _TITLES
    return bool(asked) and asked <= _words(person)


def is_known(name: str, passages: Sequence[Passage], *, may_be_a_word: bool = False) -> bool:
    """Whether a name is that of somebody who wrote, or was written to, in the messages among these passages.

    What `may_be_a_word` is that of somebody who wrote: messages also go to "All residents".
    """
    return any(
        is_called(name, person)
        for passage in passages
        if (writer := writer_of(passage.article)) is not None
        for person in (writer, *([] if may_be_a_word else passage.article.metadata.get(_TO, "").split("; ")))
    )


def wrote_any(name: str, passages: Sequence[Passage]) -> bool:
    """Whether one of these passages is of a text that somebody called so wrote."""
    return any(is_called(name, writer_of(passage.article) or "") for passage in passages)


def may_be_said_by(name: str, quote: Quote) -> bool:
    """Whether a quote may be what somebody called `name` said: not in a message of another that does not report it."""
    writer = writer_of(quote.passage.article)
    return writer is None or is_called(name, writer) or _reports(quote.text, name)


def is_signature(quote: Quote) -> bool:
    """Whether a quote is no more than the name below a message, with what its writer is.

    "Contact: Ann Lee" says more, and so do "Ann Lee, 031 123 45" and City Market's "Market day is on Sunday".
    """
    writer, text = writer_of(quote.passage.article), quote.text.strip()
    if writer is None or text.endswith((".", "!", "?")) or len(text.split()) > _LONGEST_SIGNATURE:
        return False
    named, end = False, 0
    for word in _WORD.finditer(text):
        if _words(word[0]) <= _words(writer):
            named = True
        elif named or not _words(word[0]) <= _CLOSINGS:
            break
        end = word.end()
    told = text[end:]
    return named and _BREAKS.match(told) is not None and not any(char.isdigit() or char == ":" for char in told)


def _reports(text: str, name: str) -> bool:
    """Whether a text tells what somebody said: "Bob thinks", "according to Bob", "Bob was here. He says"."""
    called = [word for word in name.split() if not _words(word) <= _TITLES] or name.split()
    who = rf"\b(?:{'|'.join(map(re.escape, called))})\b"
    said = (
        rf"{who}(?:\s\w+){{0,2}}\s{_SAYS}\b"
        rf"|[,”\"]\s(?:said|says|wrote|writes)\s{who}|\baccording\sto\s{who}|{who}{_OPINION}"
        rf"|{who}.*[.;]\s(?:he|she|they)(?:\s\w+)?\s{_SAYS}\b"
    )
    return re.search(said, " ".join(text.split()), re.IGNORECASE) is not None


def _words(name: str) -> frozenset[str]:
    plain = unicodedata.normalize("NFKD", name.casefold())
    return frozenset(_WORD.findall("".join(char for char in plain if not unicodedata.combining(char))))
