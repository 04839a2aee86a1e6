"""A card for vpcd, the virtual reader of vsmartcard: two bytes of length before each message, both ways, over TCP.

One byte is for the reader (0 off, 1 on, 2 reset, 4 the answer to reset is asked for), more is a command of a program.
"""

from __future__ import annotations

import contextlib
import socket
import threading

from tests.fakes.pcsc import SaysAnything

PORT = 35963


class VirtualCard:
    """A card that lies on the virtual reader until `take_away`."""

    def __init__(self, card: SaysAnything) -> None:
        self._card = card
        self._line = socket.create_connection(("127.0.0.1", PORT), timeout=10)
        self._line.settimeout(None)
        threading.Thread(target=self._answer, daemon=True).start()

    def take_away(self) -> None:
        with contextlib.suppress(OSError):
            self._line.shutdown(socket.SHUT_RDWR)
        self._line.close()

    def _answer(self) -> None:
        with contextlib.suppress(OSError):
            while message := self._message():
                if len(message) > 1:
                    self._say(self._card.answer(message))
                elif message == b"\x04":
                    self._say(self._card.atr)

    def _message(self) -> bytes:
        size = int.from_bytes(self._line.recv(2, socket.MSG_WAITALL), "big")
        return self._line.recv(size, socket.MSG_WAITALL)

    def _say(self, data: bytes) -> None:
        self._line.sendall(len(data).to_bytes(2, "big") + data)
