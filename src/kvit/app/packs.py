"""The packs of a running shop: taken in after a trial in a worker process, and at work at once.

What a running pack brings is laid over what Kvit brings: its templates into the library's base (as a new version there, so
that the way back is the library's own), its scripts into every filling, its printer languages into every paper for such a
printer. Work that has begun keeps what it began with. A pack whose script fails three times within ten minutes steps back
by itself (`kvit.template.packs.choice`).
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import msgspec

from kvit.app.settings import PacksSettings
from kvit.db import Database, DatabaseError
from kvit.device.adapters.address import adapter_name, parse
from kvit.device.press import Press, Pressed, Wanted
from kvit.device.printers import service as printers
from kvit.device.spool import service as spool
from kvit.paper.languages.table import PackLanguage
from kvit.refusal import Refusal
from kvit.template import builtin
from kvit.template.fill import Filled, FillWanted
from kvit.template.library import service as library
from kvit.template.library.model import Recipe
from kvit.template.packs import content
from kvit.template.packs.archive import ARCHIVE_BYTES_MAX
from kvit.template.packs.manifest import PackError
from kvit.template.packs.shelf import Running, Shelf, write_file
from kvit.template.packs.signing import NewKeys, Trust
from kvit.template.scripts.runner import Offered, unknown

Try = Callable[[bytes, Trust], Awaitable[str]]
"""Tries a pack in a process of its own; says what came out otherwise, empty: nothing did."""
Came = Callable[[frozenset[str]], Awaitable[None]]
"""Hears the names of printer languages that are new or other than before."""
Fills = Callable[[FillWanted], Awaitable[Filled | Refusal]]
KEYS_BYTES_MAX = 64 << 10
"""Of a file with a list of keys."""
BLAMED = "template.data_shape"
"""What a filling says when a script failed; its reason names the script."""
BLAMED_PRESSING = ("device.pack_language", "device.press_failed")
"""What pressing says when a script that arranges tags failed, or took the process with it."""


def started_again(db: Database, shop: str, clock: Callable[[], float]) -> Came:
    """Give what queues the jobs that were refused for want of a language, once it is there."""

    async def came(names: frozenset[str]) -> None:
        for printer in await db.read(printers.printers, shop):
            given = parse(printer.address)
            if not isinstance(given, Refusal) and not names.isdisjoint((given.adapter, given.profile)):
                await db.write(spool.remade, shop, printer.name, int(clock() * 1000))

    return came


def trust_of(settings: PacksSettings) -> Trust:
    """Whose packs the shop takes, as kvit.toml says."""
    return Trust(tuple(bytes.fromhex(key) for key in settings.keys), settings.threshold, settings.number)


class Packs:
    """One shop's packs."""

    def __init__(
        self,
        folder: Path,
        trust: Trust,
        db: Database,
        tries: Try,
        log: Callable[[str, dict[str, object]], None],
        came: Came | None = None,
    ) -> None:
        """Take where packs lie, whom to trust, who tries one, and who hears which printer languages came."""
        self._db = db
        self._came = came
        self.profiles = folder.absolute() / "profiles"
        """Where profiles of command printers lie that running packs brought."""
        self._tries = tries
        self._log = log
        self._tried = ""
        self.shelf = Shelf(folder, trust, (), lambda pack: self._tried, time.time)
        self._trust = self.shelf.trust
        self._scripts: dict[str, str] = {}
        self._by_script: dict[str, Running] = {}
        self._languages: dict[str, tuple[PackLanguage, Running]] = {}
        self._turn = asyncio.Lock()

    @property
    def scripts(self) -> dict[str, str]:
        """The scripts in force, by name."""
        return self._scripts

    def source(self, script: str) -> str | Refusal:
        """Give a script's text by the rule of packs."""
        found = self._scripts.get(script)
        return unknown(script) if found is None else found

    def offered(self) -> list[Offered]:
        """Give the scripts in force with their packs."""
        found = self._by_script
        return [Offered(name, found[name].pack.manifest.name, found[name].version) for name in sorted(found)]

    async def settle(self) -> None:
        """Lay what the running packs bring over what Kvit brings."""
        recipes: dict[tuple[str, str], Recipe] = dict(builtin.recipes())
        scripts: dict[str, str] = {}
        by_script: dict[str, Running] = {}
        languages: dict[str, tuple[PackLanguage, Running]] = {}
        profiles: dict[str, bytes] = {}
        for name in self.shelf.names():
            running = self.shelf.running(name)
            if isinstance(running, Refusal):
                continue
            with contextlib.suppress(PackError):
                recipes |= await asyncio.to_thread(content.recipes, running.pack)
                mine = content.scripts(running.pack)
                scripts |= mine
                by_script |= dict.fromkeys(mine, running)
                brought = content.languages(running.pack)
                languages |= {name: (language, running) for name, language in brought.items()}
                profiles |= content.profiles(running.pack)
        await self._db.write(library.settle_base, recipes, int(time.time() * 1000))
        laid = await asyncio.to_thread(self._lay, profiles)
        before = self._languages
        self._scripts, self._by_script, self._languages = scripts, by_script, languages
        fresh = frozenset(
            name for name, (language, _) in languages.items() if name not in before or before[name][0] != language
        )
        if (fresh or laid) and self._came is not None:
            await self._came(fresh | laid)

    def _lay(self, profiles: dict[str, bytes]) -> frozenset[str]:
        """Lay the profiles of running packs down as files, which printers name; give those that are new or changed."""
        folder = self.profiles
        wanted = {folder / f"{name}{content.COMMANDS}": data for name, data in profiles.items()}
        if wanted:
            folder.mkdir(mode=0o700, exist_ok=True)
        for path in set(folder.glob(f"*{content.COMMANDS}")) - wanted.keys():
            path.unlink()
        fresh = {path for path, data in wanted.items() if not path.is_file() or path.read_bytes() != data}
        for path in fresh:
            write_file(path, wanted[path])
        return frozenset(map(str, fresh))

    async def filling(
        self, fill: Callable[[FillWanted], Awaitable[Filled | Refusal]], wanted: FillWanted
    ) -> Filled | Refusal:
        """Fill with the scripts in force, and note the pack whose script failed."""
        by_script = self._by_script
        made = await fill(msgspec.structs.replace(wanted, scripts=self._scripts) if self._scripts else wanted)
        if isinstance(made, Refusal) and made.code == BLAMED:
            await self._blame(str(made.values.get("reason", "")), by_script)
        return made

    async def pressing(self, press: Press, wanted: Wanted) -> Pressed | Refusal:
        """Press with the language in force, where the printer is a pack's, and note the pack whose script failed."""
        found = self._languages.get(adapter_name(wanted.address))
        if found is None:
            return await press(wanted)
        language, running = found
        made = await press(msgspec.structs.replace(wanted, brought=language))
        if language.table.script and isinstance(made, Refusal) and made.code in BLAMED_PRESSING:
            await self._failed(running)
        return made

    async def _blame(self, reason: str, by_script: dict[str, Running]) -> None:
        for script, running in by_script.items():
            if f"the script {script} failed" in reason:
                await self._failed(running)

    async def _failed(self, running: Running) -> None:
        before = self.shelf.running(running.pack.manifest.name)
        self._log("pack.failed", {"pack": running.pack.manifest.name, "version": running.version})
        if self.shelf.failed(running) != before:
            with contextlib.suppress(DatabaseError):
                await self.settle()

    async def take(self, data: bytes) -> Running | Refusal:
        """Take a pack in: tried in a process of its own, then signature, time and fit; it is at work when this is back."""
        async with self._turn:
            self._tried = await self._tries(data, self._trust)
            taken = self.shelf.take(data)
            if isinstance(taken, Running):
                await self.settle()
            return taken

    def verbs(self) -> dict[str, Callable[[dict[str, Any]], Awaitable[dict[str, Any]]]]:
        """What ``kvit pack`` asks of the running shop."""
        return {
            "pack_list": self._list,
            "pack_take": self._take,
            "pack_pin": self._pin,
            "pack_block": self._block,
            "pack_renew": self._renew,
        }

    async def _list(self, _: dict[str, Any]) -> dict[str, Any]:
        laid = await asyncio.to_thread(lambda: sorted(map(str, self.profiles.glob(f"*{content.COMMANDS}"))))
        return {
            "packs": [self._row(name) for name in self.shelf.names()],
            "broken": self.shelf.broken,
            "profiles": laid,
        }

    def _row(self, name: str) -> dict[str, Any]:
        running, wishes = self.shelf.running(name), self.shelf.wishes(name)
        return {
            "name": name,
            "running": running.version if isinstance(running, Running) else None,
            "pin": wishes.pin or None,
            "versions": [
                {"version": each.manifest.version, "origin": each.origin.value, "hash": each.sha256,
                 "blocked": each.sha256 in wishes.blocked, "notes": each.manifest.notes}
                for each in self.shelf.candidates(name)
            ],
        }  # fmt: skip

    async def _take(self, request: dict[str, Any]) -> dict[str, Any]:
        path = Path(request["file"])
        size = (await asyncio.to_thread(path.stat)).st_size
        data = b"" if size > ARCHIVE_BYTES_MAX else await asyncio.to_thread(path.read_bytes)
        return self._answer(await self.take(data))

    async def _pin(self, request: dict[str, Any]) -> dict[str, Any]:
        answer = self._answer(self.shelf.pin(request["name"], request.get("version", "")))
        await self.settle()
        return answer

    async def _renew(self, request: dict[str, Any]) -> dict[str, Any]:
        """Take a new list of keys: ``file`` holds it with the signatures of the old keys."""
        async with self._turn:
            try:
                given = await asyncio.to_thread(Path(request["file"]).read_bytes)
                told = msgspec.json.decode(given[:KEYS_BYTES_MAX], type=NewKeys)
            except (OSError, msgspec.DecodeError) as error:
                return {"code": "template.pack", "values": {"fault": "signature", "detail": str(error)[:200]}}
            renewed = self.shelf.renew(told.trust, told.signatures)
            if isinstance(renewed, Refusal):
                return {"code": renewed.code, "values": renewed.values}
            self._trust = renewed
        return {"number": renewed.number, "count": len(renewed.keys), "needed": renewed.threshold}

    async def _block(self, request: dict[str, Any]) -> dict[str, Any]:
        self.shelf.block(request["name"], request["hash"])
        await self.settle()
        return self._answer(self.shelf.running(request["name"]))

    def _answer(self, found: Running | Refusal) -> dict[str, Any]:
        if isinstance(found, Refusal):
            return {"code": found.code, "values": found.values}
        return self._row(found.pack.manifest.name)
