"""The worker with everything behind it: receivers that sleep, fail and forget; a shop killed in the middle of calls."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import re
import sys
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from kvit.app.notifying import PUSH_FILE, SEAL_FILE, KeyUnreadable, Notifying, kept, read_push_key, read_seal_key
from kvit.app.settings import Settings, read
from kvit.db import Database, open_database
from kvit.device.board import Board
from kvit.net import Ask, Limits, ask
from kvit.notify import browsers, events, service, worker
from kvit.notify import endpoints as hooks
from kvit.notify.hooks.model import Endpoint, Standing
from kvit.notify.model import Kind, Message, Notice, State
from kvit.notify.store import Wanted
from kvit.refusal import Refusal
from tests.fakes.hook import Receiver
from tests.fakes.peer import Fault, Peer, listening
from tests.fakes.push import Browser
from tests.fakes.sms import COMPANIES, KEY, SECRET, SENDER, SERVICE
from tests.fakes.smtp import mail_server

PATIENCE_S = 60.0
ROOT = Path(__file__).resolve().parents[2]
SHOP = "shop-1"


def settings(folder: Path, **tables: dict[str, object]) -> Settings:
    """A shop's settings out of a kvit.toml in its folder."""
    lines = [f'[data]\nfolder = "{folder}"']
    for name, table in ({"webhooks": {"house": True}} | tables).items():
        lines.append(f"[{name}]")
        lines += [f"{key} = {msgspec.json.encode(value).decode()}" for key, value in table.items()]
    file = folder / "kvit.toml"
    file.write_text("\n".join(lines), "utf-8")
    return read(file, {})


class Running:
    """A data base, and the messages of a shop over it; the clock is the machine's, and can be pushed on."""

    def __init__(self, folder: Path, **tables: dict[str, object]) -> None:
        self.ahead_s = 0.0
        self.db = open_database(folder / "kvit.db", ["kvit.notify"])
        self.board = Board(self.clock)
        self.told: list[tuple[str, dict[str, object]]] = []
        self.notifying = Notifying(
            settings(folder, **tables), self.db, self.board, lambda *row: self.told.append(row), self._ask, self.clock
        )

    def clock(self) -> float:
        return time.time() + self.ahead_s

    @property
    def now_ms(self) -> int:
        return int(self.clock() * 1000)

    async def _ask(self, wanted: Ask) -> Any:
        return await ask(wanted, Limits(connect_s=30, silence_s=40, whole_s=50))

    async def hook(self, url: str, id_: str = "ep1", raw: bytes = b"s" * 32) -> None:
        made = Endpoint(id_, SHOP, url, id_, (), Standing.ON, "user:1", self.now_ms, self.now_ms)
        await self.db.write(hooks.add, made, self.notifying.sealer.seal.close(raw, hooks.USE))

    async def stored(self, *receipts: str) -> None:
        for receipt in receipts:
            await self.db.write(events.receipt_stored, SHOP, receipt, "till-1", "sale", self.now_ms)

    async def send(self, message: Message | Refusal, key: str) -> Notice:
        assert isinstance(message, Message), message
        made = await self.db.write(service.send, SHOP, message, key)
        assert isinstance(made, Notice)
        return made

    async def state(self, id_: str) -> State:
        found = await self.db.read(service.get, SHOP, id_)
        assert isinstance(found, Notice)
        return found.state

    async def until(self, done: Callable[[], Awaitable[bool]]) -> None:
        async with asyncio.timeout(PATIENCE_S):
            while not await done():  # noqa: ASYNC110 - what is waited for lies in the data base and in other tasks
                await asyncio.sleep(0.02)

    async def settled(self, id_: str) -> State:
        async def over() -> bool:
            return await self.state(id_) not in (State.WAITING, State.SENDING)

        await self.until(over)
        return await self.state(id_)


