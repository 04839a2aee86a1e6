"""Two machines: what a station takes in arrives at its server, in order, each once, whatever happens to the wire."""

from __future__ import annotations

import asyncio
import gzip
import secrets
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest

from kvit import __version__
from kvit.access import staff
from kvit.access.customers import service as customers
from kvit.access.key import fresh_key
from kvit.app import centre as centres
from kvit.app.centre import Centre
from kvit.app.inbox import Inbox
from kvit.app.pairing import paired
from kvit.app.roles import KINDS, noted, quiet
from kvit.app.rooms import MIGRATIONS
from kvit.app.serving import Window, listen
from kvit.app.settings import read
from kvit.app.uploading import composed
from kvit.chain import inbox, outbox, pairing, wire
from kvit.chain.model import Answer, Batch, Station
from kvit.chain.silence import Silence
from kvit.counter import service as counter
from kvit.counter.model import Routed, Stage
from kvit.db import Database, open_database
from kvit.net import exchange
from kvit.receipt import parcel, service
from kvit.receipt.forms import service as forms
from kvit.receipt.forms.model import Confirmed
from kvit.receipt.links import make_token
from kvit.receipt.model import Kind
from kvit.receipt.printout import Prepared
from kvit.refusal import Refusal
from kvit.relay.reading import Amendment
from kvit.web import staff_app
from tests.app.chaining import LINE, OWNER, URL, Pair, open_pair, paper, printout
from tests.databases import OpenDatabase
from tests.fakes.cutting_proxy import CuttingProxy
from tests.receipt.printouts import SHOP, prepared


@pytest.fixture
async def machines(tmp_path: Path) -> AsyncIterator[Pair]:
    with open_pair(tmp_path) as made:
        yield made
        await made.digester.close()


async def test_a_receipt_of_a_station_is_seen_at_the_server(machines: Pair) -> None:
    centre = await machines.pair()
    assert (centre.shop, centre.name, centre.public_url) == (SHOP, "Till room", "http://127.0.0.1:7001")
    await machines.intake().take(printout(1), LINE)
    await machines.drain()
    (there,) = machines.receipts(machines.server.db)
    assert (there.total, there.till, there.taken_at_ms) == (450, "Till room · till-1", 2001)
    assert there.place.capture == centre.station
    assert machines.server.db.read_now(service.raw, SHOP, there.id) == paper(1)
    page = machines.server.user().get("/api/v1/receipts").json()
    assert [row["id"] for row in page["receipts"]] == [there.id]


@pytest.mark.parametrize("fault", ["away", "answer lost", "twice"])
async def test_a_fault_loses_nothing_and_doubles_nothing(machines: Pair, fault: str) -> None:
    await machines.pair()
    for number in range(5):
        await machines.intake().take(printout(number), LINE)
        machines.wire.faults = [fault]
        await machines.sender().send()
    await machines.drain()
    there = machines.receipts(machines.server.db)
    assert [one.place.offset for one in there] == [number * 1000 for number in range(5)]
    assert (await machines.station.read(outbox.backlog)).count == 0


async def test_before_the_pairing_everything_waits(machines: Pair) -> None:
    await machines.intake().take(printout(1), LINE)
    sender = machines.sender()
    assert not await sender.send()
    assert sender.standing.trouble == "chain.not_paired"
    assert (await machines.station.read(outbox.backlog)).count == 1
    await machines.pair()
    await machines.drain()
    assert len(machines.receipts(machines.server.db)) == 1


async def test_links_made_at_the_station_work_once_the_upload_has_come(machines: Pair) -> None:
    await machines.pair()
    await machines.intake().take(printout(1), LINE)
    (here,) = machines.receipts(machines.station)
    token, now = make_token(b"0123456789abcdef"), int(machines.now_s[0])
    made = await machines.station.write(service.make_link, SHOP, here.id, token, "till", now)
    assert not isinstance(made, Refusal)
    assert machines.server.public().get(f"/r/{token}").status_code == 404
    await machines.drain()
    assert machines.server.public().get(f"/r/{token}").status_code == 200
    await machines.station.write(service.revoke_link, SHOP, here.id, [made.hash], now)
    await machines.drain()
    assert machines.server.public().get(f"/r/{token}").status_code == 404


