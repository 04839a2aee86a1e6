"""The whole path: a job accepted, polled for, fetched, printed, confirmed; and every way it goes wrong.

What the spool says is held against what lies on the emulated printer's paper.
"""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from kvit.device.cloud.cloudprnt import media
from kvit.device.cloud.cloudprnt.emulator import MODELS, letters
from kvit.device.printers import service as printers
from kvit.device.printers.model import Printer
from kvit.device.spool import service as spool
from kvit.device.spool.model import ASK_MS, Evidence, Job, State
from kvit.escpos import load_profile
from kvit.paper.languages import registry
from kvit.refusal import Refusal
from tests.device.cloud.cloudprnt.house import NAME, SHOP, House, house

OPEN = {"statusCode": "200%20OK"}


async def test_the_straight_way(tmp_path: Path) -> None:
    async with house(tmp_path) as shop:
        star = await shop.greet(shop.star())
        job = await shop.accept()
        assert await star.step() == "printed"
        after = await shop.job(job.id)
        assert (after.state, after.evidence, after.able) == (State.PRINTED, Evidence.B, Evidence.B)
        assert "Milk 1 l" in letters(star.papers[0])
        assert star.papers[0].media_type == media.STARPRNT
        assert await star.step() == "idle"
        assert shop.board.light(NAME).link == "up"
        assert len(star.papers) == 1


async def test_a_printer_is_told_to_confirm_by_get(tmp_path: Path) -> None:
    async with house(tmp_path) as shop:
        shop.reception._delete_method = "GET"
        star = await shop.greet(shop.star())
        job = await shop.accept()
        assert await star.step() == "printed"
        assert (await shop.job(job.id)).state is State.PRINTED


async def test_a_printer_is_asked_who_it_is_and_that_is_kept(tmp_path: Path) -> None:
    async with house(tmp_path) as shop:
        await shop.greet(shop.star())
        kept = await shop.desk.db.read(printers.printer, SHOP, NAME)
        assert isinstance(kept, Printer)
        assert kept.facts["model"] == "Star mC-Print3"
        assert (kept.facts["dots"], kept.facts["interval_s"], kept.facts["mac"]) == ("576", "5", "001162aabbcc")
        assert shop.logged == []


async def test_it_is_asked_again_when_nothing_waits(tmp_path: Path) -> None:
    async with house(tmp_path) as shop:
        star = await shop.greet(shop.star())
        shop.now_s += 119
        assert await star.step() == "idle"
        shop.now_s += 2
        assert await star.step() == "asked"
        assert await star.step() == "idle"


async def test_a_poll_without_work_touches_no_table(tmp_path: Path) -> None:
    async with house(tmp_path) as shop:
        star = await shop.greet(shop.star())
        await star.step()
        await asyncio.sleep(0.05)  # what greeting wrote is told
        await star.step()
        read, write = shop.desk.db.engine.submit_read, shop.desk.db.engine.submit_write
        seen: list[str] = []
        shop.desk.db.engine.submit_read = lambda job: (seen.append("read"), read(job))[1]  # type: ignore[method-assign, func-returns-value]
        shop.desk.db.engine.submit_write = lambda job: (seen.append("write"), write(job))[1]  # type: ignore[method-assign, func-returns-value]
        for _ in range(5):
            assert await star.step() == "idle"
        assert seen == []


@pytest.mark.parametrize("fail", ["double-fetch", "repeats-confirm"])
async def test_repeated_calls_are_one_attempt(tmp_path: Path, fail: str) -> None:
    async with house(tmp_path) as shop:
        star = await shop.greet(shop.star(fail))
        job = await shop.accept()
        assert await star.step() == "printed"
        after = await shop.job(job.id)
        assert (after.state, after.attempt, len(star.papers)) == (State.PRINTED, 1, 1)
        assert await star.step() == "idle"


