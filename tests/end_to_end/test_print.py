"""`kvit print` against a whole shop, and a shop killed while it prints."""

from __future__ import annotations

import os
import random
import re
import socket
import time
from pathlib import Path

import pytest

from kvit.app.rooms import MIGRATIONS
from kvit.db import open_database
from kvit.device.spool import service
from kvit.device.spool.model import IN_FLIGHT, Job, State
from kvit.device.spool.store import Filter
from kvit.device.spool.transitions import TABLE
from kvit.socket_path import socket_path
from tests.end_to_end.running import Shop, kvit, until

KILLS = int(os.environ.get("KVIT_PRINT_KILLS", "6"))


def said(shop: Shop, *arguments: str, data: bytes = b"") -> tuple[int, str]:
    """Run `kvit print` on a shop; give its exit code and what it said."""
    done = kvit("print", *arguments, "--config", str(shop.config), data=data)
    return done.returncode, (done.stdout + done.stderr).decode()


def tell(shop: Shop, words: str) -> None:
    """Tell the virtual printer what shall befall it."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
        line.connect(os.fspath(socket_path(shop.data / "printer" / "control.sock")))
        line.sendall(words.encode() + b"\n")
        assert line.recv(100).strip() == b"ok"


def test_printing_says_the_truth(shop: Shop) -> None:
    code, text = said(shop, "-", data=b"early\n")
    assert code == 1
    assert "kvit up" in text
    shop.start()
    code, text = said(shop, "-", "--wait", "50", "--key", "k1", data=b"Hello\n")
    assert code == 0, text
    assert "class A" in text
    assert said(shop, "-", "--wait", "50", "--key", "k1", data=b"Hello\n")[0] == 0
    assert said(shop, "-", "--key", "k1", data=b"Other\n")[0] == 1
    assert said(shop, "-", "--printer", "nobody", data=b"x\n")[0] == 1
    assert shop.paper.count(b"Hello\n") == 1
    tell(shop, "paper out")
    code, text = said(shop, "-", "--wait", "3", data=b"Later\n")
    assert code == 5, text
    assert "paper" in text
    tell(shop, "paper ok")
    until(lambda: b"Later\n" in shop.paper, "the paper is in, and nothing comes")
    code, text = said(shop, "-", "--as", "raw", "--wait", "50", data=b"\x1b@Raw\n\x1dV\x00")
    assert code == 0, text
    assert shop.paper.count(b"\x1b@Raw\n\x1dV\x00") == 1


@pytest.mark.slow
def test_a_shop_killed_while_it_prints(shop: Shop) -> None:
    """Nothing is printed twice unmarked, nothing disappears, and each job's history is a path of the state machine."""
    shop.start()
    chance = random.Random(7)
    keys: list[str] = []
    for _ in range(KILLS):
        for _ in range(4):
            keys.append(f"k{len(keys):03}")
            lines = b"".join(b"<%s> %03d\n" % (keys[-1].encode(), n) for n in range(200))
            assert said(shop, "-", "--as", "text", "--key", keys[-1], data=lines)[0] == 0
        time.sleep(chance.random() * 0.4)
        shop.pid("shop")
        shop.kill("shop")
        until(lambda: _answers(shop), "the shop does not come back")
    until(lambda: _at_rest(shop), "jobs do not come to rest")
    assert shop.stop() == 0
    _held_against_paper(shop, keys)


def _answers(shop: Shop) -> bool:
    from kvit.app import control

    try:
        control.ask(shop.data, "describe")
    except (control.NotRunning, control.ControlError):
        return False
    return True


def _at_rest(shop: Shop) -> bool:
    """The virtual printer is fast: when nothing came for a while, nothing more comes."""
    before = len(shop.paper)
    time.sleep(3.0)
    return len(shop.paper) == before


def _held_against_paper(shop: Shop, keys: list[str]) -> None:
    pieces = shop.paper.split(b"\x1dV")
    with open_database(Path(shop.data) / "kvit.db", MIGRATIONS) as db:
        shop_id = db.read_now(_shop_of)
        jobs: list[Job] = db.read_now(service.search, shop_id, Filter(), None, 200)
        originals = {job.family: job for job in jobs if job.copy == 1}
        assert set(keys) == set(originals)
        for key, job in originals.items():
            whole = [piece for piece in pieces if len(re.findall(b"<%s> " % key.encode(), piece)) == 200]
            unmarked = [piece for piece in whole if b"COPY" not in piece]
            assert len(unmarked) <= 1, f"{key}: {len(unmarked)} originals"
            assert job.state is not State.PRINTED or unmarked, f"{key} is said to be printed"
            assert job.state not in IN_FLIGHT
            lines = db.read_now(service.history, shop_id, job.id)
            assert lines[-1].after is job.state
            assert all((line.before, line.event) in TABLE for line in lines[1:])


def _shop_of(tx: object) -> str:
    row = tx.one("SELECT shop FROM spool_job LIMIT 1")  # type: ignore[attr-defined]
    return str(row[0])
