"""A whole line in simulated time: pump, holding and capture as shipped; wires, printer, tills and clock made up.

Nothing waits: a loop with nothing to do jumps to its next timer, so hours pass in milliseconds and the same seed is the
same run. The printer is the emulator's machine behind a wire that can be cut; tills are scripts that ask and print as real
ones do and say so when they waited too long for an answer.
"""

from __future__ import annotations

import asyncio
import random
import selectors
from collections import deque
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kvit.device.printer import Mechanism, Session
from kvit.escpos import load_profile
from kvit.relay import capture
from kvit.relay.holding import Holding
from kvit.relay.pump import Pump
from kvit.relay.settings import LineSettings
from kvit.relay.till import Till

WIRE_S = 0.001
"""What a byte takes from end to end."""
DAY_S = 1_000_000.0


class _Still(selectors.SelectSelector):
    """Waits for nobody: asked to wait, it lets the clock go on."""

    now_s = DAY_S

    def select(self, timeout: float | None = None) -> list[Any]:
        if timeout is None:
            raise RuntimeError("nothing will ever happen")
        self.now_s += max(0.0, timeout)
        return []


class Loop(asyncio.SelectorEventLoop):
    """Simulated time. What is run in threads is run at once."""

    def __init__(self) -> None:
        self.still = _Still()
        super().__init__(self.still)

    def time(self) -> float:
        return self.still.now_s

    def run_in_executor(self, executor: Any, func: Any, *args: Any) -> Any:  # type: ignore[override]
        future = self.create_future()
        future.set_result(func(*args))
        return future


def simulate(main: Coroutine[Any, Any, None]) -> None:
    """Run to the end."""
    with asyncio.Runner(loop_factory=Loop) as runner:
        runner.run(main)


class Wire(asyncio.Transport):
    """One end of a connection: what is written comes to ``far`` a little later."""

    def __init__(self, near: asyncio.Protocol, *, network: bool = True) -> None:
        super().__init__()
        self.near, self.network = near, network
        self.far: Wire | None = None
        self.loop = asyncio.get_running_loop()
        self.open = True
        self.reading = True
        self._wait: deque[bytes | None] = deque()
        self._on_way: deque[bytes | None] = deque()

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        pass

    def get_write_buffer_size(self) -> int:
        return 0

    def can_write_eof(self) -> bool:
        return self.network

    def is_closing(self) -> bool:
        return not self.open

    def write(self, data: Any) -> None:
        if self.open and self.far is not None and data:
            self._send(bytes(data))

    def write_eof(self) -> None:
        if self.open and self.far is not None:
            self._send(None)

    def _send(self, data: bytes | None) -> None:
        self._on_way.append(data)
        self.loop.call_later(WIRE_S, self._arrive)

    def _arrive(self) -> None:
        assert self.far is not None
        self.far.come(self._on_way.popleft())

    def come(self, data: bytes | None) -> None:
        """Bytes (or the end) arrive."""
        if not self.open:
            return
        if not self.reading or self._wait:
            self._wait.append(data)
        elif data is None:
            if not self.near.eof_received():
                self.close()
        else:
            self.near.data_received(data)

    def pause_reading(self) -> None:
        self.reading = False

    def resume_reading(self) -> None:
        self.reading = True
        self.loop.call_soon(self._catch_up)

    def _catch_up(self) -> None:
        waiting, self._wait = self._wait, deque()
        while waiting and self.reading and self.open:
            self.come(waiting.popleft())
        self._wait = waiting + self._wait

    def close(self) -> None:
        if self.open:
            self.open = False
            self.loop.call_soon(self.near.connection_lost, None)
            if self.far is not None:
                self.loop.call_later(2 * WIRE_S, self.far.hung_up)

    def abort(self) -> None:
        self.cut(None)

    def hung_up(self) -> None:
        """The other side has closed."""
        self._catch_up()
        if self.open and self._wait:
            self.loop.call_later(0.1, self.hung_up)  # its owner does not read: it does not notice either
        elif self.open:
            if not self.near.eof_received() or not self.network:
                self.close()
            elif self.far is not None and not self.far.open:
                self.loop.call_later(1.0, self.close)

    def cut(self, exc: Exception | None) -> None:
        """It breaks, on both sides."""
        for end, error in ((self, None), (self.far, exc)):
            if end is not None and end.open:
                end.open = False
                end.near.connection_lost(error)

    def drop(self) -> None:
        """Its owner was killed: the kernel delivers what it took, then the other side is reset."""
        self.open = False
        if self.far is not None:
            self.loop.call_later(2 * WIRE_S, self.far.reset)

    def reset(self) -> None:
        if self.open:
            self.open = False
            self.near.connection_lost(ConnectionResetError("reset"))


