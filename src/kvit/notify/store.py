"""The tables of messages, lanes and counts, and the SQL over them. Endpoints and browsers:
`kvit.notify.hooks.store`."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from kvit.db import Tx, Value
from kvit.db.tx import Row
from kvit.notify.model import Due, Kind, Message, Notice, Outcome, State

_NOTICE = (
    "n, id, kind, about, endpoint, hint, state, tries, reason, provider, provider_id, parts, made_at, not_after, due_at,"
    " changed_at"
)
_DUE = "n, shop, id, kind, about, lane, endpoint, event, target, content, tries, made_at, not_after"


def _notice(row: Row) -> Notice:
    n, id_, kind, about, endpoint, hint, state, *rest = row
    return Notice(n, id_, Kind(kind), about, endpoint, hint, State(state), *rest)


def _due(row: Row) -> Due:
    n, shop, id_, kind, about, lane, endpoint, event, target, content, tries, made_at, not_after = row
    return Due(
        n, shop, id_, Kind(kind), about, lane, endpoint, event, bytes(target or b""), bytes(content or b""), tries, made_at,
        not_after,
    )  # fmt: skip


def insert(tx: Tx, shop: str, id_: str, key: bytes, message: Message, event: str) -> Notice | None:
    """Insert a waiting message; None where its key is taken."""
    row = tx.one(
        "INSERT INTO notify_message (shop, id, key, fingerprint, kind, about, lane, endpoint, event, target, content, slot,"  # noqa: S608
        " hint, urgent, parts, state, made_at, not_after, due_at, changed_at)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, 'waiting', $16, $17, $16, $16)"
        f" ON CONFLICT (shop, key) DO NOTHING RETURNING {_NOTICE}",
        shop, id_, key, message.fingerprint, message.kind.value, message.about, message.lane, message.endpoint, event,
        message.target or None, message.content, message.slot or None, message.hint, int(message.urgent), message.parts,
        message.made_ms, message.not_after_ms,
    )  # fmt: skip
    return None if row is None else _notice(row)


def by_key(tx: Tx, shop: str, key: bytes) -> tuple[Notice, bytes] | None:
    """Give the message a key made, and the fingerprint of what was asked for."""
    row = tx.one(f"SELECT fingerprint, {_NOTICE} FROM notify_message WHERE shop = $1 AND key = $2", shop, key)  # noqa: S608
    return None if row is None else (_notice(row[1:]), bytes(row[0]))


def get(tx: Tx, shop: str, id_: str) -> Notice | None:
    """Give a message."""
    row = tx.one(f"SELECT {_NOTICE} FROM notify_message WHERE shop = $1 AND id = $2", shop, id_)  # noqa: S608
    return None if row is None else _notice(row)


def content(tx: Tx, shop: str, id_: str) -> tuple[str, bytes] | None:
    """Give a message's kind and its (sealed) words; None where they are wiped."""
    row = tx.one("SELECT kind, content FROM notify_message WHERE shop = $1 AND id = $2", shop, id_)
    return None if row is None or row[1] is None else (str(row[0]), bytes(row[1]))


def event_of(tx: Tx, shop: str, id_: str) -> str:
    """Give the event a webhook's message tells of; empty where it is none."""
    row = tx.one("SELECT event FROM notify_message WHERE shop = $1 AND id = $2", shop, id_)
    return "" if row is None else str(row[0])


def count(tx: Tx, shop: str, heading: str, day: int, most: int) -> bool:
    """Count one more under a heading; False where there would be more than ``most`` (0: never)."""
    row = tx.one(
        "INSERT INTO notify_count (shop, heading, day, count) VALUES ($1, $2, $3, 1)"
        " ON CONFLICT (shop, heading, day) DO UPDATE SET count = notify_count.count + 1"
        " WHERE $4 = 0 OR notify_count.count < $4 RETURNING count",
        shop, heading, day, most,
    )  # fmt: skip
    return row is not None


def busy_prefixes(tx: Tx, day: int, least: int) -> list[tuple[str, str, int]]:
    """Give shop, heading and count of beginnings of numbers that have had at least so many on a day, most first."""
    rows = tx.all(
        "SELECT shop, heading, count FROM notify_count WHERE day = $1 AND count >= $2 AND heading LIKE 'prefix:%'"
        " ORDER BY count DESC, heading LIMIT 100",
        day, least,
    )  # fmt: skip
    return [(str(shop), str(heading), int(count)) for shop, heading, count in rows]