async def test_firmware_without_tokens_is_class_c(tmp_path: Path) -> None:
    async with house(tmp_path) as shop:
        star = await shop.greet(shop.star("old-firmware", model=MODELS["tsp650ii"]))
        job = await shop.accept()
        assert await star.step() == "printed"
        after = await shop.job(job.id)
        assert (after.state, after.evidence) == (State.SENT, Evidence.C)
        assert await shop.history(job.id) == ["accepted", "begun", "bytes_out", "link_closed"]


FAULTS: list[tuple[str, State, int]] = [
    ("never-confirm", State.UNKNOWN, 1),
    ("no-code", State.UNKNOWN, 1),
    ("paper", State.UNKNOWN, 1),
    ("cover", State.UNKNOWN, 1),
    ("no-decode", State.UNKNOWN, 0),
    ("timeout", State.UNKNOWN, 0),
    ("wrong-mac", State.BLOCKED, 0),
    ("garbage", State.BLOCKED, 0),
    ("slow", State.PRINTED, 1),
]


async def nothing(_: float) -> None:
    return None


@pytest.mark.parametrize(("fail", "state", "papers"), FAULTS)
async def test_the_state_is_never_better_than_the_paper(tmp_path: Path, fail: str, state: State, papers: int) -> None:
    async with house(tmp_path) as shop:
        star = await shop.greet(shop.star(sleep=nothing))
        star.tell(f"fail {fail}")
        job = await shop.accept()
        for _ in range(3):
            await star.step()
        await shop.later(61)
        assert (await shop.job(job.id)).state is state
        assert len(star.papers) == papers


async def test_a_lying_printer_is_believed_like_any_other(tmp_path: Path) -> None:
    """No protocol helps against a printer that says printed; what is shown is on its word (B), and reprints are marked."""
    async with house(tmp_path) as shop:
        star = await shop.greet(shop.star("lies"))
        job = await shop.accept()
        await star.step()
        assert (await shop.job(job.id)).evidence is Evidence.B


async def test_out_of_paper_in_the_middle_makes_a_marked_copy_and_no_second_original(tmp_path: Path) -> None:
    async with house(tmp_path) as shop:
        star = await shop.greet(shop.star("paper", "refetches"))
        job = await shop.accept()
        assert await star.step() == "stopped"
        assert await star.step() == "idle"
        paused = await shop.job(job.id)
        assert (paused.state, paused.reason) == (State.PAUSED, "said: 410 Out of paper")
        assert (shop.board.light(NAME).trouble, shop.board.light(NAME).busy) == ("paper", True)
        star.tell("paper ok")
        assert await star.step() == "520"  # fetches by itself, gets nothing
        assert (await shop.job(job.id)).state is State.UNKNOWN
        assert not shop.board.light(NAME).busy
        shop.now_s += ASK_MS / 1000 + 1
        await shop.desk.db.write(spool.unanswered, SHOP, shop.desk.now_ms)
        shop.stir()
        star.tell("well")
        star._job = None
        assert await star.step() == "printed"
        assert [paper.whole for paper in star.papers] == [False, True]
        assert "COPY 2" in letters(star.papers[1])
        assert b"\x07" not in star.papers[1].data  # no drawer with a copy


async def test_too_large_in_one_type_is_offered_in_the_next(tmp_path: Path) -> None:
    async with house(tmp_path) as shop:
        star = await shop.greet(shop.star("too-large"))
        job = await shop.accept()
        assert await star.step() == "521"
        assert (await shop.job(job.id)).state is State.QUEUED
        star.tell("well")
        shop.stir()
        assert await star.step() == "printed"
        assert star.papers[0].media_type == media.PNG
        after = await shop.job(job.id)
        assert (after.state, after.attempt) == (State.PRINTED, 2)


async def test_a_job_it_takes_in_no_type_waits_and_lets_others_pass(tmp_path: Path) -> None:
    async with house(tmp_path) as shop:
        star = await shop.greet(shop.star("too-large"))
        job = await shop.accept()
        for _ in range(4):
            shop.stir()
            await star.step()
        after = await shop.job(job.id)
        assert (after.state, after.reason[:7]) == (State.BLOCKED, "refused")
        star.tell("well")
        other = await shop.accept("sale 2")
        assert await star.step() == "printed"
        assert (await shop.job(other.id)).state is State.PRINTED
        assert (await shop.job(job.id)).state is State.BLOCKED


