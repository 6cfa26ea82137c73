"""What is expected of a question, found again in the index: cleaning moves text, so it is aligned by its words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path, PurePosixPath

from qa.clean import canonical
from qa.errors import ArticleNotFoundError
from qa.evaluate.places import FactPlace, Place, SpanPlace, WordsPlace
from qa.evaluate.records import Gold, GoldAnswer, Question
from qa.evaluate.wording import holds_plain, is_yes_or_no, plain
from qa.load import Limits, read
from qa.records import Article, RawDocument, Span
from qa.store import Store


class Aligner:
    """Finds the gold of questions in the articles of one version."""

    def __init__(self, store: Store, raw: Mapping[str, str]) -> None:
        """`raw` are the texts that the offsets of the set count in, by article; see `raw_texts`."""
        self._store, self._raw = store, raw
        self._plain = cache(self._plain_text)

    def gold(self, question: Question) -> Gold:
        """Return what is expected of `question`."""
        named = {name: self._resolved(name) for name in question.relevant}
        article = self._article(self._resolved(question.doc)) if question.doc else None
        golds = [found for found in named.values() if found] + ([article.id] if article else [])
        spans = tuple(self._spans(question, article)) if article else ()
        answers = tuple(
            answer.text
            for answer in _stated(question)
            if spans or self._stands_in(answer.text, golds, anywhere=not question.relevant)
        )
        return Gold(
            articles={named[name] or name: grade for name, grade in question.relevant.items()},
            missing=tuple(name for name, found in named.items() if found is None),
            places=_places(question, article, spans, answers),
            answers=answers,
            spans={article.id: spans} if article and spans else {},
        )

    def _resolved(self, name: str) -> str | None:
        """Return the id of the article of this id, file name or path; None where there is none."""
        return name if self._article(name) is not None else self._names.by_end.get(name)

    @cached_property
    def _names(self) -> _Names:
        """The names of all articles; looked up only where a set names one by something else than its id, or none."""
        return _names_of(self._store.articles())

    def _article(self, article_id: str | None) -> Article | None:
        if article_id is None:
            return None
        try:
            return self._store.article(article_id)
        except ArticleNotFoundError:
            return None

    def _stands_in(self, answer: str, articles: Sequence[str], *, anywhere: bool) -> bool:
        """Return whether one of the gold articles has these words; where none is named, whether any article has."""
        looked_in = self._names.ids if anywhere and not articles else articles
        return any(holds_plain(self._plain(article_id), answer) for article_id in looked_in)

    def _plain_text(self, article_id: str) -> str:
        article = self._article(article_id)
        return plain(article.text) if article else ""

    def _spans(self, question: Question, article: Article) -> Iterator[Span]:
        """Yield where the answers stand: in the gold paragraph, else nearest to where the set says, else anywhere."""
        paragraph = self._paragraph(question, article)
        for answer in _stated(question):
            words = canonical(answer.text).strip()
            if paragraph is not None:
                yield from _occurrences(article.text, words, paragraph)
                continue
            found = list(_occurrences(article.text, words, Span(0, len(article.text))))
            yield from found if answer.start is None else _nearest(found, answer.start)

    def _paragraph(self, question: Question, article: Article) -> Span | None:
        raw = self._raw.get(question.doc or "")
        if raw is None or question.paragraph is None:
            return None
        words = canonical(raw[question.paragraph.start : question.paragraph.end]).strip()
        found = list(_occurrences(article.text, words, Span(0, len(article.text))))
        return next(iter(_nearest(found, question.paragraph.start)), None)


def raw_texts(paths: Iterable[Path], questions: Iterable[Question], limits: Limits) -> dict[str, str]:
    """Return the texts of the rows in which questions name a paragraph, as they were before cleaning."""
    wanted = {question.doc for question in questions if question.doc and question.paragraph is not None}
    if not wanted:
        return {}
    documents = (document for path in paths if path.is_file() for document in read(path, limits))
    return {
        document.id: document.content
        for document in documents
        if isinstance(document, RawDocument) and document.id in wanted
    }


def _places(
    question: Question, article: Article | None, spans: tuple[Span, ...], answers: tuple[str, ...]
) -> tuple[Place, ...]:
    """Return what passages are to be found: each fact, or the answer where it stands, or any with its words."""
    if question.facts:
        return tuple(FactPlace(canonical(fact)) for fact in question.facts)
    if question.doc and _stated(question):
        expected = " | ".join(dict.fromkeys(answer.text for answer in _stated(question)))
        return (SpanPlace(expected, article.id if article else question.doc, spans),)
    if answers and not question.relevant:
        return (WordsPlace(answers),)
    return ()


def _stated(question: Question) -> list[GoldAnswer]:
    """Return the answers that a text could state in these words."""
    return [answer for answer in question.answers if not is_yes_or_no(answer.text)]


@dataclass(frozen=True, slots=True)
class _Names:
    """The ids of all articles, and those that an end of their path names alone: "a.md", "notes/a.md"."""

    ids: tuple[str, ...]
    by_end: Mapping[str, str]


def _names_of(articles: Iterable[Article]) -> _Names:
    ids: list[str] = []
    ends: dict[str, set[str]] = {}
    for article in articles:
        ids.append(article.id)
        parts = PurePosixPath(article.origin).parts
        for first in range(len(parts)):
            ends.setdefault(str(PurePosixPath(*parts[first:])), set()).add(article.id)
    return _Names(tuple(ids), {end: next(iter(named)) for end, named in ends.items() if len(named) == 1})


def _occurrences(text: str, words: str, within: Span) -> Iterator[Span]:
    start = text.find(words, within.start, within.end) if words else -1
    while start >= 0:
        yield Span(start, start + len(words))
        start = text.find(words, start + 1, within.end)


def _nearest(found: Sequence[Span], start: int) -> list[Span]:
    """Return the span that starts nearest, alone; none where there is none."""
    return sorted(found, key=lambda span: abs(span.start - start))[:1]
