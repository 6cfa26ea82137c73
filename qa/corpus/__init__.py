"""The Python API: an index that is open, to be asked, searched and read.

    from qa import Corpus

    with Corpus.open("news") as corpus:
        answer = corpus.ask("Who condemned the missile launch?")
        for citation in answer.citations:
            print(citation.cited_text, citation.document_title)

The command line and the MCP server stand on the same methods.
"""

from qa.corpus.keywords import Day
from qa.corpus.opened import Corpus
from qa.corpus.status import CorpusStatus

__all__ = ["Corpus", "CorpusStatus", "Day"]