async def test_the_drawer_and_the_cut_stand_in_headers_where_bytes_can_not_say_them(tmp_path: Path) -> None:
    async with house(tmp_path) as shop:
        star = await shop.greet(shop.star(model=MODELS["sp700"]))
        await shop.accept()
        assert await star.step() == "printed"
        paper = star.papers[0]
        assert paper.media_type == media.PNG
        assert paper.headers["x-star-cashdrawer"] == "start"
        assert paper.headers["x-star-cut"] == "partial; feed=true"
        assert paper.headers["x-star-imageditherpattern"] == "none"
        assert shop.pressed[0].width_dots == 504


async def test_a_copy_is_marked_and_opens_no_drawer_in_any_type(tmp_path: Path) -> None:
    async with house(tmp_path) as shop:
        star = await shop.greet(shop.star(model=MODELS["sp700"]))
        job = await shop.accept()
        await star.step()
        made = await shop.desk.db.write(spool.reprint, SHOP, job.id, "again", "user-1", shop.desk.now_ms)
        assert isinstance(made, Job)
        shop.stir()
        await star.step()
        told = star.papers[1].headers
        assert told["x-star-cashdrawer"] == "none"
        assert "x-star-buzzerstartpattern" not in told


async def test_trouble_blocks_what_waits_and_well_again_lets_it_go(tmp_path: Path) -> None:
    async with house(tmp_path) as shop:
        star = await shop.greet(shop.star())
        star.tell("cover open")
        job = await shop.accept()
        await star.step()
        blocked = await shop.job(job.id)
        assert (blocked.state, blocked.reason, blocked.attempt) == (State.BLOCKED, "cover", 0)
        star.tell("cover closed")
        shop.stir()
        assert await star.step() == "printed"
        assert (await shop.job(job.id)).state is State.PRINTED


async def test_a_printer_that_does_not_poll_is_away(tmp_path: Path) -> None:
    async with house(tmp_path) as shop:
        star = await shop.greet(shop.star())
        job = await shop.accept()
        await shop.later(14)
        assert shop.board.light(NAME).trouble == ""
        await shop.later(2)
        assert shop.board.light(NAME).trouble == "away"
        assert (await shop.job(job.id)).reason == "away"
        shop.stir()
        assert await star.step() == "printed"
        assert (shop.board.light(NAME).trouble, (await shop.job(job.id)).state) == ("", State.PRINTED)


async def test_a_printer_that_never_called_is_away_too(tmp_path: Path) -> None:
    async with house(tmp_path) as shop:
        await shop.reception._expect()
        await shop.later(16)
        assert shop.board.light(NAME).trouble == "away"


async def test_a_printer_that_was_removed_is_no_longer_away(tmp_path: Path) -> None:
    async with house(tmp_path) as shop:
        await shop.greet(shop.star())
        await shop.desk.db.write(printers.remove, SHOP, NAME)
        await shop.reception._expect()
        shop.board.forget(NAME)
        await shop.later(60)
        assert shop.board.lights() == []


async def test_while_it_prints_nothing_is_offered(tmp_path: Path) -> None:
    async with house(tmp_path) as shop:
        await shop.greet(shop.star())
        await shop.accept()
        for said in ({**OPEN, "printingInProgress": True}, {"statusCode": "221 Paper present"}):
            reply = await shop.http.post(shop.url, json=said)
            assert reply.json() == {"jobReady": False}
        assert (await shop.http.post(shop.url, json=OPEN)).json()["jobReady"] is True


async def test_a_held_printer_is_offered_nothing(tmp_path: Path) -> None:
    async with house(tmp_path) as shop:
        star = await shop.greet(shop.star())
        job = await shop.accept()
        offer = (await shop.http.post(shop.url, json=OPEN)).json()
        await shop.desk.db.write(printers.hold, SHOP, NAME, True, shop.desk.now_ms)
        shop.reception.handover._known.clear()
        assert await star.step() == "idle"
        reply = await shop.http.get(shop.url, params={"type": media.PNG, "token": offer["jobToken"]})
        assert reply.status_code == 404
        assert (await shop.job(job.id)).state is State.QUEUED


