"""Rich Text Format to blocks.

tokens     bytes to control words, groups and characters
characters what a byte stands for, by font and code page; the words that stand for a character (of striprtf)
flow       paragraphs to blocks: headings, lists, rows of cells
groups     what holds within a group; `properties`: the words that say what a paragraph is
reader     tokens to flows: what is seen and what is not, where a note begins and ends
document   the whole: its flows in order, and what it says of itself
"""

from qa.load.rtf.document import extract

__all__ = ["extract"]
