"""ESC/POS and its kin played as one very profile reads them: nothing learned, nothing guessed.

For looking at what Kvit itself wrote. A foreign till's stream goes through `kvit.paper.languages.stream`, which learns.
"""

from __future__ import annotations

from kvit.escpos import Parser, Profile
from kvit.paper.languages.escpos.player import Player
from kvit.paper.sheet import Sheet


def play(data: bytes, profile: Profile) -> Sheet:
    """The sheet those bytes print; nothing raises, whatever they are."""
    parser, player = Parser(profile), Player(profile)
    player.feed([*parser.feed(data), *parser.close()])
    return player.close()
