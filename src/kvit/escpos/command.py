"""A command: one printer instruction as it stood on the wire.

The parser yields commands, the encoder makes their bytes; players, status engine and relay look at them.
Two laws hold for every parse: joining all ``raw`` gives the input back, and no input raises.

``name`` is the manual's spelling (``"ESC @"``, ``"GS v 0"``, ``"DLE EOT"``, ``"LF"``) or one of these:

* ``"text"``      printable bytes; neighbouring text commands count as one
* ``"payload"``   a further piece (64 KiB at fixed offsets) of the long payload begun by the command before it
* ``"display"``   bytes meant for a customer display (after ``ESC =`` selected one); ``fields["command"]`` is what they
  are to the display, ``"text"`` or the manual's name
* ``"unknown"``   bytes no table knows (``fields["reason"]`` is ``"unlisted"``), and what was left of a command cut short
  (``"truncated"``, with its name in ``fields["command"]``)

``fields`` are worked out only when asked for: the relay and the text renderer never pay for them.
"""

from __future__ import annotations

from collections.abc import Callable

import msgspec

FieldValue = int | str | bytes | list[int] | None
Fields = dict[str, FieldValue]


class Command(msgspec.Struct, frozen=True, gc=False):
    """One instruction: where it stood (bytes from the start of the stream), its bytes, its name."""

    offset: int
    raw: bytes
    name: str
    read: Callable[[bytes], Fields] | None = None
    """Takes ``raw`` apart into named operands; None where the bytes say it all."""

    @property
    def fields(self) -> Fields:
        """The operands by the manual's letters (``n``, ``m``, ``xL`` and ``xH`` joined as ``x`` …).

        ``cut`` is 1 in a command that ended before its time: a byte the bar code does not have, tab stops out of order,
        or the first piece of a long payload.
        """
        return {} if self.read is None else self.read(self.raw)

    @property
    def end(self) -> int:
        """The offset just behind the last byte."""
        return self.offset + len(self.raw)
