"""Feeds, mail and archives with bytes altered at random: whatever comes of it, it comes as articles and reasons."""

from __future__ import annotations

import io
import random
import tarfile
import zipfile
from pathlib import Path

import pytest

from qa.clean import clean
from qa.load import Limits, read
from qa.records import Article, RawDocument

FIXTURES = Path(__file__).resolve().parent / "fixtures"
FILES = sorted([*(FIXTURES / "feeds").iterdir(), *(FIXTURES / "mail").iterdir()])
LIMITS = Limits.from_mb(file=8, article=1, archive=50, members=500)
PIECES = [
    b"&", b"<", b"\0", b"\xff", b"\n\n", b"--", b"=?", b"?=", b"From ", b"(", b'"', b";", b"<![CDATA[", b"]]>", b"[::",
    b"PK\5\6", b"\xff" * 4, b"../", b"<!DOCTYPE a [", b"<x:y>", b"Content-Type: multipart/mixed; boundary=b\n\n--b\n",
    b"Content-Type: message/rfc822\n\n",
]  # fmt: skip


def zipped() -> bytes:
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in FILES:
            archive.write(path, f"in/{path.name}")
    return whole.getvalue()


def tarred(mode: str) -> bytes:
    whole = io.BytesIO()
    with tarfile.open(fileobj=whole, mode=f"w:{mode}") as archive:
        for path in FILES:
            archive.add(path, "long/" * 30 + path.name)
    return whole.getvalue()


def altered(content: bytes, chance: random.Random) -> bytes:
    data = bytearray(content)
    for _ in range(chance.choice([1, 1, 3, 20])):
        place = chance.randrange(len(data) + 1)
        match chance.randrange(4):
            case 0:
                data[place : place + 1] = bytes([chance.randrange(256)])
            case 1:
                data[place:place] = chance.choice(PIECES)
            case 2:
                del data[place : place + chance.choice([1, 10, 500])]
            case _:
                other = chance.randrange(len(data) + 1)
                data[place:place] = data[other : other + chance.choice([4, 50, 1000])]
    return bytes(data) or b"\n"


CONTENTS = {
    **{path.name: path.read_bytes() for path in FILES},
    "a.mbox": b"".join(
        b"From a Thu Jan  5 10:00:00 2023\n" + path.read_bytes() + b"\n\n" for path in FILES if path.suffix == ".eml"
    ),
    "a.zip": zipped(),
    "a.tar": tarred(""),
    "a.tgz": tarred("gz"),
    "a.tar.xz": tarred("xz"),
}


@pytest.mark.parametrize("name", CONTENTS)
def test_nothing_escapes_a_reader(tmp_path: Path, name: str) -> None:
    chance = random.Random(name)
    path = tmp_path / name
    path.write_bytes(CONTENTS[name])
    assert any(isinstance(item, RawDocument) for item in read(path, LIMITS))
    for _ in range(40):
        path.write_bytes(altered(CONTENTS[name], chance))
        for item in read(path, LIMITS):
            result = clean(item) if isinstance(item, RawDocument) else item
            words = (result.text, result.title) if isinstance(result, Article) else (result.reason,)
            assert all((result.origin, *words))
            for word in (result.origin, *words):
                word.encode("utf-8")
