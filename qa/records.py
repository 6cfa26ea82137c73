"""What passes between the stages: frozen, named data and nothing else.

Every offset in this module counts Python code points into `Article.text`, end exclusive, so that
`article.text[span.start:span.end]` is the text meant.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal


class Markup(StrEnum):
    """How the content of a raw document is written."""

    PLAIN = "plain"
    MARKDOWN = "markdown"
    HTML = "html"
    FRAGMENT = "fragment"
    """HTML without anything around the article: the text of a feed's entry or of a mail."""
    BLOCKS = "blocks"
    """Taken apart already: paragraphs and headings, as a PDF or a Word file holds them."""


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of an article's text, in code points, end exclusive."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the document that an article was read from: its label as printed, and where its text begins.

    It goes on to the start of the next; a paragraph may run over it.
    """

    label: str
    start: int


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, a list, a row of a table, or a heading (`level` 1 to 6; 0 is no heading).

    `pages` are those that begin in it, in order; their starts count from the beginning of its `text`.
    """

    text: str
    level: int = 0
    pages: tuple[Page, ...] = ()


@dataclass(frozen=True, slots=True)
class RawDocument:
    """One article as a loader found it, before cleaning.

    `origin` says where it came from for a person ("notes/a.md", "corpus.jsonl:17"). The fields that
    a row-based format states outright are given; None means that the format does not say. With an `outline` the
    content is a text that was cleaned before. A document that was taken apart (`Markup.BLOCKS`) has `blocks` and no
    `content`.
    """

    origin: str
    content: str
    markup: Markup
    id: str | None = None
    title: str | None = None
    url: str | None = None
    source: str | None = None
    author: str | None = None
    published_at: str | None = None
    language: str | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)
    outline: Outline | None = None
    blocks: tuple[Block, ...] = ()


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Something a build could not use: where it is, and why, as a phrase ("is empty")."""

    origin: str
    reason: str


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading inside an article; it governs the text from `end` to the next of its level or above."""

    level: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Outline:
    """Where the headings of a text lie and its pages begin, as an export states it of a text in canonical form."""

    headings: tuple[Heading, ...]
    pages: tuple[Page, ...]


@dataclass(frozen=True, slots=True)
class Article:
    """An article in canonical form: NFC, one kind of line end, paragraphs parted by one blank line.

    `pages` are in order, none for a document without pages. `language` is ISO 639-1 ("en"), None where it is unknown.
    """

    id: str
    title: str
    text: str
    origin: str
    url: str | None = None
    source: str | None = None
    author: str | None = None
    published_at: str | None = None
    headings: tuple[Heading, ...] = ()
    pages: tuple[Page, ...] = ()
    language: str | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Chunk:
    """A passage of an article: where it lies, its sentences, and the context it is searched with.

    `context` (the article's title and the heading path) is searched, never quoted.
    """

    id: str
    article_id: str
    span: Span
    context: str
    sentences: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Hit:
    """One search result: the chunk's row in the index and its score in that search; best first."""

    row: int
    score: float


@dataclass(frozen=True, slots=True)
class Standing:
    """A place in one ranking: `rank` counts from 1; `score` is in that ranking's own unit."""

    rank: int
    score: float


@dataclass(frozen=True, slots=True)
class Candidate:
    """A chunk that fusion put forward, with its standing in each search that found it.

    `score` is the weighted sum of both searches, in logits of the cross-encoder.
    """

    row: int
    score: float
    lexical: Standing | None
    dense: Standing | None


@dataclass(frozen=True, slots=True)
class Passage:
    """A chunk considered for an answer, with its text and every score it was given on the way.

    `rerank` is its place by the cross-encoder alone, `combined` by the cross-encoder and both searches: the order.
    """

    chunk: Chunk
    article: Article
    fused: Standing
    lexical: Standing | None
    dense: Standing | None
    rerank: Standing | None
    combined: Standing | None = None

    @property
    def text(self) -> str:
        """The passage, exactly as it stands in the article."""
        return self.article.text[self.chunk.span.start : self.chunk.span.end]


@dataclass(frozen=True, slots=True)
class Quote:
    """A stretch chosen to answer: `span` in the article of `passage`, and the `text` that was read there.

    `score` is the reranker's logit, less what its length costs, and with what speaks for it. `highlights` are the words
    inside `span` that answer (a name, a number, a date), in the article's offsets. `also_in` are other articles that
    carry the same words (wire copies).
    """

    passage: Passage
    span: Span
    text: str
    score: float
    highlights: tuple[Span, ...] = ()
    also_in: tuple[Article, ...] = ()


