"""Whom the server believes when it is told of another client: `--forwarded-allow-ips`.

Anybody can write `X-Forwarded-For`. Only from the addresses named here are it and `X-Forwarded-Proto` taken, by
uvicorn: then the client of a request is the last one in the list that is not itself such a proxy.
"""

from __future__ import annotations

from ipaddress import ip_network

from qa.errors import BadSettingError

NOBODY, EVERYBODY = "none", "*"


def trusted_in(setting: str) -> list[str]:
    """Return the addresses and networks in a list; raises BadSettingError for what is neither."""
    if setting.strip() == NOBODY:
        return []
    trusted = [part.strip() for part in setting.split(",")]
    if trusted == [EVERYBODY]:
        return trusted
    for part in trusted:
        try:
            ip_network(part)
        except ValueError:
            raise BadSettingError(
                "forwarded-allow-ips",
                f"{part!r} is no address and no network; try: 127.0.0.1,10.0.0.0/8, or * for all.",
            ) from None
    return trusted