async def offered(shop: House) -> tuple[Job, str]:
    """A job that is offered, and its token."""
    await shop.greet(shop.star())
    job = await shop.accept()
    answer = (await shop.http.post(shop.url, json=OPEN)).json()
    return job, answer["jobToken"]


GETS: list[tuple[dict[str, str], int]] = [
    ({"type": media.PNG, "mac": "00:11:62:ff:ff:ff"}, 403),
    ({"type": media.PNG, "token": "x"}, 404),
    ({"type": media.PNG, "token": "0" * 32 + "-1"}, 404),
    ({"token": "TOKEN"}, 415),
    ({"type": "image/jpeg", "token": "TOKEN"}, 415),
    ({"type": media.PNG, "token": "TOKEN"}, 200),
    ({"type": "image/png; x=y", "token": "TOKEN"}, 200),
    ({"type": media.STAR_PNG, "token": "TOKEN", "mono_len": "10"}, 404),
    ({"type": media.STAR_PNG, "token": "TOKEN", "mono_len": "9000"}, 200),
]


@pytest.mark.parametrize(("query", "status"), GETS)
async def test_requests_for_a_job(tmp_path: Path, query: dict[str, str], status: int) -> None:
    async with house(tmp_path) as shop:
        job, token = await offered(shop)
        told = {name: token if value == "TOKEN" else value for name, value in query.items()}
        reply = await shop.http.get(shop.url, params=told)
        assert reply.status_code == status
        assert reply.headers["cache-control"] == "no-store"
        assert ("charset" in reply.headers.get("content-type", "")) is False
        assert ((await shop.job(job.id)).attempt == 1) is (status == 200)


@pytest.mark.parametrize(
    ("media_type", "profile"),
    [
        (media.STARPRNT, "starprnt"),
        (media.LINE, "star"),
        (media.RASTER, "star-raster"),
        (media.PNG, ""),
        (media.TEXT, ""),
    ],
)
async def test_every_type_that_is_offered_prints_the_receipt(tmp_path: Path, media_type: str, profile: str) -> None:
    async with house(tmp_path) as shop:
        _, token = await offered(shop)
        reply = await shop.http.get(shop.url, params={"type": media_type, "token": token})
        assert reply.headers["content-type"] == media_type
        if profile:
            sheet = registry.play(reply.content, load_profile(profile))
            assert sheet.boxes
            assert {"cut", "pulse"} <= {event.kind for event in sheet.events}
        elif media_type == media.PNG:
            assert media.png_rows(reply.content) > 10
        else:
            assert b"Milk 1 l" in reply.content


DELETES: list[tuple[dict[str, str], int, State]] = [
    ({"code": "OK", "token": "TOKEN"}, 200, State.PRINTED),
    ({"code": "200%20OK", "token": "TOKEN", "mac": "001162AABBCC", "retry": "1"}, 200, State.PRINTED),
    ({"code": "OK"}, 200, State.CONFIRMING),
    ({"code": "OK", "token": "x"}, 200, State.CONFIRMING),
    ({"code": "OK", "token": "0" * 32 + "-1"}, 404, State.CONFIRMING),
    ({"code": "OK", "token": "TOKEN", "mac": "00:11:62:ff:ff:ff"}, 403, State.CONFIRMING),
    ({"token": "TOKEN"}, 200, State.UNKNOWN),
    ({"code": "000", "token": "TOKEN"}, 200, State.UNKNOWN),
    ({"code": "500 \x1b[31m\u202e", "token": "TOKEN"}, 200, State.UNKNOWN),
    ({"code": "510", "token": "TOKEN"}, 200, State.QUEUED),
]


