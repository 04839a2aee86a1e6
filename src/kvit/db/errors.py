"""What the data base may raise. Every message is a sentence for a shop owner: what happened, what it means, what to do.

A verb's expected "no" is never one of these: that is a `kvit.refusal.Refusal`, returned. A read verb that writes, or a
statement that does not parse, is a bug and raises an assertion or the engine's own error.
"""

# ruff: noqa: N818 - the names say what is the matter; that it is an error, the raise says

from __future__ import annotations


class DatabaseError(Exception):
    """The books can not be opened, read or written. Parent of all below."""


class DatabaseInUse(DatabaseError):
    """Another process owns the file; ``pid`` says which (0 when it could not be read)."""

    def __init__(self, message: str, pid: int) -> None:
        super().__init__(message)
        self.pid = pid


class DatabaseClosed(DatabaseError):
    """The call came after `Database.close`."""


class UnsafeDatabase(DatabaseError):
    """The start-up check found a setting or a version with which a power cut could lose what was acknowledged."""


class MigrationError(DatabaseError):
    """A migration that was applied has changed or is missing, or one could not be applied."""


class DiskFull(DatabaseError):
    """There is no room for this write. Nothing of it was kept; reading goes on; the next write is tried again."""


class WritesStopped(DatabaseError):
    """The disk failed twice in a row: nothing more is written until the program is started again. Reading goes on.

    The write that met the error has happened wholly or not at all; repeated after the start with the same key it gives
    the first answer.
    """


class Contention(DatabaseError):
    """Others held what this write needs, again and again, until the bound was reached. Nothing was kept."""


class OutcomeUnknown(DatabaseError):
    """The connection died while COMMIT was under way and the server could not be asked.

    The write has happened wholly or not at all. Call the same verb with the same key again: it gives the first answer.
    """


class ConstraintViolation(DatabaseError):
    """A CHECK, UNIQUE, NOT NULL, foreign key or trigger of the schema said no.

    A verb may let it pass (its writes are undone) but must not catch it and go on: PostgreSQL would refuse every
    further statement. Use ``ON CONFLICT DO NOTHING RETURNING …`` where the clash is expected.
    """


class BackupError(DatabaseError):
    """The backup or restore was not made, or what was made did not stand the check."""
