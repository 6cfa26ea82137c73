"""Signing in with a key on a page, and out again: the browser gets a session for it, in a cookie no script can read."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import quote

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response

from qa.keys import Key, KeyStore, Ring
from qa.keys.keeping import SESSION
from web.asking import read_form
from web.attempts import Attempts
from web.observing import inner_path, observation_in
from web.places import root_of
from web.problems import Problem, problem_of
from web.refused import KeyWantedError, RefusedError
from web.render import render

COOKIE = "qa_session"
_LONGEST = 2000

signing = APIRouter(include_in_schema=False)


@signing.api_route("/signin", methods=["GET", "HEAD"])
def ask_for_key(request: Request) -> Response:
    """Return the page that takes a key."""
    if _store(request).ring() is None and not request.app.state.settings.require_keys:
        return _to(request, "")
    return sign_in_page(request, request.query_params.get("next", ""))


@signing.post("/signin")
async def sign_in(request: Request) -> Response:
    """Begin a session for the key that was sent, and go on to where the reader was."""
    form = await read_form(request)
    store, where = _store(request), form.get("next", "")
    ring = await run_in_threadpool(store.ring)
    try:
        key = await _let_in(request, ring or Ring(), form.get("key", "").strip())
    except RefusedError as error:
        observation_in(request.scope).refused(error.why)
        return await run_in_threadpool(sign_in_page, request, where, problem_of(error))
    token = await run_in_threadpool(store.begin_session, key.name)
    response = _to(request, where)
    response.set_cookie(
        COOKIE,
        token,
        max_age=int(SESSION.total_seconds()),
        path=root_of(request) or "/",
        secure=request.url.scheme == "https",
        httponly=True,
        samesite="strict",
    )
    return response


@signing.post("/signout")
async def sign_out(request: Request) -> Response:
    """End the session, here and in the browser."""
    token = request.cookies.get(COOKIE, "")
    store = _store(request)
    ring = await run_in_threadpool(store.ring)
    if ring and ring.key_of_session(token, datetime.now(UTC)):  # else there is nothing to write
        await run_in_threadpool(store.end_session, token)
    response = RedirectResponse(root_of(request) + "/signin", 303)
    response.delete_cookie(COOKIE, path=root_of(request) or "/", httponly=True, samesite="strict")
    response.headers["Cache-Control"] = "no-store"
    return response


async def _let_in(request: Request, ring: Ring, token: str) -> Key:
    """Return the key whose token this is; raises KeyWantedError, or RateLimitedError for a guess too many."""
    attempts: Attempts = request.app.state.attempts
    client, key = observation_in(request.scope).client, ring.key_of(token)
    if key is None:
        await attempts.wrong(client, token)
        raise KeyWantedError(presented=True)
    await attempts.right(client, key.name)
    await attempts.sign_in(key.name)
    return key


def sign_in_link(request: Request) -> str:
    """Return the address of the page that takes a key, and brings the reader back to what was asked for."""
    here = quote(inner_path(request.scope))
    if request.url.query:
        here += f"?{request.url.query}"
    root = root_of(request)
    return f"{root}/signin" + (f"?next={quote(here, safe='')}" if here != "/" and len(here) <= _LONGEST else "")


def sign_in_page(request: Request, where: str, problem: Problem | None = None) -> Response:
    """Return the page that takes a key; `where` is the address to go on to, `problem` what was wrong with the last."""
    observation_in(request.scope).stranger = True
    context = {"where": _inside(where), "problem": problem}
    headers = {**(problem.headers if problem else {}), "Cache-Control": "no-store"}
    return render(request, "signin.html", context, problem.status if problem else 200, headers)


def _store(request: Request) -> KeyStore:
    store: KeyStore = request.app.state.keys
    return store


def _to(request: Request, where: str) -> Response:
    return RedirectResponse(root_of(request) + _inside(where), 303, {"Cache-Control": "no-store"})


def _inside(where: str) -> str:
    """Return an address where it is one of this server's, else its first page: nobody is sent elsewhere from here."""
    plain = where.isascii() and where.isprintable() and "\\" not in where and len(where) <= _LONGEST
    return where if plain and where.startswith("/") and not where.startswith("//") else "/"
