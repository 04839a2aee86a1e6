"""The server's side of news: each is taken once, in order, and only then answered for. Verbs, ``tx`` first.

A batch is taken in one transaction: the row that says how far the station has come is locked, what is new is done, the row
is moved on. So a batch sent twice, or two at once, does nothing the second time, and what was answered is committed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import msgspec

from kvit.chain import store
from kvit.chain.model import Answer, Batch, Refused, Station, Told
from kvit.db import Tx
from kvit.refusal import Refusal

TOPIC = "chain.station"

Act = Callable[[Tx], Refusal | None]
"""Does what one piece of news says; refusing, it has written nothing."""


def come_to(tx: Tx, station: str, epoch: str) -> int:
    """Give how far a station's epoch was taken, to spare work on what is known."""
    row = tx.one("SELECT epoch, received FROM chain_station WHERE id = $1", station)
    return int(row[1]) if row is not None and row[0] == epoch else 0


def take(tx: Tx, station: Station, batch: Batch, acts: Mapping[int, Act | Refusal], now_ms: int) -> Answer | Refusal:
    """Take a batch: ``acts`` by number, a refusal for news nobody understands. Gives how far the station has come now.

    Nothing is taken where the batch does not go on where the last one ended (the answer tells where that is), or where
    its marks are others. Refused: ``chain.station_unknown`` (revoked meanwhile).
    """
    locked = store.lock_station(tx, station.id)
    if locked is None:
        return Refusal("chain.station_unknown")
    epoch, received, mark = locked
    if epoch != batch.epoch:
        epoch, received, mark = batch.epoch, 0, ""
    if not _goes_on(batch, received, mark):
        store.seen(tx, station.id, now_ms, None)
        return Answer(epoch, received, mark)
    refused = []
    for news in batch.news:
        if news.n <= received:
            continue
        act = acts[news.n]
        said = act if isinstance(act, Refusal) else act(tx)
        if said is not None:
            refused.append(Refused(news.n, said.code))
        received, mark = news.n, news.mark
    store.came_to(tx, station.id, epoch, received, mark, len(refused))
    store.seen(tx, station.id, now_ms, None)
    return Answer(epoch, received, mark, tuple(refused))


def _goes_on(batch: Batch, received: int, mark: str) -> bool:
    """Say whether the batch contains the last news taken, or begins right behind it."""
    if batch.after == received:
        return received == 0 or batch.after_mark == mark
    return any(news.n == received and news.mark == mark for news in batch.news)


def spoke(tx: Tx, station: Station, told: Told, now_ms: int) -> None:
    """Keep what a station says of itself."""
    store.seen(tx, station.id, now_ms, msgspec.json.encode(told).decode())
    tx.tell(TOPIC, station.id)
