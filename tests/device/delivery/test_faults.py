"""A fault at every line of a paper, on printers of class A: what is said is what lies on paper.

Each job has a printer of its own and one fault, which comes when the mechanism has printed so many lines. Then whoever is
there does what people do (puts a roll in, closes the cover, switches on), the delivery comes to rest, and what the spool
says is held against the paper: "printed" only of whole papers, never two unmarked originals, one pulse, and every history a
path of the state machine. Last a person looks at the paper and answers for what nobody knows; then every receipt is out.

KVIT_FAULT_JOBS=600 runs as many; every day a smaller number does.
"""

from __future__ import annotations

import asyncio
import os
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest

from kvit.db import Database
from kvit.device.emulator import Emulator
from kvit.device.spool import service
from kvit.device.spool.model import IN_FLIGHT, Evidence, Job, State
from tests.databases import OpenDatabase
from tests.device.delivery.stage import ROOMS, SHOP, Befallen, Stage, papers, staged

LINES = 10
PLACES = LINES + 4
"""Lines with the last one, the cut, and behind them."""
JOBS = int(os.environ.get("KVIT_FAULT_JOBS", "70"))
TOGETHER = 70
"""Printers in trouble at the same time."""


@dataclass(frozen=True)
class Fault:
    """What befalls the printer, and what a person then does about it."""

    name: str
    words: str
    mended: tuple[str, ...] = ()
    told: frozenset[State] = frozenset()
    """What the job is seen to be before anybody mends it; empty: nothing is mended."""


RESTING = frozenset({State.UNKNOWN, State.PRINTED, State.BLOCKED})
PAUSED = RESTING | {State.PAUSED, State.SENDING}
FAULTS = (
    Fault("paper", "paper out", ("paper ok",), PAUSED),
    Fault("cover", "cover open", ("cover closed",), PAUSED),
    Fault("cutter", "error cutter", ("error none",), PAUSED),
    Fault("power", "power cycle"),
    Fault("off", "power off", ("power on",), RESTING),
    Fault("link", "cut link"),
    Fault("silent", "silent", ("talks",), RESTING),
    Fault("forgetful", "ids never", ("ids prompt",), RESTING),
    Fault("late", "ids late", ("ids tell", "ids prompt"), RESTING),
    Fault("liar", "lies", ("paper ok", "honest"), RESTING),
)


