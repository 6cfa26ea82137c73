"""What a document file says of itself, where it is honest.

Programs fill in what the author did not: the name of a draft, of a template, of themselves. None of that is a title, an
author or a date of publication; unknown is better.
"""

from __future__ import annotations

import re
from dataclasses import replace

from qa.clean.canonical import one_line
from qa.records import Markup, RawDocument

_SOFTWARE = (
    r"microsoft|word|writer|libre ?office|open ?office|adobe|acrobat|distiller|in ?design|quark\w*|pdf\w*|\w*tex|"
    r"ghostscript|gpl|skia|chrom(?:e|ium)|firefox|mozilla|quartz|pages|google docs|calibre|scan\w*|report ?lab|"
    r"python-docx|"
    r"fpdf2?|pandoc|wk ?html\w*|prince|weasyprint|canva|cairo|itext\w*"
)
_NO_TITLE = re.compile(
    rf"(?:(?:microsoft|google) \w+ - .*|(?:https?|file)://.*|about:blank|.*\.(?:docx?|odt|rtf|pdf|indd|qxd|qxp|tex|pptx?|"
    rf"xlsx?|pub|pmd|p65|wpd|pages|html?|txt|md|dvi|ps|fm|cdr|ai|eps)|"
    rf"(?:un(?:titled|named|known|benannt)|no title|sans titre|sin t[ií]tulo|senza titolo|naamloos|untitled document|"
    rf"new document|word document|document|dokument|documento|layout|title|titel|slide|powerpoint presentation|"
    rf"presentation|print|printout|scan\w*|image|fax|book|draft|none|null|default|test)"
    rf"[ _-]?(?:\(?\d*\)?)|(?:{_SOFTWARE})(?:[ /-]?(?:document|v?\d[\d.]*))?|[\W\d_]*)",
    re.IGNORECASE,
)
_NO_AUTHOR = re.compile(
    rf"(?:.*\b(?:office|windows) user|(?:local )?user\d*|owner|admin\w*|root|guest|me|author|\(?anonymous\)?|unknown|"
    rf"unspecified|none|null|n/?a|default|hp|dell|lenovo|acer|asus|pc|test|(?:{_SOFTWARE})(?:[ /-].*)?|[\W\d_]*)",
    re.IGNORECASE,
)
_PRINTS = re.compile(
    r"skia|chrom|firefox|mozilla|safari|quartz|wk ?html|print|cups|ghostscript|distiller server|scan|ocr|"
    r"imagemagick|img2pdf|tesseract|pdf24|pdfcreator|webkit",
    re.IGNORECASE,
)
_TEMPLATES = frozenset({"python-docx"})
"""Who is named as the author of a file that was made from this program's template; its date is the template's."""

PROGRAM = "program"
"""Where a loader puts, among the metadata, the program that wrote the file."""


def honest(raw: RawDocument) -> RawDocument:
    """Return a document that came in blocks without what its file says and nobody meant; others as they are.

    The date on which a page was printed to PDF, or a paper scanned, is not that of what it says.
    """
    if raw.markup is not Markup.BLOCKS:
        return raw
    title, author = one_line(raw.title or ""), one_line(raw.author or "")
    program = raw.metadata.get(PROGRAM, "")
    template = author.casefold() in _TEMPLATES
    title = "" if template or _NO_TITLE.fullmatch(title) or title.casefold() == author.casefold() else title
    dated = not template and not _PRINTS.search(program)
    return replace(
        raw,
        title=title or None,
        author=None if _NO_AUTHOR.fullmatch(author) else author,
        published_at=raw.published_at if dated else None,
    )
