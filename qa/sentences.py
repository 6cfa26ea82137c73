"""Where sentences begin and end, as exact spans of the text.

The rules of language (abbreviations, initials, decimals, ellipses) are those of `sentencex`, the
segmenter of the Wikimedia Foundation. Added here: spans are exact offsets into the text as given;
sentences inside a long quotation or aside are told apart, because a whole speech is no use as one quote;
and text without any full stop is cut at a length that can still be read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from qa.records import Span

LONGEST = 100
"""Words after which a sentence is cut: lists and tables often have no full stop at all."""

LONG_ASIDE = 50
"""Words after which a sentence with brackets is cut where sentences inside the brackets end."""

_WINDOW = 4096
"""Characters that sentencex is shown at once, more only where a sentence is longer."""

_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\U00020000-\U0003ffff]")
_PARAGRAPH = re.compile(r"\S(?:.*?\S)??(?=\s*?\n\s*?\n|\s*\Z)", re.DOTALL)
_BULLETS = "•⁃⁌⁍■□▪▫▶▸►◆◇○●◦★☆➢➣➤"
_BULLET = re.compile(rf"\n[ \t]*(?=(?:[-*–{_BULLETS}]|\d{{1,3}}[.)])\s)")
_ENUMERATOR = re.compile(r"(?:\d{1,3}|[A-Za-z]|[ivxIVX]{1,4})[.)]")
_SAYS = re.compile(
    r"(?:[A-Z][\w.’'-]*\s+){1,4}(?:said|says|asked|asks|added|adds|told|tells|wrote|writes|replied|continued|tweeted)\b"
)
# Words that sentencex takes for the first of a sentence even after a title (Dr. No), and titles that it does not know.
_TITLE = re.compile(
    r"(?<!\w)(?:Mr|Mrs|Ms|Dr|Prof|Rev|Hon|Sen|Rep|Gov|Gen|Col|Capt|Lt|Sgt|Supt|Insp|Atty|Messrs|Mt|Ft)\.\Z"
)
_SURELY_BEGINS = frozenset({
    "He", "She", "It", "They", "We", "You", "I", "The", "A", "An", "This", "That", "These", "Those", "There", "But",
    "And", "His", "Her", "Its", "Their", "In", "On", "At", "As", "If", "When",
})  # fmt: skip
# approx. 5 kg, est. 1990, vol. 3; but: at most. 5 men left.
_BEFORE_A_NUMBER = re.compile(
    r"(?<!\w)(?:[Aa]pprox|[Ee]st|[Cc]irca|ca|[Vv]ols?|[Cc]h|[Ff]igs?|[Ee]qs?|[Ss]ecs?|[Aa]rts?|[Nn]os|pp|[Tt]el|[Ee]xt|[Pp]op|Rs)"
    r"\.\Z"
)
_IN_A_SYMBOL = re.compile(r"[A-Z0-9]\.[A-Z0-9](?![a-z])")
_ABBREVIATION_LENGTH = len("Messrs.") + 1
_HOUR = re.compile(r"\b[ap]\.m\.\Z")
_DAY_OR_ZONE = re.compile(
    r"(?:(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|GMT|UTC|BST|CET|[ECMP][SD]?T|Eastern|Central|Mountain|Pacific)\b|"
    r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*[.]? \d"
)
# sentencex keeps all that stands between a pair of quotation marks together, and all of an item that a
# bullet begins; and it panics on "word\u00a0. Next". It is shown a copy in which each of these marks, and all
# white space but line ends, is a blank, so that it sees the sentences and the offsets stay those of the
# original. An apostrophe inside a word is no quotation mark.
_HIDDEN = re.compile(rf"[“”„«»\"‘‚]|’(?!\w)|(?<!\w)'|'(?!\w)|\A[{_BULLETS}]|[^\S\n]")
_BRACKET = re.compile(r"[()\[\]]")
_HIDDEN_WITH_BRACKETS = re.compile(f"{_HIDDEN.pattern}|{_BRACKET.pattern}")


def length_in_words(text: str) -> int:
    """Return how many words a text has; where words are not spaced, two ideographs or kana count as one."""
    return len(text.split()) + len(_UNSPACED.findall(text)) // 2


def paragraphs(text: str) -> Iterator[Span]:
    """Yield the paragraphs of `text` (parted by blank lines) without the white space around them."""
    for match in _PARAGRAPH.finditer(text):
        yield Span(match.start(), match.end())


def sentences(text: str) -> list[Span]:
    """Return the sentences of `text` in order; none is empty, none overlaps another.

    Between them lies nothing but white space, so the spans cover every visible character.
    """
    return [
        piece
        for paragraph in paragraphs(text)
        for line in _bullets(text, paragraph)
        for sentence in _merged(text, _segmented(text, line, _HIDDEN))
        for part in _asides(text, sentence)
        for piece in _readable(text, part)
    ]


def in_sentences(text: str) -> list[str]:
    """Return `text` cut before each of its sentences but the first; the pieces, one after the other, are the text."""
    starts = [0, *(span.start for span in sentences(text)[1:]), len(text)]
    return [text[start:end] for start, end in pairwise(starts)]


def _bullets(text: str, paragraph: Span) -> Iterator[Span]:
    """Cut a paragraph where a new item of a list begins on a line of its own."""
    start = paragraph.start
    for match in _BULLET.finditer(text, paragraph.start, paragraph.end):
        yield Span(start, match.start())
        start = match.end()
    yield Span(start, paragraph.end)


def _segmented(text: str, part: Span, hidden: re.Pattern[str]) -> Iterator[Span]:
    """Cut a part where sentencex sees a boundary, shown blanks for `hidden` marks; they stay with what they enclose."""
    original = text[part.start : part.end]
    masked = hidden.sub(" ", original)
    start = 0
    for begin in _beginnings(masked):
        # Between the last visible character of one sentence and the first of the next lie white space
        # and hidden marks. Those before the first white space close; those after it open.
        end = start + len(masked[start:begin].rstrip())
        if end <= start:
            continue
        between = re.match(r"(\S*)(\s*)", original[end:begin])
        if between is None:  # pragma: no cover - the pattern matches the empty string
            continue
        yield Span(part.start + start, part.start + end + between.end(1))
        start = end + between.end(2)
    if original[start:].strip():
        yield Span(part.start + start, part.end)


def _beginnings(masked: str) -> Iterator[int]:
    """Yield where sentencex begins each sentence after the first.

    Its time grows with the square of the length where text is not ASCII, so it sees one window at a time.
    What a window ends in may be cut short by it, so its last beginning is left to the next window.
    """
    from sentencex import get_sentence_boundaries

    start, size = 0, _WINDOW
    while start + size < len(masked):
        seen = get_sentence_boundaries("en", masked[start : start + size])
        settled = [start + boundary["start_index"] for boundary in seen[1:-1]]
        yield from settled
        start, size = (settled[-1], _WINDOW) if settled else (start, size * 2)
    for boundary in get_sentence_boundaries("en", masked[start:])[1:]:
        yield start + boundary["start_index"]


def _merged(text: str, spans: Iterator[Span]) -> Iterator[Span]:
    """Join what only looked like a boundary."""
    held: Span | None = None
    for span in spans:
        if held is not None and _continues(text, held, span):
            held = Span(held.start, span.end)
            continue
        if held is not None:
            yield held
        held = span
    if held is not None:
        yield held


def _continues(text: str, held: Span, span: Span) -> bool:
    """Whether `span` goes on with the sentence that `held` began; a long `held` is not copied."""
    after = text[span.start : span.end]
    first_word = after.split(maxsplit=1)[0]
    near = max(held.start, held.end - _ABBREVIATION_LENGTH)
    return (
        _ENUMERATOR.fullmatch(text, held.start, held.end) is not None
        # "Why?" he asked. But: iPhone sales fell.
        or (first_word[0].islower() and first_word == first_word.lower())
        # "Stop!" Mr. Kim said.
        or (text[held.end - 1] in '”"’' and _SAYS.match(after) is not None)
        or (
            _TITLE.search(text, near, held.end) is not None
            and first_word[0].isupper()
            and _bare(first_word) not in _SURELY_BEGINS
        )
        # BF.B; but: He left.She stayed.
        or (held.end == span.start and _IN_A_SYMBOL.match(text, held.end - 2) is not None)
        or (_BEFORE_A_NUMBER.search(text, near, held.end) is not None and first_word[0].isdigit())
        # at 5 p.m. Monday; but: at 5 p.m. The talks began.
        or (_HOUR.search(text, max(held.start, held.end - 5), held.end) and _DAY_OR_ZONE.match(after)) is not None
        or not any(character.isalnum() for character in after)
    )


def _bare(word: str) -> str:
    return word.rstrip(".,;:!?")


def _asides(text: str, sentence: Span) -> Iterator[Span]:
    """Cut what sentencex keeps together for its brackets.

    A sentence in brackets is told apart from the next. Several in one pair of brackets are told apart only where
    all would be longer than LONG_ASIDE words.
    """
    original = text[sentence.start : sentence.end]
    is_long = len(original.split()) > LONG_ASIDE
    if original[0] not in "([" and not (is_long and _BRACKET.search(original)):
        yield sentence
        return
    pieces = _merged(text, _segmented(text, sentence, _HIDDEN_WITH_BRACKETS))
    yield from pieces if is_long else _whole_brackets(text, pieces)


def _whole_brackets(text: str, pieces: Iterator[Span]) -> Iterator[Span]:
    """Join pieces until every bracket that one of them opens is closed."""
    start, depth, end = -1, 0, 0
    for piece in pieces:
        start, end = piece.start if start < 0 else start, piece.end
        for mark in _BRACKET.findall(text, piece.start, piece.end):
            depth = depth + 1 if mark in "([" else max(0, depth - 1)
        if not depth:
            yield Span(start, end)
            start = -1
    if start >= 0:
        yield Span(start, end)


def _readable(text: str, sentence: Span) -> Iterator[Span]:
    """Cut a sentence of more than LONGEST words into near-equal pieces of at most that."""
    words = [match.span() for match in re.finditer(r"\S+", text[sentence.start : sentence.end])]
    pieces = -(-len(words) // LONGEST)
    for piece in range(pieces):
        first = words[len(words) * piece // pieces]
        last = words[len(words) * (piece + 1) // pieces - 1]
        yield Span(sentence.start + first[0], sentence.start + last[1])