@contextlib.asynccontextmanager
async def running(folder: Path, **tables: dict[str, object]) -> AsyncIterator[Running]:
    shop = Running(folder, **tables)
    await shop.notifying.start()
    try:
        yield shop
    finally:
        await shop.notifying.stop()
        shop.db.close()


SIGNED = "whsec_" + base64.b64encode(b"s" * 32).decode()


async def test_events_reach_their_receiver_signed(tmp_path: Path) -> None:
    receiver = Receiver(SIGNED)
    async with listening(receiver.answer) as peer, running(tmp_path) as shop:
        await shop.hook(peer.url)
        await shop.stored(*(f"r{place}" for place in range(20)))
        await shop.until(lambda: _true(len(receiver.events) == 20))
    assert receiver.strange == 0
    assert {str(event["data"]) for event in receiver.events.values()} == {
        str({"shop": SHOP, "receipt": f"r{place}", "line": "till-1", "kind": "sale"}) for place in range(20)
    }


async def _true(value: bool) -> bool:
    return value


@pytest.mark.parametrize("fault", [Fault.HANGUP, Fault.LOST, Fault.ERROR, Fault.MOVED], ids=str)
async def test_a_receiver_that_fails_gets_the_event_again_under_its_name(tmp_path: Path, fault: Fault) -> None:
    receiver = Receiver(SIGNED)
    async with listening(receiver.answer) as peer, running(tmp_path) as shop:
        peer.faults.append(fault)
        await shop.hook(peer.url)
        await shop.stored("r1")
        await shop.until(lambda: _true(len(peer.asked) == 1))
        shop.ahead_s += 3600
        await shop.until(lambda: _true(len(peer.asked) == 2))
    assert len({asked.headers["webhook-id"] for asked in peer.asked}) == 1
    assert len(receiver.events) == 1


async def test_a_receiver_that_sleeps_holds_up_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "STOP_S", 0.1)
    quick = Receiver(SIGNED)
    async with listening(Receiver(SIGNED).answer) as slow, listening(quick.answer) as peer, running(tmp_path) as shop:
        slow.faults.extend([Fault.SILENT] * 4)
        await shop.hook(slow.url, "slow")
        await shop.hook(peer.url, "quick")
        await shop.stored(*(f"r{place}" for place in range(12)))
        await shop.until(lambda: _true(len(quick.events) == 12))
        assert len(slow.asked) <= 4


async def test_a_full_disk_forgets_no_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    receiver, full = Receiver(SIGNED), [True]
    ended = service.ended

    def failing(*given: Any) -> State:
        if full:
            full.pop()
            raise OSError("no space left")
        return ended(*given)

    monkeypatch.setattr(service, "ended", failing)
    async with listening(receiver.answer) as peer, running(tmp_path) as shop:
        await shop.hook(peer.url)
        await shop.stored("r1")
        await shop.until(lambda: _over(shop.db))
    assert receiver.calls == 1
    assert any(word == "notify.failed" for word, _ in shop.told)


async def test_a_stop_waits_for_what_was_taken(tmp_path: Path) -> None:
    receiver = Receiver(SIGNED)
    async with listening(receiver.answer) as peer:
        async with running(tmp_path) as shop:
            await shop.hook(peer.url)
            await shop.stored(*(f"r{place}" for place in range(8)))
        async with running(tmp_path) as again:
            await again.until(lambda: _over(again.db))
    assert receiver.calls == 8, "a quiet stop and start sends nothing twice"


async def test_one_that_says_gone_is_switched_off(tmp_path: Path) -> None:
    receiver = Receiver(SIGNED, status=410)
    async with listening(receiver.answer) as peer, running(tmp_path) as shop:
        await shop.hook(peer.url)
        await shop.stored("r1")

        async def failed() -> bool:
            found = await shop.db.read(hooks.get, SHOP, "ep1")
            return isinstance(found, Endpoint) and found.state is Standing.FAILED

        await shop.until(failed)
    assert ("notify.hook_gone", {"shop": SHOP, "endpoint": "ep1"}) in shop.told


