"""The table walked row by row: a new row is tested the day it is added."""

from __future__ import annotations

import pytest

from kvit.escpos import Encoder
from kvit.escpos.dialects import display_grammar, grammar, names
from kvit.escpos.form import Form, Node
from kvit.escpos.row import Row
from tests.escpos.feeding import every_way, parse, samples

DIALECTS = [None, *names()]

COMMON = frozenset(grammar(None).rows)

PROBES = [
    pytest.param(dialect, row, raw, id=f"{dialect or 'open'} {row.name} {raw[:8].hex()}")
    for dialect in DIALECTS
    for row, raw in samples(grammar(dialect))
    if dialect is None or row not in COMMON
]
"""Every row once: in the open table, or in the dialect that adds it."""


@pytest.mark.parametrize(("dialect", "row", "raw"), PROBES)
def test_every_command_is_framed_between_two_texts(dialect: str | None, row: Row, raw: bytes) -> None:
    before, after = (b"", b"") if dialect == "star-raster" else (b"AAA", b"" if row.ahead else b"CCC")
    if row.name == "ESC =" and row.layout:
        raw = raw[:-1] + b"\x01"
    commands = every_way(before + raw + after, dialect)
    own = [command for command in commands if command.name != "text"]
    assert own[0].name == row.name
    assert own[0].raw == raw[: len(raw) - len(bytes.fromhex(row.ahead))]
    assert b"".join(command.raw for command in commands if command.name == "text") == before + after
    assert "cut" not in own[0].fields


@pytest.mark.parametrize(("dialect", "row", "raw"), PROBES)
def test_the_encoder_writes_what_the_parser_read(dialect: str | None, row: Row, raw: bytes) -> None:
    if row.ahead:
        pytest.skip("another family's command, never written in this one")
    command = parse(raw, dialect=dialect)[0]
    assert Encoder(dialect).encode(command.name, **command.fields) == raw


@pytest.mark.parametrize(("dialect", "row", "raw"), PROBES)
def test_a_truncated_command_loses_no_byte(dialect: str | None, row: Row, raw: bytes) -> None:
    for length in range(1, min(len(raw), 24)):
        commands = every_way(raw[:length], dialect)
        assert commands


@pytest.mark.parametrize("prefix", [b"\x1b(", b"\x1c(", b"\x1d("])
@pytest.mark.parametrize("code", range(256))
def test_functions_are_framed_by_their_length_for_every_letter(prefix: bytes, code: int) -> None:
    raw = prefix + bytes((code, 5, 0)) + b"\x1b@\x10\x04\x01"
    commands = every_way(b"A" + raw + b"C")
    assert [command.raw for command in commands] == [b"A", raw, b"C"]
    assert commands[1].name.startswith(("ESC (", "FS (", "GS ("))


@pytest.mark.parametrize(("row", "raw"), [pytest.param(r, raw, id=raw.hex()) for r, raw in samples(display_grammar())])
def test_every_display_command_is_framed(row: Row, raw: bytes) -> None:
    if row.name == "ESC =" or raw[0] == 0x10:
        pytest.skip("the printer's own")
    commands = every_way(b"\x1b=\x02" + raw + b"TEXT" + b"\x1b=\x01" + b"paper")
    assert [command.name for command in commands] == ["ESC =", "display", "display", "ESC =", "text"]
    assert commands[1].raw == raw
    assert commands[1].fields["command"] == row.name


def test_bytes_nobody_knows_are_two_behind_a_prefix_and_one_elsewhere() -> None:
    for prefix in b"\x10\x1b\x1c\x1d":
        entry = grammar("epson").firsts[prefix]
        assert isinstance(entry, Node)
        assert entry.other.name == "unknown"
        assert entry.other.size == 2
    assert [c.name for c in every_way(b"A\x1b\x99B", "epson")] == ["text", "unknown", "text"]


def test_every_row_says_what_it_does_and_names_are_the_manuals() -> None:
    for dialect in DIALECTS:
        for row in grammar(dialect).rows:
            assert row.says, row
            assert row.name == row.name.strip()


def test_forms_of_fixed_size_need_no_look() -> None:
    def forms(entry: Form | None) -> list[Form]:
        if not isinstance(entry, Node):
            return [entry] if entry else []
        return [form for follower in entry.next.values() for form in forms(follower)] + [entry.other]

    kinds = {form.size > 0 for entry in grammar().firsts for form in forms(entry)}
    assert kinds == {True, False}
