"""Follow-ups: what a question leaves to the conversation is named, and one that stands alone is left as it is."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.chat import standalone
from qa.document import SILENCE
from qa.records import Message, Outcome, Standalone


def said(*texts: str, titles: tuple[str, ...] = ()) -> tuple[Message, ...]:
    """A conversation in turns, the person first; the answers cite `titles`."""
    return tuple(
        Message("assistant", text, titles) if number % 2 else Message("user", text) for number, text in enumerate(texts)
    )


LAUNCH = said(
    "Who condemned the launch in South Korea?",
    "Japanese prime minister Fumio Kishida condemned the launch.",
    titles=("North Korea fires a missile over Japan",),
)
ZAPPA = said("Frank Zappa", "Disbandment")
BAND = said(
    "What did the band release in 1970?",
    'The Beatles released "Let It Be", "Get Back" and "The Long and Winding Road".',
)
PHONES = said("What are the best phones?", "The iPhone 15 Pro, the Pixel 8 and the Galaxy S23 lead our list.")
KELLER = said("Who is Marta Keller?", "Marta Keller runs the ski school in Oberalp.")
CUP = said("Who won the 2023 Rugby World Cup?", "South Africa beat New Zealand 12-11 in Paris.")
BOEING = said(
    "Did Dave Calhoun resign?",
    "Boeing chief executive Dave Calhoun will step down.",
    "When does he leave?",
    SILENCE[Outcome.NOT_STATED],
)
HOLE = said("Hole (band)", "Background", "Who founded the group?", "Courtney Love and Eric Erlandson.")
OPENAI = said("Who founded OpenAI?", "OpenAI was founded in 2015 by Sam Altman and Elon Musk.")
FLOODS = said("How many people died in the Libya floods?", "More than 11,000 people died in Derna.")
ICELAND = said("What was the population of Iceland?", "I don't know.")
HEADLINE = said("Tesla recalls two million cars", "Autopilot")
CANCER = said("What is throat cancer?", "It is a tumour.", "Tell me about lung cancer.", "It begins in the lungs.")
CLEMENS = said(
    "What did Roger Clemens win?",
    "Clemens won seven Cy Young Awards.",
    "Did he win anything else?",
    "Only Randy Johnson won as many.",
)
CONDEMNED = said(
    "Who condemned the missile launch?",
    "“I strongly condemn the action,” Japanese Prime Minister Fumio Kishida said Tuesday.",
)
DUNKIRK = said("when will the new dunkirk film be released on dvd", "18 December 2017")
SOLAR = said("how do solar panels work", "they turn light into power")
NOLAN = said("Who directed the film Dunkirk?", "Christopher Nolan wrote and directed it.")
PHONE = said("What did Apple announce on Tuesday?", "Apple unveiled the iPhone 15 in Cupertino.")
FERRY = said("When does the ferry Linnea cross to Hestholm?", "The ferry Linnea crosses in eighteen minutes.")

POINTS_BACK = [
    # pronouns
    (LAUNCH, "When did he say it?", "When did Fumio Kishida say it?"),
    (LAUNCH, "What did he call it?", "What did Fumio Kishida call it?"),
    (ZAPPA, "When did he die?", "When did Frank Zappa die?"),
    (ZAPPA, "did he marry", "did Frank Zappa marry"),
    (KELLER, "How old is she?", "How old is Marta Keller?"),
    (KELLER, "Did anyone help her?", "Did anyone help Marta Keller?"),
    (HOLE, "When was it formed?", "When was Hole formed?"),
    (OPENAI, "Is it profitable?", "Is OpenAI profitable?"),
    (FERRY, "Is she still in service?", "Is Linnea still in service?"),
    (CANCER, "How common is it?", "How common is lung cancer?"),
    (CUP, "How many tries did they score?", "How many tries did South Africa score (the 2023 Rugby World Cup)?"),
    (CLEMENS, "What teams did he play for?", "What teams did Roger Clemens play for?"),  # it was he before, too
    (
        CONDEMNED,
        "When did he say it?",
        "When did Japanese Prime Minister Fumio Kishida say it?",
    ),  # not what he said
    (DUNKIRK, "who directed it?", "who directed new dunkirk film?"),  # nothing has a capital
    (DUNKIRK, "what is this film about?", "what is this film about (new dunkirk film)?"),
    (SOLAR, "how much do they cost?", "how much do solar panels cost?"),
    (NOLAN, "What other films has he directed?", "What other films has Christopher Nolan directed (Dunkirk)?"),
    # possessives
    (CANCER, "Who is his doctor?", "Who is his doctor (lung cancer)?"),  # nobody has been named
    (CANCER, "What are its symptoms?", "What are lung cancer's symptoms?"),
    (ZAPPA, "What happened to his album?", "What happened to Frank Zappa's album?"),
    (ZAPPA, "Who were his parents?", "Who were Frank Zappa's parents?"),
    (KELLER, "Who is her husband?", "Who is Marta Keller's husband?"),
    (HOLE, "What was its first album?", "What was Hole's first album?"),
    (ICELAND, "What is its capital?", "What is Iceland's capital?"),
    (HEADLINE, "Who is its CEO?", "Who is Tesla's CEO?"),
    # what happened is not somebody
    (FLOODS, "When did it happen?", "When did it happen (the Libya floods)?"),
    (ZAPPA, "Why did it fail?", "Why did it fail (Frank Zappa)?"),
    # definite references
    (OPENAI, "Where is the company based?", "Where is the company based (OpenAI)?"),
    (ZAPPA, "Who produced the record?", "Who produced the record (Frank Zappa)?"),
    (CUP, "Who was the captain?", "Who was the captain (the 2023 Rugby World Cup)?"),
    # hardly anything is said
    (FLOODS, "How many were injured?", "How many were injured (the Libya floods)?"),
    # an abstention lies between
    (BOEING, "Why is he leaving?", "Why is Dave Calhoun leaving?"),
    (BOEING, "Did he apologise?", "Did Dave Calhoun apologise?"),
    (BOEING, "Who will replace him?", "Who will replace Dave Calhoun?"),
]

LEAVES_OUT = [
    (LAUNCH, "And Japan?", "Who condemned the launch in Japan?"),
    (LAUNCH, "What about Japan?", "Who condemned the launch in Japan?"),
    (LAUNCH, "and in Japan", "Who condemned the launch in Japan?"),
    (LAUNCH, "Why?", "Why is it that Japanese prime minister Fumio Kishida condemned the launch?"),
    (LAUNCH, "Who else?", "Who else condemned the launch in South Korea besides Fumio Kishida?"),
    (CUP, "And in 2019?", "Who won the 2019 Rugby World Cup?"),
    (KELLER, "And Jonas Brandt?", "Who is Jonas Brandt?"),
    (OPENAI, "What about Microsoft?", "Who founded Microsoft?"),
    (OPENAI, "Anyone else?", "Who founded OpenAI besides Sam Altman and Elon Musk?"),
    (BOEING, "Why?", "Why does Dave Calhoun leave?"),
    (FLOODS, "Why?", "Why is it that more than 11,000 people died in Derna?"),
    (PHONE, "what about samsung", "What did samsung announce on Tuesday?"),
    (ICELAND, "And Norway?", "What was the population of Norway?"),
    (HOLE, "Any others?", "Who founded the group (Hole) besides Courtney Love and Eric Erlandson?"),
    (PHONES, "And how much is the last one?", "And how much is the Galaxy S23?"),
    (PHONES, "What about the second one?", "What about the Pixel 8?"),
    (BAND, "What about the second one?", "What about Get Back?"),
    (BAND, "When was the first one recorded?", "When was Let It Be recorded?"),
    (BAND, "Who wrote the last one?", "Who wrote The Long and Winding Road?"),
]

STANDS_ALONE = [
    (LAUNCH, "Who is the king of Spain?"),
    (LAUNCH, "Where is Berlin?"),
    (LAUNCH, "Who condemned the launch in South Korea?"),
    (ZAPPA, "What did Frank Zappa study?"),
    (ZAPPA, "Did Zappa marry?"),
    (KELLER, "Who is Jonas Brandt?"),
    (BAND, "What did the Stones release in 1971?"),
    (OPENAI, "How does Tesla make batteries?"),
    (OPENAI, "What is photosynthesis?"),
    (FLOODS, "When did the Alaska Airlines accident happen?"),
    # words that point back elsewhere
    (PHONE, "Did The Verge report that Samsung cut prices?"),
    (PHONE, "Who is the man that founded Amazon?"),
    (PHONE, "who is the president of france"),
    (PHONE, "Is it true that Google lost the case?"),
    (PHONE, "How long does it take to charge a Tesla?"),
    (PHONE, "what is the difference between a virus and a bacterium"),
    (BOEING, "Thanks!"),
    (BOEING, "Really?"),
    (KELLER, "¿Quién es él?"),
    (KELLER, "Wer ist sie?"),
    (KELLER, "Quel âge a-t-elle ?"),
    (KELLER, "他是谁？"),
    (KELLER, "من هي؟"),
]


@pytest.mark.parametrize(("history", "question", "expected"), POINTS_BACK)
def test_what_is_pointed_to_is_named(history: tuple[Message, ...], question: str, expected: str) -> None:
    made = standalone(question, history)
    assert made.question == expected
    assert made.asked == question
    assert made.carried
    assert all(phrase in made.question and phrase not in question for phrase in made.carried)


@pytest.mark.parametrize(("history", "question", "expected"), LEAVES_OUT)
def test_what_is_left_out_is_completed(history: tuple[Message, ...], question: str, expected: str) -> None:
    made = standalone(question, history)
    assert made.question == expected
    assert made.carried
    assert all(phrase in made.question for phrase in made.carried)


@pytest.mark.parametrize(("history", "question"), STANDS_ALONE)
def test_a_question_that_stands_alone_is_left_as_it_is(history: tuple[Message, ...], question: str) -> None:
    assert standalone(question, history) == Standalone(question, question)


@pytest.mark.parametrize(("history", "question", "expected"), [*POINTS_BACK, *LEAVES_OUT])
def test_made_to_stand_alone_it_does(history: tuple[Message, ...], question: str, expected: str) -> None:
    assert standalone(expected, ()) == Standalone(expected, expected)


def test_names_of_an_abstention_are_never_carried_over() -> None:
    for silence in SILENCE.values():
        history = said("What is it about?", silence)
        assert standalone("When did he say it?", history).carried == ()


def test_a_new_topic_leaves_the_old_one_behind() -> None:
    history = (*LAUNCH, *said("Who is Marta Keller?", "Marta Keller runs the ski school."))
    assert standalone("Where was she born?", history).question == "Where was Marta Keller born?"


def test_a_title_is_a_topic_whoever_sends_it() -> None:
    for role in ("user", "assistant"):
        history = (Message(role, "Frank Zappa"),)  # type: ignore[arg-type]
        assert standalone("When did he die?", history).question == "When did Frank Zappa die?"


def test_cited_titles_say_what_an_answer_is_about() -> None:
    history = said("Who is leaving?", "The chief executive is.", titles=("Boeing",))
    assert standalone("Where is it based?", history).question == "Where is Boeing based?"


MESSAGES = st.lists(
    st.builds(
        Message,
        st.sampled_from(["user", "assistant"]),
        st.text(max_size=200) | st.sampled_from([message.content for message in (*LAUNCH, *BAND, *BOEING, *HOLE)]),
        st.lists(st.text(max_size=40), max_size=2).map(tuple),
    ),
    max_size=8,
)
QUESTIONS = st.text(max_size=120) | st.sampled_from(
    [question for _, question, _ in (*POINTS_BACK, *LEAVES_OUT)] + [question for _, question in STANDS_ALONE]
)


@given(QUESTIONS, MESSAGES)
@settings(max_examples=300)
def test_nothing_that_is_said_breaks_it(question: str, history: list[Message]) -> None:
    made = standalone(question, history)
    assert made == standalone(question, history)
    assert made.asked == question
    assert made.question == question or made.carried
    assert all(phrase in made.question for phrase in made.carried)


@given(QUESTIONS)
def test_without_a_conversation_a_question_is_left_as_it_is(question: str) -> None:
    assert standalone(question, ()) == Standalone(question, question)


HOSTILE = [
    "a" * 24_000,
    "A " * 12_000,
    "(" * 24_000,
    "“" * 12_000 + "”" * 12_000,
    "the the " * 3_000,
    "and, " * 4_800,
    "Mr. " * 6_000,
    "\n" * 24_000,
    "A. B. " * 4_000,
    "was there " * 2_400,
    "his her its their " * 1_300,
    "１２３ " * 6_000,
    "İ" * 24_000,
    "🏳️‍🌈" * 4_000,
]


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: repr(text[:8]))
@pytest.mark.parametrize("question", ["When did he say it?", "And Japan?", "Why?"])
def test_a_hostile_history_takes_no_time(text: str, question: str) -> None:
    started = time.thread_time()
    standalone(
        question, (Message("user", text[:1000]), Message("assistant", text, (text[:300],)), Message("user", text))
    )
    standalone(text[:1000], LAUNCH)
    standalone(text, LAUNCH)
    assert time.thread_time() - started < 2


def test_ten_turns_take_milliseconds() -> None:
    history = tuple(message for _ in range(5) for message in (*LAUNCH, *KELLER))
    standalone("When did he say it?", history)  # the stemmer and the weights are loaded
    took = []
    for _ in range(5):
        started = time.thread_time()
        for _ in range(10):
            standalone("When did he say it?", history)
        took.append((time.thread_time() - started) / 10)
    assert min(took) < 0.05  # 10 ms on a quiet machine
