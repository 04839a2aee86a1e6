"""Proofs, on both engines: who can read what is sent has the wallet; nobody else, however often they try."""

from __future__ import annotations

import concurrent.futures
import itertools
from typing import Any

import pytest

from kvit.access.customers import codes, proofs, proving, service
from kvit.access.customers.devices import device_hash, fresh_device_token
from kvit.access.customers.door import Entered, prove
from kvit.access.customers.joining import Hooks
from kvit.access.customers.limits import DAY_S, HOUR_S
from kvit.access.customers.model import Known, Wish
from kvit.access.customers.proofs import Attempt, Started, Wanted
from kvit.db import Database, Tx
from kvit.refusal import Refusal
from tests.access.customers.wallets import KEYS, NOW, SHOP, Wallet, Wallets, refused
from tests.databases import OpenDatabase

PHONE, OTHER = "+821012345678", "+821087654321"
BOUND = bytes(range(32))
A_DAY = 300


@pytest.fixture
def db(database: OpenDatabase) -> Database:
    return database("kvit.access")


@pytest.fixture
def wallets(db: Database) -> Wallets:
    return Wallets(db)


class Hears:
    """Rooms that keep something by a customer's id."""

    def __init__(self) -> None:
        self.merged: list[tuple[str, str]] = []
        self.hooks = Hooks(merge=lambda tx, old, new: self.merged.append((old, new)))


def start(
    wallets: Wallets,
    contact: str = PHONE,
    bound: bytes = BOUND,
    now: int = NOW,
    address: str = "10.0.0.1",
    kind: str = proofs.PHONE,
    a_day: int = A_DAY,
) -> Started | Refusal:
    wanted = Wanted(kind, contact, bound, address)
    id_ = wallets.random.randbytes(proofs.ID_BYTES).hex()
    return wallets.db.write_now(proving.start_proof, KEYS, wanted, id_, wallets.random.randbytes, now, a_day)


async def enter(
    wallets: Wallets,
    contact: str = PHONE,
    wallet: Wallet | None = None,
    now: int = NOW,
    hooks: Hooks = Hooks(),  # noqa: B008 - frozen
    kind: str = proofs.PHONE,
) -> Entered:
    """Prove a contact on a wallet's device, or on a browser without one."""
    bound = wallet.hash if wallet else BOUND
    started = start(wallets, contact, bound, now, kind=kind)
    assert isinstance(started, Started)
    old = wallet.hash if wallet else b""
    entered = await prove(
        wallets.db, KEYS, hooks, wallets.random.randbytes, started.id, started.digits, bound, old, "Phone", now
    )
    assert isinstance(entered, Entered)
    return entered


def opens(db: Database, token: str, now: int = NOW) -> str:
    who = db.read_now(service.device_customer, device_hash(token), now)
    return who.id if who else ""


# --- what the right digits do -----------------------------------------------------------------------------------------


async def test_a_phone_nobody_has_begins_a_customer(db: Database, wallets: Wallets) -> None:
    entered = await enter(wallets)
    customer = entered.proved.customer
    assert customer.proven
    assert opens(db, entered.token) == customer.id
    assert db.read_now(service.contact, customer.id, "phone", KEYS) == PHONE
    assert entered.proved.merged == ""


async def test_on_another_device_it_opens_the_same_wallet(db: Database, wallets: Wallets) -> None:
    first = await enter(wallets)
    second = await enter(wallets, now=NOW + 60)
    assert second.proved.customer.id == first.proved.customer.id
    assert second.token != first.token
    assert opens(db, first.token) == opens(db, second.token) == first.proved.customer.id
    assert len(db.read_now(service.list_devices, first.proved.customer.id)) == 2


