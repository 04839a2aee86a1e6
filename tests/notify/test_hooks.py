"""Webhooks: signatures, events, endpoints on both data bases; the page of the protocol says the table."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kvit.i18n import codes
from kvit.net import Failed, Reply, Trouble
from kvit.notify import endpoints as hooks
from kvit.notify import events, service
from kvit.notify.hooks.call import call, read
from kvit.notify.hooks.model import ENDPOINTS_MAX, FAILED_AFTER_MS, ROTATION_MS, Standing
from kvit.notify.hooks.signing import TOLERANCE_S, secret_bytes, secret_text, sign, verify
from kvit.notify.model import Kind, Notice, State, Verdict
from kvit.notify.store import Wanted
from kvit.refusal import Refusal
from tests.databases import OpenDatabase
from tests.notify.queue import SHOP, Queue

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def queue(database: OpenDatabase) -> Queue:
    return Queue(database("kvit.notify"))


def test_the_example_of_standard_webhooks() -> None:
    secret = secret_bytes("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    assert secret is not None
    headers = sign("msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}', [secret])
    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@given(st.binary(), st.binary(min_size=32, max_size=32), st.binary(min_size=32, max_size=32), st.integers(0, 1 << 40))
def test_a_signature_holds_for_its_words_its_secret_and_its_time(
    body: bytes, old: bytes, new: bytes, now_s: int
) -> None:
    headers = sign("evt_1", now_s, body, [new, old])
    for secret in (old, new):
        assert verify(headers, body, secret, now_s + TOLERANCE_S)
        assert not verify(headers, body, secret, now_s + TOLERANCE_S + 1)
        assert not verify(headers, body + b"x", secret, now_s)
        assert not verify(headers | {"webhook-id": "evt_2"}, body, secret, now_s)
    assert not verify(headers, body, b"another secret of thirty-two byt", now_s)
    assert not verify({}, body, new, now_s)
    assert secret_bytes(secret_text(new)) == new


@pytest.mark.parametrize("text", ["", "whsec_", "whsec_!!", "whsec_AAAA", "hello"])
def test_a_secret_that_is_none(text: str) -> None:
    assert secret_bytes(text) is None


ANSWERS = [
    (Reply(200, {}, b""), Verdict.DONE), (Reply(204, {}, b"x"), Verdict.DONE), (Reply(302, {}, b""), Verdict.AWAY),
    (Reply(400, {}, b""), Verdict.AWAY), (Reply(401, {}, b""), Verdict.AWAY), (Reply(410, {}, b""), Verdict.GONE),
    (Reply(429, {"retry-after": "9"}, b""), Verdict.AWAY), (Reply(500, {}, b""), Verdict.AWAY),
    (Failed(Trouble.AWAY), Verdict.AWAY), (Failed(Trouble.SLOW, sent=True), Verdict.UNKNOWN),
    (Failed(Trouble.ADDRESS), Verdict.CLOSED), (Failed(Trouble.TLS), Verdict.CLOSED),
    (Failed(Trouble.BROKEN, sent=True), Verdict.UNKNOWN),
]  # fmt: skip


@pytest.mark.parametrize(("answer", "verdict"), ANSWERS, ids=range(len(ANSWERS)))
def test_answers(answer: Reply | Failed, verdict: Verdict) -> None:
    outcome = read(answer, 0)
    assert outcome.verdict is verdict
    assert outcome.wait_s == (9 if isinstance(answer, Reply) and answer.status == 429 else 0)


def test_a_call_is_signed_and_carries_nothing_else() -> None:
    asked = call("https://a.example/x", "evt_1", b"{}", [b"k" * 32], 5, house=False)
    assert (asked.plain, asked.house, asked.body) == (False, False, b"{}")
    assert verify(dict(asked.headers), b"{}", b"k" * 32, 5)


def test_every_kind_of_event_is_told_with_its_fields(queue: Queue) -> None:
    queue.endpoint()
    now = queue.now_ms
    for verb, values in {
        events.receipt_stored: ("r1", "till-1", "sale", now), events.receipt_routed: ("r1", True, False, "wish", now),
        events.receipt_claimed: ("r1", "link", now), events.receipt_erased: ("r1", now),
        events.printer_trouble: ("kitchen", "paper", now), events.printer_well: ("kitchen", now),
        events.station_offline: ("s1", now), events.station_online: ("s1", now),
    }.items():  # fmt: skip
        assert len(queue.db.write_now(verb, SHOP, *values)) == 1  # type: ignore[arg-type]
        assert queue.db.write_now(verb, "shop-2", *values) == []  # type: ignore[arg-type]
    queue.db.write_now(hooks.test, SHOP, "ep1", now)
    told = [json.loads(due.content) for due in queue.take(100) + queue.take(100) + queue.take(100)]
    assert {each["type"] for each in told} == set(events.EVENTS)
    for each in told:
        assert set(each["data"]) == {"shop", *events.EVENTS[each["type"]].fields}
        assert each["timestamp"] == "2027-01-15T08:00:00.000Z"


def test_an_event_is_one_for_ever_and_has_one_name_for_all(queue: Queue) -> None:
    queue.endpoint("ep1")
    queue.endpoint("ep2")
    for _ in range(3):
        queue.db.write_now(events.receipt_stored, SHOP, "r1", "till-1", "sale", queue.now_ms)
        queue.now_ms += 1
    due = queue.take(100)
    assert sorted(each.endpoint for each in due) == ["ep1", "ep2"]
    assert len({each.event for each in due}) == 1
    assert due[0].event.startswith("evt_")


def test_who_wants_one_kind_hears_no_other(queue: Queue) -> None:
    queue.endpoint(events=("receipt.erased",))
    assert queue.db.write_now(events.receipt_stored, SHOP, "r1", "t", "sale", 1) == []
    assert len(queue.db.write_now(events.receipt_erased, SHOP, "r1", 1)) == 1
    assert queue.db.read_now(events.is_heard, SHOP, "receipt.stored") is False


def test_a_secret_is_changed_without_a_gap(queue: Queue) -> None:
    queue.endpoint(raw=b"a" * 32)
    sealed = queue.sealer.seal.close(b"b" * 32, hooks.USE)
    queue.db.write_now(hooks.rotate, SHOP, "ep1", sealed, queue.now_ms)

    def secrets() -> list[bytes | None]:
        found = queue.db.read_now(hooks.target, SHOP, "ep1", queue.now_ms)
        assert found is not None
        return [queue.sealer.seal.open(each, hooks.USE) for each in found[1]]

    assert secrets() == [b"b" * 32, b"a" * 32]
    queue.now_ms += ROTATION_MS
    assert secrets() == [b"b" * 32]
    queue.db.write_now(hooks.fail_old, queue.now_ms)
    assert queue.db.read_now(lambda tx: tx.all("SELECT before FROM notify_endpoint")) == [(None,)]


def test_one_that_takes_nothing_for_three_days_is_switched_off_and_can_have_all_it_missed(queue: Queue) -> None:
    queue.endpoint()
    made = queue.db.write_now(events.receipt_stored, SHOP, "r1", "t", "sale", queue.now_ms)[0]
    tries = 0
    while (found := queue.db.read_now(hooks.get, SHOP, "ep1")) and found.state is Standing.ON:  # type: ignore[union-attr]
        queue.db.write_now(events.receipt_stored, SHOP, f"r{queue.now_ms}", "t", "sale", queue.now_ms)
        for due in queue.take():
            queue.ended(due, Verdict.AWAY)
            tries += 1
        queue.now_ms += 7_200_000
        queue.db.write_now(service.expire, queue.now_ms)
        queue.db.write_now(hooks.fail_old, queue.now_ms)
    assert queue.now_ms - made.made_ms > FAILED_AFTER_MS
    assert tries < 100, "an hour apart, however much waits"
    assert queue.take() == []
    assert queue.db.write_now(events.receipt_stored, SHOP, "later", "t", "sale", queue.now_ms) == [], "nothing piles up"
    assert queue.db.write_now(hooks.replay_missed, SHOP, "ep1", queue.now_ms) == Refusal("notify.endpoint_off")
    queue.db.write_now(hooks.switch, SHOP, "ep1", True, queue.now_ms)
    missed = queue.db.write_now(hooks.replay_missed, SHOP, "ep1", queue.now_ms)
    assert missed == len(queue.db.read_now(service.page, SHOP, Wanted(state=State.WAITING), 1 << 62, 200))
    assert queue.db.write_now(hooks.replay_missed, SHOP, "ep1", queue.now_ms + 1) == 0
    first = queue.take(1)
    assert first[0].event == events.event_id(SHOP, "receipt.stored", "r1"), "oldest first, under its own name"


def test_one_that_says_gone_hears_no_more(queue: Queue) -> None:
    queue.endpoint()
    queue.kind(Kind.HOOK)
    (due,) = queue.take()
    queue.db.write_now(hooks.gone, SHOP, "ep1", queue.now_ms)
    assert queue.ended(due, Verdict.GONE) is State.REFUSED
    assert queue.db.read_now(hooks.target, SHOP, "ep1", queue.now_ms) is None


def test_one_event_is_played_again_by_hand(queue: Queue) -> None:
    queue.endpoint()
    queue.kind(Kind.HOOK)
    (due,) = queue.take()
    queue.ended(due, Verdict.DONE)
    again = queue.db.write_now(hooks.replay, SHOP, due.id, queue.now_ms)
    assert isinstance(again, Notice)
    (other,) = queue.take()
    assert (other.event, other.content, other.id) == (due.event, due.content, again.id)
    assert queue.db.write_now(hooks.replay, "shop-2", due.id, queue.now_ms) == Refusal("notify.unknown")
    queue.now_ms += service.EVENT_KEPT_MS + 1
    queue.db.write_now(service.tidy, queue.now_ms)
    assert queue.db.write_now(hooks.replay, SHOP, due.id, queue.now_ms) == Refusal("notify.over")


def test_a_removed_endpoint_leaves_neither_address_nor_secret(queue: Queue) -> None:
    queue.endpoint()
    queue.kind(Kind.HOOK)
    queue.db.write_now(hooks.remove, SHOP, "ep1", queue.now_ms)
    assert queue.take() == []
    assert queue.db.read_now(hooks.every, SHOP) == []
    ((url, secret),) = queue.db.read_now(lambda tx: tx.all("SELECT url, secret FROM notify_endpoint"))
    assert (url, bytes(secret)) == ("", b"")
    for verb in (hooks.remove, hooks.test):
        assert queue.db.write_now(verb, SHOP, "ep1", 1) == Refusal("notify.endpoint_unknown")


def test_a_shop_has_so_many_and_no_more(queue: Queue) -> None:
    for place in range(ENDPOINTS_MAX):
        queue.endpoint(f"ep{place}")
    one = queue.db.read_now(hooks.every, SHOP)[0]
    assert queue.db.write_now(hooks.add, one, b"") == Refusal("notify.endpoints_full", {"max": ENDPOINTS_MAX})


def test_figures_of_endpoints(queue: Queue) -> None:
    queue.endpoint()
    for place in range(3):
        queue.kind(Kind.HOOK, str(place))
    due = queue.take(2)
    queue.ended(due[0], Verdict.DONE)
    queue.ended(due[1], Verdict.AWAY)
    stands = queue.db.read_now(hooks.standing, SHOP, queue.now_ms)["ep1"]
    assert (stands.done, stands.waiting, stands.fails, stands.reason) == (1, 2, 1, "why")


def test_the_page_of_the_protocol_is_the_table() -> None:
    page = (ROOT / "docs/protocols/webhooks.md").read_text("utf-8")
    for event in events.EVENTS.values():
        fields = "; ".join(f"`{name}`: {what}" for name, what in event.fields.items())
        assert f"| `{event.name}` | {event.when} | {fields} |" in page, event.name
        assert f"notify.event_{event.name.replace('.', '_')}" in codes()
