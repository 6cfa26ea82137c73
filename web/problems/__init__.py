"""Errors over HTTP: problem details (RFC 9457) for programs, the same sentence in HTML for people.

`kinds` makes a problem of an error, `bodies` of a body that cannot be read; `telling` answers a request with it.
"""

from web.problems.bodies import validation_problem
from web.problems.kinds import KINDS, problem_of, type_of
from web.problems.problem import INTERNAL, FieldError, Problem
from web.problems.telling import MEDIA_TYPE, install, problem_document, respond, wants_page

__all__ = [
    "INTERNAL",
    "KINDS",
    "MEDIA_TYPE",
    "FieldError",
    "Problem",
    "install",
    "problem_document",
    "problem_of",
    "respond",
    "type_of",
    "validation_problem",
    "wants_page",
]
