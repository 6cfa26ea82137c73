"""Who may ask, where the server has keys: a program sends its key, a browser the session that it got for one.

A file of keys, even of none, means that a key is wanted; so does `require_keys`. What cannot be read lets nobody in.
"""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from functools import partial

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from qa.errors import KeyFileError
from qa.keys import Key, KeyStore, Ring
from qa.keys.ring import today
from web.attempts import Attempts
from web.observing import Observation, inner_path, observation_in
from web.places import root_of
from web.problems import Problem, problem_of, respond, wants_page
from web.refused import KeyWantedError, RateLimitedError
from web.render import is_fragment
from web.signing import COOKIE, sign_in_link, sign_in_page

log = logging.getLogger(__name__)

_OPEN = {"/healthz", "/readyz", "/signin", "/signout"}
_STATIC = "/static/"
_METRICS = "/metrics"
_LONGEST = 200
"""Of a header that could be one of ours."""


class KeyGuard:
    """The middleware that asks for a key."""

    def __init__(
        self, app: ASGIApp, store: KeyStore, attempts: Attempts, *, required: bool, open_metrics: bool
    ) -> None:
        self._app, self._store, self._attempts, self._required = app, store, attempts, required
        self._open = _OPEN | ({_METRICS} if open_metrics else set())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on that came with a key, or needs none."""
        if scope["type"] != "http" or self._is_open(inner_path(scope)):
            await self._app(scope, receive, send)
            return
        request, observation = Request(scope), observation_in(scope)
        observation.stranger = True
        try:
            ring = self._store.ring()
            if ring is not None or self._required:
                key = await self._let_in(request, observation, ring or Ring())
                observation.key = key.name
                await self._note_use(key)
        except KeyWantedError as error:
            observation.refused(error.why)
            await _refusal(request, problem_of(error))(scope, receive, send)
            return
        except RateLimitedError as error:
            observation.refused(error.why)
            await respond(request, problem_of(error))(scope, receive, send)
            return
        except KeyFileError as error:
            log.error("%s", error)  # noqa: TRY400 - the sentence says it all
            await respond(request, problem_of(error))(scope, receive, send)
            return
        observation.stranger = False
        await self._app(scope, receive, send)

    async def _let_in(self, request: Request, observation: Observation, ring: Ring) -> Key:
        """Return the key that a request came with; raises KeyWantedError, or RateLimitedError for a guess too many."""
        try:
            key = _key_of(request, ring)
        except KeyWantedError:
            if sent := request.headers.get("authorization", request.cookies.get(COOKIE)):
                await self._attempts.wrong(observation.client, sent)
            raise
        await self._attempts.right(observation.client, key.name)
        return key

    def _is_open(self, path: str) -> bool:
        return path in self._open or path.startswith(_STATIC)

    async def _note_use(self, key: Key) -> None:
        """Keep the day; that it cannot be kept is no reason to let nobody in."""
        if key.used == today():
            return
        try:
            await run_in_threadpool(partial(self._store.used, key.name))
        except KeyFileError as error:
            log.warning("The day on which the key %r was last used is not kept: %s", key.name, error)


def _key_of(request: Request, ring: Ring) -> Key:
    """Return the key that a request came with; raises KeyWantedError. A header counts before a session."""
    sent = request.headers.getlist("authorization")
    if sent:
        scheme, _, token = sent[0].partition(" ")
        bearer = len(sent) == 1 and scheme.lower() == "bearer" and len(token) <= _LONGEST
        key = ring.key_of(token.strip(" ")) if bearer else None
        if key is None:
            raise KeyWantedError(presented=True)
        return key
    session = request.cookies.get(COOKIE, "")
    key = ring.key_of_session(session, datetime.now(UTC)) if len(session) <= _LONGEST else None
    if key is None:
        raise KeyWantedError(presented=False)
    observation_in(request.scope).signed_in = True
    return key


def _refusal(request: Request, problem: Problem) -> Response:
    """Send a person to where a key is taken, and tell all others; a session that has ended is not sent again."""
    response = _told(request, problem)
    if COOKIE in request.cookies and "authorization" not in request.headers:
        response.delete_cookie(COOKIE, path=root_of(request) or "/", httponly=True, samesite="strict")
    return response


def _told(request: Request, problem: Problem) -> Response:
    if is_fragment(request) or not wants_page(request):
        return respond(request, problem)
    if request.method in {"GET", "HEAD"}:
        return RedirectResponse(sign_in_link(request), 303, {"Cache-Control": "no-store"})
    return sign_in_page(request, "/", problem)
