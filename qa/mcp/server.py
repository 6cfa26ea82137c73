"""The server: its tools and resources, whatever the transport."""

from __future__ import annotations

import logging
from typing import Any

import mcp_types as types
from mcp.server.lowlevel import Server
from mcp.shared.exceptions import MCPError
from pydantic import ValidationError

from qa import __version__
from qa.errors import QaError
from qa.interrupting import Interrupted
from qa.mcp.hosts import Host, corpus_of
from qa.mcp.refusals import sentences
from qa.mcp.resources import Resources
from qa.mcp.tools import INSTRUCTIONS, TOOLS, Tool

log = logging.getLogger(__name__)

NAME = "article-qa"
_UNEXPECTED = "Something went wrong in the server; its log says what."
_READS = types.ToolAnnotations(read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False)


def mcp_server(host: Host) -> Server[Any]:
    """Return a server whose tools are run by `host`; one may serve many connections."""
    tools, resources = _Tools(host), Resources(host)
    return Server(
        NAME,
        version=__version__,
        title="Ask your articles",
        instructions=INSTRUCTIONS,
        on_list_tools=tools.listed,
        on_call_tool=tools.called,
        on_list_resources=resources.listed,
        on_list_resource_templates=resources.templates,
        on_read_resource=resources.read,
    )


class _Tools:
    """The tools, as the protocol asks for them."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._tools = {tool.name: tool for tool in TOOLS}

    async def listed(self, _: Any, __: types.PaginatedRequestParams | None) -> types.ListToolsResult:
        """List them; there are few, so it is one page."""
        return types.ListToolsResult(tools=[_described(tool) for tool in TOOLS])

    async def called(self, context: Any, params: types.CallToolRequestParams) -> types.CallToolResult:
        """Call one. What goes wrong is told in a result, so that the model reads it, and never with a stack trace."""
        tool = self._tools.get(params.name)
        if tool is None:
            names = ", ".join(self._tools)
            raise MCPError(types.INVALID_PARAMS, f"There is no tool {params.name[:80]!r}; there is: {names}.")
        try:
            given = tool.takes.model_validate(params.arguments or {})
        except ValidationError as error:
            return _failed(sentences(error))
        try:
            result = await self._host.run(
                corpus_of(context), lambda corpus: tool.call(corpus, given), runs_models=tool.runs_models
            )
        except QaError as error:
            return _failed(str(error))
        except Interrupted:
            return _failed("The call was given up.")
        except Exception:
            log.exception("The tool %s failed", tool.name)
            return _failed(_UNEXPECTED)
        # The text is for clients that know no structured content; the protocol asks for the same in both.
        return types.CallToolResult(
            content=[types.TextContent(text=result.model_dump_json())],
            structured_content=result.model_dump(mode="json"),
        )


def _described(tool: Tool) -> types.Tool:
    return types.Tool(
        name=tool.name,
        title=tool.title,
        description=tool.description,
        input_schema=tool.takes.model_json_schema(),
        output_schema=tool.gives.model_json_schema(mode="serialization"),
        annotations=_READS,
    )


def _failed(sentence: str) -> types.CallToolResult:
    return types.CallToolResult(content=[types.TextContent(text=sentence)], is_error=True)
