"""The door of the running shop for command-line tools: one process owns the data base, so they ask it.

A Unix socket in the data folder (only its owner may open it). One JSON object a line each way:
``{"verb": "backup", "target": "/path"}`` is answered by ``{"ok": {...}}`` or ``{"error": "sentence"}``.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import socket
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

from kvit.socket_path import socket_path as short

REQUEST_BYTES_MAX = 24 << 20
"""A document with its pictures (16 MiB, `kvit.device.spool.order`) in base 64. Only this user can send one."""
ANSWER_WITHIN_S = 600.0
"""A backup of a large shop to a slow stick takes minutes."""

Verb = Callable[[dict[str, Any]], Awaitable[dict[str, Any]]]


class NotRunning(Exception):  # noqa: N818 - reads as a sentence
    """No shop runs on this data folder."""


class ControlError(Exception):
    """The shop said no; the message is its sentence."""


def socket_path(folder: Path) -> Path:
    """Where the shop of this data folder listens."""
    return short(folder / "shop.sock")


async def serve(folder: Path, verbs: Mapping[str, Verb]) -> asyncio.Server:
    """Listen; each verb gets the request's object and gives the answer's."""
    path = socket_path(folder)
    with contextlib.suppress(FileNotFoundError):
        path.unlink()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # Cancelled when the process ends: asyncio of Python 3.11 would print a trace of it.
        with contextlib.suppress(ConnectionError, asyncio.LimitOverrunError, ValueError, asyncio.CancelledError):
            while line := await reader.readline():
                writer.write(json.dumps(await _answer(verbs, line)).encode() + b"\n")
                await writer.drain()
        writer.close()

    mask = os.umask(0o177)
    try:
        return await asyncio.start_unix_server(talk, path, limit=REQUEST_BYTES_MAX)
    finally:
        os.umask(mask)


async def _answer(verbs: Mapping[str, Verb], line: bytes) -> dict[str, Any]:
    try:
        request = json.loads(line)
        verb = verbs[request["verb"]]
    except (ValueError, KeyError, TypeError):
        return {"error": "The running shop does not know this request; is it another version of Kvit?"}
    try:
        return {"ok": await verb(request)}
    except Exception as error:
        return {"error": f"{error}"}


def ask(folder: Path, verb: str, **values: object) -> dict[str, Any]:
    """Ask the running shop; raises ``NotRunning`` or ``ControlError``."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
        line.settimeout(ANSWER_WITHIN_S)
        try:
            line.connect(os.fspath(socket_path(folder)))
        except OSError as error:
            raise NotRunning(str(folder)) from error
        try:
            line.sendall(json.dumps({"verb": verb, **values}).encode() + b"\n")
            said = line.makefile("rb").readline()
        except ConnectionError:
            said = b""
    answer = json.loads(said or b'{"error": "The shop ended before it answered."}')
    if "error" in answer:
        raise ControlError(answer["error"])
    found: dict[str, Any] = answer["ok"]
    return found
