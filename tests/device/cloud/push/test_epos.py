"""An Epson printer's own web service: what is posted, what its answers mean, and the whole way over HTTP."""

from __future__ import annotations

import functools
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from kvit.db import Database, open_database
from kvit.device.adapters.clouds import Account, Moment
from kvit.device.cloud.handover import Handover
from kvit.device.cloud.push.crew import Crew
from kvit.device.cloud.push.epos import EPOS, PATH
from kvit.device.cloud.push.model import Answer, Call, Progress, Standing, Took, Went
from kvit.device.cloud.push.runner import Runner, Waits
from kvit.device.cloud.sdp.machine import Machine
from kvit.device.press import Pressed
from kvit.device.printers.model import Printer
from kvit.device.spool.model import Evidence, State
from kvit.net import Limits, Reply, ask
from kvit.paper.languages.epos_write import carry
from tests.device.cloud.sdp.world import ROOMS, served, world

CALL = Call("", Account(), Moment(0, "", "k7q2m4x9"))
PAPER = Pressed(carry(b"Hello\n"), "text/xml")


def handed(machine: Machine) -> Answer:
    """What becomes of a paper."""
    assert EPOS.submit is not None
    return EPOS.submitted(Reply(200, {}, machine.answer(EPOS.submit(CALL, PAPER).body)), CALL)


ANSWERS = {
    "": Answer(Took.PRINTED),
    "paper": Answer(Took.UNSURE, reason="paper"),
    "cover": Answer(Took.UNSURE, reason="cover"),
    "spooler": Answer(Took.TAKEN, "k7q2m4x9"),
    "full": Answer(Took.BUSY, reason="full"),
    "schema": Answer(Took.REFUSED, reason="SchemaError"),
    "device": Answer(Took.CLOSED, reason="device"),
    "slow": Answer(Took.UNSURE, reason="slow"),
}


@pytest.mark.parametrize("fault", ANSWERS)
def test_what_an_answer_means(fault: str) -> None:
    machine = Machine(faults={fault} - {""})
    assert handed(machine) == ANSWERS[fault]
    assert len(machine.printed) == (fault == "")


def test_the_bytes_that_are_posted() -> None:
    posted = EPOS.submit(CALL, PAPER)
    assert posted.target == f"{PATH}?devid=local_printer&timeout=60000"
    assert posted.headers["Content-Type"] == "text/xml; charset=utf-8"
    assert b"<devid>local_printer</devid><timeout>60000</timeout><printjobid>k7q2m4x9</printjobid>" in posted.body
    assert posted.body.count(b"<command>") == 1


@pytest.mark.parametrize(
    ("status", "body", "wanted"),
    [
        (200, b"<html/>", Took.UNSURE), (200, b"", Took.UNSURE), (404, b"", Took.CLOSED), (401, b"", Took.CLOSED),
        (413, b"", Took.REFUSED), (500, b"", Took.UNSURE), (503, b"", Took.UNSURE),
    ],
)  # fmt: skip
def test_what_is_no_answer_of_a_printer(status: int, body: bytes, wanted: Took) -> None:
    assert EPOS.submitted(Reply(status, {}, body), CALL).took is wanted


def test_a_spooled_paper_is_asked_after_by_its_name() -> None:
    machine = Machine(faults={"stuck"})
    assert EPOS.about is not None
    assert EPOS.went is not None
    order = handed(machine).order

    def asked() -> Progress:
        return EPOS.went(Reply(200, {}, machine.answer(EPOS.about(CALL, order).body)))  # type: ignore[misc]

    assert asked() == Progress(Went.WAITING)
    machine.faults = {"spooler", "paper"}
    assert asked() == Progress(Went.WAITING, "paper")
    machine.faults = {"spooler"}
    assert asked() == Progress(Went.PRINTED)
    machine.faults = {"amnesia"}
    assert asked() == Progress(Went.LOST)
    assert len(machine.printed) == 1


STANDS = {
    "": Standing("up", "ok"),
    "paper": Standing("up", "out"),
    "cover": Standing("up", "ok", "cover"),
    "spooler": Standing("up", "ok"),
}


@pytest.mark.parametrize("fault", STANDS)
def test_how_the_printer_stands(fault: str) -> None:
    machine = Machine(faults={fault} - {""})
    assert EPOS.stand is not None
    assert EPOS.stood is not None
    assert EPOS.stood(Reply(200, {}, machine.answer(EPOS.stand(CALL).body))) == STANDS[fault]
    assert machine.printed == []


@pytest.fixture
def db(tmp_path: Path) -> Database:
    return open_database(tmp_path / "kvit.db", rooms=ROOMS)


async def test_the_whole_way(db: Database, tmp_path: Path) -> None:
    machine = Machine()

    async def service(request: Request) -> Response:
        return Response(machine.answer(await request.body()), media_type="text/xml")

    app = Starlette(routes=[Route(PATH, service, methods=["POST"])])
    async with world(db) as shop, served(app) as base:
        shop.keep("front", f"epos+{base}", "unused")
        printer = Printer("front", f"epos+{base}")
        asking = functools.partial(ask, limits=Limits(connect_s=2, silence_s=2, whole_s=5))
        client = Crew(shop.desk, {}, asking, tmp_path).client(printer)
        assert client is not None
        waited: list[float] = []

        async def pause(seconds: float) -> None:
            waited.append(seconds)
            machine.faults.discard("cover")

        runner = Runner(shop.desk, Handover(shop.desk), printer, client, pause, Waits())
        first = shop.order(printer="front")
        assert await runner.turn()
        assert (shop.state(first), shop.job(first).evidence) == (State.PRINTED, Evidence.B)
        machine.faults = {"cover"}
        second = shop.order(printer="front")
        assert await runner.turn()
        assert (shop.state(second), shop.job(second).attempt) == (State.QUEUED, 0), (
            "looked at, waited for, not handed over"
        )
        assert await runner.turn()
        assert shop.state(second) is State.PRINTED
        assert waited
        assert len(machine.printed) == 2
    db.close()