@pytest.mark.parametrize("method", ["DELETE", "GET"])
@pytest.mark.parametrize(("query", "status", "state"), DELETES)
async def test_confirmations(tmp_path: Path, method: str, query: dict[str, str], status: int, state: State) -> None:
    async with house(tmp_path) as shop:
        job, token = await offered(shop)
        await shop.http.get(shop.url, params={"type": media.PNG, "token": token})
        told = {name: token if value == "TOKEN" else value for name, value in query.items()}
        url = shop.url if method == "DELETE" else f"{shop.url}?delete"
        if method == "GET":
            reply = await shop.http.get(url, params={**told, "delete": ""})
        else:
            reply = await shop.http.delete(url, params=told)
        after = await shop.job(job.id)
        assert (reply.status_code, after.state) == (status, state)
        assert after.reason.isprintable()


async def test_what_comes_after_the_confirmation(tmp_path: Path) -> None:
    async with house(tmp_path) as shop:
        job, token = await offered(shop)
        fetch = {"type": media.PNG, "token": token}
        first = await shop.http.get(shop.url, params=fetch)
        again = await shop.http.get(shop.url, params=fetch)
        assert first.content == again.content
        other = await shop.http.get(shop.url, params={"type": media.TEXT, "token": token})
        assert b"Milk" in other.content
        confirm = {"code": "200 OK", "token": token}
        assert (await shop.http.delete(shop.url, params=confirm)).status_code == 200
        assert (await shop.http.get(shop.url, params=fetch)).status_code == 404
        assert (await shop.http.delete(shop.url, params={**confirm, "retry": "1"})).status_code == 200
        assert (await shop.http.delete(shop.url, params={"code": "510", "token": token})).status_code == 200
        assert (await shop.job(job.id)).state is State.PRINTED


async def test_a_late_confirmation_is_believed(tmp_path: Path) -> None:
    async with house(tmp_path) as shop:
        job, token = await offered(shop)
        await shop.http.get(shop.url, params={"type": media.PNG, "token": token})
        await shop.later(61)
        assert (await shop.job(job.id)).state is State.UNKNOWN
        await shop.http.delete(shop.url, params={"code": "OK", "token": token})
        after = await shop.job(job.id)
        assert (after.state, after.evidence) == (State.PRINTED, Evidence.B)


async def test_killed_between_fetch_and_confirmation(tmp_path: Path) -> None:
    """The program that starts again remembers nothing; the token names the attempt."""
    async with house(tmp_path) as shop:
        job, token = await offered(shop)
        await shop.http.get(shop.url, params={"type": media.PNG, "token": token})
        next_one = House(shop.desk.db, shop.token)
        await shop.desk.db.write(spool.restart, SHOP, shop.desk.now_ms)
        assert (await shop.job(job.id)).state is State.UNKNOWN
        refetched = await next_one.http.get(next_one.url, params={"type": media.PNG, "token": token})
        assert refetched.status_code == 404
        await next_one.http.delete(next_one.url, params={"code": "OK", "token": token})
        assert (await shop.job(job.id)).state is State.PRINTED
        await next_one.http.aclose()


async def test_killed_between_offer_and_fetch(tmp_path: Path) -> None:
    async with house(tmp_path) as shop:
        job, token = await offered(shop)
        next_one = House(shop.desk.db, shop.token)
        fetched = await next_one.http.get(next_one.url, params={"type": media.PNG, "token": token})
        assert fetched.status_code == 200
        assert (await shop.job(job.id)).attempt == 1
        await next_one.http.aclose()


async def test_a_cancelled_job_is_not_fetched(tmp_path: Path) -> None:
    async with house(tmp_path) as shop:
        job, token = await offered(shop)
        await shop.desk.db.write(spool.cancel, SHOP, job.id, "user-1", shop.desk.now_ms)
        assert (await shop.http.get(shop.url, params={"type": media.PNG, "token": token})).status_code == 404
        assert (await shop.job(job.id)).state is State.CANCELLED


async def test_another_machine_is_refused_and_told(tmp_path: Path) -> None:
    async with house(tmp_path) as shop:
        right, wrong = shop.star(), shop.star("wrong-mac")
        await shop.greet(right)
        job = await shop.accept()
        assert await wrong.step() == "poll 403"
        light = shop.board.light(NAME)
        assert (light.trouble, light.mismatch) == ("mismatch", "001162ffffff")
        assert await right.step() == "printed"
        assert shop.board.light(NAME).mismatch  # a person reads it
        shop.now_s += 61
        await right.step()
        assert not shop.board.light(NAME).mismatch
        assert (await shop.job(job.id)).state is State.PRINTED


