"""kill -9 at any moment: after every kill the file opens at once, holds all that was acknowledged, each entry once.

``KVIT_KILLS=1000`` kills more often.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
from pathlib import Path

from kvit.db import Room, Tx, open_database

KILLS = int(os.environ.get("KVIT_KILLS", "30"))

CHILD = """
import asyncio, sys
from pathlib import Path
from kvit.db import Room, open_database

async def main():
    db = open_database(Path(sys.argv[1]), [Room("entry", Path(sys.argv[2]))])
    last = db.read_now(lambda tx: tx.one("SELECT coalesce(max(n), 0) FROM entry"))[0]

    def enter(tx, n):
        tx.run("INSERT INTO entry VALUES ($1, $2)", n, "x" * (n % 50 * 40))
        tx.run("UPDATE head SET n = n + 1")
        return n

    while True:
        group = [db.write(enter, last + step) for step in range(1, 9)]
        for done in await asyncio.gather(*group):
            print(done, flush=True)
        last += 8

asyncio.run(main())
"""


def state(tx: Tx) -> tuple[list[int], int]:
    head = tx.one("SELECT n FROM head")
    assert head is not None
    assert tx.all("PRAGMA integrity_check") == [("ok",)]
    return [n for (n,) in tx.all("SELECT n FROM entry ORDER BY n")], head[0]


def test_what_was_acknowledged_survives_every_kill(tmp_path: Path) -> None:
    folder = tmp_path / "entry"
    folder.mkdir()
    (folder / "0001_entry.sqlite.sql").write_text(
        "CREATE TABLE entry (n INTEGER PRIMARY KEY, body TEXT) STRICT;\n"
        "CREATE TABLE head (n INTEGER NOT NULL) STRICT; INSERT INTO head VALUES (0);"
    )
    file, chance, acknowledged = tmp_path / "kvit.db", random.Random(1), 0
    for _ in range(KILLS):
        command = [sys.executable, "-c", CHILD, str(file), str(folder)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": "src"}) as child:
            assert child.stdout is not None
            for _ in range(chance.randrange(1, 60)):
                acknowledged = int(child.stdout.readline())
            child.kill()
            acknowledged = max([acknowledged, *(int(line) for line in child.stdout.read().split(b"\n")[:-1] if line)])
        with open_database(file, [Room("entry", folder)]) as db:
            entries, head = db.read_now(state)
        assert entries == list(range(1, len(entries) + 1))
        assert head == len(entries) >= acknowledged
