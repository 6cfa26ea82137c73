"""Why a request is refused that nothing is wrong with: there is too much of them, or it takes too long."""

from __future__ import annotations

from collections.abc import Mapping

from qa.errors import QaError


class RefusedError(QaError):
    """A request is refused; `headers` are those of the response, `why` is the reason in a word."""

    why = "refused"

    def __init__(self, message: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.headers = dict(headers or {})


class BusyError(RefusedError):
    """As many questions wait as may."""

    why = "queue_full"

    def __init__(self, retry_after_s: int) -> None:
        """`retry_after_s` is when there is likely to be room."""
        super().__init__(
            "The server has as many questions as it can take; ask again in a moment.",
            {"Retry-After": str(retry_after_s)},
        )


class TimedOutError(RefusedError):
    """It was given up after the time that the server takes for a question."""

    why = "timeout"

    def __init__(self, seconds: float) -> None:
        """`seconds` are those it was given."""
        super().__init__(
            f"The question was given up after {seconds:g} seconds (request_timeout_s); the server is busy, or the "
            "question takes long: ask again, or ask for less.",
            {"Retry-After": "5"},
        )


class RateLimitedError(RefusedError):
    """This client has asked as much as it may for now."""

    why = "rate_limit"


class KeyWantedError(RefusedError):
    """The server answers those who have a key, and this request has none that is good."""

    why = "key"

    def __init__(self, *, presented: bool) -> None:
        """`presented` is whether it had one that is not."""
        message = (
            "This is no key of this server, or it has ended."
            if presented
            else "A key is wanted: send it as `Authorization: Bearer KEY`, or sign in on the page."
        )
        fault = ', error="invalid_token"' if presented else ""
        super().__init__(message, {"WWW-Authenticate": f'Bearer realm="article-qa"{fault}'})


class DroppedError(RefusedError):
    """The client is gone; nobody will read this."""

    why = "dropped"

    def __init__(self) -> None:
        super().__init__("The connection ended before the answer was there.")
