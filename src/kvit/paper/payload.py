"""Payload: what goes into the symbol of a document, checked more strictly than a head does.

What `kvit.paper.symbol.prepare` lets pass because heads do (an odd digit of ITF left out) is a fault here, as a wrong
symbol is worse than none. Check digits and guard letters that lack are added, those that stand are verified; code sets are
chosen, element strings put into the printer's writing.

Values of a fault: ``kind`` and, where they tell more, ``expected`` (the right check digit) and ``ai`` (the GS1 identifier
at fault).
"""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from kvit.paper import check, code128
from kvit.paper import symbol as symbols
from kvit.paper.document import Code
from kvit.paper.symbology import ADD_ONS, ELEMENTS, GTIN, KINDS, Kind


class Fault(msgspec.Struct, frozen=True):
    """Why there is no symbol: a code and its values."""

    code: str
    values: dict[str, int | str]


Checked = str | Fault
"""Data ready for the head, or what is wrong with them."""


def payload_of(block: Code, known: Kind) -> symbols.Prepared | Fault:
    """The bytes for the head and the letters for people: check digits, guards, code sets and FNC1 in their places."""
    kind = block.kind
    text = _TEXT[kind](block) if kind in _TEXT else block.data
    if isinstance(text, Fault):
        return text
    if not known.flat and kind not in GTIN and kind not in ELEMENTS:
        return symbols.Prepared(text.encode("utf-8"))
    if not text.isascii():
        return Fault("symbol.letters", {"kind": kind})
    data = text.encode("ascii")
    if kind == "code128":
        data = code128.braced(data)
    prepared = symbols.prepare(kind, data)
    if prepared.fault == "symbol.check_digit":
        return _wrong_digit(kind, text)
    return Fault(prepared.fault, {"kind": kind}) if prepared.fault else prepared


def _wrong_digit(kind: str, text: str) -> Fault:
    """A check digit that is wrong, with the right one."""
    number = text.partition("+")[0]
    body = number[:-1]
    if kind == "upce":
        body = number[:11] if len(number) >= 11 else check.expanded(number[1:7])
    return Fault("symbol.check_digit", {"kind": kind, "expected": check.mod10(body)})


def _plain_number(block: Code) -> Checked:
    """A number with its add-on behind ``+`` or a space."""
    return "+".join(block.data.split()) if " " in block.data else block.data


def _gtin(block: Code) -> Checked:
    """DataBar: the number alone, or as GS1 writes it."""
    return block.data.removeprefix("(01)")


def _itf(block: Code) -> Checked:
    """Pairs of digits, the last of them a check digit on wish."""
    digits = block.data
    if not (digits.isascii() and digits.isdigit()):
        return Fault("symbol.letters", {"kind": "itf"})
    if block.check == "add":
        digits += check.mod10(digits)
    if block.check == "verify" and check.mod10(digits[:-1]) != digits[-1]:
        return Fault("symbol.check_digit", {"kind": "itf", "expected": check.mod10(digits[:-1])})
    return digits if len(digits) % 2 == 0 else Fault("symbol.length", {"kind": "itf"})


def _code39(block: Code) -> Checked:
    letters = block.data.strip("*")
    if not letters or any(letter not in check.CODE39 for letter in letters):
        return Fault("symbol.letters", {"kind": "code39"})
    if block.check == "add":
        letters += check.mod43(letters)
    if block.check == "verify" and check.mod43(letters[:-1]) != letters[-1]:
        return Fault("symbol.check_digit", {"kind": "code39", "expected": check.mod43(letters[:-1])})
    return letters


def _codabar(block: Code) -> Checked:
    """Guard letters at both ends: A where there are none."""
    letters = block.data.upper()
    return letters if letters[0] in "ABCD" or letters[-1] in "ABCD" else f"A{letters}A"


def _elements(block: Code) -> Checked:
    """GS1 element strings as the printer's command has them."""
    return _elements_of(block.kind, block.data)


def _elements_of(kind: str, data: str) -> Checked:
    from kvit.paper import gs1

    read = gs1.read(data)
    if not read.fault:
        return gs1.command(read.found).decode("ascii")
    return Fault(read.fault, {"kind": kind, "ai": read.ai} if read.ai else {"kind": kind})


def _composite(block: Code) -> Checked:
    """Both parts, each checked as what it is."""
    below, bar, above = block.data.partition("|")
    if not bar:
        return Fault("symbol.length", {"kind": "composite"})
    linear = (
        payload_of(Code(block.linear, below), KINDS[block.linear])
        if below
        else Fault("symbol.empty", {"kind": block.linear})
    )
    upper = _elements_of("composite", above)
    if isinstance(linear, Fault):
        return linear
    return upper if isinstance(upper, Fault) else f"{linear.data.decode('ascii')}|{upper}"


def _maxicode(block: Code) -> Checked:
    """Modes 2 and 3 want what parcel carriers write."""
    if block.mode not in (2, 3):
        return block.data
    from kvit.paper import maxicode

    if maxicode.address_of(block.mode, block.data) is None:
        return Fault("symbol.letters", {"kind": "maxicode"})
    fits = maxicode.hexagons_of(block.mode, block.data) is not None
    return block.data if fits else Fault("symbol.too_long", {"kind": "maxicode"})


_TEXT: dict[str, Callable[[Code], Checked]] = {
    "itf": _itf, "code39": _code39, "codabar": _codabar, "composite": _composite, "maxicode": _maxicode,
    **dict.fromkeys(ADD_ONS, _plain_number), **dict.fromkeys(GTIN, _gtin), **dict.fromkeys(ELEMENTS, _elements),
}  # fmt: skip