async def test_addresses_of_the_house_only_where_it_is_said(tmp_path: Path) -> None:
    async with listening(Receiver().answer) as peer, running(tmp_path, webhooks={"house": False}) as shop:
        await shop.hook(peer.url)
        await shop.stored("r1")
        await shop.until(lambda: _true(any(word == "notify.hook_address" for word, _ in shop.told)))
        assert peer.asked == []


async def test_printers_in_trouble_are_told(tmp_path: Path) -> None:
    receiver = Receiver(SIGNED)
    async with listening(receiver.answer) as peer, running(tmp_path) as shop:
        await shop.hook(peer.url)
        for change in ({"paper": "out"}, {"paper": "ok"}, {"cover_open": True}):
            count = len(receiver.events)
            shop.board.seen("kitchen", **change)
            await shop.until(lambda count=count: _true(len(receiver.events) > count))  # type: ignore[misc]
    told = [(event["type"], event["data"].get("trouble")) for event in receiver.events.values()]  # type: ignore[attr-defined]
    assert sorted(told, key=str) == [("printer.trouble", "cover"), ("printer.trouble", "paper"), ("printer.well", None)]


def files(folder: Path) -> str:
    """All the data base's files as they lie on the disk."""
    found = [file for file in folder.iterdir() if file.name.startswith("kvit.db") and file.is_file()]
    return "".join(file.read_bytes().decode("latin-1") for file in found)


async def test_mail_text_and_push_side_by_side(tmp_path: Path) -> None:
    browser = Browser()
    async with mail_server() as mail, listening(COMPANIES["solapi"]) as company, listening(browser.service) as pushes:
        tables: dict[str, dict[str, object]] = {
            "mail": {"server": "127.0.0.1", "port": mail.port, "security": "none", "sender": "a@shop.example",
                     "house": True},
            "sms": {"provider": "solapi", "sender": SENDER, "key": KEY, "secret": SECRET, "service": SERVICE,
                    "url": company.url, "house": True},
            "push": {"contact": "mailto:a@shop.example", "hosts": ["127.0.0.1"], "house": True},
        }  # fmt: skip
        async with running(tmp_path, **tables) as shop:
            sealer = shop.notifying.sealer
            orders = {
                "mail": sealer.mail("anna@example.org", "Hi", "Words", about="receipt"),
                "sms": sealer.sms("+821012345678", "Code 482913", about="code"),
                "push": sealer.push(browser.subscription(pushes.url), "Kvit", "Here", about="receipt"),
            }
            for key, message in orders.items():
                made = await shop.send(message, key)
                assert await shop.settled(made.id) is State.DONE, key
            told = str(shop.told)
    raw = files(tmp_path)
    assert len(raw) > 10_000
    assert [mail.mails[0]["To"], len(company.obeyed), browser.shown()[0]["body"]] == ["anna@example.org", 1, "Here"]
    for secret in ("anna", "12345678", "482913", SECRET, KEY):
        assert secret not in told + raw


def test_secrets_are_masked_wherever_settings_are_shown(tmp_path: Path) -> None:
    shown = settings(
        tmp_path, mail={"server": "a.example", "sender": "a@b.example", "user": "u", "password": "geheim-1"},
        sms={"provider": "sens", "sender": "1", "key": "geheim-2", "secret": "geheim-3", "service": "s"},
    ).config.show()  # fmt: skip
    rows = {row.key: row.value for row in shown}
    assert "geheim" not in str(rows)
    assert {rows[key] for key in ("mail.password", "sms.key", "sms.secret")} == {"********"}


