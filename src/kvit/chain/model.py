"""The words of the room: news, batches of them, answers, stations.

A piece of **news** says that something changed (its kind and its subject, a receipt's id say), never what it is now: that
is put together when it is sent. So news about one subject may be told again, or late, and the end is the same.

At a station news are numbered without a gap inside an **epoch**, and each has a random **mark**. The server keeps number
and mark of the last one it has taken, and answers with them: a lost answer, a batch sent twice, a server whose backup was
put back (it has less than it had), a station whose backup was put back (it numbers other news the same) are all seen by
comparing one number and one mark.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

import msgspec

MARK_BYTES = 8
EPOCH_BYTES = 8
STATION_BYTES = 8
"""Randomness in a station's id: it stands in logs and audit rows."""
BATCH_NEWS_MAX = 64
"""News in one batch: past that the transaction's flush costs nothing any more."""
BATCH_BYTES = 512 << 10
"""About so many bytes of news in one batch, so that a slow line gets through with one (a single one may be longer)."""
BODY_BYTES_MAX = 24 << 20
"""A batch as JSON: the longest printout (8 MB, `kvit.relay.reading`) with its setting, in base 64, and as much again."""
PACKED_BYTES_MAX = 12 << 20
"""The same after gzip: a roll of photographs shrinks to two thirds."""
NAME_MAX = 64

Id = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{16}$")]
Count = Annotated[int, msgspec.Meta(ge=0, le=1 << 53)]
Millisecond = Annotated[int, msgspec.Meta(ge=0, le=7_258_118_400_000, description="since 1970, before 2200")]
"""A calendar can write it: a clock gone mad at a station must not break the server's pages."""
Word = Annotated[str, msgspec.Meta(max_length=128)]


class News(msgspec.Struct, frozen=True):
    """One piece of news on the wire. ``body`` null: nothing is left to say of it (erased since, or told again later on)."""

    n: Count
    mark: Id
    kind: Word
    subject: Word
    body: msgspec.Raw = msgspec.Raw(b"null")


class Batch(msgspec.Struct, frozen=True):
    """News in order. ``after`` and ``after_mark`` are those of the news before the first of them (0 and empty: none)."""

    epoch: Id
    after: Count
    after_mark: Annotated[str, msgspec.Meta(max_length=16)]
    news: Annotated[tuple[News, ...], msgspec.Meta(max_length=BATCH_NEWS_MAX)]


class Refused(msgspec.Struct, frozen=True):
    """News the server did not want, and why; the next were taken all the same."""

    n: int
    code: str


class Answer(msgspec.Struct, frozen=True):
    """How far the server has come: what is told here is committed there."""

    epoch: str
    received: int
    mark: str
    refused: tuple[Refused, ...] = ()


class LineTold(msgspec.Struct, frozen=True):
    """A line at a station, as its heartbeat tells it."""

    name: Word
    state: Word = ""


class Told(msgspec.Struct, frozen=True):
    """What a station says of itself, every half minute and after changes."""

    version: Word = ""
    backlog: Count = 0
    oldest_ms: Millisecond = 0
    """When the oldest news that waits there was made (0: none waits)."""
    refused: Count = 0
    clock_ms: Millisecond = 0
    lines: Annotated[tuple[LineTold, ...], msgspec.Meta(max_length=1000)] = ()


@dataclass(frozen=True, slots=True)
class Station:
    """A machine that tells news to this server. Times: seconds since 1970, ``seen_ms`` milliseconds."""

    id: str
    shop: str
    name: str
    key_id: str
    made_by: str
    made_at: int
    revoked_at: int | None
    received: int
    refused: int
    seen_ms: int | None
    told: Told


@dataclass(frozen=True, slots=True)
class Silent:
    """A station that has not spoken for too long."""

    id: str
    shop: str
    name: str
    since_ms: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """What a station's outbox gives to the sender."""

    epoch: str
    after: int
    after_mark: str
    news: tuple[tuple[int, str, str, str], ...]
    """Number, mark, kind, subject."""


@dataclass(frozen=True, slots=True)
class Backlog:
    """How much waits at a station."""

    count: int
    oldest_ms: int
    refused: int


def decoded_told(text: str) -> Told:
    """Read what a heartbeat left in the data base."""
    try:
        return msgspec.json.decode(text, type=Told)
    except msgspec.DecodeError:
        return Told()


Body = dict[str, Any]