def connect(near: asyncio.Protocol, far: asyncio.Protocol, *, network: bool = True) -> tuple[Wire, Wire]:
    """Join two protocols."""
    ends = Wire(near, network=network), Wire(far, network=network)
    ends[0].far, ends[1].far = ends[1], ends[0]
    far.connection_made(ends[1])
    near.connection_made(ends[0])
    return ends


class Printer:
    """The emulator's machine on made-up wires."""

    def __init__(self) -> None:
        self.machine = Mechanism(load_profile("TM-T88V"))
        self.away = False
        self.hosts: dict[_Host, None] = {}

    async def dial(self, factory: Callable[[], asyncio.Protocol]) -> asyncio.Transport:
        """What a pump opens its printer with."""
        await asyncio.sleep(WIRE_S)
        if self.away:
            raise ConnectionRefusedError("connection refused")
        return connect(factory(), _Host(self))[0]

    def go_away(self) -> None:
        """Nobody can connect; what was on its way is still printed."""
        self.away = True
        for host in list(self.hosts):
            host.wire.loop.call_later(2 * WIRE_S, host.wire.cut, ConnectionResetError("reset"))

    def change(self, **values: Any) -> None:
        said = self.machine.change(**values)
        for host in self.hosts:
            host.wire.write(said)
        self.work()

    def work(self) -> None:
        for host in list(self.hosts):
            host.wire.write(host.session.print(float("inf"))[1])

    @property
    def paper(self) -> bytes:
        return bytes(self.machine.paper)


class _Host(asyncio.Protocol):
    def __init__(self, printer: Printer) -> None:
        self.printer, self.session = printer, Session(printer.machine)
        self.wire: Wire

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, Wire)
        self.wire = transport
        self.printer.hosts[self] = None

    def data_received(self, data: bytes) -> None:
        self.wire.write(self.session.feed(data))
        self.wire.write(self.session.print(float("inf"))[1])

    def eof_received(self) -> bool:
        self.session.end()
        self.wire.write(self.session.print(float("inf"))[1])
        if self.session.waiting and not self.printer.machine.dead:
            self.printer.hosts[self] = None  # out of paper: it prints later
        else:
            self.wire.close()
        return True

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.session.waiting:
            self.printer.hosts.pop(self, None)


@dataclass
class Shop:
    """A line process and its printer; the process can be killed and started again."""

    folder: Path
    hold_s: float = 3.0
    printer: Printer = field(default_factory=Printer)
    pump: Pump | None = None
    wires: set[Wire] = field(default_factory=set)
    ports: dict[TillScript, Wire] = field(default_factory=dict)
    wall_s: float = 1_700_000_000.0

    def start(self) -> None:
        loop = asyncio.get_running_loop()
        settings = LineSettings("till", "tcp://h:1", "tcp://h:2", profile="TM-T88V", hold_s=self.hold_s)
        writer = capture.Writer(
            self.folder, lambda: int(loop.time() * 1e9), lambda: int((loop.time() + self.wall_s) * 1e9)
        )
        self.pump = Pump(
            "till", self.printer.dial, writer, holding=lambda pump: Holding(pump, settings, sync=_unsynced)
        )
        for till in self.ports:
            self._open(till)

    @property
    def holding(self) -> Holding:
        assert self.pump is not None
        assert isinstance(self.pump.holding, Holding)
        return self.pump.holding

    def kill(self) -> None:
        """``kill -9``: what was not handed to the kernel is gone, connections are reset, ports wait with their bytes."""
        pump, self.pump = self.pump, None
        assert pump is not None
        silence(pump)
        for wire in self.wires:
            if wire in self.ports.values():
                wire.near = _Nobody()
                wire.reading = False
            else:
                wire.drop()
        self.wires.clear()

    def come(self, till: TillScript) -> None:
        """A till connects over the network; nobody there: it is told so."""
        if self.pump is None:
            till.connection_lost(ConnectionRefusedError())
            return
        protocol = self.pump.till("till:1")
        till.end = _End(till)
        near, far = connect(protocol, till.end)
        protocol.on_lost = lambda _: self.wires.discard(near)
        self.wires.add(near)
        till.wire, till.protocol = far, protocol

    def plug(self, till: TillScript) -> None:
        """A till has a port that is there for ever."""
        near, till.wire = connect(_Nobody(), till, network=False)
        self.ports[till] = near
        near.reading = False
        self._open(till)

    def _open(self, till: TillScript) -> None:
        assert self.pump is not None
        wire = self.ports[till]
        till.protocol = self.pump.till(f"pty://{till.name}", lasting=True)
        wire.near = till.protocol
        till.protocol.connection_made(wire)
        self.wires.add(wire)
        wire.resume_reading()


