"""Questions to answers: in one piece, step by step, and on a page."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from threading import Event

from qa.errors import QaError
from qa.records import Answer, Inquiry
from web.asking import checked
from web.events import Page, Step, error_event, events_of
from web.holder import PipelineHolder
from web.interrupting import Interrupted, interruptible
from web.leases import Opened
from web.problems import INTERNAL, Problem, problem_of
from web.requests import AskRequest

log = logging.getLogger(__name__)


def answer_to(holder: PipelineHolder, request: AskRequest) -> Answer:
    """Answer in one piece; raises BadQuestionError, BadFilterError, ArticleIndexError or ModelError."""
    with holder.lease() as opened:
        return answer_from(opened, request)


def answer_from(opened: Opened, request: AskRequest, stop: Event | None = None) -> Answer:
    """Answer in one piece from a version that is lent; raises BadQuestionError or BadFilterError.

    Soon after `stop` is set it raises Interrupted.
    """
    pipeline = interruptible(opened.pipeline, stop) if stop else opened.pipeline
    return pipeline.answer(_inquiry(opened, request))


def events_for(
    holder: PipelineHolder, request: AskRequest, page: Page | None, path: str, stop: Event
) -> Iterator[bytes]:
    """Yield the events of an answer, as `told` does."""

    def tell(step: Step, _: Opened) -> Iterator[bytes]:
        return events_of(step, holder.building, page)

    return told(holder, request, stop, tell, lambda problem: error_event(problem, path))


def told(
    holder: PipelineHolder,
    request: AskRequest,
    stop: Event,
    tell: Callable[[Step, Opened], Iterator[bytes]],
    broken: Callable[[Problem], bytes],
) -> Iterator[bytes]:
    """Yield what `tell` makes of each step of an answer, as soon as it is known.

    Raises as `answer_to` does before the first, and Interrupted after `stop` is set. What goes wrong after the first
    becomes the last, as `broken` tells it.
    """
    with holder.lease() as opened:
        steps = interruptible(opened.pipeline, stop).steps(_inquiry(opened, request))
        yield from tell(next(steps), opened)
        try:
            for step in steps:
                if stop.is_set():
                    return
                yield from tell(step, opened)
        except Interrupted:
            raise
        except QaError as error:
            yield broken(problem_of(error))
        except Exception:
            log.exception("An answer broke off")
            yield broken(INTERNAL)


def _inquiry(opened: Opened, request: AskRequest) -> Inquiry:
    return request.inquiry(checked(request.filters, opened))
