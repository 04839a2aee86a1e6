"""Ports for tests that must know one before anybody listens, or need the same one again after a restart.

They lie below those a system gives to connections on their way out (32768 and up on Linux, 49152 elsewhere): a port that
was free a moment ago, or is free between two servers, can not become the other end of somebody's connection meanwhile.
"""

from __future__ import annotations

import contextlib
import itertools
import random
import socket

PORTS = range(12_000, 32_000)
_numbers = itertools.count(random.SystemRandom().randrange(len(PORTS)))
"""Processes that run tests side by side begin at different places."""


def free_port() -> int:
    """A port nobody has just now, and that this process has not been given before."""
    for number in _numbers:
        port = PORTS[number % len(PORTS)]
        with contextlib.suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port
    raise AssertionError
