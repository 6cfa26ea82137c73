"""A question's words, each with the terms that it is in the languages of an index.

Which language six words are in cannot be told for sure, and need not be: a question is analysed by the rules of every
language that the index has, and a text is found by the terms of its own. So one question finds texts in several
languages by a name, and texts in its own by inflected words. Only words of grammar are told apart: those of the
question's own language are not looked for by the rules of others, where they may be names of things (German "war" and
"die", French "pain" and "son").
"""

from __future__ import annotations

from collections.abc import Sequence

from qa.lexical.analysis import analysis_of, prefix_of, stop_words_of
from qa.lexical.counting import forms
from qa.lexical.tokens import all_words, words

Word = tuple[str, ...]
"""The terms of a word, one of each language that it is a word in, in their order."""

_LEAST_GRAMMAR = 2
"""So many words of grammar tell a language; one alone is as often a word of another."""


def words_in(question: str, languages: Sequence[str], own: str) -> list[Word]:
    """Return the words of a question in order, `own` its language; in an index of one language each has one term."""
    if len(languages) == 1:
        return [(term,) for term in _terms(question, languages[0], languages[0])]
    return [word for form in forms(question) for word in _words(form, languages, own)]


def language_of_question(question: str, languages: Sequence[str]) -> str:
    """Return that of `languages` to which most words of grammar in a question belong; the first where that is open."""
    asked = [part for word in all_words(question) for part in word.split("'")]
    grammar = {language: sum(word in stop_words_of(language) for word in asked) for language in languages}
    most = max(languages, key=grammar.__getitem__)
    return most if grammar[most] >= _LEAST_GRAMMAR else languages[0]


def _words(form: str, languages: Sequence[str], own: str) -> list[Word]:
    """Return the words of a form, as `counting.forms` splits a question."""
    by_language = [terms for language in languages if (terms := _terms(form, language, own))]
    if len(set(map(len, by_language))) > 1:  # "l'homme" is one word in English and two in French: they cannot be paired
        return [(term,) for terms in by_language for term in terms]
    return list(zip(*by_language, strict=True))


def _terms(form: str, language: str, own: str) -> list[str]:
    grammar = frozenset() if language == own else stop_words_of(own)
    stems = analysis_of(language).stems([word for word in words(form, language) if word not in grammar])
    return [prefix_of(language) + stem for stem in stems]