async def test_a_wallet_without_a_proof_gets_the_phone_and_a_fresh_token(db: Database, wallets: Wallets) -> None:
    wallet = wallets.open()
    entered = await enter(wallets, wallet=wallet)
    assert entered.proved.customer.id == wallet.customer.id
    assert entered.token != wallet.token
    assert opens(db, wallet.token) == ""
    assert [device.id for device in db.read_now(service.list_devices, wallet.customer.id)] == [entered.proved.device.id]


async def test_a_wallet_without_a_proof_goes_into_the_phones_wallet(db: Database, wallets: Wallets) -> None:
    hears = Hears()
    owner = (await enter(wallets)).proved.customer
    wallet = wallets.open()
    card = db.write_now(
        service.remember_card, wallet.customer.id, wallets.device_id(), "12345", "barcode", "", "wallet", KEYS, NOW
    )
    db.write_now(service.set_wish, wallet.customer.id, Wish.BOTH, NOW + 1)
    db.write_now(service.set_name, wallet.customer.id, "Anna", KEYS, wallets.random.randbytes)
    db.write_now(service.consent, wallet.customer.id, "mail", "1", "wallet", NOW)
    db.write_now(service.meet, SHOP, wallet.customer.id, NOW)
    entered = await enter(wallets, wallet=wallet, now=NOW + 60, hooks=hears.hooks)
    assert entered.proved.merged == wallet.customer.id
    assert entered.proved.customer.id == owner.id
    assert entered.proved.customer.wish is Wish.BOTH
    assert set(hears.merged) == {(wallet.customer.id, owner.id)}
    assert db.read_now(service.list_cards, owner.id) == [card]
    assert db.read_now(service.contact, owner.id, "name", KEYS) == "Anna"
    assert db.read_now(service.agrees, owner.id, "mail")
    found = db.read_now(service.find, wallet.customer.id)
    assert found is not None
    assert found.id == owner.id


async def test_devices_that_never_proved_anything_do_not_come_along(db: Database, wallets: Wallets) -> None:
    """Whoever else holds the key of a wallet without a proof must not see the proven one's receipts."""
    owner = (await enter(wallets)).proved.customer
    wallet = wallets.open()
    other = wallets.more(wallet.customer)
    (code,) = wallets.codes(other, NOW + 60)
    await enter(wallets, wallet=wallet, now=NOW + 60)
    assert opens(db, other.token) == ""
    assert refused(db.write_now(service.identify, code, "qr", KEYS, NOW + 60, SHOP)) == "code_ended"
    assert len(db.read_now(service.list_devices, owner.id)) == 2


async def test_a_code_of_ones_own_device_names_who_the_id_became(db: Database, wallets: Wallets) -> None:
    owner = (await enter(wallets)).proved.customer
    wallet = wallets.open()
    entered = await enter(wallets, wallet=wallet, now=NOW + 60)
    visit = (wallet.customer, entered.proved.device)
    (code,) = service.make_codes(KEYS, visit, NOW + 60, 1, wallets.random.randbytes)
    assert db.write_now(service.identify, code, "qr", KEYS, NOW + 60, SHOP) == Known(owner.id, Wish.UNSAID, "code")


async def test_merges_follow_one_another(db: Database, wallets: Wallets) -> None:
    """An id replaced twice still finds who it is."""
    first = wallets.open()
    middle = (await enter(wallets, OTHER)).proved.customer
    await enter(wallets, OTHER, first, NOW + 60)
    assert getattr(db.read_now(service.find, first.customer.id), "id", "") == middle.id


async def test_a_proven_wallet_is_never_merged(db: Database, wallets: Wallets) -> None:
    """A phone handed round in a family: each proof opens one's own wallet and leaves the other's alone."""
    hears = Hears()
    owner = (await enter(wallets)).proved.customer
    wallet = wallets.open()
    mine = await enter(wallets, OTHER, wallet)
    mine_on_device = Wallet(mine.proved.customer, mine.proved.device, mine.token)
    entered = await enter(wallets, PHONE, mine_on_device, NOW + 60, hears.hooks)
    assert entered.proved.customer.id == owner.id
    assert hears.merged == []
    assert db.read_now(service.contact, wallet.customer.id, "phone", KEYS) == OTHER
    assert opens(db, mine.token) == ""


