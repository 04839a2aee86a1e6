"""A data base that notes news: what verbs tell (``tx.tell``) of some topics is put into the outbox, in their transaction.

Verbs of all trades tell what they changed, so that pages and spools wake up. At a station the same words are the news for
the server. So no trade knows that there is a server, nothing a trade changes is forgotten, and a refused verb has put none.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Any, Concatenate, ParamSpec, TypeVar

from kvit.chain import outbox
from kvit.chain.outbox import Mark
from kvit.db import Database, Row, Tx, Value

P = ParamSpec("P")
T = TypeVar("T")


class NotingTx:
    """A transaction whose ``tell`` of a noted topic is news."""

    def __init__(self, tx: Tx, topics: Collection[str], mark: Mark, now_ms: int) -> None:
        self._tx = tx
        self._topics = topics
        self._mark = mark
        self._now_ms = now_ms
        self._put: set[tuple[str, str]] = set()

    def one(self, sql: str, /, *values: Value) -> Row | None:
        """Give the first row."""
        return self._tx.one(sql, *values)

    def all(self, sql: str, /, *values: Value) -> list[Row]:
        """Give every row."""
        return self._tx.all(sql, *values)

    def run(self, sql: str, /, *values: Value) -> int:
        """Run a statement."""
        return self._tx.run(sql, *values)

    def many(self, sql: str, rows: Iterable[Sequence[Value]], /) -> None:
        """Run a statement for many rows."""
        self._tx.many(sql, rows)

    def tell(self, topic: str, key: str = "", /) -> None:
        """Tell, and put the news; the same twice in one transaction is one."""
        self._tx.tell(topic, key)
        if topic in self._topics and key and (topic, key) not in self._put:
            self._put.add((topic, key))
            outbox.put(self._tx, self._mark(), topic, key, self._now_ms)


class NotingDatabase(Database):
    """A data base whose writes note news. Numbering must have begun (`kvit.chain.outbox.begin`)."""

    def __init__(self, inner: Database, topics: Collection[str], mark: Mark, clock: Callable[[], float]) -> None:
        super().__init__(inner.engine)
        self._topics = frozenset(topics)
        self._mark = mark
        self._clock = clock

    def write(self, verb: Callable[Concatenate[Tx, P], T], /, *args: P.args, **kwargs: P.kwargs) -> asyncio.Future[T]:
        """Put a verb that may write in line, noting what it tells."""
        return super().write(self._noting(verb), *args, **kwargs)

    def write_now(self, verb: Callable[Concatenate[Tx, P], T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Do what `write` does and wait in this thread."""
        return super().write_now(self._noting(verb), *args, **kwargs)

    def _noting(self, verb: Callable[Concatenate[Tx, P], T]) -> Callable[Concatenate[Tx, P], T]:
        def noted(tx: Tx, /, *args: Any, **kwargs: Any) -> T:
            return verb(NotingTx(tx, self._topics, self._mark, int(self._clock() * 1000)), *args, **kwargs)

        return noted
