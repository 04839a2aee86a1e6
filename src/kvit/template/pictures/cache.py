"""Pictures from elsewhere: fetched once, looked at again when they are old, and printed from the last good copy meanwhile.

The source downloads the pictures of a template in parallel with a cache (2.3 and 4 of it). Here the cache lies on disk,
named by the hash of the address, and outlives a restart and a dead network: a picture once seen prints for ever, a fresh
one is asked for when the copy is older than `FRESH_S`, by the mark (ETag, Last-Modified) it came with. Who asks while the
same picture is on its way waits for that one answer. What a server says is believed only as far as `kinds` goes.

Addresses are guarded by `kvit.net` (no private ones, no rebinding); a redirect is a new address and guarded alike. The
least used copies go when all of them are too large.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Final
from urllib.parse import urljoin

import msgspec

from kvit.net import Ask, Asking, Limits, Reply
from kvit.refusal import Refusal
from kvit.template.pictures.kinds import BYTES_MAX, kind_of

FRESH_S: Final = 3_600
"""A new logo is seen within an hour; a shop that can not wait uploads it."""
AGAIN_S: Final = 30
"""After a failure nobody is asked for so long: a dead server must not hold up every receipt."""
AT_ONCE: Final = 6
"""Fetches at the same time, as browsers have it."""
HOPS_MAX: Final = 3
KEPT_BYTES: Final = 64 << 20
KEPT_FILES: Final = 2_000
LIMITS: Final = Limits(answer_bytes=BYTES_MAX)
"""What whoever hands in ``ask`` binds to it."""


class Note(msgspec.Struct, frozen=True):
    """What is known of a copy, beside it on disk."""

    url: str
    etag: str = ""
    modified: str = ""
    checked_s: int = 0


class Pictures:
    """All pictures from elsewhere. One owner, on one event loop."""

    def __init__(self, folder: Path, ask: Asking, clock: Callable[[], float], *, house: bool = False) -> None:
        """Take the folder, who asks (`kvit.net.ask` within `LIMITS`), the wall clock (s); ``house``: the shop's net too."""
        self._folder = folder
        self._ask = ask
        self._clock = clock
        self._house = house
        self._under_way: dict[str, asyncio.Task[bytes | Refusal]] = {}
        self._failed: dict[str, float] = {}
        self._turn = asyncio.Semaphore(AT_ONCE)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    async def get(self, url: str) -> bytes | Refusal:
        """Give a picture's bytes; a `Refusal` of ``template.picture`` where none ever came."""
        task = self._under_way.get(url)
        if task is None:
            task = self._under_way[url] = asyncio.create_task(self._get(url))
            task.add_done_callback(lambda _: self._under_way.pop(url, None))
        return await asyncio.shield(task)

    async def get_all(self, urls: list[str]) -> dict[str, bytes | Refusal]:
        """Give several pictures, fetched side by side."""
        wanted = list(dict.fromkeys(urls))
        return dict(zip(wanted, await asyncio.gather(*(self.get(url) for url in wanted)), strict=True))

    async def close(self) -> None:
        """Give up what is under way."""
        for task in list(self._under_way.values()):
            task.cancel()
        await asyncio.gather(*self._under_way.values(), return_exceptions=True)

    async def _get(self, url: str) -> bytes | Refusal:
        note, kept = self._kept(url)
        now = self._clock()
        if kept is not None and note is not None and now - note.checked_s < FRESH_S:
            return kept
        if now - self._failed.get(url, float("-inf")) < AGAIN_S:
            return kept or _refused(url)
        async with self._turn:
            fresh = await self._fetch(url, note if kept is not None else None)
        if fresh is None:
            self._failed[url] = now
            return kept or _refused(url)
        self._failed.pop(url, None)
        note, data = fresh
        if data is None:
            assert kept is not None
            data = kept
        self._keep(note, data)
        return data

    async def _fetch(self, url: str, known: Note | None) -> tuple[Note, bytes | None] | None:
        """Ask for a picture: its note and bytes; None for bytes: the copy is still right; None: nothing good came."""
        place = url
        for _ in range(HOPS_MAX + 1):
            wanted = Ask(place, b"", _marks(known), method="GET", plain=True, house=self._house)
            reply = await self._ask(wanted)
            if not isinstance(reply, Reply):
                return None
            if reply.status in (301, 302, 303, 307, 308) and "location" in reply.headers:
                place = urljoin(place, reply.headers["location"])
                continue
            return self._read(url, reply, known)
        return None

    def _read(self, url: str, reply: Reply, known: Note | None) -> tuple[Note, bytes | None] | None:
        now = int(self._clock())
        if reply.status == 304 and known is not None:
            return msgspec.structs.replace(known, checked_s=now), None
        if reply.status != 200 or not kind_of(reply.body):
            return None
        etag, modified = (reply.headers.get(name, "")[:200] for name in ("etag", "last-modified"))
        return Note(url, etag, modified, now), reply.body

    def _path(self, url: str) -> Path:
        return self._folder / hashlib.sha256(url.encode()).hexdigest()

    def _kept(self, url: str) -> tuple[Note | None, bytes | None]:
        path = self._path(url)
        with contextlib.suppress(OSError, msgspec.DecodeError):
            note = msgspec.json.decode(path.with_suffix(".json").read_bytes(), type=Note)
            data = path.read_bytes()
            if note.url == url and kind_of(data):
                path.touch()  # the least used goes first
                return note, data
        return None, None

    def _keep(self, note: Note, data: bytes) -> None:
        """A full disk costs the copy, not the receipt."""
        path = self._path(note.url)
        with contextlib.suppress(OSError):
            for target, body in ((path, data), (path.with_suffix(".json"), msgspec.json.encode(note))):
                fresh = target.with_name(f".{target.name}.new")
                fresh.write_bytes(body)
                fresh.replace(target)
            self._make_room()

    def _make_room(self) -> None:
        files = sorted((path.stat().st_mtime_ns, path) for path in self._folder.iterdir() if len(path.name) == 64)
        size = sum(path.stat().st_size for _, path in files)
        while files and (size > KEPT_BYTES or len(files) > KEPT_FILES):
            _, oldest = files.pop(0)
            size -= oldest.stat().st_size
            oldest.unlink(missing_ok=True)
            oldest.with_suffix(".json").unlink(missing_ok=True)


def _marks(known: Note | None) -> dict[str, str]:
    if known is None:
        return {}
    marks = {"If-None-Match": known.etag, "If-Modified-Since": known.modified}
    return {name: value for name, value in marks.items() if value and value.isascii() and value.isprintable()}


def _refused(url: str) -> Refusal:
    return Refusal("template.picture", {"address": url[:200]})
