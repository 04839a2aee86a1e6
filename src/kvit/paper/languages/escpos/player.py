"""The player: commands in, a sheet out.

``play`` is the whole of it for a stream at hand; ``Player`` is the same, fed piece by piece, for a live view. What each
command does stands in the files beside this one, in tables keyed by the command's name; here they are walked. Nothing
raises: a command cut short or out of range leaves a ``Problem`` on the sheet, and play stops where the sheet is full.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

from kvit.escpos.command import Command
from kvit.escpos.learn import is_open, learn
from kvit.escpos.profiles import Profile, load
from kvit.paper.language import language_of
from kvit.paper.languages.escpos import picture, star_raster
from kvit.paper.languages.escpos.dialects import verbs_of
from kvit.paper.languages.escpos.line import end_line, is_full
from kvit.paper.languages.escpos.machine import machine_of
from kvit.paper.languages.escpos.page import settle_open_page
from kvit.paper.languages.escpos.state import Printer
from kvit.paper.logo import Logos
from kvit.paper.sheet import Run, Sheet

BATCH = 256
"""Commands played between two looks at the sheet's limits."""
SHORT = "command.short"


class Player:
    """Plays commands onto one sheet as they come."""

    def __init__(self, profile: Profile | None = None, logos: Logos | None = None) -> None:
        self._printer = Printer(machine_of(profile), verbs_of(profile), logos)
        self._last = Command(0, b"", "LF")

    @property
    def sheet(self) -> Sheet:
        """The sheet so far; the open line stands on it where it would be printed now."""
        return self._printer.sheet

    def feed(self, commands: Iterable[Command]) -> None:
        """Play some commands; the sheet grows until it is full."""
        printer = self._printer
        coming = iter(commands)
        while batch := list(islice(coming, BATCH)):
            if is_full(printer):
                self._refuse(batch[0])
                return
            _play(printer, batch)
            self._last = batch[-1]

    def close(self) -> Sheet:
        """Put what is still on the open line or page down, and hand the sheet over."""
        printer, end = self._printer, Command(self._last.end, b"", "end")
        picture.release(printer)
        star_raster.flush(printer, end)
        settle_open_page(printer, end)
        if not printer.at_line_start:
            end_line(printer, 0, end)
        printer.sheet.height_dots = printer.y
        printer.sheet.language = language_of([box.text for box in printer.sheet.boxes if type(box) is Run])
        return printer.sheet

    def _refuse(self, command: Command) -> None:
        problems = self._printer.sheet.problems
        if not problems or problems[-1].code != "sheet.full":
            self._printer.problem("sheet.full", command)


def _play(printer: Printer, commands: list[Command]) -> None:
    for command in commands:
        verb = printer.verbs.get(command.name)
        if verb is None:
            printer.problem("command.unplayed", command, name=command.name)
            continue
        try:
            verb(printer, command)
        except IndexError:
            printer.problem(SHORT, command, name=command.name)


def play(commands: Iterable[Command], profile: Profile | None = None, logos: Logos | None = None) -> Sheet:
    """Play a stream of commands as the profile's printer would; ``logos`` knows pictures stored in printers.

    Where the profile leaves code pages or two-byte system open, the letters of this very stream tell them first
    (`kvit.escpos.learn`); a stream of plain ASCII needs no telling.
    """
    known = profile if profile is not None else load()
    stream = commands if isinstance(commands, list) else list(commands)
    if is_open(known) and any(each.name == "text" and not each.raw.isascii() for each in stream):
        known = learn(known, stream)
    player = Player(known, logos)
    player.feed(stream)
    return player.close()
