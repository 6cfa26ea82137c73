"""Text cut into sentences while it is written."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.errors import GenerationError
from qa.llm.drafting import Drafted, drafted

TEXT = """Mr. Kim of the U.S. said so. [1] It sank on Oct. 3 [1, 2]. "I strongly condemn it," he said. [2][3]
- **Bold** item [1].
No mark here. And 207 people died [1]"""


def test_a_worked_example() -> None:
    assert list(drafted([TEXT])) == [
        Drafted("Mr. Kim of the U.S. said so.", (1,)),
        Drafted("It sank on Oct. 3.", (1, 2)),
        Drafted('"I strongly condemn it," he said.', (2, 3)),
        Drafted("Bold item.", (1,)),
        Drafted("No mark here.", ()),
        Drafted("And 207 people died", (1,)),
    ]


@given(st.lists(st.integers(1, len(TEXT) - 1)))
def test_how_it_is_cut_into_pieces_does_not_matter(cuts: list[int]) -> None:
    edges = [0, *sorted(cuts), len(TEXT)]
    pieces = [TEXT[start:end] for start, end in pairwise(edges)]
    assert list(drafted(pieces)) == list(drafted([TEXT]))


def test_a_sentence_is_there_as_soon_as_the_next_has_begun() -> None:
    given: list[str] = []

    def pieces() -> Iterator[str]:
        for piece in ("It sank.", " [1] ", "All ", "were ", "saved. [1]"):
            given.append(piece)
            yield piece

    assert next(drafted(pieces())) == Drafted("It sank.", (1,))
    assert given[-1] == "were "


@pytest.mark.parametrize(
    "thought", ["<think>Is it 5? It is. [1]</think>", "<thinking>\nNo.\n</thinking>\n", "  <think></think>"]
)
def test_what_a_model_thinks_aloud_is_passed_over(thought: str) -> None:
    assert list(drafted(list(thought + "It sank. [1]"))) == [Drafted("It sank.", (1,))]
    assert list(drafted(list(thought.partition("</")[0]))) == []


def test_control_characters_and_directions_are_no_text() -> None:
    (draft,) = drafted(["It\x00 \u202esank\u200b \x1b[31mtoday\ue000\U000e0041. [1]"])
    assert draft == Drafted("It sank [31mtoday.", (1,))


def test_a_line_without_an_end_is_no_prose() -> None:
    with pytest.raises(GenerationError, match="does not write in sentences"):
        list(drafted(["word" * 400]))


def test_where_the_pieces_end_by_an_error_the_last_sentence_is_not_given() -> None:
    def pieces() -> Iterator[str]:
        yield "It sank. [1] All were saved. [1] He was not"
        raise GenerationError("broke off")

    got: list[Drafted] = []
    with pytest.raises(GenerationError):
        got.extend(drafted(pieces()))
    found = drafted(pieces())
    assert [next(found), next(found)] == [Drafted("It sank.", (1,)), Drafted("All were saved.", (1,))]
    with pytest.raises(GenerationError):
        next(found)