async def test_a_decision_at_the_station_fills_the_wallet_at_the_server(machines: Pair) -> None:
    await machines.pair()
    await machines.intake().take(printout(1), LINE)
    (here,) = machines.receipts(machines.station)
    customer = "c" * 24
    await machines.server.db.write(customers.new_customer, customer, 5)
    route = Routed(
        here.id, "till-1", Stage.DECIDED, False, True, False, "wish", "", customer, "code", 90, 1000, 1000, 1
    )
    await machines.station.write(counter.decide, SHOP, route, "", counter.Hands())
    await machines.drain()
    (there,) = machines.receipts(machines.server.db)
    found = machines.server.db.read_now(counter.get, SHOP, there.id)
    assert isinstance(found, Routed)
    assert (found.stage, found.customer, found.paper, found.electronic) == (Stage.DONE, customer, False, True)
    kept = machines.server.db.read_now(lambda tx: tx.all("SELECT count(*) FROM wallet_item"))
    assert kept == [(1,)]


async def test_what_is_erased_at_the_station_is_erased_at_the_server(machines: Pair) -> None:
    await machines.pair()
    for number in range(2):
        await machines.intake().take(printout(number), LINE)
    await machines.drain()
    for one in machines.receipts(machines.station):
        await machines.station.write(service.forget, SHOP, one.id, 5)
        break
    await machines.drain()
    assert [one.place.offset for one in machines.receipts(machines.server.db)] == [1000]
    left = machines.receipts(machines.station)[0].id
    await quiet(machines.station).write(service.forget, SHOP, left, 5)  # by the station's own clock
    await machines.drain()
    assert len(machines.receipts(machines.server.db)) == 1


async def test_a_late_tail_lengthens_the_receipt_there(machines: Pair) -> None:
    await machines.pair()
    await machines.intake().take(printout(1), LINE)
    await machines.drain()
    pulse = Amendment("till-1", 1000, b"\x1bp\x002\xfa", 3000, "pulse", len(paper(1)))
    await machines.intake().amend(pulse, LINE)
    await machines.drain()
    (there,) = machines.receipts(machines.server.db)
    assert machines.server.db.read_now(service.raw, SHOP, there.id) == paper(1) + b"\x1bp\x002\xfa"
    assert there.version == 2


async def test_what_a_person_confirmed_at_the_server_stands_over_a_late_tail(machines: Pair) -> None:
    await machines.pair()
    await machines.intake().take(printout(1), LINE)
    await machines.drain()
    (there,) = machines.receipts(machines.server.db)
    confirmed = Confirmed(Kind.SALE, currency="USD", total=999)
    assert not isinstance(
        await machines.server.db.write(forms.confirm, SHOP, there.id, confirmed, None, "user:1", 5), Refusal
    )
    await machines.intake().amend(Amendment("till-1", 1000, b"\x1bp\x002\xfa", 3000, "pulse", len(paper(1))), LINE)
    await machines.drain()
    (again,) = machines.receipts(machines.server.db)
    assert (again.version, again.total) == (2, 999)


async def test_two_stations_with_the_same_line_do_not_meet(machines: Pair, tmp_path: Path) -> None:
    await machines.pair("First")
    await machines.intake().take(printout(1), LINE)
    await machines.drain()
    (tmp_path / "other").mkdir()
    await machines.pair("Second", tmp_path / "other")
    await machines.station.write(outbox.begin, "f" * 16, lambda tx: parcel.everything(tx, SHOP), lambda: "1" * 16, 0)
    other = replace(machines, folder=tmp_path / "other")
    await other.drain()
    assert sorted(one.till for one in machines.receipts(machines.server.db)) == ["First · till-1", "Second · till-1"]


async def test_a_foreign_or_revoked_key_is_refused_and_logged(machines: Pair) -> None:
    """A forged station: no key, another program's key, a revoked one, a batch that is none."""
    centre = await machines.pair()
    await machines.intake().take(printout(1), LINE)
    forged = fresh_key(secrets.token_bytes).text
    plain = fresh_key(secrets.token_bytes)
    machines.server.db.write_now(staff.issue_key, OWNER, plain, "till", ["receipts.deliver"], 5)
    for key, trouble in ((forged, "web.sign_in_first"), (plain.text, "chain.station_unknown")):
        centres.write(machines.folder, msgspec.structs.replace(centre, key=key))
        sender = machines.sender()
        assert not await sender.send()
        assert sender.standing.trouble == trouble
    centres.write(machines.folder, centre)
    machines.server.db.write_now(pairing.revoke, OWNER, centre.station, 5)
    sender = machines.sender()
    assert not await sender.send()
    assert sender.standing.trouble == "web.sign_in_first"
    assert machines.receipts(machines.server.db) == []
    events = [event for event, _ in machines.server.told]
    assert events.count("web.refused") == 3
    assert "chain.station_refused" in events
    assert (await machines.station.read(outbox.backlog)).count == 1


