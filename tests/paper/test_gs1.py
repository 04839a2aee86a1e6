"""GS1 element strings: three writings of one thing, and what is refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kvit.paper import gs1

GTIN = ("01", "09501101530003")
READ = [
    ("(01)09501101530003", (GTIN,)), ("(01)0950110153000", (GTIN,)), ("(10)AB(21)1", (("10", "AB"), ("21", "1"))),
    ("010950110153000310AB\x1d21XY", (GTIN, ("10", "AB"), ("21", "XY"))), ("{1(10)A{(1{)" [2:], (("10", "A(1)"),)),
    ("(10)AB{1(21)1", (("10", "AB"), ("21", "1"))), ("(3103)001234(11)261121", (("3103", "001234"), ("11", "261121"))),
    ("(00)00312345678900001", (("00", "003123456789000013"),)),
    ("(253)9501101530003abc", (("253", "9501101530003abc"),)),
    ("(7007)261121261122", (("7007", "261121261122"),)),
    ("(8006)095011015300030102", (("8006", "095011015300030102"),)),
    ("\x1d10A", (("10", "A"),)),
]  # fmt: skip


@pytest.mark.parametrize(("text", "elements"), READ)
def test_read(text: str, elements: tuple[gs1.Element, ...]) -> None:
    assert gs1.read(text) == gs1.Elements(elements)


REFUSED = [
    ("", "symbol.empty", ""), ("\x1d", "symbol.empty", ""), ("(01)09501101530004", "symbol.check_digit", "01"),
    ("(77)1", "symbol.elements", "77"),
    ("(11)261321", "symbol.elements", "11"), ("(10)" + "A" * 21, "symbol.elements", "10"),
    ("(10)a b", "symbol.letters", "10"),
    ("(01)095011015300ab", "symbol.letters", "01"), ("(3103)123", "symbol.elements", "3103"),
    ("(10)", "symbol.elements", "10"),
    ("(00)003123456789000014", "symbol.check_digit", "00"), ("(10)A)B", "symbol.elements", "10"),
    ("x", "symbol.elements", "x"),
    ("(253)9501101530004", "symbol.check_digit", "253"), ("0109501101530003(10)A", "symbol.elements", "(10)"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "fault", "ai"), REFUSED)
def test_refused(text: str, fault: str, ai: str) -> None:
    found = gs1.read(text)
    assert (found.found, found.fault, found.ai) == ((), fault, ai)


def test_fnc1_stands_only_where_a_length_is_open() -> None:
    elements = gs1.read("(10)A(01)09501101530003(21)1(3103)001234(30)5").found
    assert gs1.command(elements) == b"(10)A{1(01)09501101530003(21)1{1(3103)001234(30)5"


elements = st.lists(
    st.one_of(
        st.just(GTIN), st.tuples(st.sampled_from(["10", "21", "91"]), st.text("AB()*%/19", min_size=1, max_size=9)),
        st.tuples(st.just("30"), st.text("0123456789", min_size=1, max_size=8)), st.just(("17", "261121")),
    ), min_size=1, max_size=5,
).map(tuple)  # fmt: skip


@given(elements)
def test_the_command_is_read_back(wanted: tuple[gs1.Element, ...]) -> None:
    assert gs1.read(gs1.command(wanted).decode("ascii")).found == wanted


@given(elements)
def test_a_scanner_s_writing_is_read_back(wanted: tuple[gs1.Element, ...]) -> None:
    raw = "".join(ai + value + ("\x1d" if gs1.is_open(ai) else "") for ai, value in wanted)
    assert gs1.read(raw).found == wanted


@given(st.text(max_size=40))
def test_anything_is_read_or_refused(text: str) -> None:
    found = gs1.read(text)
    assert bool(found.found) != bool(found.fault)
