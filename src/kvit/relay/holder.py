"""The holder: a tiny process that keeps descriptors open while the line process is away.

A pseudo-terminal whose master closes hangs up its till; a listening port that closes refuses one. So the line process
leaves a copy of each with a process that does nothing else and therefore does not crash (the same idea as systemd's
descriptor store, without needing systemd). After a kill -9 the next line process fetches them: the till saw nothing but a
pause, its bytes waited in the kernel (17 kB in a pseudo-terminal, the backlog of a port).

This file is both sides. Run as a script (``python -I -S holder.py SOCKET``) it imports nothing of Kvit: 7 MB. One datagram
asks, one answers: JSON, descriptors as SCM_RIGHTS. Verbs: ``put key``, ``get key``, ``drop key``, ``keys``, ``end``;
after ``stay`` the connection stays open, and shows the holder that its line process lives. One nobody came back to ends.
Linux only; elsewhere `Holder` holds nothing and says so.
"""

from __future__ import annotations

import json
import os
import select
import socket
import subprocess
import sys
import time
from collections.abc import Callable

Clock = Callable[[], float]
MESSAGE_BYTES_MAX = 4096
FDS_MAX = 4
"""Of one key: a pseudo-terminal has two."""
KEYS_MAX = 4096
STAYING_MAX = 16
"""There is one line process, and for a moment its successor."""
ANSWER_S = 5.0
ALONE_S = 600.0
"""Without a line process for this long the holder ends. A restart takes seconds, an update or a look at a mistake in the
settings some minutes; after that a till is better hung up than left printing into nothing."""
LOOK_S = 5.0
"""How often a holder that is alone looks whether its socket is still there: without it nobody can come back."""


def serve(path: str, alone_s: float = ALONE_S, look_s: float = LOOK_S, clock: Clock = time.monotonic) -> None:
    """Be the holder until told to end, or until no line process has been there for ``alone_s``."""
    sock = _listen(path)
    here = _inode(path)
    held: dict[str, list[int]] = {}
    staying: list[socket.socket] = []
    seen_s, ended = clock(), False
    while not ended:
        ready, _, _ = select.select([sock, *staying], [], [], None if staying else look_s)
        if staying or ready:
            seen_s = clock()
        for gone in [client for client in staying if client in ready]:  # it asks nothing more: this is its end
            staying.remove(gone)
            gone.close()
        if sock in ready:
            ended = _serve_one(sock.accept()[0], held, staying)
        elif not staying:
            ended = clock() - seen_s >= alone_s or _inode(path) != here
    if _inode(path) == here:
        os.unlink(path)  # noqa: PTH108
    for client in (sock, *staying):
        client.close()
    _close([fd for fds in held.values() for fd in fds])


def _listen(path: str) -> socket.socket:
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    new = f"{path}.{os.getpid()}"
    sock.bind(new)
    os.chmod(new, 0o600)  # noqa: PTH101 - pathlib costs this tiny process a megabyte
    sock.listen(8)
    os.rename(new, path)  # noqa: PTH104
    return sock


def _inode(path: str) -> int:
    try:
        return os.stat(path).st_ino  # noqa: PTH116
    except OSError:
        return 0


def _serve_one(client: socket.socket, held: dict[str, list[int]], staying: list[socket.socket]) -> bool:
    """Answer one question; True when it was ``end``."""
    client.settimeout(ANSWER_S)
    verb = ""
    try:
        verb = _answer(client, held)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        verb = ""
    if verb == "stay" and len(staying) < STAYING_MAX:
        staying.append(client)
    else:
        client.close()
    return verb == "end"


def _answer(client: socket.socket, held: dict[str, list[int]]) -> str:
    data, fds, _, _ = socket.recv_fds(client, MESSAGE_BYTES_MAX, FDS_MAX)
    asked = json.loads(data)
    verb, key = asked["do"], asked.get("key", "")
    if verb == "put" and fds and (key in held or len(held) < KEYS_MAX):
        _close(held.pop(key, []))
        held[key] = list(fds)
        fds = []
    elif verb == "get" and key in held:
        socket.send_fds(client, [b'{"ok": true}'], held[key])
        return str(verb)
    elif verb == "drop":
        _close(held.pop(key, []))
    _close(list(fds))
    client.send(json.dumps({"ok": verb != "get", "keys": len(held), "pid": os.getpid()}).encode())
    return str(verb)