class _End(asyncio.Protocol):
    """A till's side of one connection; of one it has left it hears nothing any more."""

    def __init__(self, till: TillScript) -> None:
        self.till = till

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.till.connection_made(transport)

    def data_received(self, data: bytes) -> None:
        if self.till.end is self:
            self.till.data_received(data)

    def eof_received(self) -> bool:
        return self.till.eof_received() if self.till.end is self else False

    def connection_lost(self, exc: Exception | None) -> None:
        if self.till.end is self:
            self.till.connection_lost(exc)


class _Nobody(asyncio.Protocol):
    """The kernel's side of a port that no process has open."""


def silence(pump: Pump) -> None:
    """Make a pump that was killed do nothing more, whatever timers call."""

    def nothing(*_: Any, **__: Any) -> Any:
        return None

    pump._ticker.cancel()
    for link in pump._owners:
        if link._task is not None:
            link._task.cancel()
        if isinstance(link._transport, Wire):
            link._transport.drop()
        link._tells = _Deaf()
        link._transport = None
        link.state = "dead"
    if isinstance(pump.holding, Holding):
        for name in ("_run", "_look", "_due", "tick", "_write"):
            setattr(pump.holding, name, nothing)
        if pump.holding._timer is not None:
            pump.holding._timer.cancel()
    for name in ("_flush", "note", "_last_word", "let_go", "ask_for_link", "_tick"):
        setattr(pump, name, nothing)
    pump.writer._waiting.clear()
    pump.writer.flush = lambda: True  # type: ignore[method-assign]


class _Deaf:
    def __getattr__(self, name: str) -> Callable[..., None]:
        return lambda *_: None


def _unsynced(file: int) -> None:
    pass


class TillScript(asyncio.Protocol):
    """A till: it prints receipts its own way, and says what went wrong."""

    patience_s = 2.0

    def __init__(self, name: str, rng: random.Random) -> None:
        self.name, self.rng = name, rng
        self.wire: Wire | None = None
        self.protocol: Till | None = None
        self.end: _End | None = None
        self.heard = bytearray()
        self.came = asyncio.Event()
        self.lost = False
        self.late = False
        """An answer it waits for no more may still come."""
        self.faults: list[str] = []
        self.silences: list[bool] = []
        """Time-outs: whether it was withheld all the while."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.lost = False
        self.heard.clear()

    def data_received(self, data: bytes) -> None:
        self.heard += data
        self.came.set()

    def eof_received(self) -> bool:
        return True

    def connection_lost(self, exc: Exception | None) -> None:
        self.lost, self.wire = True, None
        self.came.set()

    def say(self, data: bytes) -> None:
        if self.wire is not None:
            self.wire.write(data)

    async def ask(self, question: bytes, length: int) -> bytes:
        """Ask and wait; nothing but the answer may have come."""
        if self.heard and not self.late:
            self.stray(bytes(self.heard))
        self.say(question)
        withheld = self.protocol is not None and self.protocol.withheld
        protocol = self.protocol
        try:
            async with asyncio.timeout(self.patience_s):
                while len(self.heard) < length and not self.lost:
                    self.came.clear()
                    await self.came.wait()
        except TimeoutError:
            self.silences.append(withheld and protocol is self.protocol and protocol is not None and protocol.withheld)
        said = bytes(self.heard)
        self.heard.clear()
        late, self.late = self.late, len(said) < length and not self.lost
        if len(said) > length and not late:
            self.faults.append(f"answer too long: {said.hex()}")
        return said

    def stray(self, data: bytes) -> None:
        self.faults.append(f"stray {data.hex()}")
        self.heard.clear()
