"""Processes killed while receipts flow: printing goes on, nothing is lost, nothing is stored twice."""

from __future__ import annotations

import datetime
import os
import random
import signal
import socket
import threading
import time
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pytest

from kvit.app.rooms import MIGRATIONS
from kvit.db import open_database
from kvit.demo import day
from kvit.escpos import Parser
from kvit.receipt.mask import mask_commands
from kvit.relay.bookmark import Bookmark
from kvit.relay.control import ask
from tests.end_to_end.running import Shop, Staff, kvit, until

KILLS = int(os.environ.get("KVIT_KILLS", "15"))
"""How often the loop kills the shop; tools/soak.py asks for thousands."""
SEED = int(os.environ.get("KVIT_KILL_SEED", "1"))


def receipt(number: int) -> bytes:
    """A receipt nobody else has."""
    return b"\x1b@Shop\nReceipt %06d\nTOTAL %d.00\n\x1dV\x00" % (number, number)


def stored(staff: Staff, sent: list[bytes]) -> None:
    """All that was sent is there, each once."""
    found = Counter(map(staff.raw, staff.wait_for(len(sent))))
    assert found == Counter(sent)


@pytest.mark.slow
def test_killing_the_shop_loses_and_doubles_nothing(shop: Shop) -> None:
    shop.start()
    staff = Staff(shop).sign_up()
    chance = random.Random(SEED)
    sent: list[bytes] = []
    for kill in range(KILLS):
        for _ in range(chance.randrange(1, 30)):
            sent.append(receipt(len(sent)))
            shop.print(sent[-1])
        time.sleep(chance.random() * 0.3)
        shop.pid("shop")
        shop.kill("shop")
        sent.append(receipt(len(sent)))
        shop.print(sent[-1])
        assert shop.paper.count(b"Receipt") == len(sent)
        if kill % 4 == 3:  # the supervisor's own pauses grow to half a minute; this test has no such patience
            shop.stop()
            shop.start()
    assert shop.paper == b"".join(sent)
    until(lambda: _answers(staff), "the shop does not answer again")
    stored(staff, sent)


def test_killing_the_shop_in_the_middle_of_receipts(shop: Shop) -> None:
    """Pictures, late drawer pulses and card slips in small pieces: every byte is in the books, in order, once."""
    shop.start()
    chance = random.Random(SEED)
    start = datetime.datetime(2026, 5, 4, 9)  # noqa: DTZ001 - a till's clock
    sent = [printout.data for printout in day(start, 60, chance)]
    stream = b"".join(sent)

    def print_slowly() -> None:
        with shop.till() as till:
            at = 0
            while at < len(stream):
                size = chance.randrange(1, 1200)
                till.sendall(stream[at : at + size])
                at += size
                time.sleep(0.03)
            till.shutdown(socket.SHUT_WR)
            while till.recv(4096):
                pass

    till = threading.Thread(target=print_slowly)
    till.start()
    for _ in range(4):
        shop.pid("shop")
        time.sleep(chance.random() * 1.5)
        shop.kill("shop")
    till.join()
    assert shop.paper == stream
    books = shop.data / "kvit.db"
    until(lambda: _settled(shop), "the shop does not catch up")
    shop.stop()
    with open_database(books, MIGRATIONS) as db:
        rows = db.read_now(
            lambda tx: tx.all("SELECT b.raw FROM receipt r JOIN receipt_body b ON b.n = r.n ORDER BY r.at_offset, r.n")
        )
    parser = Parser("unknown")
    assert b"".join(bytes(row[0]) for row in rows) == mask_commands([*parser.feed(stream), *parser.close()])


def _settled(shop: Shop) -> bool:
    """All that was captured is stored: the position stands at the end of the capture."""
    folder = shop.data / "capture" / "net"
    ends = [int(path.stem, 16) + path.stat().st_size for path in folder.glob("*.cap")]
    return Bookmark(folder).load().offset >= max(ends)


