"""What the tools give, a module for what each is about. The descriptions are read by models; every text is bounded."""

from qa.mcp.results.answers import AskResult, CitationResult
from qa.mcp.results.articles import ArticleResult, ListResult
from qa.mcp.results.base import About, Result
from qa.mcp.results.passages import LONGEST_PASSAGE, PassageResult, SearchResult
from qa.mcp.results.status import SourceResult, StatusResult

__all__ = [
    "LONGEST_PASSAGE",
    "About",
    "ArticleResult",
    "AskResult",
    "CitationResult",
    "ListResult",
    "PassageResult",
    "Result",
    "SearchResult",
    "SourceResult",
    "StatusResult",
]
