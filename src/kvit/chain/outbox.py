"""A station's news on their way to the server: verbs, ``tx`` first.

News are put in the transaction of what they tell (`kvit.chain.noting`), sent in order, and counted as told only by the
server's own word that it has committed them (`answered`). What was told is remembered for a while: a server whose backup
was put back says so by a smaller number, and gets again what it lost.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterable

from kvit.chain import store
from kvit.chain.model import BATCH_NEWS_MAX, Answer, Backlog, Waiting
from kvit.db import Tx

TOPIC = "chain.outbox"

Mark = Callable[[], str]
"""Gives a fresh mark (`MARK_BYTES` random bytes, hexadecimal)."""


class Heard(enum.StrEnum):
    """What an answer means."""

    ON = "on"
    """It has come as far as it says; go on behind that."""
    BACK = "back"
    """It has less than it once said: its backup was put back. What it lost is told again."""
    FORKED = "forked"
    """Its news and ours are not the same, or it lost what we no longer have: begin a new epoch, tell everything."""


def is_begun(tx: Tx) -> bool:
    """Say whether news are numbered here."""
    return bool(store.epoch(tx))


def begin(tx: Tx, epoch: str, everything: Callable[[Tx], Iterable[tuple[str, str]]], mark: Mark, now_ms: int) -> int:
    """Begin an epoch with all there is to tell, as (kind, subject) in the order it happened; give how much that is."""
    store.begin(tx, epoch)
    count = store.put_all(tx, ((mark(), kind, subject) for kind, subject in everything(tx)), now_ms)
    tx.tell(TOPIC)
    return count


def end(tx: Tx) -> None:
    """Number no more: the machine is no station now. As one again it begins anew, with everything."""
    store.end(tx)


def put(tx: Tx, mark: str, kind: str, subject: str, now_ms: int) -> int:
    """Append one piece of news."""
    n = store.put(tx, mark, kind, subject, now_ms)
    tx.tell(TOPIC)
    return n


def waiting(tx: Tx, limit: int = BATCH_NEWS_MAX) -> Waiting | None:
    """Give what is to be sent next; None where numbering has not begun."""
    return store.waiting(tx, limit)


def backlog(tx: Tx) -> Backlog:
    """Count what waits."""
    return store.backlog(tx)


def answered(tx: Tx, answer: Answer, now_ms: int) -> Heard:
    """Take the server's word of how far it has come; writes nothing where the two are forked."""
    known = store.waiting(tx, 0)
    if known is None or answer.epoch != known.epoch:
        return Heard.ON  # of an epoch that is over
    if answer.received and store.mark(tx, answer.received) != answer.mark:
        return Heard.FORKED
    if answer.received < known.after and not store.is_whole(tx, answer.received):
        return Heard.FORKED
    store.received(tx, answer.received, now_ms)
    for one in answer.refused:
        store.refused(tx, one.n, one.code)
    return Heard.BACK if answer.received < known.after else Heard.ON


def retry_refused(tx: Tx, mark: Mark, now_ms: int) -> int:
    """Tell again what the server did not want: it is another version now. Give how much that is."""
    again = store.take_refused(tx)
    for kind, subject in again:
        put(tx, mark(), kind, subject, now_ms)
    return len(again)


def prune(tx: Tx, before_ms: int) -> int:
    """Forget what was told before a moment."""
    return store.prune(tx, before_ms)
