"""Questions about the corpus itself, recognised by their whole form.

"What is the latest iPhone?" and "Which articles of the constitution mention slavery?" stay questions about the world:
a form that is not one of these is none.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from qa.statements import content

_SEVERAL = r"(?:articles|stories|reports|news(?: articles| stories| items)?|pieces|documents|coverage|texts)"
_THING = rf"(?:{_SEVERAL}|article|story|document|text)"
_ALL = r"(?:all|every|any|some|your|the|of|other|more)"
_NEW = r"(?:latest|newest|most recent|recent|new)"
_ON = (
    r"(?:about|on|regarding|concerning|covering|mentioning|discussing|dealing with|related to|"
    r"that (?:mention|discuss|cover)s?)"
)
_HAVE = r"(?:do you have|have you got|have you|are there|is there|can you (?:show|find)(?: me)?|do we have|exist)"
_NAMES_IT = (
    r"(?:mentions?|discuss(?:es)?|covers?|talks? about|deals? with|(?:is|are) about|writes? about|refers? to|"
    r"reports? on)"
)
_FROM = r"(?: (?:from|by) (?P<source>[^,?]{2,60}?))?"
_TOPIC = r"(?P<topic>[^?]{2,200})"
_PLEASE = r"(?:please |(?:can|could|would) you (?:please )?|i want to see |i would like to see )?"
_SHOW = r"(?:list|show|show me|give me|find|find me|get me)"
_WHAT_IS = r"(?:what is|what's|what are|whats) (?:the )?"
_OF_A_TOPIC = (
    rf"(?:what|which) (?:(?P<new1>{_NEW}) )?{_THING} {_HAVE}{_FROM} {_ON} {_TOPIC}",
    rf"(?:what|which) (?:of (?:your|the|these) )?{_THING} {_NAMES_IT} {_TOPIC}",
    rf"{_SHOW} (?:{_ALL} )*(?:(?P<new2>{_NEW}) )?(?:{_THING}|everything|anything)(?: you have)?{_FROM} {_ON} {_TOPIC}",
    rf"{_WHAT_IS}(?P<new3>{_NEW})(?: {_SEVERAL}| developments)?{_FROM} (?:about|on|with|regarding|concerning) {_TOPIC}",
    rf"what (?:do you have|have you got|do we have|is there) (?:about|on|regarding|concerning) {_TOPIC}",
    rf"(?P<count1>how many) {_THING} (?:{_HAVE} )?{_ON} {_TOPIC}",
    rf"(?P<count2>how many) {_THING} {_NAMES_IT} {_TOPIC}",
    rf"{_HAVE} (?:{_ALL} )*(?:(?P<new4>{_NEW}) )?(?:{_THING}|anything|something){_FROM} {_ON} {_TOPIC}",
    rf"(?:{_ALL} )*(?:(?P<new5>{_NEW}) )?(?:articles|stories|news|everything|coverage){_FROM} {_ON} {_TOPIC}",
)
_OF_ALL = (
    rf"(?:what|which) (?:(?P<new6>{_NEW}) )?{_THING} {_HAVE}{_FROM}",
    rf"{_SHOW} (?:{_ALL} )*(?:(?P<new7>{_NEW}) )?{_THING}(?: you have)?{_FROM}",
    rf"{_WHAT_IS}(?P<new8>latest|newest|new)(?: {_SEVERAL})?{_FROM}",
    r"what (?:do you have|have you got)(?: here| in here)?",
    r"what (?:is|are) (?:this|these|in here|(?:this|these|(?:the|these) articles|this (?:corpus|index)) about)",
    r"what is in (?:this|the) (?:corpus|collection|index)",
    rf"(?P<count3>how many) {_THING} (?:do you have|are there|have you got|have you){_FROM}(?: in (?:all|total))?",
)
_FORMS = tuple(re.compile(_PLEASE + form, re.IGNORECASE) for form in (*_OF_A_TOPIC, *_OF_ALL))
_ASKS_MORE = re.compile(
    r"\b(?:and|but|or) (?:who|what|when|where|why|how|which|does|did|is|are)\b|\baccording to\b|[.;!] ", re.IGNORECASE
)
_BEFORE_A_TOPIC = re.compile(r"\Athe (?:topic|subject) of ", re.IGNORECASE)
_AFTER_A_TOPIC = re.compile(r" (?:please|do you have|are there|right now|at the moment|now)\Z", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class CorpusQuestion:
    """A question about the corpus: `topic` is "" where it is about all articles.

    `source` are the words for where they come from ("The Verge"), "" where none are; where no source of the corpus is
    called so, they tell the topic ("the latest from Gaza"). `latest` where new articles are asked for, `how_many` where
    their number is.
    """

    topic: str
    source: str = ""
    latest: bool = False
    how_many: bool = False


def corpus_question(question: str) -> CorpusQuestion | None:
    """Return what a question asks of the corpus, or None where it asks about the world."""
    asked = " ".join(question.replace("’", "'").split()).rstrip("?!. ")
    match = next((found for form in _FORMS if (found := form.fullmatch(asked))), None)
    if match is None:
        return None
    given = {name: words for name, words in match.groupdict().items() if words}
    topic = _AFTER_A_TOPIC.sub("", _BEFORE_A_TOPIC.sub("", given.get("topic", ""))).strip()
    if _ASKS_MORE.search(topic) or ("topic" in given and not content(topic)):
        return None
    return CorpusQuestion(
        topic=topic,
        source=given.get("source", ""),
        latest=any(name.startswith("new") for name in given),
        how_many=any(name.startswith("count") for name in given),
    )
