"""The whole service on a million passages: opening, memory, and what a question costs beside the models.

    python -m benchmarks.million [--passages 1000000] [--cache FOLDER]

The passages are those of `benchmarks.passages`, twenty to an article; the vectors are those of `benchmarks.vectors`:
real embeddings of some ten thousand passages, perturbed. The index is an ordinary published version, made once and
kept in the cache. Opening and memory are measured in a process of their own that loads no models. What `/ask` costs
beside the models is what a client waits for a real server, less the time spent inside the models.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from benchmarks.passages import passages, questions
from benchmarks.results import Row, report
from benchmarks.vectors import copies, real_passages
from qa.catalogue import write_catalogue
from qa.config import Settings
from qa.dense import DenseIndex
from qa.embed import load_encoder
from qa.index import building, index_folder, open_current, publish
from qa.lexical import TOKENIZER, LexicalIndex, Text
from qa.manifest import EncoderRecord, Recipe
from qa.records import Article, Chunk, Span
from qa.store import StoreWriter

INDEX = "million"
_PER_ARTICLE = 20
_SEARCHES = 200
_ASKED = 60
_REAL = 10_000
_COSINE = 0.9
_SENTENCE = re.compile(r"\S.*?(?:[.!?](?= )|$)")


def main() -> None:
    """Make the index where it is not there yet, then measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--passages", type=int, default=1_000_000)
    parser.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir()) / "article-qa-benchmark")
    parser.add_argument("--probe", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    settings = Settings.from_env(indexes=given.cache / "indexes", index=f"{INDEX}-{given.passages}")
    if given.probe:
        print(json.dumps(_probe(settings, given.probe)))
        return
    make(settings, given.passages, given.cache)
    rows = [*_opened(settings), *_asked(settings)]
    report("million", rows, ["faiss-cpu", "numpy"])


def make(settings: Settings, count: int, cache: Path) -> None:
    """Publish an index of `count` passages with perturbed vectors, unless it is there."""
    folder = index_folder(settings.indexes, settings.index)
    if (folder / "current").exists():
        return
    encoder = load_encoder(settings.encoder, settings.models)
    with building(folder) as staging:
        version = staging / "version"
        for part in ("store", "sources", "lexical", "dense"):
            (version / part).mkdir(parents=True)
        with StoreWriter(staging) as writer, _said("store"):
            for article, chunks in _articles(count):
                searched = [article.text[chunk.span.start : chunk.span.end] for chunk in chunks]
                writer.add(article, article.id.encode(), chunks, searched)
            stored = writer.finish(version / "store")
        write_catalogue(version / "sources", [], [])
        with _said("words"):
            LexicalIndex.write(version / "lexical", map(Text, passages(count)))
        with _said("vectors"):
            kind = DenseIndex.write(version / "dense", copies(cache, real_passages(cache, _REAL), count, _COSINE))
        recipe = Recipe(
            sources=(),
            articles=stored.articles,
            chunks=stored.chunks,
            left_out=0,
            corpus=stored.digest,
            reading="",
            tokenizer=TOKENIZER,
            encoder=EncoderRecord(encoder.name, encoder.fingerprint, encoder.dimension),
            dense=kind,
            models={},
        )
        publish(folder, version, recipe, keep=1)


@contextmanager
def _said(part: str) -> Iterator[None]:
    """Tell how long a part of the index takes to make."""
    started = time.perf_counter()
    yield
    print(f"  made the {part} in {time.perf_counter() - started:.0f} s", flush=True)


def _articles(count: int) -> Iterator[tuple[Article, list[Chunk]]]:
    """Yield articles of twenty passages each; their ids sort in the order of the passages."""
    texts: list[str] = []
    for number, text in enumerate(passages(count)):
        texts.append(text)
        if len(texts) == _PER_ARTICLE or number == count - 1:
            yield _article(f"{number:09}", texts)
            texts = []


def _article(identity: str, texts: list[str]) -> tuple[Article, list[Chunk]]:
    article = Article(id=identity, title=texts[0][:60], text="\n\n".join(texts), origin=f"{identity}.txt")
    chunks, start = [], 0
    for number, text in enumerate(texts):
        sentences = tuple(Span(start + found.start(), start + found.end()) for found in _SENTENCE.finditer(text))
        span = Span(start, start + len(text))
        chunks.append(Chunk(f"{identity}:{number}", identity, span, article.title, sentences))
        start = span.end + 2
    return article, chunks


def _opened(settings: Settings) -> list[Row]:
    """Measure opening and memory, in processes of their own; the median of five."""
    encoder = load_encoder(settings.encoder, settings.models)
    asked = questions(_SEARCHES)
    with tempfile.TemporaryDirectory() as folder:
        np.save(Path(folder) / "vectors.npy", np.stack([encoder.encode_query(question) for question in asked]))
        (Path(folder) / "questions.json").write_text(json.dumps(asked), encoding="utf-8")
        command = [sys.executable, "-m", "benchmarks.million", "--probe", folder]
        command += ["--passages", settings.index.rpartition("-")[2], "--cache", str(settings.indexes.parent)]
        probes = [
            json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout) for _ in range(5)
        ]

    def middle(name: str) -> float:
        return float(median(probe[name] for probe in probes))

    return [
        Row(
            "open, first answer to a search by words and vectors", middle("first"), "s", note="files in the page cache"
        ),
        Row("  of it: open", middle("open"), "s"),
        Row(
            "resident memory after 200 searches, all of the process",
            middle("resident") / 1e9,
            "GB",
            note="with mapped pages",
        ),
        Row("  of it: there before the index was opened", middle("before") / 1e9, "GB"),
        Row("search by words and vectors and fetch, p50", middle("search") * 1000, "ms"),
        Row("size on disk", middle("disk") / 1e9, "GB"),
    ]


