r"""Tokens to flows: what is seen of a document, where a note or a text box begins and ends, what it says of itself.

A group inherits all of the one that it stands in, and what it sets ends with it. A word that begins a *destination*
(`\footnote`, `\fonttbl`) says where the text of its group goes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import ClassVar

from qa.load.decode import Unusable
from qa.load.rtf.characters import Encodings, destinations, named
from qa.load.rtf.flow import Flow
from qa.load.rtf.groups import Group
from qa.load.rtf.properties import WORDS
from qa.load.rtf.tokens import Kind, Token, tokens

_KEPT = frozenset({"title", "author", "generator", "creatim", "fonttbl", "stylesheet", "listtext", "pntext", "fldinst"})
"""Destinations whose text is none of the document's, but is wanted."""
_WITHIN = frozenset({"shp", "shpinst", "shpgrp", "upr", "info"})
"""Destinations whose text is not seen, while that of one inside them may be."""
_GENERATED = ("TOC", "INDEX")
_NUMBERS = frozenset({"yr", "mo", "dy"})
_SURROGATES = 0x10000
_DEEPEST = 250_000


class Reader:
    """One reading of a document. When it is done, `body` and `notes` hold its text, `stated` what it says of itself."""

    def __init__(self) -> None:
        self._encodings = Encodings()
        self._styles: dict[int, str] = {}
        self.body = Flow(self._styles)
        self.notes: list[Flow] = []
        self.stated: dict[str, str] = {}
        self.created: dict[str, int] = {}
        self._group = Group(self.body)
        self._outer: list[Group] = []
        self._bytes = bytearray()
        self._pending_skip = 0
        self._starred = False

    def read(self, source: str) -> None:
        """Read a document whose bytes `source` has as Latin-1; what stands behind its end is none of it.

        Raises Unusable.
        """
        steps: Mapping[Kind, Callable[[Token], None]] = {
            Kind.BEGIN: self._begin, Kind.END: self._end, Kind.WORD: self._word,
            Kind.SYMBOL: self._symbol, Kind.BYTE: self._byte, Kind.TEXT: self._plain,
        }  # fmt: skip
        for token in tokens(source):
            steps[token.kind](token)
            if token.kind is Kind.END and not self._outer:
                break
        self._flush()

    def _begin(self, _: Token) -> None:
        self._flush()
        self._outer.append(self._group)
        if len(self._outer) > _DEEPEST:
            raise Unusable("is nested too deeply")
        self._group = self._group.inner()

    def _end(self, _: Token) -> None:
        self._flush()
        group = self._group
        if self._outer:
            self._group = self._outer.pop()
        if group.use == "stylesheet":
            if self._group.use == "stylesheet":  # the group of one style
                self._styles[group.style] = "".join(group.kept).strip(" ;")
            group.kept.clear()
        elif group.owner:
            self._use(group.use, " ".join("".join(group.kept).split()))

    def _use(self, use: str, text: str) -> None:
        """Make use of a text that was kept."""
        if use in ("listtext", "pntext"):
            self._group.flow.mark = text
        elif use == "fldinst":
            self._group.generated = text.upper().startswith(_GENERATED)
        elif text:
            self.stated[use] = text.rstrip(";").strip()

    def _byte(self, token: Token) -> None:
        if not self._skipped(1):
            self._bytes.append(int(token.text, 16))

    def _plain(self, token: Token) -> None:
        skipped = self._skipped(len(token.text))
        self._bytes += token.text[skipped:].encode("latin-1", "replace")

    def _skipped(self, most: int) -> int:
        """Return how many of the next characters stand for one that was written in Unicode before."""
        skipped = min(self._pending_skip, most)
        self._pending_skip -= skipped
        return skipped

    def _flush(self) -> None:
        """Write the bytes that came since the last word or brace."""
        self._pending_skip = 0
        if self._bytes:
            self._write(self._encodings.text(bytes(self._bytes), self._group.font))
            self._bytes.clear()

    def _write(self, text: str) -> None:
        group = self._group
        if group.use:
            group.kept.append(text)
        elif group.seen and not (group.struck or group.hidden):
            group.flow.add(text)

    def _symbol(self, token: Token) -> None:
        self._flush()
        if token.text == "*":
            self._starred = True
        elif token.text in "\r\n":
            self._paragraph()
        elif (text := named().get(token.text)) is not None:
            self._write(text)

    def _word(self, token: Token) -> None:
        self._flush()
        word, number = token.text, token.number
        starred, self._starred = self._starred, False
        if word in self._OPENERS:
            self._OPENERS[word](self)
        elif starred or word in destinations() or word in _KEPT or word in _WITHIN:
            self._destination(word)
        elif word in self._SETTERS:
            self._SETTERS[word](self, number)
        elif word in WORDS:
            if self._writes():
                WORDS[word](self._group.flow, number)
        elif (text := named().get(word)) is not None:
            self._write(text)
        elif self._group.use == "creatim" and word in _NUMBERS and number:
            self.created.setdefault(word, number)

    def _writes(self) -> bool:
        return self._group.seen and not self._group.use

    def _paragraph(self) -> None:
        if self._writes():
            self._group.flow.end_paragraph()

    def _destination(self, word: str) -> None:
        """Let the text of a group go elsewhere, or nowhere."""
        group = self._group
        if group.sealed:
            return
        group.seen, group.use = False, ""
        if word in _KEPT:
            group.use, group.kept, group.owner = word, [], True
        group.sealed = word not in _WITHIN and word not in _KEPT

    def _note(self) -> None:
        """Begin a note: its place is marked, and its text stands at the end."""
        group = self._group
        if self._writes():
            self.notes.append(Flow(self._styles))
            self._write(f"[{len(self.notes)}]")
            group.flow, group.struck, group.hidden = self.notes[-1], False, False
        else:
            group.seen, group.sealed = False, True

    def _box(self) -> None:
        """Begin a text box: it stands behind the paragraph that it hangs on."""
        group = self._group
        if group.sealed or group.use:
            return
        box = Flow(self._styles)
        group.flow.boxes.append(box)
        group.flow, group.seen = box, True

    def _unicode(self, number: int | None) -> None:
        if number is not None:
            code = number + _SURROGATES if number < 0 else number
            if 0 <= code < _SURROGATES:
                self._write(chr(code))
        self._pending_skip = self._group.skip

    def _unicode_instead(self) -> None:
        """Show the variant in Unicode of a text that stands before it in another encoding."""
        if not self._group.sealed:
            self._group.seen = True

    def _result(self) -> None:
        """Begin what a field shows; of a table of contents it is nothing that is not in the text."""
        if self._outer and self._outer[-1].generated:
            self._group.seen, self._group.sealed = False, True

    def _font(self, number: int | None) -> None:
        self._group.font = number

    def _charset(self, number: int | None) -> None:
        if self._group.use == "fonttbl" and self._group.font is not None and number is not None:
            self._encodings.font(self._group.font, number)

    def _font_page(self, number: int | None) -> None:
        if self._group.use == "fonttbl" and self._group.font is not None and number:
            self._encodings.font_of_page(self._group.font, number)

    def _page(self, number: int | None) -> None:
        if number is not None:
            self._encodings.is_of_page(number)

    def _default_font(self, number: int | None) -> None:
        self._encodings.default = number

    def _skip(self, number: int | None) -> None:
        self._group.skip = max(number if number is not None else 1, 0)

    def _strike(self, number: int | None) -> None:
        self._group.struck = number != 0

    def _hide(self, number: int | None) -> None:
        self._group.hidden = number != 0

    def _plain_print(self, _: int | None) -> None:
        self._group.struck, self._group.hidden, self._group.font = False, False, None

    def _style(self, number: int | None) -> None:
        self._group.style = number or 0
        if self._writes():
            self._group.flow.style = number or 0

    _OPENERS: ClassVar[Mapping[str, Callable[[Reader], None]]] = {
        "footnote": _note, "shptxt": _box, "ud": _unicode_instead, "fldrslt": _result,
    }  # fmt: skip
    _SETTERS: ClassVar[Mapping[str, Callable[[Reader, int | None], None]]] = {
        "u": _unicode, "uc": _skip, "f": _font, "fcharset": _charset, "cpg": _font_page, "ansicpg": _page,
        "deff": _default_font, "deleted": _strike, "v": _hide, "plain": _plain_print, "s": _style,
    }  # fmt: skip
