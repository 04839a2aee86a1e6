"""A row of the command table: what the manual calls it, how it begins, what follows, what it does."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """One command, or one function of a command that has many; rows of one name share it."""

    name: str
    """As the manual writes it: ``ESC @``, ``GS ( k``, ``DLE EOT``."""
    prefix: str
    """The bytes it begins with, in hex; the layout's leading fixed operands select further."""
    layout: str
    """The operands in the notation of `kvit.escpos.layout`."""
    says: str
    """What the device does, in a few words; private and doubtful commands say whose they are."""
    hint: str = ""
    """A dialect that these bytes give away, for a parser that was told none (`kvit.escpos.fingerprint`)."""
    ahead: str = ""
    """Bytes that must follow (hex) for this row to be the one meant; they are not part of the command."""
    then: str = ""
    """The dialect spoken from here on, whatever the parser was told: a mode with a language of its own."""

    @property
    def head(self) -> bytes:
        """The prefix as bytes."""
        return bytes.fromhex(self.prefix)
