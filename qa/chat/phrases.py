"""What a conversation has named, and where: the phrases that a question could stand for.

As in QuReTeC (Voskarides et al. 2020, "Query Resolution for Conversational Search with Limited Supervision") what is
missing in a question is looked for in the turns before it, and nowhere else; here in phrases, which a person can read.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from qa.chat.conversation import Conversation, Turn, bare
from qa.chat.rows import Row, rows
from qa.chat.spotting import Kind, Mention, asked_about, matter, mentions
from qa.chat.words import FUNCTION_WORDS, content, stems
from qa.mentions import names

_OF_WHAT = re.compile(r"\bthe\s(?:[a-z]+\s){1,2}(?:in|of|at|on|near|against|between|with)\s(?:the\s)?\Z")
_OF_YEAR = re.compile(r"\bthe\s(?:19|20)\d\d\s\Z")
_THE = re.compile(r"\bthe\s\Z")
_ITS = re.compile(r"\A\s[a-z]+(?<!ed)(?=\W*\Z|\s(?:in|of|at|on|for|by|from|with|after|before|last|this)\b)")
_DOES = re.compile(r"\b(?:do|does|did|can|could|will|would)\sthe\s\Z", re.IGNORECASE)
_LAST = re.compile(r"\s\w+\W*\Z")
"""When does the Alma depart?"""
_NEAR = 40
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
    r"Church|Association|Group|Street|River|Island|Islands|Park|Times|News|North|South|East|West|Series|War|Prize|Act|Memorial|"
    r"Festival|Championship|Tour|Band|Orchestra|Theatre|Theater|Hall|Series|Film|Album)s?\b"
)


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
    whole: str = ""
    """The name within what a person asked about: "the launch in South Korea", "the Libya floods"."""
    placed: int = 0
    speaks: int = 0
    role: int = 0
    heads_row: bool = False
    """Whether a row of a table is about it."""
    in_cell: bool = False
    """Whether it is known only from another cell of a row."""

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

    @property
    def may_be_a_person(self) -> bool:
        """Whether nothing tells that it is none."""
        return self.like_a_person >= 0 and not self.text.islower()


def phrases(said: Conversation) -> list[Phrase]:
    """Return the phrases of a conversation, each once with all its mentions; what it is about comes first.

    Without a title it is about what the person named last, or else about the name that is said most.
    """
    found: list[Phrase] = []
    for number, topic in enumerate(said.topics):
        for text in _titles(topic):
            _note(found, Mention(text, 0, Kind.SECTION if number else Kind.TITLE), None, "")
    newest = 2 * len(said.turns) - 1
    for number, turn in enumerate(said.turns):
        _read(found, turn, newest - 2 * number)
    _leave_rows(found)
    if not said.topics:
        _promote(found)
        if not any(phrase.kind is not Kind.NOUN for phrase in found):
            _put_matter(found, said)
    return found


def _titles(topic: str) -> list[str]:
    """Return what a title names: itself, or for a headline that states something the first name in it."""
    text = bare(topic)
    small = [word for word in text.split() if word.islower() and word not in FUNCTION_WORDS]
    named = names(text)
    return [named[0].text] if len(small) > 1 and named else [text]


def _promote(found: list[Phrase]) -> None:
    known = [phrase for phrase in found if phrase.kind is Kind.NAME]
    asked = [(min(place for place in phrase.places if place % 2), phrase) for phrase in known if _asked(phrase)]
    if asked:
        last = min(place for place, _ in asked)
        focus = next(phrase for place, phrase in asked if place == last)
    elif len(heads := [phrase for phrase in known if phrase.heads_row]) == 1:
        focus = heads[0]
    elif known:
        focus = max(known, key=lambda phrase: (len(phrase.places), -phrase.newest))
    else:
        return
    focus.kind = Kind.TITLE
    found.remove(focus)
    found.insert(0, focus)


def _put_matter(found: list[Phrase], said: Conversation) -> None:
    """Where nothing has a name, it is about what the last question that stands alone is about."""
    for number, turn in enumerate(reversed(said.turns)):
        if (text := matter(turn.question)) is not None:
            words = content(text)
            found[:] = [phrase for phrase in found if not phrase.words <= words]
            found.insert(0, Phrase(text, Kind.TITLE, words, [2 * number + 1]))
            return


def _asked(phrase: Phrase) -> bool:
    return any(place % 2 for place in phrase.places)


def _read(found: list[Phrase], turn: Turn, place: int) -> None:
    if (asked := asked_about(turn.question)) is not None:
        _note(found, asked, place, turn.question)
    table = rows(turn.answer)
    for text, where in ((turn.question, place), ("" if table else turn.answer, place - 1)):
        for mention in mentions(text):
            _note(found, mention, where, text)
    for row in table:
        _read_row(found, row, place - 1)
    for title in turn.titles:
        for name in names(title):
            _note(found, Mention(name.text, len(title)), place - 1, "")


def _read_row(found: list[Phrase], row: Row, place: int) -> None:
    """Note what a row names: what it is about, as the whole of its first cell, and the names in others; no header."""
    within = "; ".join(cell.text for cell in row)
    at = 0
    for number, cell in enumerate(row):
        known = [*found]
        if number == 0 and cell.is_name:
            phrase = _note(found, Mention(cell.text, at), place, within)
            if phrase is not None:
                phrase.kind = Kind.NAME if phrase.kind is Kind.NOUN else phrase.kind  # typed small in the question
                phrase.heads_row = len(row) > 1
                phrase.beside |= content(cell.header)
                phrase.role += _ROLE.search(f"{cell.header} ") is not None
        elif cell.is_name or cell.is_statement:
            for name in names(f"of {cell.text}"):
                phrase = _note(found, Mention(name.text, at + name.span.start - len("of ")), place, within)
                if phrase is not None and phrase not in known:
                    phrase.in_cell = True
        at += len(cell.text) + len("; ")


def _leave_rows(found: list[Phrase]) -> None:
    """Leave out what the rows before the last one were about, unless it was spoken of since."""
    last = min((phrase.newest for phrase in found if phrase.heads_row), default=None)
    if last is not None:
        found[:] = [phrase for phrase in found if not phrase.heads_row or phrase.newest <= last + 1]


def _note(found: list[Phrase], mention: Mention, place: int | None, within: str) -> Phrase | None:
    words = content(mention.text)
    if not words:
        return None
    phrase = next((known for known in found if _same(known, words, mention.kind)), None)
    if phrase is None:
        if mention.weak and _opens(within, mention.start):
            return None
        phrase = Phrase(mention.text, mention.kind, words)
        found.append(phrase)
    elif phrase.kind is Kind.NAME and len(words) > len(phrase.words):
        phrase.text, phrase.words = mention.text, words
    if place is not None:
        phrase.places.append(place)
        if within:
            _see(phrase, mention, place, within)
    return phrase


def _see(phrase: Phrase, mention: Mention, place: int, within: str) -> None:
    end = mention.start + len(mention.text.removeprefix("the ") if mention.kind is Kind.NOUN else mention.text)
    before, after = within[max(0, mention.start - _NEAR) : mention.start], within[end : end + _NEAR]
    if mention.start <= len("The ") or (mention.start <= _NEAR and _ROLE.search(before)):
        phrase.opens.add(place)
    if place % 2 and not phrase.whole:
        phrase.whole = _whole(before, mention.text, after)
    phrase.beside.update(stems(before)[-2:], stems(after)[:1])
    phrase.placed += _PLACED.search(before) is not None
    phrase.speaks += _SPEAKS.match(after) is not None
    phrase.role += _ROLE.search(before) is not None


def _opens(within: str, at: int) -> bool:
    """Whether a word is the first of a sentence, where a capital tells nothing."""
    return within[:at].rstrip()[-1:] in {"", ".", "!", "?", ":", '"'}


def _whole(before: str, name: str, after: str) -> str:
    if (what := _OF_WHAT.search(before) or _OF_YEAR.search(before)) is not None:
        return what[0] + name
    its = _ITS.match(after) if _THE.search(before) and not (_DOES.search(before) and _LAST.match(after)) else None
    return f"the {name}{its[0]}" if its else ""


def _same(known: Phrase, words: frozenset[str], kind: Kind) -> bool:
    """Whether a mention is of a phrase that is known: "Zappa" of "Frank Zappa", and the other way about."""
    if Kind.NOUN in {kind, known.kind} or known.kind is Kind.SECTION:
        return words == known.words
    return words <= known.words or (known.words < words and known.kind is Kind.NAME)
