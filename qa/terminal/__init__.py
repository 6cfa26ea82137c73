"""What a person sees in the terminal: progress, reports, answers."""

from qa.terminal.answers import answer_lines
from qa.terminal.passages import findings_lines
from qa.terminal.progress import PlainProgress, progress
from qa.terminal.reports import holds, report_lines

__all__ = ["PlainProgress", "answer_lines", "findings_lines", "holds", "progress", "report_lines"]
