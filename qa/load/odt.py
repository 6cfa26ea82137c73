"""OpenDocument text (.odt): its XML, turned into XHTML."""

from __future__ import annotations

from typing import Any

from qa.load.decode import Unusable
from qa.load.extracted import Extracted
from qa.load.isolated import Bounds
from qa.load.xhtml import blocks
from qa.load.zipped import Zipped, text_of

_UNSEEN = frozenset({
    "tracked-changes", "annotation", "table-of-content", "alphabetical-index", "illustration-index", "table-index",
    "object-index", "user-index", "sequence-decls", "forms", "note-body", "soft-page-break", "ruby-text",
    "covered-table-cell",
})  # fmt: skip
_NAMES = {
    "p": "p", "list": "ul", "list-item": "li", "list-header": "li", "table": "table", "table-header-rows": "thead",
    "table-row": "tr", "table-cell": "td", "line-break": "br", "section": "div",
    "text": "div", "text-box": "div", "frame": "div",
}  # fmt: skip
_STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_DEEPEST = 6
_MOST_SPACES = 100
_MOST_COLUMNS = 100


def extract(data: bytes, bounds: Bounds) -> list[Extracted]:
    """Return the text of a document as one article. Raises Unusable."""
    archive = Zipped(data, ".odt", bounds)
    if "META-INF/manifest.xml" in archive.names and b"encryption-data" in archive.read("META-INF/manifest.xml"):
        raise Unusable("is encrypted: save it without a password")
    content = archive.xml("content.xml")
    body = content.find(".//{*}body/{*}text")
    if body is None:
        raise Unusable("cannot be read as .odt: it holds no text document")
    meta = archive.xml("meta.xml") if "meta.xml" in archive.names else content
    program = text_of(meta, ".//{*}generator")
    author = text_of(meta, ".//{*}initial-creator") or text_of(meta, ".//{*}creator")
    return [
        Extracted(
            tuple(blocks(_Translator(content).body(body))),
            title=text_of(meta, ".//{http://purl.org/dc/elements/1.1/}title"),
            author=author,
            published_at=(text_of(meta, ".//{*}creation-date") or "")[:10] or None,
            metadata={"program": program} if program else {},
        )
    ]


class _Translator:
    """The styles of a document, and its notes as they come."""

    def __init__(self, content: Any) -> None:
        self._parents = {
            style.get(f"{_STYLE}name"): style.get(f"{_STYLE}parent-style-name")
            for style in content.iterfind(".//{*}automatic-styles/{*}style")
        }
        self._notes: list[tuple[str, Any]] = []
        self._titled = any(self._is_title(it) for it in content.iter(f"{_TEXT}p"))

    def body(self, body: Any) -> Any:
        """Return a document's body, and its notes behind it."""
        from lxml import etree

        root = etree.Element("body")
        self._into(root, body)
        for mark, note in self._notes:
            text = etree.Element("div")
            self._into(text, note)
            etree.SubElement(root, "p").text = f"[{mark}] {' '.join(' '.join(text.itertext()).split())}"
        return root

    def _is_title(self, element: Any) -> bool:
        name = element.get(f"{_TEXT}style-name")
        return "Title" in (name, self._parents.get(name))

    def _into(self, target: Any, source: Any) -> None:
        """Add what an element holds to `target`."""
        _add_text(target, source.text)
        for child in source:
            self._child(target, child)
            _add_text(target, child.tail)

    def _child(self, target: Any, child: Any) -> None:
        from lxml import etree

        name = child.tag.rpartition("}")[2] if isinstance(child.tag, str) else ""
        if name in _UNSEEN or not name:
            return
        if name == "s":
            count = child.get(f"{_TEXT}c", "1")
            _add_text(target, " " * min(int(count) if count.isdigit() else 1, _MOST_SPACES))
        elif name == "tab":
            _add_text(target, " ")
        elif name == "note":
            self._note(target, child)
        elif name == "h" or (name == "p" and self._is_title(child)):
            self._into(etree.SubElement(target, f"h{self._level(child)}"), child)
        elif name in _NAMES:
            repeated = child.get(f"{_TABLE}number-columns-repeated", "1")
            for _ in range(min(int(repeated), _MOST_COLUMNS) if repeated.isdigit() and len(repeated) < 9 else 1):  # noqa: PLR2004
                self._into(etree.SubElement(target, _NAMES[name], _spans(child)), child)
        else:
            self._into(target, child)

    def _level(self, child: Any) -> int:
        """Return the level of a heading; below a title they are one level lower."""
        if self._is_title(child):
            return 1
        level = child.get(f"{_TEXT}outline-level", "1")
        return min((int(level) if level.isdigit() else 1) + self._titled, _DEEPEST)

    def _note(self, target: Any, child: Any) -> None:
        mark = text_of(child, "{*}note-citation") or str(len(self._notes) + 1)
        _add_text(target, f"[{mark}]")
        body = child.find("{*}note-body")
        if body is not None:
            self._notes.append((mark, body))


def _spans(cell: Any) -> dict[str, str]:
    """Return how many columns and rows a cell takes, in the words of HTML."""
    stated = {
        "colspan": cell.get(f"{_TABLE}number-columns-spanned"),
        "rowspan": cell.get(f"{_TABLE}number-rows-spanned"),
    }
    return {name: value for name, value in stated.items() if value}


def _add_text(target: Any, text: str | None) -> None:
    """Append text to an element, behind its last child."""
    if not text:
        return
    if len(target):
        target[-1].tail = (target[-1].tail or "") + text
    else:
        target.text = (target.text or "") + text