async def test_a_printer_is_given_the_id_its_address_names(tmp_path: Path) -> None:
    async with house(tmp_path, "starprnt+cloudprnt://kitchen1") as shop:
        star = await shop.greet(shop.star())
        assert star.unique_id == "kitchen1"
        star.unique_id = "OTHER"
        assert await star.step() == "poll 403"
        star.unique_id = "Kitchen1"
        assert await star.step() == "idle"


@pytest.mark.parametrize("body", [b"", b"[]", b"{" * 90_000, b'{"statusCode":"' + b"2" * 70_000 + b'"}'])
async def test_what_is_no_poll_is_not_understood(tmp_path: Path, body: bytes) -> None:
    async with house(tmp_path) as shop:
        assert (await shop.http.post(shop.url, content=body)).status_code == 400
        assert shop.board.light(NAME).link == "unknown"


async def test_an_unknown_word_is_nobody(tmp_path: Path) -> None:
    async with house(tmp_path) as shop:
        for path in ("x", "0" * 32, "%00", shop.token[:-1]):
            for method in ("POST", "GET", "DELETE"):
                reply = await shop.http.request(method, f"/cloudprnt/{path}", content=b"{}")
                assert reply.status_code == 404
        assert (await shop.http.put(shop.url)).status_code == 405


async def test_the_word_of_another_kind_of_printer_is_nobody_s(tmp_path: Path) -> None:
    async with house(tmp_path, "epos+sdp://KITCHEN1") as shop:
        assert (await shop.http.post(shop.url, json=OPEN)).status_code == 404


async def test_a_printer_that_polls_without_end_is_told_so(tmp_path: Path) -> None:
    async with house(tmp_path) as shop:
        statuses = [(await shop.http.post(shop.url, json=OPEN)).status_code for _ in range(62)]
        assert (statuses[59], statuses[60], statuses[61]) == (200, 429, 429)
        shop.now_s += 11
        assert (await shop.http.post(shop.url, json=OPEN)).status_code == 200


async def test_what_a_reader_reads_is_handed_on_and_never_logged(tmp_path: Path) -> None:
    scans: list[Any] = []
    async with house(tmp_path, scanned=lambda name, scan: scans.append((name, scan.data))) as shop:
        star = await shop.greet(shop.star())
        star.tell("scan MEMBER-1")
        await star.step()
        assert scans == [(NAME, b"MEMBER-1")]
        assert star._claimed
        assert shop.logged == []


def refusing(shop: House, refusal: Refusal) -> None:
    """The press makes nothing from now on."""

    async def press(wanted: Any) -> Any:
        return refusal

    object.__setattr__(shop.desk, "press", press)


async def test_a_press_that_is_busy_keeps_the_job_waiting(tmp_path: Path) -> None:
    async with house(tmp_path) as shop:
        star = await shop.greet(shop.star())
        job = await shop.accept()
        refusing(shop, Refusal("device.press_failed", {"reason": "busy"}))
        assert await star.step() == "520"
        assert (await shop.job(job.id)).state is State.QUEUED
        object.__setattr__(shop.desk, "press", shop._press)
        assert await star.step() == "printed"


async def test_a_document_nobody_can_lay_out_is_refused_and_lets_others_pass(tmp_path: Path) -> None:
    async with house(tmp_path) as shop:
        star = await shop.greet(shop.star())
        kept, job = shop._press, await shop.accept()
        refusing(shop, Refusal("device.job_document", {"problem": "x"}))
        assert await star.step() == "520"
        assert (await shop.job(job.id)).reason == "refused: device.job_document"
        object.__setattr__(shop.desk, "press", kept)
        other = await shop.accept("sale 2")
        assert await star.step() == "printed"
        assert (await shop.job(other.id)).state is State.PRINTED
