from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor

import pytest

from kvit.db import ConstraintViolation, Database, Tx
from kvit.device.spool import service
from kvit.device.spool.model import ASK_MS, REASON_MAX, Effect, Event, Evidence, Form, Heard, Job, Kind, Payload, State
from kvit.device.spool.order import Order, order, order_raw
from kvit.device.spool.service import Accepted, Begun, Noted, Series
from kvit.device.spool.store import Filter
from kvit.paper.document import (
    Area,
    Block,
    Cell,
    Code,
    Column,
    Document,
    Frame,
    Pair,
    Part,
    Span,
    Table,
    Text,
    print_document,
)
from kvit.refusal import Refusal
from tests.databases import OpenDatabase
from tests.device.spool.jobs import HOUR_MS, NOW_MS, RECEIPT, SHOP, ordered

OTHER = print_document(Document([Text("another paper")]))


@pytest.fixture
def db(database: OpenDatabase) -> Database:
    return database("kvit.device.spool")


def accept(db: Database, key: str = "sale 1", now_ms: int = NOW_MS, **values: object) -> Job:
    return accept_all(db, ordered(key, **values), now_ms)[0]  # type: ignore[arg-type]


def accept_all(db: Database, given: Order, now_ms: int = NOW_MS) -> tuple[Job, ...]:
    accepted = db.write_now(service.accept, SHOP, given, now_ms)
    assert isinstance(accepted, Accepted)
    return accepted.jobs


def begin(db: Database, job: Job, able: Evidence = Evidence.A) -> Job:
    begun = db.write_now(service.begin, SHOP, job.id, able, NOW_MS)
    assert isinstance(begun, Begun)
    assert begun.payload.body == RECEIPT
    return begun.job


def note(db: Database, job: Job, *events: Event, now_ms: int = NOW_MS) -> Noted:
    noted: Noted | Refusal = Noted(job)
    for event in events:
        noted = db.write_now(service.note, SHOP, job.id, Heard(event, job.pid), now_ms)
    assert isinstance(noted, Noted)
    return noted


def get(db: Database, id_: str) -> Job:
    job = db.read_now(service.get, SHOP, id_)
    assert isinstance(job, Job)
    return job


def unknown(db: Database, key: str = "sale 1") -> Job:
    return note(db, begin(db, accept(db, key)), Event.BYTES_OUT, Event.LINK_LOST).job


def next_id(db: Database, printer: str = "front", now_ms: int = NOW_MS) -> str | None:
    job = db.read_now(service.next_for, SHOP, printer, now_ms)
    return None if job is None else job.id


def test_the_straight_way(db: Database) -> None:
    job = accept(db, title="0042")
    assert (job.state, job.copy, job.sha256, job.title) == (State.QUEUED, 1, hashlib.sha256(RECEIPT).digest(), "0042")
    assert next_id(db) == job.id
    begun = begin(db, job)
    assert (begun.state, begun.attempt, begun.pid) == (State.SENDING, 1, b"    ")
    printed = note(db, begun, Event.BYTES_OUT, Event.ID_ANSWER)
    assert (printed.job.state, printed.job.evidence) == (State.PRINTED, Evidence.A)
    assert next_id(db) is None
    assert [
        (line.step, line.event, line.before, line.after) for line in db.read_now(service.history, SHOP, job.id)
    ] == [
        (1, Event.ACCEPTED, None, State.QUEUED),
        (2, Event.BEGUN, State.QUEUED, State.SENDING),
        (3, Event.BYTES_OUT, State.SENDING, State.CONFIRMING),
        (4, Event.ID_ANSWER, State.CONFIRMING, State.PRINTED),
    ]
    assert db.read_now(service.payload, SHOP, job.id) == Payload(Form.DOCUMENT, "", RECEIPT)


