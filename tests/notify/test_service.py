"""The queue on both data bases: what every end of a try leads to, idempotence, limits, lanes, clocks, wiping, erasure."""

from __future__ import annotations

import tempfile
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kvit.db import open_database
from kvit.notify import events, service
from kvit.notify.backoff import LANE_WAIT_MAX_S, WAITS_S, lane_wait_ms, wait_ms
from kvit.notify.model import (
    ADDRESS_MS,
    AGAIN_WHEN_UNKNOWN,
    DAY_MS,
    HOOKS_AT_ONCE,
    OPEN,
    WIDTH,
    Kind,
    Notice,
    State,
    Verdict,
)
from kvit.notify.sealing import Seal
from kvit.refusal import Refusal
from tests.databases import OpenDatabase
from tests.notify.queue import MAIL, PHONE, SHOP, Queue, limited

PEOPLE = [Kind.MAIL, Kind.SMS, Kind.PUSH]


@pytest.fixture
def queue(database: OpenDatabase) -> Queue:
    return Queue(database("kvit.notify"))


ENDS = {
    Verdict.DONE: State.DONE, Verdict.DRY: State.DRY, Verdict.LATER: State.WAITING, Verdict.AWAY: State.WAITING,
    Verdict.CLOSED: State.WAITING, Verdict.REFUSED: State.REFUSED, Verdict.GONE: State.REFUSED,
}  # fmt: skip


def test_what_every_end_leads_to_and_leaves_behind(queue: Queue) -> None:
    for kind in Kind:
        for verdict in Verdict:
            made = queue.kind(kind, f"{kind}{verdict}")
            (due,) = queue.take()
            assert due.tries == 1
            state = queue.ended(due, verdict)
            wanted = ENDS.get(verdict, State.WAITING if kind in AGAIN_WHEN_UNKNOWN else State.UNKNOWN)
            assert (state, queue.get(made.id).state) == (wanted, wanted)
            target, content, slot, hint = queue.row(made.id)
            kept = state in OPEN or state is State.UNKNOWN
            if kind is Kind.HOOK:
                assert content, "events are kept to be played again"
            else:
                assert (target is not None) == kept
                assert (content is not None) == (kept or state is State.DRY)
                assert (slot is not None) == (kept or state is State.DRY)
                assert not hint or kept
            queue.db.write_now(service.drop, SHOP, made.id, queue.now_ms)
            queue.now_ms += 2 * 3_600_000  # a shut way is open again
    assert queue.take() == []


def test_an_order_told_twice_is_one(queue: Queue) -> None:
    first = queue.send(queue.message())
    queue.now_ms += 60_000
    assert queue.send(queue.message()).id == first.id
    assert len(queue.take()) == 1
    assert queue.db.write_now(service.send, SHOP, queue.message(text="Other"), "k") == Refusal(
        "notify.conflict", {"message": first.id}
    )
    assert queue.db.write_now(service.send, SHOP, queue.message(to="+77012345678"), "k") == Refusal(
        "notify.conflict", {"message": first.id}
    )
    other = queue.db.write_now(service.send, "shop-2", queue.message(), "k")
    assert isinstance(other, Notice)
    assert other.id != first.id


def test_a_days_limits(queue: Queue) -> None:
    limited(queue, sms_to_one=2, sms=3)
    assert [_ordered(queue, PHONE, place) for place in range(3)] == ["", "", "notify.too_many_to_one"]
    assert [_ordered(queue, "+77012345678", place) for place in range(2)] == ["", "notify.too_many"]
    assert len(queue.take()) == 3, "what was refused is not there"
    assert _ordered(queue, PHONE, 1) == "", "told again it is no other"
    queue.now_ms += DAY_MS
    queue.db.write_now(service.tidy, queue.now_ms)
    assert _ordered(queue, PHONE, 9) == ""


def _ordered(queue: Queue, to: str, place: int) -> str:
    made = queue.db.write_now(service.send, SHOP, queue.message(to=to), f"{to}{place}")
    return made.code if isinstance(made, Refusal) else ""


