"""A shop that prints, for tests of its pages: printers, a board, a press, and jobs brought to any state."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from kvit.device.board import Board
from kvit.device.press import Pressed, Wanted, press
from kvit.device.printers import service as printers
from kvit.device.printers.model import Origin, Printer
from kvit.device.spool import service as spool
from kvit.device.spool.model import Event, Evidence, Heard, Job
from kvit.device.spool.service import Accepted, Begun, Noted
from kvit.refusal import Refusal
from kvit.web import Spotted
from tests.device.spool.jobs import ordered
from tests.receipt.printouts import SHOP
from tests.web.house import House

FRONT = "escpos+tcp://10.0.0.5:9100?profile=tm-t88v"


class Delivery:
    """The delivery as the windows see it: a real board, the press in this process, no wires."""

    def __init__(self, clock: Any = lambda: 0.0) -> None:
        self.board = Board(clock)
        self.probed: list[str] = []

    async def press(self, wanted: Wanted) -> Pressed | Refusal:
        return press(wanted)

    async def probe(self, printer: str) -> Refusal | None:
        self.probed.append(printer)
        return None if printer != "silent" else Refusal("web.printer_silent", {"name": printer})

    async def find(self) -> Sequence[Spotted]:
        return [Spotted("usb:///dev/usb/lp0", "EPSON TM-T20")]

    def call_url(self, kind: str, token: str) -> str:
        return f"http://10.0.0.2:7004/{kind}/{token}"


def printing(house: House, *more: Printer) -> Delivery:
    """Give a house the printers ``front`` (of kvit.toml) and ``bar``, and what the windows see of their delivery."""
    delivery = Delivery(lambda: house.now_s[0])
    object.__setattr__(house.context, "delivery", delivery)
    for each in (Printer("front", FRONT, Origin.FILE, Evidence.A), *more):
        if each.origin is Origin.FILE:
            house.db.write_now(printers.settle, SHOP, [each], ms(house))
        else:
            house.db.write_now(printers.keep, SHOP, each, ms(house))
    house.db.write_now(printers.keep, SHOP, Printer("bar", "sprt58+tcp://10.0.0.6:9100"), ms(house))
    return delivery


def ms(house: House) -> int:
    """The house's clock in milliseconds."""
    return int(house.now_s[0] * 1000)


def job(house: House, key: str = "sale 1", **values: Any) -> Job:
    """Hand in a job."""
    done = house.db.write_now(spool.accept, SHOP, ordered(key, title=key, **values), ms(house))
    assert isinstance(done, Accepted)
    return done.jobs[0]


def begun(house: House, key: str = "sale 1", able: Evidence = Evidence.A, **values: Any) -> Job:
    """A job whose attempt began."""
    done = house.db.write_now(spool.begin, SHOP, job(house, key, **values).id, able, ms(house))
    assert isinstance(done, Begun)
    return done.job


def heard(house: House, given: Job, *events: Event, reason: str = "") -> Job:
    """What a worker says of a job."""
    for event in events:
        done = house.db.write_now(spool.note, SHOP, given.id, Heard(event, given.pid, reason=reason), ms(house))
        assert isinstance(done, Noted)
        given = done.job
    return given


def printed(house: House, key: str = "sale 1", **values: Any) -> Job:
    """A job that printed."""
    return heard(house, begun(house, key, **values), Event.BYTES_OUT, Event.ID_ANSWER)


def unknown(house: House, key: str = "sale 1", **values: Any) -> Job:
    """A job nobody knows about."""
    return heard(house, begun(house, key, **values), Event.BYTES_OUT, Event.TIME_OUT)
