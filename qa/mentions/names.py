"""Names in English text: runs of words that are written with a capital.

The shape rules of the early named-entity systems (Mikheev, Moens and Grover 1999, "Named entity recognition
without gazetteers"): a capital inside a sentence tells a name; at a sentence's beginning it tells nothing, so
a word there is a name only where it is no common word and is not written small elsewhere in the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from qa.mentions.dates import dates
from qa.mentions.mention import Mention
from qa.records import Span

TITLES = frozenset({
    "mr", "mrs", "ms", "miss", "dr", "prof", "sir", "dame", "lord", "lady", "sen", "rep", "gov", "gen", "col", "capt",
    "lt", "sgt", "maj", "rev", "hon", "pres", "st", "president", "senator", "professor", "king", "queen", "prince",
    "princess", "pope", "emperor", "general", "judge", "justice", "chancellor", "minister",
})  # fmt: skip
_ABBREVIATED = frozenset({
    "mr", "mrs", "ms", "dr", "prof", "sen", "rep", "gov", "gen", "col", "capt", "lt", "sgt", "maj", "rev", "hon",
    "pres", "st", "mt", "ft", "jr", "sr", "no",
})  # fmt: skip
_PARTICLES = frozenset({
    "of", "de", "der", "den", "del", "della", "di", "da", "dos", "das", "du", "la", "le", "las", "los", "van", "von",
    "zu", "zum", "af", "av", "el", "al", "bin", "ibn", "ben",
})  # fmt: skip
_NEVER = frozenset({
    "i", "i'm", "i’m", "i've", "i’ve", "i'll", "i’ll", "i'd", "i’d", "ok",
})  # fmt: skip
COMMON = frozenset({
    "a", "an", "the", "this", "that", "these", "those", "it", "its", "he", "she", "they", "we", "you", "i", "his",
    "her", "their", "our", "your", "my", "one", "some", "any", "all", "both", "each", "every", "many", "most", "more",
    "much", "few", "several", "other", "another", "such", "no", "not", "none", "nor", "and", "or", "but", "if",
    "because", "although", "though", "while", "when", "where", "who", "whom", "whose", "which", "what", "why", "how",
    "as", "at", "by", "for", "from", "in", "into", "of", "off", "on", "onto", "out", "over", "to", "under", "up",
    "with", "within", "without", "about", "above", "across", "after", "against", "along", "among", "around", "before",
    "behind", "below", "beneath", "beside", "besides", "between", "beyond", "despite", "down", "during", "except",
    "inside", "like", "near", "outside", "per", "since", "than", "through", "throughout", "till", "until", "toward",
    "towards", "upon", "via", "also", "then", "there", "here", "now", "today", "yesterday", "tomorrow", "however",
    "therefore", "thus", "hence", "moreover", "furthermore", "meanwhile", "instead", "still", "yet", "once", "only",
    "even", "just", "so", "too", "very", "again", "later", "earlier", "finally", "perhaps", "maybe", "indeed",
    "overall", "following", "according", "due", "given", "whether", "either", "neither", "rather", "is",
    "are", "was", "were", "be", "been", "being", "am", "do", "does", "did", "done", "has", "have", "had", "can",
    "could", "may", "might", "must", "shall", "should", "will", "would", "let", "first", "second", "third", "two",
    "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "twenty", "hundred",
    "thousand", "million", "name", "list", "give", "tell", "say", "said", "says", "people", "men", "women",
    "children", "new", "old",
})  # fmt: skip
_TOKEN = re.compile(r"[^\W_]+(?:(?:['’&.-]|\.-)[^\W_]+)*")
_POSSESSIVE = re.compile(r"['’]s\Z")
_ENDS_A_SENTENCE = re.compile(r"[.!?:;…•\n]")
_INITIALS = re.compile(r"(?:[^\W\d_]\.)*[^\W\d_]?")
_DOTTED = re.compile(r"(?:[^\W\d_]\.)+[^\W\d_]")


@dataclass(frozen=True, slots=True)
class _Token:
    start: int
    end: int
    text: str
    gap: str
    """What stands between the token before and this one."""
    dated: bool
    """Whether it is part of a date, where months and weekdays have capitals."""

    @property
    def capital(self) -> bool:
        """Whether it begins as a name does: with a capital, or as iPhone and 3M do."""
        return self.text[0].isupper() or (len(self.text) > 1 and self.text[0].islower() and self.text[1].isupper())


def names(text: str) -> list[Mention[str]]:
    """Return the names of `text` in order; the possessive 's is not part of one.

    `value` is case-folded, without the article, the title and points: "Mr. Joe Biden" is "joe biden", "U.S." is "us".
    """
    tokens = list(_tokens(text))
    small = {token.text for token in tokens if token.text.islower()}
    return [
        Mention(Span(run[0].start, run[-1].end), text[run[0].start : run[-1].end], value)
        for run in _runs(tokens, small)
        if (value := name_value(text[run[0].start : run[-1].end]))
    ]


def name_value(name: str) -> str:
    """Return a name as it is compared: case-folded, no points, no article or title before it."""
    words = [word.replace(".", "") for word in name.casefold().replace("’", "'").replace(",", " ").split()]
    while len(words) > 1 and (words[0] in TITLES or words[0] == "the"):
        words = words[1:]
    return " ".join(word for word in words if word)


def _tokens(text: str) -> Iterator[_Token]:
    edge = 0
    taken = [mention.span for mention in dates(text)]
    upcoming = 0
    for match in _TOKEN.finditer(text):
        start, end = match.span()
        while upcoming < len(taken) and taken[upcoming].end <= start:
            upcoming += 1
        dated = upcoming < len(taken) and taken[upcoming].start < end
        if possessive := _POSSESSIVE.search(match[0]):
            end = start + possessive.start()
        elif _DOTTED.fullmatch(match[0]) and text[end : end + 1] == ".":
            end += 1  # U.S.
        yield _Token(start, end, text[start:end], text[edge:start], dated)
        edge = end


def _runs(tokens: list[_Token], small: set[str]) -> Iterator[list[_Token]]:
    """Yield the longest runs of tokens that make one name."""
    run: list[_Token] = []
    bridge: list[_Token] = []  # particles that belong to the name only if it goes on after them
    for index, token in enumerate(tokens):
        starts = index == 0 or _starts(tokens[index - 1], token)
        joined = bool(run) and _joins((bridge or run)[-1], token)
        if joined and _bridges(token, run, bridge):
            bridge.append(token)
        elif _is_part(token, tokens, index, small, starts=starts):
            if joined:
                run += [*bridge, token]
            else:
                yield from _closed(run)
                run = [token]
            bridge = []
        else:
            yield from _closed(run)
            run, bridge = [], []
    yield from _closed(run)


def _closed(run: list[_Token]) -> Iterator[list[_Token]]:
    if run:
        yield run


def _starts(before: _Token, token: _Token) -> bool:
    """Whether a token is the first of a sentence, as far as its neighbourhood tells."""
    if before.text.casefold() in _ABBREVIATED or (_INITIALS.fullmatch(before.text) and before.capital):
        return "\n\n" in token.gap
    return _ENDS_A_SENTENCE.search(token.gap) is not None or token.gap.lstrip()[:1] in set('“"‘«') - {""}


def _joins(before: _Token, token: _Token) -> bool:
    """Whether only what a name may hold stands between two tokens: a blank, or a point after an abbreviation."""
    gap = token.gap
    if gap in {" ", "\u00a0", "\n", " & "}:
        return True
    return gap in {". ", ".", ".\u00a0"} and (
        before.text.casefold() in _ABBREVIATED or (before.capital and _INITIALS.fullmatch(before.text) is not None)
    )


def _bridges(token: _Token, run: list[_Token], bridge: list[_Token]) -> bool:
    """Whether a particle may lead on: Bank of the West, but not Mr. Kim of Seoul."""
    if token.text in _PARTICLES:
        if len(run) > 1 and run[0].text.casefold() in TITLES:
            return token.text != "of" and not bridge
        return len(bridge) < 2  # noqa: PLR2004 - "of the", "de la"
    return token.text == "the" and len(bridge) == 1


def _is_part(token: _Token, tokens: list[_Token], index: int, small: set[str], *, starts: bool) -> bool:
    if token.dated or not token.capital or token.text.casefold() in _NEVER:
        return False
    word = re.split("['’]", token.text.casefold(), maxsplit=1)[0]
    if not starts:
        return word not in COMMON or _within(tokens, index)
    return word not in COMMON and word not in small and not _is_adverb(tokens, index)


def _is_adverb(tokens: list[_Token], index: int) -> bool:
    """Whether the first word of a sentence is an adverb set off by a comma: Similarly, Recently."""
    return (
        tokens[index].text.endswith("ly") and index + 1 < len(tokens) and tokens[index + 1].gap.lstrip().startswith(",")
    )


def _within(tokens: list[_Token], index: int) -> bool:
    """Whether a common word with a capital stands near another: The Times, The Old Man."""
    if index and _INITIALS.fullmatch(tokens[index - 1].text):
        return False  # in the U.S. The law ...
    beside = tokens[max(0, index - 1) : index + 3]
    return any(near.capital and near.text.casefold() not in COMMON for near in beside)
