"""Cuts, pulses, beeps, reset, macros, feeds and their budgets; nothing raises and nothing grows without bound."""

from __future__ import annotations

import re
import time
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kvit.escpos import Command, Parser
from kvit.paper import symbol
from kvit.paper.languages.escpos import Player, dialects, line, mechanism, play, state
from kvit.paper.render import text
from tests.paper.printing import PRINTER, places, printed, printer, problems, read

EVENTS = [
    (b"\x1dV\x00", "cut", {"full": 1}), (b"\x1dV\x01", "cut", {"full": 0}), (b"\x1dV\x30", "cut", {"full": 1}),
    (b"\x1dVA\x00", "cut", {"full": 1}), (b"\x1dVB\x00", "cut", {"full": 0}), (b"\x1bi", "cut", {"full": 0}),
    (b"\x1bm", "cut", {"full": 0}), (b"\x1bp\x00\x19\x32", "pulse", {"pin": 2, "on_ms": 50, "off_ms": 100}),
    (b"\x1bp\x31\x19\x32", "pulse", {"pin": 5, "on_ms": 50, "off_ms": 100}),
    (b"\x10\x14\x01\x01\x02", "pulse", {"pin": 5, "on_ms": 200, "off_ms": 200}),
    (b"\x1bB\x03\x02", "beep", {"times": 3}), (b"\x1b@", "reset", {}),
    (b"\x1b=\x02Total 5\x1b=\x01", "display", {"text": "Total 5"}),
]  # fmt: skip


@pytest.mark.parametrize(("data", "kind", "values"), EVENTS)
def test_events(data: bytes, kind: str, values: dict[str, int]) -> None:
    event = next(event for event in printed(b"a\n" + data).events if event.kind == kind)
    assert event.values == values
    assert event.y == 30


def test_cut_feeds_and_prints_what_is_open() -> None:
    sheet = printed(b"a\n\x1dVB\x64b\n")
    assert sheet.events[0].y == 130
    assert places(sheet) == [(0, 0, "a"), (0, 130, "b")]
    open_line = printed(b"a\x1dV\x00")
    assert (open_line.events[0].y, problems(open_line)) == (24, ["line.not_at_start"])


def test_display_text_is_not_on_the_paper() -> None:
    assert read(b"\x1b=\x02HIDDEN\x1b=\x01shown\n") == "shown\n"


def test_back_feed_stops_at_the_top() -> None:
    assert places(printed(b"\x1bK\x30a\n")) == [(0, 0, "a")]
    assert places(printed(b"\n\n\x1be\x01a\n")) == [(0, 30, "a")]


def test_go_to_line_start() -> None:
    assert places(printed(b"a\x1dT\x00b\n")) == [(0, 0, "b")]
    assert places(printed(b"a\x1dT\x01b\n")) == [(0, 0, "a"), (0, 30, "b")]


def test_cr_by_switch() -> None:
    by_switch = printer(quirks=frozenset({"cr_is_lf"}))
    assert places(printed(b"a\rb\r\nc\r", by_switch)) == [(0, 0, "a"), (0, 30, "b"), (0, 60, "c")]
    assert places(printed(b"a\rb\n")) == [(0, 0, "a"), (12, 0, "b")]


def test_macro() -> None:
    assert read(b"\x1d:ab\n\x1d:\x1d^\x02\x00\x00").split() == ["ab", "ab", "ab"]
    assert read(b"\x1d:ab\n\x1d:\x1b@\x1d^\x01\x00\x00").split() == ["ab", "ab"]


def test_macro_bomb() -> None:
    sheet = printed(b"\x1d:" + b"ab\n" * 600 + b"\x1d:" + b"\x1d^\xff\x00\x00" * 100)
    assert "macro.budget" in problems(sheet)
    assert len(sheet.boxes) < mechanism.MACRO_BUDGET_BYTES


def test_a_macro_does_not_run_itself() -> None:
    """A run asked for while recording ends the recording and clears it."""
    assert read(b"\x1d:a\n\x1d^\x05\x00\x00b\n\x1d^\x01\x00\x00").split() == ["a", "b"]


def test_feed_flood() -> None:
    sheet = printed(b"\x1bd\xff" * 500)
    assert sheet.height_dots == state.MAX_FEED_DOTS
    assert problems(sheet) == ["feed.budget"]
    again = printed(b"\x1bd\xff" * 5 + b"\x1dV\x00" + b"\x1bd\xff" * 2)
    assert again.height_dots > state.MAX_FEED_DOTS


