"""The control socket: one JSON line asks, one JSON line answers.

    {"do": "state"}                          {"ok": true, "pid": 4711, "lines": [...], "pairs": [...]}
    {"do": "reload"}                         {"ok": true} or {"ok": false, "code": "relay.taken_twice", "values": {...}}
    {"do": "pair", "name": "till1"}          {"ok": true, "path": ".../ports/till1", "device": "/dev/pts/7"}
    {"do": "unpair", "name": "till1"}        {"do": "test", "name": "till1"}
    {"do": "attend", "lines": ["till1"], "lease_s": 5}
                                             {"ok": true, "held": [{"line", "offset", "since_ms", "bytes", "closed"}]}
    {"do": "route", "line": "till1", "offset": 4711, "paper": false}
                                             {"ok": true} or {"ok": false, "code": "relay.not_held", ...}; see
                                             docs/protocols/relay.md
    {"do": "record", "line": "till1"}        the printer is asked anew what it answers
    {"do": "stop"}                           ports stay with the holder;  {"do": "stop", "for_good": true}: they do not

On Linux a Unix socket in a folder only the owner can enter. On Windows a loopback port with a random word in
``run/line.port``, which every request carries as ``"word"``.
"""

from __future__ import annotations

import asyncio
import json
import os
import secrets
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import msgspec

from kvit.device import pair as pairs
from kvit.refusal import Refusal
from kvit.relay.house import House
from kvit.socket_path import socket_path

REQUEST_BYTES_MAX: Final = 262_144
"""A decision with what is to be printed in addition, in hex; others are a line or two."""
AGAIN_BYTES_MAX: Final = 4096
"""A line of text, drawn as a picture where the printer has no letters for it."""
ANSWER_S: Final = 10.0
"""A line process that does not answer for this long hangs."""

UNIX: Final = bool(hasattr(socket, "AF_UNIX") and sys.platform != "win32")
"""Whether there are Unix sockets that asyncio can serve."""

Answer = dict[str, Any]


class Control:
    """Serves the questions."""

    def __init__(self, house: House, folder: Path) -> None:
        self._house = house
        self._folder = folder
        self._server: asyncio.Server | None = None
        self._word = ""

    async def start(self) -> None:
        """Listen. A socket file left by a killed process is replaced."""
        if UNIX:
            path = socket_path(self._folder / "line.sock")
            path.unlink(missing_ok=True)
            self._server = await asyncio.start_unix_server(self._serve, path, limit=REQUEST_BYTES_MAX)
            return
        self._word = secrets.token_urlsafe(24)
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, limit=REQUEST_BYTES_MAX)
        port = self._server.sockets[0].getsockname()[1]
        (self._folder / "line.port").write_text(f"{port} {self._word}", "ascii")

    async def stop(self) -> None:
        """Listen no more."""
        if self._server is not None:
            self._server.close()
        if UNIX:
            socket_path(self._folder / "line.sock").unlink(missing_ok=True)
        (self._folder / "line.port").unlink(missing_ok=True)

    @staticmethod
    def answers(folder: Path) -> bool:
        """Say whether a line process serves this folder."""
        try:
            return bool(ask(folder, {"do": "state"}).get("ok"))
        except (OSError, ValueError):
            return False

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while line := await reader.readline():
                answer = await self._answer(line)
                writer.write(json.dumps(answer, ensure_ascii=False).encode() + b"\n")
                await writer.drain()
        except (ConnectionError, ValueError):
            pass
        except asyncio.CancelledError:
            return  # the process ends; asyncio of Python 3.11 prints a trace of a cancelled connection
        finally:
            writer.close()

    async def _answer(self, line: bytes) -> Answer:
        try:
            asked = json.loads(line)
        except ValueError:
            return _no(Refusal("relay.control", {"do": "?"}))
        if not isinstance(asked, dict) or not secrets.compare_digest(str(asked.get("word", "")), self._word):
            return _no(Refusal("relay.control", {"do": "?"}))
        verb = _VERBS.get(str(asked.get("do")))
        if verb is None:
            return _no(Refusal("relay.control", {"do": str(asked.get("do"))[:40]}))
        if verb is _reload:
            refused = await self._house.reload()
            return _no(refused) if refused else {"ok": True}
        return verb(self._house, asked)


def ask(folder: Path, question: Answer) -> Answer:
    """Ask the line process of ``folder`` (its run folder). Raises OSError when none answers."""
    with _connect(folder) as (sock, word):
        sock.settimeout(ANSWER_S)
        sock.sendall(json.dumps({**question, "word": word}).encode() + b"\n")
        data = b""
        while not data.endswith(b"\n"):
            piece = sock.recv(65536)
            if not piece:
                raise ConnectionError("the line process hung up")
            data += piece
    answer: Answer = json.loads(data)
    return answer


