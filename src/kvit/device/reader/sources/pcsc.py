"""PC/SC by pyscard (LGPL, the extra ``nfc``): the readers there are, whether a card lies on one, commands to it.

Only the calls that are needed, under names of our own, so that a test can stand in for them. All of them block. PC/SC's
own errors become `PcscError`; what a person can do about the usual ones is in its refusal.
"""

from __future__ import annotations

import errno
from typing import Any, Final, NamedTuple, Protocol

from kvit.device.transports.unreachable import UnreachableError

NO_SERVICE: Final = (0x8010001D, 0x8010001E)
NO_READERS: Final = 0x8010002E
TIMEOUT: Final = 0x8010000A
STATE_CHANGED, STATE_PRESENT, STATE_MUTE = 0x0002, 0x0020, 0x0200
STATE_UNKNOWN, STATE_UNAVAILABLE = 0x0004, 0x0008
ANSWER_BYTES_MAX: Final = 65538


class PcscError(OSError):
    """A call failed: the reader or the card is gone, or another program has it."""


class State(NamedTuple):
    """How a reader is: the bits to hand in at the next wait, and the card's answer to reset."""

    bits: int
    atr: bytes

    @property
    def has_card(self) -> bool:
        """Whether a card that answers lies on it."""
        return bool(self.bits & STATE_PRESENT) and not self.bits & STATE_MUTE

    @property
    def is_gone(self) -> bool:
        """Whether the reader was unplugged."""
        return bool(self.bits & (STATE_UNKNOWN | STATE_UNAVAILABLE))


class Card(Protocol):
    """A card we are connected to."""

    def transmit(self, command: bytes) -> bytes:
        """Send a command; its answer with the two status bytes. Raises PcscError when the card is gone."""

    def close(self) -> None:
        """Let go of it."""


class Pcsc(Protocol):
    """The service of this machine."""

    def readers(self) -> list[str]:
        """The readers' names."""

    def wait(self, reader: str, bits: int, wait_ms: int) -> State:
        """Wait until a reader is not as ``bits`` says any more, or for ``wait_ms``. Raises PcscError."""

    def connect(self, reader: str) -> Card:
        """Connect to the card that lies on it. Raises PcscError."""

    def close(self) -> None:
        """Let go of the service."""


def connect() -> Pcsc:
    """Reach the service. Raises UnreachableError where pyscard or the service is absent."""
    try:
        from smartcard import scard
    except ImportError as error:
        raise UnreachableError("device.reader_pyscard", errno.ENOSYS) from error
    return _Service(scard)


class _Service:
    def __init__(self, scard: Any) -> None:
        self._scard = scard
        self._context = self._checked(scard.SCardEstablishContext(scard.SCARD_SCOPE_USER))[0]

    def readers(self) -> list[str]:
        code, names = self._scard.SCardListReaders(self._context, [])
        if code & 0xFFFFFFFF == NO_READERS:
            return []
        return [str(name) for name in self._checked((code, names))[0]]

    def wait(self, reader: str, bits: int, wait_ms: int) -> State:
        answer = self._scard.SCardGetStatusChange(self._context, wait_ms, [(reader, bits)])
        if answer[0] & 0xFFFFFFFF == TIMEOUT:
            answer = (0, answer[1])
        [(_, now, atr)] = self._checked(answer)[0]
        return State(now & ~STATE_CHANGED, bytes(atr))

    def connect(self, reader: str) -> Card:
        scard = self._scard
        both = scard.SCARD_PROTOCOL_T0 | scard.SCARD_PROTOCOL_T1
        answer = scard.SCardConnect(self._context, reader, scard.SCARD_SHARE_SHARED, both)
        handle, protocol = self._checked(answer)
        return _Card(self, scard, handle, protocol)

    def close(self) -> None:
        self._scard.SCardReleaseContext(self._context)

    def _checked(self, answer: Any) -> Any:
        code = answer[0] & 0xFFFFFFFF
        if code in NO_SERVICE:
            raise UnreachableError("device.reader_service", errno.ECONNREFUSED)
        if code:
            raise PcscError(errno.EIO, f"PC/SC says {code:08X}h")
        return answer[1:]


class _Card:
    def __init__(self, service: _Service, scard: Any, handle: Any, protocol: Any) -> None:
        self._service, self._scard, self._handle, self._protocol = service, scard, handle, protocol

    def transmit(self, command: bytes) -> bytes:
        answer = self._scard.SCardTransmit(self._handle, self._protocol, list(command))
        return bytes(self._service._checked(answer)[0])[:ANSWER_BYTES_MAX]

    def close(self) -> None:
        self._scard.SCardDisconnect(self._handle, self._scard.SCARD_LEAVE_CARD)