class Outcome(StrEnum):
    """What came of a question."""

    ANSWERED = "answered"
    LISTED = "listed"
    """A question about the corpus itself: articles, newest first, each with a quoted sentence."""
    NOT_STATED = "not_stated"
    """The corpus is about this but does not say."""
    NOT_COVERED = "not_covered"
    """The corpus is not about this."""
    UNREADABLE = "unreadable"
    """The question, or what was found for it, is in a script that the models do not read."""


SILENT = frozenset({Outcome.NOT_STATED, Outcome.NOT_COVERED, Outcome.UNREADABLE})
"""The outcomes without an answer."""


class NoteKind(StrEnum):
    """What a note under an answer is about."""

    DISAGREEMENT = "disagreement"
    NEWEST_FIRST = "newest_first"
    NOT_A_COUNT = "not_a_count"
    LANGUAGE = "language"


@dataclass(frozen=True, slots=True)
class Note:
    """A sentence for the reader about the quotes as a whole: that they disagree, why one comes first."""

    kind: NoteKind
    text: str


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a conversation: what the person asked, or what was answered.

    `titles` are those of the articles that an answer cited; they say what it is about where its words do not.
    """

    role: Literal["user", "assistant"]
    content: str
    titles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Standalone:
    """A question that can be understood, and searched, without what was said before it.

    `asked` is how the person put it. `carried` are the words that were taken over from the conversation, in the order
    in which they stand in `question`; none where the question starts afresh, and then `question` is `asked`.
    """

    question: str
    asked: str
    carried: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Filters:
    """Which articles a question is asked of: those of one of `sources`, published from `since` to `until`.

    `sources` are values of `Article.source`; none: of any. The days are ISO 8601, both inclusive; None: open. An
    article without a date is in no range of days.
    """

    sources: tuple[str, ...] = ()
    since: str | None = None
    until: str | None = None

    def __bool__(self) -> bool:
        """Whether anything is left out."""
        return bool(self.sources or self.since or self.until)


NO_FILTERS = Filters()


@dataclass(frozen=True, slots=True)
class Inquiry:
    """All that a person asks at once: the question as typed, what was said before it, and of which articles.

    Without `carry_over` the question is searched as it stands, whatever came before. `k` is how many passages are
    reported besides those that are cited; None: as the settings say. Without `llm` the quotations are not rephrased,
    although there may be a language model that could.
    """

    question: str
    history: tuple[Message, ...] = ()
    carry_over: bool = True
    filters: Filters = NO_FILTERS
    k: int | None = None
    llm: bool = True


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the answering stage decided: quotes that answer, or none and a reason for silence.

    `confidence` is the probability, in 0..1, that the quotes answer the question; `signals` is what it was made from,
    by name (`qa.answer.signals`).
    """

    outcome: Outcome
    quotes: tuple[Quote, ...]
    confidence: float
    reason: str | None
    notes: tuple[Note, ...] = ()
    signals: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Highlight:
    """Words inside a quotation that answer the question, in the article's offsets."""

    start_char_index: int
    end_char_index: int


@dataclass(frozen=True, slots=True)
class Copy:
    """Another article that carries the quoted words."""

    article_id: str
    document_title: str
    source: str | None
    published_at: str | None
    url: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """A verified quotation in the common citation format.

    `cited_text == article.text[start_char_index:end_char_index]`, always; `document_index` counts
    the distinct cited articles of one answer from 0, in order of first citation. `start_page` and `end_page` are the
    labels of the pages on which it begins and ends, None for a document without pages. `section` are the headings it
    stands under, outermost first. `language` is that of the article (ISO 639-1), None where it is not known.
    """

    type: str = "char_location"
    cited_text: str
    document_index: int
    document_title: str
    start_char_index: int
    end_char_index: int
    article_id: str
    chunk_id: str
    url: str | None
    source: str | None = None
    published_at: str | None = None
    section: tuple[str, ...] = ()
    start_page: str | None = None
    end_page: str | None = None
    language: str | None = None
    highlights: tuple[Highlight, ...] = ()
    also_in: tuple[Copy, ...] = ()


@dataclass(frozen=True, slots=True)
class LookedAt:
    """What a question was searched in: what passes its filters, by words and vectors, and how much of it was read."""

    articles: int
    passages: int
    read: int


