"""Formats of one article a file that are text as they are: plain, Markdown, HTML."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import BinaryIO

from qa.load.decode import Unusable, decode, decode_html
from qa.load.limits import Limits, too_large
from qa.records import Markup, RawDocument


def _whole(
    decoded: Callable[[bytes], str], markup: Markup, origin: str, stream: BinaryIO, limits: Limits
) -> Iterator[RawDocument]:
    data = stream.read(limits.article + 1)
    if len(data) > limits.article:
        raise Unusable(too_large(limits.article, "max_article_mb"))
    content = decoded(data)
    if not content.strip():
        raise Unusable("is empty")
    yield RawDocument(origin, content, markup)


read_text = partial(_whole, decode, Markup.PLAIN)
read_markdown = partial(_whole, decode, Markup.MARKDOWN)
read_html = partial(_whole, decode_html, Markup.HTML)
