"""Questions that a corpus can answer, drawn from its own text, to show a newcomer what to ask.

Without a language model a question can still be turned out of the patterns in which articles state things:
who said something, what something is, whom an article names again and again. A question is offered only
once it was asked and answered.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from itertools import chain, islice, zip_longest

from qa.records import Article

MOST_TRIED = 9
"""Questions asked at most before giving up: each costs as much as a person's."""

# Whole words only: without the look behind and the possessive ++, a long run of capitals takes its square.
_WORD = r"(?<![\w-])[A-Z][\w-]++"
_NAME = rf"(?:{_WORD} ){{1,3}}{_WORD}(?![’'])"
_SAID = re.compile(rf"(?P<name>{_NAME}),? (?:said|says|told|wrote|warned)\b")
_IS = re.compile(rf"(?:^|[.] |\n)(?P<name>{_NAME}|[A-Z][a-z]{{4,}}),? (?P<verb>is|was) (?:an?|the|one)\b")
_ROLE = (
    r"(?:president|chief executive(?: officer)?|CEO|CFO|CTO|prime minister|chancellor|(?:co-)?founder|director|chair|"
    r"chair(?:man|woman)|(?:head )?coach|manager|editor|mayor|governor|owner|captain|ambassador)"
)
_HOLDS = re.compile(rf"{_NAME}, (?:the |its |an? )?(?P<role>{_ROLE} (?:of|at) (?:the )?(?:{_NAME}|{_WORD}))(?=[,.;])")
_DATED = re.compile(
    rf"(?P<name>{_NAME}) (?P<verb>was|were) (?P<done>founded|launched|released|born|built|established|acquired|created|"
    r"formed|opened|arrested|elected|appointed|published|introduced|discovered) (?:in|on) (?:[A-Z][a-z]+ )?[\d, ]*\d{4}"
)
# A name at the end of a clause, or one that does something: "South Korean" before a noun is none.
_NAMED = re.compile(rf"(?P<name>{_NAME})(?=[,.;:)”\"]| (?:is|was|has|had|will|says)\b)")
_TITLES = frozenset(
    re.findall(
        r"\w+",
        """President Vice Prime Minister Chancellor Secretary Senator Governor Mayor Foreign Affairs Special
        Representative Spokesperson Spokesman Spokeswoman Chief Executive Director General Professor Judge Justice""",
    )
)
_FUNCTION_WORDS = frozenset(
    re.findall(
        r"\w+",
        """A An The This That These Those There Here It Its He His She Her They Their We Our You Your My Who What When
        Where Why How In On At By For From With After Before While As If And But Or So Not No All Some Both Each""",
    )
)


def suggestions(articles: Iterable[Article], answers: Callable[[str, Article], bool], wanted: int) -> Iterator[str]:
    """Yield up to `wanted` questions for which `answers(question, article)` is true.

    What one would ask comes first: who holds an office, when something came about. Articles take turns, so that a
    corpus shows its breadth. At most MOST_TRIED questions are tried.
    """
    from_all = list(articles)
    tried = chain(_in_turn(_natural, from_all), _in_turn(_candidates, from_all))
    found = 0
    for question, article in islice(tried, MOST_TRIED):
        if found < wanted and answers(question, article):
            found += 1
            yield question


def _in_turn(ask: Callable[[Article], list[str]], articles: Iterable[Article]) -> Iterator[tuple[str, Article]]:
    """Yield the first question of each article, then the second of each, and so on."""
    turns = zip_longest(*([(question, article) for question in ask(article)] for article in articles))
    return (pair for pair in chain.from_iterable(turns) if pair is not None)


def _natural(article: Article) -> list[str]:
    """Return questions about an office or a date that the article states outright, at most two."""
    held = [f"Who is the {match['role']}?" for match in _HOLDS.finditer(article.text)]
    dated = [
        f"When {match['verb']} {name} {match['done']}?"
        for match in _DATED.finditer(article.text)
        if _is_name(name := match["name"]) and "-based" not in name
    ]
    return list(dict.fromkeys([*held[:1], *dated[:1]]))


def _candidates(article: Article) -> list[str]:
    """Return questions that this article may answer, the likeliest first, none twice."""
    said = [f"What did {name} say?" for name in _names(_SAID, article.text)]
    defined = [
        f"What {match['verb']} {match['name']}?" for match in _IS.finditer(article.text) if _is_name(match["name"])
    ]
    named = [f"What is said about {name}?" for name in _names(_NAMED, article.text)]
    kinds = zip_longest(said[:3], defined[:3], named[:3])
    return list(dict.fromkeys(question for question in chain.from_iterable(kinds) if question is not None))


def _names(pattern: re.Pattern[str], text: str) -> list[str]:
    """Return the names that a pattern finds, the most frequent first, then in order of appearance."""
    found = (_without_title(match["name"]) for match in pattern.finditer(text))
    return [name for name, _ in Counter(name for name in found if _is_name(name)).most_common()]


def _without_title(name: str) -> str:
    """Return "Fumio Kishida" for "Prime Minister Fumio Kishida"."""
    words = name.split()
    while len(words) > 1 and words[0] in _TITLES:
        words.pop(0)
    return " ".join(words)


def _is_name(name: str) -> bool:
    """Whether these are no words that begin a sentence, and none that are shouted ("MUST NOT")."""
    words = name.split()
    return words[0] not in _FUNCTION_WORDS and sum(map(str.isupper, words)) <= 1
