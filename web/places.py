"""Where the server and its corpora are found: the addresses that everything on a page begins with.

The server's own address is `--root-path`, behind a proxy that gives it a part of a site. A corpus is at `/c/NAME`
below it, the default one at the root as well. Whoever came by one of the two stays there.
"""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter
from starlette.requests import Request
from starlette.routing import Mount
from starlette.types import Receive, Scope, Send

from qa.errors import CorpusNotFoundError
from web.corpora import Corpora
from web.holder import PipelineHolder

CORPUS = "/c/{corpus}"


@dataclass(frozen=True, slots=True)
class Other:
    """A corpus that a page links to: its name, where it is, and whether it is the one of the page."""

    name: str
    base: str
    current: bool


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page is: `root` is what addresses of the server begin with, `base` those of the page's corpus.

    `name` is the corpus's; `key` tells it from all others of the site, by whichever address it was reached. `corpora`
    are all that are served, where there are several.
    """

    root: str
    base: str
    name: str
    key: str
    default: bool
    corpora: tuple[Other, ...]

    def path(self, address: str) -> str:
        """Return where something of the page's corpus is: `path("/articles")`."""
        return self.base + address

    def asset(self, address: str) -> str:
        """Return where something of the server is: `asset("/static/style.css")`."""
        return self.root + address


def corpora_of(request: Request) -> Corpora:
    """Return the corpora that the server answers from."""
    corpora: Corpora = request.app.state.corpora
    return corpora


def holder_of(request: Request) -> PipelineHolder:
    """Return the holder of the corpus that is asked; raises CorpusNotFoundError."""
    return corpora_of(request).holder(request.path_params.get("corpus"))


def root_of(request: Request) -> str:
    """Return what the addresses of the server begin with: "" where it has a site to itself."""
    root: str = request.scope.get("app_root_path", request.scope.get("root_path", ""))
    return root


def place_of(request: Request) -> Place:
    """Return where the page is that answers a request."""
    corpora, root = corpora_of(request), root_of(request)
    name = request.path_params.get("corpus", corpora.default)
    others = corpora.names if len(corpora.names) > 1 else ()
    return Place(
        root=root,
        base=request.scope.get("root_path", ""),
        name=name,
        key=f"{root}/c/{name}",
        default=name == corpora.default,
        corpora=tuple(
            Other(other, root if other == corpora.default else f"{root}/c/{other}", other == name) for other in others
        ),
    )


def at_each_corpus(corpora: Corpora, *routers: APIRouter) -> Mount:
    """Return the same routes once more, below the name of every corpus."""
    inner = APIRouter()
    for router in routers:
        inner.include_router(router)

    async def named(scope: Scope, receive: Receive, send: Send) -> None:
        try:
            corpora.holder(scope["path_params"]["corpus"])
        except CorpusNotFoundError:
            # The page that says so belongs to no corpus.
            scope["root_path"] = scope["app_root_path"]
            del scope["path_params"]["corpus"]
            raise
        await inner(scope, receive, send)

    return Mount(CORPUS, named)
