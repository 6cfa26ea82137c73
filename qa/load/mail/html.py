"""The words of the sender in a message that is HTML alone: the mail that is answered is left out."""

from __future__ import annotations

from typing import Any

from qa.load.decode import Unusable
from qa.load.mail.quoting import begins_header_block

_QUOTES = frozenset({"gmail_quote", "yahoo_quoted", "protonmail_quote", "moz-cite-prefix", "OutlookMessageHeader"})
_LONGEST_HEAD = 1000
_BEGINS_REST = frozenset({"divRplyFwdMsg", "appendonsend", "mail-editor-reference-message-container"})


def own_html(content: str) -> str:
    """Return the HTML without quoted mail; as it is where nothing would be left. Raises Unusable."""
    from lxml import etree, html

    try:
        tree = html.document_fromstring(content.encode(), parser=html.HTMLParser(encoding="utf-8"))
        for element in list(tree.iter(etree.Element)):
            if _is_quote(element):
                _drop(element)
            elif element.get("id") in _BEGINS_REST or _is_outlook_head(element):
                _drop_rest(element)
        left = "".join(tree.itertext())
        return html.tostring(tree, encoding="unicode") if any(map(str.isalnum, left)) else content
    except (etree.LxmlError, ValueError, RecursionError, AssertionError) as error:
        raise Unusable(f"has HTML that cannot be read ({type(error).__name__})") from None


def _is_quote(element: Any) -> bool:
    if element.tag == "blockquote" and element.get("type") == "cite":
        return True
    return bool(_QUOTES & set((element.get("class") or "").split()))


def _is_outlook_head(element: Any) -> bool:
    """Return whether it is the frame with "From: ... Sent: ..." that Outlook draws above the mail that is answered."""
    if element.tag != "div" or "border-top:solid" not in (element.get("style") or "").replace(": ", ":"):
        return False
    return begins_header_block("".join(element.itertext())[:_LONGEST_HEAD])


def _drop_rest(element: Any) -> None:
    """Drop an element and all that comes after it."""
    place = element
    while place is not None and place.tag != "body":
        for following in [*place.itersiblings()]:
            _drop(following)
        place = place.getparent()
    _drop(element)


def _drop(element: Any) -> None:
    if element.getparent() is not None:
        element.drop_tree()
