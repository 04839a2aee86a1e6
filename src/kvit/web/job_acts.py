"""What staff and programs do to jobs and printers, each with its row in the audit log, in one transaction.

A verb here is one of `kvit.device.spool.service` or `kvit.device.printers.service` behind its audit row: so that who said
"it came out", who printed again and who stopped a printer can be told afterwards. The row holds ids and printers' names;
never a title, a document, or the word of a printer that calls in. Who acts is an `Identity`, or `CONSOLE` of the machine.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

import msgspec

from kvit.access.model import Identity
from kvit.access.service import CONSOLE, audit
from kvit.db import Tx
from kvit.device.adapters import address
from kvit.device.adapters.kinds import kind_of as adapter_kind
from kvit.device.address import Address
from kvit.device.printers import service as printers
from kvit.device.printers.model import Printer, Way, way_of
from kvit.device.spool import service as spool
from kvit.device.spool.model import Job
from kvit.device.spool.order import Order
from kvit.device.spool.service import Accepted, Noted
from kvit.escpos.profiles import UnknownProfileError, load
from kvit.refusal import Refusal

DEVICES: Final = ("/dev/usb/lp", "/dev/lp", "/dev/tty", "/dev/rfcomm", "/dev/serial/")
"""Where a page's printer may lie on this machine: what a page writes must never make Kvit write into a file."""
PORTS: Final = ("serial", "usb")
WINDOWS: Final = re.compile(r"(?:\\\\\.\\)?COM\d{1,3}", re.IGNORECASE)
PROFILE: Final = re.compile(r"[^A-Za-z0-9._ -]|\.toml$")
"""What no profile of ours has in its name: a shop's own file is named in kvit.toml only."""
NO_PAGE: Final = ("file", "pty")
"""Wires only kvit.toml, which lies on the machine itself, may name."""


def who(shop: str) -> Identity:
    """Whoever types on the machine itself."""
    return Identity(shop, CONSOLE, "", frozenset())


