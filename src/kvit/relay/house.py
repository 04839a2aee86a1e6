"""All lines of one line process, the pairs made by hand, and who is told what."""

from __future__ import annotations

import asyncio
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

from kvit.device import pair as pairs
from kvit.refusal import Refusal
from kvit.relay.ends import Line
from kvit.relay.holder import Holder
from kvit.relay.settings import RelaySettings, check
from kvit.socket_path import socket_path

QUIET_LOOK_S: Final = 5.0
"""How often quiet lines are looked for: their stored captures go a little later than ``quiet_s``."""

TOLD_BYTES_MAX: Final = 8192
"""Names of more lines than this are left out, which means all of them (`kvit.relay.follow`)."""
TELL_AGAIN_S: Final = 0.01
"""A shop that is busy has its queue of datagrams full: what has grown meanwhile is told together."""

Loader = Callable[[], RelaySettings]


class House:
    """All lines of this process, the pairs made by hand, and who is told what."""

    def __init__(self, folder: Path, load: Loader, *, hold: bool = True) -> None:
        """Take the folder for everything, and what gives the settings (again at each reload)."""
        self.folder = folder
        self._load = load
        self.lines: dict[str, Line] = {}
        self.pairs: dict[str, pairs.Pair] = {}
        held = hold and sys.platform != "win32"
        self.holder = Holder(socket_path(folder / "run" / "holder.sock") if held else None)
        self._wake_socket = _wake_socket()
        self._wake_path = str(socket_path(folder / "run" / "wake.sock"))
        self._grown: dict[str, None] = {}
        """Lines whose captures have grown since the shop was told."""
        self._waking: asyncio.Handle | None = None
        self.stopping = asyncio.Event()
        self.keep_ports = True
        self._watched = -1
        self._holding_again: asyncio.Task[None] | None = None
        self._quiet_s = 30.0
        self._quiet_timer: asyncio.TimerHandle | None = None

    async def start(self) -> None:
        """Open all lines and pairs. Whatever is raised, nothing opened is left, nor a holder that was started for it."""
        try:
            await self._start()
        except BaseException:
            await self.give_up()
            raise

    async def _start(self) -> None:
        for name in ("capture", "ports", "run"):
            (self.folder / name).mkdir(mode=0o700, parents=True, exist_ok=True)
        self.holder.start()
        self._watch_holder()
        await self.reload()
        for name in pairs.remembered(self.folder / "ports"):
            try:
                self.pair(name)
            except OSError:
                continue
        self._quiet()

    async def reload(self) -> Refusal | None:
        """Make the lines what the settings say now; lines that did not change are not touched."""
        settings = self._load()
        if (wrong := check(settings)) is not None:
            return wrong
        self._quiet_s = settings.quiet_s
        wanted = {line.name: line for line in settings.line}
        for name, line in list(self.lines.items()):
            if wanted.get(name) != line.settings:
                same_port = name in wanted and wanted[name].till == line.settings.till
                await line.close(keep_ports=same_port)
                del self.lines[name]
        for name, entry in wanted.items():
            if name not in self.lines:
                self.lines[name] = Line(entry, self)
                await self.lines[name].open()
        return None

    def _watch_holder(self) -> None:
        """A holder that dies is followed by another, which gets what the first one held."""
        self._watched = self.holder.watched
        if self._watched >= 0:
            asyncio.get_running_loop().add_reader(self._watched, self._holder_died)

    def _watch_no_more(self) -> None:
        if self._watched >= 0:
            asyncio.get_running_loop().remove_reader(self._watched)
            self._watched = -1

    def _holder_died(self) -> None:
        self._watch_no_more()
        self.holder.died()
        self._holding_again = asyncio.create_task(self._hold_again())

    async def _hold_again(self) -> None:
        await asyncio.get_running_loop().run_in_executor(None, self.holder.start)  # no till waits for it
        for line in self.lines.values():
            line.hold_again()
        for name, pair in self.pairs.items():
            self.holder.put(f"pty://{name}", [pair.master, pair.slave])
        self._watch_holder()

    async def stop(self) -> None:
        """End all lines. What tills see stays with the holder, unless we were told to end for good."""
        self._watch_no_more()
        if self._holding_again is not None:
            await asyncio.gather(self._holding_again, return_exceptions=True)
            self._watch_no_more()
        for line in self.lines.values():
            await line.close(keep_ports=self.keep_ports)
        if not self.keep_ports:
            self.holder.end()
        self.holder.close()
        if self._quiet_timer is not None:
            self._quiet_timer.cancel()
        if self._waking is not None:
            self._waking.cancel()
        if self._wake_socket is not None:
            self._tell()
            self._wake_socket.close()

    async def give_up(self) -> None:
        """End after a start that failed. A holder that was there before us keeps what tills have open, for the next try."""
        self.keep_ports = not self.holder.ours
        try:
            await self.stop()
        finally:
            if self.holder.ours:
                self.holder.end()

    def pair(self, name: str) -> pairs.Pair:
        """Give the virtual pair of that name: ours, the holder's, or a new one. Raises OSError."""
        if name not in self.pairs:
            ports = self.folder / "ports"
            held = self.holder.get(f"pty://{name}")
            if len(held) == 2:
                self.pairs[name] = pairs.adopt(ports, name, held[0], held[1])
            else:
                self.pairs[name] = pairs.open_pair(ports, name)
                self.holder.put(f"pty://{name}", [self.pairs[name].master, self.pairs[name].slave])
        return self.pairs[name]

    def drop_pair(self, name: str) -> bool:
        """Let go of a pair no line uses; False when one does or there is none."""
        used = any(line.settings.till == f"pty://{name}" for line in self.lines.values())
        if used or name not in self.pairs:
            return False
        pair = self.pairs.pop(name)
        self.holder.drop(f"pty://{name}")
        pairs.close(pair)
        return True

    def wake(self, line: str) -> None:
        """Tell the shop, once a turn of the loop, whose captures have grown; nobody listening is no harm."""
        if self._wake_socket is None:
            return
        self._grown[line] = None
        if self._waking is None:
            self._waking = asyncio.get_running_loop().call_soon(self._tell)

    def _tell(self) -> None:
        self._waking = None
        assert self._wake_socket is not None
        told = "\n".join(self._grown).encode()
        try:
            self._wake_socket.sendto(told if len(told) <= TOLD_BYTES_MAX else b"", self._wake_path)
        except BlockingIOError:
            self._waking = asyncio.get_running_loop().call_later(TELL_AGAIN_S, self._tell)
            return
        except OSError:
            pass  # nobody listens: whoever begins to, looks at all captures first
        self._grown.clear()

    def _quiet(self) -> None:
        for line in self.lines.values():
            line.pump.quiet(self._quiet_s)
        self._quiet_timer = asyncio.get_running_loop().call_later(QUIET_LOOK_S, self._quiet)


def _wake_socket() -> socket.socket | None:
    if not hasattr(socket, "AF_UNIX") or sys.platform == "win32":
        return None
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    sock.setblocking(False)
    return sock
