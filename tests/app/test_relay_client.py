"""The relay as the windows see it."""

from __future__ import annotations

from typing import Any

import pytest

from kvit.app.relay_client import _line

STATES: dict[str, tuple[dict[str, Any], str]] = {
    "connected": ({"printer": "up"}, "ready"),
    "nobody printed yet": ({"printer": "down"}, "ready"),
    "busy": ({"printer": "up", "queued_bytes": 5}, "busy"),
    "away": ({"printer": "dialling", "reason": "refused"}, "waiting"),
    "paper out, by its own word": ({"printer": "up", "trouble": ["paper_end", "paper_near_end"]}, "waiting"),
    "paper soon out": ({"printer": "up", "trouble": ["paper_near_end"]}, "ready"),
    "port taken": ({"printer": "up", "problem": "relay.till_side"}, "down"),
}


@pytest.mark.parametrize("case", STATES)
def test_a_lines_state(case: str) -> None:
    said, state = STATES[case]
    line = _line({"name": "till1", **said})
    assert line.state == state
    assert line.trouble == tuple(said.get("trouble", ()))
