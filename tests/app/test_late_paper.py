"""Paper printed after all: without what a till's bytes do beside printing; a line that is not there is said."""

from __future__ import annotations

from pathlib import Path

import pytest

from kvit.app.late_paper import paper_alone, print_late
from kvit.refusal import Refusal
from kvit.relay.settings import LineSettings

LINE = LineSettings("till-1", "tcp://127.0.0.1:0", "tcp://127.0.0.1:1", profile="TM-T88V")
PAPERS = [
    (b"\x1b@Latte\n\x1dVB\x00", b"\x1b@Latte\n\x1dVB\x00"),
    (b"\x1b@\x1bp\x002\xfaLatte\n\x1dVB\x00\x10\x14\x01\x00\x05", b"\x1b@Latte\n\x1dVB\x00"),
    (b"\x10\x04\x01Latte\n\x1dr\x01\x1dI\x43", b"Latte\n"),
    (b"\x1d(k\x03\x001Q0\x1b*\x00\x01\x00\xff\n", b"\x1d(k\x03\x001Q0\x1b*\x00\x01\x00\xff\n"),
]


@pytest.mark.parametrize(("raw", "paper"), PAPERS)
def test_the_drawer_stays_shut_and_nothing_is_asked(raw: bytes, paper: bytes) -> None:
    assert paper_alone(raw, "TM-T88V") == paper


async def test_no_line_no_paper(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    assert await print_late(tmp_path, LINE, b"Latte\n") == Refusal("counter.not_printed", {"line": "till-1"})
