"""What comes to a print port that is no receipt: printing goes on or a clear refusal, and memory stays bounded."""

from __future__ import annotations

import contextlib
import os
import random
import selectors
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.end_to_end.running import Shop, Staff, kvit, until

RECEIPT = b"\x1b@Shop\nCoffee 3.00\nTOTAL 3.00\n\x1dV\x00"
MB = 1 << 20
LINE_RSS_MAX = 120 * MB
SHOP_RSS_MAX = 450 * MB
"""Far above what they need, far below what a leak of the inputs below would take."""


@pytest.fixture
def running(shop: Shop) -> Iterator[Shop]:
    shop.start()
    yield shop
    bounded(shop)


def rss(pid: int) -> int:
    """The most memory a process ever had."""
    for line in Path(f"/proc/{pid}/status").read_text("ascii").splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1]) << 10
    raise AssertionError(pid)


def bounded(shop: Shop) -> None:
    assert rss(shop.pid("line")) < LINE_RSS_MAX
    assert rss(shop.pid("shop")) < SHOP_RSS_MAX


def prints_on(shop: Shop, staff: Staff) -> None:
    """A receipt printed now comes out, and is on the page."""
    before = shop.paper.count(RECEIPT)
    shop.print(RECEIPT)
    until(lambda: shop.paper.count(RECEIPT) > before, "the receipt is not on paper")
    until(lambda: any(staff.raw(one) == RECEIPT for one in staff.receipts()[-5:]), "the receipt is not on the page")


def test_random_bytes(running: Shop) -> None:
    staff = Staff(running).sign_up()
    noise = random.Random(7).randbytes(2 * MB)
    before = len(running.paper)
    running.print(noise)
    assert running.paper[before:] == noise
    until(lambda: sum(one["size_bytes"] for one in staff.receipts()) == len(noise), "not all noise is kept")
    prints_on(running, staff)


def test_truncated_streams(running: Shop) -> None:
    staff = Staff(running).sign_up()
    cut_short = (
        b"Shop\n\x1b",
        b"A\n\x1dv0\x00\x48\x00\xff\xff\x00\x00",
        b"B\n\x1d(k\xff\xff1P0abc",
        b"C\n\x1c",
        b"D\n\x1b*!\xff\x03xx",
    )
    for data in cut_short:
        running.print(data)
    assert running.paper == b"".join(cut_short)
    found = staff.wait_for_bytes(sum(map(len, cut_short)))
    assert sorted(map(staff.raw, found)) == sorted(cut_short)
    prints_on(running, staff)


def test_four_gigabytes_declared_and_then_silence(running: Shop) -> None:
    """``GS 8 L`` with the longest length there is: it is on paper at once, and no memory is kept free for it."""
    staff = Staff(running).sign_up()
    head = b"Shop\n\x1d8L\xff\xff\xff\xff0p0\x01\x01\x31\x48\x02\xff\xff" + bytes(MB)
    with running.till() as till:
        till.sendall(head)
        until(lambda: running.paper == head, "the beginning is not on paper")
        bounded(running)
    until(lambda: any(staff.raw(one)[:5] == b"Shop\n" for one in staff.receipts()), "nothing of it is kept")
    prints_on(running, staff)


def test_macros_without_an_end(running: Shop) -> None:
    """``GS ^`` repeats the macro up to 255 times, ``GS :`` begins and ends one: nothing multiplies."""
    staff = Staff(running).sign_up()
    macro = b"\x1d:" + b"Again and again\n" * 200 + b"\x1d:" + b"\x1d^\xff\x00\x00" * 500 + b"\x1d:" * 301
    running.print(macro + b"\n\x1dV\x00")
    (one,) = staff.wait_for_bytes(len(macro) + 4)
    assert staff.form(one, "txt").count(b"Again") <= 200 * 256
    prints_on(running, staff)


@pytest.mark.slow
def test_a_client_of_one_byte_a_second_does_not_keep_others_from_printing(running: Shop) -> None:
    staff = Staff(running).sign_up()
    with running.till() as slow:
        slow.sendall(b"x")
        until(lambda: running.paper == b"x", "the slow one does not print")
        sender = threading.Thread(target=drip, args=(slow,))
        sender.start()
        prints_on(running, staff)
        sender.join()
    until(lambda: running.paper.count(b"y") == 9, "what the slow one sent is not all on paper")


