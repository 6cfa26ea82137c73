"""Words in several languages: what their terms are, and that a text is found by those of its own language."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.lexical import LexicalIndex, Text, counting, tokenize
from qa.lexical.analysis import analysis_of, language_of, prefix_of, stop_words_of
from qa.lexical.asking import language_of_question, words_in

SAMPLES = Path(__file__).parent / "inflected.json"
ARTICLES: dict[str, list[str]] = json.loads(SAMPLES.read_text(encoding="utf-8"))["articles"]
QUESTIONS: dict[str, list[tuple[str, int]]] = json.loads(SAMPLES.read_text(encoding="utf-8"))["questions"]
ENGLISH = [
    "The council decided to renovate the old house at the harbour. The city pays.",
    "Soldiers died in the war; the general said it was a pain for his son.",
    "The prime minister met the president, and both die hard supporters cheered.",
]
MANY = ("en", "de", "es", "fr")


def index_of(folder: Path, texts: Sequence[Text]) -> LexicalIndex:
    folder.mkdir(exist_ok=True)
    LexicalIndex.write(folder, texts)
    return LexicalIndex(folder)


@pytest.fixture(scope="module")
def several(tmp_path_factory: pytest.TempPathFactory) -> LexicalIndex:
    """The articles of each language after one another (six of each, from row 0), then the English ones."""
    texts = [Text(text, language) for language in sorted(ARTICLES) for text in ARTICLES[language]]
    return index_of(tmp_path_factory.mktemp("several"), [*texts, *(Text(text, "en") for text in ENGLISH)])


class TestTerms:
    @pytest.mark.parametrize(
        ("language", "text", "terms"),
        [
            ("de", "Die Häuser, des Hauses und Straßen", ["haus", "haus", "strass"]),
            ("de", "nach z.B. U.S.-Wahlen: 1.000 für 3,5", ["zb", "us", "wahl", "1.000", "35"]),
            ("fr", "L’élection d'hier, aujourd’hui: qu'il décida", ["élect", "hi", "aujourd", "hui", "décid"]),
            ("es", "Las decisiones y la decisión", ["decision", "decision"]),
            ("it", "Dell'arte e l’acqua alta", ["arte", "acqua", "alta"]),
            ("ca", "l'aigua", ["l", "aigu"]),
            ("ru", "Войны и города", ["войн", "город"]),
            ("sv", "flickornas båtar", ["flick", "båt"]),
            ("tr", "İstanbul'un evlerinde", ["istanbul", "ev"]),
            # No stemmer: the words as they are.
            ("he", "הבתים בנמל", ["הבתים", "בנמל"]),
            ("uk", "міста міст", ["міста", "міст"]),
            # The vowels of Hindi are marks, and part of the word.
            ("hi", "हिन्दी", ["हिन्द"]),
            ("mr", "मराठी भाषा", ["मराठी", "भाषा"]),
            # Where words are not parted, pairs of characters.
            ("zh", "北京大学 is 1,000 years 老", ["北京", "京大", "大学", "is", "1000", "years", "老"]),
            ("ja", "人々はカナを使うPython", ["人々", "々は", "はカ", "カナ", "ナを", "を使", "使う", "python"]),
            ("ko", "미사일을 쐈다", ["미사", "사일", "일을", "쐈다"]),
            ("th", "ภาษาไทย", ["ภา", "าษ", "ษา", "าไ", "ไท", "ทย"]),
            # English, and what is not known to be anything else.
            ("en", "The houses’ 漢字", ["hous", "漢", "字"]),
            (None, "The houses’ 漢字", ["hous", "漢", "字"]),
        ],
    )
    def test_worked_examples(self, language: str | None, text: str, terms: list[str]) -> None:
        assert tokenize(text, language) == terms

    @pytest.mark.parametrize("language", ["da", "de", "es", "fi", "fr", "hu", "it", "nl", "no", "pt", "ru", "sv"])
    def test_words_of_grammar_are_no_terms(self, language: str) -> None:
        listed = stop_words_of(language)
        assert 90 < len(listed) < 320
        assert tokenize(" ".join(sorted(listed)), language) == []
        assert analysis_of(language).stemmer == language

    def test_a_language_without_a_list_has_none(self) -> None:
        assert [stop_words_of(code) for code in ("pl", "he", "..", "/e", "xx")] == [frozenset()] * 5

    @settings(max_examples=200)
    @given(
        st.sampled_from(["de", "fr", "tr", "hi", "zh", "th", "he"]),
        st.text() | st.text(alphabet="aZ09.,'_- \n’ßÉİ漢字ไท\u0e31ि\u0301ﬁ", max_size=40),
    )
    def test_what_is_counted_are_the_terms_of_the_text(self, language: str, text: str) -> None:
        vocabulary = counting.Vocabulary()
        (block,) = counting.count([Text(text, language)], vocabulary)
        names = list(vocabulary.numbers)
        counted = {names[number]: times for number, times in zip(block.terms, block.counts, strict=True)}
        assert counted == Counter(prefix_of(language) + term for term in tokenize(text, language))
        assert [term for form in counting.forms(text) for term in tokenize(form, language)] == tokenize(text, language)


class TestFound:
    def test_inflected_words_find_what_they_did_not_find_as_english(
        self, several: LexicalIndex, tmp_path: Path
    ) -> None:
        """Each question has its words in other forms than the article that answers it."""
        languages = sorted(ARTICLES)
        before = index_of(tmp_path, [Text(text) for language in languages for text in ARTICLES[language]])
        first: dict[str, Counter[str]] = {"before": Counter(), "after": Counter()}
        for place, language in enumerate(languages):
            for question, article in QUESTIONS[language]:
                for name, index in (("before", before), ("after", several)):
                    hits = index.search(question, 10)
                    first[name][language] += bool(hits) and hits[0].row == place * 6 + article
        assert first["before"] == {"de": 5, "es": 6, "fr": 8}
        assert first["after"] == {"de": 10, "es": 9, "fr": 9}

    @pytest.mark.parametrize(
        ("question", "language", "article"),
        [
            ("Häuser", "de", 0),
            ("Bäumen", "de", 3),
            ("rénovation", "fr", 0),
            ("decide", "es", 0),
            ("encontrará", "es", 1),
        ],
    )
    def test_where_nothing_was_found(self, question: str, language: str, article: int, tmp_path: Path) -> None:
        texts = ARTICLES[language]
        as_english = index_of(tmp_path / "before", [Text(text) for text in texts])
        assert article not in [hit.row for hit in as_english.search(question, 9)]
        assert (
            index_of(tmp_path / "after", [Text(text, language) for text in texts]).search(question, 9)[0].row == article
        )

    def test_one_question_finds_a_name_in_every_language(self, tmp_path: Path) -> None:
        texts = [
            Text("Merkel sprach in Berlin.", "de"),
            Text("Merkel parle à Berlin.", "fr"),
            Text("Merkel spoke.", "en"),
        ]
        index = index_of(tmp_path, [*texts, Text("Nobody spoke.", None)])
        assert index.languages == ("en", "de", "fr")
        assert {hit.row for hit in index.search("Merkel", 9)} == {0, 1, 2}

    def test_an_english_text_is_found_by_its_own_terms_alone(self, several: LexicalIndex, tmp_path: Path) -> None:
        alone = index_of(tmp_path, [Text(text, "en") for text in ENGLISH])
        for question in ("Who said the soldiers died?", "What did the council decide about houses?", "president"):
            rows = [hit.row - 18 for hit in several.search(question, 99) if hit.row >= 18]
            assert rows == [hit.row for hit in alone.search(question, 99)]

    def test_words_of_german_grammar_are_no_english_words(self, several: LexicalIndex) -> None:
        assert {hit.row // 6 for hit in several.search("Was war die Strafe für den Sturm?", 9)} == {0}
        assert several.search("Who died in the war?", 9)[0].row == 19
        assert several.search("war", 9)[0].row == 19, "one word tells no language"


class TestQuestions:
    @pytest.mark.parametrize(
        ("question", "language"),
        [
            ("Was war die Ursache des Brandes?", "de"),
            ("Qui a décidé de la fermeture du pont?", "fr"),
            ("¿Quién decidió sobre el cierre del puente?", "es"),
            ("What was the cause of the fire?", "en"),
            ("Iraq war", "en"),
            ("Merkel", "en"),
            ("", "en"),
        ],
    )
    def test_words_of_grammar_tell_the_language(self, question: str, language: str) -> None:
        assert language_of_question(question, MANY) == language

    def test_only_languages_of_the_index_are_told(self) -> None:
        assert language_of_question("Was war die Ursache des Brandes?", ("fr", "es")) == "fr"

    def test_words_with_the_terms_of_each_language(self) -> None:
        assert words_in("Whose houses burnt?", ("en",), "en") == [("whose",), ("hous",), ("burnt",)]
        assert words_in("Whose houses burnt?", ("en", "de"), "en") == [
            ("whose", "de:whos"),
            ("hous", "de:hous"),
            ("burnt", "de:burnt"),
        ]
        assert words_in("Wo ist das Haus?", ("en", "de"), "de") == [("haus", "de:haus")]
        assert words_in("l'homme", ("en", "fr"), "en") == [("l'homm", "fr:homm")]
        assert words_in("", ("en", "de"), "en") == []


class TestScores:
    def test_written_out_by_hand(self, several: LexicalIndex) -> None:
        """BM25 of the terms of a row's own language; a word weighs at most what it weighs in the question's."""
        texts = [(language, text) for language in sorted(ARTICLES) for text in ARTICLES[language]]
        texts += [("en", text) for text in ENGLISH]
        documents = [
            Counter(prefix_of(language) + term for term in tokenize(text, language)) for language, text in texts
        ]
        average = sum(document.total() for document in documents) / len(documents)
        for question in (
            "Welche Häuser renovieren Städte?",
            "council houses in Berlin",
            "Quels ports?",
            "city pays city",
        ):
            expected = np.zeros(len(documents))
            own = language_of_question(question, several.languages)
            for word in words_in(question, several.languages, own):
                within = {term: sum(term in document for document in documents) for term in word}
                of_own = max((n for term, n in within.items() if language_of(term) == own), default=0)
                for row, document in enumerate(documents):
                    for term in word:
                        n = within[term] if language_of(term) == own else max(within[term], of_own)
                        weight = math.log(1 + (len(documents) - n + 0.5) / (n + 0.5))
                        part = document[term] + 1.5 * (1 - 0.75 + 0.75 * document.total() / average)
                        expected[row] += weight * document[term] * 2.5 / part
            np.testing.assert_allclose(several.scores(question), expected, atol=1e-9)
            hits = several.search(question, 99)
            assert sorted(hit.row for hit in hits) == np.flatnonzero(expected > 0).tolist()
            parts = several.contributions(question, range(len(texts)))
            np.testing.assert_allclose(parts.sum(axis=0), expected, atol=1e-9)

    def test_a_word_is_one_whatever_its_terms(self, several: LexicalIndex) -> None:
        assert several.contributions("renovated renovieren", range(21)).shape[0] == 2
        assert several.contributions("Berlin", range(21)).shape[0] == 0

    def test_rarity_is_by_the_rules_of_a_language(self, several: LexicalIndex) -> None:
        assert several.languages == MANY
        total = 21
        assert several.rarity("Welche Häuser?", "de") == {"haus": math.log1p((total - 1 + 0.5) / 1.5)}
        assert several.rarity("Wo sind die Häuser?") == several.rarity("Wo sind die Häuser?", "de")
        assert list(several.rarity("Wo sind die Häuser?", "en")) == ["wo", "sind", "die", "häuser"]


class TestFiles:
    def test_english_alone_is_as_it_ever_was(self, tmp_path: Path) -> None:
        for name, language in (("none", None), ("en", "en")):
            index_of(tmp_path / name, [Text(text, language) for text in ENGLISH])
        files = sorted(file.name for file in (tmp_path / "none").iterdir())
        assert len(files) == 10
        for file in files:
            assert (tmp_path / "none" / file).read_bytes() == (tmp_path / "en" / file).read_bytes()
        assert b":" not in (tmp_path / "en" / "terms.txt").read_bytes()

    def test_an_index_that_names_no_languages_is_english(self, tmp_path: Path) -> None:
        index = index_of(tmp_path, [Text("missile", "en")])
        shape = json.loads((tmp_path / "shape.json").read_text(encoding="utf-8"))
        assert shape["languages"] == ["en"]
        del shape["languages"]
        (tmp_path / "shape.json").write_text(json.dumps(shape), encoding="utf-8")
        assert LexicalIndex(tmp_path).languages == index.languages == ("en",)

    @pytest.mark.parametrize("languages", [[], "en", [1], None])
    def test_damage_is_said(self, tmp_path: Path, languages: object) -> None:
        index_of(tmp_path, [Text("missile", "en")])
        shape = json.loads((tmp_path / "shape.json").read_text(encoding="utf-8"))
        (tmp_path / "shape.json").write_text(json.dumps({**shape, "languages": languages}), encoding="utf-8")
        with pytest.raises(ValueError, match="names no languages"):
            LexicalIndex(tmp_path)
