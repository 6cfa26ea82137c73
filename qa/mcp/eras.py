"""A client over a pair of streams, also one that asks what the server speaks and then shakes hands after all.

The newest clients open with `server/discover`. Some wait a second for its answer, then take the server for an old one,
and send the handshake of 2025; but to load the SDK alone takes about that long. The SDK decides by the first request
and refuses the handshake then, so that such a client would get no connection at all.
"""

from __future__ import annotations

from typing import Any

from anyio import create_memory_object_stream, create_task_group
from mcp.server.lowlevel import Server
from mcp.shared.message import SessionMessage
from mcp_types import JSONRPCRequest


async def serve(server: Server[Any], read: Any, write: Any) -> None:
    """Serve a client until it ends `read`; `write` is closed then."""
    handshake: SessionMessage | None = None
    async with write:
        while True:
            handshake = await _until_it_begins_anew(server, read, write.clone(), handshake)
            if handshake is None:
                return


async def _until_it_begins_anew(
    server: Server[Any], read: Any, write: Any, first: SessionMessage | None
) -> SessionMessage | None:
    """Serve `first` and what follows it; return a handshake of one who only asked before, None at the end."""
    send, receive = create_memory_object_stream[Any]()
    asked, called = False, first is not None
    async with create_task_group() as group, send:
        group.start_soon(server.run, receive, write, server.create_initialization_options())
        if first is not None:
            await send.send(first)
        async for message in read:
            method = _method(message)
            if method == "initialize" and asked and not called:
                begun: SessionMessage = message
                return begun
            asked = asked or method == "server/discover"
            called = called or method not in {None, "server/discover"}
            await send.send(message)
    return None


def _method(message: SessionMessage | Exception) -> str | None:
    """Return what a request asks for; None for all else."""
    request = message.message if isinstance(message, SessionMessage) else None
    return request.method if isinstance(request, JSONRPCRequest) else None
