"""One line of the settings at work: what stands open on the till's side, and the pump behind it."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, Protocol

from kvit.device import pair as pairs
from kvit.device.address import Address
from kvit.device.transports import open_end, serial, tcp
from kvit.refusal import Refusal
from kvit.relay import capture
from kvit.relay.door import Door
from kvit.relay.holder import Holder
from kvit.relay.pump import Pump
from kvit.relay.settings import LineSettings, ends_of
from kvit.relay.till import Till
from kvit.socket_path import socket_path

REOPEN_S: Final = 1.0
"""How often a till's side that can not be opened (an adapter unplugged, a port taken) is tried again."""


def own_door(folder: Path, line: str) -> Path:
    """Where the shop's own printing comes in to a line of the line process on a data folder."""
    return socket_path(folder / "run" / f"print-{line}.sock")


class Above(Protocol):
    """What a line needs of the process it lives in."""

    folder: Path
    holder: Holder

    def pair(self, name: str) -> pairs.Pair:
        """Give the virtual pair of that name. Raises OSError."""
        ...

    def wake(self, line: str) -> None:
        """Say that the line's capture has grown."""


class Line:
    """One `LineSettings` at work: its pump and what stands open on the till's side."""

    def __init__(self, settings: LineSettings, house: Above) -> None:
        ends = ends_of(settings)
        assert not isinstance(ends, Refusal), "check() was not asked"
        self.settings = settings
        self._till, printer = ends
        self._house = house
        self._server: asyncio.Server | None = None
        self._task: asyncio.Task[None] | None = None
        self._own_door: asyncio.AbstractServer | None = None
        self._device: asyncio.Transport | None = None
        self._door = Door(settings.allow, settings.connections_max, settings.connections_per_peer_max)
        self.refused = 0
        self.problem: Refusal | None = None
        folder = house.folder / "capture" / settings.name
        writer = capture.Writer(folder, time.monotonic_ns, time.time_ns)
        holds = settings.hold_s or capture.read_floor(folder) is not None
        self.pump = Pump(
            settings.name,
            lambda factory: open_end(printer, factory, house.folder / "ports"),
            writer,
            per_till=settings.per_till,
            turn_s=settings.turn_s,
            idle_drop_s=settings.idle_drop_s,
            wait_s=settings.wait_s,
            wake=lambda: house.wake(settings.name),
            holding=self._holding() if holds else None,
        )

    def _holding(self) -> Callable[[Pump], Any]:
        """What may withhold paper; only then is the parser loaded."""
        from kvit.relay.holding import Holding

        return lambda pump: Holding(pump, self.settings)

    @property
    def port(self) -> int:
        """The port listened on (the one found, where 0 was asked for); 0 for lines without."""
        return self._server.sockets[0].getsockname()[1] if self._server and self._server.sockets else 0

    @property
    def state(self) -> dict[str, object]:
        """The line as a person asks for it."""
        said = {"till": self.settings.till, "printer_address": self.settings.printer, "port": self.port}
        problem = {"problem": self.problem.code, **self.problem.values} if self.problem else {}
        return {**self.pump.state, **said, "refused": self.refused, **problem}

    async def open(self) -> None:
        """Open the till's side. What is in the way is kept as `problem`; the other lines go on."""
        await self._open_own_door()
        try:
            if self._till.kind == "tcp":
                await self._listen(self._till)
            elif self._till.kind == "pty":
                self._hold_pair(self._till.path)
            else:
                self._task = asyncio.ensure_future(self._keep_port(self._till))
        except OSError as error:
            self._in_the_way(error)
            if self._till.kind == "tcp":
                self._task = asyncio.ensure_future(self._listen_again(self._till))

    def hold_again(self) -> None:
        """Leave the listening port with a holder that is new."""
        if self._server is not None and self._server.sockets:
            self._house.holder.put(self._key(), [self._server.sockets[0].fileno()])

    async def close(self, *, keep_ports: bool) -> None:
        """End the line. With ``keep_ports`` the holder keeps what tills see, for the next line process."""
        if self._task is not None:
            self._task.cancel()
        for server in (self._server, self._own_door):
            if server is not None:
                server.close()
        if not keep_ports:
            self._house.holder.drop(self._key())
            if self._till.kind == "pty":
                pairs.unlink(self._house.folder / "ports", self._till.path)
        await self.pump.stop()
        if self._device is not None:
            self._device.close()

    async def _open_own_door(self) -> None:
        """Let the shop's own printing in, so that it takes turns with the tills. Without Unix sockets there is none."""
        path = own_door(self._house.folder, self.settings.name)
        if not hasattr(socket, "AF_UNIX") or not path.parent.is_dir():
            return
        path.unlink(missing_ok=True)
        with contextlib.suppress(OSError):
            self._own_door = await asyncio.get_running_loop().create_unix_server(self.pump.own_till, os.fspath(path))

    def _key(self) -> str:
        return str(self._till)

    async def _listen(self, till: Address) -> None:
        held = self._house.holder.get(self._key())
        if held:
            sock = socket.socket(fileno=held[0])
            sock.setblocking(False)
        else:
            sock = tcp.listen(till.host, till.port)
            self._house.holder.put(self._key(), [sock.fileno()])
        self._server = await asyncio.get_running_loop().create_server(
            self._connection, sock=sock, backlog=tcp.LISTEN_BACKLOG
        )

    async def _listen_again(self, till: Address) -> None:
        """Another program has the port, or the address is not there yet: try until it can be had."""
        while self.problem is not None:
            await asyncio.sleep(REOPEN_S)
            try:
                await self._listen(till)
                self.problem = None
            except OSError as error:
                self._in_the_way(error)

    def _in_the_way(self, error: OSError) -> None:
        reason = os.strerror(error.errno) if error.errno else str(error)
        self.problem = Refusal("relay.till_side", {"line": self.settings.name, "reason": reason})

    def _connection(self) -> asyncio.Protocol:
        return _Knock(self)

    def admit(self, transport: asyncio.Transport) -> Till | None:
        """Let a network till in, or count it and say None."""
        peer = transport.get_extra_info("peername")
        host, port = (peer[0], peer[1]) if peer else ("", 0)
        if not host or self._door.enter(host):
            self.refused += 1
            return None
        tcp.tune(transport.get_extra_info("socket"))
        till = self.pump.till(f"{host}:{port}", network=True)
        till.on_lost = lambda _: self._door.leave(host)
        return till

    def _hold_pair(self, name: str) -> None:
        from kvit.device.transports.pseudo import hold

        pair = self._house.pair(name)
        self._device = hold(pair.master, pair.slave, self.pump.till(f"pty://{name}", lasting=True))

    async def _keep_port(self, till: Address) -> None:
        """Keep the till's serial port open, and open it again when it has gone."""
        while True:
            try:
                await self._serve_port(till)
            except OSError as error:
                self._in_the_way(error)
            await asyncio.sleep(REOPEN_S)

    async def _serve_port(self, till: Address) -> None:
        """Open the till's port and wait until it goes. Raises OSError when it can not be opened."""
        gone = asyncio.Event()
        protocol = self.pump.till(str(till), lasting=True)
        protocol.on_lost = lambda _: gone.set()
        device = self._device = await open_end(till, lambda: protocol, self._house.folder / "ports")
        self.problem = None
        if till.serial is not None and till.serial.flow == "xonxoff":
            protocol.busy = lambda busy: serial.say_busy(device, busy)
        await gone.wait()


class _Knock(asyncio.Protocol):
    """A connection nobody has looked at yet."""

    def __init__(self, line: Line) -> None:
        self._line = line

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert hasattr(transport, "set_protocol")
        till = self._line.admit(transport)  # type: ignore[arg-type]
        if till is None:
            transport.abort()  # type: ignore[attr-defined]
            return
        transport.set_protocol(till)
        till.connection_made(transport)
