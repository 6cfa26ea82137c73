"""How often a hyphen at a line end is treated right when a PDF is read, in several languages.

    python -m benchmarks.hyphens [--data ../shared/data] [--messages /usr/share]

Texts are set in lines of several widths, once with words cut by the patterns of TeX and once without. Then two kinds of
hyphen stand at line ends: those that a program put there, which must go, and those of words that are written with one,
which must stay. The texts are the English sets, and for other languages the translated messages of programs (`.mo`
files below `--messages`). Needs Pyphen for the patterns, which is no dependency: `pip install pyphen`.
"""

from __future__ import annotations

import argparse
import gettext
import importlib
import json
import random
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from qa.load.pdf.hyphens import Hyphens

SETS = {"multihop-news": 60, "squad-open": 6, "scifact": 200}
LANGUAGES = ("de", "fr", "es", "sv", "nl", "ru", "pt_BR")
WIDTHS = (44, 60)
FILES = 6
CUT, OWN, NONE = "cut by the program", "the word's own", "no word is cut"
_OWN_HYPHEN = re.compile(r"(?<=\w)-(?=\w)")
_LETTERS = re.compile(r"(\W*)([^\W\d_]+)\W*")


def main() -> None:
    """Print the table: for each text the share that is right, of each kind."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--messages", type=Path, default=Path("/usr/share"))
    given = parser.parse_args()
    found = [(name, "en_US", _set(given.data / name, count)) for name, count in SETS.items()]
    found += [(f"messages, {code}", code, _messages(given.messages, code)) for code in LANGUAGES]
    total: Counter[tuple[str, bool]] = Counter()
    print(f"{'':16} {CUT:>24} {OWN:>24} {NONE:>24}")
    for name, code, texts in found:
        counted = _measured(texts, importlib.import_module("pyphen").Pyphen(lang=code))
        total += counted
        _print(name, counted)
    _print("all", total)


def _print(name: str, counted: Counter[tuple[str, bool]]) -> None:
    cells = []
    for kind in (CUT, OWN, NONE):
        right, wrong = counted[kind, True], counted[kind, False]
        cells.append(f"{right:,} of {right + wrong:,} = {right / max(right + wrong, 1):.3f}")
    print(f"{name:16} " + " ".join(f"{cell:>24}" for cell in cells))


def _set(folder: Path, count: int) -> list[str]:
    rows = [json.loads(row)["text"] for row in (folder / "corpus.jsonl").read_text(encoding="utf-8").splitlines()]
    return random.Random(1).sample(rows, count)


def _messages(folder: Path, code: str) -> list[str]:
    texts = []
    for path in sorted(folder.glob(f"locale*/{code}/LC_MESSAGES/*.mo")):
        try:
            with path.open("rb") as stream:
                catalogue: dict[Any, Any] = vars(gettext.GNUTranslations(stream))["_catalog"]
        except (OSError, UnicodeDecodeError):
            continue
        long = [text for key, text in catalogue.items() if key and isinstance(text, str) and len(text) > 60]  # noqa: PLR2004
        if len(long) > 40:  # noqa: PLR2004
            texts.append("\n".join(long[:1500]))
    return texts[:FILES]


def _measured(texts: Sequence[str], patterns: Any) -> Counter[tuple[str, bool]]:
    counted: Counter[tuple[str, bool]] = Counter()
    for text in texts:
        for width in WIDTHS:
            for cuts in (True, False):
                lines = list(_lines(text, width, patterns if cuts else None))
                hyphens = Hyphens(line for line, _ in lines)
                for (line, kind), (following, _) in pairwise(lines):
                    if kind:
                        kept, between = hyphens.glue(line, following)
                        right = between == "" and kept.endswith("-") is (kind == OWN)
                        counted[kind if cuts else NONE, right] += 1
    return counted


def _lines(text: str, width: int, patterns: Any) -> Iterator[tuple[str, str]]:
    """Yield the lines of a text, each with the kind of hyphen that it ends with, or ""."""
    for paragraph in text.split("\n"):
        waiting, line = paragraph.split()[::-1], ""
        while waiting:
            word = waiting.pop()
            room = width - len(line) - bool(line)
            if len(word) <= room:
                line = f"{line} {word}".lstrip()
                continue
            places = [(at, kind) for at, kind in _places(word, patterns) if at + (kind == CUT) <= room]
            if places:
                at, kind = max(places)
                yield f"{line} {word[:at]}{'-' if kind == CUT else ''}".lstrip(), kind
                waiting.append(word[at:])
                line = ""
            elif line:
                yield line, ""
                waiting.append(word)
                line = ""
            else:
                yield word, ""
        if line:
            yield line, ""


def _places(word: str, patterns: Any) -> Iterator[tuple[int, str]]:
    """Yield where a word can be cut, and of which kind the hyphen is then."""
    for own in _OWN_HYPHEN.finditer(word):
        yield own.end(), OWN
    letters = _LETTERS.fullmatch(word)
    if patterns is not None and letters is not None:
        for place in patterns.positions(letters[2]):
            if 2 <= place <= len(letters[2]) - 3:  # noqa: PLR2004
                yield letters.end(1) + place, CUT


if __name__ == "__main__":
    main()
