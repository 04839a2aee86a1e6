"""The verbs on customers, on both engines: wallets, member codes at a reader, cards, wishes."""

from __future__ import annotations

import concurrent.futures
import threading
from collections.abc import Callable
from typing import Any

import pytest

from kvit.access.customers import cards, codes, devices, service
from kvit.access.customers.model import Card, Customer, Known, Wish
from kvit.db import Database
from kvit.refusal import Refusal
from tests.access.customers.wallets import KEYS, NOW, OTHERS, SHOP, Wallets, refused
from tests.databases import OpenDatabase


@pytest.fixture
def db(database: OpenDatabase) -> Database:
    return database("kvit.access")


@pytest.fixture
def wallets(db: Database) -> Wallets:
    return Wallets(db)


def at_once(count: int, work: Callable[[int], Any]) -> list[Any]:
    """Run work in threads that start together."""
    gate = threading.Barrier(count)

    def run(number: int) -> Any:
        gate.wait()
        return work(number)

    with concurrent.futures.ThreadPoolExecutor(count) as threads:
        return list(threads.map(run, range(count)))


def present(db: Database, text: str, now: int = NOW, kind: str = "qr") -> Known | Refusal:
    return db.write_now(service.identify, text, kind, KEYS, now, SHOP)


def test_a_wallet_is_an_id_and_a_device(db: Database, wallets: Wallets) -> None:
    wallet = wallets.open()
    assert db.read_now(service.device_customer, wallet.hash, NOW) == Customer(
        wallet.customer.id, NOW, Wish.UNSAID, False
    )
    assert db.read_now(service.device_customer, devices.device_hash("x" * 43), NOW) is None
    again = wallets.more(wallet.customer)
    assert db.read_now(service.device_customer, again.hash, NOW) == wallet.customer
    assert refused(db.write_now(service.add_device, "00" * 12, wallets.device_id(), bytes(32), "", NOW)) == "unknown"


def test_a_device_lives_while_it_is_used(db: Database, wallets: Wallets) -> None:
    wallet = wallets.open()
    late = NOW + devices.IDLE_S
    assert db.read_now(service.device_customer, wallet.hash, late - 1) is not None
    assert db.read_now(service.device_customer, wallet.hash, late) is None
    db.write_now(service.keep_alive, wallet.hash, NOW + 100)
    db.write_now(service.keep_alive, wallet.hash, NOW + 50)
    assert db.read_now(service.device_customer, wallet.hash, late + 99) is not None


def test_a_wish_is_kept(db: Database, wallets: Wallets) -> None:
    wallet = wallets.open()
    changed = db.write_now(service.set_wish, wallet.customer.id, Wish.ELECTRONIC, NOW)
    assert isinstance(changed, Customer)
    assert changed.wish is Wish.ELECTRONIC
    assert db.read_now(service.find, wallet.customer.id) == changed
    assert refused(db.write_now(service.set_wish, "00" * 12, Wish.BOTH, NOW)) == "unknown"


def test_a_code_tells_who_it_is_once(db: Database, wallets: Wallets) -> None:
    wallet = wallets.open()
    db.write_now(service.set_wish, wallet.customer.id, Wish.BOTH, NOW)
    (text,) = wallets.codes(wallet)
    assert present(db, text) == Known(wallet.customer.id, Wish.BOTH, "code")
    assert refused(present(db, text)) == "code_used"
    assert refused(present(db, text.lower())) == "code_used"
    (other,) = wallets.codes(wallet)
    assert isinstance(present(db, other), Known)


def test_a_batch_is_one_code_a_window(db: Database, wallets: Wallets) -> None:
    wallet = wallets.open()
    batch = wallets.codes(wallet, count=1000)
    assert len(batch) == codes.BATCH_MAX == len(set(batch))
    for number in (0, 1, codes.BATCH_MAX - 1):
        at = codes.window(NOW) + number * codes.WINDOW_S
        if number:
            assert refused(present(db, batch[number], at - codes.WINDOW_S - 1)) == "code_old"
        assert isinstance(present(db, batch[number], at), Known)
        assert refused(present(db, batch[number], at + 2 * codes.WINDOW_S)) == "code_old"


def test_a_clock_set_back_brings_no_used_code_to_life(db: Database, wallets: Wallets) -> None:
    wallet = wallets.open()
    first, *_, later = wallets.codes(wallet, count=20)
    assert isinstance(present(db, first), Known)
    assert isinstance(present(db, later, NOW + 19 * codes.WINDOW_S), Known)
    assert refused(present(db, first, NOW)) == "code_used"