async def test_another_phone_replaces_the_one_before(db: Database, wallets: Wallets) -> None:
    entered = await enter(wallets)
    wallet = Wallet(entered.proved.customer, entered.proved.device, entered.token)
    again = await enter(wallets, OTHER, wallet, NOW + 60)
    assert again.proved.customer.id == wallet.customer.id
    assert db.read_now(service.contact, wallet.customer.id, "phone", KEYS) == OTHER
    newcomer = await enter(wallets, PHONE, None, NOW + 61)
    assert newcomer.proved.customer.id != wallet.customer.id


async def test_a_number_given_out_again_does_not_open_the_old_wallet(db: Database, wallets: Wallets) -> None:
    old = await enter(wallets)
    later = NOW + proving.DORMANT_S
    new = await enter(wallets, now=later)
    assert new.proved.customer.id != old.proved.customer.id
    assert db.read_now(service.contact, old.proved.customer.id, "phone", KEYS) == ""
    again = await enter(wallets, now=later + DAY_S)
    assert again.proved.customer.id == new.proved.customer.id


async def test_phone_and_mail_are_two_ways_to_one_wallet(db: Database, wallets: Wallets) -> None:
    by_phone = await enter(wallets)
    wallet = Wallet(by_phone.proved.customer, by_phone.proved.device, by_phone.token)
    by_mail = await enter(wallets, "Anna@example.com", wallet, kind=proofs.MAIL)
    assert by_mail.proved.customer.id == wallet.customer.id
    elsewhere = await enter(wallets, "anna@example.com", now=NOW + 60, kind=proofs.MAIL)
    assert elsewhere.proved.customer.id == wallet.customer.id


# --- what does not open ----------------------------------------------------------------------------------------------


def attempt(db: Database, started: Started, typed: str, bound: bytes = BOUND, now: int = NOW) -> Attempt | Refusal:
    return db.write_now(proving.count_try, KEYS, started.id, bound, typed, now)


def begun(wallets: Wallets, **more: Any) -> Started:
    started = start(wallets, **more)
    assert isinstance(started, Started)
    return started


def wrong(started: Started) -> str:
    return f"{(int(started.digits) + 1) % 10**6:06}"


def test_five_tries_and_no_more(db: Database, wallets: Wallets) -> None:
    started = begun(wallets)
    for left in (4, 3, 2, 1, 0):
        tried = attempt(db, started, wrong(started))
        assert isinstance(tried, Attempt)
        assert (tried.right, tried.left) == (False, left)
    assert refused(attempt(db, started, started.digits)) == "proof_over"


def test_a_thousand_tries_at_once_are_five(db: Database, wallets: Wallets) -> None:
    started = begun(wallets)
    guesses = itertools.count()

    def guess(_: int) -> Attempt | Refusal:
        return attempt(db, started, f"{next(guesses) % 10**6:06}")

    with concurrent.futures.ThreadPoolExecutor(32) as threads:
        answers = list(threads.map(guess, range(1000)))
    assert sum(isinstance(answer, Attempt) for answer in answers) == proofs.TRIES
    assert {refused(answer) for answer in answers if isinstance(answer, Refusal)} == {"proof_over"}


async def test_a_wrong_try_is_counted_although_it_is_refused(db: Database, wallets: Wallets) -> None:
    started = begun(wallets)
    hooks, random = Hooks(), wallets.random.randbytes
    for left in (4, 3, 2, 1):
        no = await prove(db, KEYS, hooks, random, started.id, wrong(started), BOUND, b"", "", NOW)
        assert isinstance(no, Refusal)
        assert (no.code, no.values) == ("customers.proof_wrong", {"left": left})
    last = await prove(db, KEYS, hooks, random, started.id, wrong(started), BOUND, b"", "", NOW)
    assert refused(last) == "proof_over"
    assert (
        refused(await prove(db, KEYS, hooks, random, started.id, started.digits, BOUND, b"", "", NOW)) == "proof_over"
    )


