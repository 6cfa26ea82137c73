"""The corpora of the server as models: what a client may ask, by which name."""

from __future__ import annotations

from datetime import datetime

from qa.errors import CorpusNotFoundError
from web.corpora import Corpora
from web.dates import moment_of
from web.v1.schemas import CorpusFacts, Model

ALIAS = "article-qa"
"""Names the default corpus, for clients that are set up before it is known how the index is called."""


def corpus_named(model: str, corpora: Corpora) -> str:
    """Return the name of the corpus that a model stands for; raises CorpusNotFoundError."""
    if model in corpora.names:
        return model
    if model == ALIAS:
        return corpora.default
    raise CorpusNotFoundError(model, corpora.names)


def model_document(name: str, corpora: Corpora) -> Model:
    """Return a corpus as a model; never waits."""
    opened = corpora.holder(name).opened
    if opened is None:
        return Model(id=name, created=0)
    made, pipeline = moment_of(opened.version), opened.pipeline
    return Model(
        id=name,
        created=int(datetime.fromisoformat(made.iso).timestamp()) if made and made.iso else 0,
        article_qa=CorpusFacts(
            index_version=opened.version,
            articles=pipeline.index.manifest.recipe.articles,
            searches=list(pipeline.searches),
            encoder=pipeline.encoder.name if pipeline.encoder and pipeline.index.dense else None,
        ),
    )
