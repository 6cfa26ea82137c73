"""PDF to blocks: PDFium says which characters stand where, and the layout says which of them belong together.

sheet      a page as it was read: `glyphs`, its characters; `runs`, its words; `drawn`, lines and pictures
furniture  what runs from page to page goes
tables     cells in a grid of lines; `aligned`: cells in columns without lines
columns    the order in which a page is read; `lines`: what stands on one line
contents   entries of a table of contents go
paragraphs lines to paragraphs, over columns and pages; `breaks`: where one ends, `pitch`: by the usual distance
           of lines; `hyphens`: words that were cut
headings   by the outline, else by print
"""

from qa.load.pdf.document import extract

__all__ = ["extract"]
