"""Letters as dots: two committed strikes and the page font. Read `glyph`."""

from kvit.paper.fonts.cell import glyph, known
from kvit.paper.fonts.strike import Bits, Strike

__all__ = ["Bits", "Strike", "glyph", "known"]
