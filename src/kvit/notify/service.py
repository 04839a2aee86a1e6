"""The verbs of the queue: order a message, take the next, say how it ended, look at them, wipe what is over.

Every verb takes ``tx`` first (`kvit.db`); times are arguments. `send` belongs into the transaction of the fact it tells
of: both are durable or neither. It is idempotent for ever by the caller's key, of which only the hash is kept. After
the commit the topic ``"notify"`` is told the shop.

The worker's round: `take` (durable, before the first byte), try, `ended`. When the program starts, before the worker:
`restart`. By the clock: `expire`, `tidy`.

Refusals: ``notify.conflict``, ``notify.too_many``, ``notify.too_many_to_one``, ``notify.unknown``, ``notify.over``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Final

import msgspec

from kvit.db import ERASED, Tx
from kvit.notify import store
from kvit.notify.backoff import lane_wait_ms, wait_ms
from kvit.notify.model import (
    ADDRESS_MS,
    AGAIN_WHEN_UNKNOWN,
    DAY_MS,
    HOOKS_AT_ONCE,
    KEY_CHARS_MAX,
    SHUT,
    SHUT_WHEN_UNKNOWN,
    WIDTH,
    Due,
    Kind,
    Message,
    Notice,
    Outcome,
    State,
    Verdict,
)
from kvit.notify.store import Wanted
from kvit.refusal import Refusal

TOPIC: Final = "notify"
PAGE_LIMIT: Final = 200
BATCH: Final = 200
"""Rows a tidying verb changes in one transaction."""
MISSED_MAX: Final = 1_000
"""Events played again in one act; who missed more presses again."""
EVENT_KEPT_MS: Final = 30 * DAY_MS
"""What webhooks told is kept so long, to be replayed; it names nobody."""
ROWS_KEPT_MS: Final = 400 * DAY_MS
"""That a message was sent is kept so long, without its words: who asks next year is told whether a mail went out."""
ENDS: Final = {
    Verdict.DONE: State.DONE, Verdict.DRY: State.DRY, Verdict.REFUSED: State.REFUSED, Verdict.GONE: State.REFUSED,
}  # fmt: skip
SENT_AGAIN: Final = (State.UNKNOWN, State.EXPIRED, State.REFUSED)
"""States a person may lead a message out of."""


def send(tx: Tx, shop: str, message: Message, key: str, event: str = "") -> Notice | Refusal:
    """Order a message. The same key and message: the same answer; another message: ``notify.conflict``.

    A message over a day's limit is refused (``notify.too_many_to_one``, ``notify.too_many``), and the whole verb it is
    part of must not hang on that where the fact is greater than the message: look at the answer.
    """
    assert 0 < len(key) <= KEY_CHARS_MAX
    hashed = hashlib.sha256(key.encode()).digest()
    id_ = hashlib.sha256(f"{shop}\0{key}".encode()).hexdigest()[:24]
    made = store.insert(tx, shop, id_, hashed, message, event)
    if made is None:
        known = store.by_key(tx, shop, hashed)
        assert known is not None
        return known[0] if known[1] == message.fingerprint else Refusal("notify.conflict", {"message": known[0].id})
    for count in message.counts:
        if not store.count(tx, shop, count.heading, message.made_ms // DAY_MS, count.most):
            store.drop(tx, made.n)
            return Refusal(count.refusal, {"most": count.most})
    store.tell_lane(tx, message.lane)
    tx.tell(TOPIC, shop)
    return made


def take(tx: Tx, now_ms: int, flying: Mapping[str, int], most: int) -> list[Due]:
    """Take what is next, ``most`` in all, beside what is ``flying`` in each lane: people first, then programs.

    From a lane that has failed one message goes ahead alone.
    """
    taken: list[Due] = []
    hooks_free = HOOKS_AT_ONCE - sum(count for lane, count in flying.items() if lane.startswith("hook:"))
    for lane, fails, told in sorted(store.open_lanes(tx, now_ms), key=lambda each: each[0].startswith("hook:")):
        under_way = flying.get(lane, 0)
        free = int(under_way == 0) if fails else WIDTH[lane.partition(":")[0]] - under_way
        if lane.startswith("hook:"):
            free = min(free, hooks_free)
        found = store.take(tx, lane, now_ms, min(free, most - len(taken))) if free > 0 else []
        hooks_free -= len(found) if lane.startswith("hook:") else 0
        if not found and not under_way and not fails and not store.waits(tx, lane):
            store.give_up_lane(tx, lane, told)
        taken += found
        if len(taken) >= most:
            break
    return taken


def ended(tx: Tx, due: Due, outcome: Outcome, now_ms: int) -> State:
    """Say how a try ended; give the state the message is in now."""
    shut_ms = _lane_after(tx, due, outcome, now_ms)
    state = _after(due, outcome)
    if state is State.WAITING:
        own_ms = 0 if outcome.verdict in SHUT else wait_ms(due.kind, due.tries, due.id)
        store.wait(tx, due.n, now_ms + max(shut_ms, own_ms, int(outcome.wait_s * 1000)), outcome, now_ms)
        store.tell_lane(tx, due.lane)
    elif store.end(tx, due.n, state, outcome, now_ms):
        _wiped(tx, due, state)
    tx.tell(TOPIC, due.shop)
    return state


def _lane_after(tx: Tx, due: Due, outcome: Outcome, now_ms: int) -> int:
    """Shut the message's lane where the way as a whole fails, open it where it works; give for how long it is shut.

    A way whose answers are lost is shut, too: what is sent on it would be lost to our knowledge one after another.
    """
    lost = outcome.verdict is Verdict.UNKNOWN and due.kind in SHUT_WHEN_UNKNOWN
    if outcome.verdict not in SHUT and not lost:
        store.lane_works(tx, due.lane)
        return 0
    fails = store.shut_lane(tx, due.lane, now_ms, outcome.reason)
    wait = max(lane_wait_ms(due.kind, fails, due.lane), int(outcome.wait_s * 1000))
    store.keep_lane_shut(tx, due.lane, now_ms + wait)
    return wait


def _after(due: Due, outcome: Outcome) -> State:
    """Where a try leads."""
    if outcome.verdict is Verdict.UNKNOWN:
        return State.WAITING if due.kind in AGAIN_WHEN_UNKNOWN else State.UNKNOWN
    return ENDS.get(outcome.verdict, State.WAITING)


def _wiped(tx: Tx, due: Due, state: State) -> None:
    """Of a message that is over nothing is kept; of one a person may still send again, or look at, it is."""
    if due.kind is Kind.HOOK:
        return
    if state is State.DRY:
        store.wipe_target(tx, due.n)
    elif state is not State.UNKNOWN:
        store.wipe(tx, due.n)


def restart(tx: Tx, now_ms: int) -> list[State]:
    """At a start: what was being sent when the program died. Nobody knows whether it was taken."""
    told = Outcome(Verdict.UNKNOWN, "restart")
    states: list[State] = []
    for due in store.sending(tx):
        state = _after(due, told)
        if state is State.WAITING:
            store.wait(tx, due.n, now_ms, told, now_ms)
            store.tell_lane(tx, due.lane)
        else:
            store.end(tx, due.n, state, told, now_ms)
        states.append(state)
    return states


def expire(tx: Tx, now_ms: int) -> int:
    """End what was not sent in its time; give how many."""
    found = store.overdue(tx, now_ms, BATCH)
    for n, kind in found:
        store.end(tx, n, State.EXPIRED, Outcome(Verdict.LATER, "late"), now_ms)
        if kind != Kind.HOOK:
            store.wipe(tx, n)
    if found:
        tx.tell(TOPIC)
    return len(found)


def tidy(tx: Tx, now_ms: int) -> int:
    """Wipe addresses and words that have lain long enough, and forget old rows; give how many changed."""
    wiped = store.wipe_old(tx, now_ms - ADDRESS_MS, now_ms - EVENT_KEPT_MS, BATCH)
    gone = store.delete_old(tx, now_ms - ROWS_KEPT_MS, BATCH)
    store.forget_counts(tx, now_ms // DAY_MS - 1)
    if wiped:
        tx.tell(ERASED)
    return wiped + gone


def forget(tx: Tx, slot: bytes, now_ms: int) -> int:
    """Erase whatever goes or went to an address (`Sealer.slot`); give how many messages that were."""
    found = store.by_slot(tx, slot)
    for n, _ in found:
        store.end(tx, n, State.DROPPED, Outcome(Verdict.REFUSED, "erased"), now_ms)
        store.wipe(tx, n)
    if found:
        tx.tell(ERASED)
        tx.tell(TOPIC)
    return len(found)


def again(tx: Tx, shop: str, id_: str, now_ms: int) -> Notice | Refusal:
    """Send a message again, on a person's word: one nobody knows about, or one that was refused and still has its
    words."""
    found = store.again(tx, shop, id_, SENT_AGAIN, now_ms)
    if found is None:
        return Refusal("notify.unknown" if store.get(tx, shop, id_) is None else "notify.over")
    store.tell_lane(tx, _lane(found))
    tx.tell(TOPIC, shop)
    return found


def drop(tx: Tx, shop: str, id_: str, now_ms: int) -> Notice | Refusal:
    """Take back a message that waits, or settle one nobody knows about; its words are wiped."""
    found = store.drop_open(tx, shop, id_, now_ms)
    if found is None:
        return Refusal("notify.unknown" if store.get(tx, shop, id_) is None else "notify.over")
    if found.kind is not Kind.HOOK:
        store.wipe(tx, found.n)
    tx.tell(TOPIC, shop)
    return found


def _lane(notice: Notice) -> str:
    return f"hook:{notice.endpoint}" if notice.kind is Kind.HOOK else notice.kind.value


def get(tx: Tx, shop: str, id_: str) -> Notice | Refusal:
    """Give a message."""
    return store.get(tx, shop, id_) or Refusal("notify.unknown")


def page(tx: Tx, shop: str, wanted: Wanted, before_n: int = 1 << 62, limit: int = 50) -> list[Notice]:
    """Give messages, newest first."""
    return store.search(tx, shop, wanted, before_n, max(1, min(limit, PAGE_LIMIT)))


def words(tx: Tx, shop: str, id_: str) -> tuple[str, bytes] | Refusal:
    """Give a message's kind and sealed words: of a text message that was only shown, for staff to read."""
    return store.content(tx, shop, id_) or Refusal("notify.over")


class Standing(msgspec.Struct, frozen=True):
    """How the queue stands, for figures and for the page's head."""

    counts: list[tuple[str, str, int]]
    """Kind, state, how many: the open ones, and those that ended in the last day."""
    oldest: list[tuple[str, int]]
    shut: list[tuple[str, int, int, int, str]]
    """Ways that fail: lane, failures in a row, since when, when they are tried next, why."""
    prefixes: list[tuple[str, str, int]]
    """Where more texts went today than the budget: shop, heading, how many."""


def standing(tx: Tx, now_ms: int, prefix_alarm: int) -> Standing:
    """Give how the queue stands."""
    alarms = store.busy_prefixes(tx, now_ms // DAY_MS, prefix_alarm) if prefix_alarm else []
    return Standing(store.tally(tx, now_ms - DAY_MS), store.oldest(tx), store.lanes(tx), alarms)
