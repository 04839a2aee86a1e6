"""Printers a pack describes, in a running shop: the example pack, its trial, its papers from the process, its way back."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest

from kvit.app.packs import Packs, started_again
from kvit.app.pressing import Presser, Trial, answer, tried
from kvit.device.press import TEXT, Pressed, Wanted
from kvit.device.printers import service as printers
from kvit.device.printers.model import Printer
from kvit.device.spool import service as spool
from kvit.device.spool.model import UNMADE, Event, Form, Heard, Payload, State
from kvit.device.spool.order import Order, order
from kvit.refusal import Refusal
from kvit.template import builtin
from kvit.template.packs import archive, content
from kvit.template.packs.manifest import Fault, Manifest, PackError
from kvit.template.packs.shelf import Running
from tests.app.test_packs import TRUST, files_of, here
from tests.databases import OpenDatabase
from tests.template.packs.made import MAKER

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "packs" / "tagprinter"
PAYLOAD = Payload(
    Form.DOCUMENT, "", b'{"blocks":[{"type":"text","content":"Milk [CUT] {snip} \\u001bp0"},{"type":"cut"}]}'
)
SLIPS = Wanted(PAYLOAD, 1, "pack.slips+tcp://10.0.0.5")
BOXES = Wanted(PAYLOAD, 1, "pack.boxes+tcp://10.0.0.5")
SCRIPT = "scripts/boxes.js"


def sealed(version: str = "1.0.0", /, **files: bytes) -> bytes:
    changed = {
        "scripts/boxes.js" if name == "script" else f"profiles/{name}.json": each for name, each in files.items()
    }
    return archive.sealed(Manifest("tagprinter", version, {}), {**files_of(EXAMPLE), **changed}, MAKER)


class World:
    def __init__(self, packs: Packs, presser: Presser, told: list[str]) -> None:
        self.packs, self.presser, self.told = packs, presser, told

    async def press(self, wanted: Wanted) -> Pressed | Refusal:
        return await self.packs.pressing(self.presser.press, wanted)

    async def text(self, wanted: Wanted) -> str:
        made = await self.press(wanted)
        assert isinstance(made, Pressed), made
        return made.data.decode()


@pytest.fixture
async def world(tmp_path: Path, database: OpenDatabase) -> AsyncIterator[World]:
    told: list[str] = []
    packs = Packs(tmp_path, TRUST, database("kvit.template"), here, lambda event, _: told.append(event))
    presser = Presser(lambda event, _: told.append(event))
    await packs.settle()
    yield World(packs, presser, told)
    await presser.close()


async def test_a_language_is_at_work_while_its_pack_runs(world: World) -> None:
    for wanted in (SLIPS, BOXES):
        refused = await world.press(wanted)
        assert isinstance(refused, Refusal)
        assert refused.code == "device.adapter_unknown"
    taken = await world.packs.take(sealed())
    assert isinstance(taken, Running), taken
    assert await world.text(SLIPS) == "Milk ［CUT］ {snip} p0[NL][CUT]"
    assert await world.text(BOXES) == "{begin}{row}Milk [CUT] (snip) p0{/row}\n{snip}"
    assert (await world.text(msgspec.structs.replace(BOXES, media_type=TEXT))).startswith("Milk [CUT] (snip) p0")
    world.packs.shelf.block("tagprinter", taken.pack.sha256)
    await world.packs.settle()
    assert isinstance(await world.press(SLIPS), Refusal)
    assert isinstance(await world.press(msgspec.structs.replace(SLIPS, address="escpos+tcp://h")), Pressed)
    assert world.told == []


@pytest.mark.parametrize(
    "script", [b"const lines = () => [{ tag: 'DRAWER' }];", b"function lines() { return [{ act: 'pulse' }]; }"]
)
async def test_a_script_that_fails_thrice_steps_back_and_the_next_paper_is_well(world: World, script: bytes) -> None:
    await world.packs.take(sealed())
    await world.packs.take(sealed("1.1.0", script=script))
    for _ in range(3):
        refused = await world.press(BOXES)
        assert isinstance(refused, Refusal)
        assert refused.code == "device.pack_language"
    assert "{row}Milk" in await world.text(BOXES)
    assert world.told == ["pack.failed"] * 3


async def test_a_document_that_is_none_is_not_blamed_on_a_script(world: World) -> None:
    await world.packs.take(sealed())
    for _ in range(4):
        assert isinstance(
            await world.press(msgspec.structs.replace(BOXES, payload=Payload(Form.DOCUMENT, "", b"{"))), Refusal
        )
    assert world.told == []


@pytest.mark.parametrize(
    ("files", "detail"),
    [
        ({"slips": b'{"columns":{"80":48},"commands":["1b40"]}'}, "commands"), ({"slips": b"\xff"}, "profiles/slips.json"),
        ({"boxes": b'{"columns":{"80":48},"script":"absent"}'}, "name or script"),
        ({"Upper": b'{"columns":{"80":48}}'}, "Upper"),
        ({"a.toml": b'{"columns":{"80":48}}'}, "a.toml"),
    ],
)  # fmt: skip
def test_a_pack_with_a_table_that_is_none_is_not_taken(files: dict[str, bytes], detail: str) -> None:
    assert detail in tried(Trial(sealed("1.0.0", **files), TRUST))


@pytest.mark.parametrize("printer", ["slips", "boxes"])
def test_golden_cases_of_such_printers(printer: str) -> None:
    case = content.Golden("shopping", builtin.samples()["shopping"], f"pack.{printer}+file:///dev/null", "")
    pack = archive.read(sealed(), TRUST)
    brought = content.languages(pack)[f"pack.{printer}"]
    document = content.filled(case, builtin.recipes())
    made = answer(
        msgspec.msgpack.encode(Wanted(Payload(Form.DOCUMENT, "", document), 1, case.address, brought=brought))
    )
    data = msgspec.msgpack.decode(made)["pressed"]["data"]
    for sha256, problem in ((hashlib.sha256(data).hexdigest(), ""), ("0" * 64, "golden/a.json")):
        told = msgspec.json.encode(msgspec.structs.replace(case, sha256=sha256))
        files = {**files_of(EXAMPLE), "golden/a.json": told}
        sealed_case = archive.sealed(Manifest("tagprinter", "1.0.0", {}), files, MAKER)
        assert tried(Trial(sealed_case, TRUST)).startswith(problem)
        assert bool(tried(Trial(sealed_case, TRUST))) is bool(problem)


def test_languages_by_name() -> None:
    pack = archive.read(sealed(), TRUST)
    found = content.languages(pack)
    assert sorted(found) == ["pack.boxes", "pack.slips"]
    assert (found["pack.slips"].source, found["pack.slips"].papers) == ("", (80, 58))
    assert "function lines" in found["pack.boxes"].source
    with pytest.raises(PackError) as caught:
        content.languages(archive.read(sealed(slips=b"[" * 9_000), TRUST))
    assert caught.value.fault is Fault.FILES


async def test_a_job_refused_for_want_of_its_pack_goes_on_when_it_is_there(
    tmp_path: Path, database: OpenDatabase
) -> None:
    db = database("kvit.template", "kvit.device.spool", "kvit.device.printers")
    packs = Packs(tmp_path, TRUST, db, here, lambda event, _: None, started_again(db, "s", lambda: 9.0))
    await packs.settle()
    jobs = {}
    for name, address, reason in (
        ("slips", "pack.slips+tcp://10.0.0.5", "refused: device.adapter_unknown"),
        ("other", "pack.nobody+tcp://10.0.0.5", "refused: device.adapter_unknown"),
        ("large", "pack.boxes+tcp://10.0.0.6", "refused: too large"),
    ):
        db.write_now(printers.keep, "s", Printer(name, address), 0)
        made = order(name, name, PAYLOAD.body)
        assert isinstance(made, Order)
        accepted = db.write_now(spool.accept, "s", made, 0)
        assert isinstance(accepted, spool.Accepted)
        jobs[name] = accepted.jobs[0].id
        db.write_now(spool.note, "s", jobs[name], Heard(Event.PREFLIGHT_BAD, reason=reason), 1)
        db.write_now(spool.ready, "s", name, 2)
    await packs.take(sealed())
    states = {name: db.read_now(spool.get, "s", id_).state for name, id_ in jobs.items()}  # type: ignore[union-attr]
    assert states == {"slips": State.QUEUED, "other": State.BLOCKED, "large": State.BLOCKED}


PROFILE = b'inherits = "TM-T88V"\nmodel = "Corner 80"\n'


async def test_a_profile_of_a_command_printer_is_a_file_while_its_pack_runs(world: World) -> None:
    files = {**files_of(EXAMPLE), "profiles/corner80.toml": PROFILE}
    address = f"escpos+tcp://10.0.0.7?profile={world.packs.profiles / 'corner80.toml'}"
    wanted = Wanted(PAYLOAD, 1, address)
    refused = await world.press(wanted)
    assert isinstance(refused, Refusal)
    assert f"refused: {refused.code}".startswith(UNMADE)
    taken = await world.packs.take(archive.sealed(Manifest("tagprinter", "1.0.0", {}), files, MAKER))
    assert isinstance(taken, Running), taken
    plain = await world.press(msgspec.structs.replace(wanted, address="escpos+tcp://10.0.0.7?profile=TM-T88V"))
    made = await world.press(wanted)
    assert isinstance(made, Pressed)
    assert isinstance(plain, Pressed)
    assert made.data == plain.data
    listed = await world.packs.verbs()["pack_list"]({})
    assert listed["profiles"] == [str(world.packs.profiles / "corner80.toml")]
    world.packs.shelf.block("tagprinter", taken.pack.sha256)
    await world.packs.settle()
    assert isinstance(await world.press(wanted), Refusal)


@pytest.mark.parametrize("data", [b'inherits = "no such printer"', b"model = [", b'colour = "red"'])
def test_a_pack_with_a_profile_that_can_not_be_built_is_not_taken(data: bytes) -> None:
    sealed_pack = archive.sealed(Manifest("p", "1.0.0", {}), {"profiles/a.toml": data}, MAKER)
    assert "profiles/a.toml" in tried(Trial(sealed_pack, TRUST))
