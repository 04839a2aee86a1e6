"""Kvit as a printer, asked over a real port: operations, states, networks, bodies of every kind, a data base that fails."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import gzip
import shutil
import zlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kvit.device.ipp import raster, server, service
from kvit.device.ipp import value as v
from kvit.device.ipp.message import Message, encode
from kvit.device.ipp.settings import IppSettings
from kvit.device.ipp.value import Attribute, GroupTag
from kvit.device.ipp.vocabulary import JobState, Operation, PrinterState, Status
from kvit.device.printers import service as printers
from kvit.device.printers.model import Printer
from kvit.device.spool import service as spool
from kvit.device.spool.model import Event, Evidence, Form, Heard, State
from kvit.device.spool.service import Begun
from kvit.paper.document import Cut, Image, Text, parse
from tests.device.ipp.house import SHOP, House, house

SUITES = Path("/usr/share/cups/ipptool")
ESCPOS = b"\x1b@Hello\n\x1dV\x00"


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[House]:
    async with house(tmp_path) as opened:
        yield opened


def told(answer: Message) -> str:
    return answer.group(GroupTag.OPERATION).text("status-message")


def state(answer: Message) -> tuple[int | None, tuple[str, ...]]:
    job = answer.group(GroupTag.JOB)
    reasons = job.get("job-state-reasons")
    return job.number("job-state"), () if reasons is None else reasons.words()


async def print_job(shop: House, data: bytes = ESCPOS, *more: Attribute, job: tuple[Attribute, ...] = ()) -> Message:
    return await shop.ask(shop.request(Operation.PRINT_JOB, *more, job=job), data)


async def look(shop: House, number: int) -> tuple[int | None, tuple[str, ...]]:
    return state(await shop.ask(shop.request(Operation.GET_JOB_ATTRIBUTES, v.integer("job-id", number))))


async def test_a_job_is_durable_when_it_is_answered(shop: House) -> None:
    answer = await print_job(shop, ESCPOS, v.named("job-name", "Receipt 7"), v.named("requesting-user-name", "kim"))
    assert answer.code == Status.OK
    assert state(answer) == (JobState.PENDING, ("job-queued",))
    (job,) = shop.jobs()
    payload = shop.payload(job)
    assert (payload.form, payload.profile, payload.body) == (Form.ESCPOS, "default", ESCPOS)
    assert "kim" not in f"{job}{shop.said}"


async def test_pages_become_a_document(shop: House) -> None:
    greys = np.full((900, 576), 255, dtype=np.uint8)
    greys[20:60, 8:80] = 0
    answer = await print_job(
        shop, raster.encode([raster.Page(greys, 203)]), v.media_type("document-format", "image/pwg-raster")
    )
    assert answer.code == Status.OK
    (job,) = shop.jobs()
    blocks = parse(shop.payload(job).body).blocks
    assert [type(block) for block in blocks] == [Image, Cut]


async def test_letters_become_a_document(shop: House) -> None:
    await print_job(shop, "Молоко 450 ₸".encode(), v.media_type("document-format", "text/plain"))
    assert parse(shop.payload(shop.jobs()[0]).body).blocks == [Text("Молоко 450 ₸"), Cut()]


async def test_create_then_send(shop: House) -> None:
    created = await shop.ask(shop.request(Operation.CREATE_JOB, v.named("job-name", "x")))
    number = created.group(GroupTag.JOB).number("job-id")
    assert number is not None
    assert state(created) == (JobState.HELD, ("job-incoming",))
    assert shop.jobs() == []
    send = shop.request(Operation.SEND_DOCUMENT, v.integer("job-id", number), v.boolean("last-document", True))
    for _ in range(2):  # its answer may be lost
        answer = await shop.ask(send, ESCPOS)
        assert (answer.code, state(answer)[0]) == (Status.OK, JobState.PENDING)
    assert len(shop.jobs()) == 1
    assert (await shop.ask(send, ESCPOS + b"x")).code == Status.MULTIPLE_NOT_SUPPORTED
    assert (await shop.ask(send, b"")).code == Status.OK
    by_uri = shop.request(Operation.GET_JOB_ATTRIBUTES, v.uri("job-uri", f"{shop.uri()}/{number}"))
    assert state(await shop.ask(by_uri))[0] == JobState.PENDING


ENDS: list[tuple[str, tuple[Event, ...], Evidence, int, str]] = [
    ("flying", (), Evidence.C, JobState.PROCESSING, "job-outgoing"),
    ("out", (Event.BYTES_OUT,), Evidence.C, JobState.PROCESSING, "job-printing"),
    ("paused", (Event.BYTES_OUT, Event.PAPER_END), Evidence.A, JobState.STOPPED, "printer-stopped"),
    ("printed", (Event.BYTES_OUT, Event.ID_ANSWER), Evidence.A, JobState.COMPLETED, "job-completed-successfully"),
    ("sent", (Event.BYTES_OUT, Event.LINK_CLOSED), Evidence.C, JobState.COMPLETED, "queued-in-device"),
    ("unknown", (Event.BYTES_OUT, Event.LINK_LOST), Evidence.C, JobState.STOPPED, "job-suspended"),
]


@pytest.mark.parametrize(("_", "events", "able", "wanted", "reason"), ENDS, ids=[end[0] for end in ENDS])
async def test_a_state_is_what_is_known(
    shop: House, _: str, events: tuple[Event, ...], able: Evidence, wanted: int, reason: str
) -> None:
    await print_job(shop)
    shop.ends(*events, able=able)
    found, reasons = await look(shop, 1)
    assert found == wanted
    assert reason in reasons


async def test_what_nobody_knows_is_never_completed(shop: House) -> None:
    await print_job(shop)
    shop.ends(Event.BYTES_OUT, Event.LINK_LOST)
    shop.now_s += 30
    assert len(shop.db.write_now(spool.unanswered, SHOP, shop.desk.now_ms)) == 1
    assert await look(shop, 1) == (JobState.ABORTED, ("aborted-by-system", "job-completed-with-errors"))
    copy = shop.jobs()[1]
    shop.ends(Event.BYTES_OUT, Event.LINK_CLOSED)
    assert shop.db.read_now(spool.get, SHOP, copy.id).state is State.SENT  # type: ignore[union-attr]
    assert (await look(shop, 1))[0] == JobState.ABORTED


async def test_copies_are_all_to_come_out(shop: House) -> None:
    await print_job(shop, job=(v.integer("copies", 3),))
    assert [job.copy for job in shop.jobs()] == [1, 2, 3]
    now_ms = shop.desk.now_ms
    first = shop.jobs()[0]
    begun = shop.db.write_now(spool.begin, SHOP, first.id, Evidence.C, now_ms)
    assert isinstance(begun, Begun)
    assert (await look(shop, 1))[0] == JobState.PROCESSING
    for event in (Event.BYTES_OUT, Event.LINK_CLOSED):
        shop.db.write_now(spool.note, SHOP, first.id, Heard(event, begun.job.pid), now_ms)
    assert (await look(shop, 1))[0] == JobState.PENDING
    shop.ends(Event.BYTES_OUT, Event.LINK_CLOSED)
    assert (await look(shop, 1))[0] == JobState.COMPLETED


async def test_taking_back(shop: House) -> None:
    await print_job(shop)
    cancel = shop.request(Operation.CANCEL_JOB, v.integer("job-id", 1))
    assert (await shop.ask(cancel)).code == Status.OK
    assert await look(shop, 1) == (JobState.CANCELED, ("job-canceled-by-user",))
    await print_job(shop)
    shop.ends()
    assert (await shop.ask(shop.request(Operation.CANCEL_JOB, v.integer("job-id", 2)))).code == Status.NOT_POSSIBLE
    await shop.ask(shop.request(Operation.CREATE_JOB))
    assert (await shop.ask(shop.request(Operation.CANCEL_JOB, v.integer("job-id", 3)))).code == Status.OK
    send = shop.request(Operation.SEND_DOCUMENT, v.integer("job-id", 3), v.boolean("last-document", True))
    assert (await shop.ask(send, ESCPOS)).code == Status.NOT_POSSIBLE
    assert (await look(shop, 3))[0] == JobState.CANCELED


async def test_taking_mine_back(shop: House) -> None:
    for user in ("kim", "lee", "kim"):
        await print_job(shop, ESCPOS, v.named("requesting-user-name", user))
    mine = shop.request(Operation.CANCEL_MY_JOBS, v.named("requesting-user-name", "kim"))
    assert (await shop.ask(mine)).code == Status.OK
    assert [job.state for job in shop.jobs()] == [State.CANCELLED, State.QUEUED, State.CANCELLED]


async def test_a_document_that_never_comes(shop: House) -> None:
    await shop.ask(shop.request(Operation.CREATE_JOB))
    shop.now_s += service.WAIT_MS / 1000 + 1
    assert await look(shop, 1) == (JobState.ABORTED, ("aborted-by-system", "submission-interrupted"))
    send = shop.request(Operation.SEND_DOCUMENT, v.integer("job-id", 1), v.boolean("last-document", True))
    assert (await shop.ask(send, ESCPOS)).code == Status.NOT_POSSIBLE


async def test_lists(shop: House) -> None:
    for user in ("kim", "lee"):
        await print_job(shop, ESCPOS, v.named("requesting-user-name", user))
    shop.db.write_now(spool.cancel, SHOP, shop.jobs()[0].id, "u1", shop.desk.now_ms)

    async def ids(*more: Attribute) -> list[int | None]:
        answer = await shop.ask(shop.request(Operation.GET_JOBS, *more))
        return [group.number("job-id") for group in answer.all(GroupTag.JOB)]

    assert await ids() == [2]
    assert await ids(v.keyword("which-jobs", "completed")) == [1]
    assert await ids(v.keyword("which-jobs", "all"), v.integer("limit", 1)) == [2]
    mine = (v.keyword("which-jobs", "all"), v.boolean("my-jobs", True), v.named("requesting-user-name", "kim"))
    assert await ids(*mine) == [1]
    strange = await shop.ask(shop.request(Operation.GET_JOBS, v.keyword("which-jobs", "fetchable")))
    assert strange.code == Status.NOT_SUPPORTED


async def test_another_printers_job_is_none_of_mine(shop: House) -> None:
    await print_job(shop)
    await shop.db.write(printers.keep, SHOP, Printer("bar", "escpos+tcp://127.0.0.1:9?paper=58"), 0)
    asked = shop.request(Operation.GET_JOB_ATTRIBUTES, v.integer("job-id", 1), printer="bar")
    assert (await shop.ask(asked, printer="bar")).code == Status.NOT_FOUND


LIGHTS: list[tuple[dict[str, Any], int, str]] = [
    ({"link": "up"}, PrinterState.IDLE, "none"),
    ({"link": "up", "paper": "near"}, PrinterState.IDLE, "media-low-warning"),
    ({"link": "up", "paper": "out"}, PrinterState.STOPPED, "media-empty-error"),
    ({"link": "up", "cover_open": True}, PrinterState.STOPPED, "cover-open-error"),
    ({"link": "down"}, PrinterState.STOPPED, "offline-error"),
    ({"link": "up", "error": "cutter"}, PrinterState.STOPPED, "cutter-error"),
    ({"link": "up", "busy": True}, PrinterState.PROCESSING, "none"),
]


@pytest.mark.parametrize(("light", "wanted", "reason"), LIGHTS)
async def test_the_printer_is_as_last_heard(shop: House, light: dict[str, Any], wanted: int, reason: str) -> None:
    shop.desk.board.change("counter", **light)
    answer = await shop.ask(shop.request(Operation.GET_PRINTER_ATTRIBUTES))
    printer = answer.group(GroupTag.PRINTER)
    reasons = printer.get("printer-state-reasons")
    assert printer.number("printer-state") == wanted
    assert reasons is not None
    assert reason in reasons.words()
    assert printer.get("media-col-database") is None


async def test_only_what_is_asked_for(shop: House) -> None:
    asked = v.keyword("requested-attributes", "job-template", "printer-name", "media-col-database")
    printer = (await shop.ask(shop.request(Operation.GET_PRINTER_ATTRIBUTES, asked))).group(GroupTag.PRINTER)
    names = {attribute.name for attribute in printer.attributes}
    assert {"printer-name", "media-col-database", "media-default", "copies-supported"} <= names
    assert "printer-state" not in names


async def test_a_narrow_printer_says_so(tmp_path: Path) -> None:
    async with house(tmp_path, address="escpos+tcp://127.0.0.1:9?paper=58") as shop:
        printer = (await shop.ask(shop.request(Operation.GET_PRINTER_ATTRIBUTES))).group(GroupTag.PRINTER)
        assert printer.text("media-default") == "custom_roll-297mm_48.05x297mm"


REFUSED: list[tuple[str, tuple[Attribute, ...], tuple[Attribute, ...], bytes, int]] = [
    ("format", (v.media_type("document-format", "application/pdf"),), (), ESCPOS, Status.FORMAT_NOT_SUPPORTED),
    ("pdf anyway", (v.media_type("document-format", "application/octet-stream"),), (), b"%PDF-1.7", 0x040A),
    ("damaged", (v.media_type("document-format", "image/pwg-raster"),), (), b"RaS2xx", Status.FORMAT_ERROR),
    ("no document", (), (), b"", Status.BAD_REQUEST),
    ("compression", (v.keyword("compression", "compress"),), (), ESCPOS, Status.COMPRESSION_NOT_SUPPORTED),
    ("no gzip", (v.keyword("compression", "gzip"),), (), ESCPOS, Status.COMPRESSION_ERROR),
    ("insisting", (v.boolean("ipp-attribute-fidelity", True),), (v.keyword("sides", "x"),), ESCPOS, 0x040B),
]  # fmt: skip


@pytest.mark.parametrize(("_", "more", "job", "data", "status"), REFUSED, ids=[row[0] for row in REFUSED])
async def test_what_is_refused_leaves_nothing(
    shop: House, _: str, more: tuple[Attribute, ...], job: tuple[Attribute, ...], data: bytes, status: int
) -> None:
    assert (await print_job(shop, data, *more, job=job)).code == status
    assert shop.jobs() == []
    assert (await shop.ask(shop.request(Operation.GET_JOBS, v.keyword("which-jobs", "all")))).all(GroupTag.JOB) == ()


async def test_what_is_left_aside_is_named(shop: House) -> None:
    answer = await print_job(shop, job=(v.keyword("sides", "two-sided-long-edge"), v.integer("copies", 99)))
    assert answer.code == Status.OK_IGNORED
    names = [attribute.name for attribute in answer.group(GroupTag.UNSUPPORTED).attributes]
    assert names == ["sides", "copies"]
    assert len(shop.jobs()) == 1


async def test_raw_bytes_can_be_forbidden(tmp_path: Path) -> None:
    async with house(tmp_path, IppSettings(raw=False)) as shop:
        assert (await print_job(shop)).code == Status.FORMAT_NOT_SUPPORTED
        assert (await print_job(shop, b"x", v.media_type("document-format", "text/plain"))).code == Status.OK


def raw_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(data) + packer.flush()


@pytest.mark.parametrize(
    ("word", "pack"), [("gzip", gzip.compress), ("deflate", raw_deflate), ("deflate", zlib.compress), ("none", bytes)]
)
async def test_packed_documents(shop: House, word: str, pack: Any) -> None:
    assert (await print_job(shop, pack(ESCPOS), v.keyword("compression", word))).code == Status.OK
    assert shop.payload(shop.jobs()[0]).body == ESCPOS


@pytest.mark.parametrize(
    "spoil", [lambda data: data[:-3], lambda data: data + b"x", lambda data: data[:12] + b"\xff" + data[13:]]
)
async def test_spoilt_packing(shop: House, spoil: Any) -> None:
    packed = spoil(gzip.compress(ESCPOS * 50))
    assert (await print_job(shop, packed, v.keyword("compression", "gzip"))).code == Status.COMPRESSION_ERROR


async def test_a_bomb_is_not_opened(shop: House) -> None:
    bomb = gzip.compress(bytes(20 << 20), 9)
    assert len(bomb) < 1 << 20
    assert (await print_job(shop, bomb, v.keyword("compression", "gzip"))).code == Status.COMPRESSION_ERROR
    assert shop.jobs() == []


async def test_a_body_in_chunks_after_a_question(shop: House) -> None:
    body = encode(shop.request(Operation.PRINT_JOB), ESCPOS)
    reader, writer = await asyncio.open_connection("127.0.0.1", shop.port)
    head = (
        "POST /ipp/print/counter HTTP/1.1", f"Host: 127.0.0.1:{shop.port}", "Content-Type: application/ipp",
        "Transfer-Encoding: chunked", "Expect: 100-continue", "Connection: close",
    )  # fmt: skip
    writer.write("\r\n".join(head).encode() + b"\r\n\r\n")
    assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 100 ")
    for byte in body:
        writer.write(b"1\r\n" + bytes((byte,)) + b"\r\n")
    writer.write(b"0\r\n\r\n")
    assert (await reader.read()).startswith(b"HTTP/1.1 200 ")
    writer.close()
    assert shop.payload(shop.jobs()[0]).body == ESCPOS


async def test_a_body_cut_short_is_no_job(shop: House) -> None:
    body = encode(shop.request(Operation.PRINT_JOB), ESCPOS * 100)
    _, writer = await asyncio.open_connection("127.0.0.1", shop.port)
    head = "POST /ipp/print/counter HTTP/1.1\r\nHost: x\r\nContent-Type: application/ipp\r\n"
    writer.write(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body[:-5])
    await writer.drain()
    writer.close()
    await writer.wait_closed()
    answer = await shop.ask(shop.request(Operation.GET_PRINTER_ATTRIBUTES))
    assert answer.code == Status.OK
    assert shop.jobs() == []


async def test_bodies_that_together_are_too_much(shop: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "HELD_BYTES_MAX", 100_000)
    body = encode(shop.request(Operation.PRINT_JOB), ESCPOS)
    reader, writer = await asyncio.open_connection("127.0.0.1", shop.port)
    head = "POST /ipp/print/counter HTTP/1.1\r\nHost: x\r\nContent-Type: application/ipp\r\n"
    writer.write(f"{head}Content-Length: {len(body) + 90_000}\r\n\r\n".encode() + body + bytes(89_999))
    await writer.drain()
    async with asyncio.timeout(10):
        while (await shop.post(body + bytes(20_000)))[0] != 503:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    writer.write(b"\0")
    assert (await reader.read(12)) == b"HTTP/1.1 200"
    writer.close()
    assert (await shop.post(body + bytes(20_000)))[0] == 200


HTTP: list[tuple[str, tuple[str, ...], bytes, int]] = [
    ("form", ("Content-Type: application/x-www-form-urlencoded",), b"a=b", 415),
    ("too long", ("Content-Length: 99999999999",), b"", 413),
    ("junk", (), b"\x02\x00", 200),
    ("attributes without end", (), b"\x02\x00\x00\x02\x00\x00\x00\x09\x01", 200),
]


@pytest.mark.parametrize(("_", "headers", "body", "status"), HTTP, ids=[row[0] for row in HTTP])
async def test_http_that_is_no_ipp(shop: House, _: str, headers: tuple[str, ...], body: bytes, status: int) -> None:
    found, said = await shop.post(body, "/ipp/print/counter", *headers)
    assert found == status
    if status == 200:
        assert said[2:4] == int(Status.BAD_REQUEST).to_bytes(2, "big")


async def test_strangers(tmp_path: Path) -> None:
    async with house(tmp_path, IppSettings(allow=("10.0.0.0/8",))) as shop:
        for path in ("/ipp/print/counter", "/ipp/print", "/ipp/print/nobody"):
            assert (await shop.post(encode(shop.request(Operation.PRINT_JOB), ESCPOS), path))[0] == 403
        assert shop.jobs() == []


async def test_the_password(tmp_path: Path) -> None:
    async with house(tmp_path, IppSettings(password="sesame")) as shop:
        body = encode(shop.request(Operation.PRINT_JOB), ESCPOS)
        for told_word in (
            "",
            "Basic",
            "Basic %%%",
            f"Basic {base64.b64encode(b'kim:other').decode()}",
            "Bearer sesame",
        ):
            headers = (f"Authorization: {told_word}",) if told_word else ()
            assert (await shop.post(body, "/ipp/print/counter", *headers))[0] == 401
        assert shop.jobs() == []
        right = base64.b64encode(b"anybody:sesame").decode()
        assert (await shop.post(body, "/ipp/print/counter", f"Authorization: Basic {right}"))[0] == 200
        assert len(shop.jobs()) == 1


async def test_nobody_of_that_name(shop: House) -> None:
    answer = await shop.ask(shop.request(Operation.PRINT_JOB), ESCPOS, printer="nobody")
    assert (answer.code, told(answer)) == (Status.NOT_FOUND, "There is no printer of that name.")


async def test_a_name_is_not_needed(shop: House) -> None:
    status, _ = await shop.post(encode(shop.request(Operation.PRINT_JOB), ESCPOS), "/ipp/print")
    assert (status, len(shop.jobs())) == (200, 1)


async def test_a_data_base_that_fails_is_no_promise(shop: House, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(service, "print_job", full)
    assert (await print_job(shop)).code == Status.TEMPORARY
    monkeypatch.undo()
    assert (await print_job(shop)).code == Status.OK
    assert len(shop.jobs()) == 1


async def test_pages_for_people(shop: House) -> None:
    ask = f"GET /ipp/print/counter HTTP/1.1\r\nHost: 127.0.0.1:{shop.port}\r\nConnection: close\r\n\r\n"
    status, page = await shop.talk(ask.encode())
    assert status == 200
    assert shop.uri().encode() in page
    assert (await shop.talk(ask.replace("counter", "nobody").encode()))[0] == 404
    _, icon = await shop.talk(ask.replace("/ipp/print/counter", "/ipp/icon.png").encode())
    assert icon.startswith(b"\x89PNG")


async def test_identify_prints_and_beeps_nothing(shop: House) -> None:
    assert (await shop.ask(shop.request(Operation.IDENTIFY_PRINTER))).code == Status.OK
    assert shop.jobs() == []


async def test_old_rows_go(shop: House) -> None:
    await print_job(shop, ESCPOS, v.named("requesting-user-name", "kim"))
    shop.now_s += 8 * 24 * 3600
    await print_job(shop)
    assert (await look(shop, 1))[0] is None
    assert (await look(shop, 2))[0] == JobState.PENDING
    assert len(shop.jobs()) == 2


@pytest.mark.parametrize(
    "suite", ["ipp-1.1.test", "ipp-2.0.test", "print-job-gzip.test", "print-job-deflate.test", "create-job.test"]
)
async def test_the_suites_of_cups(shop: House, tmp_path: Path, suite: str) -> None:
    tool = shutil.which("ipptool")
    if tool is None or not SUITES.joinpath(suite).exists():
        pytest.skip("ipptool is not installed (Debian: cups-ipp-utils)")
    (tmp_path / "page.pwg").write_bytes(raster.encode([raster.Page(np.full((40, 576), 0, dtype=np.uint8), 203)]))
    jobs = shop.db.listen(spool.TOPIC)

    async def printer() -> None:
        async for _ in jobs:
            shop.ends(Event.BYTES_OUT, Event.LINK_CLOSED)

    task = asyncio.create_task(printer())
    process = await asyncio.create_subprocess_exec(
        tool, "-t", "-f", str(tmp_path / "page.pwg"), shop.uri(), suite, stdout=-1, stderr=-2
    )
    async with asyncio.timeout(60):
        out, _ = await process.communicate()
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
    assert process.returncode == 0, out.decode()
    assert b"[FAIL]" not in out