def test_a_key_is_accepted_once(db: Database) -> None:
    first = accept_all(db, ordered(copies=3))
    again = db.write_now(service.accept, SHOP, ordered(copies=3, deadline_ms=1), NOW_MS + 5)
    assert again == Accepted(first, fresh=False)
    assert [job.copy for job in first] == [1, 2, 3]
    for other in (ordered(copies=2), ordered(printer="bar", copies=3), ordered(copies=3, priority=6)):
        told = db.write_now(service.accept, SHOP, other, NOW_MS)
        assert told == Refusal("device.job_conflict", {"key": "sale 1"})
    assert isinstance(db.write_now(service.accept, "shop-2", ordered(copies=2), NOW_MS), Accepted)
    assert len(db.read_now(service.search, SHOP, Filter())) == 3


@pytest.mark.parametrize(("values", "code"), [
    ({"key": ""}, "device.job_order"), ({"key": "a\0"}, "device.job_order"), ({"printer": "p" * 121}, "device.job_order"),
    ({"copies": 10}, "device.job_order"), ({"priority": 10}, "device.job_order"), ({"priority": -1}, "device.job_order"),
    ({"title": "t" * 121}, "device.job_order"), ({"document": b"{}"}, "device.job_document"),
    ({"document": b"\xff"}, "device.job_document"), ({"document": b" " * ((16 << 20) + 1)}, "device.job_document"),
])  # fmt: skip
def test_bad_orders(values: dict[str, object], code: str) -> None:
    refused = order(**{"key": "k", "printer": "p", "document": RECEIPT, **values})  # type: ignore[arg-type]
    assert isinstance(refused, Refusal)
    assert refused.code == code


def test_by_priority_then_age_and_one_in_flight_a_printer(db: Database) -> None:
    low, first, second, urgent = (accept(db, key, priority=p) for key, p in (("a", 0), ("b", 5), ("c", 5), ("d", 9)))
    elsewhere = accept(db, "e", printer="bar")
    order_seen = []
    for _ in range(4):
        id_ = next_id(db)
        assert id_ is not None
        order_seen.append(id_)
        begun = begin(db, get(db, id_))
        assert next_id(db) is None
        for waiting in {low.id, first.id, second.id, urgent.id} - set(order_seen):
            assert db.write_now(service.begin, SHOP, waiting, Evidence.A, NOW_MS) == Refusal(
                "device.job_busy", {"printer": "front"}
            )
        note(db, begun, Event.ID_ANSWER)
    assert order_seen == [urgent.id, first.id, second.id, low.id]
    assert next_id(db, "bar") == elsewhere.id


def test_a_blocked_printer_holds_its_queue_and_goes_on_in_order(db: Database) -> None:
    first, second = accept(db, "a"), accept(db, "b")
    blocked = db.write_now(service.note, SHOP, first.id, Heard(Event.PREFLIGHT_BAD, reason="paper"), NOW_MS)
    assert isinstance(blocked, Noted)
    assert (blocked.job.state, blocked.job.reason, blocked.effect) == (State.BLOCKED, "paper", Effect.REPORT)
    assert next_id(db) is None
    assert [noted.job.id for noted in db.write_now(service.ready, SHOP, "front", NOW_MS)] == [first.id]
    assert next_id(db) == first.id != second.id


def test_what_a_printer_refuses_is_blocked_for_itself(db: Database) -> None:
    first, second = accept(db, "1"), accept(db, "2")
    refusal = Heard(Event.PREFLIGHT_BAD, reason="refused: " + "x" * 500 + "\0")
    refused = db.write_now(service.note, SHOP, first.id, refusal, NOW_MS)
    assert isinstance(refused, Noted)
    assert (refused.job.state, len(refused.job.reason)) == (State.BLOCKED, REASON_MAX)
    assert next_id(db) == second.id
    assert db.write_now(service.ready, SHOP, "front", NOW_MS) == []
    assert db.read_now(service.waiting, SHOP, "front") == [first.id, second.id]
    moved = db.write_now(service.move, SHOP, first.id, "bar", "u7", NOW_MS)
    assert isinstance(moved, Noted)
    assert next_id(db, "bar") == first.id