def test_pumping_to_one_prefix_is_seen(queue: Queue) -> None:
    for place in range(6):
        queue.send(queue.message(to=f"+25261000000{place}"), f"k{place}")
    assert queue.db.read_now(service.standing, queue.now_ms, 6).prefixes == [(SHOP, "prefix:+2526", 6)]
    assert queue.db.read_now(service.standing, queue.now_ms, 7).prefixes == []


@pytest.mark.parametrize("kind", list(Kind))
def test_a_way_that_fails_is_tried_with_one_message_alone(queue: Queue, kind: Kind) -> None:
    for place in range(10):
        queue.kind(kind, f"k{place}")
    lane = queue.take(1)
    assert len(queue.take(100, **{lane[0].lane: 1})) == WIDTH[kind] - 1
    queue.ended(lane[0], Verdict.AWAY)
    assert queue.take() == []
    queue.now_ms += lane_wait_ms(kind, 1, lane[0].lane)
    (probe,) = queue.take(100)
    assert queue.take(100, **{probe.lane: 1}) == []
    queue.ended(probe, Verdict.DONE)
    assert len(queue.take(100)) > 0


def test_two_lanes_do_not_wait_for_one_another(queue: Queue) -> None:
    queue.endpoint("ep2")
    queue.kind(Kind.HOOK)
    due = {each.endpoint: each for each in queue.take()}
    assert set(due) == {"ep1", "ep2"}
    queue.ended(due["ep1"], Verdict.AWAY)
    queue.ended(due["ep2"], Verdict.DONE)
    queue.kind(Kind.HOOK, "more")
    assert [each.endpoint for each in queue.take()] == ["ep2"]


def test_sleeping_receivers_leave_room_for_people(queue: Queue) -> None:
    for place in range(12):
        queue.endpoint(f"ep{place:02}")
    for place in range(5):
        queue.db.write_now(events.receipt_stored, SHOP, f"r{place}", "t", "sale", queue.now_ms)
    hooks = queue.take(32)
    assert len(hooks) == HOOKS_AT_ONCE
    flying = Counter(due.lane for due in hooks)
    assert queue.db.write_now(service.take, queue.now_ms, flying, 12) == []
    code = queue.send(queue.message(urgent=True), "code")
    assert [due.id for due in queue.db.write_now(service.take, queue.now_ms, flying, 12)] == [code.id]


def test_a_code_goes_before_a_hundred_receipts(queue: Queue) -> None:
    for place in range(20):
        queue.send(queue.message(Kind.MAIL, text=str(place)), f"k{place}")
    code = queue.sealer.mail(MAIL, "482913", "Your code", about="code")
    assert not isinstance(code, Refusal)
    made = queue.send(code, "code")
    assert queue.take(1)[0].id == made.id


def test_nobody_is_written_to_after_the_time(queue: Queue) -> None:
    made = queue.send(queue.message(minutes=5))
    queue.now_ms += 5 * 60_000
    assert queue.take() == []
    assert queue.db.write_now(service.expire, queue.now_ms) == 1
    assert queue.get(made.id).state is State.EXPIRED
    assert queue.row(made.id) == (None, None, None, "")


def test_a_retry_behind_the_time_is_none(queue: Queue) -> None:
    queue.send(queue.message(minutes=5))
    queue.ended(queue.take()[0], Verdict.LATER, wait_s=600)
    queue.now_ms += 601_000
    assert queue.take() == []


@pytest.mark.parametrize("kind", list(Kind))
def test_what_was_on_its_way_at_a_crash(queue: Queue, kind: Kind) -> None:
    made = queue.kind(kind)
    queue.take()
    (state,) = queue.db.write_now(service.restart, queue.now_ms)
    assert state is (State.UNKNOWN if kind is Kind.SMS else State.WAITING)
    assert queue.db.write_now(service.restart, queue.now_ms) == []
    again = queue.take()
    assert [each.id for each in again] == ([] if kind is Kind.SMS else [made.id])


