"""A shop's own processes and an emulated Star printer in a process of its own: a job accepted ends on its paper."""

from __future__ import annotations

import select
import subprocess
import sys
import time
from pathlib import Path

import pytest

from kvit.app.rooms import MIGRATIONS
from kvit.db import Database, open_database
from kvit.device.printers import service as printers
from kvit.device.printers.model import Printer
from kvit.device.spool import service as spool
from kvit.device.spool.model import Evidence, Job, State
from kvit.device.spool.order import Order, order
from kvit.device.spool.service import Accepted
from kvit.paper.document import Cut, Document, Text, print_document
from tests.end_to_end.running import WAIT_S, Shop, environment

SHOP = "shop-1"
DOCUMENT = print_document(Document([Text("Milk 1 l  900"), Cut()]))


def prepared(db: Database) -> tuple[str, Job]:
    """A printer's word, and a job for it."""
    now_ms = int(time.time() * 1000)
    db.write_now(printers.keep, SHOP, Printer("bar", "starprnt+cloudprnt://001162aabbcc"), now_ms)
    token = db.write_now(printers.fresh_token, SHOP, "bar", lambda count: bytes(range(count)), now_ms)
    given = order("sale 1", "bar", DOCUMENT)
    assert isinstance(given, Order)
    assert isinstance(token, str)
    accepted = db.write_now(spool.accept, SHOP, given, now_ms)
    assert isinstance(accepted, Accepted)
    return token, accepted.jobs[0]


@pytest.mark.slow
def test_a_job_ends_on_the_paper_of_a_printer_that_polls(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    shop.data.mkdir()
    with open_database(shop.data / "kvit.db", MIGRATIONS) as db:
        token, job = prepared(db)
    shop.start()
    url = f"http://127.0.0.1:{shop.printing_port}/cloudprnt/{token}"
    command = [
        sys.executable,
        "-m",
        "kvit",
        "emulate",
        "cloudprnt",
        url,
        "--interval",
        "0.2",
        "--keep",
        str(tmp_path / "paper"),
    ]
    printer = subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=environment(PYTHONUNBUFFERED="1"),
        bufsize=0,
    )
    assert printer.stdout is not None
    said: list[str] = []
    while "printed" not in said:
        assert select.select([printer.stdout], [], [], WAIT_S)[0], said
        line = printer.stdout.readline().decode()
        assert line, said
        said.append(line.strip())
    printer.kill()
    printer.communicate()
    assert shop.stop() == 0
    assert any("Milk 1 l" in line for line in said)
    assert b"Milk" in (tmp_path / "paper").read_bytes()
    with open_database(shop.data / "kvit.db", MIGRATIONS) as db:
        after = db.read_now(spool.get, SHOP, job.id)
    assert isinstance(after, Job)
    assert (after.state, after.evidence) == (State.PRINTED, Evidence.B)