@pytest.mark.parametrize("events", [(), (Event.BYTES_OUT,), (Event.BYTES_OUT, Event.PAPER_END)])
def test_a_restart_makes_unknown_and_sends_nothing_again(db: Database, events: tuple[Event, ...]) -> None:
    job = note(db, begin(db, accept(db)), *events).job
    waiting = accept(db, "b")
    assert [noted.job.state for noted in db.write_now(service.restart, SHOP, NOW_MS)] == [State.UNKNOWN]
    assert next_id(db) == waiting.id
    assert db.write_now(service.begin, SHOP, job.id, Evidence.A, NOW_MS) == Refusal(
        "device.job_state", {"state": "unknown"}
    )
    assert [asked.id for asked in db.read_now(service.asked, SHOP, NOW_MS)] == [job.id]
    assert db.write_now(service.restart, SHOP, NOW_MS) == []


def test_a_late_answer_is_believed_and_a_strange_one_is_not(db: Database) -> None:
    job = unknown(db)
    assert job.pid is not None
    assert db.write_now(service.answered, SHOP, "front", b"~~~~", NOW_MS) == Refusal("device.job_unknown")
    assert db.write_now(service.answered, SHOP, "bar", job.pid, NOW_MS) == Refusal("device.job_unknown")
    printed = db.write_now(service.answered, SHOP, "front", job.pid, NOW_MS)
    assert isinstance(printed, Noted)
    assert printed.job.state is State.PRINTED


def test_proof_of_absence_sends_the_original_again_under_another_id(db: Database) -> None:
    job = begin(db, accept(db))
    assert note(db, job, Event.LINK_LOST, Event.ZERO_BYTES).effect is Effect.AGAIN
    again = begin(db, get(db, job.id))
    assert (again.attempt, again.pid) == (2, b"   !")
    assert not note(db, job, Event.ZERO_BYTES).changed  # of the first attempt
    assert again.copy == 1


def test_power_on_changes_the_first_byte(db: Database) -> None:
    note(db, begin(db, accept(db)), Event.ID_ANSWER)
    db.write_now(service.power_on, SHOP, "front")
    assert begin(db, accept(db, "b")).pid == b"!  !"


def test_a_person_says_yes(db: Database) -> None:
    job = unknown(db)
    assert db.write_now(service.answer, SHOP, job.id, True, "", NOW_MS) == Refusal("device.job_nameless")
    for changed in (True, False):
        noted = db.write_now(service.answer, SHOP, job.id, True, "u7", NOW_MS)
        assert isinstance(noted, Noted)
        assert (noted.job.state, noted.job.evidence, noted.job.by) == (State.PRINTED, Evidence.PERSON, "u7")
        assert noted.changed == changed
    assert db.write_now(service.answer, SHOP, job.id, False, "u7", NOW_MS) == Refusal(
        "device.job_state", {"state": "printed"}
    )


def test_a_person_says_no(db: Database) -> None:
    job = unknown(db)
    noted = db.write_now(service.answer, SHOP, job.id, False, "u7", NOW_MS)
    assert isinstance(noted, Noted)
    child = noted.child
    assert child is not None
    assert (child.state, child.copy, child.parent, child.sha256) == (State.QUEUED, 2, job.id, job.sha256)
    assert (noted.job.state, noted.job.copied) == (State.UNKNOWN, True)
    again = db.write_now(service.answer, SHOP, job.id, False, "u7", NOW_MS)
    assert isinstance(again, Noted)
    assert not again.changed
    assert db.read_now(service.asked, SHOP, NOW_MS) == []
    assert begin(db, child).copy == 2


