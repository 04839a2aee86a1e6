"""``kvit up``: a whole shop starts, prints, stores, shows and ends."""

from __future__ import annotations

import datetime
import os
import random
import signal
import socket
import threading
from typing import Any

from kvit.demo import day
from kvit.escpos import Parser
from kvit.receipt.mask import mask_commands
from tests.end_to_end.running import WAIT_S, Shop, Staff, kvit, until

START = datetime.datetime(2026, 5, 4, 9)  # noqa: DTZ001 - a till's clock


def printouts(count: int, seed: int = 1) -> list[bytes]:
    return [printout.data for printout in day(START, count, random.Random(seed))]


def test_the_whole_way(shop: Shop) -> None:
    shop.start()
    assert shop.code
    assert any(f"tcp://127.0.0.1:{shop.till_port}" in line for line in shop.said)
    assert any(str(shop.data / "ports" / "till") in line for line in shop.said)
    staff = Staff(shop).sign_up()
    told: list[Any] = []
    listening = threading.Event()

    def listen() -> None:
        events = staff.events()
        listening.set()
        for event in events:
            told.append(event)
            if len(told) == 3:
                return

    listener = threading.Thread(target=listen, daemon=True)
    listener.start()
    listening.wait()
    sent = printouts(20)
    shop.print(*sent)
    found = staff.wait_for_bytes(sum(map(len, sent)))
    assert shop.paper == b"".join(sent)
    assert sorted(map(staff.raw, found)) == sorted(masked(data) for data in sent)
    shop.print(*printouts(3, 2))
    staff.wait_for(23)
    listener.join(WAIT_S)
    assert {event for event, _ in told} <= {"receipt", "burst"}
    assert told
    for form in ("png", "pdf", "svg", "txt", "html", "json", "sheet"):
        assert staff.form(found[0], form)


def masked(data: bytes) -> bytes:
    parser = Parser()
    return mask_commands([*parser.feed(data), *parser.close()])


def test_sigterm_ends_all(shop: Shop) -> None:
    shop.start()
    shop.print(b"Hello\n\x1dV\x00")
    assert {"up", "line", "shop", "printer", "holder"} <= set(shop.pids().values())
    assert shop.stop() == 0
    assert shop.pids() == {}
    assert not (shop.data / "ports" / "till").is_symlink()


def test_ctrl_c_ends_all(shop: Shop) -> None:
    """A terminal sends SIGINT to every process of the group at once."""
    shop.start()
    assert shop.process is not None
    os.killpg(shop.process.pid, signal.SIGINT)
    shop.process.wait(WAIT_S)
    until(lambda: not shop.pids(), f"left: {shop.pids()}")


def test_a_second_start_knows_its_owner_and_a_second_up_says_so(shop: Shop) -> None:
    shop.start()
    Staff(shop).sign_up()
    assert shop.stop() == 0
    shop.start()
    assert shop.code == ""
    second = kvit("up", "--config", str(shop.config))
    assert second.returncode == 0
    assert b"already runs on this data folder" in second.stdout
    assert shop.staff.encode() in second.stdout
    assert Staff(shop).sign_in().receipts() == []


def test_a_print_port_somebody_else_has_is_told_and_taken_once_it_is_free(shop: Shop) -> None:
    with socket.create_server(("127.0.0.1", shop.till_port)):
        shop.start()
        (told,) = (line for line in shop.said if "Line net" in line)
        assert "Address already in use" in told
        assert str(shop.till_port) in told
        assert not any("Let the till print to" in line and str(shop.till_port) in line for line in shop.said)
    until(lambda: "problem" not in shop.line(), "the port is not taken again")
    shop.print(b"Hello\n\x1dV\x00")
    assert shop.paper == b"Hello\n\x1dV\x00"


def test_a_page_port_somebody_else_has_ends_the_start_with_a_sentence(shop: Shop) -> None:
    with socket.create_server(("127.0.0.1", shop.staff_port)):
        said = kvit("up", "--config", str(shop.config))
    assert said.returncode == 1
    assert f"127.0.0.1:{shop.staff_port} can not be listened on".encode() in said.stderr
    assert b"kvit.toml: [web], [printing]" in said.stderr
    assert b"Traceback" not in said.stderr, said.stderr.decode()
    until(lambda: not shop.pids(), f"left: {shop.pids()}")


def test_a_printer_port_somebody_else_has_ends_the_start_with_a_sentence(shop: Shop) -> None:
    with socket.create_server(("127.0.0.1", shop.paper_port)):
        said = kvit("up", "--config", str(shop.config))
    assert said.returncode == 1
    assert b"[printer]" in said.stderr
    assert b"Traceback" not in said.stderr, said.stderr.decode()
    until(lambda: not shop.pids(), f"left: {shop.pids()}")
