"""Merge and erasure, on both engines: all moves or nothing does; what is erased is in no table any more."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest

from kvit.access import service as access
from kvit.access import store as staff_store
from kvit.access.customers import devices, joining, proofs, proving, service, store
from kvit.access.customers.door import Entered, prove
from kvit.access.customers.joining import Hooks
from kvit.access.customers.model import Customer, Wish
from kvit.access.customers.proofs import Started, Wanted
from kvit.db import Database, Tx, open_database
from kvit.refusal import Refusal
from tests.access.customers.wallets import KEYS, NOW, SHOP, Wallets, refused
from tests.databases import OpenDatabase

PHONE, NAME, CARD, MAIL = "+821077194402", "Quicksilver Жанаргуль", "MEMBER-7719-4402", "quicksilver@marmalade.example"
LABEL = "Marmalade browser"
SECRET = [PHONE, PHONE[1:], "01077194402", "1077194402", *NAME.split(), NAME, CARD, "7719-4402", MAIL, "quicksilver@"]
TABLES = ("", "_alias", "_contact", "_device", "_card", "_consent", "_shop", "_proof")


@pytest.fixture
def db(database: OpenDatabase) -> Database:
    return database("kvit.access")


def fill(wallets: Wallets) -> Customer:
    """A customer with everything one can have."""
    db, wallet = wallets.db, wallets.open()
    id_ = wallet.customer.id
    for kind, contact in (("phone", PHONE), ("mail", MAIL)):
        hash_ = proving.contact_hash(KEYS, kind, contact)
        sealed = KEYS.seal(kind, id_, contact, wallets.random.randbytes)
        db.write_now(store.put_contact, id_, kind, hash_, sealed, NOW)
    db.write_now(service.set_name, id_, NAME, KEYS, wallets.random.randbytes)
    db.write_now(service.remember_card, id_, wallets.device_id(), CARD, "barcode", LABEL, "wallet", KEYS, NOW)
    db.write_now(service.consent, id_, "mail", "1", "wallet", NOW)
    db.write_now(service.meet, SHOP, id_, NOW)
    db.write_now(service.meet, "shop-2", id_, NOW)
    db.write_now(service.set_wish, id_, Wish.ELECTRONIC, NOW)
    wallets.more(wallet.customer, label=LABEL)
    wanted = Wanted(proofs.PHONE, PHONE, wallet.hash, "10.0.0.1")
    proof = wallets.random.randbytes(16).hex()
    made = db.write_now(proving.start_proof, KEYS, wanted, proof, wallets.random.randbytes, NOW, 300)
    assert isinstance(made, Started)
    found = db.read_now(service.find, id_)
    assert found is not None
    return found


def counts(tx: Tx) -> dict[str, int]:
    return {table: (tx.one(f"SELECT count(*) FROM access_customer{table}") or (0,))[0] for table in TABLES}


def test_erasing_leaves_no_row_and_one_word_in_each_shops_log(db: Database) -> None:
    wallets = Wallets(db)
    kept = wallets.open()
    before = db.read_now(counts)
    customer = fill(wallets)
    erased: list[str] = []
    hooks = Hooks(erase=lambda tx, id_: erased.append(id_))
    assert db.write_now(joining.erase, customer.id, "customer", hooks, NOW) == customer.id
    assert set(erased) == {customer.id}
    assert db.read_now(counts) == before
    assert db.read_now(service.find, customer.id) is None
    assert db.read_now(service.find, kept.customer.id) == kept.customer
    assert refused(db.write_now(joining.erase, customer.id, "customer", Hooks(), NOW)) == "unknown"
    for shop in (SHOP, "shop-2"):
        assert db.read_now(access.verify_audit, shop) == 1
    assert f"customer:{customer.id}" in db.read_now(store.revoked, NOW)


def test_an_erasure_that_fails_has_changed_nothing(db: Database) -> None:
    wallets = Wallets(db)
    customer = fill(wallets)
    before = db.read_now(counts)

    def fail(tx: Tx, id_: str) -> None:
        raise RuntimeError("the wallet's room fell over")

    with pytest.raises(RuntimeError):
        db.write_now(joining.erase, customer.id, "customer", Hooks(erase=fail), NOW)
    assert db.read_now(counts) == before


async def test_an_id_that_was_merged_away_erases_who_it_became(db: Database) -> None:
    wallets = Wallets(db)
    fill(wallets)
    old = wallets.open()
    wanted = Wanted(proofs.PHONE, PHONE, old.hash, "10.0.0.2")
    made = db.write_now(proving.start_proof, KEYS, wanted, "p" * 32, wallets.random.randbytes, NOW + 61, 300)
    assert isinstance(made, Started)
    entered = await prove(
        db, KEYS, Hooks(), wallets.random.randbytes, made.id, made.digits, old.hash, old.hash, "", NOW + 61
    )
    assert isinstance(entered, Entered)
    assert entered.proved.merged == old.customer.id
    assert db.write_now(joining.erase, old.customer.id, "customer", Hooks(), NOW) == entered.proved.customer.id
    assert db.read_now(service.find, old.customer.id) is None


def test_a_phone_can_be_a_customers_again_after_an_erasure(db: Database) -> None:
    wallets = Wallets(db)
    first = fill(wallets)
    db.write_now(joining.erase, first.id, "customer", Hooks(), NOW)
    wallet = wallets.open()
    hash_ = proving.contact_hash(KEYS, "phone", PHONE)
    sealed = KEYS.seal("phone", wallet.customer.id, PHONE, wallets.random.randbytes)
    assert db.write_now(store.put_contact, wallet.customer.id, "phone", hash_, sealed, NOW)


def hits(folder: Path) -> list[tuple[str, str]]:
    files = [file for file in folder.rglob("*") if file.is_file()]
    return [(file.name, word) for file in files for word in [*SECRET, LABEL] if word.encode() in file.read_bytes()]


def hashes() -> list[bytes]:
    return [
        proving.contact_hash(KEYS, "phone", PHONE), proving.contact_hash(KEYS, "mail", MAIL),
        KEYS.hash("card card", CARD),
    ]  # fmt: skip


def test_no_file_holds_a_phone_ever_and_not_even_its_hash_after_an_erasure(tmp_path: Path) -> None:
    with open_database(tmp_path / "kvit.db", ["kvit.access"]) as db:
        wallets = Wallets(db)
        for _ in range(30):
            wallets.open()
        customer = fill(wallets)
        for _ in range(30):
            wallets.open()
        assert {word for _, word in hits(tmp_path)} == {LABEL}
        assert all(any(hash_ in file.read_bytes() for file in tmp_path.iterdir()) for hash_ in hashes())
        db.write_now(joining.erase, customer.id, "customer", Hooks(), NOW)
        assert hits(tmp_path) == []
        assert not any(hash_ in file.read_bytes() for hash_ in hashes() for file in tmp_path.iterdir())
        db.backup(tmp_path / "copy.db")
        assert hits(tmp_path) == []
    assert hits(tmp_path) == []


def test_forgetting_a_phone_leaves_the_rest(tmp_path: Path) -> None:
    with open_database(tmp_path / "kvit.db", ["kvit.access"]) as db:
        customer = fill(Wallets(db))
        assert db.write_now(service.forget_contact, customer.id, "phone") == "phone"
        assert db.read_now(service.contact, customer.id, "phone", KEYS) == ""
        assert db.read_now(service.contact, customer.id, "mail", KEYS) == MAIL
        assert not any(hashes()[0] in file.read_bytes() for file in tmp_path.iterdir())
        assert refused(db.write_now(service.forget_contact, "00" * 12, "phone")) == "unknown"


def test_sealed_texts_do_not_open_in_another_customers_row(db: Database) -> None:
    wallets = Wallets(db)
    mine, other = fill(wallets), wallets.open()
    found = db.read_now(store.contact, mine.id, "phone")
    assert found is not None
    db.write_now(store.drop_contact, mine.id, "phone")
    db.write_now(store.put_contact, other.customer.id, "phone", None, found[0], NOW)
    assert db.read_now(service.contact, other.customer.id, "phone", KEYS) == ""


def test_consents_are_written_down_and_taken_back(db: Database) -> None:
    wallets = Wallets(db)
    id_ = wallets.open().customer.id
    first = db.write_now(service.consent, id_, "mail", "1", "wallet", NOW)
    assert db.write_now(service.consent, id_, "mail", "1", "wallet", NOW + 5) == first
    db.write_now(service.consent, id_, "mail", "2", "user:u1", NOW + 10)
    assert [(one.version, one.withdrawn_at) for one in db.read_now(service.consents, id_)] == [
        ("1", NOW + 10),
        ("2", None),
    ]
    assert db.read_now(service.agrees, id_, "mail")
    assert db.write_now(service.withdraw, id_, "mail", NOW + 20) == 1
    assert not db.read_now(service.agrees, id_, "mail")
    assert db.write_now(service.withdraw, id_, "mail", NOW + 21) == 0
    db.write_now(service.consent, id_, "mail", "2", "wallet", NOW + 10)
    assert db.read_now(service.agrees, id_, "mail")
    assert refused(db.write_now(service.consent, "00" * 12, "mail", "1", "wallet", NOW)) == "unknown"


def test_devices_end_one_by_one_and_all_but_one(db: Database) -> None:
    wallets = Wallets(db)
    first = wallets.open()
    others = [wallets.more(first.customer) for _ in range(3)]
    stranger = wallets.open()
    (code,) = wallets.codes(others[0])
    assert refused(db.write_now(service.end_device, stranger.customer.id, first.device.id, NOW)) == "no_such_device"
    assert db.write_now(service.end_device, first.customer.id, others[0].device.id, NOW) == others[0].device.id
    assert db.read_now(service.device_customer, others[0].hash, NOW) is None
    assert refused(db.write_now(service.identify, code, "qr", KEYS, NOW, SHOP)) == "code_ended"
    assert db.write_now(service.end_other_devices, first.customer.id, first.device.id, NOW) == 2
    assert [one.id for one in db.read_now(service.list_devices, first.customer.id)] == [first.device.id]
    revoked = db.read_now(store.revoked, NOW)
    assert set(revoked) == {f"device:{one.device.id}" for one in others}
    assert db.read_now(store.revoked, NOW + joining.REVOKED_S) == {}


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Anna", "Anna"), ("  김 민수 ", "김 민수"), ("a\u202eb\x00c\nd", "a b c d"), ("x" * 100, "x" * 40), ("\t", ""),
        ("<b>=1+1", "<b>=1+1"),
    ],
)  # fmt: skip
def test_a_name_is_one_line(db: Database, typed: str, kept: str) -> None:
    wallets = Wallets(db)
    id_ = wallets.open().customer.id
    assert db.write_now(service.set_name, id_, typed, KEYS, random.randbytes) == kept
    assert db.read_now(service.contact, id_, "name", KEYS) == kept


def test_keys_are_those_the_rows_were_made_with(db: Database) -> None:
    from tests.access.customers.wallets import OTHERS

    assert db.write_now(store.settle_keys, KEYS.fingerprint, NOW)
    assert db.write_now(store.settle_keys, KEYS.fingerprint, NOW)
    assert not db.write_now(store.settle_keys, OTHERS.fingerprint, NOW)


def test_a_refusal_has_no_value_of_a_person(db: Database) -> None:
    no = db.write_now(joining.erase, "00" * 12, "customer", Hooks(), NOW)
    assert isinstance(no, Refusal)
    assert no.values == {}


def pages(connection: Any) -> bytes:
    """All pages of the customers' tables and their indexes, as the server keeps them."""
    connection.execute("CHECKPOINT")
    sql = (
        "SELECT pg_read_binary_file(pg_relation_filepath(c.oid)) FROM pg_class c JOIN pg_namespace n "
        "ON n.oid = c.relnamespace WHERE n.nspname = current_schema() AND c.relkind IN ('r', 'i', 't') "
        "AND c.relname LIKE 'access_%'"
    )
    return b"\n".join(row[0] for row in connection.execute(sql).fetchall())


