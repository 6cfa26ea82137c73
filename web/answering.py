"""Questions to answers: in one piece, step by step, and on a page."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import replace

from qa.errors import QaError
from qa.interrupting import Interrupted, Stop, interruptible
from qa.pipeline import Pipeline, Step
from qa.records import Answer, Inquiry
from qa.seams import WRITING
from web.asking import checked
from web.events import Page, error_event, events_of
from web.holder import PipelineHolder
from web.leases import Opened
from web.observing import current
from web.problems import INTERNAL, Problem, problem_of
from web.refused import TimedOutError
from web.requests import AskRequest

log = logging.getLogger(__name__)


def answer_to(holder: PipelineHolder, request: AskRequest, stop: Stop) -> Answer:
    """Answer in one piece; raises BadQuestionError, BadFilterError, ArticleIndexError, ModelError or Interrupted."""
    with holder.lease() as opened:
        return answer_from(opened, request, stop)


def answer_from(opened: Opened, request: AskRequest, stop: Stop) -> Answer:
    """Answer in one piece from a version that is lent; raises BadQuestionError, BadFilterError or Interrupted.

    That is soon after `stop` is set.
    """
    answer = _pipeline(opened, stop).answer(_inquiry(opened, request))
    current().answered(answer)
    return answer


def events_for(
    holder: PipelineHolder, request: AskRequest, page: Page | None, path: str, stop: Stop
) -> Iterator[bytes]:
    """Yield the events of an answer, as `told` does."""

    def tell(step: Step, _: Opened) -> Iterator[bytes]:
        return events_of(step, holder.building, page)

    return told(holder, request, stop, tell, lambda problem: error_event(problem, path))


def told(
    holder: PipelineHolder,
    request: AskRequest,
    stop: Stop,
    tell: Callable[[Step, Opened], Iterator[bytes]],
    broken: Callable[[Problem], bytes],
) -> Iterator[bytes]:
    """Yield what `tell` makes of each step of an answer, as soon as it is known.

    Raises as `answer_to` does before the first, and Interrupted after `stop` is set. What goes wrong after the first
    becomes the last, as `broken` tells it.
    """
    with holder.lease() as opened:
        steps = _pipeline(opened, stop).steps(_inquiry(opened, request))
        yield from tell(next(steps), opened)
        try:
            for step in steps:
                if stop.is_set():
                    raise Interrupted  # noqa: TRY301 - as the work itself does
                if isinstance(step, Answer):
                    current().answered(step)
                yield from tell(step, opened)
        except Interrupted:
            if not isinstance(stop.error, TimedOutError):
                raise
            current().refused(stop.error.why)
            yield broken(problem_of(stop.error))
        except QaError as error:
            yield broken(problem_of(error))
        except Exception:
            log.exception("An answer broke off")
            yield broken(INTERNAL)


def _pipeline(opened: Opened, stop: Stop) -> Pipeline:
    """Return the pipeline for one request: it ends with it, and its stages are parts of it.

    When a language model is asked, the turn at the models is left to the next.
    """
    around = current().around

    def within(stage: str) -> AbstractContextManager[object]:
        if stage == WRITING:
            stop.stand_aside()
        return around(stage)

    return replace(interruptible(opened.pipeline, stop), around=within)


def _inquiry(opened: Opened, request: AskRequest) -> Inquiry:
    return request.inquiry(checked(request.filters, opened))
