"""The supervisor: what ``kvit up`` is once everything runs.

It starts the processes, watches them, starts a dead one again and ends them in order when told to. It opens no port and
no data base, so there is nothing in it to fail. Plain ``subprocess`` and signals, no event loop: it should cost next to
no memory.

A process says it is ready by one JSON line on its standard output; what it prints there later is passed on. One that says
before that it is ``preparing`` (books of millions of rows brought up to date) is given `PREPARED_WITHIN_S`. A process that
keeps dying is started again after 0.2, 0.4, 0.8 … up to 30 seconds; one that lived a minute is forgiven.

Each process has a group of its own, so that Ctrl+C in a terminal reaches the supervisor alone, which ends them in order.
Each gets the end of a pipe as its standard input: should the supervisor be killed, the pipe ends, and with it whatever
was started with ``--bound`` (the shop, the virtual printer; the line goes on, tills print through it).
"""

from __future__ import annotations

import contextlib
import json
import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

BACK_OFF_FIRST_S = 0.2
BACK_OFF_MAX_S = 30.0
"""Long enough to spare the machine, short enough that somebody who mends the cause need not wait."""
FORGIVEN_AFTER_S = 60.0
"""Longer than any start takes: what lived this long did start."""
DEATHS_UNTIL_SAID = 6
"""Six seconds of pauses: what a port or a lock of a process before needs to become free is over by then."""
STOP_WITHIN_S = 10.0
"""After a polite SIGTERM; the shop needs at most its last commit and the open pages' two seconds."""
READY_WITHIN_S = 30.0
"""A start takes a second (bench/README.md); the rest is room for a slow card with a log to play back."""
PREPARED_WITHIN_S = 3600.0
"""To end it in the middle would lose the work, and the next start would begin it anew."""
LINE_BYTES_MAX = 64 << 10
"""What a process prints without a line feed is passed on when it is this long."""


@dataclass(frozen=True)
class Program:
    """One process to keep alive. ``farewell`` is called before it is told to end for good."""

    name: str
    command: tuple[str, ...]
    farewell: Callable[[], None] | None = None


@dataclass
class _Child:
    program: Program
    process: subprocess.Popen[bytes] | None = None
    started_s: float = 0.0
    wait_s: float = BACK_OFF_FIRST_S
    again_at_s: float = 0.0
    deaths: int = 0
    """In a row, none having lived a minute."""
    ready: dict[str, object] = field(default_factory=dict)
    within_s: float = 0.0
    """Given to get ready, where it asked for more than the usual."""
    said: bytes = b""
    """The beginning of a line it has not finished."""


class StartFailed(Exception):  # noqa: N818 - reads as a sentence
    """A process ended, or stayed silent, before it was ready. ``name`` says which."""

    def __init__(self, name: str, why: str) -> None:
        super().__init__(f"{name}: {why}")
        self.name = name
        self.why = why


