"""A line to a server that breaks: passes bytes both ways and cuts a connection after so many of them, or takes none."""

from __future__ import annotations

import contextlib
import selectors
import socket
import threading


class CuttingProxy:
    """Listens on loopback. ``cuts`` are used up one a connection: after how many bytes, both ways together, it is cut."""

    def __init__(self, port: int) -> None:
        self.cuts: list[int] = []
        self.down = False
        self.passed = 0
        self._target = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Listen no more."""
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            if self.down:
                near.close()
                continue
            left = self.cuts.pop(0) if self.cuts else None
            threading.Thread(target=self._pass, args=(near, left), daemon=True).start()

    def _pass(self, near: socket.socket, left: int | None) -> None:
        place = ("127.0.0.1", self._target)
        with (
            near,
            contextlib.suppress(OSError),
            socket.create_connection(place) as far,
            selectors.DefaultSelector() as ready,
        ):
            ready.register(near, selectors.EVENT_READ, far)
            ready.register(far, selectors.EVENT_READ, near)
            while left is None or left > 0:
                for key, _ in ready.select():
                    source, other = key.fileobj, key.data
                    assert isinstance(source, socket.socket)
                    data = source.recv(65536 if left is None else max(1, min(65536, left)))
                    if not data:
                        return
                    other.sendall(data)
                    self.passed += len(data)
                    left = None if left is None else left - len(data)
