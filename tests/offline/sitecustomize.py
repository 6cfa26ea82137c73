"""Put on PYTHONPATH, this cuts a Python process off: reaching for anything but loopback raises.

Audit hooks see every use of the socket module, by whatever library, and cannot be removed.
"""

import re
import sys

LOOPBACK = re.compile(r"127\.\d+\.\d+\.\d+|::1|localhost|0\.0\.0\.0|/.*")


def _refuse(event: str, arguments: tuple) -> None:
    if event in {"socket.connect", "socket.sendto"}:
        address = arguments[1]
        host = address[0] if isinstance(address, tuple) else address
    elif event in {"socket.getaddrinfo", "socket.gethostbyname"}:
        host = arguments[0]
    else:
        return
    if host is None or isinstance(host, bytes) or LOOPBACK.fullmatch(str(host)):
        return
    raise PermissionError(f"network is cut off: {event} {host}")


sys.addaudithook(_refuse)
