"""What readers think of answers: kept beside the index, one JSON object a line, and made into a question set.

indexes/<name>/feedback.jsonl   beside versions/, so that no rebuild and no removal of a version touches it

keep:    entry_of -> append
use:     read_feedback -> question_set -> write_set -> `qa eval`
"""

from qa.feedback.entries import LONGEST_NOTE, FeedbackEntry, JudgedCitation, entry_of
from qa.feedback.keeping import FILE, Fault, Kept, append, read_feedback
from qa.feedback.question_set import QuestionSet, question_set
from qa.feedback.writing import check_target, write_set

__all__ = [
    "FILE",
    "LONGEST_NOTE",
    "Fault",
    "FeedbackEntry",
    "JudgedCitation",
    "Kept",
    "QuestionSet",
    "append",
    "check_target",
    "entry_of",
    "question_set",
    "read_feedback",
    "write_set",
]
