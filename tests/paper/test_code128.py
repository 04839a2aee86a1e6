"""Code 128: the code sets of senders as a head reads them, and no shorter symbol than ours."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kvit.paper import code128
from kvit.paper.code128 import F1

SETS = [
    (b"{BAB", [104, 33, 34]), (b"{AAB", [103, 33, 34]), (b"{C\x0c\x22", [105, 12, 34]), (b"{C1234", [105, 12, 34]),
    (b"{C123", [105, 49, 50, 51]), (b"{BA{Sb", None), (b"{BA{C12{BZ", [104, 33, 99, 12, 100, 58]), (b"{B{{", [104, 91]),
    (b"{B{1A", [104, 102, 33]), (b"{AA{Sa", [103, 33, 98, 65]), (b"{B{2{3A", [104, 97, 96, 33]),
    (b"{C{1\x05", [105, 102, 5]),
    (b"{B{4A", [104, 100, 33]), (b"{A{4A", [103, 101, 33]),
]  # fmt: skip


@pytest.mark.parametrize(("data", "values"), SETS)
def test_code_sets(data: bytes, values: list[int] | None) -> None:
    built = code128.build(data)
    if values is None:
        assert built.fault == "symbol.letters"
        return
    assert list(built.values[:-1]) == values
    assert built.values[-1] == (values[0] + sum(place * value for place, value in enumerate(values))) % 103
    assert sum(code128.bars(built.values)) == built.modules


REFUSED = [
    (b"12", "symbol.code_set"), (b"{Q12", "symbol.code_set"), (b"{C\x70", "symbol.letters"), (b"{C{2", "symbol.letters"),
    (b"{Ba{", "symbol.letters"), (b"{B\x01", "symbol.letters"), (b"{B", "symbol.empty"),
    (b"{B" + b"x" * 300, "symbol.too_long"),
]  # fmt: skip


@pytest.mark.parametrize(("data", "fault"), REFUSED)
def test_faults(data: bytes, fault: str) -> None:
    assert code128.build(data).fault == fault


def fewest(items: tuple[int, ...]) -> int:
    """Symbol characters, start included, found by trying every way."""
    cost: dict[tuple[int, str], int] = {(0, name): 1 for name in "ABC"}
    for at in range(len(items)):
        here = {name: cost[at, name] for name in "ABC" if (at, name) in cost}
        if not here:
            continue
        best = min(here.values())
        for name in "ABC":
            paid = min(here.get(name, best + 1), best + 1)
            for step, more in ways(items, at, name):
                place = (at + step, name)
                cost[place] = min(cost.get(place, 999), paid + more)
    return min(paid for (at, _), paid in cost.items() if at == len(items))


def ways(items: tuple[int, ...], at: int, name: str) -> list[tuple[int, int]]:
    """How many items can be said next in a set, and with how many characters."""
    item = items[at]
    if item == F1:
        return [(1, 1)]
    if name == "C":
        pair = items[at : at + 2]
        return [(2, 1)] if len(pair) == 2 and all(0x30 <= each <= 0x39 for each in pair) else []
    return [(1, 1 if (item < 96 if name == "A" else item >= 32) else 2)]


@settings(max_examples=300)
@given(st.lists(st.sampled_from([0x30, 0x31, 0x39, 0x35, 0x41, 0x61, 0x01, F1]), min_size=1, max_size=14).map(tuple))
def test_no_symbol_is_shorter(items: tuple[int, ...]) -> None:
    assert len(code128.shortest(items)) == fewest(items)


@given(st.binary(min_size=1, max_size=30).map(lambda data: bytes(byte & 0x7F for byte in data)))
def test_what_is_written_with_orders_is_read_back(data: bytes) -> None:
    written, plain = code128.build(code128.braced(data)), code128.build_automatic(data)
    assert written.letters == plain.letters
    assert written.modules >= plain.modules


def test_pairs_that_look_like_ascii_digits_are_not_written_as_pairs() -> None:
    assert code128.braced(b"50575052") == b"{B50575052"
    assert code128.braced(b"505750") == b"{C\x32\x39\x32"


GS1 = [
    (b"(01)09501101530003", [105, 102, 1, 9, 50, 11, 1, 53, 0, 3], "(01)09501101530003"),
    (b"(10)A{1(21)12", [105, 102, 10, 100, 33, 102, 99, 21, 12], "(10)A (21)12"),
    (b"{1(10)A{(B{)", None, " (10)A(B)"),
]  # fmt: skip


@pytest.mark.parametrize(("data", "values", "letters"), GS1)
def test_gs1(data: bytes, values: list[int] | None, letters: str) -> None:
    built = code128.build_gs1(data)
    assert built.letters == letters
    if values is not None:
        assert list(built.values[:-1]) == values


@pytest.mark.parametrize(
    ("data", "fault"), [(b"(10)A{", "symbol.letters"), (b"()", "symbol.empty"), (b"\xff", "symbol.letters")]
)
def test_gs1_faults(data: bytes, fault: str) -> None:
    assert code128.build_gs1(data).fault == fault
