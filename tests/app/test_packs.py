"""Packs at work in a shop: tried, laid over what Kvit brings, stepping back when a script fails."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from kvit.app.packs import Packs, trust_of
from kvit.app.pressing import FORMS, Trial, tried
from kvit.app.settings import PacksSettings
from kvit.db import Database
from kvit.device.press import Pressed, Wanted, press
from kvit.device.spool.model import Form, Payload
from kvit.refusal import Refusal
from kvit.template import builtin
from kvit.template.fill import Filled, FillWanted, fill
from kvit.template.library import service
from kvit.template.library.model import BASE, Integrated, Key, Piece
from kvit.template.packs import archive, content
from kvit.template.packs.manifest import Manifest
from kvit.template.packs.shelf import Running
from kvit.template.packs.signing import Trust, public_of
from tests.cli.running import good
from tests.databases import OpenDatabase
from tests.template.packs.made import MAKER, OTHER

CORNER = Path(__file__).resolve().parents[2] / "examples" / "packs" / "corner"
TRUST = trust_of(PacksSettings((public_of(MAKER).hex(),)))
ADDRESS = "escpos+tcp://127.0.0.1?profile=TM-T88V"
STARS = (Piece("", '[{"content":"{{stars points}}"}]'),)


def files_of(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def sealed(version: str = "1.0.0", files: dict[str, bytes] | None = None) -> bytes:
    return archive.sealed(Manifest("corner", version, {}), files_of(CORNER) if files is None else files, MAKER)


def golden(files: dict[str, bytes], sha256: str = "") -> dict[str, bytes]:
    """The files with a case whose bytes are those this Kvit makes, or others."""
    case = content.Golden("shopping", builtin.samples()["shopping"], ADDRESS, "")
    pack = archive.read(sealed(files=files), TRUST)
    document = content.filled(case, builtin.recipes() | content.recipes(pack), content.scripts(pack))
    made = press(Wanted(Payload(Form.DOCUMENT, "", document), 1, ADDRESS))
    assert isinstance(made, Pressed)
    told = msgspec.structs.replace(case, sha256=sha256 or made.sha256.hex())
    return {**files, "golden/shopping.json": msgspec.json.encode(told)}


async def here(data: bytes, trust: Trust) -> str:
    return tried(Trial(data, trust))


async def fills(wanted: FillWanted) -> Filled | Refusal:
    return fill(wanted, FORMS)


class World:
    def __init__(self, folder: Path, db: Database) -> None:
        self.folder, self.db = folder, db
        self.told: list[dict[str, object]] = []
        self.open()

    def open(self) -> Packs:
        self.packs = Packs(self.folder, TRUST, self.db, here, lambda event, values: self.told.append(values))
        return self.packs

    def names(self) -> list[str]:
        found = self.db.read_now(service.integrated, Key(BASE, "shopping"))
        assert isinstance(found, Integrated)
        return [each.name for each in found.layouts]

    async def filled(self, **data: Any) -> Filled | Refusal:
        return await self.packs.filling(fills, FillWanted(STARS, json.dumps(data).encode()))


@pytest.fixture
async def world(tmp_path: Path, database: OpenDatabase) -> World:
    made = World(tmp_path / "packs", database("kvit.template"))
    await made.packs.settle()
    return made


async def test_a_pack_is_at_work_at_once_and_after_a_restart(world: World) -> None:
    assert "Stars" not in world.names()
    taken = await world.packs.take(sealed(files=golden(files_of(CORNER))))
    assert isinstance(taken, Running), taken
    assert world.names() == ["Shop", "Items", "Rule", "Total", "Stars"]
    made = await world.filled(points=345)
    assert isinstance(made, Filled)
    assert b"***-------" in made.document
    await world.open().settle()
    assert "Stars" in world.names()


async def test_the_way_back_needs_nobody(world: World) -> None:
    await world.packs.take(sealed())
    files = {**files_of(CORNER), "templates/shopping.json": b'{"layouts":[]}'}
    await world.packs.take(sealed("1.1.0", files))
    assert world.names() == []
    verbs = world.packs.verbs()
    row = await verbs["pack_pin"]({"name": "corner", "version": "1.0.0"})
    assert (row["running"], row["pin"]) == ("1.0.0", "1.0.0")
    assert "Stars" in world.names()
    listed = (await verbs["pack_list"]({}))["packs"][0]
    assert [each["version"] for each in listed["versions"]] == ["1.1.0", "1.0.0"]
    await verbs["pack_block"]({"name": "corner", "hash": listed["versions"][1]["hash"]})
    await verbs["pack_pin"]({"name": "corner", "version": ""})
    assert (await verbs["pack_list"]({}))["packs"][0]["running"] == "1.1.0"


@pytest.mark.parametrize(
    ("files", "detail"),
    [
        (golden(files_of(CORNER), "0" * 64), "golden/shopping.json"),
        ({"golden/a.json": b"{}"}, "golden/a.json"),
        ({"templates/shopping.json": b"{"}, "templates/shopping.json"),
        ({"templates/shopping.json": b'{"layouts":[{"type":"a","name":"","sortWeight":1,"content":[{"content":"{{#"}]}]}'},
         "templates/shopping.json"),
        ({"templates/1x.json": b'{"layouts":[]}'}, "templates/1x.json"),
        ({"scripts/a.js": b"\xff"}, "scripts/a.js"),
    ],
)  # fmt: skip
async def test_a_pack_that_prints_otherwise_is_not_taken(world: World, files: dict[str, bytes], detail: str) -> None:
    before = world.names()
    refused = await world.packs.take(sealed(files=files))
    assert isinstance(refused, Refusal)
    assert (refused.code, refused.values["fault"]) == ("template.pack", "golden")
    assert detail in str(refused.values["detail"])
    assert world.names() == before


async def test_a_pack_of_a_stranger_is_not_taken(world: World) -> None:
    world.packs = Packs(world.folder, trust_of(PacksSettings()), world.db, here, lambda event, values: None)
    assert isinstance(await world.packs.take(sealed()), Refusal)


async def test_a_script_that_fails_thrice_steps_back_and_the_next_receipt_is_well(world: World) -> None:
    await world.packs.take(sealed())
    bad = {**files_of(CORNER), "scripts/stars.js": b"const helpers = ['stars']; function stars() { for (;;) {} }"}
    await world.packs.take(sealed("1.1.0", bad))
    for _ in range(3):
        assert isinstance(await world.filled(points=100), Refusal)
    made = await world.filled(points=100)
    assert isinstance(made, Filled)
    assert b"*---------" in made.document
    assert [told["version"] for told in world.told] == ["1.1.0"] * 3


async def test_what_is_wrong_with_the_data_is_not_blamed_on_a_script(world: World) -> None:
    await world.packs.take(sealed())
    wanted = FillWanted((Piece("", '[{"content":"{{money x}}"}]'),), b'{"x":1.5}')
    for _ in range(4):
        assert isinstance(await world.packs.filling(fills, wanted), Refusal)
    assert world.told == []


async def test_a_pack_from_a_file(world: World, tmp_path: Path) -> None:
    path = tmp_path / "corner.kvitpack"
    path.write_bytes(sealed())
    assert (await world.packs.verbs()["pack_take"]({"file": str(path)}))["running"] == "1.0.0"
    path.write_bytes(b"no pack")
    assert (await world.packs.verbs()["pack_take"]({"file": str(path)}))["code"] == "template.pack"


async def test_new_keys_are_taken_when_the_old_ones_signed_them(world: World, tmp_path: Path) -> None:
    verbs = world.packs.verbs()
    later = tmp_path / "new.kvitkeys"
    old, new = tmp_path / "old.key", tmp_path / "new.key"
    old.write_text(MAKER.hex())
    new.write_text(OTHER.hex())
    told = ("--trust", public_of(OTHER).hex(), "--number", "2")
    good("pack", "keys", *told, "--key", new, "-o", later)
    refused = await verbs["pack_renew"]({"file": str(later)})
    assert (refused["code"], refused["values"]["fault"]) == ("template.pack", "signature")
    good("pack", "keys", *told, "--key", old, "-o", later)
    assert await verbs["pack_renew"]({"file": str(later)}) == {"number": 2, "count": 1, "needed": 1}
    assert isinstance(await world.packs.take(sealed()), Refusal), "the old key signs no more"
    by_other = archive.sealed(Manifest("corner", "2.0.0", {}), files_of(CORNER), OTHER)
    assert isinstance(await world.packs.take(by_other), Running)
    assert isinstance(await world.open().take(by_other), Running), "and so it stays after a start"
    assert (await verbs["pack_renew"]({"file": str(later)}))["code"] == "template.pack"


async def test_scripts_are_found_by_the_rule_of_packs(world: World) -> None:
    assert isinstance(world.packs.source("stars"), Refusal)
    await world.packs.take(sealed())
    source = world.packs.source("stars")
    assert isinstance(source, str)
    assert "helpers" in source
    assert [(each.name, each.pack, each.version) for each in world.packs.offered()] == [("stars", "corner", "1.0.0")]
