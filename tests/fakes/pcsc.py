"""A PC/SC service in memory: readers that come and go, cards laid on and taken away."""

from __future__ import annotations

import errno
import threading
from typing import Protocol

from kvit.device.reader.sources.pcsc import STATE_CHANGED, STATE_PRESENT, STATE_UNAVAILABLE, Card, PcscError, State


class SaysAnything(Protocol):
    atr: bytes

    def answer(self, command: bytes) -> bytes: ...


class FakePcsc:
    """The service and its readers."""

    def __init__(self, *names: str) -> None:
        self.names = list(names)
        self.card: SaysAnything | None = None
        self.commands_left = 1 << 30
        """The card is taken away after so many commands."""
        self.connects = True
        self.closed = False
        self.waits = 0
        self._change = threading.Condition()

    def lay(self, card: SaysAnything | None) -> None:
        with self._change:
            self.card = card
            self._change.notify_all()

    def unplug(self) -> None:
        with self._change:
            self.names.clear()
            self._change.notify_all()

    def readers(self) -> list[str]:
        return list(self.names)

    def wait(self, reader: str, bits: int, wait_ms: int) -> State:
        with self._change:
            self.waits += 1
            self._change.wait_for(lambda: self._bits(reader) != bits, wait_ms / 1000)
            return State(self._bits(reader) & ~STATE_CHANGED, self.card.atr if self.card else b"")

    def connect(self, reader: str) -> Card:
        if self.card is None or not self.connects:
            raise PcscError(errno.EIO, "no card")
        return _Laid(self, self.card)

    def close(self) -> None:
        self.closed = True

    def _bits(self, reader: str) -> int:
        if reader not in self.names:
            return STATE_UNAVAILABLE
        return 0x10 if self.card is None else STATE_PRESENT


class _Laid:
    def __init__(self, service: FakePcsc, card: SaysAnything) -> None:
        self._service, self._card = service, card

    def transmit(self, command: bytes) -> bytes:
        self._service.commands_left -= 1
        if self._service.commands_left < 0 or self._service.card is not self._card:
            raise PcscError(errno.EIO, "the card is gone")
        return self._card.answer(command)

    def close(self) -> None:
        pass
