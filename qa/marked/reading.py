"""What a text that `marked` wrote says, without its marks and sources: the words that a follow-up depends on."""

from __future__ import annotations

import re
from dataclasses import dataclass

from qa.document import SILENCE, byline

_SEARCHED = re.compile(r"Searched: ([^\n]+)\n\n")
_LINK = r"\[((?:\\.|[^\\\]\n])+)\]\([^\s()]+\)"
_NAMED = re.compile(rf"^- (?:\[\d+\] )?{_LINK}", re.MULTILINE)
_WRITTEN = re.compile("\n\n" + re.escape(byline("NAME")).replace("NAME", "[^\n]+") + "\n\n")
_SOURCES = re.compile(rf"\n\nSources:\n(?=- \[1\] {_LINK})")
_LIST = re.compile(rf"Here (?:is|are) [\d,]+ articles?(?:, newest first)?\.\n(?=\n- {_LINK})")
_ITEM = re.compile(rf"^- {_LINK}[^\n]*:\n  ", re.MULTILINE)
_MARK = re.compile(r" \[\d+\](?=\n|\Z)")
_ESCAPE = re.compile(r"\\(.)")


@dataclass(frozen=True, slots=True)
class Said:
    """What was answered, and the titles of the articles that it cites.

    `question` is what was searched, where the text says so. `answer` is the quotations, joined, or the sentence that
    says there is none: what `Answer.answer` was.
    """

    question: str | None
    answer: str
    titles: tuple[str, ...] = ()


def unmarked(text: str) -> Said:
    """Return what a text says; one that `marked` did not write says what it says, with its white space folded."""
    text = text.replace("\r\n", "\n")
    searched = _SEARCHED.match(text)
    question, rest = (searched[1], text[searched.end() :]) if searched else (None, text)
    silence = next((sentence for sentence in SILENCE.values() if rest.startswith(sentence)), None)
    if silence is not None:
        return Said(question, silence)
    told, named = _parted(rest)
    if not named:
        return Said(None, _folded(text))
    titles = dict.fromkeys(_ESCAPE.sub(r"\1", title[1]) for title in _NAMED.finditer(named))
    last = list(_MARK.finditer(told))[-1:]
    quoted = told[: last[0].end()] if last else told  # what follows the last mark are notes
    return Said(question, _folded(_MARK.sub("", quoted)), tuple(titles))


def _parted(text: str) -> tuple[str, str]:
    """Return the quotations with their marks, and the lines that name the articles, "" where it is none of ours."""
    listed = _LIST.match(text)
    if listed is not None:
        return _ITEM.sub("", text[listed.end() :]), text
    sources = list(_SOURCES.finditer(text))
    if not sources:
        return text, ""
    written = _WRITTEN.search(text)
    return text[written.end() if written else 0 : sources[-1].start()], text[sources[-1].end() :]


def _folded(text: str) -> str:
    return " ".join(text.split())
