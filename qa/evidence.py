"""A quote from each article that a question needs, where it sets two things side by side."""

from __future__ import annotations

from collections.abc import Sequence

from qa.records import Quote


def one_each(quotes_by_part: Sequence[Sequence[Quote]], least: float) -> tuple[Quote, ...]:
    """Return one quote for each part of a question, each from an article of its own, in the order of the parts.

    `quotes_by_part[i]` are candidates for part i, scored (logits) against that part, in any order. The surest pair of
    part and quote is settled first. Where fewer than two parts find a quote of at least `least` in an article that is
    still free, the question is not answered part by part, and () is returned.
    """
    candidates = [
        (quote.score, part, place)
        for part, quotes in enumerate(quotes_by_part)
        for place, quote in enumerate(quotes)
        if quote.score >= least
    ]
    chosen: dict[int, Quote] = {}
    for _, part, place in sorted(candidates, key=lambda candidate: (-candidate[0], candidate[1:])):
        quote = quotes_by_part[part][place]
        taken = {other.passage.article.id for other in chosen.values()}
        if part not in chosen and quote.passage.article.id not in taken:
            chosen[part] = quote
    if len(chosen) < 2:  # noqa: PLR2004 - a part alone is no answer to the whole
        return ()
    return tuple(chosen[part] for part in sorted(chosen))