def test_nobody_answers(db: Database) -> None:
    unknown(db)
    assert db.write_now(service.unanswered, SHOP, NOW_MS + ASK_MS - 1) == []
    (noted,) = db.write_now(service.unanswered, SHOP, NOW_MS + ASK_MS)
    assert noted.child is not None
    assert noted.child.copy == 2
    note(db, begin(db, noted.child), Event.LINK_LOST)
    assert db.write_now(service.unanswered, SHOP, NOW_MS + 10 * ASK_MS) == []
    assert len(db.read_now(service.search, SHOP, Filter())) == 2


def test_deadlines(db: Database) -> None:
    kitchen = accept(db, "k", kind=Kind.KITCHEN)
    receipt = accept(db, "r")
    assert kitchen.deadline_ms == NOW_MS + 600_000
    assert next_id(db, now_ms=kitchen.deadline_ms) == receipt.id
    assert db.write_now(service.begin, SHOP, kitchen.id, Evidence.A, kitchen.deadline_ms) == Refusal(
        "device.job_state", {"state": "queued"}
    )
    assert db.write_now(service.expire, SHOP, kitchen.deadline_ms - 1) == []
    (noted,) = db.write_now(service.expire, SHOP, kitchen.deadline_ms)
    assert (noted.job.id, noted.job.state, noted.effect) == (kitchen.id, State.EXPIRED, Effect.REPORT)
    paused = note(db, begin(db, receipt), Event.BYTES_OUT, Event.PAPER_END).job
    for state in (State.UNKNOWN, State.EXPIRED):
        assert [n.job.state for n in db.write_now(service.expire, SHOP, receipt.deadline_ms)] == [state]
    assert note(db, paused, Event.ID_ANSWER).job.state is State.PRINTED


def test_cancelling(db: Database) -> None:
    job, flying, gone = accept(db, "a"), begin(db, accept(db, "b", printer="bar")), unknown(db, "c")
    assert db.write_now(service.cancel, SHOP, job.id, "", NOW_MS) == Refusal("device.job_nameless")
    for one in (job, gone):
        for changed in (True, False):
            noted = db.write_now(service.cancel, SHOP, one.id, "u7", NOW_MS)
            assert isinstance(noted, Noted)
            assert (noted.job.state, noted.job.by, noted.changed) == (State.CANCELLED, "u7", changed)
    refused = db.write_now(service.cancel, SHOP, flying.id, "u7", NOW_MS)
    assert refused == Refusal("device.job_state", {"state": "sending"})
    assert db.write_now(service.cancel, SHOP, "nothing", "u7", NOW_MS) == Refusal("device.job_unknown")


def test_moving_only_what_surely_has_not_printed(db: Database) -> None:
    job = accept(db)
    db.write_now(service.note, SHOP, job.id, Heard(Event.PREFLIGHT_BAD, reason="offline"), NOW_MS)
    moved = db.write_now(service.move, SHOP, job.id, "bar", "", NOW_MS)
    assert isinstance(moved, Noted)
    assert (moved.job.state, moved.job.printer) == (State.QUEUED, "bar")
    assert db.write_now(service.move, SHOP, job.id, "", "", NOW_MS) == Refusal("device.job_order", {"what": "printer"})
    begun = begin(db, moved.job)
    for _ in range(2):
        refused = db.write_now(service.move, SHOP, job.id, "front", "", NOW_MS)
        assert isinstance(refused, Refusal)
        assert refused.code == "device.job_state"
        note(db, begun, Event.TIME_OUT)


