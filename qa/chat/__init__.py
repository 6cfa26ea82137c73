"""A question that depends on what was said before it, made to stand alone; no language model."""

from qa.chat.standing import standalone

__all__ = ["standalone"]
