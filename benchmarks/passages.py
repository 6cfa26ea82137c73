r"""A million real passages and real questions about them, for benchmarks at scale.

    apt-get download doc-rfc-std doc-rfc-std-proposed doc-rfc-old-std doc-rfc-informational \
        doc-rfc-experimental doc-rfc-fyi-bcp doc-rfc-misc doc-rfc-others        # Debian, non-free
    for package in doc-rfc-*.deb; do dpkg -x $package RFC; done
    python -m benchmarks.passages --rfc RFC [--cache FOLDER]                   # or QA_BENCH_RFC=RFC

The RFCs (about 9,000) and the articles of `shared/data` beside the checkout are cut into passages of at most
100 words, document by document in a shuffled order, so that neighbours are of one document as in an index and
any first n passages are of all sources. Where the text runs out it is read again with a tenth of its words left
out. The same files give the same passages. They are kept one a line in `--cache` (QA_BENCH_CACHE, or the
system's temporary folder) and read from there the next time, without the RFCs.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import random
import re
import tempfile
from collections.abc import Iterator
from hashlib import blake2b
from html import unescape
from itertools import islice
from pathlib import Path

COUNT = 1_000_000
WORDS = 100
DATA = Path(__file__).resolve().parent.parent.parent / "shared" / "data"
SETS = ("multihop-news", "squad-open", "scifact")
_SEED = 20231
_DROPPED = 0.1
_PAGE = re.compile(r"\[Page \d+\]\s*$|^RFC \d+ .*\b(?:19|20)\d\d\s*$|\.{4,}|(?:\. ){4,}")
_HEADING = re.compile(r"^(?:\d+\.)+\d*\s+([A-Z][\w'/-]*(?: [\w'/()-]+){1,9})\s*$", re.MULTILINE)
_TAG = re.compile(r"<[^>]*>")
_WORD = re.compile(r"\S*[^\W_]\S*")


def passages(count: int = COUNT, cache: Path | None = None) -> Iterator[str]:
    """Yield the first `count` distinct passages, at most a million, each of at most 100 words on one line.

    Raises FileNotFoundError, with what to do, when there is neither a cache nor a folder of RFCs.
    """
    with _file("passages.txt", cache).open(encoding="utf-8", newline="\n") as lines:
        yield from (line[:-1] for line in islice(lines, count))


def questions(count: int, cache: Path | None = None) -> list[str]:
    """Return `count` different questions, in turn of each kind; the same ones every time."""
    kinds = [iter(asked) for asked in questions_by_kind(count, cache).values()]
    mixed = (question for round_ in zip(*kinds, strict=False) for question in round_)
    return list(islice(mixed, count))


def questions_by_kind(count: int, cache: Path | None = None) -> dict[str, list[str]]:
    """Return at most `count` questions of each question set that is there, and of headings of RFCs."""
    kinds = {name: _asked(DATA / name / "queries.jsonl") for name in SETS if (DATA / name).is_dir()}
    kinds["rfc-headings"] = _file("headings.txt", cache).read_text(encoding="utf-8").splitlines()
    for texts in kinds.values():
        random.Random(_SEED).shuffle(texts)
    return {name: texts[:count] for name, texts in kinds.items()}


def _asked(path: Path) -> list[str]:
    with path.open(encoding="utf-8") as lines:
        return list(dict.fromkeys(json.loads(line)["text"] for line in lines))


def _file(name: str, cache: Path | None) -> Path:
    """Return the cached file, made first where it is not there yet."""
    default = Path(tempfile.gettempdir()) / "article-qa-benchmark"
    folder = cache or Path(os.environ.get("QA_BENCH_CACHE", default))
    if not (folder / name).exists():
        rfc = os.environ.get("QA_BENCH_RFC", "")
        if not rfc:
            raise FileNotFoundError(f"{folder / name} is not made yet: set QA_BENCH_RFC ({__name__} says to what).")
        make(Path(rfc), folder)
    return folder / name


def make(rfc: Path, folder: Path) -> None:
    """Write passages.txt (COUNT lines) and headings.txt (each heading of an RFC once) into `folder`."""
    documents, headings = _documents(rfc)
    order = random.Random(_SEED)
    order.shuffle(documents)
    folder.mkdir(parents=True, exist_ok=True)
    seen: set[bytes] = set()
    with tempfile.NamedTemporaryFile("w", dir=folder, delete=False, encoding="utf-8", newline="\n") as file:
        while len(seen) < COUNT:
            dropped = _DROPPED if seen else 0.0
            for passage in (passage for document in documents for passage in _cut(document, dropped, order)):
                key = blake2b(passage.encode(), digest_size=12).digest()
                if key not in seen and len(seen) < COUNT:
                    seen.add(key)
                    file.write(passage + "\n")
            print(f"  {len(seen):,} passages")
    (folder / "headings.txt").write_text("\n".join(dict.fromkeys(headings)) + "\n", encoding="utf-8")
    Path(file.name).replace(folder / "passages.txt")


def _cut(document: str, dropped: float, draw: random.Random) -> Iterator[str]:
    """Yield the words of a document, WORDS at a time, without a share `dropped` of them."""
    words = document.split(" ")
    if dropped:
        words = [word for word in words if draw.random() >= dropped]
    for start in range(0, len(words), WORDS):
        yield " ".join(words[start : start + WORDS])


def _documents(rfc: Path) -> tuple[list[str], list[str]]:
    """Return the words of every document, spaced by one blank, and the headings of the RFCs."""
    documents, headings = [], []
    by_name = {path.name: path for path in sorted(rfc.rglob("rfc[0-9]*.txt*"))}
    if not by_name:
        raise FileNotFoundError(f"{rfc} holds no rfc*.txt or rfc*.txt.gz.")
    for _, path in sorted(by_name.items()):
        raw = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        text = raw.decode("utf-8", errors="replace")
        if text.startswith("<pre>"):
            text = unescape(_TAG.sub("", text))
        headings += [heading[1] for heading in _HEADING.finditer(text)]
        lines = [line for line in text.split("\n") if not _PAGE.search(line)]
        documents.append(_WORD.findall("\n".join(lines)))
    for name in SETS:
        if not (DATA / name).is_dir():
            print(f"  without {name}: it is not in {DATA}")
            continue
        with (DATA / name / "corpus.jsonl").open(encoding="utf-8") as lines_:
            documents += [(row["title"] + " " + row["text"]).split() for row in map(json.loads, lines_)]
    return [" ".join(words) for words in documents], headings


def main() -> None:
    """Make the cache and say what is in it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rfc", type=Path, default=os.environ.get("QA_BENCH_RFC"))
    parser.add_argument("--cache", type=Path)
    given = parser.parse_args()
    if given.rfc:
        os.environ["QA_BENCH_RFC"] = str(given.rfc)
    for kind, asked in questions_by_kind(3, given.cache).items():
        print(f"{kind}: {' | '.join(asked)}")
    total = sum(len(passage) for passage in passages(cache=given.cache))
    print(f"{COUNT:,} passages, {total / COUNT:.0f} characters each")


if __name__ == "__main__":
    main()