def forget_counts(tx: Tx, before_day: int) -> int:
    """Forget days that are over."""
    return tx.run("DELETE FROM notify_count WHERE day < $1", before_day)


def tell_lane(tx: Tx, lane: str) -> None:
    """Write down that a message waits in a lane; its row is held until the transaction ends."""
    tx.run(
        "INSERT INTO notify_lane (lane) VALUES ($1) ON CONFLICT (lane) DO UPDATE SET told = notify_lane.told + 1", lane
    )


def open_lanes(tx: Tx, now_ms: int) -> list[tuple[str, int, int]]:
    """Give the lanes that are not shut now: name, failures in a row, how often they were told."""
    rows = tx.all("SELECT lane, fails, told FROM notify_lane WHERE open_at <= $1 ORDER BY lane", now_ms)
    return [(str(lane), int(fails), int(told)) for lane, fails, told in rows]


def give_up_lane(tx: Tx, lane: str, told: int) -> None:
    """Forget a lane where nothing waits and nothing is wrong, unless something came since it was looked at."""
    tx.run(
        "DELETE FROM notify_lane WHERE lane = $1 AND told = $2 AND fails = 0 AND NOT EXISTS"
        " (SELECT 1 FROM notify_message WHERE lane = $1 AND state = 'waiting')",
        lane, told,
    )  # fmt: skip


def drop_lane(tx: Tx, lane: str) -> None:
    """Forget a lane: its endpoint begins anew, or is no more."""
    tx.run("UPDATE notify_lane SET fails = 0, failing_since = 0, open_at = 0, reason = '' WHERE lane = $1", lane)


def shut_lane(tx: Tx, lane: str, now_ms: int, reason: str) -> int:
    """Count a failure of a lane; give how many there are in a row."""
    row = tx.one(
        "INSERT INTO notify_lane (lane, fails, failing_since, reason) VALUES ($1, 1, $2, $3)"
        " ON CONFLICT (lane) DO UPDATE SET fails = notify_lane.fails + 1, reason = excluded.reason,"
        " failing_since = CASE WHEN notify_lane.fails = 0 THEN excluded.failing_since ELSE notify_lane.failing_since END"
        " RETURNING fails",
        lane, now_ms, reason,
    )  # fmt: skip
    assert row is not None
    return int(row[0])


def keep_lane_shut(tx: Tx, lane: str, until_ms: int) -> None:
    """Nothing is taken from a lane until then."""
    tx.run("UPDATE notify_lane SET open_at = $2 WHERE lane = $1", lane, until_ms)


def lane_works(tx: Tx, lane: str) -> None:
    """A lane took something: its failures are over."""
    sql = "UPDATE notify_lane SET fails = 0, failing_since = 0, open_at = 0, reason = '' WHERE lane = $1 AND fails > 0"
    tx.run(sql, lane)


def lanes(tx: Tx) -> list[tuple[str, int, int, int, str]]:
    """Give lanes that fail: name, failures, since, open again at, why."""
    rows = tx.all("SELECT lane, fails, failing_since, open_at, reason FROM notify_lane WHERE fails > 0 ORDER BY lane")
    return [(str(row[0]), int(row[1]), int(row[2]), int(row[3]), str(row[4])) for row in rows]


def lane_failing_since(tx: Tx, lane: str) -> int:
    """Since when a lane fails; 0: it does not."""
    row = tx.one("SELECT failing_since FROM notify_lane WHERE lane = $1 AND fails > 0", lane)
    return 0 if row is None else int(row[0])


def take(tx: Tx, lane: str, now_ms: int, limit: int) -> list[Due]:
    """Take the next of a lane: they are being sent, and their tries counted, from here on."""
    rows = tx.all(
        "SELECT n FROM notify_message WHERE lane = $1 AND state = 'waiting' AND due_at <= $2 AND not_after > $2"
        " ORDER BY urgent DESC, due_at, n LIMIT $3",
        lane, now_ms, limit,
    )  # fmt: skip
    taken = [
        tx.one(
            "UPDATE notify_message SET state = 'sending', tries = tries + 1, changed_at = $2"  # noqa: S608
            f" WHERE n = $1 AND state = 'waiting' RETURNING {_DUE}",
            n, now_ms,
        )
        for (n,) in rows
    ]  # fmt: skip
    return [_due(row) for row in taken if row is not None]


def waits(tx: Tx, lane: str) -> bool:
    """Say whether anything waits in a lane."""
    return tx.one("SELECT 1 FROM notify_message WHERE lane = $1 AND state = 'waiting' LIMIT 1", lane) is not None


