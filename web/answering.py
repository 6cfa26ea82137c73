"""Questions to answers: in one piece, step by step, and on a page."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from threading import Event

from qa.errors import QaError
from qa.records import Answer, Inquiry
from web.asking import checked
from web.events import Page, error_event, events_of
from web.holder import PipelineHolder
from web.interrupting import Interrupted, interruptible
from web.leases import Opened
from web.problems import INTERNAL, problem_of
from web.requests import AskRequest

log = logging.getLogger(__name__)


def answer_to(holder: PipelineHolder, request: AskRequest) -> Answer:
    """Answer in one piece; raises BadQuestionError, BadFilterError, ArticleIndexError or ModelError."""
    with holder.lease() as opened:
        return answer_from(opened, request)


def answer_from(opened: Opened, request: AskRequest) -> Answer:
    """Answer in one piece from a version that is lent; raises BadQuestionError or BadFilterError."""
    return opened.pipeline.answer(_inquiry(opened, request))


def events_for(
    holder: PipelineHolder, request: AskRequest, page: Page | None, path: str, stop: Event
) -> Iterator[bytes]:
    """Yield the events of an answer; raises as `answer_to` does before the first, and Interrupted after `stop` is set.

    What goes wrong after the first event becomes the last one.
    """
    with holder.lease() as opened:
        steps = interruptible(opened.pipeline, stop).steps(_inquiry(opened, request))
        yield from events_of(next(steps), holder.building, page)
        try:
            for step in steps:
                if stop.is_set():
                    return
                yield from events_of(step, holder.building, page)
        except Interrupted:
            raise
        except QaError as error:
            yield error_event(problem_of(error), path)
        except Exception:
            log.exception("An answer broke off")
            yield error_event(INTERNAL, path)


def _inquiry(opened: Opened, request: AskRequest) -> Inquiry:
    return request.inquiry(checked(request.filters, opened))
