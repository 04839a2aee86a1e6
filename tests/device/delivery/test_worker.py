"""One printer's worker against an emulated printer."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from kvit.db import Database, DatabaseError
from kvit.device.press import Pressed, Wanted
from kvit.device.printers import service as printers
from kvit.device.printers.model import Printer
from kvit.device.spool import service
from kvit.device.spool.model import Event, Evidence, State
from kvit.device.spool.service import Begun
from kvit.refusal import Refusal
from tests.databases import OpenDatabase
from tests.device.delivery.stage import ROOMS, SHOP, Befallen, Stage, papers, staged


@pytest.fixture
async def stage(database: OpenDatabase, tmp_path: Path) -> AsyncIterator[Stage]:
    if database.kind != "sqlite":
        pytest.skip("the books' engine makes no difference here")
    async with staged(database(*ROOMS), tmp_path) as stage:
        yield stage


CLASSES = [
    ("TM-T88V", Evidence.A, State.PRINTED),
    ("xprinter", Evidence.B, State.PRINTED),
    ("default", Evidence.B, State.PRINTED),
]


@pytest.mark.parametrize(("profile", "able", "state"), CLASSES)
async def test_the_class_is_asked_and_kept(stage: Stage, profile: str, able: Evidence, state: State) -> None:
    await stage.printer(profile=profile)
    await stage.crew.start()
    job = await stage.until(await stage.order("1"))
    assert (job.state, job.evidence) == (state, able)
    kept = await stage.db.read(printers.printer, SHOP, "counter")
    assert isinstance(kept, Printer)
    assert kept.able is able


async def test_a_printer_that_says_nothing_is_handed_the_bytes(stage: Stage) -> None:
    emulator = await stage.printer()
    emulator.tell("silent")
    await stage.crew.start()
    jobs = await stage.all_until([await stage.order(str(n)) for n in range(3)])
    assert [(job.state, job.evidence) for job in jobs] == [(State.SENT, Evidence.C)] * 3
    assert all(papers(emulator, str(n)) == ["original"] for n in range(3))


async def test_a_file_is_written_and_closed(stage: Stage, tmp_path: Path) -> None:
    stage.keep(Printer("file", f"escpos+file://{tmp_path}/paper.bin"))
    await stage.crew.start()
    job = await stage.until(await stage.order("1", "file"))
    assert job.state is State.SENT
    assert b"<1> end" in (tmp_path / "paper.bin").read_bytes()


@pytest.mark.parametrize(("words", "mended", "reason", "trouble"), [
    ("paper out", "paper ok", "paper", "paper"), ("cover open", "cover closed", "cover", "cover"),
    ("error cutter", "error none", "error", "cutter"), ("offline", "online", "offline", "offline"),
])  # fmt: skip
async def test_a_printer_in_trouble_blocks_its_queue_until_it_is_well(
    stage: Stage, words: str, mended: str, reason: str, trouble: str
) -> None:
    emulator = await stage.printer()
    await stage.crew.start()
    await stage.light(lambda light: light.online is True)
    emulator.tell(words)
    await stage.light(lambda light: light.trouble == trouble)
    job = await stage.until(await stage.order("1"), State.BLOCKED)
    assert job.reason == reason
    emulator.tell(mended)
    await stage.light(lambda light: light.trouble == "")
    assert (await stage.until(job)).state is State.PRINTED
    assert papers(emulator, "1") == ["original"]


async def test_paper_that_ends_in_the_middle_is_waited_for_and_nothing_is_sent_again(stage: Stage) -> None:
    emulator = await stage.printer(able=Evidence.A)
    await stage.crew.start()
    emulator.tell("lines 4")
    job = await stage.until(await stage.order("1"), State.PAUSED)
    emulator.tell("paper ok")
    printed = await stage.until(job)
    assert (printed.state, printed.evidence, printed.attempt) == (State.PRINTED, Evidence.A, 1)
    assert papers(emulator, "1") == ["original"]


async def test_a_deadline_ends_the_waiting_and_the_late_word_is_still_believed(stage: Stage) -> None:
    emulator = await stage.printer(able=Evidence.A)
    await stage.crew.start()
    emulator.tell("lines 4")
    job = await stage.until(await stage.order("1"), State.PAUSED)
    stage.clock.ahead_s = 5 * 3600
    assert (await stage.until(job, State.EXPIRED)).evidence is None
    emulator.tell("paper ok")
    assert (await stage.until(job, State.PRINTED)).evidence is Evidence.A


async def test_a_printer_that_is_away_blocks_and_is_found_again(stage: Stage) -> None:
    emulator = await stage.printer()
    emulator.die()
    await stage.crew.start()
    await stage.light(lambda light: light.trouble == "away")
    job = await stage.until(await stage.order("1"), State.BLOCKED)
    assert job.reason.startswith("away")
    emulator.revive()
    assert (await stage.until(job)).state is State.PRINTED
    assert stage.board.light("counter").link == "up"


async def test_a_late_id_settles_what_nobody_knew(stage: Stage) -> None:
    emulator = await stage.printer(able=Evidence.A)
    await stage.crew.start()
    await stage.light(lambda light: light.online is True)
    emulator.tell("ids late")
    job = await stage.until(await stage.order("1"), State.UNKNOWN)
    emulator.tell("ids tell")
    printed = await stage.until(job, State.PRINTED)
    assert printed.evidence in (Evidence.A, Evidence.B)  # the counter may have settled it before


async def test_the_cutters_count_settles_what_a_forgetful_printer_printed(stage: Stage) -> None:
    emulator = await stage.printer(able=Evidence.A)
    await stage.crew.start()
    emulator.tell("ids never")
    job = await stage.until(await stage.order("1"), State.PRINTED)
    assert job.evidence is Evidence.B
    assert [line.event for line in stage.history(job)][-2:] == [Event.TIME_OUT, Event.COUNTER_ROSE]


async def test_what_can_not_be_pressed_is_refused_and_the_queue_goes_on(database: OpenDatabase, tmp_path: Path) -> None:
    if database.kind != "sqlite":
        pytest.skip("as above")

    async def press(wanted: Wanted) -> Pressed | Refusal:
        if b"<bad>" in wanted.payload.body:
            return Refusal("device.press_failed", {"reason": "deadline"})
        return Pressed(b"\x1b@<good> 000\n<good> end\n\x1dV\x00", "application/octet-stream")

    async with staged(database(*ROOMS), tmp_path, press=press) as stage:
        await stage.printer()
        await stage.crew.start()
        bad, good = await stage.order("bad"), await stage.order("good")
        assert (await stage.until(good)).state is State.PRINTED
        assert (await stage.until(bad, State.BLOCKED)).reason == "refused: device.press_failed deadline"


async def test_a_held_printer_takes_nothing(stage: Stage) -> None:
    emulator = await stage.printer(held=True)
    await stage.crew.start()
    job = await stage.order("1")
    await stage.light(lambda light: light.online is True)
    await stage.light(lambda light: light.paper == "ok")
    await asyncio.sleep(0)
    assert stage.get(job).state is State.QUEUED
    await stage.db.write(printers.hold, SHOP, "counter", False, stage.world.now_ms)
    assert (await stage.until(job)).state is State.PRINTED
    assert papers(emulator, "1") == ["original"]


async def test_a_begin_whose_answer_was_lost_is_known_to_have_sent_nothing(stage: Stage) -> None:
    await stage.printer()
    job = await stage.order("1")
    begun = await stage.db.write(service.begin, SHOP, job.id, Evidence.A, stage.world.now_ms)
    assert isinstance(begun, Begun)
    await stage.crew._printers_changed("")  # a crew that goes on: no restart
    printed = await stage.until(job)
    assert (printed.state, printed.attempt) == (State.PRINTED, 2)
    assert Event.ZERO_BYTES in [line.event for line in stage.history(job)]


async def test_the_program_ends_in_the_middle(stage: Stage) -> None:
    """What gets its answer in time is printed, the rest is asked about; nothing is left in flight."""
    emulator = await stage.printer(able=Evidence.A)
    await stage.crew.start()
    await stage.light(lambda light: light.online is True)
    emulator.tell("ids late")
    job = await stage.until(await stage.order("1"), State.CONFIRMING, State.UNKNOWN)
    await stage.crew.stop()
    assert stage.get(job).state is State.UNKNOWN


async def test_two_printers_do_not_wait_for_each_other(stage: Stage) -> None:
    """A dead printer and one that takes no byte delay nobody."""
    (await stage.printer("dead")).die()
    stuck = await stage.printer("stuck")
    await stage.printer("well")
    await stage.crew.start()
    await stage.light(lambda light: light.online is True, "stuck")
    stuck.machine.trip(0, "offline")
    stopped = [await stage.order(f"{name} {n}", name) for n in range(5) for name in ("dead", "stuck")]
    done = await stage.all_until([await stage.order(f"well {n}", "well") for n in range(20)])
    assert {job.state for job in done} == {State.PRINTED}
    assert State.PRINTED not in {stage.get(job).state for job in stopped}


async def test_a_full_disk_is_waited_out_and_nothing_is_said_that_is_not_so(
    database: OpenDatabase, tmp_path: Path
) -> None:
    """The books can not be written at any one step: the job is printed once, and the spool knows it in the end."""
    if database.kind != "sqlite":
        pytest.skip("as above")
    async with staged(database(*ROOMS), tmp_path) as stage:
        await stage.crew.start()
        for step in range(1, 6):
            emulator = await stage.printer(f"p{step}", able=Evidence.A)
            await stage.light(lambda light: light.online is True, f"p{step}")
            job = await stage.order(f"k{step}", f"p{step}")
            _fails(stage, step)
            stage.crew._workers[f"p{step}"][0].wake()
            ended = await stage.until(job, State.PRINTED)
            assert papers(emulator, f"k{step}") == ["original"]
            assert ended.state is State.PRINTED


WORKERS = (service.begin, service.note_all, service.ready, service.power_on)


def _fails(stage: Stage, nth: int) -> None:
    """The nth write from now on, and two more, find no room."""
    write, count = Database.write, 0

    async def failing(verb: object, *args: object) -> object:
        nonlocal count
        count += verb in WORKERS
        if verb in WORKERS and nth <= count < nth + 3:
            raise DatabaseError("There is no room.")
        return await write(stage.db, verb, *args)  # type: ignore[arg-type]

    stage.db.write = failing  # type: ignore[method-assign, assignment]


async def test_a_power_cycle_on_a_line_that_notices_nothing(stage: Stage, tmp_path: Path) -> None:
    """A serial printer forgets its buffer and the connection stays: the fence behind the lost question tells."""
    if sys.platform != "linux":
        pytest.skip("pseudo-terminals are Linux's")
    emulator = stage.emulators["p"] = Befallen("TM-T88V")
    emulator.serial(tmp_path, "p")
    stage.keep(Printer("p", "escpos+pty://p?profile=TM-T88V", able=Evidence.A))
    await stage.crew.start()
    await stage.light(lambda light: light.online is True, "p")
    emulator.machine.trip(3, "power cycle")
    job = await stage.until(await stage.order("1", "p"))
    assert (job.state, job.reason) == (State.UNKNOWN, "the answer was lost")
    assert papers(emulator, "1") == []
    again = await stage.until(await stage.order("2", "p"))
    assert (again.state, again.evidence) == (State.PRINTED, Evidence.A)