@pytest.mark.parametrize(
    "data", [b"", b"x", b"\x1f\x8b", wire.packed(Batch("e" * 16, 0, "", ()))[:-1], gzip.compress(b"0" * (30 << 20))]
)
async def test_a_batch_that_is_none_is_refused(machines: Pair, data: bytes) -> None:
    centre = await machines.pair()
    answer = await centres.ask(
        machines.wire, centre, "/api/v1/station/news", data, Answer, media_type="application/octet-stream"
    )
    assert isinstance(answer, Refusal)
    assert answer.code in ("chain.batch_bad", "chain.batch_long")


async def test_a_pairing_whose_answer_was_lost_is_asked_for_again(machines: Pair) -> None:
    code = pairing.fresh_code(secrets.token_bytes)
    machines.server.db.write_now(pairing.new_code, OWNER, code, "Till room", int(machines.now_s[0]))
    machines.wire.faults = ["answer lost"]
    lost = await paired(machines.folder, URL, code, machines.wire, secrets.token_bytes)
    assert isinstance(lost, Refusal)
    assert lost.code == "chain.no_answer"
    made = await paired(machines.folder, URL, code, machines.wire, secrets.token_bytes)
    assert isinstance(made, Centre)
    (station,) = machines.server.db.read_now(pairing.stations, SHOP)
    assert made.station == station.id
    (machines.folder / "thief").mkdir()
    other = await paired(machines.folder / "thief", URL, code, machines.wire, secrets.token_bytes)
    assert other == Refusal("chain.code_used")
    assert (machines.folder / centres.FILE).stat().st_mode & 0o77 == 0


PAIRINGS = (
    ("http://kvit.example.com", "chain.url_unsafe"), ("https://user@kvit.example.com", "chain.url_unsafe"),
    ("ftp://127.0.0.1", "chain.url_unsafe"), ("http://192.168.1.5:7003", "chain.url_unsafe"), (URL, "chain.code_wrong"),
)  # fmt: skip


@pytest.mark.parametrize(("url", "code"), PAIRINGS)
async def test_a_pairing_that_can_not_be(machines: Pair, url: str, code: str) -> None:
    made = await paired(machines.folder, url, "AAAAA-AAAAA", machines.wire, secrets.token_bytes)
    assert isinstance(made, Refusal)
    assert made.code == code


async def test_codes_can_not_be_tried_for_long(machines: Pair) -> None:
    seen = set()
    for _ in range(25):
        made = await paired(
            machines.folder, URL, pairing.fresh_code(secrets.token_bytes), machines.wire, secrets.token_bytes
        )
        assert isinstance(made, Refusal)
        seen.add(made.code)
    assert seen == {"chain.code_wrong", "access.too_many_tries"}


async def test_an_old_code_is_refused(machines: Pair) -> None:
    code = pairing.fresh_code(secrets.token_bytes)
    machines.server.db.write_now(pairing.new_code, OWNER, code, "Till room", int(machines.now_s[0]))
    machines.now_s[0] += pairing.CODE_LIFE_S
    assert await paired(machines.folder, URL, code, machines.wire, secrets.token_bytes) == Refusal("chain.code_expired")


async def test_the_stations_page_knows_how_each_stands(machines: Pair) -> None:
    await machines.pair()
    machines.wire.faults = ["away"]
    sender = machines.sender()
    assert not await sender.speak()
    assert await sender.speak()
    page = machines.server.user().get("/stations")
    assert "Till room" in page.text
    (row,) = machines.server.user().get("/api/v1/stations").json()["stations"]
    assert (row["state"], row["backlog"], row["version"]) == ("living", 0, __version__)


