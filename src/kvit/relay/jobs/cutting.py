"""A till's bytes cut into printouts that stand for themselves, and its questions in their place between them. Pure.

The boundary is the relay's (`kvit.relay.boundary`), so a job is what a receipt is there. A job must print the same wherever
and whenever it is printed: it begins with the settings that were in force (code page, size …), and questions are taken
out of it, because their answers would come to whoever prints it, not to this till. What the boundary calls the tail of a
printout (the drawer's pulse behind the cut) goes with it when it came in the same read, else as a job of its own, so that
a drawer opens when the cashier waits for it.

Questions of the moment (`kvit.escpos.status.REALTIME`) are given as they come. Those in turn are given behind all that
stands before them, and what stands before them is ended there: an answer in turn says of the bytes before it that they
are safe.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from kvit.escpos import Command, Profile
from kvit.escpos.status import REALTIME
from kvit.relay.boundary import Amended, Boundary, Event
from kvit.relay.reading import PRINTOUT_BYTES_MAX, PRINTOUT_COMMANDS_MAX
from kvit.relay.tap import QUESTIONS, SETTINGS, Tap

ANSWERED: Final = QUESTIONS | {"GS a", "GS ( H", "GS j", "GS ( C", "DLE ENQ", "ESC c 3"}
"""Commands a printer answers, or that make it speak: none of them is part of a job."""
_SILENT: Final = SETTINGS | {"ESC @"}
"""A run of nothing but these prints nothing and leaves nothing in the printer that outlives the next job's beginning."""
COMMAND_BYTES: Final = 128
"""What a command takes in memory besides its bytes."""


@dataclass(frozen=True, slots=True)
class Printout:
    """Bytes to be printed."""

    raw: bytes
    tail: bool = False
    """It belongs behind the printout before it."""


@dataclass(frozen=True, slots=True)
class Question:
    """A command to be answered, when all printouts given before it are safe."""

    command: Command


@dataclass(frozen=True, slots=True)
class Now:
    """A question of the moment."""

    command: Command


Found = Printout | Question | Now


class Cutter:
    """One connection's bytes. Times are seconds of one monotonic clock."""

    def __init__(self, profile: Profile | None = None) -> None:
        self._tap = Tap(profile)
        self._boundary = Boundary()
        self._kept: list[Command] = []
        """Since the printout in progress began."""
        self._kept_bytes = 0
        self._setting = b""

    @property
    def deadline_s(self) -> float | None:
        """When `tick` should be called, should nothing come before."""
        return self._boundary.deadline_s

    @property
    def held_bytes(self) -> int:
        """What is held of a printout that is not whole yet, in memory."""
        return self._kept_bytes + self._tap.pending + COMMAND_BYTES * len(self._kept)

    @property
    def open(self) -> bool:
        """True while something has come that is no whole printout yet."""
        return bool(self._kept) or bool(self._tap.pending)

    def till(self, data: bytes, now_s: float) -> list[Found]:
        """Bytes of the till."""
        found = self._walk(self._tap.till(data), now_s)
        if self._tap.pending:
            self._boundary.heard(now_s)
        return _joined(found)

    def tick(self, now_s: float) -> list[Found]:
        """Nothing has come until ``now_s``."""
        deadline_s = self._boundary.deadline_s
        if deadline_s is None or now_s < deadline_s:
            return []
        found = self._walk(self._tap.starved(), now_s) if self._tap.pending else []
        return _joined(found + self._events(self._boundary.tick(now_s)))

    def end(self, now_s: float) -> list[Found]:
        """The till sends no more."""
        found = self._walk(self._tap.starved(), now_s) if self._tap.pending else []
        return _joined(found + self._close(now_s))

    def _walk(self, commands: list[Command], now_s: float) -> list[Found]:
        found: list[Found] = []
        for command in commands:
            if command.name in REALTIME and command.name in ANSWERED:
                found.append(Now(command))
            elif command.name in ANSWERED:
                found += [*self._close(now_s), Question(command)]
            else:
                found += self._take(command, now_s)
        return found

    def _take(self, command: Command, now_s: float) -> list[Found]:
        boundary, tap = self._boundary, self._tap
        before = tap.setting
        self._kept.append(command)
        self._kept_bytes += len(command.raw)
        found = self._events(boundary.command(command, tap.dialect, now_s))
        if boundary.start == command.offset:
            self._setting = before
        elif found and boundary.start is not None:
            self._setting = b""  # it begins with the ESC @ before this command
        tap.follow(command)
        if boundary.start is None:
            self._forget(command.end)
        elif self._kept_bytes > PRINTOUT_BYTES_MAX or len(self._kept) > PRINTOUT_COMMANDS_MAX:
            found += self._events(boundary.close(now_s, "size"))
        return found

    def _close(self, now_s: float) -> list[Found]:
        """End what is in progress, also where nothing in it was worth a printout: its settings stay in force."""
        found = self._events(self._boundary.close(now_s))
        self._kept.clear()
        self._kept_bytes = 0
        return found

    def _events(self, events: list[Event]) -> list[Found]:
        found: list[Found] = []
        for event in events:
            tail = isinstance(event, Amended)
            start = event.at if isinstance(event, Amended) else event.start
            commands = [each for each in self._kept if start <= each.offset < event.end]
            self._forget(event.end)
            if any(each.name not in _SILENT for each in commands):
                raw = b"".join(each.raw for each in commands)
                found.append(Printout(raw if tail else self._setting + raw, tail))
        return found

    def _forget(self, end: int) -> None:
        self._kept = [each for each in self._kept if each.offset >= end]
        self._kept_bytes = sum(len(each.raw) for each in self._kept)


def _joined(found: list[Found]) -> list[Found]:
    """A tail together with its printout, where nothing stands between them."""
    joined: list[Found] = []
    for each in found:
        before = joined[-1] if joined else None
        if isinstance(each, Printout) and each.tail and isinstance(before, Printout):
            joined[-1] = Printout(before.raw + each.raw, before.tail)
        else:
            joined.append(each)
    return joined
