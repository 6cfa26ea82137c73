"""From the passages that were read to a verdict: quotes that answer and what to know of them, or silence.

sentences -> signals -> confidence -> the quotes -> copies, disagreement, recency -> what each needs -> highlights

`verdict` is the composer. `asked` is what is known of the question, `reading` has sentences read, `judging` says how
well one answers; `choosing` says which are quoted, `showing` what each of them needs to be understood.
"""

from qa.answering.verdict import answered

__all__ = ["answered"]
