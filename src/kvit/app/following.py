"""Following: the shop's ends of the lines' captures, one follower a line; a reload adds and drops followers."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

from kvit.app.digest import UNKNOWN_PROFILE
from kvit.app.intake import Intake, NotYet
from kvit.app.log import Log
from kvit.relay import follow as captures
from kvit.relay.settings import LineSettings

FOLLOW_AGAIN_S = 1.0
"""Before a capture that could not be read is tried again."""

_EVENTS = {
    NotYet: "",
    captures.StrayPosition: "line.read_anew",
    captures.UnsavedPosition: "line.position_not_saved",
}
"""What the log calls a problem of following; anything else kept a receipt from being stored, and it is tried again."""


class Following:
    """Follows the captures of all lines under a data folder until closed."""

    def __init__(self, folder: Path, intake: Intake, log: Log) -> None:
        self._folder = folder
        self._intake = intake
        self._log = log
        self._wake: captures.Wake | None = None
        self._tasks: dict[str, tuple[LineSettings, asyncio.Task[None]]] = {}

    async def set_lines(self, lines: Sequence[LineSettings]) -> None:
        """Follow these lines: new ones are begun, changed ones begun anew, missing ones left."""
        if self._wake is None:
            self._wake = captures.Wake(_made(self._folder / "run"))
        wanted = {line.name: line for line in lines}
        for name in [name for name, (line, _) in self._tasks.items() if wanted.get(name) != line]:
            await _ended(self._tasks.pop(name)[1])
        for name, line in wanted.items():
            if name not in self._tasks:
                self._tasks[name] = (line, asyncio.create_task(self._follow(line, self._wake)))

    async def close(self) -> None:
        """Stop; what is in flight is told again at the next start."""
        for _, task in self._tasks.values():
            await _ended(task)
        self._tasks.clear()
        if self._wake is not None:
            self._wake.close()

    async def _follow(self, line: LineSettings, wake: captures.Wake) -> None:
        """Follow one line for ever: a capture that can not be read now (a disk in trouble) is tried again."""
        while True:
            try:
                await captures.follow(
                    _made(self._folder / "capture" / line.name),
                    line.name,
                    lambda found: self._intake.take(found, line),
                    amend=lambda tail: self._intake.amend(tail, line),
                    profile=line.profile or UNKNOWN_PROFILE,
                    wake=wake,
                    problem=self._problem,
                )
            except Exception as error:
                self._log("line.not_followed", {"line": line.name, "error": f"{type(error).__name__}: {error}"})
                await asyncio.sleep(FOLLOW_AGAIN_S)

    def _problem(self, line: str, error: Exception) -> None:
        event = _EVENTS.get(type(error), "receipt.not_stored")
        if event:
            self._log(event, {"line": line, "error": f"{type(error).__name__}: {error}"})


def _made(folder: Path) -> Path:
    """The line process makes its folders; should the shop be first, it does."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


async def _ended(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
