"""Digits of a number with the marks of a place, without a library's detour.

Babel writes a number in some 20 microseconds, by way of a pattern it reads anew each time; a receipt has forty of them.
Its words about a place (marks, groups) are asked for once and kept (`kvit.i18n.format.marks_of`); putting them between
digits is all that is done here. Tests hold this against Babel, number for number.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Marks:
    """What stands between digits: the point, the mark between groups, the digits of the last group and of the others."""

    point: str
    group: str
    last: int
    others: int
    minus: str


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands around a number: before and behind a positive one, before and behind a negative one."""

    before: str
    behind: str
    before_minus: str
    behind_minus: str


def grouped(digits: str, marks: Marks) -> str:
    """Whole digits with the mark between their groups."""
    if len(digits) <= marks.last or not marks.last:
        return digits
    groups = [digits[-marks.last :]]
    rest = digits[: -marks.last]
    while rest:
        groups.append(rest[-marks.others :])
        rest = rest[: -marks.others]
    return marks.group.join(reversed(groups))


def scaled(amount: int, digits: int, marks: Marks) -> str:
    """A whole number of the smallest unit with its point before the last ``digits``, without a sign."""
    text = str(abs(amount)).rjust(digits + 1, "0")
    if not digits:
        return grouped(text, marks)
    return f"{grouped(text[:-digits], marks)}{marks.point}{text[-digits:]}"


def framed(amount: int, digits: int, marks: Marks, frame: Frame) -> str:
    """The same inside its frame."""
    if amount < 0:
        return f"{frame.before_minus}{scaled(amount, digits, marks)}{frame.behind_minus}"
    return f"{frame.before}{scaled(amount, digits, marks)}{frame.behind}"
