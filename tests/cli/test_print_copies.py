"""``kvit print --copies N --wait``: one copy after the other, and where one is not out the rest is taken back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from kvit.app import control
from tests.cli.running import kvit

STATES = {
    "all are out": (["printed", "sent", "printed"], 3, 3, []),
    "the second is not confirmed": (["printed", "confirming", "queued"], 5, 2, ["c"]),
    "nobody knows of the first": (["unknown", "queued", "queued"], 4, 1, ["b", "c"]),
}


@pytest.mark.parametrize("case", sorted(STATES))
def test_copies_stop_at_the_first_that_is_not_out(case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    states, exit_code, asked_for, cancelled = STATES[case]
    waited: list[float] = []
    taken_back: list[str] = []

    def ask(folder: Path, verb: str, **values: Any) -> dict[str, Any]:
        if verb == "print":
            return {"jobs": [{"id": each, "printer": "front"} for each in "abc"], "fresh": True}
        if verb == "job":
            waited.append(values["wait_s"])
            state = states["abc".index(values["id"])]
            return {"id": values["id"], "printer": "front", "state": state, "evidence": "A", "reason": ""}
        if verb == "job_cancel":
            taken_back.append(values["id"])
            return {}
        return {"asked": 3, "printed": 1, "state": "confirming", "error": "unconfirmed"}

    monkeypatch.setattr(control, "ask", ask)
    file = tmp_path / "a.txt"
    file.write_text("Hello\n")
    done = kvit("print", file, "--copies", "3", "--wait")
    assert done.exit_code == exit_code, done.stderr
    assert waited == [15.0] * asked_for
    assert taken_back == cancelled
    assert "3 asked, 1 printed" in done.stdout
