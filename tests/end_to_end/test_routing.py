"""Receipts at the till, whole processes: scanned in time no paper comes out; nobody claims it, it comes out with its code;
the shop is dead, it comes out all the same."""

from __future__ import annotations

import base64
import http.cookiejar
import json
import re
import sys
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import zxingcpp

from kvit.device.reader.emulator import ScannerEmulator
from kvit.escpos import load_profile
from kvit.paper.languages.stream import play_stream
from kvit.paper.sheet import Symbol
from tests.end_to_end.running import WAIT_S, Shop, Staff, until

pytestmark = pytest.mark.filterwarnings("ignore")
PROFILE = "TM-T88V"


def receipt(number: int) -> bytes:
    return b"\x1b@Corner Cafe\nLatte            4.50\nNo %05d\nTOTAL            4.50\n\n\n\x1dVB\x00" % number


class Phone:
    """A customer's phone: a browser with its wallet."""

    def __init__(self, public: str) -> None:
        self._public = public
        jar = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), jar)
        self._used = 0

    def get(self, path: str) -> str:
        with self._opener.open(path if path.startswith("http") else self._public + path, timeout=WAIT_S) as answer:
            return str(answer.read().decode())

    def post(self, path: str, page: str, **fields: str) -> None:
        token = re.search(r'name="csrf" value="([^"]+)"', self.get(page))
        assert token is not None
        data = urllib.parse.urlencode({"csrf": token[1], **fields}).encode()
        headers = {"Origin": self._public}
        self._opener.open(urllib.request.Request(self._public + path, data, headers), timeout=WAIT_S).read()

    def begin(self) -> Phone:
        self.post("/wallet/begin", "/wallet")
        return self

    def code(self) -> str:
        """What its screen shows now, read off the modules as a scanner does."""
        found: Any = json.loads(self.get("/wallet/codes"))
        now = [each for each in found["codes"] if each["from"] <= found["now"]] if "from" in found["codes"][0] else []
        packed = (now or found["codes"])[0]
        (modules,) = [value for value in packed.values() if isinstance(value, str)]
        side = next(value for name, value in found.items() if name not in ("now", "codes") and value > 40)
        bits = np.unpackbits(np.frombuffer(base64.b64decode(modules), np.uint8))[: side * side].reshape(side, side)
        picture = np.pad(np.where(bits == 1, 0, 255).astype(np.uint8), 4, constant_values=255).repeat(4, 0).repeat(4, 1)
        return zxingcpp.read_barcodes(picture)[0].text


class Counter(Shop):
    """A shop with one line that holds papers, and a scanner at it."""

    def __init__(self, folder: Path, hold_s: float) -> None:
        self.hold_s = hold_s
        super().__init__(folder, extra=f'[reader.counter]\naddress = "serial://{folder}/scanner"\n')
        text = self.config.read_text("utf-8").split("[[relay.line]]")[0]
        self.config.write_text(
            f'{text}[[relay.line]]\nname = "till-1"\ntill = "tcp://127.0.0.1:{self.till_port}"\n'
            f'printer = "tcp://127.0.0.1:{self.paper_port}"\nprofile = "{PROFILE}"\nhold_s = {hold_s}\n',
            "utf-8",
        )
        self.scanner = ScannerEmulator(folder / "scanner")
        self.public = f"http://127.0.0.1:{self.web_port}"

    def attended(self) -> Staff:
        """Start, sign up, wait until the line holds and the scanner is read."""
        self.start()
        staff = Staff(self).sign_up()
        until(lambda: self.till_row(staff)["attended"], "nobody attends")
        until(lambda: "tone-good" in staff.get("/readers").decode(), "no reader")
        return staff

    def till_row(self, staff: Staff) -> dict[str, Any]:
        return dict(json.loads(staff.get("/api/v1/station/lines/till-1")))

    def last(self, staff: Staff) -> list[dict[str, Any]]:
        return list(json.loads(staff.get("/api/v1/station/lines/till-1/receipts"))["receipts"])

    def outcome(self, staff: Staff, count: int = 1) -> dict[str, Any]:
        """The newest receipt, once so many are there and none waits."""

        def look() -> dict[str, Any] | None:
            rows = self.last(staff)
            done = len(rows) >= count and all(row["settled"] for row in rows)
            return rows[0] if done else None

        return dict(until(look, f"not {count} receipts: {self.last(staff)}"))

    def tell(self, data: bytes) -> None:
        """Print as a till does; nobody waits for paper."""
        with self.till() as till:
            till.sendall(data)

    def clean(self) -> None:
        super().clean()
        self.scanner.close()


