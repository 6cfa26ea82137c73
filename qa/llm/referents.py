"""What a quotation names by other words: the same quotation with the names that its passage has for them.

"It was opened in 1904" stands in an article on Brennick Bridge, after a sentence about it. A model that is asked when
Brennick Bridge was opened names it, and is right. So words that stand for a name are replaced by it, where the title, a
heading or the sentences before in the same passage leave one reading only: a surname by the full name ("Quill"), a noun
by the name that it is the head of ("the bridge"), the pronoun that a sentence is about by the subject of the sentences
before (where Hobbs 1978, "Resolving pronoun references", looks first). Where there are two readings, none is.

What comes of it is for checking names and meaning. It is never shown, and no number or date is taken from it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from qa.antecedent import Pronoun, open_pronoun
from qa.llm.exchange import as_words
from qa.mentions import names
from qa.records import Citation, Passage, Span
from qa.sentences import in_sentences

REACH = 4
"""Sentences of the passage before a quotation in which a name is looked for."""

_NO_FIRST_NAMES = frozenset({
    "new", "north", "south", "east", "west", "northern", "southern", "eastern", "western", "central", "upper", "lower",
    "great", "greater", "old", "saint", "st", "san", "santa", "los", "las", "la", "le", "el", "fort", "port", "mount",
    "lake", "cape", "united", "royal", "the",
})  # fmt: skip
_NOUN = re.compile(
    r"\b(?:[Tt]he|[Tt]his)\s(?P<noun>[a-z]{3,})\b(?!-|\s(?:of|in|at|from|for|with|that|which|who|where|on|to|and|[A-Z]))"
)
_PLACED = re.compile(r"\b(?:in|at|near|from|of)\s(?:the\s)?\Z", re.IGNORECASE)
"""Before a name that is no person's."""
_BEGINS = re.compile(r"(?:\A|,\s)(?:[Tt]he\s)?\Z")
"""Before a name that may be its clause's subject."""
_GROUPS = (
    frozenset({"he", "him", "his"}),
    frozenset({"she", "her", "hers"}),
    frozenset({"it", "its"}),
    frozenset({"they", "them", "their", "theirs"}),
)
_POSSESSIVE = frozenset({"his", "her", "its", "their"})


@dataclass(frozen=True, slots=True)
class Around:
    """Where a quotation stands: the article's title and the headings above, and the passage's sentences before it."""

    titles: tuple[str, ...] = ()
    before: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Name:
    span: Span
    text: str


def surroundings(citation: Citation, passages: Sequence[Passage]) -> Around:
    """Return where a citation stands, as far as its passage is among these."""
    titles = (citation.document_title, *citation.section)
    for passage in passages:
        if passage.chunk.id == citation.chunk_id:
            text = passage.article.text
            before = [span for span in passage.chunk.sentences if span.end <= citation.start_char_index]
            return Around(titles, tuple(text[span.start : span.end] for span in before[-REACH:]))
    return Around(titles)


def spelt_out(quotation: str, around: Around) -> str:
    """Return a quotation with names for the words in it that stand for one."""
    known = [name.text for text in (*around.titles, *around.before[-REACH:]) for name in _names(text)]
    text = _with_full_names(quotation, known)
    return _with_subject(_with_nouns(text, known), around)


def _with_full_names(text: str, known: Sequence[str]) -> str:
    """Put "Ada Quill" for "Quill", where the passage knows no other of that name."""
    for name in reversed(_names(text)):
        if len(name.text.split()) == 1:
            full = [one for one in known if one != name.text and one.split()[-1] == name.text]
            if (
                full
                and _are_one(full)
                and not any(as_words(it) in as_words(text) for it in full)
                and _is_personal(full)
            ):
                text = _put(text, name.span, max(full, key=len))
    return text


def _is_personal(full: Sequence[str]) -> bool:
    """Whether these may be first names with a surname: Ada Quill, and not North Korea or Mayor of Nagano."""
    words = [word for name in full for word in name.split()]
    return all(word[0].isupper() and "-" not in word for word in words) and not any(
        word.casefold() in _NO_FIRST_NAMES for word in words
    )


def _with_nouns(text: str, known: Sequence[str]) -> str:
    """Put "Brennick Bridge" for "the bridge", where no other bridge is named."""
    here = [name.text for name in _names(text)]
    for match in reversed(list(_NOUN.finditer(text))):
        named = [name for name in known if _head(name) == match["noun"]]
        if named and _are_one(named) and not any(_head(name) == match["noun"] for name in here):
            text = _put(text, Span(*match.span()), max(named, key=len))
    return text


def _head(name: str) -> str:
    """Return of what a name says that it is one: bridge of Brennick Bridge, university of University of Brennick."""
    kind, of, _ = name.partition(" of ")
    words = kind.split()
    return words[-1].casefold() if len(words) > 1 or of else ""


def _with_subject(text: str, around: Around) -> str:
    """Put the name for the pronoun that the first sentence is about."""
    first = next(iter(in_sentences(text)), "")
    pronoun = open_pronoun(first)
    name = pronoun and _subject(pronoun, around)
    if not pronoun or not name:
        return text
    return _put(text, pronoun.span, f"{name}’s" if pronoun.text.casefold() in _POSSESSIVE else name)


def _subject(pronoun: Pronoun, around: Around) -> str | None:
    """Return the one name that the sentences before are about, back to the first that says it instead of a pronoun."""
    for sentence in reversed(around.before[-REACH:]):
        said = open_pronoun(sentence)
        if said is not None:
            if _group(said) != _group(pronoun):
                return None
            continue
        named = _names(sentence)
        if pronoun.personal:
            named = [name for name in named if not _PLACED.search(sentence[: name.span.start])]
        if not named or not _BEGINS.search(sentence[: named[0].span.start]) or not _is_sure(named[0], around):
            return None
        return named[0].text if _are_one([name.text for name in named]) else None
    return next(iter(_topics(around)), None) if len(around.before) < REACH else None


def _topics(around: Around) -> list[str]:
    """Return the titles and headings that are a name and nothing else."""
    return [title for title in around.titles if [name.text for name in _names(title)] == [title.removeprefix("The ")]]


def _is_sure(name: _Name, around: Around) -> bool:
    """Whether it is no mere word with a capital: it has several, or stands inside a sentence too."""
    if " " in name.text:
        return True
    inside = [other for text in (*around.titles, *around.before) for other in _names(text) if other.span.start > 0]
    return any(name.text in other.text.split() for other in inside)


def _group(pronoun: Pronoun) -> frozenset[str]:
    return next((group for group in _GROUPS if pronoun.text.casefold() in group), frozenset())


def _are_one(found: Sequence[str]) -> bool:
    """Whether all names are parts of the longest."""
    longest = as_words(max(found, key=len))
    return all(as_words(name) in longest for name in found)


def _names(text: str) -> list[_Name]:
    return list(_found(text))


def _found(text: str) -> Iterator[_Name]:
    """Yield the names of a text; at its beginning, "New" belongs to New York."""
    for name in names(text):
        start = name.span.start
        if text[max(0, start - 4) : start] == "New ":
            start -= 4
        yield _Name(Span(start, name.span.end), text[start : name.span.end])


def _put(text: str, place: Span, new: str) -> str:
    return text[: place.start] + new + text[place.end :]
