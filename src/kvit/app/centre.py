"""A station's server: which one it is, and how it is asked.

The pairing is a file of its own in the data folder (``centre.json``, readable by its owner alone). While it is made it is
``pairing.json``, written before the server is asked: a station that was killed, or lost the answer, asks again with the
same key. Both hold the station's key, so they are in no backup of the books.
"""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

import msgspec

from kvit.chain.settings import is_safe
from kvit.net.exchange import Ask, Failed, Limits, Reply
from kvit.refusal import Refusal

FILE, ASKED = "centre.json", "pairing.json"
LIMITS = Limits(connect_s=10.0, silence_s=60.0, whole_s=180.0)
"""A batch over a slow line takes a minute, and so may the server that takes a backlog apart."""

Asking = Callable[[Ask, Limits], Awaitable[Reply | Failed]]
T = TypeVar("T")


class Centre(msgspec.Struct, frozen=True):
    """What a station knows of its server. ``station`` is empty until the server has let it in."""

    url: str
    code: str
    key: str
    station: str = ""
    name: str = ""
    shop: str = ""
    shop_name: str = ""
    public_url: str = ""


class Lost(msgspec.Struct, frozen=True):
    """No answer that can be used: what went wrong in the wire's words."""

    why: str


def read(folder: Path, name: str = FILE) -> Centre | None:
    """Read the pairing; None where there is none."""
    try:
        return msgspec.json.decode((folder / name).read_bytes(), type=Centre)
    except (FileNotFoundError, msgspec.DecodeError):
        return None


def write(folder: Path, centre: Centre, name: str = FILE) -> None:
    """Keep the pairing, durably."""
    path, fresh = folder / name, folder / (name + ".new")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(msgspec.json.encode(centre))
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
    directory = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)


def forget(folder: Path, name: str = FILE) -> None:
    """Take the pairing away."""
    (folder / name).unlink(missing_ok=True)


async def ask(
    asking: Asking, centre: Centre, path: str, body: bytes, answer: type[T], *, media_type: str = "application/json",
    with_key: bool = True,
) -> T | Refusal | Lost:  # fmt: skip
    """Ask the server; its no is a `Refusal` with its own code, anything else that is no answer a `Lost`."""
    if not is_safe(centre.url):
        return Refusal("chain.url_unsafe", {"url": centre.url[:200]})
    headers = {"Content-Type": media_type, "Accept": "application/json"}
    if with_key:
        headers["Authorization"] = f"Bearer {centre.key}"
    url = centre.url.rstrip("/")
    wanted = Ask(url + path, body, headers, plain=url.startswith("http://"), house=True)
    reply = await asking(wanted, LIMITS)
    if isinstance(reply, Failed):
        return Lost(reply.trouble.value)
    try:
        if reply.status == 200:
            return msgspec.json.decode(reply.body, type=answer)
        told = msgspec.json.decode(reply.body, type=_Problem)
    except msgspec.DecodeError:
        return Lost(f"{reply.status}")
    return Refusal(told.code) if 400 <= reply.status < 500 and told.code else Lost(f"{reply.status}")


class _Problem(msgspec.Struct):
    code: str = ""
