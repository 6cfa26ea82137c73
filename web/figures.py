"""The route of the figures that Prometheus collects."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import PlainTextResponse
from starlette.responses import Response

from web.metrics import Metrics

figures = APIRouter(tags=["operation"])


@figures.get("/metrics", summary="Figures for Prometheus", response_class=PlainTextResponse)
def metrics(request: Request) -> Response:
    """Return all figures, as text or in the OpenMetrics format."""
    kept: Metrics = request.app.state.metrics
    content, media_type = kept.exposition(request.headers.get("accept", ""))
    return Response(content, media_type=media_type)
