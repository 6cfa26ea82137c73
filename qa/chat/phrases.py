"""What a conversation has named, and where: the phrases that a question could stand for.

As in QuReTeC (Voskarides et al. 2020, "Query Resolution for Conversational Search with Limited Supervision") what is
missing in a question is looked for in the turns before it, and nowhere else; here in phrases, which a person can read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from qa.chat.conversation import Conversation, Turn, bare
from qa.chat.words import content, stems
from qa.mentions import names

_QUOTED = re.compile(r"[\"“]([^\"“”]{2,80})[\"”]")
_LONGEST_QUOTE = 8
_NEAR = 30
"""Characters around a mention that tell what it is."""
_PLACED = re.compile(r"\b(?:in|at|from|near|to|across|outside|inside|throughout)\s+(?:the\s+)?\Z")
_SPEAKS = re.compile(
    r"\A,?\s*(?:(?:has|had|also|then|later|who)\s+)?(?:said|says|told|added|wrote|argued|warned|announced|resigned|born|"
    r"married|died|joined|thinks|believes|replied|insisted|explained|condemned|praised|called|denied|apologi[sz]ed)\b"
)
_ROLE = re.compile(
    r"\b(?:[Mm]r|[Mm]rs|[Mm]s|[Dd]r|[Pp]resident|[Mm]inister|[Ss]enator|[Gg]overnor|[Mm]ayor|[Cc]oach|[Cc]aptain|[Ss]inger|"
    r"[Aa]ctor|[Aa]ctress|[Ww]riter|[Aa]uthor|[Dd]irector|[Pp]rofessor|[Jj]udge|[Cc]hancellor|[Ff]ounder|[Cc]hief|[Kk]ing|"
    r"[Qq]ueen|[Pp]rince|[Pp]rincess|[Gg]eneral|[Ee]xecutive|CEO|[Ll]awyer|[Dd]octor|[Ss]pokes\w+|[Ww]ife|[Hh]usband|"
    r"[Ss]on|[Dd]aughter|[Ff]ather|[Mm]other|[Bb]rother|[Ss]ister|[Pp]layer|[Dd]rummer|[Gg]uitarist|[Aa]rtist|"
    r"[Jj]ournalist|[Ll]eader|[Ss]ecretary|[Pp]oet|[Cc]omposer|[Ff]riend)\.?,?\s+\Z"
)
_BODY = re.compile(
    r"\b(?:University|College|School|Party|Company|Corp|Inc|Ltd|Bank|Council|Committee|Union|Agency|Ministry|Club|United|"
    r"City|County|State|States|Kingdom|Republic|Institute|Museum|Hospital|Records|Studios?|Award|Cup|League|Court|Army|"
    r"Church|Association|Group|Street|River|Island|Islands|Park|Times|News|North|South|East|West|Series|War|Prize)\b"
)


class Kind(StrEnum):
    """What kind of phrase it is; a name may also be something that was quoted: the name of a song."""

    TITLE = "title"
    SECTION = "section"
    NAME = "name"


@dataclass(slots=True)
class Phrase:
    """A phrase with all its mentions.

    `places` are messages, counted from the newest: 0 is the last answer, 1 its question, 2 the answer before; `opens`
    those that begin with it. `beside` are stems around it ("the album Islands"); `placed`, `speaks` and `role` count
    mentions that look like a place, like somebody who does something, and like a name after what its bearer is.
    """

    text: str
    kind: Kind
    words: frozenset[str]
    places: list[int] = field(default_factory=list)
    opens: set[int] = field(default_factory=set)
    beside: set[str] = field(default_factory=set)
    placed: int = 0
    speaks: int = 0
    role: int = 0

    @property
    def newest(self) -> int:
        """The newest message that has it; a title that nobody repeated is older than all."""
        return min(self.places, default=99)

    @property
    def like_a_person(self) -> float:
        """How much a name looks like a person's, in -1..1."""
        if self.placed > self.speaks + self.role or _BODY.search(self.text):
            return -1.0
        if self.speaks + self.role:
            return 1.0
        return 0.5 if len(self.text.split()) in {2, 3} and not self.text.startswith("The ") else 0.0


