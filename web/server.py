"""Running the application: one process, one socket, an address that a person can click."""

from __future__ import annotations

import socket
from collections.abc import Callable

from qa.config import Settings
from qa.errors import ServeError


def serve(settings: Settings, say: Callable[[str], None]) -> None:
    """Serve until Ctrl-C; `say` is told the address. Raises ServeError when the port cannot be had."""
    import uvicorn

    from web.app import create_app

    app = create_app(settings)
    with _listening(settings.host, settings.port) as listener:
        port = listener.getsockname()[1]
        host = f"[{settings.host}]" if ":" in settings.host else settings.host
        say(f"Serving http://{host}:{port} (Ctrl-C ends it)")
        config = uvicorn.Config(app, log_level="warning", access_log=False, server_header=False)
        uvicorn.Server(config).run(sockets=[listener])


def _listening(host: str, port: int) -> socket.socket:
    """Bind before anything is loaded, so that a port in use is said at once, and port 0 is known."""
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen()  # who clicks the address at once waits rather than is refused
    except OSError as error:
        listener.close()
        raise ServeError(
            f"Cannot serve on {host}, port {port} ({error.strerror or error}); choose another with --port or --host."
        ) from error
    return listener
