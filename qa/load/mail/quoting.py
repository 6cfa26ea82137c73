"""The words of the sender: without the mail that is answered, the signature, and the footer of a mailing list.

What others wrote is left out, because it would be cited as the sender's, and because each of forty answers in a
conversation repeats it. It is in the mail that it comes from. A message that was passed on is kept whole.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_FORWARDED = re.compile(r"\s*(?:\[[^\[\]]*\]\s*)?(?:fwd?|wg|tr|rv|i|enc|vl|doorst)\s*:", re.IGNORECASE)
_WROTE = re.compile(
    r"\b(?:wrote|writes|said|schrieb|écrit|escribió|ha scritto|escreveu|schreef|skrev|napisał\w*|kirjoitti|írta|"
    r"написал\w*|пишет)\b.*:\s*$",
    re.IGNORECASE,
)
_ORIGINAL = re.compile(
    r"\s*-{2,}\s*(?:original message|original appointment|ursprüngliche nachricht|message d['’]origine|"
    r"mensaje original|messaggio originale|mensagem original|oorspronkelijk bericht)\s*-{2,}\s*",
    re.IGNORECASE,
)
_FIELD = re.compile(r"\s*\*?(?P<name>[^\W\d_]{1,12})(?: \w{1,8})?\s?:\*?\s", re.UNICODE)
_FROM = frozenset({"from", "von", "de", "da", "van", "från", "fra", "od"})
_SENT = frozenset({"sent", "date", "gesendet", "datum", "envoyé", "enviado", "fecha", "inviato", "data", "verzonden"})
_RULE = re.compile(r"\s*_{10,}\s*")
_DEVICE = re.compile(
    r"\s*(?:sent|get outlook|gesendet|von meinem|envoyé|enviado) (?:from|for|von|mit|depuis|de|desde) .{3,40}",
    re.IGNORECASE,
)
_LONGEST_SIGNATURE = 15
_LONGEST_ATTRIBUTION = 3
_FIELDS_WITHIN = 4
_LONGEST_LINE = 300


def is_forwarded(subject: str) -> bool:
    """Return whether a subject says that the message passes on another."""
    return _FORWARDED.match(subject) is not None


def own_words(text: str) -> str:
    """Return what the sender wrote; the whole text where that is nothing."""
    lines = text.split("\n")
    lines = lines[: _end(lines)]
    lines = _without_footer(_without_quotes(lines))
    lines = _without_signature(lines)
    own = "\n".join(lines).strip("\n")
    return own if any(character.isalnum() for character in own) else text


def _end(lines: Sequence[str]) -> int:
    """Return where the mail that is answered begins, of a client that puts it whole and unmarked below the answer."""
    quoted = any(line.startswith(">") for line in lines)
    for number, line in enumerate(lines):
        # What can be told of a line at a glance comes first; there are millions of them.
        begins = ("-" in line[:8] and _ORIGINAL.fullmatch(line)) or (
            ":" in line[:24] and _is_header_block(lines[number : number + _FIELDS_WITHIN])
        )
        if begins:
            above = number - 1 if number and _RULE.fullmatch(lines[number - 1]) else number
            return above or len(lines)
        if not quoted and "@" in line and _attributes(line):
            return number or len(lines)
    return len(lines)


def _is_header_block(lines: Sequence[str]) -> bool:
    """Return whether these lines begin as "From: ... / Sent: ..." does, in one of the common languages."""
    first = _FIELD.match(lines[0])
    if first is None or first["name"].lower() not in _FROM:
        return False
    names = {match["name"].lower() for line in lines[1:] if (match := _FIELD.match(line))}
    return bool(names & _SENT)


def begins_header_block(text: str) -> bool:
    """Return whether a text begins so, its lines parted in whatever way."""
    lines = [" ".join(line.split()) for line in text.split("\n")]
    found = [f"{line} " for line in lines if line]
    return bool(found) and _is_header_block(found[:_FIELDS_WITHIN])


def _attributes(line: str) -> bool:
    """Return whether a line says who wrote what follows, and when."""
    return len(line) < _LONGEST_LINE and any(map(str.isdigit, line)) and _WROTE.search(line) is not None


def _without_quotes(lines: Sequence[str]) -> list[str]:
    kept: list[str] = []
    for line in lines:
        if line.startswith(">"):
            _drop_attribution(kept)
        else:
            kept.append(line)
    return kept


def _drop_attribution(kept: list[str]) -> None:
    """Take "On Monday, Ada wrote:" from the end, which may be broken over lines; blank lines below it go too."""
    last = len(kept)
    while last and not kept[last - 1].strip():
        last -= 1
    if not last or not _WROTE.search(kept[last - 1][-_LONGEST_LINE:]):
        return
    first = last - 1
    while first and last - first < _LONGEST_ATTRIBUTION and kept[first - 1].strip():
        first -= 1
    del kept[first if _opens(kept[first]) else last - 1 :]


def _opens(line: str) -> bool:
    """Return whether a line begins as the line above a quotation does."""
    return re.match(r"\s*(?:on|am|le|el|il|em|op|den|dnia|\d)\b", line, re.IGNORECASE) is not None


def _without_footer(lines: list[str]) -> list[str]:
    """Drop what a mailing list puts below every message."""
    for number, line in enumerate(lines[:-1]):
        if line.startswith("___") and _RULE.fullmatch(line) and "mailing list" in lines[number + 1].lower():
            return lines[:number]
    return lines


def _without_signature(lines: list[str]) -> list[str]:
    """Drop a signature below its mark ("-- "), and the line of a telephone."""
    marks = [number for number, line in enumerate(lines) if line.rstrip("\r") in {"-- ", "--"}]
    if marks and len(lines) - marks[-1] <= _LONGEST_SIGNATURE:
        lines = lines[: marks[-1]]
    while lines and not lines[-1].strip():
        lines = lines[:-1]
    return lines[:-1] if lines and _DEVICE.fullmatch(lines[-1]) else lines