def test_a_code_is_of_the_device_that_asked(db: Database, wallets: Wallets) -> None:
    started = begun(wallets)
    assert refused(attempt(db, started, started.digits, bytes(32))) == "proof_over"
    tried = attempt(db, started, started.digits)
    assert isinstance(tried, Attempt)
    assert tried.right
    assert tried.left == 4


def test_a_code_is_good_for_five_minutes(db: Database, wallets: Wallets) -> None:
    started = begun(wallets)
    assert refused(attempt(db, started, started.digits, now=NOW + proofs.LIFE_S)) == "proof_over"
    assert isinstance(attempt(db, started, started.digits, now=NOW + proofs.LIFE_S - 1), Attempt)


async def test_a_code_opens_once(db: Database, wallets: Wallets) -> None:
    started = begun(wallets)
    hooks, random = Hooks(), wallets.random.randbytes
    first = await prove(db, KEYS, hooks, random, started.id, started.digits, BOUND, b"", "", NOW)
    assert isinstance(first, Entered)
    assert (
        refused(await prove(db, KEYS, hooks, random, started.id, started.digits, BOUND, b"", "", NOW)) == "proof_over"
    )


def test_of_two_who_finish_the_same_try_one_enters(db: Database, wallets: Wallets) -> None:
    started = begun(wallets)
    tries = [attempt(db, started, started.digits) for _ in range(2)]
    made = []
    for one in tries:
        assert isinstance(one, Attempt)
        token = fresh_device_token(wallets.random.randbytes)
        fresh = proving.Fresh(wallets.id(), wallets.device_id(), device_hash(token), "")
        made.append(db.write_now(proving.finish_proof, KEYS, one, fresh, b"", Hooks(), wallets.random.randbytes, NOW))
    assert isinstance(made[0], proving.Proved)
    assert refused(made[1]) == "proof_over"


def test_a_new_code_voids_the_old_one(db: Database, wallets: Wallets) -> None:
    first = begun(wallets)
    second = begun(wallets, now=NOW + 60)
    assert refused(attempt(db, first, first.digits, now=NOW + 60)) == "proof_over"
    assert isinstance(attempt(db, second, second.digits, now=NOW + 60), Attempt)


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "abcdef", "12 34 5", "½¼¾½¼¾", "x" * 500])
def test_what_is_no_code_is_a_wrong_try(db: Database, wallets: Wallets, typed: str) -> None:
    tried = attempt(db, begun(wallets), typed)
    assert isinstance(tried, Attempt)
    assert not tried.right


def test_digits_may_be_written_as_people_write() -> None:
    assert proofs.clean_digits(" 123 456 ") == "123456"
    assert proofs.clean_digits("１２３-４５６") == "123456"
    assert proofs.clean_digits("١٢٣٤٥٦") == "123456"


# --- how often -------------------------------------------------------------------------------------------------------


def test_a_phone_gets_five_codes_a_day_whoever_asks(wallets: Wallets) -> None:
    let = []
    for number, at in enumerate(range(0, DAY_S, 600)):
        bound, address = number.to_bytes(32, "big"), f"10.{number % 200}.1.{number % 251}"
        let.append(isinstance(start(wallets, bound=bound, address=address, now=NOW + at), Started))
    assert sum(let) == 5


def test_a_thousand_who_ask_at_once_send_one_code(db: Database, wallets: Wallets) -> None:
    def ask(number: int) -> Started | Refusal:
        mine = Wallets(db, seed=number)
        return start(mine, bound=number.to_bytes(32, "big"), address=f"10.{number // 250}.0.{number % 250}")

    with concurrent.futures.ThreadPoolExecutor(16) as threads:
        answers = list(threads.map(ask, range(200)))
    assert sum(isinstance(answer, Started) for answer in answers) == 1
    assert {refused(answer) for answer in answers if isinstance(answer, Refusal)} == {"wait"}


