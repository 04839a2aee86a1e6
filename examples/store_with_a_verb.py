"""Kvit's data base for a table of your own.

A verb is a plain function of ``tx``: what it wrote is kept when it returns, undone when it raises or returns a
``Refusal``. Verbs called at the same time share one flush to the disk.

    python examples/store_with_a_verb.py /tmp/stamps.db
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from pathlib import Path

from kvit.db import Room, Tx, open_database
from kvit.refusal import Refusal

TABLE = "CREATE TABLE stamp (card TEXT PRIMARY KEY, n INTEGER NOT NULL CHECK (n BETWEEN 1 AND 10)) STRICT;"
FULL = 10


def stamp(tx: Tx, card: str) -> int | Refusal:
    """Put a stamp on a card; refused when the card is full."""
    row = tx.one(
        "INSERT INTO stamp (card, n) VALUES ($1, 1) ON CONFLICT (card) DO UPDATE SET n = n + 1 WHERE stamp.n < $2"
        " RETURNING n",
        card, FULL,
    )  # fmt: skip
    return Refusal("stamp.full", {"card": card}) if row is None else int(row[0])


async def main(file: Path) -> None:
    """Stamp one card twelve times at once."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "0001_stamp.sqlite.sql").write_text(TABLE, "utf-8")
        with open_database(file, [Room("stamp", Path(folder))]) as db:
            answers = await asyncio.gather(*(db.write(stamp, "card-1") for _ in range(12)))
    for answer in answers:
        print(f"refused: {answer.code}" if isinstance(answer, Refusal) else f"stamp {answer}")


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
