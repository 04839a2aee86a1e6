"""Motion units: how far a head can be told to move.

Operands of ``ESC $``, ``ESC J`` and the like are units of ``GS P`` (1/x and 1/y inch), while everything here is dots. A
head whose units are coarser than its dots (TM-U220: 144 to the inch, 160 dots) can not stand at every dot, so whoever lays
out asks ``reach`` first and gets the next place the head can stand at.
"""

from __future__ import annotations

from math import gcd

import msgspec

from kvit.escpos.profiles import Profile


class Motion(msgspec.Struct, frozen=True):
    """One axis: dots to the inch and units to the inch."""

    dpi: int
    per_inch: int

    def units(self, dots: int) -> int:
        """The fewest units that move by at least ``dots`` dots."""
        return -(-dots * self.per_inch // self.dpi)

    def dots(self, units: int) -> int:
        """How far so many units move, as heads round: down."""
        return units * self.dpi // self.per_inch

    def whole(self, units: int) -> int:
        """The most units up to so many that end exactly on a dot, so that moves add up."""
        step = self.per_inch // gcd(self.per_inch, self.dpi)
        return max(units // step, 1) * step

    def reach(self, dots: int) -> int:
        """The nearest place at or behind ``dots`` that a number of units ends at."""
        return self.dots(self.units(dots))


def across(profile: Profile) -> Motion:
    """Motion along the line."""
    return Motion(profile.dpi, profile.motion_x or profile.dpi)


def down(profile: Profile) -> Motion:
    """Motion along the roll."""
    return Motion(profile.dpi, profile.motion_y or profile.dpi)
