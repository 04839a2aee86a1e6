"""The dialect files: what they inherit, what they take the place of, what the same bytes mean in each."""

from __future__ import annotations

import pytest

from kvit.escpos.dialects import UnknownDialectError, grammar, names
from kvit.escpos.dialects.loader import notes, own_rows
from tests.escpos.feeding import every_way

SAME_BYTES = [
    ("1b45", {"epson": 3, "star": 2, "bematech": 2, "daruma": 2, "diebold": 2, "escp": 2}),
    ("1b64", {"epson": 3, "star": 3, "bematech": 3}),
    ("1b69", {"epson": 2, "star": 4}),
    ("1b53", {"epson": 2, "bematech": 3, "diebold": 3, "escp": 3}),
    ("1b57", {"epson": 10, "star": 3, "bematech": 3, "daruma": 3, "diebold": 3, "zkc": 3, "escp": 3}),
    ("1b4d", {"epson": 3, "star": 2, "escp": 2}),
    ("1b56", {"epson": 3, "bematech": 2, "diebold": 2}),
    ("1b76", {"epson": 2, "bematech": 3}),
    ("1b72", {"epson": 3, "diebold": 2}),
    ("1b3f", {"epson": 3, "diebold": 2}),
    ("1b24", {"epson": 4, "diebold": 3}),
    ("1b77", {"epson": 2, "daruma": 3, "diebold": 2}),
    ("1b43", {"epson": 3, "zkc": 5, "aclas": 5}),
    ("1b71", {"epson": 2, "aclas": 5}),
    ("1d70", {"epson": 4, "elgin": 8}),
    ("7f", {"epson": 4, "daruma": 1, "escp": 1}),
    ("1c", {"star": 1}),
]


@pytest.mark.parametrize(("start", "lengths"), SAME_BYTES)
def test_the_same_bytes_are_commands_of_different_length(start: str, lengths: dict[str, int]) -> None:
    for dialect, length in lengths.items():
        data = bytes.fromhex(start) + b"\x42" * (10 - len(start) // 2)
        first = every_way(data, dialect)[0]
        if start == "7f" and length > 1:
            assert first.name == "text"
        else:
            assert (dialect, len(first.raw)) == (dialect, length)


def test_every_dialect_says_whose_it_is_and_has_a_grammar() -> None:
    for name in names():
        assert name == "epson" or len(notes(name)) > 60
        assert grammar(name).name == name
    assert {"epson", "xprinter", "rongta", "sprt", "sunmi", "bixolon", "citizen", "star", "starprnt"} <= set(names())
    assert {"bematech", "daruma", "diebold", "elgin", "escp"} <= set(names())
    assert own_rows("epson") == ()


def test_an_unknown_dialect_is_named_with_the_known_ones() -> None:
    with pytest.raises(UnknownDialectError, match=r"'nec'.*bematech"):
        grammar("nec")


def test_a_grammar_is_built_once() -> None:
    assert grammar("star") is grammar("star")
    assert grammar("epson", 32) is not grammar("epson", 72)