def plan(count: int) -> list[tuple[int, Fault, int]]:
    """So many jobs, spread over all faults and all lines."""
    every = [(fault, line) for line in range(PLACES) for fault in FAULTS]
    step = max(1, len(every) * 7 // 10) | 1
    while len(every) % step == 0 and step > 1:
        step += 2
    return [(n, *every[n * step % len(every)]) for n in range(count)]


async def trouble(stage: Stage, name: str, fault: Fault, line: int) -> Job:
    """One job with its fault, to where it comes to rest."""
    emulator = await stage.printer(name, able=Evidence.A)
    await stage.light(lambda light: light.link == "up", name)
    emulator.machine.trip(line, fault.words)
    if fault.name == "liar":
        emulator.machine.lines_left = max(1, line)
        emulator.tell("lies")
    job = await stage.order(f"{name}", name, deadline_ms=stage.world.now_ms + 600_000)
    if fault.told:
        await befallen(stage, emulator, job)
        await stage.until(job, *fault.told)
        for words in fault.mended:
            emulator.tell(words)
    return await stage.until(job)


async def befallen(stage: Stage, emulator: Befallen, job: Job) -> None:
    """Wait until it has come; a paper may be done before its line."""
    waits = [asyncio.ensure_future(emulator.befell.wait()), asyncio.ensure_future(stage.until(job))]
    await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    for each in waits:
        each.cancel()
    await asyncio.gather(*waits, return_exceptions=True)


def held_against_paper(stage: Stage, jobs: dict[str, Job]) -> Counter[str]:
    """Compare what is said with what lies there; what is not so is named."""
    found: Counter[str] = Counter()
    for name, before in jobs.items():
        job, emulator = stage.seen(before), stage.emulators[name]  # a late word may have come since
        whole = papers(emulator, job.family)
        found["printed" if job.state is State.PRINTED else job.state.value] += 1
        found["false printed"] += job.state is State.PRINTED and "original" not in whole
        found["two originals"] += whole.count("original") > 1
        found["two pulses"] += emulator.machine.pulses > 1
        found["known"] += job.state is State.PRINTED
        assert job.state not in IN_FLIGHT
    return found


async def answered(stage: Stage, name: str, job: Job) -> list[Job]:
    """A person looks at the paper and answers, until nothing is asked any more; what is missing comes as a COPY."""
    emulator = stage.emulators[name]
    while True:
        family = await stage.all_until(stage.family(job.family))
        asked = [each for each in family if each.state is State.UNKNOWN and not each.copied]
        if not asked:
            return family
        for each in asked:
            came_out = paper_of(each) in papers(emulator, each.family)
            await stage.db.write(service.answer, SHOP, each.id, came_out, "u7", stage.world.now_ms)


def paper_of(job: Job) -> str:
    """What a job's paper is called by `papers`."""
    return "original" if job.copy == 1 else f"copy {job.copy}"


async def whole_story(db: Database, folder: Path, count: int) -> Counter[str]:
    async with staged(db, folder) as stage:
        await stage.crew.start()
        wanted = [(f"{fault.name}-{line}-{n}", fault, line) for n, fault, line in plan(count)]
        results: Counter[str] = Counter()
        for first in range(0, len(wanted), TOGETHER):
            part = wanted[first : first + TOGETHER]
            rest = await asyncio.gather(*(trouble(stage, *each) for each in part))
            jobs = {name: job for (name, _, _), job in zip(part, rest, strict=True)}
            results += held_against_paper(stage, jobs)
            families = await asyncio.gather(*(answered(stage, name, job) for name, job in jobs.items()))
            for (name, _, _), family in zip(part, families, strict=True):
                results += at_the_end(stage, stage.emulators[name], family)
                await stage.remove(name)
        return results


def at_the_end(stage: Stage, emulator: Emulator, family: list[Job]) -> Counter[str]:
    """Every receipt is on paper, once unmarked at most; and the spool knows of each paper how it ended."""
    whole = papers(emulator, family[0].family)
    found = Counter({"families": 1, "copies": len(family) - 1})
    found["missing"] += not whole
    found["two originals"] += whole.count("original") > 1
    for job in family:
        found["false printed"] += job.state is State.PRINTED and paper_of(job) not in whole
        found["unsettled"] += job.state is not State.PRINTED and not job.copied
        found[f"by {job.evidence}"] += job.evidence is not None
        stage.seen(job)
    return found


NEVER = ("false printed", "two originals", "two pulses", "missing", "unsettled")


async def test_a_fault_at_every_line(database: OpenDatabase, tmp_path: Path) -> None:
    if database.kind != "sqlite" and JOBS <= 100:
        pytest.skip("the books' engine makes no difference here; with more jobs both are run")
    results = await whole_story(database(*ROOMS), tmp_path, JOBS)
    assert {word: results[word] for word in NEVER} == dict.fromkeys(NEVER, 0), results
    assert results["families"] == JOBS
    assert results["known"] > 0
    assert results[f"by {Evidence.A}"] > 0


@pytest.mark.slow
async def test_six_hundred_faults(database: OpenDatabase, tmp_path: Path) -> None:
    results = await whole_story(database(*ROOMS), tmp_path, 600)
    assert {word: results[word] for word in NEVER} == dict.fromkeys(NEVER, 0), results


async def _restarted(stage: Stage, name: str, line: int) -> Job:
    emulator = await stage.printer(name, able=Evidence.A)
    await stage.light(lambda light: light.link == "up", name)
    emulator.machine.trip(line, "offline")
    job = await stage.order(name, name)
    await befallen(stage, emulator, job)
    return job


@pytest.mark.parametrize("offset", [0, 5, 9])
async def test_the_program_is_killed_at_every_line(database: OpenDatabase, tmp_path: Path, offset: int) -> None:
    """Restarted, it sends nothing again: what was in flight is asked about, and the paper goes on by itself."""
    if database.kind != "sqlite":
        pytest.skip("as above")
    async with staged(database(*ROOMS), tmp_path) as stage:
        await stage.crew.start()
        names = [f"kill-{line}" for line in range(PLACES) if line % 10 >= offset]
        jobs = await asyncio.gather(*(_restarted(stage, name, int(name[5:])) for name in names))
        await stage.kill()
        for name in names:
            stage.emulators[name].tell("online")
        await stage.again()
        settled = {name: await stage.until(job) for name, job in zip(names, jobs, strict=True)}
        results = held_against_paper(stage, settled)
        families = await asyncio.gather(*(answered(stage, name, job) for name, job in settled.items()))
        for name, family in zip(names, families, strict=True):
            results += at_the_end(stage, stage.emulators[name], family)
        assert {word: results[word] for word in NEVER} == dict.fromkeys(NEVER, 0), results
        assert results["families"] == len(names)