@dataclass(frozen=True, slots=True)
class _Mention:
    text: str
    start: int


def phrases(said: Conversation) -> list[Phrase]:
    """Return the phrases of a conversation, each once with all its mentions; what it is about comes first.

    Without a title it is about what the person named last, or else about the name that is said most.
    """
    found: list[Phrase] = []
    for number, topic in enumerate(said.topics):
        text = bare(topic)
        if words := content(text):
            found.append(Phrase(text, Kind.SECTION if number else Kind.TITLE, words))
    newest = 2 * len(said.turns) - 1
    for number, turn in enumerate(said.turns):
        _read(found, turn, newest - 2 * number)
    if not said.topics:
        _promote(found)
    return found


def _promote(found: list[Phrase]) -> None:
    known = [phrase for phrase in found if phrase.kind is Kind.NAME]
    asked = [(min(place for place in phrase.places if place % 2), phrase) for phrase in known if _asked(phrase)]
    if asked:
        last = min(place for place, _ in asked)
        focus = next(phrase for place, phrase in asked if place == last)
    elif known:
        focus = max(known, key=lambda phrase: (len(phrase.places), -phrase.newest))
    else:
        return
    focus.kind = Kind.TITLE
    found.remove(focus)
    found.insert(0, focus)


def _asked(phrase: Phrase) -> bool:
    return any(place % 2 for place in phrase.places)


def _read(found: list[Phrase], turn: Turn, place: int) -> None:
    for text, where in ((turn.question, place), (turn.answer, place - 1)):
        for mention in _mentions(text):
            _note(found, mention, where, text)
    for title in turn.titles:
        for name in names(title):
            _note(found, _Mention(name.text, len(title)), place - 1, "")


def _mentions(text: str) -> Iterator[_Mention]:
    """Yield what a message names: quoted titles, and names."""
    taken: list[tuple[int, int]] = []
    for match in _QUOTED.finditer(text):
        if len(match[1].split()) <= _LONGEST_QUOTE:
            taken.append(match.span())
            yield _Mention(match[1].strip(" ,.;:"), match.start())
    for name in names(text):
        span = (name.span.start, name.span.end)
        if not any(start <= span[0] < end for start, end in taken):
            yield _Mention(name.text, span[0])
        taken.append(span)


def _note(found: list[Phrase], mention: _Mention, place: int, within: str) -> None:
    words = content(mention.text)
    if not words:
        return
    phrase = next((known for known in found if _same(known, words)), None)
    if phrase is None:
        phrase = Phrase(mention.text, Kind.NAME, words)
        found.append(phrase)
    elif phrase.kind is Kind.NAME and len(words) > len(phrase.words):
        phrase.text, phrase.words = mention.text, words
    phrase.places.append(place)
    if within:
        _see(phrase, mention, place, within)


def _see(phrase: Phrase, mention: _Mention, place: int, within: str) -> None:
    end = mention.start + len(mention.text)
    before, after = within[max(0, mention.start - _NEAR) : mention.start], within[end : end + _NEAR]
    if mention.start <= len("The "):
        phrase.opens.add(place)
    phrase.beside.update(stems(before)[-2:], stems(after)[:1])
    phrase.placed += _PLACED.search(before) is not None
    phrase.speaks += _SPEAKS.match(after) is not None
    phrase.role += _ROLE.search(before) is not None


def _same(known: Phrase, words: frozenset[str]) -> bool:
    """Whether a mention is of a phrase that is known: "Zappa" of "Frank Zappa", and the other way about."""
    if known.kind is Kind.SECTION:
        return words == known.words
    return words <= known.words or (known.words < words and known.kind is Kind.NAME)
