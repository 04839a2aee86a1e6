"""The shop's printers: added, changed, found by their word, and kept in step with kvit.toml."""

from __future__ import annotations

import msgspec
import pytest

from kvit.db import Database
from kvit.device.adapters.address import parse
from kvit.device.printers import service
from kvit.device.printers.model import FACTS_MAX, Origin, Printer, Way, way_of
from kvit.device.spool.model import Evidence
from kvit.refusal import Refusal
from tests.databases import OpenDatabase

SHOP = "shop-1"
NOW_MS = 1_800_000_000_000
COUNTER = Printer("counter", "escpos+tcp://192.168.1.50:9100")
STAR = Printer("bar", "starprnt+cloudprnt://001162aabbcc?paper=80")
ROOMS = ("kvit.device.spool", "kvit.device.printers")


@pytest.fixture
def db(database: OpenDatabase) -> Database:
    return database(*ROOMS)


def keep(db: Database, printer: Printer) -> Printer:
    kept = db.write_now(service.keep, SHOP, printer, NOW_MS)
    assert isinstance(kept, Printer), kept
    return kept


@pytest.mark.parametrize(
    ("address", "way"),
    [
        ("tcp://10.0.0.5", Way.WIRE), ("usb:///dev/usb/lp0", Way.WIRE), ("file:///tmp/paper", Way.WIRE),
        ("starprnt+cloudprnt://", Way.CALLS), ("star+cloudprnt://00:11:62:AA:BB:CC", Way.CALLS),
        ("epos+sdp://KITCHEN1", Way.CALLS), ("sunmi+sunmipull://N411", Way.CALLS),
        ("epos+https://10.0.0.9", Way.CLOUD), ("feie+http://api.feieyun.cn/922123456", Way.CLOUD),
    ],
)  # fmt: skip
def test_who_begins_the_talk(address: str, way: Way) -> None:
    parsed = parse(address)
    assert not isinstance(parsed, Refusal), parsed
    assert way_of(parsed) is way


def test_a_printer_is_kept_changed_and_forgotten(db: Database) -> None:
    assert keep(db, COUNTER) == COUNTER
    changed = keep(db, msgspec.structs.replace(COUNTER, able=Evidence.A))
    assert db.read_now(service.printers, SHOP) == [changed]
    assert db.write_now(service.remove, SHOP, "counter") == changed
    assert db.read_now(service.printer, SHOP, "counter") == Refusal("device.printer_unknown", {"name": "counter"})
    assert db.write_now(service.remove, SHOP, "counter") == Refusal("device.printer_unknown", {"name": "counter"})


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        (Printer("a/b", COUNTER.address), "device.printer_name"),
        (Printer("a", "fax://1"), "device.address_kind"),
        (Printer("a", COUNTER.address, fail_over="nobody"), "device.printer_fail_over"),
        (Printer("a", COUNTER.address, fail_over="a"), "device.printer_fail_over"),
    ],
)
def test_what_can_not_be_is_refused(db: Database, wrong: Printer, code: str) -> None:
    refused = db.write_now(service.keep, SHOP, wrong, NOW_MS)
    assert isinstance(refused, Refusal)
    assert refused.code == code
    assert db.read_now(service.printers, SHOP) == []


def test_stand_ins_form_no_ring(db: Database) -> None:
    for name in "abc":
        keep(db, Printer(name, COUNTER.address))
    keep(db, Printer("a", COUNTER.address, fail_over="b"))
    keep(db, Printer("b", COUNTER.address, fail_over="c"))
    refused = db.write_now(service.keep, SHOP, Printer("c", COUNTER.address, fail_over="a"), NOW_MS)
    assert isinstance(refused, Refusal)


def test_the_word_in_the_url_is_known_by_its_hash_whatever_its_capitals(db: Database) -> None:
    keep(db, STAR)
    first = db.write_now(service.fresh_token, SHOP, "bar", lambda count: bytes(range(count)), NOW_MS)
    assert isinstance(first, str)
    assert len(first) == 32
    found = db.read_now(service.by_token, SHOP, first.upper())
    assert found is not None
    assert found.name == "bar"
    second = db.write_now(service.fresh_token, SHOP, "bar", lambda count: b"\xff" * count, NOW_MS)
    assert second != first
    assert db.read_now(service.by_token, SHOP, first) is None
    assert db.read_now(service.by_token, "shop-2", str(second)) is None


def test_a_printer_we_reach_has_no_word(db: Database) -> None:
    keep(db, COUNTER)
    refused = db.write_now(service.fresh_token, SHOP, "counter", lambda count: bytes(count), NOW_MS)
    assert refused == Refusal("device.printer_calls", {"name": "counter"})


def test_a_new_address_is_another_machine(db: Database) -> None:
    keep(db, STAR)
    token = db.write_now(service.fresh_token, SHOP, "bar", lambda count: bytes(count), NOW_MS)
    db.write_now(service.learned, SHOP, "bar", Evidence.B, {"mac": "001162aabbcc"}, NOW_MS)
    keep(db, msgspec.structs.replace(STAR, address="starprnt+cloudprnt://001162ffffff"))
    moved = db.read_now(service.printer, SHOP, "bar")
    assert isinstance(moved, Printer)
    assert (moved.token_hash, moved.facts, moved.able) == (None, {}, None)
    assert db.read_now(service.by_token, SHOP, str(token)) is None


def test_what_a_printer_tells_is_bounded(db: Database) -> None:
    keep(db, STAR)
    for n in range(FACTS_MAX + 5):
        db.write_now(service.learned, SHOP, "bar", None, {f"fact {n}": "x" * 10_000}, NOW_MS)
    found = db.read_now(service.printer, SHOP, "bar")
    assert isinstance(found, Printer)
    assert len(found.facts) == FACTS_MAX
    assert max(len(value) for value in found.facts.values()) == 400


def test_the_file_and_the_page_agree_at_every_start(db: Database) -> None:
    of_file = Printer("counter", COUNTER.address, Origin.FILE)
    keep(db, STAR)
    assert [each.name for each in db.write_now(service.settle, SHOP, [of_file], NOW_MS)] == ["bar", "counter"]
    db.write_now(service.hold, SHOP, "counter", True, NOW_MS)
    db.write_now(service.learned, SHOP, "counter", Evidence.A, {"model": "TM-T88V"}, NOW_MS)
    settled = {each.name: each for each in db.write_now(service.settle, SHOP, [of_file], NOW_MS)}
    assert (settled["counter"].held, settled["counter"].able) == (True, Evidence.A)
    refused = Refusal("device.printer_file", {"name": "counter"})
    assert db.write_now(service.keep, SHOP, COUNTER, NOW_MS) == refused
    assert db.write_now(service.remove, SHOP, "counter") == refused
    assert [each.name for each in db.write_now(service.settle, SHOP, [], NOW_MS)] == ["bar"]