def test_a_person_sends_an_unknown_text_again_or_leaves_it(queue: Queue) -> None:
    made = queue.send(queue.message())
    queue.ended(queue.take()[0], Verdict.UNKNOWN)
    queue.now_ms += 3_600_000
    assert queue.take() == []
    assert isinstance(queue.db.write_now(service.again, SHOP, made.id, queue.now_ms), Notice)
    (due,) = queue.take()
    assert due.tries == 2
    queue.ended(due, Verdict.UNKNOWN)
    assert isinstance(queue.db.write_now(service.drop, SHOP, made.id, queue.now_ms), Notice)
    assert queue.row(made.id) == (None, None, None, "")
    for verb in (service.again, service.drop):
        assert queue.db.write_now(verb, SHOP, made.id, queue.now_ms) == Refusal("notify.over")
        assert queue.db.write_now(verb, SHOP, "none", queue.now_ms) == Refusal("notify.unknown")
        assert queue.db.write_now(verb, "shop-2", made.id, queue.now_ms) == Refusal("notify.unknown")


@pytest.mark.parametrize("verdict", [Verdict.UNKNOWN, Verdict.DRY])
def test_after_three_days_no_address_and_no_words_are_left(queue: Queue, verdict: Verdict) -> None:
    made = queue.send(queue.message())
    queue.ended(queue.take()[0], verdict)
    queue.now_ms += ADDRESS_MS - 1
    queue.db.write_now(service.tidy, queue.now_ms)
    assert queue.row(made.id)[1] is not None
    queue.now_ms += 2
    assert queue.db.write_now(service.tidy, queue.now_ms) == 1
    assert queue.row(made.id) == (None, None, None, "")


@pytest.mark.parametrize("kind", PEOPLE)
def test_nothing_lives_longer_than_three_days(queue: Queue, kind: Kind) -> None:
    made = queue.kind(kind)
    queue.now_ms += ADDRESS_MS + 1
    assert queue.take() == []
    queue.db.write_now(service.expire, queue.now_ms)
    assert queue.row(made.id) == (None, None, None, "")


def test_events_are_kept_thirty_days_and_rows_a_year(queue: Queue) -> None:
    made = queue.kind(Kind.HOOK)
    queue.ended(queue.take()[0], Verdict.DONE)
    queue.now_ms += service.EVENT_KEPT_MS + 1
    queue.db.write_now(service.tidy, queue.now_ms)
    assert queue.row(made.id)[1] is None
    queue.now_ms += service.ROWS_KEPT_MS
    queue.db.write_now(service.tidy, queue.now_ms)
    assert queue.db.read_now(service.get, SHOP, made.id) == Refusal("notify.unknown")


def test_an_erasure_finds_a_number_and_no_other(queue: Queue) -> None:
    mine = [queue.send(queue.message(text=str(place)), str(place)) for place in range(3)]
    other = queue.send(queue.message(to="+77012345678"), "other")
    mail = queue.send(queue.message(Kind.MAIL, to="Anna@example.org"), "mail")
    queue.take(1)
    assert queue.db.write_now(service.forget, queue.sealer.slot(Kind.SMS, PHONE), queue.now_ms) == 3
    assert queue.db.write_now(service.forget, queue.sealer.slot(Kind.MAIL, MAIL), queue.now_ms) == 1
    for each in (*mine, mail):
        assert queue.row(each.id) == (None, None, None, "")
        assert queue.get(each.id).state is State.DROPPED
    assert queue.get(other.id).state is State.WAITING


def test_neither_address_nor_words_nor_key_lie_in_the_data_base(queue: Queue) -> None:
    queue.send(queue.message(text="Code 482913"), "code:secret-key")
    queue.send(queue.message(Kind.MAIL, text="https://r.example.com/r/abcdef"), "mail")
    tables = ("notify_message", "notify_count", "notify_lane")
    rows = queue.db.read_now(lambda tx: [tx.all(f"SELECT * FROM {table}") for table in tables])
    raw = b"\0".join(bytes(value) if isinstance(value, (bytes, memoryview)) else str(value).encode()
                     for table in rows for row in table for value in row)  # fmt: skip
    for secret in (b"12345678", b"482913", b"anna", b"abcdef", b"secret-key"):
        assert secret not in raw
    assert b"prefix:+8210" in raw


