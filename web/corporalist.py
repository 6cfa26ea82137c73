"""The corpora of a server, as they are told to programs."""

from __future__ import annotations

from starlette.requests import Request

from web.places import corpora_of, root_of
from web.schemas import CorporaDocument, ServedDocument


def corpora_document(request: Request) -> CorporaDocument:
    """Return what is served, and the state of each; never waits for one that is being opened."""
    corpora = corpora_of(request)
    served = []
    for name in corpora.names:
        holder = corpora.holder(name)
        opened = holder.opened
        recipe = opened.pipeline.index.manifest.recipe if opened else None
        document = ServedDocument(
            name=name,
            path=f"{root_of(request)}/c/{name}",
            default=name == corpora.default,
            ready=opened is not None and opened.fault is None and holder.warm,
            index_version=opened.version if opened else None,
            articles=recipe.articles if recipe else None,
            passages=recipe.chunks if recipe else None,
        )
        served.append(document)
    return CorporaDocument(corpora=served)