async def test_a_text_whose_answer_was_lost_is_not_sent_again(tmp_path: Path) -> None:
    async with listening(COMPANIES["solapi"]) as company:
        sms: dict[str, object] = {
            "provider": "solapi", "sender": SENDER, "key": KEY, "secret": SECRET, "url": company.url, "house": True,
        }  # fmt: skip
        async with running(tmp_path, sms=sms) as shop:
            company.faults.append(Fault.LOST)
            made = await shop.send(shop.notifying.sealer.sms("+821012345678", "Hi", about="code"), "k")
            assert await shop.settled(made.id) is State.UNKNOWN
            shop.ahead_s += 3600
            other = await shop.send(shop.notifying.sealer.sms("+821012345679", "Hi", about="code"), "k2")
            assert await shop.settled(other.id) is State.DONE
            assert len(company.obeyed) == 2
            await shop.db.write(service.again, SHOP, made.id, shop.now_ms)
            assert await shop.settled(made.id) is State.DONE
    assert len(company.obeyed) == 3


async def test_texts_are_only_shown_until_a_company_is_named(tmp_path: Path) -> None:
    async with running(tmp_path) as shop:
        made = await shop.send(shop.notifying.sealer.sms("+821012345678", "Code 482913", about="code"), "k")
        assert await shop.settled(made.id) is State.DRY
        assert shop.notifying.sealer.mail("a@b.example", "s", "t", about="receipt") == Refusal("notify.not_set_up")
        assert shop.notifying.push_key == ""


async def test_a_browser_that_is_gone_is_forgotten(tmp_path: Path) -> None:
    browser = Browser(gone=True)
    push: dict[str, object] = {"contact": "mailto:a@b.example", "hosts": ["127.0.0.1"], "house": True}
    async with listening(browser.service) as peer, running(tmp_path, push=push) as shop:
        sealer, told = shop.notifying.sealer, browser.subscription(peer.url)
        await shop.db.write(browsers.subscribe, sealer, "c1", told, "ru", shop.now_ms)
        assert await shop.db.read(browsers.of, sealer, "c1") == [(told, "ru")]
        made = await shop.send(sealer.push(told, "Kvit", "Here", about="receipt"), "k")
        assert await shop.settled(made.id) is State.REFUSED
        assert await shop.db.read(browsers.of, sealer, "c1") == []


async def test_browsers_of_customers(tmp_path: Path) -> None:
    async with running(tmp_path) as shop:
        sealer = shop.notifying.sealer
        for place in range(browsers.BROWSERS_MAX):
            told = Browser().subscription(f"https://p.example/{place}")
            assert isinstance(await shop.db.write(browsers.subscribe, sealer, "c1", told, "en", place), bytes)
        full = await shop.db.write(
            browsers.subscribe, sealer, "c1", Browser().subscription("https://p.example"), "en", 99
        )
        assert full == Refusal("notify.browsers_full", {"max": browsers.BROWSERS_MAX})
        assert await shop.db.write(browsers.subscribe, sealer, "c1", told, "ko", 99) == sealer.slot(Kind.PUSH, told)
        assert await shop.db.write(browsers.subscribe, sealer, "c1", "{}", "en", 99) == Refusal("notify.address")
        await shop.db.write(browsers.subscribe, sealer, "c2", told, "en", 1)
        await shop.db.write(browsers.move, "c2", "c1")
        assert await shop.db.read(browsers.of, sealer, "c2") == []
        assert await shop.db.write(browsers.unsubscribe, sealer, "c1", told) == 1
        assert await shop.db.write(browsers.erase, "c1") == browsers.BROWSERS_MAX - 1
        assert await shop.db.read(lambda tx: tx.all("SELECT * FROM notify_browser")) == []


def test_keys_are_made_once_readable_by_their_owner_and_never_replaced(tmp_path: Path) -> None:
    first = read_seal_key(tmp_path / "data")
    assert read_seal_key(tmp_path / "data") == first
    read_push_key(tmp_path / "data")
    for name in (SEAL_FILE, PUSH_FILE):
        assert (tmp_path / "data" / name).stat().st_mode & 0o777 == 0o600
        (tmp_path / "data" / name).write_bytes(b"spoiled")
    for reading in (read_seal_key, read_push_key):
        with pytest.raises(KeyUnreadable):
            reading(tmp_path / "data")
    assert kept(tmp_path / "data" / SEAL_FILE, lambda: b"new") == b"spoiled"


