"""Check digits: what stands at the end of a number so that a wrong one shows.

``mod10`` is that of EAN, UPC, ITF-14 and all GS1 keys (GS1 General Specifications, 7.9), ``mod43`` the wish of Code 39
(ISO/IEC 16388, annex A). UPC-E carries the digit of the UPC-A number it stands for, so squeezing and expanding are here.
Code 93's two and Code 128's one are no data and are made where the bars are made.
"""

from __future__ import annotations

CODE39 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-. $/+%"
"""The 43 letters of Code 39 in the order of their values."""


def mod10(digits: str) -> str:
    """The digit behind these digits: weights 3 and 1 from the right."""
    values = digits.encode("ascii")
    # Each byte is its digit and 48 more, thrice that in the odd places.
    odd, even = values[-1::-2], values[-2::-2]
    return str((48 * (3 * len(odd) + len(even)) - 3 * sum(odd) - sum(even)) % 10)


def mod43(letters: str) -> str:
    """The letter behind these Code 39 letters. Raises ValueError for a letter the code has not."""
    return CODE39[sum(map(CODE39.index, letters)) % 43]


def expanded(short: str) -> str:
    """The UPC-A number (without check digit) six UPC-E digits stand for."""
    a, b, c, d, e, last = list(short)
    if last in "012":
        return f"0{a}{b}{last}0000{c}{d}{e}"
    if last == "3":
        return f"0{a}{b}{c}00000{d}{e}"
    if last == "4":
        return f"0{a}{b}{c}{d}00000{e}"
    return f"0{a}{b}{c}{d}{e}0000{last}"


def squeezed(body: str) -> str:
    """The six digits of a UPC-A number (without check digit) that has zeros where UPC-E wants them; empty if it has not."""
    maker, item = body[1:6], body[6:11]
    if body[0] != "0":
        return ""
    if maker[2] in "012" and maker[3:] == "00" and item[:2] == "00":
        return maker[:2] + item[2:] + maker[2]
    if maker[3:] == "00" and item[:3] == "000":
        return maker[:3] + item[3:] + "3"
    if maker[4] == "0" and item[:4] == "0000":
        return maker[:4] + item[4] + "4"
    return maker + item[4] if item[:4] == "0000" and item[4] in "56789" else ""
