"""The tap: a till's and a printer's bytes turned into commands and answers. Pure; its clock is whoever calls `starved`.

It keeps what a printout needs that begins in the middle of a stream: the settings in force (code page, fonts, sizes,
spacing since the last ``ESC @``), because many tills set them once in the morning.
"""

from __future__ import annotations

from typing import Final

from kvit.escpos import Command, Parser, Profile
from kvit.escpos.status import Answer, StatusReader

QUESTIONS: Final = frozenset({"DLE EOT", "GS r", "GS I", "ESC u", "ESC v", "GS g 2"})

_LASTING: Final = {
    "ESC": "SP ! - 2 3 = D E G M R V W a h r t {",
    "FS": "! & . C S W -",
    "GS": "! B H L P W b f h w",
}
SETTINGS: Final = frozenset(f"{lead} {word}" for lead, words in _LASTING.items() for word in words.split()) | {
    "FS ( A",
    "ESC GS t",
}
"""Commands whose effect lasts beyond a printout. ``ESC !`` and its parts write the same bits: the order is kept."""
SETTING_BYTES_MAX: Final = 64
"""Longer settings (``ESC D`` has at most 32 tabs) are damaged."""
SAID_BYTES_MAX: Final = 128
"""What a printer says in one go: the longest text it answers with has 80 letters, an automatic status four bytes."""


class Tap:
    """One connection's two directions."""

    def __init__(self, profile: Profile | str | None = None, setting: bytes = b"") -> None:
        """Take the printer's profile, and the settings in force where the stream is entered."""
        self._parser = Parser(profile)
        self._reader = StatusReader()
        self._setting: dict[str, bytes] = {}
        self._skip = len(setting)
        for command in self._parser.feed(setting):
            self.follow(command)

    @property
    def dialect(self) -> str:
        """The dialect in force."""
        return self._parser.dialect

    @property
    def pending(self) -> int:
        """How many bytes wait for the rest of their command."""
        return self._parser.pending

    @property
    def setting(self) -> bytes:
        """The settings in force, as the commands that made them, oldest first."""
        return b"".join(self._setting.values())

    def till(self, data: bytes) -> list[Command]:
        """Bytes of the till: the commands they complete, offsets counted from the first byte of the stream."""
        return self._told(self._parser.feed(data))

    def starved(self) -> list[Command]:
        """The rest of a command does not come: what it was."""
        return self._told(self._parser.starved())

    def printer(self, data: bytes) -> list[Answer]:
        """Bytes of the printer: the answers they complete. Of one that talks on and on (an echo) the beginning is heard."""
        if len(data) <= SAID_BYTES_MAX:
            return self._reader.feed(data)
        return self._reader.feed(data[:SAID_BYTES_MAX]) + self._reader.flush()

    def _told(self, commands: list[Command]) -> list[Command]:
        for command in commands:
            if command.name in QUESTIONS:
                self._reader.asked(command)
        if not self._skip:
            return commands
        skip = self._skip
        return [Command(command.offset - skip, command.raw, command.name, command.read) for command in commands]

    def follow(self, command: Command) -> None:
        """Keep a command's setting. Called by whoever walks the commands, so that `setting` is of the moment before."""
        name = command.name
        if name == "ESC @":
            self._setting.clear()
        elif name in SETTINGS and len(command.raw) <= SETTING_BYTES_MAX:
            self._setting.pop(name, None)
            self._setting[name] = command.raw
