"""The one writer: many callers, one thread, one flush.

A batch ends in one of four ways:

* committed: notices go out, then every caller gets its answer;
* no room (`DiskFull`): undone; if it had several verbs each is tried alone, since a small one may still fit;
* busy (a foreign program holds the file past the timeout): undone, every caller gets `Contention`; * a failing disk:
  after an error from flush the kernel may call pages clean that never reached the disk, so nothing this connection
  believes can be trusted. The connection is closed, another opened, the log copied home (which writes and flushes the
  pages again), and the head looked at: ``kvit_head.n`` counts batches, so it tells whether the failed COMMIT happened
  after all. If not, the batch is run once more. A second error stops all writing until the program is started anew;
  readers go on.

What was deleted is overwritten in the file (``secure_delete``), but older pages that still show it lie in the log until
it is copied home and cut. A verb that erases says so (`kvit.db.ERASED`); then the log is emptied before its caller is
answered, and while a reader still needs the log (a backup may, for minutes) again and again until it went.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Sequence

import apsw

from kvit.db.errors import Contention, DatabaseError, DiskFull, WritesStopped
from kvit.db.job import Job, Line, Outcome, settle
from kvit.db.listen import ERASED, Hub
from kvit.db.sqlite import BUSY_TIMEOUT_MS, Open, SqliteTx
from kvit.refusal import Refusal

BATCH = 256
"""Verbs in one commit.