def test_reprinting(db: Database) -> None:
    job = accept(db)
    early = db.write_now(service.reprint, SHOP, job.id, "again 1", "u7", NOW_MS)
    assert early == Refusal("device.job_state", {"state": "queued"})
    note(db, begin(db, job), Event.ID_ANSWER)
    child = db.write_now(service.reprint, SHOP, job.id, "again 1", "u7", NOW_MS + HOUR_MS)
    assert isinstance(child, Job)
    assert (child.copy, child.parent, child.deadline_ms) == (2, job.id, NOW_MS + 5 * HOUR_MS)
    assert db.write_now(service.reprint, SHOP, job.id, "again 1", "u7", NOW_MS) == child
    for key, id_, by in (("again 1", child.id, "u7"), ("again 1", job.id, "u8"), ("sale 1", job.id, "u7")):
        assert db.write_now(service.reprint, SHOP, id_, key, by, NOW_MS) == Refusal("device.job_conflict", {"key": key})
    second = db.write_now(service.reprint, SHOP, job.id, "again 2", "u8", NOW_MS)
    assert isinstance(second, Job)
    assert second.copy == 3
    original = get(db, job.id)
    assert (original.state, original.evidence, original.by) == (State.PRINTED, Evidence.A, "")
    assert db.write_now(service.accept, SHOP, ordered("again 1"), NOW_MS) == Refusal(
        "device.job_conflict", {"key": "again 1"}
    )


def test_search(db: Database) -> None:
    for n in range(5):
        accept(db, f"sale {n}", NOW_MS + n, title=f"100%_{n}", kind=Kind.SLIP if n % 2 else Kind.RECEIPT)
    accept(db, "order 9", NOW_MS + 9, printer="bar", title="Table 4")

    def titles(wanted: Filter, before_n: int | None = None, limit: int = 50) -> list[str]:
        return [job.title for job in db.read_now(service.search, SHOP, wanted, before_n, limit)]

    assert titles(Filter(text="0%_3")) == ["100%_3"]
    assert titles(Filter(text="0_3")) == []
    assert titles(Filter(text="ORDER")) == ["Table 4"]
    assert titles(Filter(printer="bar", state=State.QUEUED)) == ["Table 4"]
    assert titles(Filter(state=State.SENT)) == []
    assert titles(Filter(kind=Kind.SLIP)) == ["100%_3", "100%_1"]
    assert titles(Filter(from_ms=NOW_MS + 1, until_ms=NOW_MS + 3)) == ["100%_2", "100%_1"]
    page = db.read_now(service.search, SHOP, Filter(), None, 4)
    assert [job.title for job in page] + titles(Filter(), page[-1].n) == titles(Filter())
    assert db.read_now(service.search, "shop-2", Filter()) == []


@pytest.mark.parametrize("sql", [
    "UPDATE spool_history SET after = 'printed'", "DELETE FROM spool_history", "DELETE FROM spool_job",
    "UPDATE spool_job SET state = 'queued' WHERE state = 'printed'",
    "UPDATE spool_job SET state = 'printed' WHERE state = 'queued'",
    "UPDATE spool_job SET state = 'cancelled' WHERE state = 'queued'",
    "UPDATE spool_job SET state = 'lost' WHERE state = 'queued'",
    "UPDATE spool_job SET state = 'sending', pid = NULL WHERE state = 'queued'",
    "UPDATE spool_job SET evidence = 'A' WHERE state = 'queued'",
])  # fmt: skip
def test_the_tables_themselves_say_no(db: Database, sql: str) -> None:
    note(db, begin(db, accept(db)), Event.ID_ANSWER)
    accept(db, "b")

    def forge(tx: Tx) -> int:
        return tx.run(sql)

    with pytest.raises(ConstraintViolation):
        db.write_now(forge)


def test_many_workers_begin_one_job_a_printer(db: Database) -> None:
    """On PostgreSQL these run on eight connections at once."""
    jobs = [accept(db, f"sale {n}", printer=("front", "bar")[n % 2]) for n in range(12)]

    def attempt(job: Job) -> Begun | Refusal:
        return db.write_now(service.begin, SHOP, job.id, Evidence.A, NOW_MS)

    with ThreadPoolExecutor(8) as pool:
        begun = [each.job.printer for each in pool.map(attempt, jobs) if isinstance(each, Begun)]
    assert sorted(begun) == ["bar", "front"]


