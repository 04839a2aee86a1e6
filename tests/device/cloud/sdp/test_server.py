"""The whole way: a job in the spool, a printer that polls, its word, the job's end; and everybody else who calls."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from typing import Any

import pytest

from kvit.db import Database
from kvit.device.cloud.sdp import dealing, job_name, request, response
from kvit.device.cloud.sdp import form as forms
from kvit.device.cloud.sdp.digest import Login
from kvit.device.cloud.sdp.emulator import Emulator
from kvit.device.cloud.sdp.form import Ask, Form
from kvit.device.cloud.sdp.machine import Machine
from kvit.device.cloud.sdp.response import Report, Result
from kvit.device.printers import service as printers
from kvit.device.printers.model import Printer
from kvit.device.spool import service as spool
from kvit.device.spool.model import Event, Evidence, State
from kvit.device.spool.order import Order, order, order_raw
from kvit.paper.document import Document, Image, Text, print_document
from kvit.paper.render import png
from tests.databases import OpenDatabase
from tests.device.cloud.sdp.world import NOW_MS, ROOMS, SHOP, TOKEN, World, exchange, poll_form, served, settled, world

GOOD = 251658262
BOMB = b'<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa">]><PrintResponseInfo Version="2.00">&a;</PrintResponseInfo>'


@pytest.mark.parametrize("version", ["1.00", "2.00", "3.00"])
async def test_a_job_is_fetched_printed_and_known_to_be(database: OpenDatabase, version: str) -> None:
    async with world(database(*ROOMS)) as shop:
        machine = Machine(version)
        printer = shop.printer(machine)
        id_ = shop.order()
        await printer.call(7)
        job = shop.job(id_)
        assert (job.state, job.evidence) == (State.PRINTED, Evidence.B)
        assert len(machine.printed) == 1
        texts = [run.text.strip() for run in machine.play(machine.printed[0]).boxes]  # type: ignore[union-attr]
        assert texts == ["Milk 1 l", "Total 900"]
        assert shop.events(id_) == [Event.ACCEPTED, Event.BEGUN, Event.BYTES_OUT, Event.COMPLETED]
        assert (shop.facts()["sdp_version"], shop.facts()["name"]) == (version, "TM-m30III")
        assert (shop.light.link, shop.light.paper, shop.light.busy) == ("up", "ok", False)


async def test_the_whole_way_over_a_socket(db: Database) -> None:
    async with world(db) as shop, served(shop.app) as base:
        machine = Machine()
        printer = Emulator(f"{base}/sdp/{TOKEN}", machine, id_="KITCHEN1", slow=20_000)
        id_ = shop.order()
        for _ in range(4):
            await printer.poll()
        assert shop.state(id_) is State.PRINTED
        empty = await printer.poll()
        assert (empty.status, empty.body) == (200, b"")
        assert (empty.headers["content-length"], empty.headers["content-type"]) == ("0", "text/xml; charset=utf-8")
        assert empty.headers["cache-control"] == "no-store"


async def test_one_job_at_a_time_in_their_order(db: Database) -> None:
    async with world(db) as shop:
        machine = Machine()
        printer = shop.printer(machine)
        await printer.meet()
        ids = [shop.order(Text(f"n{number}")) for number in range(3)]
        seen = []
        for _ in ids:
            await printer.call(1)
            seen.append([shop.state(id_).value for id_ in ids])
        assert seen == [
            ["printed", "queued", "queued"], ["printed", "printed", "queued"], ["printed", "printed", "printed"],
        ]  # fmt: skip
        assert [
            b">n%d " % number in each or b"n%d" % number in each for number, each in enumerate(machine.printed)
        ] == [True] * 3


async def test_nothing_more_is_handed_over_while_one_is_out(db: Database) -> None:
    async with world(db) as shop:
        printer = shop.printer()
        await printer.meet("forgets")
        id_ = shop.order()
        await printer.call(1)
        assert shop.state(id_) is State.CONFIRMING
        shop.order()
        await printer.call(5)
        assert all(not answer.body for answer in printer.answers[-5:])
        assert len(printer.machine.printed) == 1


# Polls are cheap


async def test_a_poll_for_nothing_asks_no_table(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    async with world(db) as shop:
        printer = shop.printer()
        await printer.call(4)
        asked: list[str] = []
        for way in ("read", "write"):
            monkeypatch.setattr(db, way, _counting(asked, getattr(db, way)))
        await printer.call(20)
        assert asked == []
        shop.order()
        await printer.call(1)
        assert asked
        assert printer.machine.printed


def _counting(asked: list[str], way: Callable[..., Any]) -> Callable[..., Any]:
    def counted(verb: Callable[..., Any], /, *args: Any) -> Any:
        asked.append(verb.__name__)
        return way(verb, *args)

    return counted


async def test_work_is_heard_of_by_the_spools_topic(db: Database) -> None:
    async with world(db) as shop:
        printer = shop.printer()
        await printer.call(4)
        with db.listen(spool.TOPIC) as keys:
            document = print_document(Document([Text("Milk")]))
            given = order("sale", "kitchen", document)
            assert isinstance(given, Order)
            await db.write(spool.accept, SHOP, given, NOW_MS)
            assert await anext(keys) == "kitchen"
        await printer.call(1)
        assert printer.machine.printed


async def test_a_held_printer_gets_nothing_until_it_is_let_go(db: Database) -> None:
    async with world(db) as shop:
        printer = shop.printer()
        await printer.meet()
        await db.write(printers.hold, SHOP, "kitchen", True, NOW_MS)
        id_ = shop.order()
        await printer.call(3)
        assert shop.state(id_) is State.QUEUED
        await db.write(printers.hold, SHOP, "kitchen", False, NOW_MS)
        await printer.call(1)
        assert shop.state(id_) is State.PRINTED


# Who calls


async def test_strangers_hear_nothing(db: Database) -> None:
    async with world(db) as shop:
        shop.keep("star", "starprnt+cloudprnt://", "othertoken")
        id_ = shop.order()
        for token in ("x", TOKEN[:-1], TOKEN + "x", "othertoken", "%00", "k" * 5000):
            answer = await exchange(shop.app, f"/sdp/{token}", poll_form())
            assert (answer.status, answer.body) == (404, b""), token
        assert shop.state(id_) is State.QUEUED
        assert (await exchange(shop.app, f"/sdp/{TOKEN.upper()}", poll_form())).status == 200, "capitals do not count"


async def test_another_machine_under_the_same_word_is_refused_and_shown(db: Database) -> None:
    async with world(db) as shop:
        printer, other = shop.printer(), shop.printer(id_="BAR")
        await printer.meet()
        id_ = shop.order()
        assert (await other.poll()).status == 403
        assert (shop.light.mismatch, shop.light.trouble) == ("BAR", "mismatch")
        assert shop.state(id_) is State.QUEUED
        await printer.call(1)
        assert shop.state(id_) is State.PRINTED, "the right one goes on"
        assert shop.light.mismatch == "BAR", "and it is shown for a while"
        await printer.call(1, step_s=601.0)
        assert shop.light.mismatch == ""


async def test_another_machine_can_not_say_that_a_job_is_printed(db: Database) -> None:
    async with world(db) as shop:
        shop.keep("bar", "epos+sdp://BAR", "bartoken")
        bar = shop.printer(token="bartoken", id_="BAR")
        printer = shop.printer()
        await printer.meet("forgets")
        id_ = shop.order()
        await printer.call(1)
        name = job_name.name_of(id_, 1)
        file = response.write(Report("2.00", (Result(True, "", GOOD, name),)))
        await bar.post(bar.url, Form(Ask.RESULT, "BAR", "", file))
        assert shop.state(id_) is State.CONFIRMING
        assert ("sdp.foreign_result", {"printer": "bar"}) in shop.log


async def test_a_printer_without_an_id_of_its_own_is_known_by_its_word(db: Database) -> None:
    async with world(db, address="epos+sdp://") as shop:
        printer = shop.printer(id_="WHATEVER")
        id_ = shop.order()
        await printer.call(4)
        assert shop.state(id_) is State.PRINTED
        assert shop.facts()["id"] == "WHATEVER"


@pytest.mark.parametrize("algorithm", ["MD5", "SHA-256"])
async def test_a_login_is_asked_for_where_one_is_set(db: Database, algorithm: str) -> None:
    login = Login("kitchen", "green bicycles", algorithm)
    async with world(db, {"kitchen": login}) as shop:
        id_ = shop.order()
        for stranger in (None, Login("kitchen", "red bicycles", algorithm)):
            answer = await shop.printer(login=stranger).poll()
            assert (answer.status, answer.body) == (401, b"")
            assert answer.headers["www-authenticate"].startswith(
                f'Digest realm="kvit", qop="auth", algorithm={algorithm}'
            )
        printer = shop.printer(login=login)
        await printer.call(4)
        assert shop.state(id_) is State.PRINTED


async def test_a_request_before_the_first_login_may_have_any_method(db: Database) -> None:
    async with world(db, {"kitchen": Login("kitchen", "green bicycles")}) as shop:
        for method in ("GET", "HEAD", "POST"):
            assert (await exchange(shop.app, f"/sdp/{TOKEN}", b"", method=method)).status == 401
    async with world(db) as shop:
        assert (await exchange(shop.app, f"/sdp/{TOKEN}", b"", method="GET")).status == 405
        assert (await exchange(shop.app, "/sdp/nobody", b"", method="GET")).status == 404


BAD = {
    "no form": (b"hello", 400),
    "no type": (b"ID=KITCHEN1", 400),
    "a form without end": (b"a" * (forms.BYTES_MAX + 1), 413),
    "a result that is none": (forms.write(Form(Ask.RESULT, "KITCHEN1", "", b"<a/>")), 400),
    "no result": (forms.write(Form(Ask.RESULT, "KITCHEN1")), 400),
    "an entity bomb": (forms.write(Form(Ask.RESULT, "KITCHEN1", "", BOMB)), 400),
    "a status that is none": (forms.write(Form(Ask.STATUS, "KITCHEN1", "", b"<a")), 400),
}


@pytest.mark.parametrize("case", BAD)
async def test_what_is_no_posting_of_a_printer(db: Database, case: str) -> None:
    body, wanted = BAD[case]
    async with world(db) as shop:
        await shop.printer().meet()
        id_ = shop.order()
        assert (await exchange(shop.app, f"/sdp/{TOKEN}", body)).status == wanted
        assert shop.state(id_) is State.QUEUED
        assert not any(b"hello" in repr(values).encode() for _, values in shop.log)


async def test_chance_bytes_are_answered(db: Database) -> None:
    async with world(db) as shop:
        for size in (0, 1, 7, 300, 5000):
            answer = await exchange(shop.app, f"/sdp/{TOKEN}", os.urandom(size))
            assert answer.status == 400


# Results that come late, twice, from nowhere


async def lost(shop: World) -> tuple[str, str]:
    """A job whose result never came: its id and its name at the printer."""
    printer = shop.printer()
    await printer.meet("forgets")
    id_ = shop.order()
    await printer.call(25)
    assert shop.state(id_) is State.UNKNOWN
    return id_, job_name.name_of(id_, 1)


def result_form(name: str, *, success: bool = True, code: str = "", status: int = GOOD) -> Form:
    return Form(Ask.RESULT, "KITCHEN1", "", response.write(Report("2.00", (Result(success, code, status, name),))))


async def test_a_late_word_counts(db: Database) -> None:
    async with world(db) as shop:
        id_, name = await lost(shop)
        printer = shop.printer()
        await printer.post(printer.url, result_form(name, status=2))
        await printer.post(printer.url, result_form(name, success=False, code="EX_TIMEOUT"))
        assert shop.state(id_) is State.UNKNOWN, "spooled, or an error: no evidence"
        await printer.post(printer.url, result_form(name))
        assert (shop.state(id_), shop.job(id_).evidence) == (State.PRINTED, Evidence.B)
        await printer.post(printer.url, result_form(name, success=False, code="EX_TIMEOUT"))
        assert shop.state(id_) is State.PRINTED


@pytest.mark.parametrize("name", ["", "ABC123", job_name.name_of("ab" * 16, 1)])
async def test_results_of_nothing(db: Database, name: str) -> None:
    async with world(db) as shop:
        printer = shop.printer()
        await printer.meet()
        assert (await printer.post(printer.url, result_form(name))).status == 200
        assert (await printer.post(printer.url, result_form(name, success=False, code="SchemaError"))).status == 200


async def test_a_word_on_an_earlier_attempt_is_none_on_this_one(db: Database) -> None:
    async with world(db) as shop:
        machine = Machine(faults={"full"})
        printer = shop.printer(machine)
        id_ = shop.order()
        await printer.call(4)
        machine.faults = {"forgets"}
        await printer.call(3)
        attempt = shop.job(id_).attempt
        assert attempt > 1
        assert shop.state(id_) is State.CONFIRMING
        await printer.post(printer.url, result_form(job_name.name_of(id_, attempt - 1)))
        assert shop.state(id_) is State.CONFIRMING
        assert [event for event, _ in shop.log] == ["sdp.stale_result"]


async def test_after_a_restart_a_named_result_still_finds_its_job(db: Database) -> None:
    async with world(db) as shop:
        printer = shop.printer()
        await printer.meet("forgets")
        id_ = shop.order()
        await printer.call(1)
        assert shop.state(id_) is State.CONFIRMING
    assert db.write_now(spool.restart, SHOP, NOW_MS)
    async with world(db) as shop:
        assert shop.state(id_) is State.UNKNOWN
        printer = shop.printer()
        await printer.post(printer.url, result_form(job_name.name_of(id_, 1)))
        assert shop.state(id_) is State.PRINTED


async def test_a_result_before_its_bytes_are_known_to_be_out(db: Database) -> None:
    async with world(db) as shop:
        printer = shop.printer()
        await printer.meet()
        id_ = shop.order()
        out, begun = asyncio.Event(), asyncio.Event()
        late = shop.server._out

        async def slowly(taken: Any) -> None:
            begun.set()
            await out.wait()
            await late(taken)

        shop.server._out = slowly  # type: ignore[method-assign]
        poll = asyncio.create_task(printer.poll())
        await begun.wait()
        await printer.post(printer.url, result_form(job_name.name_of(id_, 1)))
        assert shop.state(id_) is State.PRINTED
        out.set()
        await poll
        assert shop.state(id_) is State.PRINTED


# Version 1.00: nothing has a name


async def test_without_names_a_word_after_a_lost_one_is_no_evidence(db: Database) -> None:
    async with world(db) as shop:
        machine = Machine("1.00")
        printer = shop.printer(machine)
        await printer.call(6)
        machine.faults = {"forgets"}
        first = shop.order()
        await printer.call(25)
        assert shop.state(first) is State.UNKNOWN
        machine.faults = set()
        second = shop.order()
        await printer.call(2)
        assert (shop.state(first), shop.state(second)) == (State.UNKNOWN, State.UNKNOWN)
        third = shop.order()
        await printer.call(1, step_s=dealing.DOUBT_S)
        await printer.call(2)
        assert shop.state(third) is State.PRINTED


async def test_without_names_a_late_word_is_about_the_last_job(db: Database) -> None:
    async with world(db) as shop:
        machine = Machine("1.00")
        printer = shop.printer(machine)
        await printer.call(6)
        machine.faults = {"never-answers"}
        id_ = shop.order()
        await printer.call(25)
        assert shop.state(id_) is State.UNKNOWN
        file = response.write(Report("1.00", (Result(True, "", GOOD),)))
        await printer.post(printer.url, Form(Ask.RESULT, "KITCHEN1", "", file))
        assert shop.state(id_) is State.PRINTED


# What is handed over


async def test_a_copy_opens_no_drawer(db: Database) -> None:
    async with world(db) as shop:
        machine = Machine()
        printer = shop.printer(machine)
        await printer.meet()
        shop.order(copies=2)
        await printer.call(2)
        events = [[event.kind for event in machine.play(each).events] for each in machine.printed]
        assert events == [["cut", "pulse", "beep"], ["cut"]]
        assert b"COPY 2" in machine.printed[1]


async def test_bytes_of_a_till_are_printed_too(db: Database) -> None:
    async with world(db) as shop:
        machine = Machine()
        printer = shop.printer(machine)
        await printer.meet()
        raw = order_raw("raw 1", "kitchen", b"\x1b@Hello\n\x1dV\x00", "TM-T88V")
        assert isinstance(raw, Order)
        id_ = shop.accept(raw)
        await printer.call(1)
        assert shop.state(id_) is State.PRINTED
        assert machine.play(machine.printed[0]).boxes


async def test_what_is_too_large_is_refused_and_the_next_one_goes_on(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with world(db) as shop:
        monkeypatch.setattr(request, "BYTES_MAX", 4096)
        import numpy as np

        noise = (
            np.unpackbits(np.frombuffer(np.random.default_rng(1).bytes(72 * 500), np.uint8))
            .reshape(500, 576)
            .astype(bool)
        )
        large = shop.order(Image(png.encode(noise)))
        small = shop.order()
        printer = shop.printer()
        await printer.call(5)
        assert shop.job(large).state is State.BLOCKED
        assert shop.job(large).reason.startswith("refused: ")
        assert shop.job(large).attempt == 0
        assert shop.state(small) is State.PRINTED


# What the printer says of itself


async def test_a_status_notification_stops_and_starts_the_queue(db: Database) -> None:
    async with world(db) as shop:
        machine = Machine()
        printer = shop.printer(machine)
        await printer.meet()
        machine.tell("cover open")
        await printer.notify()
        assert shop.light.trouble == "cover"
        id_ = shop.order()
        await printer.call(1)
        assert (shop.state(id_), shop.job(id_).reason, shop.job(id_).attempt) == (State.BLOCKED, "cover", 0)
        machine.tell("cover closed")
        await printer.notify()
        assert shop.state(id_) is State.QUEUED
        await printer.call(1)
        assert shop.state(id_) is State.PRINTED


async def test_without_notifications_a_printer_in_trouble_is_looked_at_now_and_then(db: Database) -> None:
    async with world(db) as shop:
        machine = Machine(faults={"paper"})
        printer = shop.printer(machine)
        id_ = shop.order()
        await printer.call(2)
        probes = [answer for answer in await printer.call(12) if answer.body]
        assert len(probes) == 4, "every 15 s of 60"
        assert shop.state(id_) is State.BLOCKED
        machine.tell("well")
        await printer.call(4)
        assert shop.state(id_) is State.PRINTED


async def test_a_printer_that_stays_away_is_shown_away(db: Database) -> None:
    async with world(db) as shop:
        printer = shop.printer()
        await printer.call(4)
        await shop.server.tick()
        assert shop.light.link == "up"
        shop.now_s[0] += 16
        await shop.server.tick()
        assert (shop.light.link, shop.light.trouble) == ("down", "away")
        await printer.call(1)
        assert (shop.light.link, shop.light.trouble) == ("up", "")


async def test_a_job_nobody_speaks_of_is_given_up_also_when_no_poll_comes(db: Database) -> None:
    async with world(db) as shop:
        printer = shop.printer()
        await printer.meet("forgets")
        id_ = shop.order()
        await printer.call(1)
        shop.now_s[0] += dealing.RESULT_S + 1
        await shop.server.tick()
        assert (shop.state(id_), shop.job(id_).reason) == (State.UNKNOWN, "no answer")


async def test_a_printer_that_is_gone_is_forgotten(db: Database) -> None:
    async with world(db) as shop:
        printer = shop.printer()
        await printer.call(4)
        await db.write(printers.remove, SHOP, "kitchen")
        await settled()
        assert (await printer.poll()).status == 404
        shop.now_s[0] += 600
        await shop.server.tick()
        assert shop.server.stations == {}


async def test_another_address_is_another_printer(db: Database) -> None:
    async with world(db) as shop:
        printer = shop.printer()
        await printer.call(4)
        shop.keep(address="epos+sdp://KITCHEN2")
        await settled()
        assert (await printer.poll()).status == 403
        new = shop.printer(id_="KITCHEN2")
        id_ = shop.order()
        await new.call(4)
        assert shop.state(id_) is State.PRINTED


async def test_two_polls_at_once_get_one_job(db: Database) -> None:
    async with world(db) as shop:
        printer = shop.printer()
        await printer.meet()
        ids = [shop.order(), shop.order()]
        answers = await asyncio.gather(*(exchange(shop.app, f"/sdp/{TOKEN}", poll_form()) for _ in range(5)))
        assert sum(bool(answer.body) for answer in answers) == 1
        assert {shop.state(id_) for id_ in ids} == {State.CONFIRMING, State.QUEUED}


async def test_a_printer_said_to_prove_nothing_has_its_jobs_sent_and_not_printed(db: Database) -> None:
    async with world(db, able=Evidence.C) as shop:
        printer = shop.printer()
        id_ = shop.order()
        await printer.call(4)
        assert shop.state(id_) is State.SENT


async def test_the_spooler_is_remembered(db: Database) -> None:
    async with world(db) as shop:
        machine = Machine(faults={"spooler"})
        printer = shop.printer(machine)
        id_ = shop.order()
        await printer.call(2)
        assert (shop.state(id_), machine.printed) == (State.CONFIRMING, []), "spooled is not printed"
        await printer.call(1)
        assert shop.state(id_) is State.PRINTED
        assert shop.facts()["spooler"] == "yes"
        machine.faults.clear()
        shop.order()
        await printer.call(2)
        assert shop.facts()["spooler"] == "no"


async def test_a_spooled_job_that_waits_for_paper_is_paused(db: Database) -> None:
    async with world(db) as shop:
        machine = Machine(faults={"spooler"})
        printer = shop.printer(machine)
        await printer.meet()
        id_ = shop.order()
        await printer.call(1)
        machine.tell("paper out")
        await printer.call(2)
        assert (shop.state(id_), shop.light.trouble) == (State.PAUSED, "paper")
        machine.tell("paper ok")
        await printer.call(2)
        assert shop.state(id_) is State.PRINTED


async def test_a_printer_that_hung_up_while_its_paper_was_made_is_begun_nothing(db: Database) -> None:
    async with world(db) as shop:
        printer = shop.printer()
        await printer.meet()
        id_ = shop.order()
        gone = await exchange(shop.app, f"/sdp/{TOKEN}", poll_form(), hangs_up=True)
        assert gone.body == b""
        assert (shop.state(id_), shop.job(id_).attempt) == (State.QUEUED, 0)
        await printer.call(1)
        assert shop.state(id_) is State.PRINTED


async def test_what_it_is_able_to_prove_is_kept_unless_a_person_said_so(db: Database) -> None:
    async with world(db) as shop:
        await shop.printer().call(3)
        found = db.read_now(printers.printer, SHOP, "kitchen")
        assert isinstance(found, Printer)
        assert found.able is Evidence.B


@pytest.mark.parametrize("broken", ["take", "done"])
async def test_an_attempt_nobody_knows_of_does_not_hold_its_printer(
    db: Database, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    async with world(db) as shop:
        printer = shop.printer()
        await printer.meet()
        id_ = shop.order()
        right = getattr(shop.server.handover, broken)

        async def breaks(*args: Any, **values: Any) -> Any:
            if broken == "take":
                await right(*args, **values)
            raise OSError("the disk is full")

        with monkeypatch.context() as patch:
            patch.setattr(shop.server.handover, broken, breaks)
            with pytest.raises(OSError, match="full"):
                await printer.call(1)
        assert shop.state(id_) in (State.SENDING, State.CONFIRMING)
        await shop.server.tick()
        assert shop.state(id_) is State.UNKNOWN
        following = shop.order()
        await printer.call(1)
        assert shop.state(following) is State.PRINTED
