"""Two machines: `kvit up --role server` and `--role station`, paired with one code, through a line that breaks."""

from __future__ import annotations

import json
import re
import sys
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.end_to_end.running import Shop, Staff, kvit, until
from tests.fakes.cutting_proxy import CuttingProxy

SERVER = '[shop]\nid = "corner"\nname = "Corner Cafe"\n[chain]\nrole = "server"\n'
STATION = '[chain]\nrole = "station"\n'
CUTS = (0, 1, 90, 400, 700, 1500)
"""Before a byte, inside the request's head, its body, the answer's head and body."""


def receipt(number: int) -> bytes:
    return b"\x1b@Corner Cafe\nLatte            4.50\nNo %05d\nTOTAL            4.50\n\x1dVB\x00" % number


@pytest.fixture
def machines(tmp_path: Path) -> Iterator[tuple[Shop, Shop]]:
    """A server and a station, not started."""
    if sys.platform != "linux":
        pytest.skip("whole shops are run on Linux")
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    server, station = Shop(tmp_path / "a", extra=SERVER), Shop(tmp_path / "b", extra=STATION)
    try:
        yield server, station
    finally:
        station.clean()
        server.clean()


def code_for_a_station(staff: Staff, server: Shop) -> str:
    page = staff.get("/stations").decode()
    token = re.search(r'name="csrf" value="([^"]+)"', page)
    assert token is not None
    data = urllib.parse.urlencode({"csrf": token[1], "name": "Till room"}).encode()
    request = urllib.request.Request(server.staff + "/stations", data, {"Origin": server.staff})
    with staff._opener.open(request, timeout=60) as answer:
        found = re.search(r"kvit station pair \S+ ([0-9A-Z]{5}-[0-9A-Z]{5})", answer.read().decode())
    assert found is not None
    return found[1]


def standing(station: Shop) -> dict[str, object]:
    said = kvit("station", "show", "--json", "--config", str(station.config))
    return dict(json.loads(said.stdout)) if said.returncode == 0 else {}


def test_everything_printed_at_the_station_is_at_the_server_once_in_order(machines: tuple[Shop, Shop]) -> None:
    server, station = machines
    server.start()
    staff = Staff(server).sign_up()
    proxy = CuttingProxy(server.staff_port)
    station.start()
    station.print(receipt(0))
    paired = kvit(
        "station", "pair", f"http://127.0.0.1:{proxy.port}", code_for_a_station(staff, server), "--config",
        str(station.config),
    )  # fmt: skip
    assert paired.returncode == 0, paired.stderr
    assert b"Till room" in paired.stdout
    staff.wait_for(1)
    for number in range(1, 4):
        proxy.cuts += CUTS[2 * number - 2 : 2 * number]
        station.print(receipt(number))
        staff.wait_for(number + 1)
    station.kill("shop")
    station.print(receipt(4))
    proxy.down = True
    for number in range(5, 8):
        station.print(receipt(number))
    server.kill("shop")
    proxy.down = False
    station.print(receipt(8))
    until(lambda: len(_receipts(staff)) >= 9, "nine receipts")
    there = staff.receipts()
    assert [staff.raw(one) for one in there] == [receipt(number) for number in range(9)]
    assert station.paper == b"".join(receipt(number) for number in range(9))
    until(lambda: standing(station).get("backlog") == 0, "an empty outbox")
    assert standing(station)["refused"] == 0
    said = kvit("doctor", "--config", str(station.config)).stdout.decode()
    assert "Station Till room of Corner Cafe" in said


def _receipts(staff: Staff) -> list[dict[str, object]]:
    try:
        return staff.receipts()
    except OSError:
        return []