def _close(fds: list[int]) -> None:
    for fd in fds:
        os.close(fd)


class Holder:
    """The line process's side."""

    def __init__(self, path: os.PathLike[str] | None) -> None:
        """Take the socket's path; None holds nothing (Windows; tests)."""
        self._path = None if path is None else os.fspath(path)
        self._process: subprocess.Popen[bytes] | None = None
        self._staying: socket.socket | None = None

    @property
    def alive(self) -> bool:
        """Say whether a holder answers."""
        return self._path is not None and self._ask("keys") is not None

    @property
    def ours(self) -> bool:
        """Say whether this object started the holder; one it found may hold what tills have open."""
        return self._process is not None

    @property
    def watched(self) -> int:
        """A descriptor that becomes readable when the holder dies; -1 where there is none."""
        return -1 if self._staying is None else self._staying.fileno()

    def died(self) -> None:
        """It is gone, and what it held with it: to be started anew."""
        self._leave()
        if self._process is not None:
            self._process.poll()

    def start(self) -> None:
        """See that a holder runs: find it, or start one in its own session. It lives as long as we do and a while."""
        if self._path is None:
            return
        if not self.alive:
            self._launch()
        self._stay()

    def _launch(self) -> None:
        assert self._path is not None
        command = [sys.executable, "-I", "-S", os.path.abspath(__file__), self._path]  # noqa: PTH100
        nowhere = subprocess.DEVNULL  # it outlives us: whoever reads our pipes to their end must not wait for it
        self._process = subprocess.Popen(command, start_new_session=True, stdin=nowhere, stdout=nowhere, stderr=nowhere)
        deadline = time.monotonic() + ANSWER_S
        while not self.alive:
            if time.monotonic() > deadline or self._process.poll() is not None:
                return  # without a holder the line works all the same, only a crash will hang up tills
            time.sleep(0.01)

    def _stay(self) -> None:
        try:
            self._staying = self._connect()
            self._staying.send(b'{"do": "stay"}')
            self._staying.recv(MESSAGE_BYTES_MAX)
        except OSError:
            self._leave()

    def _leave(self) -> None:
        if self._staying is not None:
            self._staying.close()
            self._staying = None

    def put(self, key: str, fds: list[int]) -> None:
        """Leave copies of descriptors; what was left under that key before is closed."""
        self._ask("put", key, fds)

    def get(self, key: str) -> list[int]:
        """Fetch copies of what was left; empty when nothing was."""
        if self._path is None:
            return []
        try:
            with self._connect() as sock:
                sock.send(json.dumps({"do": "get", "key": key}).encode())
                _, fds, _, _ = socket.recv_fds(sock, MESSAGE_BYTES_MAX, FDS_MAX)
                return list(fds)
        except OSError:
            return []

    def drop(self, key: str) -> None:
        """Let go of what was left."""
        self._ask("drop", key)

    def end(self) -> None:
        """End the holder and all it holds."""
        self._leave()
        self._ask("end")
        if self._process is None:
            return
        try:
            self._process.wait(ANSWER_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def close(self) -> None:
        """Forget the process: it lives on, for a while."""
        self._leave()
        if self._process is not None and self._process.poll() is None:
            self._process.returncode = 0  # it is meant to outlive us: no warning about a child left running

    def _connect(self) -> socket.socket:
        assert self._path is not None
        sock = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        sock.settimeout(ANSWER_S)
        try:
            sock.connect(self._path)
        except OSError:
            sock.close()
            raise
        return sock

    def _ask(self, verb: str, key: str = "", fds: list[int] | None = None) -> dict[str, object] | None:
        if self._path is None:
            return None
        try:
            with self._connect() as sock:
                socket.send_fds(sock, [json.dumps({"do": verb, "key": key}).encode()], fds or [])
                answer: dict[str, object] = json.loads(sock.recv(MESSAGE_BYTES_MAX))
                return answer
        except (OSError, ValueError):
            return None


if __name__ == "__main__":
    serve(sys.argv[1])
