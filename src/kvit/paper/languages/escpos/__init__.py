"""ESC/POS and its dialects played onto a sheet: ``play(commands, profile)``, or a `Player` fed piece by piece."""

from kvit.paper.languages.escpos.player import Player, play

__all__ = ["Player", "play"]
