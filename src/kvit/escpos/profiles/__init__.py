"""Printer profiles: what one model can do, as data. ``load("TM-T88V")`` gives a `Profile`, ``names()`` all names."""

from kvit.escpos.profiles.loader import UnknownProfileError, load, load_file, names, number_tables
from kvit.escpos.profiles.profile import Font, Multibyte, Profile

__all__ = ["Font", "Multibyte", "Profile", "UnknownProfileError", "load", "load_file", "names", "number_tables"]