At 64 callers no batch is longer anyhow, and the first caller never waits for more than some milliseconds.
"""

EMPTY_WAIT_MS = 50
"""How long emptying the log waits for readers while callers wait for it."""

EMPTY_AGAIN_S = 1.0
"""When it is tried again."""

HEAD = "CREATE TABLE IF NOT EXISTS kvit_head (id INTEGER PRIMARY KEY CHECK (id = 1), n INTEGER NOT NULL) STRICT"

FULL = (
    "There is no room left on the disk, so this was not written. What was written before is safe and can be read. "
    "Please make room."
)
BUSY = (
    "Another program held the data base for too long, so this was not written. "
    "Please close the program that has the file open."
)
STOPPED = (
    "The disk failed twice, so nothing more is written; what was written before can be read. "
    "Please make a backup, check the disk (kvit doctor), then start Kvit again."
)

_FAILING = (apsw.IOError, apsw.CorruptError, apsw.CantOpenError, apsw.NotADBError)
"""What apsw raises when the disk, not the statement, is at fault."""


class Writer:
    """The writing thread of one SQLite file."""

    def __init__(self, connect: Open, hub: Hub) -> None:
        self._connect = connect
        self._hub = hub
        self._line = Line()
        self._stopped: WritesStopped | None = None
        self._done: list[Outcome] = []
        self._n = 0
        self._erased = False
        """Something erased may still lie in the log."""
        self._use(connect())
        self._thread = threading.Thread(target=self._work, name="kvit-db-writer", daemon=True)

    @property
    def stopped(self) -> bool:
        """True once the disk failed twice and writing ended."""
        return self._stopped is not None

    def start(self, *, left_over: bool = False) -> None:
        """Begin to take jobs. Until then `connection` belongs to the caller (migrations).

        ``left_over``: there was a log already, so whoever wrote it may have ended between erasing and emptying.
        """
        self._n = self._read_head()
        self._erased = left_over
        self._thread.start()

    def submit(self, job: Job) -> None:
        """Put a job in line."""
        self._line.put(job)

    def close(self) -> None:
        """Finish what is in line, then close the connection, which copies the log home."""
        self._line.close([self._thread] if self._thread.is_alive() else [])
        with contextlib.suppress(apsw.Error):  # what could not be copied home lies in the log, and is read from there
            self.connection.close()

    def _use(self, connection: apsw.Connection) -> None:
        self.connection = connection
        self._tx = SqliteTx(connection)

    def _read_head(self) -> int:
        row = self._tx.one("SELECT n FROM kvit_head")
        return int(row[0]) if row else 0

    def _work(self) -> None:
        ended = False
        while not ended:
            batch, ended = self._line.take_all(BATCH, EMPTY_AGAIN_S if self._erased else None)
            outcomes = self._serve(batch) if batch else []
            if self._erased and self._stopped is None:
                self._empty_log()
            settle(outcomes)

    def _serve(self, batch: Sequence[Job]) -> list[Outcome]:
        if self._stopped is not None:
            return _all(batch, self._stopped)
        try:
            return self._commit(batch)
        except apsw.FullError as error:
            self._undo()
            return self._one_by_one(batch, error)
        except apsw.BusyError as error:
            self._undo()
            return _all(batch, _because(Contention(BUSY), error))
        except _FAILING as error:
            return self._recover(batch, error)
        except BaseException as error:  # a bug of ours or of the engine: nobody may wait for ever
            self._undo()
            return _all(batch, error)

    def _commit(self, batch: Sequence[Job]) -> list[Outcome]:
        execute = self._tx.execute
        self._tx.told, self._done = [], []
        execute("BEGIN IMMEDIATE")
        before = self.connection.total_changes()
        alone = len(batch) == 1
        self._done = [self._run(job, alone) for job in batch]
        if not self.connection.in_transaction:  # the only verb was undone
            return self._committed()
        if self.connection.total_changes() != before:  # a batch that changed nothing needs no flush
            execute("UPDATE kvit_head SET n = n + 1")
            execute("COMMIT")
            self._n += 1
        else:
            execute("COMMIT")
        return self._committed()

    def _committed(self) -> list[Outcome]:
        if self._tx.told:
            self._erased = self._erased or (ERASED, "") in self._tx.told
            self._hub.publish(self._tx.told)
        return self._done

    def _run(self, job: Job, alone: bool) -> Outcome:
        """Run one verb in its savepoint.

        What fails with the whole transaction is raised, what fails alone is an outcome.
        """
        execute, told = self._tx.execute, len(self._tx.told)
        if not alone:
            execute("SAVEPOINT verb")
        try:
            value = job.verb(self._tx, *job.args, **job.kwargs)
        except (apsw.FullError, apsw.BusyError, *_FAILING):
            raise
        except BaseException as error:
            if not self.connection.in_transaction:
                raise
            outcome: Outcome = (job, None, error)
        else:
            if not isinstance(value, Refusal):
                if not alone:
                    execute("RELEASE verb")
                return job, value, None
            outcome = (job, value, None)
        if alone:
            execute("ROLLBACK")
        else:
            execute("ROLLBACK TO verb")
            execute("RELEASE verb")
        del self._tx.told[told:]
        return outcome

    def _empty_log(self) -> None:
        self.connection.set_busy_timeout(EMPTY_WAIT_MS)
        try:
            row = self._tx.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()[0]
            self._erased = bool(row[0])
        except apsw.Error:  # the log is whole and will be copied home by a later commit, which also hears of a bad disk
            self._erased = True
        finally:
            self.connection.set_busy_timeout(BUSY_TIMEOUT_MS)

    def _undo(self) -> None:
        if self.connection.in_transaction:
            self._tx.execute("ROLLBACK")

    def _one_by_one(self, batch: Sequence[Job], error: apsw.Error) -> list[Outcome]:
        if len(batch) == 1:
            return _all(batch, _because(DiskFull(FULL), error))
        return [outcome for job in batch for outcome in self._serve([job])]

    def _recover(self, batch: Sequence[Job], first: apsw.Error) -> list[Outcome]:
        done, told = self._done, self._tx.told
        try:
            self._reopen()
            n = self._read_head()
            assert n in (self._n, self._n + 1), f"the head stands at {n}, not at {self._n}"
            if n == self._n:
                return self._commit(batch)
            self._n = n
        except (apsw.Error, AssertionError, DatabaseError) as second:
            self._stopped = WritesStopped(STOPPED)
            self._stopped.add_note(f"first: {first!r}; then: {second!r}")
            return _all(batch, self._stopped)
        self._done, self._tx.told = done, told
        return self._committed()

    def _reopen(self) -> None:
        with contextlib.suppress(apsw.Error):
            self.connection.close(True)
        self._use(self._connect())
        self._tx.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()


def _all(batch: Sequence[Job], error: BaseException) -> list[Outcome]:
    return [(job, None, error) for job in batch]


def _because(error: DatabaseError, cause: BaseException) -> DatabaseError:
    error.__cause__ = cause
    return error
