"""Articles as resources, for clients whose users attach them: `article:///ID`, with the id as in a web address."""

from __future__ import annotations

import logging
from typing import Any
from urllib.parse import quote, unquote

import mcp_types as types
from mcp.shared.exceptions import MCPError

from qa.document import article_named
from qa.errors import ArticleNotFoundError, QaError
from qa.mcp.hosts import Host, corpus_of
from qa.records import Article

log = logging.getLogger(__name__)

PREFIX = "article:///"
LONGEST = 200_000
"""Characters of an article that is given whole."""

_PER_PAGE = 100
_TEXT = "text/plain"


class Resources:
    """The articles, as the protocol asks for them."""

    def __init__(self, host: Host) -> None:
        self._host = host

    async def listed(self, context: Any, params: types.PaginatedRequestParams | None) -> types.ListResourcesResult:
        """List articles, newest first, a page; a cursor is how many come before."""
        offset = _offset(params.cursor if params else None)
        found = await self._run(context, lambda corpus: corpus.find(offset=offset, limit=_PER_PAGE))
        end = offset + len(found.entries)
        return types.ListResourcesResult(
            resources=[
                types.Resource(uri=uri_of(entry.id), name=entry.title, title=entry.title, mime_type=_TEXT)
                for entry in found.entries
            ],
            next_cursor=str(end) if found.entries and end < found.total else None,
        )

    async def templates(self, _: Any, __: types.PaginatedRequestParams | None) -> types.ListResourceTemplatesResult:
        """Say how the address of an article is made."""
        template = types.ResourceTemplate(
            uri_template=PREFIX + "{article_id}",
            name="article",
            title="An article",
            description="The text of an article, by the id that the tools give.",
            mime_type=_TEXT,
        )
        return types.ListResourceTemplatesResult(resource_templates=[template])

    async def read(self, context: Any, params: types.ReadResourceRequestParams) -> types.ReadResourceResult:
        """Give the title, what is known of the article, and its text."""
        uri = str(params.uri)
        if not uri.startswith(PREFIX):
            raise MCPError(types.INVALID_PARAMS, f"There is no resource {uri[:80]!r}; articles are at {PREFIX}ID.")
        article_id = unquote(uri.removeprefix(PREFIX))
        article: Article = await self._run(context, lambda corpus: corpus.article(article_id))
        if len(article.text) > LONGEST:
            raise MCPError(
                types.INVALID_PARAMS,
                f"The article has {len(article.text):,} characters, which are too many to attach; read it in parts "
                "with the tool get_article.",
            )
        text = f"{article_named(article)}\n\n{article.text}"
        return types.ReadResourceResult(contents=[types.TextResourceContents(uri=uri, mime_type=_TEXT, text=text)])

    async def _run(self, context: Any, work: Any) -> Any:
        """Have the host do this; raises MCPError, whose sentence the client reads."""
        try:
            return await self._host.run(corpus_of(context), work, runs_models=False)
        except ArticleNotFoundError as error:
            raise MCPError(types.INVALID_PARAMS, str(error)) from None
        except QaError as error:
            raise MCPError(types.INTERNAL_ERROR, str(error)) from None


def uri_of(article_id: str) -> str:
    """Return the address of an article."""
    return PREFIX + quote(article_id, safe="")


def _offset(cursor: str | None) -> int:
    if cursor is None:
        return 0
    if not (cursor.isascii() and cursor.isdecimal() and len(cursor) < 10):  # noqa: PLR2004 - no list is as long
        raise MCPError(types.INVALID_PARAMS, "This is no cursor of this server.")
    return int(cursor)