def test_a_lane_is_given_up_only_where_nothing_waits(queue: Queue) -> None:
    queue.kind(Kind.MAIL)
    queue.ended(queue.take()[0], Verdict.DONE)
    assert queue.take() == []
    assert queue.db.read_now(lambda tx: tx.all("SELECT lane FROM notify_lane")) == []
    queue.kind(Kind.MAIL, "more")
    assert len(queue.take()) == 1


def test_a_seal_opens_for_its_use_and_its_key_alone() -> None:
    seal = Seal(bytes(32), bytes)
    closed = seal.close(b"+8210", "to.sms")
    assert seal.open(closed, "to.sms") == b"+8210"
    assert seal.open(closed, "to.mail") is None
    assert seal.open(closed[:-1] + bytes([closed[-1] ^ 1]), "to.sms") is None
    assert Seal(b"1" * 32, bytes).open(closed, "to.sms") is None
    assert seal.open(b"", "to.sms") is None
    assert seal.hash("a", "bc") != seal.hash("ab", "c")


@pytest.mark.parametrize(
    ("to", "well"),
    [("+821012345678", True), ("01012345678", False), ("+0123456789", False), ("+82 10 1234 5678", False), ("", False)],
    ids=range(5),
)
def test_numbers(queue: Queue, to: str, well: bool) -> None:
    assert isinstance(queue.sealer.sms(to, "x", about="code"), Refusal) is not well


@pytest.mark.parametrize(
    "to",
    [
        "",
        "a",
        "a@",
        "@b.c",
        "a@b",
        "a b@c.de",
        "a..b@c.de",
        ".a@c.de",
        "a.@c.de",
        "a@b.c\r\nRCPT TO:<x@y.z>",
        "ä@b.cd",
        '"a"@b.cd',
    ],
)
def test_mailboxes_that_are_none(queue: Queue, to: str) -> None:
    assert queue.sealer.mail(to, "s", "t", about="receipt") == Refusal("notify.address")


def test_what_is_not_set_up_or_too_long_can_not_be_ordered(queue: Queue) -> None:
    bare = replace(queue.sealer, ways=frozenset({Kind.SMS}))
    assert bare.mail(MAIL, "s", "t", about="receipt") == Refusal("notify.not_set_up")
    assert isinstance(bare.sms(PHONE, "ж" * 400, about="receipt"), Refusal)
    assert isinstance(queue.sealer.mail(MAIL, "s", "x" * 70_000, about="receipt"), Refusal)


@given(st.sampled_from(list(Kind)), st.integers(1, 30), st.text("abc", max_size=3))
def test_waits_grow_and_are_a_little_apart(kind: Kind, tries: int, name: str) -> None:
    base = WAITS_S[kind][min(tries, len(WAITS_S[kind])) - 1] * 1000
    assert base <= wait_ms(kind, tries, name) <= base * 9 // 8
    assert wait_ms(kind, tries, name) == wait_ms(kind, tries, name)
    assert lane_wait_ms(kind, tries, name) <= LANE_WAIT_MAX_S[kind] * 1000


@settings(max_examples=25)
@given(st.lists(st.tuples(st.sampled_from(list(Kind)), st.sampled_from(list(Verdict)), st.booleans()), max_size=25))
def test_nothing_is_lost_and_a_text_never_goes_out_twice_by_itself(steps: list[tuple[Kind, Verdict, bool]]) -> None:
    """Any run of tries and crashes: what is not over waits, and no text is tried again once nobody knows."""
    with tempfile.TemporaryDirectory() as folder, open_database(Path(folder) / "q.db", ["kvit.notify"]) as db:
        queue = Queue(db)
        ids = [queue.kind(kind, f"k{place}").id for place, (kind, _, _) in enumerate(steps)]
        doubtful: set[str] = set()
        for _, verdict, crash in steps:
            for due in queue.take(3):
                assert due.id not in doubtful
                if due.kind is Kind.SMS and (crash or verdict is Verdict.UNKNOWN):
                    doubtful.add(due.id)
                if not crash:
                    queue.ended(due, verdict)
            if crash:
                queue.db.write_now(service.restart, queue.now_ms)
            queue.now_ms += 600_000
        for id_ in ids:
            state = queue.get(id_).state
            assert state is not State.SENDING
            if state is State.WAITING:
                assert queue.row(id_)[1]
