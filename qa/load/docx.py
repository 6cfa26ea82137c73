"""Word documents (.docx), by mammoth: headings by their style, lists, tables, notes."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from qa.load.decode import Unusable
from qa.load.extracted import Extracted
from qa.load.isolated import Bounds
from qa.load.xhtml import blocks
from qa.load.zipped import Zipped, refuse_entities, text_of
from qa.records import Block

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_STYLES = """
p[style-name='Title'] => h1.title:fresh
p[style-name^='toc '] => !
p[style-name^='TOC '] => !
p[style-name^='Contents '] => !
"""
_TEMPLATE_MADE = "2013-12-23T23:15:00Z"
"""When the template of python-docx was made, which its documents go on stating."""
_TYPES = "[Content_Types].xml"
_DEEPEST = 6


def extract(data: bytes, bounds: Bounds) -> list[Extracted]:
    """Return the text of a document as one article. Raises Unusable."""
    archive = Zipped(data, ".docx", bounds)
    if _TYPES not in archive.names or b"wordprocessingml" not in archive.read(_TYPES):
        raise Unusable("cannot be read as .docx: it holds no Word document")
    for name in archive.names:
        if name.endswith((".xml", ".rels")):
            refuse_entities(archive.read(name), name)
    html = _html(data, _heading_styles(archive))
    core = archive.xml("docProps/core.xml") if "docProps/core.xml" in archive.names else None
    app = archive.xml("docProps/app.xml") if "docProps/app.xml" in archive.names else None
    program = text_of(app, "{*}Application") if app is not None else None
    return [
        Extracted(
            tuple(_shifted(html)),
            title=text_of(core, "{*}title") if core is not None else None,
            author=text_of(core, "{*}creator") if core is not None else None,
            published_at=_day(text_of(core, "{*}created")) if core is not None else None,
            metadata={"program": program} if program else {},
        )
    ]


def _html(data: bytes, styles: str) -> Any:
    import mammoth
    from lxml import html

    made = mammoth.convert_to_html(
        BytesIO(data), style_map=_STYLES + styles, convert_image=mammoth.images.img_element(_no_image)
    )
    return html.fragment_fromstring(made.value, create_parent="div")


def _no_image(_: Any) -> dict[str, str]:
    return {}


def _shifted(root: Any) -> list[Block]:
    """Return the blocks; below a title, headings are one level lower, so that it is the only one of its level."""
    if root.find(".//h1[@class='title']") is not None:
        for level in range(_DEEPEST - 1, 0, -1):
            for heading in list(root.iter(f"h{level}")):
                if heading.get("class") != "title":
                    heading.tag = f"h{level + 1}"
    return blocks(root)


def _heading_styles(archive: Zipped) -> str:
    """Return which styles of the document are headings of which level, in the words of mammoth.

    Word names its own headings in English in every language; a style of the author's own has an outline level, or is
    based on one that has.
    """
    if "word/styles.xml" not in archive.names:
        return ""
    styles = {style.get(f"{_W}styleId"): style for style in archive.xml("word/styles.xml").iter(f"{_W}style")}
    lines = []
    for style in styles.values():
        name = style.find(f"{_W}name")
        level = _outline_level(style, styles)
        if name is not None and level is not None and style.get(f"{_W}type") == "paragraph":
            quoted = str(name.get(f"{_W}val")).replace("\\", "\\\\").replace("'", "\\'").replace("\n", " ")
            lines.append(f"p[style-name='{quoted}'] => h{min(level + 1, _DEEPEST)}:fresh")
    return "\n".join(lines)


def _outline_level(style: Any, styles: dict[Any, Any]) -> int | None:
    for _ in range(20):  # based on one another in a circle, in a hostile file
        if style is None:
            return None
        level = style.find(f"{_W}pPr/{_W}outlineLvl")
        if level is not None:
            value = str(level.get(f"{_W}val"))
            return int(value) if value.isdigit() and int(value) < 9 else None  # noqa: PLR2004
        based = style.find(f"{_W}basedOn")
        style = styles.get(based.get(f"{_W}val")) if based is not None else None
    return None


def _day(date: str | None) -> str | None:
    return date[:10] if date and date != _TEMPLATE_MADE else None