def test_the_supervisor_starts_the_shop_again(shop: Shop) -> None:
    shop.start()
    staff = Staff(shop).sign_up()
    first = shop.kill("shop")
    shop.print(receipt(1))
    assert shop.pid("shop") != first
    until(lambda: _answers(staff), "the shop does not answer again")
    stored(staff, [receipt(1)])


def _answers(staff: Staff) -> bool:
    try:
        return bool(staff.get("/api/v1/session"))
    except OSError:
        return False


def test_killing_the_line_hangs_up_no_till(shop: Shop) -> None:
    shop.start()
    staff = Staff(shop).sign_up()
    till = os.open(shop.data / "ports" / "till", os.O_RDWR | os.O_NOCTTY)
    os.write(till, receipt(1))
    until(lambda: shop.paper == receipt(1), "the first receipt is not on paper")
    port = os.ttyname(till)
    first = shop.kill("line")
    os.write(till, receipt(2))
    with shop.till() as network:
        network.sendall(receipt(3))
        assert shop.pid("line") != first
        until(lambda: shop.paper.count(b"Receipt") == 3, f"paper: {shop.paper!r}")
    os.write(till, b"\x10\x04\x01")
    assert os.read(till, 1) == b"\x12"
    assert os.readlink(shop.data / "ports" / "till") == port  # noqa: PTH115
    stored(staff, [receipt(1), receipt(2), receipt(3)])
    os.close(till)


def test_a_new_kvit_up_finds_the_line_of_a_killed_one(shop: Shop) -> None:
    shop.start()
    staff = Staff(shop).sign_up()
    line = shop.pid("line")
    till = os.open(shop.data / "ports" / "till", os.O_RDWR | os.O_NOCTTY)
    shop.stop(signal.SIGKILL)
    os.write(till, receipt(1))
    until(lambda: "shop" not in shop.pids().values(), "the shop outlives its supervisor")
    shop.start()
    assert line in shop.pids()
    assert ask(shop.data / "run", {"do": "state"})["pid"] == line
    shop.print(receipt(2))
    until(lambda: shop.paper.count(b"Receipt") == 2, "not both on paper")
    stored(staff, [receipt(1), receipt(2)])
    assert shop.kill("line") == line
    os.write(till, receipt(3))
    until(lambda: shop.paper.count(b"Receipt") == 3, "the new line does not take over")
    os.close(till)
    assert shop.stop() == 0
    until(lambda: not shop.pids(), f"left: {shop.pids()}")


def test_killing_everything_at_once(shop: Shop) -> None:
    shop.start()
    staff = Staff(shop).sign_up()
    sent = [receipt(number) for number in range(40)]
    shop.print(*sent)
    _kill(shop.pids())
    until(lambda: not shop.pids(), "somebody survived")
    shop.forget()
    shop.start()
    stored(staff, sent)
    assert shop.paper == b"".join(sent)


def _kill(pids: Iterable[int]) -> None:
    for pid in pids:
        os.kill(pid, signal.SIGKILL)


def test_a_drawing_worker_that_dies_costs_one_picture(shop: Shop) -> None:
    shop.start()
    staff = Staff(shop).sign_up()
    shop.print(receipt(1))
    (one,) = staff.wait_for(1)
    picture = staff.form(one, "png")
    shop.kill("draw")
    assert staff.form(one, "svg")
    assert staff.form(one, "png") == picture


def test_a_backup_made_while_receipts_come_puts_that_moment_back(shop: Shop, tmp_path: Path) -> None:
    """A backup while receipts come: whole, and of one moment."""
    shop.start()
    staff = Staff(shop).sign_up()
    shop.print(*map(receipt, range(50)))
    staff.wait_for(50)
    made = kvit("backup", str(tmp_path / "saved.db"), "--config", str(shop.config))
    assert made.returncode == 0, made.stderr
    shop.print(receipt(50))
    staff.wait_for(51)
    assert shop.stop() == 0
    put = kvit("restore", str(tmp_path / "saved.db"), "--yes", "--config", str(shop.config))
    assert put.returncode == 0, put.stderr
    shop.start()
    assert len(Staff(shop).sign_in().receipts()) == 50
    assert kvit("verify", "--config", str(shop.config)).stdout.startswith(b"audit: ")
