"""Running the application: one socket, an address that a person can click, one process or several; and the build."""

from __future__ import annotations

import socket
from collections.abc import Callable, Sequence
from dataclasses import replace
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qa.config import Settings
from qa.errors import ServeError
from qa.keys import KeyStore

if TYPE_CHECKING:
    import uvicorn


def serve(settings: Settings, say: Callable[[str], None], paths: Sequence[Path] = (), *, watch: bool = False) -> None:
    """Serve until Ctrl-C, and build the default corpus from `paths` meanwhile; with `watch`, follow them.

    `say` is told the address. Without `paths`, a build that was interrupted after its first version is continued.
    Raises ServeError when the port cannot be had, BadSettingError for settings that cannot be used.
    """
    import uvicorn

    from web.app import create_app
    from web.builder import builder_for
    from web.corpora import names_in
    from web.logs import configure
    from web.workers import supervise

    configure(settings)
    with listening(settings.host, settings.port) as listener:
        default = replace(settings, index=names_in(settings.index)[0])
        builder = builder_for(default, paths, say, watch=watch)
        several = settings.workers > 1
        app = create_app(settings, None if several else builder)  # for several, only to refuse bad settings at once
        config = config_of(settings, app)
        port = listener.getsockname()[1]
        host = f"[{settings.host}]" if ":" in settings.host else settings.host
        if _is_open_to_others(settings):
            say(
                f"Whoever reaches {settings.host} can ask, and read these articles: no key is wanted (`qa keys add "
                "NAME` makes one), and nothing is encrypted unless a proxy does it."
            )
        say(f"Serving http://{host}:{port} (Ctrl-C ends it)")
        try:
            if several:
                supervise(settings, listener, builder)
            else:
                uvicorn.Server(config).run(sockets=[listener])
        finally:
            if builder is not None:  # a second Ctrl-C leaves the application no time to do so
                builder.stop()


def config_of(settings: Settings, app: Any, **more: Any) -> uvicorn.Config:
    """Return how an application, or a function that makes one, is run; raises BadSettingError."""
    import uvicorn

    from web.forwarded import trusted_in

    trusted = trusted_in(settings.forwarded_allow_ips)
    return uvicorn.Config(
        app,
        log_config=None,  # `web.logs` does that
        access_log=False,
        server_header=False,
        proxy_headers=bool(trusted),
        forwarded_allow_ips=trusted,
        **more,
    )


def _is_open_to_others(settings: Settings) -> bool:
    """Whether other machines can reach the server, and no key is wanted of them."""
    try:
        near = ip_address(settings.host).is_loopback
    except ValueError:
        near = settings.host == "localhost"
    return not near and not settings.require_keys and KeyStore.of(settings).ring() is None


def listening(host: str, port: int) -> socket.socket:
    """Bind before anything is loaded, so that a port in use is said at once, and port 0 is known."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # With the protocol said outright asyncio sends at once (TCP_NODELAY). Otherwise head and body of an answer,
    # which are written one after the other, wait 40 ms for each other.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
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
