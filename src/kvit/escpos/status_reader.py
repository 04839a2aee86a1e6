"""The reader of the back channel: bytes from a printer taken apart into answers.

Answers interleave: XON and XOFF (flow control) fall anywhere, even between the four bytes of an automatic status; an
automatic status or a realtime answer falls into a text block. The fixed bits (table in `kvit.escpos.status`) tell them
apart, with one rest: inside a text a byte that is a printable letter is taken for the text, so an automatic status that
begins with a letter's code (cover open or feeding: 30, 34, 38, 3C, 50 …) is recognised only between blocks. Real printers
do not break their blocks; relays merging two sources might.

Feed bytes in pieces of any size; the reader keeps what is incomplete. Whatever it can not place comes out as
``unknown``, byte for byte: joining ``raw`` of all answers gives every byte back.
"""

from __future__ import annotations

from collections import deque

import msgspec

from kvit.escpos.command import Command

XON, XOFF = 0x11, 0x13
ACK, NAK, CAN = 0x06, 0x15, 0x18
ASB_BYTES = 4

BLOCK_STARTS = frozenset({0x35, 0x37, 0x39, 0x3B, 0x53, 0x5F})
BLOCK_LIMIT = 512
"""Longest block collected before its bytes are given up as unknown: texts have 80, lists of keys some hundred."""

QUESTION_LIMIT = 64
"""Questions remembered: a printer that never answers must not cost memory."""

PRINTER_BITS = {2: "drawer_high", 3: "offline", 5: "waiting", 6: "feeding"}
OFFLINE_BITS = {2: "cover_open", 3: "feeding", 5: "paper_end", 6: "error"}
ERROR_BITS = {2: "mechanical_error", 3: "cutter_error", 5: "fatal_error", 6: "passing_error"}
ROLL_BITS = {2: "paper_near_end", 5: "paper_end"}
PAPER_BITS = {0: "paper_near_end", 2: "paper_end"}
DRAWER_BITS = {0: "drawer_high"}

REALTIME_BITS = {1: PRINTER_BITS, 2: OFFLINE_BITS, 3: ERROR_BITS, 4: ROLL_BITS}
"""What ``DLE EOT n`` means bit by bit."""

ASB_BITS = (
    {2: "drawer_high", 3: "offline", 5: "cover_open", 6: "feeding"},
    {0: "waiting", 2: "mechanical_error", 3: "cutter_error", 5: "fatal_error", 6: "passing_error"},
    PAPER_BITS,
)

BLOCK_KINDS = {
    b"\x37\x22": "process_id", b"\x37\x23": "offline", b"\x37\x25": "cleared", b"\x37\x36": "symbol_size",
    b"\x3b\x30": "power_off",
}  # fmt: skip


class Answer(msgspec.Struct, frozen=True):
    """One answer. ``kind`` is ``flow realtime asb byte block unknown``; ``offset`` where its first byte stood."""

    kind: str
    offset: int
    raw: bytes
    question: str = ""
    """The command it answers (``DLE EOT 4``), when the reader was told of it."""
    values: dict[str, bool] = {}
    """The state it tells, by the fields of `kvit.escpos.status.StatusModel`; empty when the question is not known."""
    text: str = ""
    """The text of a block, or which flow byte: ``XON``, ``XOFF``."""
    name: str = ""
    """What a block is: ``text process_id offline cleared symbol_size power_off`` or its header in hex."""


def flags(byte: int, bits: dict[int, str]) -> dict[str, bool]:
    """Read a byte by a table of its bits."""
    return {name: bool(byte >> bit & 1) for bit, name in bits.items()}


