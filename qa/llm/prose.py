"""From quotations to prose: asked, drafted, verified; what is not borne out becomes its quotation, or is left out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field

from qa.errors import GenerationError
from qa.llm.drafting import Drafted, drafted
from qa.llm.exchange import Score
from qa.llm.prompt import INSTRUCTIONS, evidence, messages
from qa.llm.referents import spelt_out, surroundings
from qa.llm.verify import judged
from qa.records import Citation, Fault, Passage, Prose, ProseSentence
from qa.seams import Generator

MOST_SENTENCES = 8
"""After so many the model is asked to write no further."""

_EMPTY = "wrote nothing"
_FORMLESS = "cited no quotation, as it is asked to"


@dataclass(slots=True)
class _Checked:
    """What has been checked of the model's sentences so far.

    `waiting` are quotations in place of sentences that came before the first of the model's own that is borne out: if
    none ever is, the quotations are there already.
    """

    citations: Sequence[Citation]
    evidence: Sequence[str]
    spelt_out: Sequence[str]
    score: Score
    shown: list[ProseSentence] = field(default_factory=list)
    waiting: list[ProseSentence] = field(default_factory=list)
    removed: list[Fault] = field(default_factory=list)

    def take(self, draft: Drafted) -> Iterator[ProseSentence]:
        """Yield what of a sentence is shown, with what has waited for it."""
        found = self._fault(draft)
        if found is None:
            sentence = ProseSentence(draft.text, tuple(mark - 1 for mark in draft.marks))
            yield from self._show([*self.waiting, sentence])
            self.waiting.clear()
            return
        place = self._quotable(draft)
        if place is None or found is Fault.REPEATED:
            self.removed.append(found)
            return
        quotation = ProseSentence(self.citations[place].cited_text, (place,), found)
        if self.shown:
            yield from self._show([quotation])
        else:
            self.waiting.append(quotation)

    def _show(self, sentences: Sequence[ProseSentence]) -> Iterator[ProseSentence]:
        for sentence in sentences:
            self.shown.append(sentence)
            yield sentence

    def _fault(self, draft: Drafted) -> Fault | None:
        if not draft.marks or not all(1 <= mark <= len(self.citations) for mark in draft.marks):
            return Fault.UNMARKED
        if any(draft.text.casefold() == other.text.casefold() for other in self.shown):
            return Fault.REPEATED
        quotes, spelt_out = (
            "\n".join(texts[mark - 1] for mark in draft.marks) for texts in (self.evidence, self.spelt_out)
        )
        return judged(draft.text, quotes, self.score, spelt_out)

    def _quotable(self, draft: Drafted) -> int | None:
        """Return the place of the first quotation cited that the prose does not tell yet, by whatever sentence."""
        taken = {place for sentence in (*self.shown, *self.waiting) for place in sentence.citations}
        places = (mark - 1 for mark in draft.marks if 1 <= mark <= len(self.citations))
        return next((place for place in places if place not in taken), None)


def composed(
    question: str,
    citations: Sequence[Citation],
    passages: Sequence[Passage],
    generator: Generator,
    score: Score,
    is_wanted: Callable[[], bool] = lambda: True,
) -> Iterator[ProseSentence | Prose]:
    """Yield each sentence that is shown, as soon as it is checked, then the prose that they make.

    The citations are of these passages, which tell what words in them stand for; the model sees the citations alone.
    Where the model fails, or nothing it says is borne out, the prose has no sentences, and its notice says why.
    """
    told = [evidence(citation.cited_text) for citation in citations]
    named = [spelt_out(text, surroundings(citation, passages)) for text, citation in zip(told, citations, strict=True)]
    checked, seen, failure = _Checked(citations, told, named, score), 0, None
    pieces = generator.stream(INSTRUCTIONS, messages(question, told), is_wanted)
    try:
        with closing(pieces):  # type: ignore[type-var]  # a generator, which can be closed
            for seen, draft in enumerate(drafted(pieces), start=1):
                yield from checked.take(draft)
                if seen >= MOST_SENTENCES:
                    break
    except GenerationError as error:
        failure = str(error)
    if not seen and failure is None:
        failure = _EMPTY
    yield _prose(generator.name, checked, seen, failure)


def _prose(model: str, checked: _Checked, seen: int, failure: str | None) -> Prose:
    removed = len(checked.removed) + (0 if checked.shown else len(checked.waiting))
    if checked.shown:
        notice = " ".join(_notices(checked, failure)) or None
        return Prose(model, tuple(checked.shown), removed, notice)
    if failure is None and all(why is Fault.UNMARKED for why in checked.removed) and not checked.waiting:
        failure = _FORMLESS
    if failure is not None:
        return Prose(model, (), removed, f"The language model {failure}; the quotations stand without its words.")
    return Prose(
        model,
        (),
        removed,
        f"{_sentences(seen)} left out: the quotations do not bear {_them(seen)} out, and stand alone.",
    )


def _notices(checked: _Checked, failure: str | None) -> Iterator[str]:
    replaced = sum(sentence.replaces is not None for sentence in checked.shown)
    unmarked = sum(why is Fault.UNMARKED for why in checked.removed)
    unborne = sum(why not in (Fault.UNMARKED, Fault.REPEATED) for why in checked.removed)
    if replaced:
        yield (
            f"{_sentences(replaced)} replaced by {'a quotation' if replaced == 1 else 'quotations'}, "
            f"because the quotations do not bear {_them(replaced)} out."
        )
    if unborne:
        yield f"{_sentences(unborne)} left out, because the quotations do not bear {_them(unborne)} out."
    if unmarked:
        yield f"{_sentences(unmarked)} left out, because {'it cites' if unmarked == 1 else 'they cite'} no quotation."
    if failure:
        yield f"The language model {failure}; what it wrote before was checked."


def _sentences(number: int) -> str:
    return f"{number} sentence{' of the model was' if number == 1 else 's of the model were'}"


def _them(number: int) -> str:
    return "it" if number == 1 else "them"
