"""Plain text: saved web pages, notes, and the rows of a corpus."""

from __future__ import annotations

import re

from qa.clean.canonical import canonical, one_line, shortened
from qa.clean.reading import Reading
from qa.records import RawDocument
from qa.sentences import sentences

MARKS_OF_A_SAVED_PAGE = frozenset(
    {
        "accept all cookies",
        "accept cookies",
        "cookie settings",
        "jump to content",
        "jump to navigation",
        "manage cookies",
        "open menu",
        "reject all cookies",
        "share this article",
        "share this page",
        "share this story",
        "skip navigation",
        "skip to content",
        "skip to footer",
        "skip to main",
        "skip to main content",
        "skip to navigation",
        "skip to search",
        "toggle navigation",
    }
)
"""Lines that nobody writes: one of them alone on a line says that the text was copied from a web page."""

BOILERPLATE = MARKS_OF_A_SAVED_PAGE | frozenset(
    {
        "accept all",
        "ad",
        "add to favorites",
        "ads",
        "advertisement",
        "advertising",
        "all rights reserved",
        "article continues below advertisement",
        "back to top",
        "close",
        "comment",
        "comments",
        "continue reading",
        "copy link",
        "cookie policy",
        "create account",
        "email",
        "facebook",
        "follow us",
        "home",
        "leave a comment",
        "linkedin",
        "listen to this article",
        "load more",
        "log in",
        "login",
        "menu",
        "more",
        "newsletter",
        "newsletters",
        "next",
        "next article",
        "pinterest",
        "previous",
        "previous article",
        "print",
        "print this article",
        "privacy policy",
        "read more",
        "recommended for you",
        "reddit",
        "register",
        "reject all",
        "related",
        "related articles",
        "related stories",
        "save",
        "save article",
        "scroll to continue",
        "search",
        "see also",
        "share",
        "share on facebook",
        "share on linkedin",
        "share on twitter",
        "share on whatsapp",
        "share on x",
        "share this",
        "show more",
        "sign in",
        "sign up",
        "sign up for our newsletter",
        "skip advertisement",
        "sponsored",
        "sponsored content",
        "story continues below advertisement",
        "subscribe",
        "subscribe now",
        "subscribe to our newsletter",
        "terms and conditions",
        "terms of service",
        "terms of use",
        "trending",
        "tweet",
        "twitter",
        "view comments",
        "whatsapp",
    }
)
"""Lines dropped from a saved page, wherever they stand; never from any other text."""

_COOKIE_NOTICE = re.compile(
    r"(?:we(?: and our [\w ]{1,40})?|this (?:web ?)?site|our (?:web ?)?site|by (?:continuing|clicking|using)\b.{0,80}?)"
    r"\s*,?\s*(?:you (?:agree|consent) to|uses?)\b.{0,60}?\bcookies\b.{0,400}",
    re.IGNORECASE,
)
_NOT_A_TITLE = re.compile(r"(?:[-*•–>|#]|\d{1,3}[.)])\s")

PROSE_WORDS = 20
"""A line of as many words is prose: headlines, bylines and menus are shorter."""
TITLE_WORDS = 15
TITLE_WORDS_APART = 25
"""Words of a title with an empty line below it: of the headlines of newspapers, one in four has more than 15."""
HEADLINE_WORDS = (3, 6)
"""A headline has the first number of words at least; lines with the second are headlines all alike."""
TITLE_FROM_TEXT = 80
"""Characters of a title that had to be made from the text."""


def read_plain(raw: RawDocument) -> Reading:
    """Read a text file, or a row: a row always states its title, if only as ""."""
    text = canonical(raw.content)
    if raw.title is not None:
        return _row(text, one_line(raw.title))
    lines = text.split("\n")
    if any(_key(line) in MARKS_OF_A_SAVED_PAGE for line in lines):
        lines = canonical("\n".join(line for line in lines if not _is_boilerplate(line))).split("\n")
        headline = _headline(lines)
        if headline is not None:
            before = [line for line in lines[:headline] if len(line.split()) >= HEADLINE_WORDS[1]]
            return _titled(lines[headline], before + lines[headline + 1 :])
    return _titled(lines[0], lines[1:]) if _opens_with_title(lines) else Reading(canonical("\n".join(lines)))


def _row(text: str, title: str) -> Reading:
    """Keep the text of a row whole, but for a first line that repeats the title."""
    if not title:
        return Reading(text, title_from(text))
    first, _, rest = text.partition("\n")
    return Reading(canonical(rest) if one_line(first) == title and rest.strip() else text, title)


def title_from(text: str) -> str:
    """Return the first sentence of a text, cut to the length of a title."""
    line = text.lstrip().split("\n", 1)[0]
    first = next(iter(sentences(line[: TITLE_FROM_TEXT * 10])), None)
    return shortened(one_line(line[first.start : first.end] if first else line), TITLE_FROM_TEXT)


def _titled(title: str, lines: list[str]) -> Reading:
    """Take the title out of the text, unless nothing else is there."""
    return Reading(canonical("\n".join(lines)) or title, one_line(title))


def _opens_with_title(lines: list[str]) -> bool:
    """Whether the first line is a title: short, no sentence, no item of a list, and apart from what follows.

    A first line that runs on into a second of like length is the beginning of a wrapped paragraph or of
    a poem, and stays.
    """
    first, following = lines[0], lines[1:]
    apart = bool(following) and not following[0].strip()
    return (
        1 <= len(first.split()) <= (TITLE_WORDS_APART if apart else TITLE_WORDS)
        and any(character.isalpha() for character in first)
        and not first.rstrip("\"'”’»)").endswith((".", ":", ";", ",", "…"))
        and _NOT_A_TITLE.match(first.lstrip()) is None
        and any(line.strip() for line in following)
        and (apart or _is_prose(following[0]))
    )


def _headline(lines: list[str]) -> int | None:
    """Return which line before the first prose is the headline: the one of most words, first of equals.

    Lines of many words count alike, because the line below a headline is often longer.
    """
    fewest, many = HEADLINE_WORDS
    prose = next((number for number, line in enumerate(lines) if _is_prose(line)), 0)
    counts = [min(len(line.split()), many) for line in lines[:prose]]
    best = max(counts, default=0)
    return counts.index(best) if best >= fewest else None


def _is_prose(line: str) -> bool:
    return len(line.split()) >= PROSE_WORDS


def _is_boilerplate(line: str) -> bool:
    return _key(line) in BOILERPLATE or _COOKIE_NOTICE.fullmatch(line.strip()) is not None


def _key(line: str) -> str:
    """Return a line as the sets above spell it: no case, no arrows or marks around it."""
    return " ".join(line.casefold().split()).strip(" .:!…›»>→×|•")