class StatusReader:
    """A small state machine: at most one block open, inside it at most one automatic status."""

    def __init__(self) -> None:
        self._offset = 0
        self._block = bytearray()
        self._block_at = 0
        self._asb = bytearray()
        self._asb_at = 0
        self._realtime: deque[int] = deque(maxlen=QUESTION_LIMIT)
        self._turn: deque[tuple[str, str]] = deque(maxlen=QUESTION_LIMIT)

    def asked(self, command: Command) -> None:
        """Tell of a question on its way to the printer, so that its answer gets a name and values."""
        number = command.fields.get("n", 0)
        number = number if isinstance(number, int) else 0
        if command.name == "DLE EOT":
            self._realtime.append(number)
        elif command.name in ("GS r", "GS I"):
            digit = number - 0x30 if 0x31 <= number <= 0x33 else number
            shape = "block" if command.name == "GS I" and digit > 3 else "byte"
            self._turn.append((shape, f"{command.name} {digit}"))
        elif command.name in ("ESC u", "ESC v"):
            self._turn.append(("byte", command.name))
        elif command.name == "GS g 2":
            self._turn.append(("block", command.name))

    def _answered(self, shape: str) -> str:
        """Take the next question that has an answer of this shape; those before it the printer left unanswered."""
        while self._turn:
            asked, question = self._turn.popleft()
            if asked == shape:
                return question
        return ""

    def feed(self, data: bytes) -> list[Answer]:
        """Take bytes as they come, give the answers complete by now."""
        made: list[Answer] = []
        for byte in data:
            self._take(byte, made)
            self._offset += 1
        return made

    def flush(self) -> list[Answer]:
        """Give up what is incomplete: the line is closed."""
        made: list[Answer] = []
        self._drop_asb(made)
        self._drop_block(made)
        return made

    def _take(self, byte: int, made: list[Answer]) -> None:
        if byte in (XON, XOFF):
            made.append(Answer("flow", self._offset, bytes((byte,)), text="XON" if byte == XON else "XOFF"))
        elif self._asb and not byte & 0x90:
            self._asb.append(byte)
            if len(self._asb) == ASB_BYTES:
                made.append(self._finish_asb())
        elif self._block and (byte == 0 or byte == 0x1F or byte >= 0x20):
            self._into_block(byte, made)
        elif byte & 0x93 == 0x12:
            made.append(self._finish_realtime(byte))
        elif byte & 0x93 == 0x10:
            self._drop_asb(made)
            self._asb.append(byte)
            self._asb_at = self._offset
        else:
            self._begin(byte, made)

    def _begin(self, byte: int, made: list[Answer]) -> None:
        """A byte that belongs to nothing open: a block, a one-byte answer, or nothing known."""
        self._drop_asb(made)
        if byte in BLOCK_STARTS:
            self._block.append(byte)
            self._block_at = self._offset
        elif not byte & 0x90 and not self._block:
            made.append(self._finish_byte(byte))
        else:
            made.append(Answer("unknown", self._offset, bytes((byte,))))

    def _into_block(self, byte: int, made: list[Answer]) -> None:
        self._block.append(byte)
        if byte == 0:
            made.append(self._finish_block())
        elif len(self._block) >= BLOCK_LIMIT:
            self._drop_block(made)

    def _finish_asb(self) -> Answer:
        raw = bytes(self._asb)
        self._asb.clear()
        values: dict[str, bool] = {}
        for byte, bits in zip(raw, ASB_BITS, strict=False):
            values |= flags(byte, bits)
        return Answer("asb", self._asb_at, raw, question="GS a", values=values)

    def _finish_realtime(self, byte: int) -> Answer:
        number = self._realtime.popleft() if self._realtime else 0
        question = f"DLE EOT {number}" if number else ""
        bits = REALTIME_BITS.get(number, {})
        return Answer("realtime", self._offset, bytes((byte,)), question=question, values=flags(byte, bits))

    def _finish_byte(self, byte: int) -> Answer:
        question = self._answered("byte")
        bits = {"GS r 1": PAPER_BITS, "ESC v": PAPER_BITS, "GS r 2": DRAWER_BITS, "ESC u": DRAWER_BITS}.get(
            question, {}
        )
        return Answer("byte", self._offset, bytes((byte,)), question=question, values=flags(byte, bits))

    def _finish_block(self) -> Answer:
        raw = bytes(self._block)
        self._block.clear()
        if raw[0] == 0x5F:
            question = self._answered("block")
            return Answer("block", self._block_at, raw, question, text=raw[1:-1].decode("latin-1"), name="text")
        name = BLOCK_KINDS.get(raw[:2], raw[:2].hex())
        return Answer("block", self._block_at, raw, text=raw[2:-1].decode("latin-1"), name=name)

    def _drop_asb(self, made: list[Answer]) -> None:
        if self._asb:
            made.append(Answer("unknown", self._asb_at, bytes(self._asb)))
            self._asb.clear()

    def _drop_block(self, made: list[Answer]) -> None:
        if self._block:
            made.append(Answer("unknown", self._block_at, bytes(self._block)))
            self._block.clear()
