"""A printer without a printer: `Emulator` listens as a network printer, or lies behind a virtual serial port.

It keeps the bytes it received (in a file, see `kvit.device.kept`, or in memory), answers status like a real one, and can be
told to misbehave, by methods or by words on a control socket, one a line, each answered with ``ok`` or a sentence::

    paper out|near|ok      cover open|closed     offline | online     error cutter|fatal|none
    slow 960 | fast        buffer 256            silent | talks       lies | honest
    dies [AFTER_BYTES]     revive                lines 12             state
    power off|on|cycle     cut link              ids late|never|prompt|tell

A busy TCP printer stops reading; one on a serial port says XOFF and XON.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Final

from kvit.device import pair as pairs
from kvit.device.kept import Kept, Unkept
from kvit.device.printer import Mechanism, Session
from kvit.device.transports import tcp
from kvit.escpos import Profile, load_profile

TURN_S: Final = 0.02
"""How often a slow mechanism prints its share."""
MEMORY_BYTES_MAX: Final = 64 << 20
"""Without a file the last bytes are kept, as many as these; a test prints less."""
CONNECTIONS_MAX: Final = 2048
CLOSING_TURNS: Final = 4
"""Turns of the loop an aborted connection needs to be over."""
QUESTIONS: Final = re.compile(rb"(?:\x10\x04.|\x1d[aIr].|\x1d\(H\x06\0.{6}|\x1dg2...)*", re.DOTALL)
"""``DLE EOT``, ``GS a``, ``GS I``, ``GS r``, ``GS ( H`` with an ID, ``GS g 2``: none of them marks paper."""
XON, XOFF = b"\x11", b"\x13"


class Emulator:
    """A printer on the wire."""

    def __init__(
        self,
        profile: Profile | str | None = None,
        *,
        kept: Path | None = None,
        on_bytes: Callable[[bytes], None] | None = None,
        unkept: Unkept = lambda error: None,
        asks_kept: bool = True,
    ) -> None:
        """Take the profile it plays, the file its bytes go to (memory without one), and who else wants to see them.

        ``unkept`` hears when the file can not be written. Without ``asks_kept`` a connection that has only asked how
        the printer is leaves no bytes: they are no paper. Raises OSError when the file can not be opened.
        """
        self.machine = Mechanism(profile if isinstance(profile, Profile) else load_profile(profile))
        self.received = bytearray()
        """What it received, where no file keeps it."""
        self.received_bytes = 0
        self.asks_kept = asks_kept
        self._orphans: list[Session] = []
        """What connections that are gone have left in the buffer: it is printed all the same."""
        self._on_bytes = on_bytes
        self._kept = None if kept is None else Kept(kept, unkept)
        self._servers: list[asyncio.Server] = []
        self._hosts: set[_Host] = set()
        self._pairs: list[pairs.Pair] = []
        self._control: asyncio.Server | None = None
        self._talkers: set[asyncio.StreamWriter] = set()
        self._turn: asyncio.TimerHandle | None = None
        self.port = 0

    async def listen(self, host: str = "127.0.0.1", port: int = 0) -> int:
        """Listen as a network printer; give the port."""
        sock = tcp.listen(host, port)
        server = await asyncio.get_running_loop().create_server(lambda: _Host(self), sock=sock)
        self._servers.append(server)
        self.port = sock.getsockname()[1]
        return self.port

    def serial(self, folder: Path, name: str) -> Path:
        """Lie behind a virtual serial port; give its path. Linux only; raises OSError."""
        from kvit.device.transports.pseudo import hold

        pair = pairs.open_pair(folder, name)
        self._pairs.append(pair)
        hold(pair.master, pair.slave, _Host(self, serial=True))
        return pair.path

    async def control(self, path: Path) -> None:
        """Take words on a Unix socket, from this user alone."""
        path.unlink(missing_ok=True)  # noqa: ASYNC240 - one call at the start
        mask = os.umask(0o177)
        try:
            self._control = await asyncio.start_unix_server(self._talk, path)
        finally:
            os.umask(mask)

    async def close(self) -> None:
        """Switch it off."""
        for server in (*self._servers, *([self._control] if self._control else [])):
            server.close()
        for host in list(self._hosts):
            host.hang_up(hard=True)
        for writer in self._talkers:
            writer.close()
        for _ in range(CLOSING_TURNS):
            await asyncio.sleep(0)
        for pair in self._pairs:
            pairs.close(pair)
        if self._turn is not None:
            self._turn.cancel()
        if self._kept is not None:
            self._kept.close()

    def tell(self, words: str) -> str:
        """Obey one line of words; give ``ok``, the state, or what is wrong."""
        verb, *rest = words.split()[:2] or [""]
        known = _WORDS.get(verb)
        if known is None:
            return f"unknown word {verb!r}; known: {', '.join(sorted(_WORDS))}"
        try:
            return known(self, rest[0] if rest else "") or "ok"
        except (KeyError, ValueError):
            return f"{verb} does not go with {rest[0] if rest else 'nothing'!r}"

    def change(self, **values: bool | int) -> None:
        """Change the printer's state (fields of StatusModel); it says so where it was asked to."""
        said = self.machine.change(**values)
        for host in self._hosts:
            host.say(said)
        self.work()

    def die(self, after: int | None = None) -> None:
        """Die now, or after so many more bytes: connections break, new ones are refused by a reset."""
        if after is None:
            self.machine.dead = True
            self._bury()
        else:
            self.machine.dies_after = self.machine.printed + after

    def revive(self) -> None:
        """Be switched on again: buffers empty, what it was told forgotten."""
        self._orphans.clear()
        for host in self._hosts:
            host.forget()
        self.machine.restart()
        self.work()

    def power_cycle(self) -> None:
        """Be switched off and on: network connections break, buffers are gone; a serial line has noticed nothing."""
        self.die()
        self.revive()

    def cut_link(self) -> None:
        """Lose all network connections; what they have sent is still printed. A serial line has none to lose."""
        for host in list(self._hosts):
            host.break_off()

    def tell_ids(self) -> None:
        """Say the process IDs that were held back, to whoever is connected."""
        said = self.machine.tell_ids()
        for host in self._hosts:
            host.say(said)

    def state(self) -> dict[str, object]:
        """What it is and has."""
        status = self.machine.status
        flags = ("paper_end", "paper_near_end", "cover_open", "offline", "error", "drawer_high")
        return {
            **{name: getattr(status, name) for name in flags},
            "received_bytes": self.received_bytes,
            "unkept_bytes": self._kept.unkept_bytes if self._kept else 0,
            "printed_bytes": self.machine.printed,
            "cuts": self.machine.cuts,
            "pulses": self.machine.pulses,
            "hosts": len(self._hosts),
            "dead": self.machine.dead,
        }

    def keep(self, data: bytes) -> None:
        """Keep bytes that came."""
        self.received_bytes += len(data)
        if self._on_bytes is not None:
            self._on_bytes(data)
        if self._kept is not None:
            self._kept.add(data)
            return
        self.received += data
        if len(self.received) > MEMORY_BYTES_MAX:
            del self.received[: len(self.received) - MEMORY_BYTES_MAX]

    def came(self, host: _Host) -> bool:
        """A host connects; False when nobody is in."""
        if self.machine.dead or len(self._hosts) >= CONNECTIONS_MAX:
            return False
        self._hosts.add(host)
        return True

    def went(self, host: _Host) -> None:
        """A host is gone; what it sent stays in the buffer, unless the power went too."""
        self._hosts.discard(host)
        if not self.machine.dead and host.session.waiting:
            self._orphans.append(host.session)
            self.work()

    def work(self) -> None:
        """Print what may be printed now."""
        speed = self.machine.bytes_s
        budget = speed * TURN_S if speed else float("inf")
        for session in self._orphans:
            session.print(budget)
        self._orphans = [session for session in self._orphans if session.waiting]
        for host in list(self._hosts):
            host.work(budget)
        if self.machine.tripped:
            words, self.machine.tripped = self.machine.tripped, ""
            self.tell(words)
            self.work()
        if self.machine.dead:
            self._bury()
        elif speed and self._turn is None and self._waits():
            self._turn = asyncio.get_running_loop().call_later(TURN_S, self._next_turn)

    def _waits(self) -> bool:
        return bool(self._orphans) or any(host.session.waiting for host in self._hosts)

    def _next_turn(self) -> None:
        self._turn = None
        self.work()

    def _bury(self) -> None:
        for host in list(self._hosts):
            host.break_off()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._talkers.add(writer)
        with contextlib.suppress(ConnectionError):
            while line := await reader.readline():
                writer.write(self.tell(line.decode("utf-8", "replace").strip()).encode() + b"\n")
                await writer.drain()
        self._talkers.discard(writer)
        writer.close()


class _Host(asyncio.Protocol):
    """One host's connection."""

    def __init__(self, emulator: Emulator, *, serial: bool = False) -> None:
        self._emulator = emulator
        self._serial = serial
        self._transport: asyncio.Transport | None = None
        self._busy = self._ended = False
        self._asks: bytearray | None = None if emulator.asks_kept else bytearray()
        self.session = Session(emulator.machine)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport  # type: ignore[assignment]
        if not self._emulator.came(self):
            self._transport.abort()  # type: ignore[union-attr]

    def data_received(self, data: bytes) -> None:
        self._keep(data)
        self.say(self.session.feed(data))
        if self._emulator.machine.bytes_s and self._emulator._turn is not None:
            self._flow()
        else:
            self._emulator.work()

    def _keep(self, data: bytes) -> None:
        """Keep what came, from the first byte on that is no question about the printer's state."""
        if self._asks is not None:
            self._asks += data
            if QUESTIONS.fullmatch(self._asks):
                return
            data, self._asks = bytes(self._asks), None
        self._emulator.keep(data)

    def forget(self) -> None:
        """The power went: the buffer is empty."""
        self.session = Session(self._emulator.machine)

    def eof_received(self) -> bool:
        self._ended = True
        self.session.end()
        self._emulator.work()
        self._finish()
        return True

    def connection_lost(self, exc: Exception | None) -> None:
        self._emulator.went(self)

    def say(self, data: bytes) -> None:
        """Send to the host."""
        if data and self._transport is not None and not self._transport.is_closing():
            self._transport.write(data)

    def work(self, budget: float) -> None:
        """Print a share of what waits."""
        _, said = self.session.print(budget)
        self.say(said)
        self._flow()
        self._finish()

    def break_off(self) -> None:
        """End a network connection as when the power goes; on a serial line the other side notices nothing."""
        if not self._serial:
            self.hang_up(hard=True)

    def hang_up(self, *, hard: bool = False) -> None:
        """End the connection; ``hard``: with a reset, as when the power goes."""
        if self._transport is not None:
            (self._transport.abort if hard else self._transport.close)()

    def _finish(self) -> None:
        if self._ended and not self.session.waiting:
            self.hang_up()

    def _flow(self) -> None:
        busy = self.session.room_bytes == 0
        if self._transport is None or busy == self._busy or self._transport.is_closing():
            return
        self._busy = busy
        if self._serial:
            self.say(XOFF if busy else XON)
        (self._transport.pause_reading if busy else self._transport.resume_reading)()


def _paper(emulator: Emulator, word: str) -> None:
    near, end = {"out": (True, True), "near": (True, False), "ok": (False, False)}[word]
    emulator.change(paper_near_end=near, paper_end=end)


def _error(emulator: Emulator, word: str) -> None:
    kinds = {"cutter": "cutter_error", "fatal": "fatal_error", "none": ""}
    wanted = kinds[word]
    emulator.change(**{kind: kind == wanted for kind in kinds.values() if kind})


def _slow(emulator: Emulator, word: str) -> None:
    emulator.machine.bytes_s = float(word)
    emulator.work()


def _fast(emulator: Emulator, word: str) -> None:
    emulator.machine.bytes_s = 0.0
    emulator.work()


def _set(name: str, value: bool) -> Callable[[Emulator, str], None]:
    return lambda emulator, _: setattr(emulator.machine, name, value)


def _buffer(emulator: Emulator, word: str) -> None:
    emulator.machine.buffer_bytes = int(word)


def _lines(emulator: Emulator, word: str) -> None:
    emulator.machine.lines_left = int(word)


def _power(emulator: Emulator, word: str) -> None:
    {"off": emulator.die, "on": emulator.revive, "cycle": emulator.power_cycle}[word]()


def _cut(emulator: Emulator, word: str) -> None:
    {"link": emulator.cut_link}[word]()


def _ids(emulator: Emulator, word: str) -> None:
    if word == "tell":
        emulator.tell_ids()
        return
    emulator.machine.ids = {"late": "late", "never": "never", "prompt": "prompt"}[word]


_WORDS: Final[dict[str, Callable[[Emulator, str], str | None]]] = {
    "paper": _paper,
    "cover": lambda emulator, word: emulator.change(cover_open={"open": True, "closed": False}[word]),
    "offline": lambda emulator, _: emulator.change(held_offline=True),
    "online": lambda emulator, _: emulator.change(held_offline=False),
    "error": _error,
    "slow": _slow,
    "fast": _fast,
    "buffer": _buffer,
    "silent": _set("silent", True),
    "talks": _set("silent", False),
    "lies": _set("lying", True),
    "honest": _set("lying", False),
    "lines": _lines,
    "dies": lambda emulator, word: emulator.die(int(word) if word else None),
    "revive": lambda emulator, _: emulator.revive(),
    "power": _power,
    "cut": _cut,
    "ids": _ids,
    "state": lambda emulator, _: json.dumps(emulator.state()),
}