async def test_a_clock_that_jumps_changes_nothing(machines: Pair) -> None:
    await machines.pair()
    for number, jump in enumerate((0, -40 * 86400, 80 * 86400, -80 * 86400)):
        machines.now_s[0] += jump
        await machines.intake().take(printout(number), LINE)
        await machines.drain()
    assert [one.place.offset for one in machines.receipts(machines.server.db)] == [0, 1000, 2000, 3000]


async def test_a_printout_nobody_can_take_apart_keeps_none_out(machines: Pair) -> None:
    await machines.pair()
    for number in range(3):
        await machines.intake().take(printout(number), LINE)
    digest, calls = machines.digester.digest, []

    async def failing(make: Any, size: int) -> Prepared:
        calls.append(size)
        if len(calls) == 2:
            raise ValueError("a bug")
        return await digest(make, size)

    machines.digester.digest = failing  # type: ignore[method-assign]
    await machines.drain()
    assert len(machines.receipts(machines.server.db)) == 2
    backlog = await machines.station.read(outbox.backlog)
    assert (backlog.count, backlog.refused) == (0, 1)


def test_silence_is_counted_by_a_clock_that_does_not_jump() -> None:
    silence = Silence(300)
    assert silence.look({"a": 5, "b": None}, 0) == (frozenset(), frozenset())
    assert silence.look({"a": 5, "b": None}, 300) == (frozenset(), frozenset())
    assert silence.look({"a": 5, "b": None}, 301) == (frozenset("a"), frozenset())
    assert silence.look({"a": 1, "b": None}, 302) == (frozenset(), frozenset("a"))  # its clock, or ours, was set back
    assert silence.look({}, 900) == (frozenset(), frozenset())


async def test_the_sender_goes_on_by_itself_and_says_when_nothing_waits(machines: Pair) -> None:
    """As it runs: what waits is sent after the pairing, then the server is told that nothing waits any more."""
    await machines.intake().take(printout(1), LINE)
    await machines.pair()
    sender = machines.sender()
    with machines.server.db.listen(inbox.TOPIC) as spoken:
        sender.start()
        heard = aiter(spoken)
        async with asyncio.timeout(60):
            while True:
                await anext(heard)
                (station,) = await machines.server.db.read(pairing.stations, SHOP)
                if station.received == 1 and station.told.backlog == 0:
                    break
    await sender.stop()
    assert machines.wire.asked.count("/api/v1/station/state") == 2
    assert len(machines.receipts(machines.server.db)) == 1


async def test_a_line_cut_after_any_number_of_bytes_loses_and_doubles_nothing(machines: Pair) -> None:
    """Over sockets: the request is cut in its head, its body, or when it is whole; the answer in its head or body."""
    centre = await machines.pair()
    sock = listen("127.0.0.1", 0)
    window = Window(staff_app(machines.server.context), sock)
    await window.start()
    proxy = CuttingProxy(sock.getsockname()[1])
    try:
        centres.write(machines.folder, msgspec.structs.replace(centre, url=f"http://127.0.0.1:{proxy.port}"))
        cuts = range(1, 1800, 41)
        for number, cut in enumerate(cuts):
            await machines.intake().take(printout(number), LINE)
            proxy.cuts = [cut]
            await machines.sender(exchange.ask).send()
        sender = machines.sender(exchange.ask)
        while (await machines.station.read(outbox.backlog)).count:
            assert await sender.send(), sender.standing
    finally:
        proxy.close()
        await window.stop()
    there = machines.receipts(machines.server.db)
    assert [one.place.offset for one in there] == [number * 1000 for number in range(len(cuts))]
    (station,) = machines.server.db.read_now(pairing.stations, SHOP)
    assert station.refused == 0


