"""The language of an article: stated where plausible, else detected, else unknown; and where it is shown."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from qa.build import Report
from qa.clean import clean
from qa.clean.language import language_of
from qa.config import Settings
from qa.index import current_version, index_folder, version_folder
from qa.languages import language_code, language_name
from qa.lexical import LexicalIndex
from qa.load import Limits, read
from qa.records import Article, Markup, RawDocument
from qa.status import status_document, status_lines, status_of
from qa.store import LanguageCount, Store

NEWS = Path(__file__).resolve().parents[1].parent / "shared/data/multihop-news/corpus.jsonl"

GERMAN = "Der Gemeinderat hat gestern beschlossen, die alten Häuser am Hafen nicht abzureißen, sondern zu renovieren."
TEXTS = {
    "de": GERMAN,
    "en": "The council decided yesterday that the old houses at the harbour will not be pulled down but renovated.",
    "fr": "Le conseil municipal a décidé hier de rénover les vieilles maisons du port au lieu de les démolir.",
    "es": "El ayuntamiento decidió ayer no derribar las casas viejas del puerto, sino renovarlas poco a poco.",
    "it": "Il consiglio comunale ha deciso ieri di non demolire le vecchie case del porto, ma di ristrutturarle.",
    "pt": "A câmara municipal decidiu ontem não demolir as casas velhas do porto, mas renová-las aos poucos.",
    "nl": "De gemeenteraad heeft gisteren besloten de oude huizen aan de haven niet te slopen, maar te renoveren.",
    "sv": "Kommunfullmäktige beslutade i går att inte riva de gamla husen vid hamnen utan att renovera dem.",
    "pl": "Rada miasta postanowiła wczoraj nie burzyć starych domów w porcie, lecz je stopniowo odnowić.",
    "ru": "Городской совет вчера решил не сносить старые дома у гавани, а постепенно их отремонтировать.",
    "el": "Το δημοτικό συμβούλιο αποφάσισε χθες να μην κατεδαφίσει τα παλιά σπίτια στο λιμάνι.",
    "ja": "市議会は昨日、港の古い家屋を取り壊さず、少しずつ改修することを決めた。",
    "zh": "市议会昨天决定不拆除港口的旧房子，而是逐步进行翻修。",
    "ar": "قرر المجلس البلدي أمس عدم هدم البيوت القديمة في الميناء بل ترميمها تدريجيا.",
}


class TestCodes:
    @pytest.mark.parametrize(
        ("stated", "code"),
        [
            ("de", "de"), ("de-AT", "de"), ("DE", "de"), ("pt_BR.UTF-8", "pt"), ("zh-Hant-TW", "zh"), ("en-US", "en"),
            ("deu", "de"), ("ger", "de"), ("fre", "fr"), ("iw", "he"), ("German", "de"), (" french ", "fr"),
            ("nb-NO", "no"), ("no", "no"), ("nn", "nn"), ("tl", "tl"),
            ("", None), ("x-default", None), ("tlh", None), ("klingon", None), ("xx", None), ("de; drop", None),
            ("ENGLISH-ISH", None), ("c", None), ("\u0000", None), ("de" * 5000, None),
        ],
    )  # fmt: skip
    def test_as_documents_state_them(self, stated: str, code: str | None) -> None:
        assert language_code(stated) == code

    def test_their_names(self) -> None:
        assert [language_name(code) for code in ("de", "zh", "no", "xx")] == ["German", "Chinese", "Norwegian", "xx"]


class TestDetected:
    @pytest.mark.parametrize("code", TEXTS)
    def test_a_sentence_is_enough(self, code: str) -> None:
        assert language_of(TEXTS[code], None) == code

    @pytest.mark.parametrize("text", ["", "42", "Hallo Welt.", "OK", "12 345,67\n\n89 %", "漢字", "…" * 500, "x" * 5])
    def test_too_little_to_tell_is_unknown(self, text: str) -> None:
        assert language_of(text, None) is None

    def test_letters_that_are_no_language_are_unknown(self) -> None:
        assert language_of("qzx vkj wqp zzt kkw " * 40, None) is None

    def test_only_the_start_is_looked_at(self) -> None:
        assert language_of(f"{GERMAN} " * 20 + "The rest of it is in English. " * 5000, None) == "de"

    def test_english_articles_are_english(self) -> None:
        if not NEWS.is_file():
            pytest.skip(f"the development set multihop-news is not at {NEWS}")
        texts = [json.loads(line)["text"] for line in NEWS.read_text(encoding="utf-8").splitlines()]
        found = [language_of(text, None) for text in texts]
        assert found.count("en") == len(texts) - 1 == 608
        spanish = next(text for text, code in zip(texts, found, strict=True) if code != "en")
        assert "Esta es una traducción al español" in spanish, "the one article that is in Spanish"


class TestStated:
    def test_what_is_stated_settles_what_is_too_short(self) -> None:
        assert language_of("Hallo Welt.", "de-CH") == "de"

    def test_what_is_stated_goes_before_a_near_relation(self) -> None:
        danish = "Denne artikel handler om regeringens planer for de kommende år, og hvordan de vil påvirke danskerne."
        assert [language_of(danish, stated) for stated in (None, "da", "nb")] == ["da", "da", "no"]

    def test_a_german_text_in_an_english_template_is_german(self) -> None:
        assert language_of(GERMAN, "en") == "de"
        assert language_of(GERMAN, "klingon") == "de"

    def page(self, attributes: str = "", head: str = "", words: str = "Ja. Nein. Ja.") -> Article:
        html = f"<html {attributes}><head><title>Ja</title>{head}</head><body><h1>Ja</h1><p>{words}</p></body></html>"
        article = clean(RawDocument("page.html", html, Markup.HTML))
        assert isinstance(article, Article)
        return article

    def test_by_a_page(self) -> None:
        assert self.page('lang="de-AT"').language == "de"
        assert self.page('xml:lang="sv"').language == "sv"
        assert self.page("", '<meta http-equiv="Content-Language" content="fi">').language == "fi"
        assert self.page("", '<meta property="og:locale" content="fr_FR">').language == "fr"
        assert self.page('lang=""', '<meta property="og:locale" content="da_DK">').language == "da"
        assert self.page('lang="en"', words=GERMAN).language == "de"
        assert self.page().language is None

    def test_by_front_matter(self) -> None:
        for line, code in (("language: German", "de"), ("lang: fr-CA", "fr"), ("lang: ''", None)):
            article = clean(RawDocument("a.md", f"---\n{line}\n---\n# Ja\n\nNein.", Markup.MARKDOWN))
            assert isinstance(article, Article)
            assert article.language == code
            assert article.metadata == {}

    def test_what_is_no_language_stays_worth_reading(self) -> None:
        article = clean(RawDocument("a.md", "---\nlang: tlh\n---\n# Ja\n\nNein.", Markup.MARKDOWN))
        assert isinstance(article, Article)
        assert (article.language, article.metadata) == (None, {"language": "tlh"})

    def test_by_a_row(self, tmp_path: Path) -> None:
        rows = [
            {"text": "Ja.", "language": "de"},
            {"text": "Ja.", "lang": "sv-SE"},
            {"text": "Ja.", "metadata": {"lang": "da"}},
            {"text": "Ja.", "language": "fi", "lang": "x"},
            {"text": "Ja."},
        ]
        (tmp_path / "rows.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
        documents = [
            item for item in read(tmp_path / "rows.jsonl", Limits(10**6, 10**6)) if isinstance(item, RawDocument)
        ]
        assert [item.language for item in documents] == ["de", "sv-SE", "da", "fi", None]
        assert [dict(item.metadata) for item in documents] == [{}, {}, {}, {"lang": "x"}, {}]


@pytest.fixture(scope="module")
def several(tmp_path_factory: pytest.TempPathFactory, build_index: Callable[..., Report]) -> Settings:
    """An index of articles in three languages and one that is too short to tell."""
    folder = tmp_path_factory.mktemp("several")
    for code in ("de", "fr", "en"):
        (folder / f"{code}.md").write_text(f"# {code} title\n\n{TEXTS[code]}\n", encoding="utf-8")
    (folder / "de2.md").write_text(
        f"---\nauthor: Ada Quill\ndate: 2024-05-11\nsource: Der Bote\n---\n# Zwei\n\n{GERMAN} Ja.\n"
    )
    (folder / "my-notes_2023.txt").write_text("OK", encoding="utf-8")
    settings = Settings.from_env(indexes=tmp_path_factory.mktemp("indexes"))
    build_index(settings, folder)
    return settings


COUNTS = [("de", 2), ("en", 1), ("fr", 1), (None, 1)]


class TestShown:
    def test_the_store_counts_them(self, several: Settings) -> None:
        folder = index_folder(several.indexes, several.index)
        store = Store(version_folder(folder, current_version(folder)) / "store")
        assert store.languages() == tuple(LanguageCount(*count) for count in COUNTS)
        store.close()

    def test_in_the_status(self, several: Settings) -> None:
        status = status_of(several, verify=False)
        assert "languages German 2, English 1, French 1, unknown 1" in list(status_lines(status, several))
        document = json.loads(json.dumps(status_document(status)))
        assert [(it["language"], it["articles"]) for it in document["languages"]] == COUNTS

    def test_by_the_server(self, several: Settings, live_server: Callable[[Settings], Any]) -> None:
        server = live_server(several).until_ready()
        corpus = httpx.get(f"{server.url}/corpus", timeout=60).raise_for_status().json()
        assert [(it["language"], it["articles"]) for it in corpus["languages"]] == COUNTS
        pages = {title: self.article(server.url, title) for title in ("de title", "Zwei", "my notes 2023")}
        assert '<article class="text" lang="de">' in pages["de title"]
        assert meta(pages["de title"]) == ["Language: German", "Source, author and date unknown"]
        assert meta(pages["Zwei"]) == ["Der Bote", "Ada Quill", "11 May 2024", "Language: German"]
        assert '<article class="text">' in pages["my notes 2023"], "no language is claimed for a text without one"
        assert meta(pages["my notes 2023"]) == [
            "Source, author, date and language unknown",
            "The title is the name of the file",
        ]

    def article(self, url: str, title: str) -> str:
        found = httpx.get(f"{url}/articles", params={"title": title}, timeout=60).raise_for_status().text
        link = re.findall(r'href="(/articles/[^"?]+)"', found)[0]
        return httpx.get(f"{url}{link}", timeout=60).raise_for_status().text


def meta(page: str) -> list[str]:
    """Return what is said about an article above its text."""
    line = re.search(r'<p class="meta" lang="en">(.*?)</p>', page, re.DOTALL)
    assert line is not None
    return re.findall(r"<(?:span|time)[^>]*>([^<]*)<", line[1])


class TestRebuilt:
    def test_words_follow_a_language_that_changes(self, tmp_path: Path, build_index: Callable[..., Report]) -> None:
        """The text stays, and so do its id and its vectors; its words are counted anew."""
        notes = tmp_path / "notes"
        notes.mkdir()
        (notes / "other.md").write_text(f"# Other\n\n{TEXTS['en']}\n", encoding="utf-8")
        settings = Settings.from_env(indexes=tmp_path / "indexes")
        found = {}
        for stated, language in (("de", "de"), ("fi", "fi"), ("de", "de")):
            (notes / "houses.md").write_text(f"---\nlang: {stated}\n---\n# Viele Häuser\n\nOk.\n", encoding="utf-8")
            report = build_index(settings, notes)
            assert report.published
            assert report.embedded == (2 if not found else 0), "the text that is embedded is the same"
            folder = index_folder(settings.indexes, settings.index)
            version = version_folder(folder, current_version(folder))
            index = LexicalIndex(version / "lexical")
            assert index.languages == ("en", language)
            found[language] = len(index.search("Hauses", 9))
        assert found == {"de": 1, "fi": 0}
        assert not build_index(settings, notes).published
