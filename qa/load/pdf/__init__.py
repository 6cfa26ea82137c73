"""PDF to blocks: PDFium says which characters stand where, and the layout says which of them belong together.

glyphs -> words -> (running heads go, tables are told apart) -> columns -> paragraphs -> headings
"""

from qa.load.pdf.document import extract

__all__ = ["extract"]
