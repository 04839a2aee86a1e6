"""The relay as the windows see it: questions to the line process through its control socket.

The socket is asked in a thread, so that a line process that hangs never holds up a page.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from kvit.refusal import Refusal
from kvit.relay.control import ask
from kvit.web.context import LineState, PairState

ABSENT = "web.relay_absent"
Splice = tuple[int, bytes]
"""Bytes to be printed before a byte of the printout."""


class Held(NamedTuple):
    """A paper a line holds."""

    line: str
    offset: int
    since_ms: int
    closed: bool
    """The printout is whole; else the till still prints."""


class RelayClient:
    """``RelayControl`` over the control socket of the line process in ``run``."""

    def __init__(self, run: Path) -> None:
        self._run = run

    async def _ask(self, **question: Any) -> dict[str, Any] | None:
        try:
            return await asyncio.to_thread(ask, self._run, question)
        except (OSError, ValueError):
            return None

    async def lines(self) -> Sequence[LineState]:
        """Give the lines; none while the line process is away."""
        answer = await self._ask(do="state")
        return [_line(line) for line in (answer or {}).get("lines", [])]

    async def pairs(self) -> Sequence[PairState]:
        """Give the virtual pairs."""
        answer = await self._ask(do="state")
        return [_pair(pair) for pair in (answer or {}).get("pairs", [])]

    async def create_pair(self, name: str) -> PairState | Refusal:
        """Make a pair."""
        return _paired(await self._ask(do="pair", name=name), name)

    async def test_pair(self, name: str) -> PairState | Refusal:
        """Send bytes through a pair, both ways."""
        return _paired(await self._ask(do="test", name=name), name)

    async def remove_pair(self, name: str) -> str | Refusal:
        """Remove a pair; give its name."""
        answer = _paired(await self._ask(do="unpair", name=name), name)
        return answer if isinstance(answer, Refusal) else name

    async def attend(
        self, lines: Sequence[str], lease_s: float, again: Mapping[str, bytes] | None = None
    ) -> list[Held] | None:
        """Say that receipts of these lines are decided about for so long; give the papers held, None where no line runs.

        ``again``: by line, what it is to print above a paper that may be a repetition (`kvit.app.again`).
        """
        said = {"again": {name: data.hex() for name, data in again.items()}} if again else {}
        answer = await self._ask(do="attend", lines=list(lines), lease_s=lease_s, **said)
        return None if answer is None or not answer.get("ok") else [_held(each) for each in answer.get("held", [])]

    async def route(
        self, line: str, offset: int, *, paper: bool, splices: Sequence[Splice] = (), size_bytes: int | None = None
    ) -> str:
        """Tell a line what becomes of a held paper: empty when it does so, else the code of its refusal.

        ``size_bytes``: how long it is for us; a line for which it is another one lets it out and refuses.
        """
        told = [{"at": at, "hex": data.hex()} for at, data in splices]
        size = {} if size_bytes is None else {"bytes": size_bytes}
        answer = await self._ask(do="route", line=line, offset=offset, paper=paper, splices=told, **size)
        if answer is None:
            return ABSENT
        return "" if answer.get("ok") else str(answer.get("code", "relay.control"))


def _held(said: dict[str, Any]) -> Held:
    return Held(str(said["line"]), int(said["offset"]), int(said.get("since_ms", 0)), bool(said.get("closed", True)))


def _paired(answer: dict[str, Any] | None, name: str) -> PairState | Refusal:
    if answer is None:
        return Refusal("web.relay_absent")
    if not answer.get("ok"):
        return Refusal(str(answer.get("code", "relay.control")), dict(answer.get("values", {})))
    return _pair({"name": name, **answer})


def _pair(said: dict[str, Any]) -> PairState:
    return PairState(
        str(said["name"]), str(said.get("path", "")), str(said.get("device", "")), str(said.get("state", "ready"))
    )


def _line(said: dict[str, Any]) -> LineState:
    return LineState(
        name=str(said["name"]),
        till=str(said["name"]),
        source=str(said.get("till", "")),
        target=str(said.get("printer_address", "")),
        state=_state(said),
        waiting_bytes=int(said.get("queued_bytes", 0)),
        printed_bytes=int(said.get("till_bytes", 0)),
        trouble=tuple(map(str, said.get("trouble", ()))),
    )


PRINTS_ON = frozenset({"paper_near_end"})
"""Trouble in which a printer prints."""
_LINK_STATES = {"up": "ready", "closing": "ready", "dialling": "waiting", "away": "waiting"}


def _state(said: dict[str, Any]) -> str:
    """A printer nobody has printed to yet is not connected, and that is no fault."""
    if "problem" in said:
        return "down"
    if set(said.get("trouble", ())) - PRINTS_ON:
        return "waiting"
    link = str(said.get("printer", "down"))
    if link == "down":
        return "waiting" if said.get("reason") else "ready"
    return "busy" if link == "up" and said.get("queued_bytes") else _LINK_STATES.get(link, "waiting")