def _probe(settings: Settings, folder: Path) -> dict[str, float]:
    """Open the index and search it, once and then two hundred times; times in seconds, memory in bytes."""
    import_module("faiss")  # what is loaded anyway is no part of opening
    vectors = np.load(folder / "vectors.npy")
    asked = json.loads((folder / "questions.json").read_text(encoding="utf-8"))
    of = dict(zip(asked, vectors, strict=True))
    before, started = _resident(), time.perf_counter()
    index = open_current(index_folder(settings.indexes, settings.index), of.__getitem__)
    opened = time.perf_counter()
    taken = []
    for question in asked:
        at = time.perf_counter()
        hits = [*index.lexical.search(question, 50)[:5], *(index.dense.search(question, 50) if index.dense else [])[:5]]
        index.store.chunks([hit.row for hit in hits])
        taken.append(time.perf_counter() - at)
    return {
        "open": opened - started,
        "first": opened - started + taken[0],
        "search": median(taken),
        "before": before,
        "resident": _resident(),
        "disk": index.manifest.size,
    }


def _resident() -> int:
    """Return the resident memory of this process in bytes, mapped files included."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    found = re.search(r"VmRSS:\s+(\d+) kB", status)
    return int(found[1]) * 1024 if found else 0


def _asked(settings: Settings) -> list[Row]:
    """Ask a real server, and take what the models took from what the client waited for."""
    import httpx
    import uvicorn

    from web.app import create_app
    from web.server import listening

    app = create_app(settings)
    listener = listening("127.0.0.1", 0)
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False))
    thread = threading.Thread(target=server.run, args=([listener],))
    thread.start()
    waited, models = [], []
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{listener.getsockname()[1]}", timeout=60) as client:
            while client.get("/readyz").status_code != httpx.codes.OK:
                time.sleep(0.2)
            _until_quiet(app.state.corpora.holder())
            spent = _watch_models(app.state.corpora.holder())
            for question in questions(_ASKED):
                spent.clear()
                started = time.perf_counter()
                client.post("/ask", json={"question": question}).raise_for_status()
                waited.append(time.perf_counter() - started)
                models.append(sum(spent))
    finally:
        server.should_exit = True
        thread.join()
        listener.close()
    beside = sorted(whole - inside for whole, inside in zip(waited, models, strict=True))
    return [
        Row("/ask beside the models, p50", median(beside) * 1000, "ms"),
        Row("/ask beside the models, p95", beside[int(len(beside) * 0.95)] * 1000, "ms"),
        Row("/ask in all, p50", median(waited) * 1000, "ms"),
    ]


def _until_quiet(holder: Any) -> None:
    """Wait until what a server does in the background after opening is done: suggestions, and reading every byte."""
    with holder.lease() as opened:
        while opened.suggestions is None or any(thread.name == "verify" for thread in threading.enumerate()):
            time.sleep(0.2)


def _watch_models(holder: Any) -> list[float]:
    """Have every run of a model add its seconds to the list that is returned."""
    spent: list[float] = []

    def timed(run: Callable[..., Any]) -> Callable[..., Any]:
        def watched(*given: Any) -> Any:
            started = time.perf_counter()
            try:
                return run(*given)
            finally:
                spent.append(time.perf_counter() - started)

        return watched

    with holder.lease() as opened:
        encoder, reranker = opened.pipeline.encoder, opened.pipeline.reranker
        encoder.encode_query, reranker.score = timed(encoder.encode_query), timed(reranker.score)
    return spent


if __name__ == "__main__":
    main()
