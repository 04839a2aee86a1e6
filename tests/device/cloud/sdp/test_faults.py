"""Every version with everything a printer can do wrong: where the job ends, what is on paper, and what is never said."""

from __future__ import annotations

from typing import NamedTuple

import pytest

from kvit.db import Database
from kvit.device.cloud.sdp.machine import FAULTS, Machine
from kvit.device.spool.model import State
from tests.device.cloud.sdp.world import world

POLLS = 45
"""Seven and a half minutes at ten seconds: longer than everything that is waited for."""


class Ends(NamedTuple):
    """How it ends: the job's state and reason; papers that came out whole and torn."""

    state: State
    reason: str = ""
    whole: int = 0
    torn: int = 0


PRINTED = Ends(State.PRINTED, whole=1)
SILENT = Ends(State.UNKNOWN, "no answer")
BOTH = {
    "": PRINTED,
    "paper": Ends(State.BLOCKED, "paper"),
    "cover": Ends(State.BLOCKED, "cover"),
    "midway": Ends(State.UNKNOWN, "paper", torn=1),
    "spooler": PRINTED,
    "stuck": Ends(State.UNKNOWN, "spooled"),
    "amnesia": Ends(State.UNKNOWN, "forgotten", whole=1),
    "full": Ends(State.BLOCKED, "full"),
    "forgets": Ends(State.UNKNOWN, "no answer", whole=1),
    "late": PRINTED,
    "never-answers": SILENT,
    "lies": Ends(State.PRINTED),
    "slow": Ends(State.UNKNOWN, "slow", torn=1),
    "schema": Ends(State.BLOCKED, "refused: SchemaError"),
    "device": Ends(State.BLOCKED, "device"),
    "off": SILENT,
    "empty-jobid": PRINTED,
    "twice": PRINTED,
    "no-probes": PRINTED,
}
NEWEST = {**BOTH, "off": Ends(State.BLOCKED, "service_off")}
"""3.00 says that it was not switched on."""
OLDEST = {
    **BOTH,
    "forgets": SILENT,  # it answers no probe either, so the first job goes out in 2.00
    "no-probes": SILENT,
    "spooler": Ends(State.UNKNOWN, "spooled", whole=1),
    "stuck": Ends(State.UNKNOWN, "spooled"),
    "amnesia": Ends(State.UNKNOWN, "spooled", whole=1),
}
"""1.00 has no names to ask by."""
TABLE = {"1.00": OLDEST, "2.00": BOTH, "3.00": NEWEST}
CASES = [(version, fault, ends) for version, table in TABLE.items() for fault, ends in table.items()]


def test_the_table_has_all_faults() -> None:
    assert all(set(table) == {"", *FAULTS} for table in TABLE.values())


@pytest.mark.parametrize(("version", "fault", "ends"), CASES, ids=[f"{version} {fault}" for version, fault, _ in CASES])
async def test_where_a_job_ends(db: Database, version: str, fault: str, ends: Ends) -> None:
    async with world(db) as shop:
        machine = Machine(version, faults={fault} - {""})
        printer = shop.printer(machine)
        id_ = shop.order()
        await printer.call(POLLS, step_s=10.0)
        job = shop.job(id_)
        assert Ends(job.state, job.reason, len(machine.printed), len(machine.torn)) == ends
        assert job.state is not State.PRINTED or machine.printed or fault == "lies"
        assert len(machine.printed) + len(machine.torn) <= 1, "never two unmarked originals"


RECOVER = ["paper", "cover", "full", "device", "off"]


@pytest.mark.parametrize("fault", RECOVER)
async def test_what_was_surely_not_printed_prints_once_the_printer_is_well(db: Database, fault: str) -> None:
    async with world(db) as shop:
        machine = Machine(faults={fault})
        printer = shop.printer(machine)
        ids = [shop.order(), shop.order()]
        await printer.call(20)
        assert shop.state(ids[0]) is State.BLOCKED
        assert machine.tell("well") == "ok"
        await printer.call(20)
        assert [shop.state(id_) for id_ in ids] == [State.PRINTED, State.PRINTED]
        assert len(machine.printed) == 2


async def test_a_printer_that_answers_no_probe_gets_its_second_job_in_the_older_version(db: Database) -> None:
    async with world(db) as shop:
        machine = Machine("1.00", faults={"no-probes"})
        printer = shop.printer(machine)
        ids = [shop.order(), shop.order()]
        await printer.call(60)
        assert [shop.state(id_) for id_ in ids] == [State.UNKNOWN, State.PRINTED]
        assert shop.facts()["sdp_version"] == "1.00"


@pytest.mark.parametrize("fault", ["midway", "slow", "forgets"])
async def test_after_a_paper_nobody_knows_about_the_next_one_goes_on(db: Database, fault: str) -> None:
    async with world(db) as shop:
        machine = Machine(faults={fault})
        printer = shop.printer(machine)
        lost = shop.order()
        await printer.call(30)
        assert shop.state(lost) is State.UNKNOWN
        machine.tell("well")
        following = shop.order()
        await printer.call(10)
        assert shop.state(following) is State.PRINTED
        assert shop.state(lost) is State.UNKNOWN