async def test_the_example_receiver_takes_our_calls(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sys.path.insert(0, str(ROOT / "examples"))
    try:
        from webhook_receiver import is_ours, receiver  # type: ignore[import-not-found]
    finally:
        sys.path.remove(str(ROOT / "examples"))
    server = receiver(SIGNED, 0)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        async with running(tmp_path) as shop:
            await shop.hook(f"http://127.0.0.1:{server.server_address[1]}/")
            await shop.stored("r1")
            (made,) = await shop.db.read(service.page, SHOP, Wanted())
            assert await shop.settled(made.id) is State.DONE
            await shop.db.write(hooks.replay, SHOP, made.id, shop.now_ms)
            await shop.until(lambda: _over(shop.db))
    finally:
        await asyncio.to_thread(server.shutdown)
        server.server_close()
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 1, "the same event twice is handled once"
    assert re.match(r"receipt\.stored .*\"r1\"", lines[0])
    assert not is_ours({}, b"", SIGNED, 0)
    assert not is_ours({"webhook-id": "a", "webhook-timestamp": "1", "webhook-signature": "v1,x"}, b"", SIGNED, 1)


async def _over(db: Database, kind: Kind | None = None) -> bool:
    rows = await db.read(service.page, SHOP, Wanted(kind))
    return all(row.state is State.DONE for row in rows)


async def killed(tmp_path: Path, peer: Peer, calls: int) -> None:
    """Run a shop's messages in a process of their own, and kill it when so many calls have come in."""
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.notify.queue_process",
        str(tmp_path),
        cwd=ROOT,
        env={"PYTHONPATH": f"{ROOT}/src:{ROOT}"},
    )
    try:
        async with asyncio.timeout(PATIENCE_S):
            while len(peer.asked) < calls:
                peer.heard.clear()
                await peer.heard.wait()
    finally:
        child.kill()
        await child.wait()


async def test_a_shop_killed_in_the_middle_of_calls_loses_none_and_texts_nobody_twice(tmp_path: Path) -> None:
    receiver = Receiver(SIGNED)

    def answer(asked: Any) -> Any:
        return COMPANIES["solapi"](asked) if asked.target.startswith("/messages/") else receiver.answer(asked)

    async with listening(answer) as peer:
        sms: dict[str, object] = {
            "provider": "solapi", "sender": SENDER, "key": KEY, "secret": SECRET, "url": peer.url, "house": True,
        }  # fmt: skip
        shop = Running(tmp_path, sms=sms)
        await shop.hook(peer.url)
        await shop.stored(*(f"r{place}" for place in range(6)))
        text = await shop.send(shop.notifying.sealer.sms("+821012345678", "Hi", about="code"), "k")
        shop.db.close()
        peer.faults.extend([Fault.SILENT] * 5)  # all that may be on their way at once
        await killed(tmp_path, peer, 5)
        flying = {asked.headers.get("webhook-id") for asked in peer.asked} - {None}
        assert len(flying) == 4
        peer.faults.clear()
        async with running(tmp_path, sms=sms) as again:
            assert await again.state(text.id) is State.UNKNOWN
            await again.until(lambda: _over(again.db, Kind.HOOK))
        assert len(receiver.events) == 6
        ids = [asked.headers["webhook-id"] for asked in peer.asked if "webhook-id" in asked.headers]
        assert sorted(set(ids)) == sorted(receiver.events)
        assert {each for each in ids if ids.count(each) > 1} == flying
        assert sum(asked.target.startswith("/messages/") for asked in peer.asked) == 1
