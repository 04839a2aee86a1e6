"""A long command on its way through the parser: cut into pieces at fixed offsets, never held whole.

Two sorts take this way: commands whose declared payload is longer than `PIECE`, and chained commands (user glyphs, stored
pictures), whose length shows only as they come. For both there is a number of bytes *known* to belong to the command, and
a number already handed on. A piece goes out as soon as all its bytes are there and it is certain that it is no shorter: so
where pieces end depends on the command alone, not on how the bytes arrived.
"""

from __future__ import annotations

from kvit.escpos.form import Form
from kvit.escpos.shapes import Chain

PIECE = 65536
"""Longest payload that comes whole. A page-wide logo has 40,000 bytes, so receipts are hardly ever cut; and 1,000 printers
that declare 4 GB each cost 64 MB."""


class LongCommand:
    """A command longer than one piece, or of unknown length, on its way through."""

    __slots__ = ("chain", "cut", "form", "gone", "known", "look")

    def __init__(self, form: Form, known: int, chain: Chain | None = None) -> None:
        self.form = form
        self.known = known
        """How many bytes are known to belong to the command."""
        self.chain = chain
        """What finds out about more; None when all is known."""
        self.look = 0
        """How many bytes the chain wants to see next."""
        self.gone = 0
        """How many bytes have been handed on."""
        self.cut = form.head + PIECE
        """Where the next piece ends."""
        if chain is not None:
            self.ask(None)

    def ask(self, answer: bytes | None) -> None:
        """Go on with the chain until it wants to see bytes or ends."""
        assert self.chain is not None
        try:
            wish = next(self.chain) if answer is None else self.chain.send(answer)
            while wish <= 0:
                self.known -= wish
                wish = next(self.chain)
            self.look = wish
        except StopIteration:
            self.chain, self.look = None, 0

    def learn(self, data: bytes, start: int, end: int) -> None:
        """Let the chain look at what has come; ``start`` is where the command's first byte (would) lie in ``data``."""
        while self.chain is not None and start + self.known + self.look <= end:
            place = start + self.known
            self.known += self.look
            self.ask(data[place : place + self.look])