async def test_the_server_takes_in_on_both_engines(machines: Pair, database: OpenDatabase) -> None:
    """The same way without the pages: outbox, inbox, links, decisions, erasure."""
    server = database(*MIGRATIONS)
    code = pairing.fresh_code(secrets.token_bytes)
    await server.write(pairing.new_code, OWNER, code, "Till room", 5)
    station = await server.write(pairing.pair, code, fresh_key(secrets.token_bytes).text, "a" * 16, 6)
    assert isinstance(station, Station)
    taking = Inbox(server, machines.digester, lambda id_: None, lambda: 7.0, lambda event, values: None)

    async def send() -> None:
        while (waiting := await machines.station.read(outbox.waiting)) is not None and waiting.news:
            batch = await machines.station.read(composed, SHOP, waiting, KINDS)
            for _ in range(2):
                answer = await taking.deliver(station, wire.packed(batch))
            assert isinstance(answer, Answer)
            assert answer.refused == ()
            await machines.station.write(outbox.answered, answer, 8)

    for number in range(3):
        await machines.intake().take(printout(number), LINE)
    await send()
    first, second, _ = machines.receipts(machines.station)
    token = make_token(b"0123456789abcdef")
    await machines.station.write(service.make_link, SHOP, first.id, token, "till", 5)
    route = Routed(first.id, "till-1", Stage.DECIDED, True, True, False, "wish", "", "", "", 90, 1000, 1000, 1)
    await machines.station.write(counter.decide, SHOP, route, "", counter.Hands())
    await machines.station.write(service.forget, SHOP, second.id, 5)
    await send()
    linked = await server.read(service.by_link, token, 6)
    assert isinstance(linked, tuple)
    assert linked[1].summary.total == 450
    assert [one.place.offset for one in machines.receipts(server)] == [0, 2000]
    assert isinstance(await server.read(counter.get, SHOP, linked[1].summary.id), Routed)
    assert await server.write(pairing.revoke, OWNER, station.id, 9) is None
    empty = Batch("e" * 16, 0, "", ())
    assert await taking.deliver(station, wire.packed(empty)) == Refusal("chain.station_unknown")


async def test_the_same_batch_many_times_at_once_is_taken_once(machines: Pair, database: OpenDatabase) -> None:
    server = database(*MIGRATIONS)
    code = pairing.fresh_code(secrets.token_bytes)
    await server.write(pairing.new_code, OWNER, code, "Till room", 5)
    pairs = [pairing.fresh_code(secrets.token_bytes) for _ in range(4)]
    for each in pairs:
        await server.write(pairing.new_code, OWNER, each, "Other", 5)
    asked = [
        server.write(pairing.pair, code, fresh_key(secrets.token_bytes).text, secrets.token_hex(8), 6) for _ in range(4)
    ]
    (station,) = [made for made in await asyncio.gather(*asked) if isinstance(made, Station)]
    taking = Inbox(server, machines.digester, lambda id_: None, lambda: 7.0, lambda event, values: None)
    for number in range(5):
        await machines.intake().take(printout(number), LINE)
    waiting = await machines.station.read(outbox.waiting)
    assert waiting is not None
    body = wire.packed(await machines.station.read(composed, SHOP, waiting, KINDS))
    answers = await asyncio.gather(*(taking.deliver(station, body) for _ in range(6)))
    assert {answer.received for answer in answers if isinstance(answer, Answer)} == {5}
    assert len(machines.receipts(server)) == 5


def test_a_machine_that_was_no_station_for_a_while_tells_everything(tmp_path: Path) -> None:
    def opened(role: str) -> Database:
        settings = read(None, {"KVIT_CHAIN__ROLE": role, "KVIT_DATA__FOLDER": str(tmp_path)})
        return noted(settings, open_database(tmp_path / "kvit.db", MIGRATIONS))

    for number, role in enumerate(("station", "all", "station")):
        with opened(role) as db:
            db.write_now(service.take, SHOP, prepared(number))
            waits = db.read_now(outbox.backlog).count
        assert waits == (1, 0, 3)[number]


async def test_a_clock_gone_mad_at_a_station_breaks_no_page_of_the_server(machines: Pair) -> None:
    await machines.pair()
    for number, taken_ms in enumerate((1 << 52, 7_258_118_400_000, 7_000_000_000_000)):
        found = msgspec.structs.replace(printout(number), ended_ms=taken_ms)
        await machines.intake().take(found, LINE)
    await machines.drain()
    there = machines.receipts(machines.server.db)
    assert [one.taken_at_ms for one in there] == [int(machines.now_s[0] * 1000) + 24 * 3600 * 1000] * 2
    assert (await machines.station.read(outbox.backlog)).refused == 1
    browser = machines.server.user()
    for path in ("/live", "/stations", "/api/v1/receipts", f"/api/v1/receipts/{there[0].id}"):
        assert browser.get(path).status_code == 200, path
