"""OFFLINE: from a folder of articles to a published index version.

load -> clean -> chunk -> (words are published) -> embed -> (words and vectors are published)
"""

from qa.build.composer import build
from qa.build.report import Report, report_document
from qa.build.sources import source_changes
from qa.build.survey import Changes

__all__ = ["Changes", "Report", "build", "report_document", "source_changes"]