def drip(till: socket.socket) -> None:
    for _ in range(9):
        till.sendall(b"y")
        time.sleep(1)


def test_a_thousand_clients(running: Shop) -> None:
    """So many of one address get in, the others are closed at once; all bytes of those who are in are printed."""
    staff = Staff(running).sign_up()
    with contextlib.ExitStack() as stack:
        selector = stack.enter_context(selectors.DefaultSelector())
        tills = []
        for number in range(1000):
            till = stack.enter_context(running.till())
            till.setblocking(False)
            selector.register(till, selectors.EVENT_READ, number)
            tills.append(till)
        until(lambda: int(running.line()["refused"]) >= 1000 - 64, "nobody is refused")
        assert int(running.line()["refused"]) == 1000 - 64
        closed = {key.data for _ in range(50) for key, _ in selector.select(0.02)}
        kept = [till for number, till in enumerate(tills) if number not in closed]
        assert len(kept) == 64
        for till in kept:
            till.setblocking(True)
            till.sendall(RECEIPT)
            till.shutdown(socket.SHUT_WR)
        until(lambda: running.paper.count(RECEIPT) == 64, "not all on paper")
    assert len(staff.wait_for(64)) == 64
    prints_on(running, staff)


@pytest.mark.parametrize("request_", [b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", b"POST /print HTTP/1.0\r\n\r\nabc"])
def test_an_http_request_is_told_what_this_is_and_not_printed(running: Shop, request_: bytes) -> None:
    with running.till() as till:
        till.sendall(request_)
        answer = b""
        while piece := till.recv(4096):
            answer += piece
    assert answer.startswith(b"HTTP/1.1 421 ")
    assert b"not printed" in answer
    assert running.paper == b""
    prints_on(running, Staff(running).sign_up())


def test_a_printer_that_dies_in_the_middle_gets_the_rest_when_it_is_back(running: Shop) -> None:
    staff = Staff(running).sign_up()
    running.kill("printer")
    with running.till() as till:
        till.sendall(RECEIPT)
        until(lambda: running.pid("printer"), "the virtual printer is not started again")
        until(lambda: running.paper == RECEIPT, "the receipt is not on paper")
    assert len(staff.wait_for(1)) == 1


# A small disk.

ROOM_MB = 24


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of some megabytes; only root may make one."""
    folder = tmp_path / "disk"
    folder.mkdir()
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={ROOM_MB}m", "tmpfs", str(folder)], capture_output=True, check=False
    )
    if made.returncode:
        pytest.skip("a small disk needs root and a kernel that lets it mount a tmpfs")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=False)


def test_a_full_disk_stops_storing_not_printing(small_disk: Path, tmp_path: Path) -> None:
    """The printer's own paper file lies on another disk, so that what is printed can be seen."""
    shop = Shop(small_disk)
    (shop.data).mkdir()
    (tmp_path / "paper").mkdir()
    (shop.data / "printer").symlink_to(tmp_path / "paper")
    shop.log = tmp_path / "up.log"
    try:
        shop.start()
        staff = Staff(shop).sign_up()
        shop.print(RECEIPT)
        staff.wait_for(1)
        fill(small_disk)
        for _ in range(5):
            shop.print(RECEIPT)
        until(lambda: shop.paper.count(RECEIPT) == 6, "printing stopped")
        said = kvit("doctor", "--config", str(shop.config))
        assert said.returncode == 1
        assert b"Receipts stop being stored when the disk is full" in said.stdout
        assert staff.receipts()
        (small_disk / "ballast").unlink()
        prints_on(shop, staff)
        uncaptured = int(shop.line()["uncaptured_bytes"])
        lost = uncaptured // len(RECEIPT)
        assert len(staff.wait_for(7 - lost - 1)) >= 7 - lost - 1
        if uncaptured:
            assert b"could not be kept" in kvit("doctor", "--config", str(shop.config)).stdout
    finally:
        shop.clean()


def fill(folder: Path) -> None:
    """Leave no byte."""
    with (folder / "ballast").open("wb", buffering=0) as ballast, contextlib.suppress(OSError):
        while True:
            ballast.write(bytes(1 << 16))
    with (folder / "ballast").open("ab", buffering=0) as ballast, contextlib.suppress(OSError):
        while True:
            os.write(ballast.fileno(), b"x" * 512)
