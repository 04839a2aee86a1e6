"""The long counts, run short: that they count, compare and say so."""

from __future__ import annotations

import sys

import pytest

from tools.soak import Row, relay, table


def test_bytes_through_a_whole_shop() -> None:
    if sys.platform != "linux":
        pytest.skip("whole shops are run on Linux")
    row = relay(0.001, seed=3)
    assert row.result == "0 bytes changed, 0 uncaptured"
    assert row.count == "0.01 GB"


def test_the_table_has_seed_and_date() -> None:
    made = table([Row("kills", "5 kills", "nothing lost", 2.4)], 7)
    assert "| kills | 5 kills | nothing lost | 2 s |" in made
    assert "Seed 7, 20" in made
