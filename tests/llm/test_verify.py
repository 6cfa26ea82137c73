"""Sentences held to the quotations they cite."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from qa.config import Settings
from qa.llm.exchange import is_out_of_place
from qa.llm.verify import fault, judged
from qa.loading import load_reranker
from qa.records import Fault

CONDEMNED = (
    "“North Korea’s firing of the missiles is [in breach of] United Nations Security Council resolutions and I "
    "strongly condemn the action,” Japanese Prime Minister Fumio Kishida said Tuesday."
)
SINPO = (
    "South Korea’s Joint Chiefs of Staff said the missile was likely launched via submarine from waters near the "
    "eastern port of Sinpo."
)
RESCUED = "Rescuers brought 212 people ashore by noon on 5 March 2024, the coastguard said; 7 boats were not needed."
HEIR = "Ada Quill succeeded Ines Holt as mayor of Brennick in 2019."
DENIED = "The company denied paying bribes, and its chief was never charged."

BORNE_OUT = [
    ("Japanese Prime Minister Fumio Kishida condemned the action.", CONDEMNED),
    ("North Korea’s firing of the missiles is in breach of United Nations Security Council resolutions.", CONDEMNED),
    ("“I strongly condemn the action,” Fumio Kishida said.", CONDEMNED),
    ("The missile was likely launched near the eastern port of Sinpo.", SINPO),
    ("212 people were brought ashore by noon, the coastguard said.", RESCUED),
    ("In March 2024, rescuers brought 212 people ashore.", RESCUED),
    ("Seven boats were not needed.", RESCUED),
    ("Ada Quill succeeded Ines Holt as mayor in 2019.", HEIR),
    ("The company denied paying bribes.", DENIED),
    ("Its chief was never charged.", DENIED),
    (SINPO, SINPO),
    (HEIR, HEIR),
]
NOT_BORNE_OUT = [
    ("Fumio Kishida condemned the action in Tokyo.", CONDEMNED, Fault.NAME),
    ("Yoshihide Suga strongly condemned the action.", CONDEMNED, Fault.NAME),
    ("Fumio Kishida said on Monday that he condemned the action.", CONDEMNED, Fault.DATE),
    ("Fumio Kishida “fully approved the action”.", CONDEMNED, Fault.QUOTED),
    ("Fumio Kishida did not condemn the action.", CONDEMNED, Fault.NEGATION),
    ("Fumio Kishida never condemned the action.", CONDEMNED, Fault.NEGATION),
    ("The missile was launched near the eastern port of Sinpo.", SINPO, Fault.HEDGE),
    ("The missile was likely launched from waters near the western port of Sinpo.", SINPO, Fault.OPPOSITE),
    ("Rescuers brought 213 people ashore.", RESCUED, Fault.NUMBER),
    ("Rescuers brought 7 people ashore.", RESCUED, Fault.NUMBER),
    ("Rescuers brought 212 people ashore on 6 March 2024.", RESCUED, Fault.DATE),
    ("Rescuers brought 212 people ashore, and 212 boats.", RESCUED, Fault.NUMBER),
    ("7 boats were needed.", RESCUED, Fault.NEGATION),
    ("Rescuers brought 212 people ashore, and the drunken captain fled home to his wife.", RESCUED, Fault.ADDED),
    ("The company paid bribes.", "The company denied that it paid bribes.", Fault.NEGATION),
    ("The company did not deny paying bribes.", DENIED, Fault.NEGATION),
    ("Its chief was charged.", DENIED, Fault.NEGATION),
    ("Kim will visit Seoul.", "Kim may visit Seoul.", None),
    ("Kim visits Seoul.", "Kim may visit Seoul.", Fault.HEDGE),
    ("Holt resigned on 4 May.", "Holt may resign, it was said on 4 May.", Fault.HEDGE),
]
WELL = "The well is 30 metres deep and cost £4 million, more than the bridge, in 1904."
VOTE = "The temperature rose by 3 degrees Celsius; 40% of voters backed the plan."
IN_DISGUISE = [
    ("Rescuers brought ²¹³ people ashore.", RESCUED, Fault.FORM),
    ("Rescuers brought ２１３ people ashore.", RESCUED, Fault.FORM),
    ("Rescuers brought ⅔ of the people ashore.", RESCUED, Fault.FORM),
    ("Аda Quill succeeded Ines Holt as mayor.", HEIR, Fault.FORM),
    ("阿达于2019年当选市长。", HEIR, Fault.FORM),
    ("Ada Quill succeeded Ines Holt as mayor [evil.example].", HEIR, Fault.FORM),
    ("Ada Quill succeeded Ines Holt as mayor, evil。example/x.", HEIR, Fault.FORM),
    ("Rescuers brought two hundred and thirteen people ashore.", RESCUED, Fault.NUMBER),
    ("Rescuers brought fewer than 212 people ashore.", RESCUED, Fault.NUMBER),
    ("Rescuers brought over 212 people ashore.", RESCUED, Fault.NUMBER),
    ("Rescuers brought dozens of people ashore by noon.", RESCUED, Fault.NUMBER),
    ("212 people were brought ashore.", "More than 212 people were brought ashore.", Fault.NUMBER),
    ("Not less than 212 people were brought ashore.", "Not more than 212 people were brought ashore.", Fault.NUMBER),
    ("It was pulled down in 1904.", "It was pulled down before 1904.", Fault.DATE),
    ("It was pulled down in 1904.", "It was pulled down by 1904.", Fault.DATE),
    ("The bridge cost more than the well.", "The well cost more than the bridge.", Fault.EXCHANGED),
    ("The pier was longer than the bridge.", "The bridge was longer than the pier, and older.", Fault.EXCHANGED),
    ("The governor opened the bridge.", "The mayor opened the bridge.", Fault.OPPOSITE),
    ("The bridge was opened by holt.", "The bridge was opened by the mayor.", Fault.NAME),
    ("The well is 30 feet deep.", WELL, Fault.NUMBER),
    ("The well is 30 kilometres deep.", WELL, Fault.NUMBER),
    ("The well is 30 metres wide.", WELL, Fault.NUMBER),
    ("The well cost €4 million.", WELL, Fault.NUMBER),
    ("40% of men backed the plan.", VOTE, Fault.NUMBER),
    ("The well cost £4 million before 1904.", WELL, Fault.DATE),
    ("The well cost £4 million since 1904.", WELL, Fault.DATE),
    ("Rescuers brought 212 people ashore by midnight.", RESCUED, Fault.DATE),
    ("Rescuers brought 212 people ashore after noon.", RESCUED, Fault.DATE),
    ("Rescuers brought 212 people ashore yesterday.", RESCUED, Fault.DATE),
    ("Rescuers brought 212 people ashore on 3/5/2024.", RESCUED, Fault.DATE),
    ("Rescuers didnt bring 212 people ashore.", RESCUED, Fault.NEGATION),
    ("Ada Quill refused to succeed Ines Holt as mayor.", HEIR, Fault.NEGATION),
    ("The number of ships fell for lack of crews.", "With few crews the number of ships fell.", Fault.NEGATION),
    ("Rescuers couldn’t bring 212 people ashore.", RESCUED, Fault.NEGATION),
    ("It is untrue that rescuers brought 212 people ashore.", RESCUED, Fault.NEGATION),
    ("Ada Quill preceded Ines Holt as mayor.", HEIR, Fault.OPPOSITE),
    ("Ada Quill was succeeded by Ines Holt as mayor.", HEIR, Fault.EXCHANGED),
    ("Ines Holt succeeded Ada Quill as mayor of Brennick in 2019.", HEIR, Fault.EXCHANGED),
]
STILL_BORNE_OUT = [
    ("Ines Holt was succeeded by Ada Quill as mayor.", HEIR),
    ("The well is 30 m deep.", WELL),
    ("The well cost more than the bridge.", WELL),
    ("It was a museum in 1904.", "It has been a museum since 1904."),
    ("The mayor opened the bridge.", "The mayor and the governor opened the bridge."),
    ("Over 300 guests came to the opening.", "More than 300 guests came to the opening."),
    ("40 per cent of voters backed the plan.", VOTE),
    ("The temperature rose by three degrees.", VOTE),
    ("By noon on March 5, 2024, rescuers brought 212 people ashore.", RESCUED),
]
NO_PROSE = [
    "Fumio Kishida [condemned](http://evil.example/?q=Kishida) the action.",
    "Fumio Kishida condemned the action, see evil.example/x for more.",
    "Fumio Kishida condemned the action at www.evil.example.",
    "<b>Fumio Kishida</b> condemned the action.",
    "Fumio Kishida condemned the action ![x](//evil.example/pixel).",
    "Fumio Kishida condemned the action `rm -rf`.",
    "Fumio Kishida condemned the action &lt;script&gt;.",
    "Fumio Kishida condemned the action; write to him@evil.example.",
    "Fumio Kishida condemned the action javascript:alert(1).",
    "Fumio Kishida condemned the action c2VjcmV0IHNlY3JldCBzZWNyZXQgc2VjcmV0IHNlY3JldA.",
    "...",
]


@pytest.fixture(scope="module")
def score() -> Callable[..., list[float]]:
    return load_reranker(Settings.from_env()).score


@pytest.mark.parametrize(("sentence", "quotation"), BORNE_OUT)
def test_what_is_borne_out_passes(sentence: str, quotation: str, score: Callable[..., list[float]]) -> None:
    assert judged(sentence, quotation, score) is None


@pytest.mark.parametrize(("sentence", "quotation", "why"), NOT_BORNE_OUT)
def test_what_is_not_borne_out_is_told_by_the_words(sentence: str, quotation: str, why: Fault | None) -> None:
    assert fault(sentence, quotation) is why


@pytest.mark.parametrize(("sentence", "quotation", "why"), IN_DISGUISE)
def test_what_is_false_in_disguise_is_told_by_the_words(sentence: str, quotation: str, why: Fault) -> None:
    assert fault(sentence, quotation) is why


@pytest.mark.parametrize(("sentence", "quotation"), STILL_BORNE_OUT)
def test_the_same_in_other_words_is_no_fault(sentence: str, quotation: str) -> None:
    assert fault(sentence, quotation) is None


def test_names_in_small_letters_are_names(score: Callable[..., list[float]]) -> None:
    assert judged("ines holt succeeded ada quill as mayor of brennick in 2019.", HEIR, score) is Fault.EXCHANGED


@pytest.mark.parametrize("sentence", NO_PROSE)
def test_markup_and_addresses_are_no_prose(sentence: str) -> None:
    assert fault(sentence, CONDEMNED) is Fault.FORM


def test_an_address_that_is_quoted_is_a_word() -> None:
    assert fault("Amazon.com sold 5 books.", "Amazon.com sold 5 books in May.") is None


@pytest.mark.parametrize(
    ("sentence", "quotation"),
    [
        (
            "Lee was awarded an honorary doctorate from the University of Dublin.",
            ("In 2006, Lee was awarded an honorary doctorate from the University of Notre Dame, and Bono one from the "
             "University of Dublin."),
        ),
    ],
)  # fmt: skip
def test_names_that_changed_places_are_told_by_the_cross_encoder(
    sentence: str, quotation: str, score: Callable[..., list[float]]
) -> None:
    assert fault(sentence, quotation) is None
    assert judged(sentence, quotation, score) is Fault.EXCHANGED


@pytest.mark.parametrize("sentence", ["The weather sold many hills.", "The hills were sold by a boat.", "Many owners."])
def test_quoted_words_that_say_something_else_are_not_supported(
    sentence: str, score: Callable[..., list[float]]
) -> None:
    quotation = "The mill was sold. Its owner, a baker, has a boat. The weather was fine, and many came by the hills."
    assert fault(sentence, quotation) is None
    assert judged(sentence, quotation, score) is Fault.UNSUPPORTED


ACTORS = "Noted film actors include Ada Quill, Ines Holt, Pell Aas and Tom Brack, who lives in Brennick."


@pytest.mark.parametrize(
    "sentence",
    [
        "Noted film actors include Tom Brack, Ada Quill, Pell Aas and Ines Holt.",
        "Ines Holt is one of the noted film actors.",
    ],
)
def test_names_of_one_list_may_stand_in_any_order(sentence: str, score: Callable[..., list[float]]) -> None:
    assert is_out_of_place(sentence, ACTORS, score) is False


def test_a_name_of_a_list_that_is_told_more_of_may_not(score: Callable[..., list[float]]) -> None:
    told = "Ada Quill, Ines Holt and Pell Aas ran for mayor, and in May Pell Aas was elected."
    assert judged("In May Pell Aas was elected.", told, score) is None
    assert judged("In May Ines Holt was elected.", told, score) is Fault.EXCHANGED
