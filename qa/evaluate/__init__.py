"""How good the answers are, on a set of questions whose answers are known.

read the set -> index it (cached) -> ask everything -> score each question -> figures with intervals -> report
"""

from qa.evaluate.compare import Comparison, Difference, compare
from qa.evaluate.composer import Evaluation, evaluate
from qa.evaluate.output import check_out, write_report
from qa.evaluate.reading import read_set
from qa.evaluate.selection import Selection

__all__ = [
    "Comparison",
    "Difference",
    "Evaluation",
    "Selection",
    "check_out",
    "compare",
    "evaluate",
    "read_set",
    "write_report",
]
