"""The data base.

Verbs on SQLite or PostgreSQL. See `kvit.db.database` for the door, `kvit.db.tx` for what a verb may do.
"""

from kvit.db.backup import restore
from kvit.db.database import Database, open_database
from kvit.db.errors import (
    BackupError,
    ConstraintViolation,
    Contention,
    DatabaseClosed,
    DatabaseError,
    DatabaseInUse,
    DiskFull,
    MigrationError,
    OutcomeUnknown,
    UnsafeDatabase,
    WritesStopped,
)
from kvit.db.listen import ERASED, EVERYTHING, Subscription
from kvit.db.migrations import Room
from kvit.db.tx import Row, Tx, Value

__all__ = [
    "ERASED",
    "EVERYTHING",
    "BackupError",
    "ConstraintViolation",
    "Contention",
    "Database",
    "DatabaseClosed",
    "DatabaseError",
    "DatabaseInUse",
    "DiskFull",
    "MigrationError",
    "OutcomeUnknown",
    "Room",
    "Row",
    "Subscription",
    "Tx",
    "UnsafeDatabase",
    "Value",
    "WritesStopped",
    "open_database",
    "restore",
]
