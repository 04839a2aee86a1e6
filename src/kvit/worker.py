"""A worker: a process of its own for work that may be slow, large or hostile (pictures, scripts).

The wire between the two is a pipe in each direction. A message is a four-byte length (big endian) and that many
bytes; an answer begins with one byte more: ``+`` done, ``-`` the work raised (the rest is its message, for the log).
The worker answers in order, one job at a time.

The parent keeps three promises: a job that takes longer than ``deadline_s`` is killed with its process and answered by
``WorkerFailed``; the process is started when first needed and leaves when nothing came for ``idle_s``; no more than
``queue_max`` jobs wait. Inside, the process limits its own memory and processor time (``resource`` where there is one).
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import struct
import sys
from collections.abc import Callable, Sequence
from typing import BinaryIO

MESSAGE_BYTES_MAX = 64 << 20
"""A 1,024 x 20,000 dot sheet as PDF stays far below; anything larger is a fault on the other side."""
QUEUE_MAX = 64
"""Jobs waiting for one worker; at 5 ms a picture that is a third of a second, past it people are told to wait."""
ADDRESS_SPACE_BYTES = 1 << 30
"""numpy and its threads reserve some 500 MB of address space before the first dot."""
JOB_CPU_S = 10
"""Processor time of one job: twice the usual deadline, so that the parent's clock speaks first and this only backs it."""
START_S = 10.0
"""What a fresh process may take on top: it imports numpy and fonts first, and a busy small machine does that slowly."""
LENGTH = struct.Struct(">I")


class WorkerFailed(Exception):  # noqa: N818 - it reads as the sentence it is
    """The job did not come back: ``reason`` is ``deadline``, ``died``, ``busy`` or ``raised``."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason = reason
        self.detail = detail


class Worker:
    """The parent's side: give it bytes, get bytes back.

    ``command`` starts the process (it must call ``serve``). All times in seconds.
    """

    def __init__(
        self, command: Sequence[str], *, deadline_s: float = 5.0, idle_s: float = 60.0, queue_max: int = QUEUE_MAX
    ) -> None:
        self._command = tuple(command)
        self._deadline_s = deadline_s
        self._idle_s = idle_s
        self._queue_max = queue_max
        self._process: asyncio.subprocess.Process | None = None
        self._turn = asyncio.Lock()
        self._waiting = 0
        self._idle: asyncio.TimerHandle | None = None

    async def work(self, job: bytes) -> bytes:
        """Return what the worker made of ``job``; raise ``WorkerFailed`` when it could not."""
        if self._waiting >= self._queue_max:
            raise WorkerFailed("busy")
        self._waiting += 1
        try:
            async with self._turn:
                return await self._work(job)
        finally:
            self._waiting -= 1

    async def close(self) -> None:
        """Stop the process."""
        async with self._turn:
            self._stop_clock()
            await self._kill()

    async def _work(self, job: bytes) -> bytes:
        self._stop_clock()
        fresh = self._process is None or self._process.returncode is not None
        process = await self._running()
        try:
            return await asyncio.wait_for(_exchange(process, job), self._deadline_s + START_S * fresh)
        except TimeoutError:
            await self._kill()
            raise WorkerFailed("deadline") from None
        except (asyncio.IncompleteReadError, ConnectionError) as error:
            await self._kill()
            raise WorkerFailed("died", str(error)) from error
        except asyncio.CancelledError:
            await self._kill()  # half an answer is in the pipe: the next job must not read it
            raise
        finally:
            self._idle = asyncio.get_running_loop().call_later(self._idle_s, self._leave)

    async def _running(self) -> asyncio.subprocess.Process:
        if self._process is None or self._process.returncode is not None:
            pipe = asyncio.subprocess.PIPE
            self._process = await asyncio.create_subprocess_exec(*self._command, stdin=pipe, stdout=pipe)
        return self._process

    def _stop_clock(self) -> None:
        if self._idle is not None:
            self._idle.cancel()
            self._idle = None

    def _leave(self) -> None:
        """Nothing came for a while: closing its input lets the process end by itself."""
        if self._process is not None and self._process.stdin is not None and not self._turn.locked():
            self._process.stdin.close()
            self._process = None

    async def _kill(self) -> None:
        process, self._process = self._process, None
        if process is not None and process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()


async def _exchange(process: asyncio.subprocess.Process, job: bytes) -> bytes:
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(LENGTH.pack(len(job)) + job)
    await process.stdin.drain()
    (length,) = LENGTH.unpack(await process.stdout.readexactly(LENGTH.size))
    assert 1 <= length <= MESSAGE_BYTES_MAX
    answer = await process.stdout.readexactly(length)
    if answer[:1] == b"-":
        raise WorkerFailed("raised", answer[1:].decode("utf-8", "replace"))
    return answer[1:]


def serve(handle: Callable[[bytes], bytes], source: BinaryIO, target: BinaryIO) -> None:
    """The process's side: answer each message by ``handle`` until the input ends."""
    limit_resources()
    gc.collect()
    gc.freeze()  # what the imports made stays: every later collection would walk it in vain (a tenth of a receipt's time)
    while len(head := source.read(LENGTH.size)) == LENGTH.size:
        job = source.read(LENGTH.unpack(head)[0])
        allow_cpu(JOB_CPU_S)
        try:
            answer = b"+" + handle(job)
        except Exception as error:
            answer = b"-" + f"{type(error).__name__}: {error}".encode()[:2000]
        target.write(LENGTH.pack(len(answer)) + answer)
        target.flush()


def limit_resources() -> None:
    """Cap this process's address space; politely step behind the tills on the processor."""
    if sys.platform == "win32":
        return
    import os
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE_BYTES, ADDRESS_SPACE_BYTES))
    with contextlib.suppress(OSError):
        os.nice(5)


def allow_cpu(seconds: int) -> None:
    """Move the processor-time limit to ``seconds`` from now: a job that burns more is ended by the kernel."""
    if sys.platform == "win32":
        return
    import resource

    used = resource.getrusage(resource.RUSAGE_SELF)
    soft = int(used.ru_utime + used.ru_stime) + seconds + 1
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (soft, hard))