def rewritten(connection: Any) -> None:
    """What docs/howto/customers.md tells shops to run that must prove an erasure."""
    for table in ("contact", "card", "device", "proof"):
        connection.execute(f"VACUUM FULL access_customer_{table}")


@pytest.mark.service
@pytest.mark.parametrize("database", ["postgres"], indirect=True)
def test_on_postgres_no_page_holds_a_phone_ever_nor_its_hash_after_an_erasure(database: OpenDatabase) -> None:
    import psycopg

    db = database("kvit.access")
    wallets = Wallets(db)
    for _ in range(20):
        wallets.open()
    customer = fill(wallets)
    with psycopg.connect(str(database.url), autocommit=True) as connection:
        try:
            before = pages(connection)
        except psycopg.errors.InsufficientPrivilege:
            pytest.skip("this server does not let us read its pages")
        assert [word for word in SECRET if word.encode() in before] == []
        assert all(hash_ in before for hash_ in hashes())
        db.write_now(joining.erase, customer.id, "customer", Hooks(), NOW)
        rewritten(connection)
        after = pages(connection)
    assert [word for word in [*SECRET, LABEL] if word.encode() in after] == []
    assert not any(hash_ in after for hash_ in hashes())


def test_a_customer_nobody_can_reach_any_more_goes(db: Database) -> None:
    wallets = Wallets(db)
    gone, carded, proven, seen = wallets.open(), wallets.open(), wallets.open(), wallets.open()
    db.write_now(
        service.remember_card, carded.customer.id, wallets.device_id(), CARD, "barcode", "", "wallet", KEYS, NOW
    )
    hash_, sealed = proving.contact_hash(KEYS, "phone", PHONE), b"x"
    db.write_now(store.put_contact, proven.customer.id, "phone", hash_, sealed, NOW)
    db.write_now(service.keep_alive, seen.hash, NOW + 1)
    db.write_now(service.meet, SHOP, gone.customer.id, NOW)
    late = NOW + devices.IDLE_S
    erased: list[str] = []
    hooks = Hooks(erase=lambda tx, id_: erased.append(id_))
    assert db.write_now(joining.sweep, hooks, late - 1) == 0
    assert db.write_now(joining.sweep, hooks, late) == 1
    assert set(erased) == {gone.customer.id}
    left = db.read_now(counts)
    assert (left[""], left["_device"]) == (3, 1)
    assert [entry.act for entry in db.read_now(audit_of)] == ["customer.erased"]


def audit_of(tx: Tx) -> list[Any]:
    return list(staff_store.entries(tx, SHOP))


def test_what_is_over_goes_though_nobody_comes(db: Database) -> None:
    wallets = Wallets(db)
    customer = fill(wallets)
    wallet = wallets.more(customer)
    (code,) = wallets.codes(wallet)
    db.write_now(service.identify, code, "qr", KEYS, NOW, SHOP)
    db.write_now(service.end_device, customer.id, wallet.device.id, NOW)
    tables = ("_proof", "_limit", "_used", "_revoked")

    def rows(tx: Tx) -> list[int]:
        return [(tx.one(f"SELECT count(*) FROM access_customer{table}") or (0,))[0] for table in tables]

    assert all(db.read_now(rows))
    db.write_now(joining.sweep, Hooks(), NOW + 2 * 86400)
    assert db.read_now(rows) == [0, 0, 0, 0]
    assert db.read_now(service.find, customer.id) is not None
