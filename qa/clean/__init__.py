"""A raw document to an article in canonical form; pure functions of what the document holds.

`clean` picks the reader of the document's markup, and settles what all have in common: the title, the
id, the date, the language, and which address may be linked to.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata

from qa.clean.authors import author_named
from qa.clean.blocks import read_blocks
from qa.clean.canonical import canonical, one_line, shortened
from qa.clean.dates import is_to_come, published
from qa.clean.fragment import read_fragment
from qa.clean.honest import honest
from qa.clean.language import language_of
from qa.clean.markdown import read_markdown
from qa.clean.outlined import read_outlined
from qa.clean.plain import read_plain
from qa.clean.reading import Reading
from qa.clean.webpage import UnreadablePageError, read_html
from qa.languages import language_code
from qa.records import Article, Heading, LeftOut, Markup, RawDocument
from qa.titles import title_of_file

__all__ = ["canonical", "clean"]

LONGEST_ID = 200
LONGEST_TITLE = 300
"""Characters; a title is repeated with every passage, so it cannot be a whole article."""

_READERS = {
    Markup.PLAIN: read_plain,
    Markup.MARKDOWN: read_markdown,
    Markup.HTML: read_html,
    Markup.FRAGMENT: read_fragment,
    Markup.BLOCKS: read_blocks,
}
_LINKABLE = re.compile(r"https?://\S+", re.IGNORECASE)


def clean(raw: RawDocument) -> Article | LeftOut:
    """Return the article that `raw` holds, or why it holds none.

    What the row states goes before what the text says of itself. The id is the row's, else a hash of
    title and text, so that the same article has the same id wherever it lies.
    """
    if raw.id is not None and (fault := _fault_of_id(raw.id)):
        return LeftOut(raw.origin, fault)
    raw = honest(raw)
    try:
        reading = read_outlined(raw) or _READERS[raw.markup](raw)
    except UnreadablePageError as error:
        return LeftOut(raw.origin, str(error))
    except RecursionError:
        return LeftOut(raw.origin, "is nested too deeply")
    if not reading.text.strip():
        return LeftOut(raw.origin, "has no readable text")
    return _article(raw, reading)


def _headings(reading: Reading) -> tuple[Heading, ...]:
    """Return the headings; where there is nothing under any of them they are the text itself, and can be quoted."""
    edges = [0, *(edge for heading in reading.headings for edge in (heading.start, heading.end)), len(reading.text)]
    body = (reading.text[start:end] for start, end in zip(edges[::2], edges[1::2], strict=True))
    return reading.headings if any(part.strip() for part in body) else ()


def _article(raw: RawDocument, reading: Reading) -> Article:
    title = one_line(raw.title or "") or one_line(reading.title) or one_line(title_of_file(raw.origin))
    title = shortened(title, LONGEST_TITLE)
    url = one_line(raw.url or reading.url or "")
    date = one_line(raw.published_at or reading.published_at or "")
    language = one_line(raw.language or reading.language or "")
    source = one_line(raw.source or reading.source or "")
    author = one_line(raw.author or reading.author or "")
    link, day, name = _LINKABLE.fullmatch(url), published(date), author_named(author, source)
    if day is not None and is_to_come(day):
        day = None
    given = {**reading.metadata, **raw.metadata}
    stated = {one_line(name): canonical(words).strip() for name, words in given.items()}
    # An address that is no web address could run code when clicked; a date that could be two is none, nor is one
    # that has not come; "admin" is nobody's name. All are still worth reading.
    unfit = ({} if link else {"url": url}) | ({} if day else {"published_at": date})
    unfit |= ({} if language_code(language) else {"language": language}) | ({} if name else {"author": author})
    return Article(
        id=raw.id or _content_id(title, reading.text),
        title=title,
        text=reading.text,
        origin=raw.origin,
        url=url if link else None,
        source=source or None,
        author=name,
        published_at=day,
        headings=_headings(reading),
        language=language_of(reading.text, language),
        pages=reading.pages,
        metadata={name: words for name, words in (unfit | stated).items() if name and words},
    )


def _content_id(title: str, text: str) -> str:
    return hashlib.sha256(f"{title}\n\n{text}".encode()).hexdigest()[:16]


def _fault_of_id(identity: str) -> str | None:
    """Return what is wrong with an id, which has to travel in addresses, files and run files."""
    if not identity.strip():
        return "has an empty _id"
    if identity in {".", ".."}:
        return "has an _id that no address can hold"
    if len(identity) > LONGEST_ID:
        return f"has an _id of more than {LONGEST_ID} characters"
    if any(unicodedata.category(character) in ("Cc", "Cs") for character in identity):
        return "has control characters in its _id"
    return None