class Fault(StrEnum):
    """Why a sentence of a language model does not leave the service: "it ..."."""

    UNMARKED = "cites no quotation"
    FORM = "is not plain prose"
    REPEATED = "was said before"
    QUOTED = "puts words into quotation marks that the quotation does not have"
    NAME = "names what the quotation does not name"
    NUMBER = "gives a number that the quotation does not give"
    DATE = "gives a date that the quotation does not give"
    NEGATION = "denies what the quotation says, or the reverse"
    HEDGE = "is surer than the quotation"
    OPPOSITE = "says the opposite of the quotation"
    ADDED = "says more than the quotation"
    EXCHANGED = "says of one what the quotation says of another"
    UNSUPPORTED = "is not borne out by the quotation"


@dataclass(frozen=True, slots=True)
class ProseSentence:
    """A sentence of an answer in prose, without its marks; `citations` are places among the answer's, from 0.

    `replaces` is None for a sentence of the model, which was checked. Otherwise `text` is the quotation cited, put in
    place of a sentence that was not borne out, and `replaces` says why.
    """

    text: str
    citations: tuple[int, ...]
    replaces: Fault | None = None

    @property
    def marked(self) -> str:
        """The sentence as it is read, with its marks: "It sank. [1]"; a quotation in quotation marks."""
        marks = "".join(f"[{place + 1}]" for place in self.citations)
        return f"{self.text if self.replaces is None else f'“{self.text}”'} {marks}"


@dataclass(frozen=True, slots=True)
class Prose:
    """What a language model made of the quotations: sentences that were checked against them, or none, and why.

    `model` is its name. `removed` counts its sentences that were left out. `notice` is a sentence for the reader, None
    where there is nothing to say.
    """

    model: str
    sentences: tuple[ProseSentence, ...]
    removed: int = 0
    notice: str | None = None

    @property
    def text(self) -> str:
        """All sentences with their marks; "" where there is none."""
        return " ".join(sentence.marked for sentence in self.sentences)


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer made of exact quotations, or an abstention with its reason.

    `question` is what was searched; `asked` and `carried` are those of `Standalone`. `passages` were considered, best
    first. `timings_ms` maps each stage to its wall time.
    """

    question: str
    answer: str
    outcome: Outcome
    reason: str | None
    """Why there is no answer; None where there is one."""
    notes: tuple[Note, ...]
    looked_at: LookedAt
    confidence: float
    signals: Mapping[str, float]
    """What the confidence was made from, by name; empty where nothing was judged."""
    citations: tuple[Citation, ...]
    passages: tuple[Passage, ...]
    index_version: str
    searches: tuple[str, ...]
    """The searches that looked: "lexical", and "dense" where the version has vectors."""
    timings_ms: Mapping[str, float]
    asked: str
    carried: tuple[str, ...] = ()
    filters: Filters = NO_FILTERS
    prose: Prose | None = None
    """What a language model made of the quotations; None where none was asked."""

    @property
    def abstained(self) -> bool:
        """Whether the articles were found not to answer."""
        return self.outcome in SILENT

    @property
    def messages(self) -> tuple[Message, Message]:
        """The question and this answer as messages: what was said, to the question that comes next."""
        titles = tuple(dict.fromkeys(citation.document_title for citation in self.citations))
        return Message("user", self.asked), Message("assistant", self.answer, titles)


@dataclass(frozen=True, slots=True)
class Findings:
    """The passages nearest to a question, best first, without an answer; the fields mean what they do in `Answer`.

    The best of them were read by the cross-encoder. Nearest is not near: whether they answer is not judged.
    """

    question: str
    asked: str
    passages: tuple[Passage, ...]
    looked_at: LookedAt
    index_version: str
    searches: tuple[str, ...]
    timings_ms: Mapping[str, float]
    carried: tuple[str, ...] = ()
    filters: Filters = NO_FILTERS

    def __iter__(self) -> Iterator[Passage]:
        return iter(self.passages)

    def __len__(self) -> int:
        return len(self.passages)


@dataclass(frozen=True, slots=True)
class Sources:
    """The passages that both searches put first, best first, before the cross-encoder has read them."""

    passages: tuple[Passage, ...]


@dataclass(frozen=True, slots=True)
class Quoted:
    """An answer that is known, while a language model is asked for the prose that it does not have yet."""

    answer: Answer
    model: str


@dataclass(frozen=True, slots=True)
class UnderWay:
    """A build as it last told of itself: its process, its start (UTC, ISO 8601), and how far its stage is.

    `total` is None for a stage whose end is not known.
    """

    process: int
    host: str
    started: str
    stage: str
    done: int
    total: int | None

    @property
    def so_far(self) -> str:
        """How far it is, within a sentence: "embedding passages, 3,200 of 13,657"."""
        stage = self.stage[:1].lower() + self.stage[1:]
        return f"{stage}, {self.done:,} of {self.total:,}" if self.total else stage