def end(tx: Tx, n: int, state: State, told: Outcome, now_ms: int) -> bool:
    """A message that was being sent, or waits, has ended; its words stay until `wipe`."""
    return tx.run(
        "UPDATE notify_message SET state = $2, reason = $3, provider = $4, provider_id = $5, changed_at = $6"
        " WHERE n = $1 AND state IN ('waiting', 'sending')",
        n, state.value, told.reason, told.provider, told.provider_id, now_ms,
    ) > 0  # fmt: skip


def drop(tx: Tx, n: int) -> None:
    """Take back what `insert` has just written."""
    tx.run("DELETE FROM notify_message WHERE n = $1", n)


def drop_open(tx: Tx, shop: str, id_: str, now_ms: int) -> Notice | None:
    """Take back a message that waits or that nobody knows about; None unless it is one."""
    row = tx.one(
        "UPDATE notify_message SET state = 'dropped', changed_at = $3 WHERE shop = $1 AND id = $2"  # noqa: S608
        f" AND state IN ('waiting', 'unknown') RETURNING {_NOTICE}",
        shop, id_, now_ms,
    )  # fmt: skip
    return None if row is None else _notice(row)


def wait(tx: Tx, n: int, due_ms: int, told: Outcome, now_ms: int) -> bool:
    """A message that was being sent waits again."""
    return tx.run(
        "UPDATE notify_message SET state = 'waiting', due_at = $2, reason = $3, provider = $4, changed_at = $5"
        " WHERE n = $1 AND state = 'sending'",
        n, due_ms, told.reason, told.provider, now_ms,
    ) > 0  # fmt: skip


def again(tx: Tx, shop: str, id_: str, states: Sequence[State], now_ms: int) -> Notice | None:
    """Let an ended message wait again, once more from now; None unless it is in one of the states and has its words."""
    row = tx.one(
        "UPDATE notify_message SET state = 'waiting', due_at = $3, changed_at = $3"  # noqa: S608
        " WHERE shop = $1 AND id = $2 AND content IS NOT NULL AND (target IS NOT NULL OR kind = 'hook')"
        f" AND state IN ({_listed(states)}) AND not_after > $3 RETURNING {_NOTICE}",
        shop, id_, now_ms,
    )  # fmt: skip
    return None if row is None else _notice(row)


def _listed(states: Sequence[State]) -> str:
    return ", ".join(f"'{State(state).value}'" for state in states)


def wipe(tx: Tx, n: int) -> None:
    """Wipe address and words."""
    tx.run("UPDATE notify_message SET target = NULL, content = NULL, hint = '', slot = NULL WHERE n = $1", n)


def wipe_target(tx: Tx, n: int) -> None:
    """Wipe the address alone: of a text message that was only shown."""
    tx.run("UPDATE notify_message SET target = NULL, hint = '' WHERE n = $1", n)


def wipe_old(tx: Tx, personal_ms: int, hooks_ms: int, limit: int) -> int:
    """Wipe what lies there since before: of people, and of webhooks (events to be replayed); give how many."""
    people = tx.all(
        "SELECT n FROM notify_message WHERE kind <> 'hook' AND (content IS NOT NULL OR target IS NOT NULL)"
        " AND changed_at < $1 AND state NOT IN ('waiting', 'sending') ORDER BY changed_at LIMIT $2",
        personal_ms, limit,
    )  # fmt: skip
    hooks = tx.all(
        "SELECT n FROM notify_message WHERE kind = 'hook' AND content IS NOT NULL AND changed_at < $1"
        " AND state NOT IN ('waiting', 'sending') ORDER BY changed_at LIMIT $2",
        hooks_ms, limit,
    )  # fmt: skip
    for (n,) in people + hooks:
        wipe(tx, n)
    return len(people) + len(hooks)


def delete_old(tx: Tx, before_ms: int, limit: int) -> int:
    """Delete the rows of messages that ended long ago; give how many."""
    return tx.run(
        "DELETE FROM notify_message WHERE n IN (SELECT n FROM notify_message WHERE changed_at < $1"
        " AND state NOT IN ('waiting', 'sending') ORDER BY changed_at LIMIT $2)",
        before_ms, limit,
    )  # fmt: skip