def test_many_ask_for_the_same(db: Database) -> None:
    with ThreadPoolExecutor(8) as pool:
        told = list(pool.map(lambda _: db.write_now(service.accept, SHOP, ordered(copies=2), NOW_MS), range(16)))
    assert sum(isinstance(each, Accepted) and each.fresh for each in told) == 1
    assert all(isinstance(each, Accepted) and len(each.jobs) == 2 for each in told)
    job = note(db, begin(db, get(db, told[0].jobs[0].id)), Event.TIME_OUT).job  # type: ignore[union-attr]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: db.write_now(service.answer, SHOP, job.id, False, "u7", NOW_MS), range(16)))
    assert len(db.read_now(service.search, SHOP, Filter())) == 3


def wiped(db: Database, job: Job) -> bool:
    return db.read_now(service.payload, SHOP, job.id) == Refusal("device.job_wiped")


def test_papers_are_wiped_and_histories_stay(db: Database) -> None:
    old = note(db, begin(db, accept(db, "old")), Event.BYTES_OUT, Event.ID_ANSWER).job
    waits = accept(db, "waits", document=OTHER)
    assert db.write_now(service.wipe, SHOP, HOUR_MS, NOW_MS + HOUR_MS) == 0
    assert db.write_now(service.wipe, SHOP, HOUR_MS, NOW_MS + HOUR_MS + 1) == 1
    assert (wiped(db, old), wiped(db, waits)) == (True, False)
    assert db.read_now(service.history, SHOP, old.id)[-1].after is State.PRINTED
    assert get(db, old.id).sha256 == hashlib.sha256(RECEIPT).digest()
    assert db.write_now(service.reprint, SHOP, old.id, "again", "u7", NOW_MS) == Refusal("device.job_wiped")
    assert db.write_now(service.wipe, SHOP, HOUR_MS, NOW_MS + 3 * HOUR_MS) == 0


def test_asking_again_for_a_wiped_paper_brings_nothing_back_and_a_new_order_does(db: Database) -> None:
    job = note(db, begin(db, accept(db)), Event.BYTES_OUT, Event.ID_ANSWER).job
    db.write_now(service.wipe, SHOP, 0, NOW_MS + 1)
    again = db.write_now(service.accept, SHOP, ordered(), NOW_MS + 2)
    assert isinstance(again, Accepted)
    assert not again.fresh
    assert wiped(db, job)
    fresh = accept(db, "sale 2")
    assert db.read_now(service.payload, SHOP, fresh.id) == Payload(Form.DOCUMENT, "", RECEIPT)


def test_a_secret_is_wiped_when_the_last_job_with_it_has_ended(db: Database) -> None:
    first = accept(db, "1", secret=True)
    second = accept(db, "2", secret=True)
    unknown = note(db, begin(db, first), Event.BYTES_OUT, Event.LINK_LOST).job
    note(db, begin(db, second), Event.BYTES_OUT, Event.ID_ANSWER)
    assert not wiped(db, second)
    db.write_now(service.answer, SHOP, unknown.id, True, "u7", NOW_MS)
    assert wiped(db, first)
    assert wiped(db, second)


CARD, MASKED = "4111 1111 1111 1111", "**** **** **** ****"
HELD = [
    [Text(f"Card {CARD}")],
    [Text([Span("Card "), Span("4111 1111", bold=True), Span(" 1111 1111")])],
    [Pair("Card", CARD)],
    [Table([Column(), Column()], [["Card", CARD], [Cell([Span(CARD)]), "x"]])],
    [Frame([Text(CARD)])],
    [Area([Part([Text(CARD)])], 5)],
]


@pytest.mark.parametrize("blocks", HELD)
def test_card_numbers_are_stars_before_anything_is_kept(blocks: list[Block]) -> None:
    made = ordered(document=print_document(Document(blocks)))
    assert b"1111" not in made.payload.body
    assert made == ordered(document=print_document(Document(blocks)))
    assert ordered(document=made.payload.body).payload == made.payload