class _connect:  # noqa: N801 - used as a verb
    """A connection to the control socket, and the word it wants."""

    def __init__(self, folder: Path) -> None:
        if UNIX:
            self._word = ""
            self._sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            target: Any = str(socket_path(folder / "line.sock"))
        else:
            port, self._word = (folder / "line.port").read_text("ascii").split()
            self._sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
            target = ("127.0.0.1", int(port))
        self._sock.settimeout(ANSWER_S)
        try:
            self._sock.connect(target)
        except OSError:
            self._sock.close()
            raise

    def __enter__(self) -> tuple[socket.socket, str]:
        return self._sock, self._word

    def __exit__(self, *_: object) -> None:
        self._sock.close()


def _no(refusal: Refusal) -> Answer:
    return {"ok": False, "code": refusal.code, "values": refusal.values}


def _state(house: House, asked: Answer) -> Answer:
    lines = [line.state for line in house.lines.values()]
    made = [{"name": pair.name, "path": str(pair.path), "device": pair.device} for pair in house.pairs.values()]
    return {"ok": True, "pid": os.getpid(), "holder": house.holder.alive, "lines": lines, "pairs": made}


def _reload(house: House, asked: Answer) -> Answer:
    raise AssertionError("reload is awaited by the server")


def _pair(house: House, asked: Answer) -> Answer:
    name = str(asked.get("name"))
    if (wrong := pairs.check_name(name)) is not None:
        return _no(wrong)
    try:
        pair = house.pair(name)
    except OSError as error:
        return _no(Refusal("device.pair_failed", {"name": name, "reason": str(error)}))
    pairs.remember(house.folder / "ports", name)
    return {"ok": True, "path": str(pair.path), "device": pair.device}


def _unpair(house: House, asked: Answer) -> Answer:
    name = str(asked.get("name"))
    if not house.drop_pair(name):
        return _no(Refusal("device.pair_in_use", {"name": name}))
    pairs.forget(house.folder / "ports", name)
    return {"ok": True}


def _test(house: House, asked: Answer) -> Answer:
    name = str(asked.get("name"))
    pair = house.pairs.get(name)
    if pair is None:
        return _no(Refusal("device.pair_unknown", {"name": name}))
    used = any(line.settings.till == f"pty://{name}" for line in house.lines.values())
    wrong = pairs.look(pair) if used else pairs.test(pair)
    return _no(wrong) if wrong else {"ok": True, "moved_bytes": not used}


def _stop(house: House, asked: Answer) -> Answer:
    house.keep_ports = not asked.get("for_good")
    house.stopping.set()
    return {"ok": True}


def _attend(house: House, asked: Answer) -> Answer:
    """The asker decides about withheld paper of these lines from now on; of those it does not name it does no more."""
    names, lease_s = asked.get("lines"), asked.get("lease_s", 0)
    if not isinstance(names, list) or not isinstance(lease_s, int | float):
        return _no(Refusal("relay.control", {"do": "attend"}))
    again = asked.get("again")
    held: list[Answer] = []
    for name, line in house.lines.items():
        holding = line.pump.holding
        if holding is not None:
            said = _hex(again.get(name)) if isinstance(again, dict) else b""
            held += [msgspec.to_builtins(each) for each in holding.attend(lease_s if name in names else 0, said)]
    return {"ok": True, "held": held}


def _hex(said: object) -> bytes:
    try:
        return bytes.fromhex(said)[:AGAIN_BYTES_MAX] if isinstance(said, str) else b""
    except ValueError:
        return b""


def _record(house: House, asked: Answer) -> Answer:
    line = house.lines.get(str(asked.get("line")))
    if line is None or line.pump.holding is None:
        return _no(Refusal("relay.control", {"do": "record"}))
    line.pump.holding.record_anew()
    return {"ok": True}


def _route(house: House, asked: Answer) -> Answer:
    line = house.lines.get(str(asked.get("line")))
    try:
        offset, length = int(asked["offset"]), asked.get("bytes")
        splices = [(int(each["at"]), bytes.fromhex(each["hex"])) for each in asked.get("splices", [])]
    except (KeyError, TypeError, ValueError):
        return _no(Refusal("relay.control", {"do": "route"}))
    if line is None or line.pump.holding is None:
        return _no(Refusal("relay.not_held", {"line": str(asked.get("line"))[:64], "offset": offset}))
    paper = asked.get("paper") is not False
    refused = line.pump.holding.route(offset, paper, splices, None if length is None else int(length))
    return _no(refused) if refused else {"ok": True}


_VERBS: Final[dict[str, Callable[[House, Answer], Answer]]] = {
    "state": _state,
    "reload": _reload,
    "pair": _pair,
    "unpair": _unpair,
    "test": _test,
    "attend": _attend,
    "route": _route,
    "record": _record,
    "stop": _stop,
}