def test_of_many_who_show_one_code_one_is_known(db: Database, wallets: Wallets) -> None:
    wallet = wallets.open()
    for _ in range(3):
        (text,) = wallets.codes(wallet)
        answers = at_once(12, lambda _, text=text: present(db, text))  # type: ignore[misc]
        assert sum(isinstance(answer, Known) for answer in answers) == 1
        assert {refused(answer) for answer in answers if isinstance(answer, Refusal)} == {"code_used"}


def test_forged_codes_are_nobody(db: Database, wallets: Wallets) -> None:
    wallet = wallets.open()
    visit = db.read_now(service.visitor, wallet.hash, NOW)
    assert visit is not None
    (forged,) = service.make_codes(OTHERS, visit, NOW, 1, wallets.random.randbytes)
    assert refused(present(db, forged)) == "code_bad"
    assert refused(present(db, "KVIT1.")) == "code_bad"


def test_a_code_of_another_customers_device_is_nobody(db: Database, wallets: Wallets) -> None:
    mine, other = wallets.open(), wallets.open()
    crossed = codes.fresh(other.customer.id, mine.device.id, Wish.UNSAID, codes.window(NOW), wallets.random.randbytes)
    assert refused(present(db, codes.make(crossed, KEYS))) == "code_ended"


def remember(db: Database, wallets: Wallets, customer: str, text: str, kind: str = "barcode") -> Card | Refusal:
    return db.write_now(service.remember_card, customer, wallets.device_id(), text, kind, "Blue", "wallet", KEYS, NOW)


@pytest.mark.parametrize(
    ("kept", "shown", "kind", "how"),
    [
        ("8801234567890", " 8801234567890 ", "barcode", "card"),
        ("Member-77", "Member-77", "qr", "card"),
        ("04A1B2C3D4E5F6", "04:a1:b2:c3:d4:e5:f6", "card", "nfc"),
        ("https://x.example/m/1", "https://x.example/m/1", "nfc", "card"),
    ],
)
def test_a_card_is_known_however_it_is_written(
    db: Database, wallets: Wallets, kept: str, shown: str, kind: str, how: str
) -> None:
    wallet = wallets.open()
    assert refused(present(db, shown, kind=kind)) == "unknown"
    assert isinstance(remember(db, wallets, wallet.customer.id, kept, kind), Card)
    assert present(db, shown, kind=kind) == Known(wallet.customer.id, Wish.UNSAID, how)
    assert refused(present(db, shown + "9", kind=kind)) == "unknown"


def test_a_tags_number_typed_as_a_bar_code_is_not_the_tag(db: Database, wallets: Wallets) -> None:
    wallet = wallets.open()
    remember(db, wallets, wallet.customer.id, "04A1B2C3D4E5F6", "card")
    assert refused(present(db, "04A1B2C3D4E5F6", kind="barcode")) == "unknown"


def test_a_card_has_one_owner(db: Database, wallets: Wallets) -> None:
    mine, other = wallets.open(), wallets.open()
    first = remember(db, wallets, mine.customer.id, "12345")
    assert remember(db, wallets, mine.customer.id, "12345") == first
    assert refused(remember(db, wallets, other.customer.id, "12345")) == "card_taken"
    assert refused(remember(db, wallets, "00" * 12, "12346")) == "unknown"
    assert [card.id for card in db.read_now(service.list_cards, mine.customer.id)] == [getattr(first, "id", "")]


@pytest.mark.parametrize("text", ["", "123", "x" * 201, "12\x0045", "KVIT1.ABCDEFGH", "\u202e1234"])
def test_what_can_be_no_card_is_refused(db: Database, wallets: Wallets, text: str) -> None:
    wallet = wallets.open()
    assert refused(remember(db, wallets, wallet.customer.id, text)) == "card_bad"


def test_cards_have_a_limit(db: Database, wallets: Wallets) -> None:
    wallet = wallets.open()
    made = [remember(db, wallets, wallet.customer.id, f"card-{number}") for number in range(cards.CARDS_LIMIT)]
    assert all(isinstance(card, Card) for card in made)
    assert refused(remember(db, wallets, wallet.customer.id, "card-x")) == "cards_many"
    assert remember(db, wallets, wallet.customer.id, "card-0") == made[0]


def test_devices_have_a_limit_and_the_longest_unused_goes(db: Database, wallets: Wallets) -> None:
    first = wallets.open(NOW)
    for number in range(devices.DEVICES_LIMIT):
        wallets.more(first.customer, NOW + 1 + number)
    assert db.read_now(service.device_customer, first.hash, NOW + 100) is None
