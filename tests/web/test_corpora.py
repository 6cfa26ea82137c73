"""Several corpora on one server: each answers below its name, stays inside it, and is not hurt by the others."""

from __future__ import annotations

import asyncio
import json
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import httpx
import pytest

from qa.build import Report
from qa.config import Settings
from qa.errors import BadSettingError
from qa.feedback import read_feedback
from qa.index import index_folder
from qa.models import locate
from qa.pins import PINNED
from web.app import create_app
from web.corpora import names_in

BREAD_ASKED, FERRY_ASKED = "How long does the bread bake?", "How many people were brought ashore?"
PAGE = {"Accept": "text/html"}
OTHER = "all-MiniLM-L6-v2"
FERRY = "Ferry\n\nA ferry ran aground off Brennick in fog. Rescuers brought 212 people ashore by noon, said Ines Holt."
FETCH = {"Accept": "text/event-stream", "X-Requested-With": "fetch"}


@pytest.fixture(scope="module")
def client(corpora_server: Any) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=corpora_server.url, timeout=60) as client:
        yield client


class Links(HTMLParser):
    """Every address in a page that leads to this server."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: set[str] = set()
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        self.found |= {value for name, value in attrs if name in {"href", "action", "src"} and (value or "#")[0] == "/"}


def links(html: str) -> set[str]:
    """The addresses in a page, but for those of the switcher and of what all corpora share."""
    page = re.sub(r'<details class="corpora".*?</details>', "", html, flags=re.DOTALL)
    return {link for link in Links(page).found if not link.startswith(("/static/", "/openapi.json"))}


class TestNames:
    def test_a_list_is_read_in_its_order(self) -> None:
        assert names_in("news") == ("news",)
        assert names_in("squad, news") == ("squad", "news")

    @pytest.mark.parametrize("index", ["", "news,", "news,,squad", "news,squad,news", " , "])
    def test_a_list_with_a_hole_or_a_name_twice_is_refused(self, index: str) -> None:
        with pytest.raises(BadSettingError, match="twice, or leaves a name empty"):
            names_in(index)

    @pytest.mark.parametrize("index", ["news,../etc", "news,a/b", "news,.hidden", "news,a b", "news,%2e%2e", "x" * 65])
    def test_a_name_that_is_no_file_name_is_refused(self, index: str) -> None:
        with pytest.raises(BadSettingError, match="is not a name"):
            create_app(Settings(index=index))

    def test_what_takes_one_index_says_so(self) -> None:
        with pytest.raises(BadSettingError, match="only `qa serve` takes several"):
            index_folder(Path("indexes"), "news,squad")


class TestAsking:
    def test_each_corpus_answers_from_its_own_articles(self, client: httpx.Client) -> None:
        for base, question, words in [
            ("", BREAD_ASKED, "forty minutes"),
            ("/c/kitchen", BREAD_ASKED, "forty minutes"),
            ("/c/harbour", FERRY_ASKED, "212 people"),
        ]:
            answer = client.post(f"{base}/ask", json={"question": question}).raise_for_status().json()
            assert words in answer["answer"]
            assert answer["index_version"] == client.get(f"{base}/corpus").json()["index_version"]
        assert client.post("/c/kitchen/ask", json={"question": FERRY_ASKED}).json()["abstained"]
        assert client.post("/c/harbour/ask", json={"question": BREAD_ASKED}).json()["abstained"]

    def test_the_default_one_is_the_same_at_both_addresses(self, client: httpx.Client) -> None:
        assert client.get("/corpus").json() == client.get("/c/kitchen/corpus").json()
        assert client.get("/corpus").json() != client.get("/c/harbour/corpus").json()

    def test_feedback_is_kept_beside_the_index_that_answered(
        self, client: httpx.Client, corpora_settings: Settings
    ) -> None:
        answer = client.post("/c/harbour/ask", json={"question": FERRY_ASKED}).json()
        about = {"citations": []} | {
            name: answer[name]
            for name in ("question", "asked", "outcome", "answer", "confidence", "filters", "index_version")
        }
        client.post("/c/harbour/feedback", json={"rating": "up", "about": about}).raise_for_status()
        kept, others = (read_feedback(corpora_settings.indexes / name).entries for name in ("harbour", "kitchen"))
        assert kept[-1].question == FERRY_ASKED
        assert FERRY_ASKED not in {entry.question for entry in others}

    def test_models_are_loaded_once(self, corpora_settings: Settings) -> None:
        from web.corpora import Corpora

        corpora = Corpora.of(corpora_settings)
        try:
            with corpora.holder("kitchen").lease() as kitchen, corpora.holder("harbour").lease() as harbour:
                assert kitchen.pipeline.encoder is not None
                assert kitchen.pipeline.encoder is harbour.pipeline.encoder
                assert kitchen.pipeline.reranker is harbour.pipeline.reranker
        finally:
            corpora.close()


@pytest.fixture(scope="module")
def mixed(
    live_server: Callable[[Settings], Any],
    corpora_settings: Settings,
    build_index: Callable[..., Report],
    models_dir: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Any]:
    """A server of three corpora: one of the default encoder, one of another, and one whose encoder is gone."""
    folder = tmp_path_factory.mktemp("mixed")
    own = folder / "own-encoder"
    shutil.copytree(locate(PINNED[OTHER], models_dir), own)
    shutil.copytree(index_folder(corpora_settings.indexes, "kitchen"), index_folder(folder / "indexes", "kitchen"))
    settings = replace(corpora_settings, indexes=folder / "indexes")
    article = folder / "harbour.txt"
    article.write_text(FERRY, encoding="utf-8")
    for name, encoder in {"harbour": OTHER, "lost": str(own)}.items():
        build_index(replace(settings, index=name, encoder=encoder), article)
    own.rename(folder / "elsewhere")
    server = live_server(replace(settings, index="kitchen,harbour,lost")).until_ready()
    server.until(lambda: httpx.get(f"{server.url}/c/harbour/readyz", timeout=60).status_code == 200)
    yield server
    server.stop()


class TestEncoders:
    def test_each_corpus_is_asked_with_the_encoder_that_it_was_built_with(self, mixed: Any) -> None:
        with httpx.Client(base_url=mixed.url, timeout=60) as client:
            models = {model["id"]: model["article_qa"] for model in client.get("/v1/models").json()["data"]}
            encoders = {name: facts and facts["encoder"] for name, facts in models.items()}
            assert encoders == {"kitchen": "snowflake-arctic-embed-s", "harbour": OTHER, "lost": None}
            for name, question, words in [
                ("kitchen", BREAD_ASKED, "forty minutes"),
                ("harbour", FERRY_ASKED, "212 people"),
            ]:
                answer = client.post(f"/c/{name}/ask", json={"question": question}).json()
                assert words in answer["answer"]
                assert answer["searches"] == ["lexical", "dense"]

    def test_vectors_are_those_of_the_corpus_or_of_the_encoder_that_is_named(self, mixed: Any) -> None:
        with httpx.Client(base_url=mixed.url, timeout=60) as client:
            vectors = {
                model: client.post("/v1/embeddings", json={"model": model, "input": "Who came?"}).json()
                for model in ("kitchen", "harbour", "snowflake-arctic-embed-s", OTHER)
            }
            first = {model: answer["data"][0]["embedding"] for model, answer in vectors.items()}
            assert first["kitchen"] == first["snowflake-arctic-embed-s"] != first["harbour"] == first[OTHER]
            assert [answer["model"] for answer in vectors.values()] == ["snowflake-arctic-embed-s", OTHER] * 2
            gone = client.post("/v1/embeddings", json={"model": "no-such-encoder", "input": "Who came?"})
            assert gone.status_code == 404

    def test_one_whose_encoder_is_gone_is_refused_alone_with_what_mends_it(self, mixed: Any) -> None:
        with httpx.Client(base_url=mixed.url, timeout=60) as client:
            for refused in (
                client.post("/c/lost/ask", json={"question": FERRY_ASKED}),
                client.get("/c/lost/readyz"),
                client.get("/c/lost/corpus"),
            ):
                assert refused.status_code == 503
                assert refused.json()["type"] == "urn:problem-type:article-qa:model-unavailable"
                assert "own-encoder' is no folder on this machine" in refused.json()["detail"]
                assert "`qa build --encoder snowflake-arctic-embed-s`" in refused.json()["detail"]
            assert client.get("/readyz").status_code == 200
            found = {corpus["name"]: corpus["ready"] for corpus in client.get("/corpora").json()["corpora"]}
            assert found == {"kitchen": True, "harbour": True, "lost": False}


class TestPages:
    @pytest.mark.parametrize(
        ("base", "question"), [("", BREAD_ASKED), ("/c/kitchen", BREAD_ASKED), ("/c/harbour", FERRY_ASKED)]
    )
    def test_every_link_and_form_stays_in_its_corpus(self, client: httpx.Client, base: str, question: str) -> None:
        pages = {
            "chat": client.get(f"{base}/"),
            "list": client.get(f"{base}/articles"),
            "answer": client.post(f"{base}/ask", data={"question": question}),
            "silence": client.post(f"{base}/ask", data={"question": "What is the capital of France?"}),
            "corpus question": client.post(f"{base}/ask", data={"question": "What articles are there?"}),
            "refusal": client.post(f"{base}/ask", data={"question": ""}),
            "nothing": client.get(f"{base}/nothing", headers=PAGE),
            "no article": client.get(f"{base}/articles/nothing", headers=PAGE),
        }
        article = next(link for link in links(pages["answer"].text) if "/articles/" in link)
        pages["article"] = client.get(article)
        for name, page in pages.items():
            found = links(page.text)
            assert found, name
            assert {link for link in found if not link.startswith(f"{base}/")} == set(), name
            if not base:
                assert not [link for link in found if link.startswith("/c/")], name
        assert "<mark" in pages["article"].text
        permanent = next(link for link in links(pages["answer"].text) if "version=" in link)
        assert question in client.get(permanent).text

    def test_streamed_parts_stay_in_their_corpus(self, client: httpx.Client) -> None:
        streamed = client.post("/c/harbour/ask?turn=3", json={"question": FERRY_ASKED}, headers=FETCH).text
        parts = [
            json.loads(line.removeprefix("data: ")).get("html", "")
            for line in streamed.splitlines()
            if line.startswith("data: ")
        ]
        found = links("".join(parts))
        assert {"/c/harbour/feedback"} < found
        assert all(link.startswith("/c/harbour/") for link in found)

    def test_the_switcher_lists_them_and_is_there_only_where_there_are_several(
        self, client: httpx.Client, seed_server: Any
    ) -> None:
        chat, articles = client.get("/c/harbour/").text, client.get("/articles").text
        assert re.findall(r'<li><a href="(.*?)"( aria-current="true")?>(.*?)</a></li>', chat)[:3] == [
            ("/", "", "kitchen"), ("/c/harbour/", ' aria-current="true"', "harbour"), ("/c/missing/", "", "missing"),
        ]  # fmt: skip
        assert '<li><a href="/c/harbour/articles">harbour</a></li>' in articles
        assert 'class="corpora"' not in httpx.get(seed_server.url, timeout=60).text

    def test_the_name_without_a_slash_leads_to_the_page(self, client: httpx.Client) -> None:
        response = client.get("/c/harbour")
        assert (response.status_code, response.headers["location"]) == (307, "/c/harbour/")


class TestWhatIsNotThere:
    @pytest.mark.parametrize("name", ["nowhere", "%2e%2e", "%2e%2e%5c", "KITCHEN", "kitchen%00", "x" * 300, "<b>"])
    def test_an_unknown_name_is_told_with_those_there_are(self, client: httpx.Client, name: str) -> None:
        for method, route in [
            ("GET", "/corpus"),
            ("POST", "/ask"),
            ("GET", "/articles/x"),
            ("GET", "/readyz"),
            ("GET", "/x"),
        ]:
            url = httpx.URL(client.base_url).copy_with(raw_path=f"/c/{name}{route}".encode())
            response = client.request(method, url)
            assert response.status_code == 404, response.text
            assert response.json()["type"] == "urn:problem-type:article-qa:corpus-not-found"
            assert response.json()["detail"].endswith("is served here; there is: kitchen, harbour, missing.")

    def test_the_page_that_says_so_leads_to_the_default_corpus(self, client: httpx.Client) -> None:
        page = client.get("/c/<b>/", headers=PAGE)
        assert page.status_code == 404
        assert "No corpus &#39;&lt;b&gt;&#39; is served here" in page.text
        assert links(page.text) == {"/", "/articles"}

    def test_one_that_is_not_built_does_not_hurt_the_others(self, client: httpx.Client) -> None:
        refused = client.get("/c/missing/readyz")
        assert refused.status_code == 503
        assert "`qa build --index missing` makes it" in refused.json()["detail"]
        assert "Nothing to ask yet" in client.get("/c/missing/").text
        assert client.get("/readyz").status_code == client.get("/c/harbour/readyz").status_code == 200

    def test_the_list_says_which_answer(self, client: httpx.Client) -> None:
        listed = client.get("/corpora").json()["corpora"]
        assert [(it["name"], it["path"], it["default"], it["ready"], it["articles"]) for it in listed] == [
            ("kitchen", "/c/kitchen", True, True, 1),
            ("harbour", "/c/harbour", False, True, 1),
            ("missing", "/c/missing", False, False, None),
        ]  # fmt: skip
        versions = [client.get(f"/c/{name}/corpus").json()["index_version"] for name in ("kitchen", "harbour")]
        assert [it["index_version"] for it in listed] == [*versions, None]
        assert client.get("/c/harbour/corpora").json() == client.get("/corpora").json()

    def test_one_that_is_damaged_or_comes_or_goes_does_not_hurt_the_others(
        self,
        live_server: Callable[[Settings], Any],
        corpora_settings: Settings,
        tmp_path: Path,
        build_index: Callable[..., Report],
    ) -> None:
        shutil.copytree(corpora_settings.indexes, tmp_path / "indexes")
        own = replace(corpora_settings, indexes=tmp_path / "indexes", index="harbour,kitchen")
        for part in (own.indexes / "harbour" / "versions").glob("*/lexical/*"):
            part.write_bytes(b"not what it was")
        server = live_server(own)
        ready = "/c/kitchen/readyz"
        server.until(lambda: httpx.get(f"{server.url}{ready}", timeout=60).status_code == 200)
        damaged = httpx.get(f"{server.url}/readyz", timeout=60)
        assert (damaged.status_code, damaged.json()["type"]) == (503, "urn:problem-type:article-qa:index-damaged")
        asked = {"question": BREAD_ASKED}
        assert "forty" in httpx.post(f"{server.url}/c/kitchen/ask", json=asked, timeout=60).json()["answer"]
        text = "Ferry\n\nRescuers brought 207 people ashore by noon, said Ines Holt."
        (tmp_path / "ferry.txt").write_text(text, encoding="utf-8")
        before = httpx.get(f"{server.url}/c/kitchen/corpus", timeout=60).json()["index_version"]
        shutil.rmtree(own.indexes / "harbour")
        build_index(replace(own, index="harbour"), tmp_path / "ferry.txt")
        server.until(lambda: httpx.get(f"{server.url}/readyz", timeout=60).status_code == 200)
        answer = httpx.post(f"{server.url}/ask", json={"question": FERRY_ASKED}, timeout=60).json()
        assert "207" in answer["answer"]
        assert httpx.get(f"{server.url}/c/kitchen/corpus", timeout=60).json()["index_version"] == before
        shutil.rmtree(own.indexes / "kitchen")
        server.until(lambda: httpx.get(f"{server.url}{ready}", timeout=60).status_code == 503)
        assert httpx.get(f"{server.url}/readyz", timeout=60).status_code == 200
        server.stop()

    def test_who_has_no_key_is_told_no_name(self, corpora_settings: Settings, tmp_path: Path) -> None:
        app = create_app(replace(corpora_settings, require_keys=True, keys=str(tmp_path / "keys.json")))

        async def asked(path: str) -> httpx.Response:
            transport = httpx.ASGITransport(app)
            async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
                return await client.get(path)

        for path in ("/corpora", "/c/nowhere/corpus", "/c/nowhere/", "/c/harbour/readyz", "/c/harbour"):
            response = asyncio.run(asked(path))
            assert response.status_code == 401, path
            assert "harbour" not in response.json()["detail"]