def test_a_full_sheet_stops(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(line, "MAX_BOXES", 500)
    sheet = printed(b"a\n" * 5_000)
    assert len(sheet.boxes) <= 500 + 256
    assert "sheet.full" in problems(sheet)


def test_short_commands_are_told() -> None:
    commands = [Command(0, b"\x1ba", "ESC a"), Command(2, b"x\n", "text")]
    assert problems(play(commands, PRINTER)) == ["command.short"]


def test_unknown_is_kept_with_its_bytes() -> None:
    sheet = printed(b"\x1b\xaeabc\n")
    assert sheet.problems[0].code == "command.unknown"
    assert sheet.problems[0].values["hex"].startswith("1bae")  # type: ignore[union-attr]
    assert read(b"\x1b\xaeabc\n") == "abc\n"


def test_piece_by_piece_is_the_same() -> None:
    data = b"\x1b@\x1ba\x01Shop\n\x1ba\x00Item  1.00\n\x1dV\x00"
    parser, player = Parser(PRINTER), Player(PRINTER)
    for byte in data:
        player.feed(parser.feed(bytes([byte])))
    player.feed(parser.close())
    assert text.render(player.close()) == read(data)


ALPHABET = st.one_of(
    st.binary(max_size=40),
    st.sampled_from(
        [
            b"\x1b@", b"\x1bL", b"\x1bS", b"\x0c", b"\x1b\x0c", b"\n", b"\t", b"abc \xe9\x82\xa0", b"\x1d!\x77",
            b"\x1d!\x00",
            b"\x1bV\x01", b"\x1b{\x01", b"\x1ba\x01", b"\x1ba\x02", b"\x1c&", b"\x1c.", b"\x1bd\xff", b"\x1bJ\xff",
            b"\x1be\x02",
            b"\x1bT\x01", b"\x1bT\x03", b"\x1bW\x00\x00\x00\x00\x10\x00\x10\x00", b"\x1dP\x01\x01", b"\x1d:",
            b"\x1d^\xff\x00\x00",
            b"\x1dW\x00\x00", b"\x1dL\xff\xff", b"\x1b3\x00", b"\x1b \xff", b"\x1cS\xff\xff", b"\x1d(k\x04\x001P0a",
            b"\x1d(k\x03\x001Q0", b"\x1dk\x02590123412345\0", b"\x1dH\x03", b"\x1dv0\x03\x02\x00\x02\x00abcd",
            b"\x1b%\x01",
            b"\x1b&\x03\x61\x61\x01abc", b"\x1d/\x00", b"\x1cp\x01\x00", b"\x1dc", b"\x1dC0\x05\x02",
            b"\x1d(C\x01\x00\x00",
            b"\x1c(C\x02\x00\x30\x02", b"\x1b=\x02", b"\x1b=\x01", b"\x1b\x1dt\x01", b"\x1bj\x01", b"\x1d$\xff\x00",
            b"\x1d\\\x00\xff",
        ]
    ),
)  # fmt: skip


@settings(deadline=None, max_examples=300)
@given(st.lists(ALPHABET, max_size=60), st.sampled_from([None, *sorted(dialects.TABLES)]))
def test_nothing_raises(parts: list[bytes], dialect: str | None) -> None:
    profile = printer(dialect=None if dialect == "star-raster" else dialect)
    sheet = printed(b"".join(parts), profile)
    text.render(sheet)
    assert sheet.height_dots >= 0
    assert len(sheet.boxes) <= state.MAX_BOXES * 2


@settings(deadline=None, max_examples=100)
@given(st.lists(st.tuples(st.sampled_from(sorted(dialects.EPSON)), st.binary(max_size=12)), max_size=20))
def test_no_command_sequence_raises(commands: list[tuple[str, bytes]]) -> None:
    text.render(play([Command(0, raw, name) for name, raw in commands], PRINTER))


BOMBS = {
    "declared 4 GB": b"\x1d8L\xff\xff\xff\xff0p0\x01\x011\xff\xff\xff\xff" + b"\xff" * 1_000_000,
    "raster 4 GB": b"\x1dv0\x03\xff\xff\xff\xff" + b"\xff" * 1_000_000,
    "feeds": b"\x1bd\xff\x1dV\x00" * 100_000,
    "one letter a line": b"\x1dW\x00\x00\x1d!\x77" + b"x" * 500_000,
    "pages again and again": b"\x1bL" + b"abc\n" * 200 + b"\x1b\x0c" * 20_000,
    "macros": b"\x1d:" + b"x\n" * 1_000 + b"\x1d:" + b"\x1d^\xff\x00\x00" * 10_000,
    "control bytes": b"\x1b" * 500_000,
    "symbols": b"\x1d(k\x04\x001P0a" + b"\x1d(k\x03\x001Q0" * 50_000,
    "logos": b"\x1cp\x01\x00" * 100_000,
    "stored pictures": b"".join(b"\x1d(L\x10\x000C0" + bytes([65 + n % 60,
    65 + n // 60 % 60]) + b"\x01\x08\x00\x01\x001\xff" for n in range(5_000)),
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("name", BOMBS)
def test_bombs_are_bounded(name: str) -> None:
    parser = Parser(PRINTER)
    commands = parser.feed(BOMBS[name]) + parser.close()
    tracemalloc.start()
    began = time.process_time()
    text.render(play(commands, PRINTER))
    spent = time.process_time() - began
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 200_000_000
    assert spent < 60


def test_every_problem_has_a_line_in_the_docs() -> None:
    root = Path(__file__).resolve().parents[4]
    page = (root / "docs" / "protocols" / "sheet.md").read_text()
    told = set(re.findall(r"^\| `([a-z_]+\.[a-z_]+)` \|", page, re.MULTILINE))
    source = "".join(path.read_text() for path in (root / "src/kvit/paper/languages/escpos").glob("*.py"))
    used = set(re.findall(r'problem\(\s*"([a-z_]+\.[a-z_]+)"', source)) | {"command.short"} | set(symbol.FAULTS)
    assert used == told