@pytest.mark.parametrize("same", ["address", "bound"])
def test_who_asks_for_many_phones_gets_ten_an_hour(wallets: Wallets, same: str) -> None:
    let = []
    for number in range(30):
        bound = BOUND if same == "bound" else number.to_bytes(32, "big")
        address = "10.0.0.1" if same == "address" else f"10.1.{number}.1"
        let.append(isinstance(start(wallets, f"+8210{number:04}5678", bound, address=address), Started))
    assert sum(let) == 10
    assert isinstance(start(wallets, "+821099995678", BOUND, NOW + HOUR_S), Started)


def test_a_range_of_numbers_and_all_together_have_a_budget(wallets: Wallets) -> None:
    def ask(number: int, contact: str, now: int = NOW, a_day: int = A_DAY) -> bool:
        bound, address = number.to_bytes(32, "big"), f"10.{number // 250}.{number % 250}.1"
        return isinstance(start(wallets, contact, bound, now, address, a_day=a_day), Started)

    assert sum(ask(number, f"+82101234{number:04}") for number in range(40)) == 30
    assert not ask(1000, "+821055550000", a_day=30)
    assert ask(1000, "+821055550000", a_day=31)
    assert wallets.db.read_now(proving.sent_today, KEYS, NOW) == 31


def test_who_is_refused_does_not_wait_longer_for_asking(wallets: Wallets) -> None:
    assert isinstance(start(wallets), Started)
    for at in range(1, 60):
        no = start(wallets, now=NOW + at)
        assert isinstance(no, Refusal)
        assert no.values == {"wait_s": 60 - at}
    assert isinstance(start(wallets, now=NOW + 60), Started)


# --- known and unknown ------------------------------------------------------------------------------------------------


class Counting:
    """A transaction that notes which statements a verb ran."""

    def __init__(self, tx: Tx) -> None:
        self.tx, self.ran = tx, []  # type: ignore[var-annotated]

    def __getattr__(self, name: str) -> Any:
        def call(sql: str, *values: Any) -> Any:
            self.ran.append((name, sql))
            return getattr(self.tx, name)(sql, *values)

        return call


async def test_known_and_unknown_phones_are_asked_for_alike(db: Database, wallets: Wallets) -> None:
    await enter(wallets, PHONE)
    ran = {}
    for phone in (PHONE, OTHER):
        wanted = Wanted(proofs.PHONE, phone, b"\1" * 32, "10.9.9.9")

        def asking(tx: Tx, wanted: Wanted = wanted) -> tuple[list[Any], Started | Refusal]:
            counting = Counting(tx)
            id_ = wallets.random.randbytes(16).hex()
            made = proving.start_proof(counting, KEYS, wanted, id_, wallets.random.randbytes, NOW + 100, A_DAY)
            return counting.ran, made

        ran[phone] = db.write_now(asking)
    assert sorted(ran[PHONE][0]) == sorted(ran[OTHER][0])
    assert type(ran[PHONE][1]) is type(ran[OTHER][1]) is Started


def test_nothing_shows_digits_or_phones(wallets: Wallets) -> None:
    started = begun(wallets)
    shown = repr(started) + repr(Wanted("phone", PHONE, BOUND, "10.0.0.1"))
    assert started.digits not in shown.replace(started.id, "")
    assert PHONE not in shown
    assert "10.0.0.1" not in shown


async def test_a_code_of_a_replaced_device_is_nobody(db: Database, wallets: Wallets) -> None:
    wallet = wallets.open()
    (code,) = wallets.codes(wallet)
    await enter(wallets, wallet=wallet)
    assert codes.is_code(code)
    assert refused(db.write_now(service.identify, code, "qr", KEYS, NOW, SHOP)) == "code_ended"
