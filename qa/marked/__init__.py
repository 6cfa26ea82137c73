"""An answer as one text with marks, [1], and what such a text says, read back.

For clients that show a text and nothing else: `marked` writes it, `unmarked` takes it for what was said when it
comes back in the history of a conversation.
"""

from qa.marked.reading import Said, unmarked
from qa.marked.writing import Marked, Piece, marked, opening, prose_piece

__all__ = ["Marked", "Piece", "Said", "marked", "opening", "prose_piece", "unmarked"]