class Supervisor:
    """Keeps programs running until ``stop``; ``say`` gets one sentence an event.

    ``start_tries``: how often a process may end before it is ready, until the start has failed. More than one where a
    supervisor before us was killed, for what it ran may still be letting go of its ports. ``hopeless`` hears, once a run of
    deaths, the name of a process that does not start and how often it was tried; ``preparing`` the name of one that will
    take long to be ready.
    """

    def __init__(
        self,
        programs: Sequence[Program],
        say: Callable[[str], None],
        *,
        start_tries: int = 1,
        hopeless: Callable[[str, int], None] = lambda name, tries: None,
        preparing: Callable[[str], None] = lambda name: None,
    ) -> None:
        self._start_tries = start_tries
        self._hopeless = hopeless
        self._preparing = preparing
        self._children = [_Child(program) for program in programs]
        self._say = say
        self._selector = selectors.DefaultSelector()
        self._wake_read, self._wake_write = os.pipe()
        os.set_blocking(self._wake_write, False)
        self._selector.register(self._wake_read, selectors.EVENT_READ, None)
        self._stopping = False

    def start(self) -> dict[str, dict[str, object]]:
        """Start all at once, wait until each is ready; return what each said.

        None needs another to get ready: a line without its printer, a shop without its lines wait for them.
        """
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self._on_signal)
        signal.signal(signal.SIGCHLD, self._on_child)
        try:
            for child in self._children:
                self._launch(child)
            for child in self._children:
                self._begin(child)
        except BaseException:
            self.stop()
            raise
        return {child.program.name: child.ready for child in self._children}

    def watch(self) -> None:
        """Run until told to stop."""
        while not self._stopping:
            self._reap()
            self._pass(self._selector.select(self._pause()))

    def stop(self) -> None:
        """End the processes, the last started first."""
        self._stopping = True
        for child in reversed(self._children):
            process = child.process
            if process is None or process.poll() is not None:
                continue
            if child.program.farewell is not None:
                child.program.farewell()
            process.terminate()
            try:
                process.wait(STOP_WITHIN_S)
            except subprocess.TimeoutExpired:
                self._say(f"{child.program.name} did not end by itself and was killed")
                process.kill()
                process.wait()
        for child in self._children:
            if child.process is not None:
                self._let_go(child)

    def _begin(self, child: _Child) -> None:
        for tries_left in reversed(range(self._start_tries)):
            try:
                self._await_ready(child)
                return
            except StartFailed:
                if not tries_left or child.process is None or child.process.poll() is None:
                    raise
                self._let_go(child)
                time.sleep(child.wait_s)
                child.wait_s *= 2
                self._launch(child)

    def _launch(self, child: _Child) -> None:
        child.started_s = time.monotonic()
        child.said = b""
        child.process = subprocess.Popen(
            child.program.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0, process_group=0
        )
        assert child.process.stdout is not None
        os.set_blocking(child.process.stdout.fileno(), False)
        self._selector.register(child.process.stdout, selectors.EVENT_READ, child)

    def _await_ready(self, child: _Child) -> None:
        while not child.ready:
            within_s = child.within_s or READY_WITHIN_S
            deadline_s = child.started_s + within_s
            if self._stopping:
                raise KeyboardInterrupt
            assert child.process is not None
            ended = child.process.poll() is not None  # its end may have been heard while another was waited for
            self._pass(self._selector.select(0.0 if ended else max(0.0, deadline_s - time.monotonic())))
            if not child.ready and ended:
                raise StartFailed(child.program.name, "ended before it was ready")
            if not child.ready and time.monotonic() >= deadline_s:
                raise StartFailed(child.program.name, f"was not ready within {within_s:.0f} seconds")

    def _pass(self, events: list[tuple[selectors.SelectorKey, int]]) -> None:
        for key, _ in events:
            if key.data is None:
                os.read(self._wake_read, 4096)
                continue
            said = os.read(key.fd, LINE_BYTES_MAX)
            self._hear(key.data, said or (b"\n" if key.data.said else b""))
            if not said:
                self._selector.unregister(key.fd)

    def _hear(self, child: _Child, said: bytes) -> None:
        *lines, child.said = (child.said + said).split(b"\n")
        if len(child.said) >= LINE_BYTES_MAX:
            lines, child.said = [*lines, child.said], b""
        for line in lines:
            if not self._note_ready(child, line):
                sys.stdout.write(line.decode("utf-8", "replace") + "\n")
                sys.stdout.flush()

    def _note_ready(self, child: _Child, line: bytes) -> bool:
        if child.ready:
            return line.startswith((b'{"ready"', b'{"preparing"'))  # a later life says it again; nobody waits for it
        with contextlib.suppress(ValueError):
            said = json.loads(line)
            if isinstance(said, dict) and "ready" in said:
                child.ready = said
                return True
            if isinstance(said, dict) and "preparing" in said:
                child.within_s = PREPARED_WITHIN_S
                self._preparing(child.program.name)
                return True
        return False

    def _reap(self) -> None:
        now_s = time.monotonic()
        for child in self._children:
            if child.process is not None and child.process.poll() is not None:
                self._bury(child, now_s)
            if child.process is None and not self._stopping and now_s >= child.again_at_s:
                self._launch(child)

    def _bury(self, child: _Child, now_s: float) -> None:
        assert child.process is not None
        if now_s - child.started_s > FORGIVEN_AFTER_S:
            child.wait_s, child.deaths = BACK_OFF_FIRST_S, 0
        child.deaths += 1
        child.again_at_s = now_s + child.wait_s
        self._say(f"{child.program.name} ended ({child.process.returncode}); starting it again in {child.wait_s:.1f} s")
        child.wait_s = min(child.wait_s * 2, BACK_OFF_MAX_S)
        self._let_go(child)
        if child.deaths == DEATHS_UNTIL_SAID:
            self._hopeless(child.program.name, child.deaths)
        child.process = None

    def _let_go(self, child: _Child) -> None:
        """Pass on an ended process's last words; close our ends of its pipes."""
        process = child.process
        if process is None or process.stdout is None or process.stdin is None or process.stdout.closed:
            return
        if process.stdout.fileno() in self._selector.get_map():
            with contextlib.suppress(BlockingIOError):
                self._hear(child, os.read(process.stdout.fileno(), LINE_BYTES_MAX))
            self._selector.unregister(process.stdout)
        process.stdin.close()
        process.stdout.close()

    def _pause(self) -> float | None:
        waits = [child.again_at_s for child in self._children if child.process is None]
        return max(0.0, min(waits) - time.monotonic()) if waits else None

    def _on_signal(self, *_: object) -> None:
        self._stopping = True
        self._wake()

    def _on_child(self, *_: object) -> None:
        self._wake()

    def _wake(self) -> None:
        with contextlib.suppress(BlockingIOError):
            os.write(self._wake_write, b"!")
