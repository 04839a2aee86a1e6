"""A whole stream at once: bytes to commands to a sheet, what the profile leaves open learned on the way.

Learning looks at all letters of the printout before the first one is placed, so the first line is as right as the last.
"""

from __future__ import annotations

import msgspec

from kvit.escpos import Command, Parser, Profile
from kvit.escpos.learn import is_open, learn
from kvit.paper.languages.escpos import Player
from kvit.paper.logo import Logos
from kvit.paper.sheet import Sheet


class Played(msgspec.Struct, frozen=True):
    """What became of a stream."""

    commands: list[Command]
    sheet: Sheet
    profile: Profile
    """The profile in force: the given one, its open places filled."""
    dialect: str


def parse(data: bytes, profile: Profile) -> tuple[list[Command], str]:
    """Return (commands, the dialect the bytes were read in)."""
    parser = Parser(profile)
    return [*parser.feed(data), *parser.close()], parser.dialect


def play_stream(data: bytes, profile: Profile, logos: Logos | None = None) -> Played:
    """Parse and play ``data``; nothing raises, whatever the bytes."""
    commands, dialect = parse(data, profile)
    if is_open(profile):
        profile = learn(profile, commands)
    player = Player(profile, logos)
    player.feed(commands)
    return Played(commands, player.close(), profile, dialect)
