"""A station asks a server, both real on loopback: known, unknown, away, shut out, replayed, with another server's keys."""

from __future__ import annotations

import json
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from kvit.access import key as keys_of_machines
from kvit.access import staff
from kvit.access.customers import keys as keys_of
from kvit.access.customers import service
from kvit.access.customers.model import Known, Wish
from kvit.access.model import Identity as Person
from kvit.app import centre as centres
from kvit.app.centre import Centre
from kvit.app.identity import NAME, Recognising, Remote, local
from kvit.app.serving import Window, listen
from kvit.app.settings import read
from kvit.device.reader.model import Identity, Kind
from kvit.net import Ask, Failed, Limits, Reply, ask
from kvit.refusal import Refusal
from kvit.web import staff_app
from tests.access.customers.wallets import Wallet, Wallets, refused
from tests.receipt.printouts import SHOP
from tests.web.house import NOW_S, House, open_house

CARD = "8801234567890"


def shown(text: str, kind: Kind = Kind.QR) -> Identity:
    return Identity(kind, text, "qr", "counter", NOW_S * 1000)


class Server:
    """A server with one station's key, and a customer with a card."""

    def __init__(self, house: House, port: int, folder: Path) -> None:
        self.house, self.url, self.folder = house, f"http://127.0.0.1:{port}", folder
        self.away = False
        self.asked: list[str] = []
        self.wallets = Wallets(house.db)
        self.owner = Person(SHOP, "user:boss", "owner", frozenset({"keys.write"}))
        self.key = self.let_in(["stations.identify"])
        self.keys = house.context.customer_keys
        self.wallet = self.wallets.open(NOW_S)
        made = house.db.write_now(
            service.remember_card, self.wallet.customer.id, "c" * 16, CARD, "barcode", "", "wallet", self.keys, NOW_S
        )
        assert not isinstance(made, Refusal)

    def let_in(self, scopes: list[str]) -> str:
        fresh = keys_of_machines.fresh_key(secrets.token_bytes)
        made = self.house.db.write_now(staff.issue_key, self.owner, fresh, "till", scopes, NOW_S)
        assert not isinstance(made, Refusal)
        return fresh.text

    def code(self, wallet: Wallet | None = None) -> str:
        visit = self.house.db.read_now(service.visitor, (wallet or self.wallet).hash, int(self.house.now_s[0]))
        assert visit is not None
        return service.make_codes(self.keys, visit, int(self.house.now_s[0]), 1, secrets.token_bytes)[0]

    async def ask(self, wanted: Ask, limits: Limits) -> Reply | Failed:
        self.asked.append(wanted.url)
        if self.away:
            return await ask(Ask("http://127.0.0.1:1/", plain=True, house=True), limits)
        return await ask(wanted, Limits())  # a busy machine may take its time

    def station(self, key: str = "", shop: str = SHOP) -> Remote:
        return Remote(
            self.ask, self.url, key or self.key, self.folder, shop, lambda: self.house.now_s[0], secrets.token_bytes,
            self.house.context.log,
        )  # fmt: skip


@asynccontextmanager
async def serving(house: House) -> AsyncIterator[int]:
    sock = listen("127.0.0.1", 0)
    window = Window(staff_app(house.context), sock)
    port = sock.getsockname()[1]
    await window.start()
    try:
        yield port
    finally:
        await window.stop()


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[Server]:
    with open_house(tmp_path) as house:
        async with serving(house) as port:
            yield Server(house, port, tmp_path / "station")


async def test_a_code_and_a_card_are_known_by_the_server(server: Server) -> None:
    station = server.station()
    text = server.code()
    who = Known(server.wallet.customer.id, Wish.UNSAID, "code")
    assert await station.identify(shown(text)) == who
    assert refused(await station.identify(shown(text))) == "code_used"
    assert await station.identify(shown(CARD, Kind.BARCODE)) == Known(who.customer, who.wish, "card")
    assert refused(await station.identify(shown("77777", Kind.BARCODE))) == "unknown"
    assert server.house.db.read_now(lambda tx: tx.all("SELECT shop, customer FROM access_customer_shop")) == [
        (SHOP, who.customer)
    ]


async def test_while_the_server_is_away_codes_work_and_cards_for_five_minutes(server: Server) -> None:
    station = server.station()
    assert isinstance(await station.identify(shown(CARD, Kind.BARCODE)), Known)
    server.away = True
    assert await station.identify(shown(server.code())) == Known(server.wallet.customer.id, Wish.UNSAID, "code")
    assert await station.identify(shown(CARD, Kind.BARCODE)) == Known(server.wallet.customer.id, Wish.UNSAID, "token")
    server.house.now_s[0] += 300
    assert refused(await station.identify(shown(CARD, Kind.BARCODE))) == "offline"
    assert isinstance(await station.identify(shown(server.code())), Known)


async def test_a_station_started_without_its_server_knows_codes_by_what_it_kept(server: Server) -> None:
    assert await server.station().refresh()
    kept = (server.folder / NAME).read_bytes()
    assert (server.folder / NAME).stat().st_mode & 0o777 == 0o600
    assert json.loads(kept)["public"] == server.keys.public.hex()
    assert server.wallet.customer.id.encode() not in kept
    server.away = True
    assert isinstance(await server.station().identify(shown(server.code())), Known)


async def test_an_ended_device_is_nobody_at_a_station_that_heard_of_it(server: Server) -> None:
    text = server.code()
    server.house.db.write_now(service.end_device, server.wallet.customer.id, server.wallet.device.id, NOW_S)
    station = server.station()
    assert await station.refresh()
    server.away = True
    assert refused(await station.identify(shown(text))) == "code_ended"


