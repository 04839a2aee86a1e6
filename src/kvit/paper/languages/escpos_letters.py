"""Letters out: looks, code pages, two-byte mode, UTF-8, each said only when it changes.

*Pages.* A page stays as long as it has the letters, and which one it is, is chosen when it no longer has: all switches cost
three bytes, so going on as long as any page goes on is the best there is. So letters wait in their place in the output,
with the pages that have all of them, until that set would become empty; then the best known page of it is taken.

*Pairs.* Two-byte mode is entered and left (``FS &``, ``FS .``) only where letters need it; ASCII is read alike in both,
but for JIS, whose pairs are ASCII.

*UTF-8.* A head with the letters of Unicode is told to read UTF-8 before the first letter beyond ASCII, and told to leave it
at the end, for whoever prints next: ``GS ( E`` 03 00 06 03 n on Sunmi's, ``FS ( C`` fn 48 on Epson's.
"""

from __future__ import annotations

from functools import reduce
from operator import and_

from kvit.escpos.profiles import Profile
from kvit.escpos.repertoire import Repertoire, repertoire_of
from kvit.paper.sheet import Run, Style
from kvit.paper.typeset import clean_text, setter_of
from kvit.paper.width import clusters

FONTS = "ABCDE"
UTF8_SWITCHES = {"sunmi": (b"\x1d(E\x03\x00\x06\x03\x01", b"\x1d(E\x03\x00\x06\x03\x00")}
UTF8_SWITCH = b"\x1c(C\x02\x00\x30\x32", b"\x1c(C\x02\x00\x30\x31"
"""What enters UTF-8, what leaves it."""


class Letters:
    """What a head remembers of letters; ``out`` is where the bytes go."""

    def __init__(self, profile: Profile, out: list[bytes]) -> None:
        self.out = out
        self.repertoire: Repertoire = repertoire_of(profile)
        self.style: Style = setter_of(profile).plain_face.narrow
        self._switch = UTF8_SWITCHES.get(profile.dialect or "", UTF8_SWITCH)
        self._page = profile.code_page
        self._pairs_on = self.repertoire.pairs_on
        self._pairs_are_ascii = self.repertoire.system == "jis"
        self._pairs_underline = 0
        self._utf8 = False
        self._mask = self.repertoire.power_on_mask
        self._waiting: list[tuple[int, str]] = []
        """Where in ``out`` letters wait for the page that is to be chosen, and the letters."""

    def ascii(self, text: str) -> None:
        """Letters all ASCII, printable, of the look in force."""
        if self._pairs_underline:
            self.look(self.style, 0)
        if self._pairs_are_ascii and self._pairs_on:
            self._pairs(False)
        self.out.append(text.encode("ascii"))

    def write(self, run: Run) -> None:
        """Letters of a look other than the one in force, or not all ASCII."""
        text = run.text
        if text.isascii():
            if run.style is not self.style:
                self.look(run.style, 0)
            self.ascii(text if text.isprintable() else clean_text(text))
            return
        repertoire = self.repertoire
        if self._utf8 and run.style is self.style:
            self.out.append(text.encode())
            return
        wide = not repertoire.unicode and not repertoire.masks[text[0]]
        line = run.style.underline if wide else 0
        if run.style is not self.style or line != self._pairs_underline:
            self.look(run.style, line)
        if wide:
            self._pairs(True)
            self.out.append(repertoire.pairs(text))
        elif repertoire.unicode:
            if not self._utf8:
                self.out.append(self._switch[0])
                self._utf8 = True
            self.out.append(text.encode())
        else:
            if self._pairs_on:
                self._pairs(False)
            self._narrow(text)

    def end(self) -> None:
        """All has been written: choose the last page, leave UTF-8."""
        self._choose()
        if self._utf8:
            self.out.append(self._switch[1])

    def _narrow(self, text: str) -> None:
        """Letters from pages: they wait as long as one page has them all."""
        both = reduce(and_, map(self.repertoire.masks.__getitem__, text), self._mask)
        if both:
            self._mask = both
            self._waiting.append((len(self.out), text))
            self.out.append(b"")
            return
        part = ""
        for cluster in clusters(text):
            mask = self.repertoire.mask(cluster)
            if not self._mask & mask:
                self._wait(part)
                self._choose()
                part, self._mask = "", mask
            self._mask &= mask
            part += cluster
        self._wait(part)

    def _wait(self, part: str) -> None:
        if part:
            self._waiting.append((len(self.out), part))
            self.out.append(b"")

    def _choose(self) -> None:
        """Take the best known page that has all that waits, and put the bytes in their places."""
        if not self._waiting:
            return
        place = (self._mask & -self._mask).bit_length() - 1
        number = self.repertoire.pages[place][0]
        switch = b"\x1bt%c" % number if number != self._page else b""
        self._page = number
        for at, text in self._waiting:
            self.out[at] = switch + self.repertoire.single(text, place)
            switch = b""
        self._waiting.clear()

    def _pairs(self, on: bool) -> None:
        if on != self._pairs_on:
            self.out.append(b"\x1c&" if on else b"\x1c.")
            self._pairs_on = on

    def look(self, new: Style, pairs_underline: int) -> None:
        """Send what differs between the style in force and the new one; two-byte letters are underlined by ``FS -``."""
        old, out = self.style, self.out
        if old is not new:
            if old.font != new.font:
                out.append(b"\x1bM%c" % FONTS.index(new.font))
            if (old.width, old.height) != (new.width, new.height):
                out.append(b"\x1d!%c" % (new.width - 1 << 4 | new.height - 1))
            if old.bold != new.bold:
                out.append(b"\x1bE%c" % new.bold)
            if old.underline != new.underline:
                out.append(b"\x1b-%c" % new.underline)
            if old.invert != new.invert:
                out.append(b"\x1dB%c" % new.invert)
            if old.turned != new.turned:
                out.append(b"\x1bV%c" % new.turned)
            if old.italic != new.italic:
                out.append(b"\x1b4" if new.italic else b"\x1b5")
            if old.colour != new.colour:
                out.append(b"\x1br%c" % new.colour)
            self.style = new
        if pairs_underline != self._pairs_underline:
            out.append(b"\x1c-%c" % pairs_underline)
            self._pairs_underline = pairs_underline