@pytest.fixture
def counter(tmp_path: Path) -> Iterator[Counter]:
    if sys.platform != "linux":
        pytest.skip("whole shops are run on Linux")
    made = Counter(tmp_path, 30)
    try:
        yield made
    finally:
        made.clean()


@pytest.fixture
def brief(tmp_path: Path) -> Iterator[Counter]:
    if sys.platform != "linux":
        pytest.skip("whole shops are run on Linux")
    made = Counter(tmp_path, 6)
    try:
        yield made
    finally:
        made.clean()


def test_a_recognised_customer_gets_no_paper(counter: Counter) -> None:
    """Before and during: the receipts are in the wallet, the printer printed nothing."""
    staff = counter.attended()
    phone = Phone(counter.public).begin()
    counter.scanner.scan(phone.code())
    until(lambda: counter.till_row(staff)["customer_waits"], "not recognised")
    counter.tell(receipt(1))
    first = counter.outcome(staff)
    assert (first["outcome"], first["why"], first["claimed"]) == ("electronic", "known", True)
    assert "Corner Cafe" in phone.get("/wallet")

    other = Phone(counter.public).begin()
    counter.tell(receipt(2))
    until(lambda: counter.till_row(staff)["held"], "it is not held")
    counter.scanner.scan(other.code())
    second = counter.outcome(staff, 2)
    assert (second["outcome"], second["claimed"]) == ("electronic", True)
    assert "Corner Cafe" in other.get("/wallet")
    assert b"Latte" not in counter.paper
    counted = 'kvit_receipts_routed_total{to="electronic",why="known"} 2.0'
    until(lambda: counted in staff.get("/metrics").decode(), "not counted")

    token = json.loads(staff.get("/api/v1/session"))["csrf"]
    back = urllib.request.Request(
        f"{counter.staff}/api/v1/station/receipts/{second['receipt']}/back", b"",
        {"Origin": counter.staff, "X-CSRF-Token": token, "Content-Type": "application/json"}, method="POST",
    )  # fmt: skip
    staff._opener.open(back, timeout=WAIT_S).read()
    until(lambda: b"No 00002" in counter.paper, "the paper did not come after all")
    assert b"No 00001" not in counter.paper
    assert "Corner Cafe" not in other.get("/wallet")
    assert counter.last(staff)[0]["outcome"] == "paper"


def test_nobody_claims_it(brief: Counter) -> None:
    """The paper comes out once its time is over, with the code at its foot; the code opens the receipt."""
    staff = brief.attended()
    brief.tell(receipt(7))
    row = brief.outcome(staff)
    assert (row["outcome"], row["why"], row["foot"]) == ("paper", "unclaimed", True)
    until(lambda: b"\x1dVB\x00" in brief.paper, "no paper came out")
    sheet = play_stream(brief.paper, load_profile(PROFILE)).sheet
    (code,) = [box for box in sheet.boxes if isinstance(box, Symbol)]
    url = code.data.decode()
    assert url.startswith(f"{brief.public}/r/")
    assert len(url) <= 49
    assert "Latte" in Phone(brief.public).get(url)


def test_a_dead_shop_keeps_no_paper_back(counter: Counter) -> None:
    """Killed while a paper waits: the lease is over, it comes out, and the next life says so."""
    staff = counter.attended()
    counter.tell(receipt(9))
    until(lambda: counter.till_row(staff)["held"], "it is not held")
    began_s = time.monotonic()
    while b"No 00009" not in counter.paper:  # it is started again at once: killed until its lease is over
        if "shop" in counter.pids().values():
            counter.kill("shop")
        assert time.monotonic() - began_s < WAIT_S, "no paper came out"
    again = Staff(counter)
    until(lambda: _answers(again), "the shop is not back")
    row = counter.outcome(again.sign_in())
    assert (row["outcome"], row["why"]) == ("paper", "unclaimed")
    assert counter.paper.count(b"No 00009") == 1


def _answers(staff: Staff) -> bool:
    try:
        return bool(staff.get("/sign-in"))
    except OSError:
        return False