def hand_in(tx: Tx, by: Identity, given: Order, now_ms: int) -> Accepted | Refusal:
    """Queue an order for a printer the shop has; who handed it in is in the audit log."""
    known = printers.printer(tx, by.shop, given.printer)
    if isinstance(known, Refusal):
        return known
    done = spool.accept(tx, by.shop, given, now_ms)
    if isinstance(done, Accepted) and done.fresh:
        audit(tx, by.shop, by.actor, "job.handed_in", done.jobs[0].id, now_ms // 1000)
    return done


def answer(tx: Tx, by: Identity, id_: str, came_out: bool, now_ms: int) -> Noted | Refusal:
    """Say whether a paper came out."""
    audit(tx, by.shop, by.actor, "job.came_out" if came_out else "job.did_not", id_, now_ms // 1000)
    return spool.answer(tx, by.shop, id_, came_out, by.actor, now_ms)


def cancel(tx: Tx, by: Identity, id_: str, now_ms: int) -> Noted | Refusal:
    """Take a job back."""
    audit(tx, by.shop, by.actor, "job.cancelled", id_, now_ms // 1000)
    return spool.cancel(tx, by.shop, id_, by.actor, now_ms)


def reprint(tx: Tx, by: Identity, id_: str, key: str, now_ms: int) -> Job | Refusal:
    """Print a job again, marked COPY."""
    audit(tx, by.shop, by.actor, "job.reprinted", id_, now_ms // 1000)
    return spool.reprint(tx, by.shop, id_, key, by.actor, now_ms)


def move(tx: Tx, by: Identity, id_: str, printer: str, now_ms: int) -> Noted | Refusal:
    """Give a job to another printer the shop has."""
    known = printers.printer(tx, by.shop, printer)
    if isinstance(known, Refusal):
        return known
    audit(tx, by.shop, by.actor, "job.moved", id_, now_ms // 1000, {"printer": printer})
    return spool.move(tx, by.shop, id_, printer, by.actor, now_ms)


def hold(tx: Tx, by: Identity, name: str, held: bool, now_ms: int) -> Printer | Refusal:
    """Stop a printer, or let it go on."""
    done = printers.hold(tx, by.shop, name, held, now_ms)
    if not isinstance(done, Refusal):
        audit(tx, by.shop, by.actor, "printer.held" if held else "printer.released", name, now_ms // 1000)
    return done


def add(tx: Tx, by: Identity, name: str, text: str, now_ms: int) -> Printer | Refusal:
    """Add a printer. Refused: ``web.printer_there``, ``web.printer_wire``, ``web.printer_cloud``, those of its address."""
    parsed = address.parse(text)
    if isinstance(parsed, Refusal):
        return parsed
    refused = _not_from_a_page(parsed)
    if refused is not None:
        return refused
    if not isinstance(printers.printer(tx, by.shop, name), Refusal):
        return Refusal("web.printer_there", {"name": name[:80]})
    done = printers.keep(tx, by.shop, Printer(name, address.show(parsed)), now_ms)
    if not isinstance(done, Refusal):
        audit(tx, by.shop, by.actor, "printer.added", name, now_ms // 1000)
    return done


def _not_from_a_page(parsed: address.PrinterAddress) -> Refusal | None:
    """Clouds need keys, which stand in kvit.toml; files, and profiles that are files, are the machine's owner's."""
    place = parsed.transport
    if place.kind in NO_PAGE or (place.kind in PORTS and not _is_port(place)):
        return Refusal("web.printer_wire", {"address": str(place)[:80]})
    kind = adapter_kind(parsed.adapter)
    if kind is not None and kind.cloud and not kind.house and place.kind in ("http", "https"):
        return Refusal("web.printer_cloud", {"adapter": parsed.adapter})
    if parsed.profile:
        try:
            load(PROFILE.sub("", parsed.profile) or "-")
        except UnknownProfileError as error:
            values: dict[str, str | int] = {"name": error.name, "nearest": ", ".join(error.nearest) or "-"}
            return Refusal("device.adapter_profile", values)
    return None


def _is_port(place: Address) -> bool:
    """USB by its numbers, COM3, or a device file; no way up from there."""
    if place.host or WINDOWS.fullmatch(place.path):
        return True
    return place.path.startswith(DEVICES) and ".." not in place.path


def stand_in(tx: Tx, by: Identity, name: str, other: str, now_ms: int) -> Printer | Refusal:
    """Say which printer takes the jobs of a printer while it can not; empty: none."""
    known = printers.printer(tx, by.shop, name)
    if isinstance(known, Refusal):
        return known
    done = printers.keep(tx, by.shop, msgspec.structs.replace(known, fail_over=other), now_ms)
    if not isinstance(done, Refusal):
        audit(tx, by.shop, by.actor, "printer.changed", name, now_ms // 1000)
    return done


def remove(tx: Tx, by: Identity, name: str, now_ms: int) -> Printer | Refusal:
    """Forget a printer of a page; its jobs and their histories stay."""
    done = printers.remove(tx, by.shop, name)
    if not isinstance(done, Refusal):
        audit(tx, by.shop, by.actor, "printer.removed", name, now_ms // 1000)
    return done


def fresh_token(tx: Tx, by: Identity, name: str, random: Callable[[int], bytes], now_ms: int) -> str | Refusal:
    """Give a printer that calls in a new word; the one before is void."""
    done = printers.fresh_token(tx, by.shop, name, random, now_ms)
    if not isinstance(done, Refusal):
        audit(tx, by.shop, by.actor, "printer.token", name, now_ms // 1000)
    return done


def calls_in(printer: Printer) -> bool:
    """Say whether a printer asks us for its jobs."""
    parsed = address.parse(printer.address)
    return not isinstance(parsed, Refusal) and way_of(parsed) is Way.CALLS


def kind_of(printer: Printer) -> str:
    """Give the kind of a printer's wire; empty where its address is none any more."""
    parsed = address.parse(printer.address)
    return "" if isinstance(parsed, Refusal) else parsed.transport.kind
