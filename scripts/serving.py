"""The page to look at: seeds/ indexed in a temporary folder and served on a free port, and the browser for it."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent.parent


def chromium() -> str:
    """Return the path of the browser; ends the program where there is none."""
    names = ("chromium", "chromium-browser", "google-chrome", "chrome")
    found = next(filter(None, map(shutil.which, names)), None)
    return found or sys.exit("Chromium is not here; on Debian or Ubuntu: apt-get install chromium")


@contextmanager
def serving() -> Iterator[str]:
    """Build an index of seeds/, serve it, and give its address once questions are answered at once."""
    with tempfile.TemporaryDirectory() as indexes:
        qa = [sys.executable, "-m", "qa"]
        place = ["--indexes", indexes]
        subprocess.run([*qa, "build", "seeds", *place], check=True, cwd=ROOT, stdout=subprocess.DEVNULL)
        server = subprocess.Popen([*qa, "serve", "--port", "0", *place], cwd=ROOT, stderr=subprocess.PIPE, text=True)
        try:
            assert server.stderr is not None
            address = server.stderr.readline().split()[1]
            while not _ready(address):
                time.sleep(0.2)
            yield address
        finally:
            server.terminate()
            server.wait()


def _ready(address: str) -> bool:
    connection = HTTPConnection(urlsplit(address).netloc, timeout=60)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == HTTPStatus.OK
    finally:
        connection.close()
