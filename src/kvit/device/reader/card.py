"""What is asked of a card on a PC/SC reader, and what its answers mean. Pure: commands out, answers in.

`read_card` is a generator of command APDUs; it is sent each answer (data and the two status bytes) and returns the
scan. First the number (PC/SC part 3, GET DATA ``FF CA 00 00 00``), then what is written, by the kind of card its ATR
tells:

* storage cards (the ATR has the RID A0 00 00 03 06): NFC Forum type 2, pages read with ``FF B0``; a MIFARE Classic
  keeps its blocks behind keys and gives its number alone;
* all others: NFC Forum type 4, the NDEF application selected by its name, as a phone's or a DESFire card's.

Four bytes beginning with 08 are a random number, new at each touch (ISO/IEC 14443-3); phones have them. That is nobody.
Left out: types 1, 3 and 5, protected data, writing.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import Final

from kvit.device.reader.model import Kind, Scan
from kvit.device.reader.ndef import MESSAGE_BYTES_MAX, written
from kvit.refusal import Refusal
from kvit.wire import WireError

Asking = Generator[bytes, bytes, "Scan | Refusal"]
Part = Generator[bytes, bytes, bytes]

GET_UID: Final = bytes.fromhex("FFCA000000")
STORAGE: Final = bytes.fromhex("A000000306")
CLASSIC: Final = frozenset((b"\x00\x01", b"\x00\x02", b"\x00\x26"))
"""Card names of PC/SC part 3: MIFARE Classic 1K, 4K, Mini."""
NDEF_APPLICATION: Final = bytes.fromhex("00A4040007D276000085010100")
CAPABILITIES: Final = bytes.fromhex("00A4000C02E103")
READ_CAPABILITIES: Final = bytes.fromhex("00B000000F")
PIECE_BYTES: Final = 0xF0
"""Of a type 4 file at a time, where the card does not ask for less."""
PAGE_BYTES, READ_BYTES = 4, 16
TYPE_2_MAGIC: Final = 0xE1
TLV_NULL, TLV_NDEF, TLV_END = 0x00, 0x03, 0xFE
UID_BYTES: Final = (4, 7, 10)
RANDOM: Final = 0x08
_WELL: Final = b"\x90\x00"


def read_card(atr: bytes) -> Asking:
    """Ask a card that was just laid on the reader, whose answer to reset is ``atr``; a `Refusal` where it tells nothing."""
    uid = yield from _ask(GET_UID)
    message = yield from (_type_2(atr) if STORAGE in atr else _type_4())
    try:
        found = written(message) if message else None
    except WireError:
        found = None  # a tag that was never written, or by a program in a hurry: its number is left
    if found is not None and found.text.strip():
        return Scan(found.text, Kind.NFC, found.kind)
    if len(uid) not in UID_BYTES:
        return Refusal("device.reading_card", {})
    if len(uid) == 4 and uid[0] == RANDOM:
        return Refusal("device.reading_random", {})
    return Scan(uid.hex().upper(), Kind.CARD, "uid")


def _ask(command: bytes) -> Part:
    """One question: the data of a good answer, nothing of another."""
    answer = yield command
    return answer[:-2] if answer[-2:] == _WELL else b""


def _type_2(atr: bytes) -> Part:
    at = atr.index(STORAGE) + len(STORAGE)
    if atr[at + 1 : at + 3] in CLASSIC:
        return b""
    head = yield from _pages(3)
    if len(head) < PAGE_BYTES or head[0] != TYPE_2_MAGIC:
        return b""
    size = min(head[2] * 8, MESSAGE_BYTES_MAX)
    data, page = head[PAGE_BYTES:READ_BYTES], 3 + READ_BYTES // PAGE_BYTES
    while (message := _ndef_of(data)) is None and len(data) < size:
        more = yield from _pages(page)
        if not more:
            break
        data += more[:READ_BYTES]
        page += READ_BYTES // PAGE_BYTES
    return message or b""


def _pages(page: int) -> Part:
    if page > 0xFF:
        return b""
    return (yield from _ask(bytes((0xFF, 0xB0, 0x00, page, READ_BYTES))))


def _ndef_of(data: bytes) -> bytes | None:
    """The message among the blocks of a type 2 tag: None while it has not come whole, empty where there is none."""
    at = 0
    while at < len(data):
        tag = data[at]
        if tag == TLV_END:
            return b""
        if tag == TLV_NULL:
            at += 1
            continue
        head = 4 if data[at + 1 : at + 2] == b"\xff" else 2
        if at + head > len(data):
            return None
        size = int.from_bytes(data[at + 2 : at + 4], "big") if head == 4 else data[at + 1]
        if tag == TLV_NDEF:
            return data[at + head : at + head + size] if at + head + size <= len(data) else None
        at += head + size
    return None


def _type_4() -> Part:
    if (yield NDEF_APPLICATION)[-2:] != _WELL or (yield CAPABILITIES)[-2:] != _WELL:
        return b""
    about = yield from _ask(READ_CAPABILITIES)
    if len(about) < 15 or about[7] != 0x04:  # the block that names the file
        return b""
    piece = min(int.from_bytes(about[3:5], "big") or PIECE_BYTES, PIECE_BYTES)
    most = min(int.from_bytes(about[11:13], "big"), MESSAGE_BYTES_MAX)
    if (yield bytes.fromhex("00A4000C02") + about[9:11])[-2:] != _WELL:
        return b""
    size = int.from_bytes((yield from _ask(bytes.fromhex("00B0000002"))), "big")
    message = b""
    while len(message) < min(size, most):
        at = 2 + len(message)
        more = yield from _ask(bytes((0x00, 0xB0, at >> 8, at & 0xFF, min(piece, size - len(message)))))
        if not more:
            break
        message += more
    return message[:size]
