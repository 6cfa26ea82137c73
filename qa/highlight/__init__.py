"""The words inside a quote that answer a question: a name, a number, a date or a place.

Candidates are mentions of the expected kind that the question does not already say; the best stands nearest to the
question's own words. Both are the answer extraction of early TREC systems (Abney, Collins and Singhal 2000, "Answer
Extraction": typed entities, ranked by their distance to the query's terms).
"""

from qa.highlight.choice import highlights

__all__ = ["highlights"]
