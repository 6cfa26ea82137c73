"""Errors to problems: the status, the type and the title of each kind."""

from __future__ import annotations

import logging
from collections.abc import Mapping

from qa.errors import (
    ArticleIndexError,
    ArticleNotFoundError,
    BadFeedbackError,
    BadFilterError,
    BadQuestionError,
    BadSettingError,
    CorpusNotFoundError,
    FeedbackWriteError,
    IndexDamagedError,
    KeyFileError,
    ModelError,
    NotFoundError,
    QaError,
)
from web.holder import FirstVersionError
from web.problems.problem import INTERNAL, NAMESPACE, Problem
from web.refused import BusyError, DroppedError, KeyWantedError, RateLimitedError, RefusedError, TimedOutError

log = logging.getLogger(__package__)


KINDS: Mapping[type[QaError], tuple[int, str, str]] = {
    BadQuestionError: (422, "bad-question", "The question cannot be searched"),
    BadFilterError: (422, "bad-filter", "The filters cannot be used"),
    BadFeedbackError: (422, "bad-feedback", "The feedback is not about an answer of this service"),
    FeedbackWriteError: (503, "feedback-not-kept", "The feedback could not be kept"),
    BadSettingError: (422, "bad-setting", "A setting cannot be used"),
    CorpusNotFoundError: (404, "corpus-not-found", "There is no such corpus"),
    ArticleNotFoundError: (404, "article-not-found", "There is no such article"),
    NotFoundError: (404, "not-found", "There is no such thing"),
    BusyError: (503, "busy", "The server is busy"),
    TimedOutError: (503, "timed-out", "The question took too long"),
    RateLimitedError: (429, "rate-limited", "Too many questions"),
    KeyWantedError: (401, "key-wanted", "A key is wanted"),
    KeyFileError: (503, "keys-unavailable", "The keys cannot be read"),
    DroppedError: (499, "dropped", "The connection ended"),
    FirstVersionError: (503, "index-being-built", "The index is being built"),
    IndexDamagedError: (503, "index-damaged", "The index is damaged"),
    ArticleIndexError: (503, "index-unavailable", "There is no index to answer from"),
    ModelError: (503, "model-unavailable", "A model is not ready"),
}
"""Status, type and title of each class of errors; a class stands for those derived from it."""

_RETRY_AFTER = {FirstVersionError: "3"}
"""Seconds after which it is worth to try again, for what goes away by itself."""


def problem_of(error: QaError) -> Problem:
    """Return the problem an error is; one that is nobody's doing but ours stays without its details."""
    for kind in type(error).__mro__:
        if kind in KINDS:
            status, _, title = KINDS[kind]
            headers = {"Retry-After": _RETRY_AFTER[kind]} if kind in _RETRY_AFTER else {}
            if isinstance(error, RefusedError):
                headers |= error.headers
            return Problem(status, str(error), title, type_of(kind), headers=headers)
    log.error("An error that no request should cause", exc_info=error)
    return INTERNAL


def type_of(kind: type[QaError]) -> str:
    """Return the `type` of the problems that a class of errors is told as, one of KINDS."""
    return NAMESPACE + KINDS[kind][1]
