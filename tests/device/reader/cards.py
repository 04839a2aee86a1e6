"""Cards in memory: what each kind answers to the commands of `kvit.device.reader.card`."""

from __future__ import annotations

WELL, NO_FILE, NO_INS, WRONG = b"\x90\x00", b"\x6a\x82", b"\x6d\x00", b"\x69\x82"
ATR_ULTRALIGHT = bytes.fromhex("3B8F8001804F0CA0000003060300030000000068")
ATR_CLASSIC = bytes.fromhex("3B8F8001804F0CA000000306030001000000006A")
ATR_14443_4 = bytes.fromhex("3B8180018080")


class MemoryCard:
    """A card: its ATR, its number, what is written on it."""

    def __init__(
        self, atr: bytes = ATR_14443_4, uid: bytes = bytes.fromhex("04A1B2C3D4E5F6"), ndef: bytes = b""
    ) -> None:
        self.atr, self.uid, self.ndef = atr, uid, ndef
        self.asked: list[bytes] = []
        self.gone_after = 1 << 30
        self._file = b""

    def answer(self, command: bytes) -> bytes:
        self.asked.append(command)
        if command[:2] == b"\xff\xca":
            return self.uid + WELL
        if command[:2] == b"\xff\xb0":
            return self._pages(command[3], command[4])
        if command[:2] == b"\x00\xa4":
            return self._select(command)
        if command[:2] == b"\x00\xb0":
            at, count = int.from_bytes(command[2:4], "big"), command[4]
            return self._file[at : at + count] + WELL
        return NO_INS

    def _pages(self, page: int, count: int) -> bytes:
        if self.atr == ATR_CLASSIC:
            return WRONG
        tlv = b"\x01\x03\xa0\x0c\x34" + type_2_block(self.ndef) + b"\xfe" if self.ndef else b"\xfe"
        memory = bytes(12) + bytes((0xE1, 0x10, 0x6D, 0x00)) + tlv
        memory += bytes(16 + 12 + 0x6D * 8 - len(memory))
        data = memory[page * 4 : page * 4 + count]
        return data + WELL if len(data) == count else WRONG

    def _select(self, command: bytes) -> bytes:
        if not self.ndef:
            return NO_FILE
        if command[2] == 4:
            return WELL if command[5:12] == bytes.fromhex("D2760000850101") else NO_FILE
        files = {
            b"\xe1\x03": bytes.fromhex("000F2000300034") + bytes.fromhex("0406E10420000000"),
            b"\xe1\x04": len(self.ndef).to_bytes(2, "big") + self.ndef,
        }
        self._file = files.get(command[5:7], b"")
        return WELL if self._file else NO_FILE


def type_2_block(ndef: bytes) -> bytes:
    if len(ndef) < 255:
        return bytes((3, len(ndef))) + ndef
    return b"\x03\xff" + len(ndef).to_bytes(2, "big") + ndef
