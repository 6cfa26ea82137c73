"""What readers think of answers, to the file that is kept beside the index."""

from __future__ import annotations

from qa.errors import ArticleNotFoundError, BadFeedbackError
from qa.feedback import append, entry_of
from web.holder import PipelineHolder
from web.leases import Opened
from web.requests import CitedDocument, FeedbackRequest


def keep(holder: PipelineHolder, request: FeedbackRequest) -> str:
    """Append the feedback; return its id.

    Raises BadFeedbackError where it quotes the open version wrongly: then it is not about an answer of this service.
    """
    about = request.about
    with holder.lease() as opened:
        if about.index_version == opened.version:
            for cited in about.citations:
                _check(opened, cited)
    entry = entry_of(request.rating, request.note, **about.model_dump())
    append(holder.folder, entry)
    return entry.id


def _check(opened: Opened, cited: CitedDocument) -> None:
    try:
        text = opened.pipeline.article(cited.article_id).text
    except ArticleNotFoundError as error:
        raise BadFeedbackError(str(error)) from error
    if text[cited.start_char_index : cited.end_char_index] != cited.cited_text:
        raise BadFeedbackError(
            f"The article {cited.article_id[:80]!r} does not say so at {cited.start_char_index}; "
            "send the citations as /ask gave them."
        )