def overdue(tx: Tx, now_ms: int, limit: int) -> list[tuple[int, str]]:
    """Give number and kind of waiting messages whose time is over."""
    rows = tx.all(
        "SELECT n, kind FROM notify_message WHERE state = 'waiting' AND not_after <= $1 ORDER BY not_after LIMIT $2",
        now_ms, limit,
    )  # fmt: skip
    return [(int(n), str(kind)) for n, kind in rows]


def sending(tx: Tx) -> list[Due]:
    """Give what was being sent: at a start, what the program died over."""
    return [_due(row) for row in tx.all(f"SELECT {_DUE} FROM notify_message WHERE state = 'sending' ORDER BY n")]  # noqa: S608


def by_slot(tx: Tx, slot: bytes) -> list[tuple[int, str]]:
    """Give number and state of the messages to an address."""
    return [(int(n), str(state)) for n, state in tx.all("SELECT n, state FROM notify_message WHERE slot = $1", slot)]


def of_lane(tx: Tx, lane: str, limit: int) -> list[int]:
    """Give the numbers of what waits in a lane."""
    sql = "SELECT n FROM notify_message WHERE lane = $1 AND state = 'waiting' ORDER BY n LIMIT $2"
    return [int(n) for (n,) in tx.all(sql, lane, limit)]


def missed(tx: Tx, endpoint: str, limit: int) -> list[str]:
    """Give the ids of a webhook's messages that ended untaken and still have their words, each event once, oldest
    first."""
    rows = tx.all(
        "SELECT min(id) FROM notify_message m WHERE endpoint = $1 AND state IN ('expired', 'dropped', 'refused')"
        " AND content IS NOT NULL AND NOT EXISTS (SELECT 1 FROM notify_message o WHERE o.endpoint = m.endpoint"
        " AND o.event = m.event AND o.state IN ('waiting', 'sending', 'done')) GROUP BY event ORDER BY min(n) LIMIT $2",
        endpoint, limit,
    )  # fmt: skip
    return [str(id_) for (id_,) in rows]


class Wanted(msgspec.Struct, frozen=True):
    """Which messages a page shows."""

    kind: Kind | None = None
    state: State | None = None
    endpoint: str = ""
    people: bool = False
    """Only what goes to people, no webhooks."""


def search(tx: Tx, shop: str, wanted: Wanted, before_n: int, limit: int) -> list[Notice]:
    """Give messages, newest first, from below number ``before_n``."""
    conditions: list[tuple[str, Value]] = [
        ("kind = {}", wanted.kind and wanted.kind.value),
        ("state = {}", wanted.state and wanted.state.value),
        ("endpoint = {}", wanted.endpoint or None),
        ("kind <> {}", Kind.HOOK.value if wanted.people else None),
    ]
    held = [(sql, value) for sql, value in conditions if value is not None]
    where = "".join(f" AND {sql.format(f'${place}')}" for place, (sql, _) in enumerate(held, 3))
    rows = tx.all(
        f"SELECT {_NOTICE} FROM notify_message WHERE shop = $1 AND n < $2{where} ORDER BY n DESC LIMIT {int(limit)}",  # noqa: S608
        shop, before_n, *(value for _, value in held),
    )  # fmt: skip
    return [_notice(row) for row in rows]


def tally(tx: Tx, since_ms: int) -> list[tuple[str, str, int]]:
    """Give how many messages by kind and state: the open ones, and those that ended since."""
    rows = tx.all(
        "SELECT kind, state, count(*) FROM notify_message WHERE state IN ('waiting', 'sending') OR changed_at >= $1"
        " GROUP BY kind, state",
        since_ms,
    )  # fmt: skip
    return [(str(kind), str(state), int(count)) for kind, state, count in rows]


def tally_endpoints(tx: Tx, shop: str, since_ms: int) -> list[tuple[str, str, int]]:
    """Give how many events by endpoint and state: the open ones, and those that ended since."""
    rows = tx.all(
        "SELECT endpoint, state, count(*) FROM notify_message WHERE shop = $1 AND kind = 'hook'"
        " AND (state IN ('waiting', 'sending') OR changed_at >= $2) GROUP BY endpoint, state",
        shop, since_ms,
    )  # fmt: skip
    return [(str(endpoint), str(state), int(count)) for endpoint, state, count in rows]


def oldest(tx: Tx) -> list[tuple[str, int]]:
    """Give since when the oldest waits, by kind."""
    rows = tx.all("SELECT kind, min(made_at) FROM notify_message WHERE state IN ('waiting', 'sending') GROUP BY kind")
    return [(str(kind), int(made_at)) for kind, made_at in rows]