def test_card_numbers_in_a_tills_bytes(db: Database) -> None:
    made = order_raw("1", "front", f"\x1b@{CARD}\n\x1dV\0".encode(), "TM-T88V")
    assert isinstance(made, Order)
    assert made.payload.body == f"\x1b@{MASKED}\n\x1dV\0".encode()
    assert order_raw("1", "front", b"x", "no such") == Refusal("device.job_order", {"what": "profile"})
    code = print_document(Document([Code("qr", CARD.replace(" ", ""))]))
    assert ordered(document=code).payload.body == code


def test_the_next_copy_waits_until_the_one_before_it_is_out(database: OpenDatabase) -> None:
    db = database("kvit.device.spool")
    accepted = db.write_now(service.accept, SHOP, ordered(copies=3), NOW_MS)
    assert isinstance(accepted, Accepted)
    first, second, third = (job.id for job in accepted.jobs)

    def next_id() -> str | None:
        job = db.read_now(service.next_for, SHOP, "front", NOW_MS)
        return None if job is None else job.id

    def printed(id_: str) -> None:
        begun = db.write_now(service.begin, SHOP, id_, Evidence.A, NOW_MS)
        assert isinstance(begun, Begun)
        db.write_now(service.note, SHOP, id_, Heard(Event.BYTES_OUT, begun.job.pid), NOW_MS)
        db.write_now(service.note, SHOP, id_, Heard(Event.ID_ANSWER, begun.job.pid), NOW_MS)

    printed(first)
    assert next_id() == second
    begun = db.write_now(service.begin, SHOP, second, Evidence.A, NOW_MS)
    assert isinstance(begun, Begun)
    db.write_now(service.note, SHOP, second, Heard(Event.LINK_LOST, begun.job.pid, reason="cut"), NOW_MS)
    assert next_id() is None, "nobody knows of the second: the third waits"
    assert db.read_now(service.series, SHOP, "sale 1") == Series(3, 1, State.UNKNOWN, 2, "cut", "unconfirmed")
    db.write_now(service.answer, SHOP, second, True, "u1", NOW_MS)
    assert next_id() == third
    printed(third)
    assert db.read_now(service.series, SHOP, "sale 1") == Series(3, 3, State.PRINTED, 3, "")


def test_copies_that_stopped_hold_up_nobody_else(database: OpenDatabase) -> None:
    db = database("kvit.device.spool")
    accepted = db.write_now(service.accept, SHOP, ordered(copies=2), NOW_MS)
    assert isinstance(accepted, Accepted)
    db.write_now(service.accept, SHOP, ordered("sale 2"), NOW_MS)
    db.write_now(service.cancel, SHOP, accepted.jobs[0].id, "u1", NOW_MS)
    job = db.read_now(service.next_for, SHOP, "front", NOW_MS)
    assert job is not None
    assert job.family == "sale 2"
    stopped = db.read_now(service.series, SHOP, "sale 1")
    assert isinstance(stopped, Series)
    assert (stopped.asked, stopped.printed, stopped.state, stopped.error) == (2, 0, State.CANCELLED, "cancelled")


def test_a_copy_that_stays_at_the_printer_is_not_confirmed(database: OpenDatabase) -> None:
    db = database("kvit.device.spool")
    accepted = db.write_now(service.accept, SHOP, ordered(copies=2), NOW_MS)
    assert isinstance(accepted, Accepted)
    db.write_now(service.begin, SHOP, accepted.jobs[0].id, Evidence.A, NOW_MS)
    for later_ms, error in ((14_999, ""), (15_000, "unconfirmed")):
        found = db.read_now(service.series, SHOP, "sale 1", NOW_MS + later_ms)
        assert isinstance(found, Series)
        assert (found.printed, found.error) == (0, error)