async def test_forged_codes_are_never_asked_about(server: Server) -> None:
    station = server.station()
    assert await station.refresh()
    server.asked.clear()
    other = keys_of.make(secrets.token_bytes)
    visit = server.house.db.read_now(service.visitor, server.wallet.hash, NOW_S)
    assert visit is not None
    (forged,) = service.make_codes(other, visit, NOW_S, 1, secrets.token_bytes)
    assert refused(await station.identify(shown(forged))) == "code_bad"
    assert server.asked == []


@pytest.mark.parametrize("scopes", [["receipts.read"], ["receipts.deliver"]])
async def test_a_key_for_something_else_is_shut_out_and_learns_nothing(server: Server, scopes: list[str]) -> None:
    station = server.station(server.let_in(scopes))
    assert refused(await station.identify(shown(CARD, Kind.BARCODE))) == "station_shut"
    assert refused(await station.identify(shown(server.code()))) == "station_shut"


async def test_a_made_up_key_is_shut_out(server: Server) -> None:
    forged = keys_of_machines.fresh_key(secrets.token_bytes).text
    assert refused(await server.station(forged).identify(shown(server.code()))) == "station_shut"


async def test_a_revoked_station_forgets_what_it_knew(server: Server) -> None:
    station = server.station()
    assert isinstance(await station.identify(shown(CARD, Kind.BARCODE)), Known)
    server.house.db.write_now(
        staff.revoke_key, server.owner, keys_of_machines.key_id(server.key), int(server.house.now_s[0])
    )
    assert refused(await station.identify(shown(CARD, Kind.BARCODE))) == "station_shut"
    assert not (server.folder / NAME).exists()
    server.away = True
    assert refused(await station.identify(shown(CARD, Kind.BARCODE))) == "offline"
    assert refused(await station.identify(shown(server.code()))) == "offline"


async def test_a_token_of_another_shop_is_not_believed(server: Server) -> None:
    """A station that thinks it belongs to another shop than its key: nothing it is told counts."""
    assert refused(await server.station(shop="shop-9").identify(shown(CARD, Kind.BARCODE))) == "token_bad"


async def test_what_is_kept_and_can_not_be_read_is_fetched_anew(server: Server) -> None:
    server.folder.mkdir()
    (server.folder / NAME).write_text("{oops")
    assert isinstance(await server.station().identify(shown(server.code())), Known)


async def test_a_page_in_the_way_is_a_server_that_is_away(server: Server) -> None:
    async def hotel(wanted: Ask, limits: Limits) -> Reply | Failed:
        return Reply(200, {}, b"<html>Please sign in to the hotel's network</html>")

    station = server.station()
    assert await station.refresh()
    station._ask = hotel
    assert isinstance(await station.identify(shown(server.code())), Known)
    assert refused(await station.identify(shown(CARD, Kind.BARCODE))) == "offline"
    assert not await station.refresh()


async def test_the_server_had_new_keys(server: Server) -> None:
    station = server.station()
    assert await station.refresh()
    kept = json.loads((server.folder / NAME).read_bytes())
    kept["public"] = keys_of.make(secrets.token_bytes).public.hex()
    (server.folder / NAME).write_text(json.dumps(kept))
    assert await server.station().identify(shown(CARD, Kind.BARCODE)) == Known(
        server.wallet.customer.id, Wish.UNSAID, "card"
    )


async def test_no_number_and_no_phone_is_logged(server: Server) -> None:
    station = server.station(keys_of_machines.fresh_key(secrets.token_bytes).text)
    await station.identify(shown(CARD, Kind.BARCODE))
    told = json.dumps([[event, {k: str(v) for k, v in values.items()}] for event, values in server.house.told])
    assert "station_shut" in told
    assert CARD not in told


async def test_one_machine_asks_its_own_books(server: Server) -> None:
    identify = local(server.house.db, server.keys, SHOP, lambda: server.house.now_s[0])
    assert isinstance(await identify(shown(server.code())), Known)
    assert isinstance(await identify(shown(CARD, Kind.BARCODE)), Known)
    assert refused(await identify(shown("x1234", Kind.NFC))) == "unknown"


async def test_card_numbers_tried_in_turn_are_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kvit.web.api_identify.A_MINUTE", 5)
    with open_house(tmp_path) as house:
        async with serving(house) as port:
            station = Server(house, port, tmp_path / "station").station()
            answers = [await station.identify(shown(f"{number:013}", Kind.BARCODE)) for number in range(8)]
    assert [refused(answer) for answer in answers] == ["unknown"] * 5 + ["offline"] * 3


async def test_a_paired_station_asks_its_server_and_any_other_machine_its_books(server: Server, tmp_path: Path) -> None:
    """The role and the pairing decide; what was read is asked of whoever knows."""
    text = f'[data]\nfolder = "{tmp_path / "data"}"\n[chain]\nrole = "%s"\n'
    for role, paired, wanted in (("all", False, "unknown"), ("station", False, "unknown"), ("station", True, "")):
        path = tmp_path / "kvit.toml"
        path.write_text(text % role)
        settings = read(path, {})
        settings.folder.mkdir(exist_ok=True)
        if paired:
            centres.write(settings.folder, Centre(server.url, "code", server.key, "s1", "till", SHOP))
        own = keys_of.make(secrets.token_bytes)
        made = Recognising(
            settings, server.house.db, own, server.house.context.log, server.ask, server.house.context.clock
        )
        made.start()
        known = await made.identify(shown(CARD, Kind.BARCODE))
        await made.stop()
        assert (known.code.removeprefix("customers.") if isinstance(known, Refusal) else "") == wanted
