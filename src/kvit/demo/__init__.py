"""A day in a small shop, for people who want to see Kvit work before any hardware is there."""

from kvit.demo.day import Printout, day

__all__ = ["Printout", "day"]
