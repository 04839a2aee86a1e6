"""A whole shop and the example receiver: what the till prints is told, also when either of them was killed meanwhile."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.running import ROOT, WAIT_S, Shop, Staff, environment, free_port, until

pytestmark = pytest.mark.slow


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    if sys.platform != "linux":
        pytest.skip("whole shops are run on Linux")
    made = Shop(tmp_path, extra="[webhooks]\nhouse = true\n")
    try:
        yield made
    finally:
        made.clean()


class Listener:
    """``examples/webhook_receiver.py`` as people start it, and what it printed."""

    def __init__(self, port: int, secret: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, str(ROOT / "examples/webhook_receiver.py"), "--port", str(port), "--secret", secret],
            stdout=subprocess.PIPE, env=environment(), text=True,
        )  # fmt: skip
        self.lines: list[str] = []
        threading.Thread(target=self._read, daemon=True).start()
        until(lambda: self.lines, "the receiver does not listen")

    def _read(self) -> None:
        assert self.process.stdout is not None
        with self.process.stdout as lines:
            for line in lines:
                self.lines.append(line.strip())

    def heard(self, kind: str) -> list[dict[str, Any]]:
        return [json.loads(line.partition(" ")[2]) for line in self.lines if line.startswith(f"{kind} ")]

    def kill(self) -> None:
        self.process.kill()
        self.process.wait(WAIT_S)


def post(staff: Staff, shop: Shop, path: str, body: object) -> Any:
    token = json.loads(staff.get("/api/v1/session"))["csrf"]
    headers = {"content-type": "application/json", "origin": shop.staff, "x-csrf-token": token}
    request = urllib.request.Request(shop.staff + path, json.dumps(body).encode(), headers)
    with staff._opener.open(request, timeout=WAIT_S) as answer:
        return json.loads(answer.read())


def receipt(number: int) -> bytes:
    return f"\x1b@Corner Cafe\nReceipt {number}\nLatte 4.50\nTOTAL 4.50\n\n\x1dV\x00".encode()


def test_what_the_till_prints_is_told_whoever_dies_meanwhile(shop: Shop) -> None:
    staff = Staff(shop.start()).sign_up()
    port = free_port()
    made = post(staff, shop, "/api/v1/webhooks", {"url": f"http://127.0.0.1:{port}/", "name": "Books"})
    receiver = Listener(port, made["secret"])
    try:
        shop.print(receipt(1))
        until(lambda: receiver.heard("receipt.stored"), f"not told: {receiver.lines}")
        assert receiver.heard("receipt.stored")[0]["receipt"] == staff.receipts()[0]["id"]
        receiver.kill()
        shop.print(receipt(2))
        staff.wait_for(2)
        shop.kill("shop")
        receiver = Listener(port, made["secret"])
        ids = {one["id"] for one in until(lambda: _receipts(staff), "the shop is not back")}
        until(lambda: {one["receipt"] for one in receiver.heard("receipt.stored")} >= ids - _first(ids, staff), "lost")
        deliveries = json.loads(staff.get(f"/api/v1/webhooks/{made['webhook']['id']}/deliveries?state=done"))
        assert deliveries["deliveries"]
    finally:
        receiver.kill()


def _receipts(staff: Staff) -> list[dict[str, Any]]:
    try:
        return staff.receipts()
    except OSError:
        return []


def _first(ids: set[str], staff: Staff) -> set[str]:
    """The receipt the receiver before heard of."""
    return {staff.receipts()[0]["id"]} & ids
