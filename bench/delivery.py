"""Delivery: what policies make of faults, against the emulated printer; and how many jobs a second the spool ends durably.

python -m bench.delivery [--receipts 50000] [--rounds 3]

Each faulty receipt has 40 lines and one of four faults (1 % of receipts each) at a line of its own: the paper ends and is
changed (in three of ten cases the cashier switches the printer off and on), the power goes, the link breaks (the printer
prints on), the program ends. Receipts without a fault come out under every policy and are counted, not run. The bytes
are in the printer's buffer before it begins to print, as with any receipt smaller than four kilobytes.

Counted per 10,000 receipts: said to be printed and not on paper; two unmarked originals of one receipt; marked copies;
questions to a person. Kvit's own row runs `kvit.device.delivery.attempt` and the cutter's count, and asks for the rest.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bench.figure import KVIT, Figure, Row, figure, table
from kvit.app.shop import SWITCH_S
from kvit.db import open_database
from kvit.device.delivery.attempt import GS_R, Attempt, ask_id
from kvit.device.delivery.evidence import cuts_of
from kvit.device.delivery.watch import Watch
from kvit.device.printer import Mechanism, Session
from kvit.device.spool import service
from kvit.device.spool.model import Event, Evidence, Heard
from kvit.device.spool.order import Order, order
from kvit.device.spool.service import Accepted, Begun
from kvit.escpos import load_profile
from kvit.paper.document import Cut, Document, Text, print_document

LINES = 40
FAULTS = ("paper", "power", "link", "host")
RATE = 0.01
"""Of each fault."""
SWITCHED = 0.3
"""Paper changes at which the cashier switches the printer off and on."""
BODY = b"\x1b@" + b"".join(b"line %02d of a receipt, 40 letters wide\n" % n for n in range(LINES)) + b"\x1dV\x00"
COPY = BODY.replace(b"\x1b@", b"\x1b@COPY 2\n", 1)
PID = b"    "
CUTTER = 178


@dataclass(frozen=True)
class Fault:
    """What befalls a receipt, at which line, and what the cashier does."""

    name: str
    line: int
    switched: bool


class Printer:
    """One emulated printer for one receipt."""

    def __init__(self, fault: Fault) -> None:
        self.machine = Mechanism(load_profile("TM-T88V"))
        self.session = Session(self.machine)
        self.machine.trip(fault.line, fault.name)
        self._fault = fault
        self.is_cut = fault.line == 0 and fault.name != "paper"
        """The fault came before the last byte was handed over: whoever sends sees it."""

    def send(self, data: bytes) -> tuple[bytes, str]:
        """Send and wait; give what was said, and how the connection is: ``up``, ``lost``, ``restarted``."""
        said = self.session.feed(data) + self.session.print(float("inf"))[1]
        name, self.machine.tripped = self.machine.tripped, ""
        if not name:
            return said, "up"
        if name == "paper":
            more, link = self._change_paper()
            return said + more, link
        if name == "power":
            self.session = Session(self.machine)
            return said, "lost"
        self.session.print(float("inf"))  # it prints on; its answers reach nobody
        return said, "lost" if name == "link" else "restarted"

    def _change_paper(self) -> tuple[bytes, str]:
        said = self.machine.change(paper_end=True)
        if self._fault.switched:
            self.session = Session(self.machine)
            self.machine.change(paper_end=False)
            return said, "lost"
        return said + self.machine.change(paper_end=False) + self.session.print(float("inf"))[1], "up"

    @property
    def whole(self) -> tuple[int, int]:
        """Unmarked and marked papers that came out to their cut."""
        papers = bytes(self.machine.paper).split(b"\x1dV")[:-1]
        bodies = [piece[piece.rfind(b"\x1b@") :] for piece in papers]
        good = [body for body in bodies if b"line 00" in body and b"line 39" in body]
        marked = sum(b"COPY" in body for body in good)
        return len(good) - marked, marked


def sent_is_printed(printer: Printer, found: Counter[str]) -> bool:
    """What most libraries do: the bytes were taken, so it is printed; an error while sending means once more."""
    printer.send(BODY)
    if printer.is_cut:
        printer.send(BODY)
    return True


def asked_after(printer: Printer, found: Counter[str]) -> bool:
    """The same, and ``DLE EOT`` behind it: answered out of turn, so nearly always before the fault."""
    said, _ = printer.send(BODY + b"\x10\x04\x01")
    if printer.is_cut or not said or said[0] & 0x08:
        printer.send(BODY)
    return True


def in_turn(printer: Printer, found: Counter[str]) -> bool:
    """``GS r`` behind the bytes; without an answer once more."""
    said, link = printer.send(BODY + GS_R)
    if link != "up" or not said:
        printer.send(BODY)
    return True


def id_or_again(printer: Printer, found: Counter[str]) -> bool:
    """The process ID; without it once more."""
    said, link = printer.send(BODY + ask_id(PID))
    if link != "up" or PID not in said:
        printer.send(BODY)
    return True


def id_or_copy(printer: Printer, found: Counter[str]) -> bool:
    """The process ID; without it a marked copy."""
    said, link = printer.send(BODY + ask_id(PID))
    if link != "up" or PID not in said:
        found["copies"] += 1
        printer.send(COPY)
    return True


def kvit(printer: Printer, found: Counter[str]) -> bool:
    """Kvit: the process ID, else the cutter's count, else a person is asked, who looks; a no makes a marked copy."""
    attempt = Attempt(PID, Evidence.A, BODY, Watch(0.0), 0.0)
    said, link = printer.send(attempt.out())
    attempt.handed(0, 0.0)
    if link == "up":
        attempt.feed(said, 0.1)
    else:
        attempt.lost(clean=False, reason=link)
    events = [heard.event for heard in attempt.heard()]
    if Event.ID_ANSWER in events:
        return True
    if link == "lost" and printer.machine.status.counters.get(CUTTER, 0) == cuts_of(BODY):
        return True
    found["asked"] += 1
    if not printer.whole[0]:
        found["copies"] += 1
        printer.send(COPY)
    return True


POLICIES: dict[str, Callable[[Printer, Counter[str]], bool]] = {
    KVIT: kvit,
    "sent = printed": sent_is_printed,
    "DLE EOT after": asked_after,
    "status in turn, else again": in_turn,
    "process ID, else again": id_or_again,
    "process ID, else COPY": id_or_copy,
}
COUNTED = {
    "said to be printed, and not on paper": ("lost", 0.0),
    "two unmarked originals": ("doubled", 0.0),
    "marked copies": ("copies", None),
    "questions to a person": ("asked", None),
}


def counted(policy: Callable[[Printer, Counter[str]], bool], faulty: int, seed: int) -> dict[str, float]:
    """Run a policy over faulty receipts; give what came of it per 10,000 receipts."""
    chance = random.Random(seed)
    found: Counter[str] = Counter()
    for _ in range(faulty):
        fault = Fault(chance.choice(FAULTS), chance.randrange(LINES + 1), chance.random() < SWITCHED)
        printer = Printer(fault)
        policy(printer, found)
        unmarked, marked = printer.whole
        found["lost"] += not unmarked + marked
        found["doubled"] += unmarked > 1
    share = 10_000 * RATE * len(FAULTS) / faulty
    return {word: found[word] * share for word, _ in COUNTED.values()}


def policies(receipts: int, rounds: int) -> list[Row]:
    """The table of policies."""
    faulty = int(receipts * RATE * len(FAULTS))
    results = {name: [counted(policy, faulty, seed) for seed in range(rounds)] for name, policy in POLICIES.items()}
    rows = []
    for what, (word, goal) in COUNTED.items():
        figures: dict[str, Figure] = {name: figure([one[word] for one in runs]) for name, runs in results.items()}
        rows.append(Row(f"faults: {what}", "per 10,000", figures, goal, at_most=goal is not None))
    return rows


async def _one_printer(db: object, name: str, orders: list[Order]) -> None:
    from kvit.db import Database

    assert isinstance(db, Database)
    for given in orders:
        accepted = await db.write(service.accept, "s", given, 1)
        assert isinstance(accepted, Accepted)
        job = await db.read(service.next_for, "s", name, 2)
        assert job is not None
        begun = await db.write(service.begin, "s", job.id, Evidence.A, 2)
        assert isinstance(begun, Begun)
        heard = [Heard(Event.BYTES_OUT, begun.job.pid), Heard(Event.ID_ANSWER, begun.job.pid)]
        await db.write(service.note_all, "s", job.id, heard, 3)


def spooled(printers: int, jobs: int) -> float:
    """Jobs a second from accepted to printed: three durable commits each, one job in flight a printer."""
    papers = {f"p{n}": [_ordered(f"p{n}", k) for k in range(jobs // printers)] for n in range(printers)}
    sys.setswitchinterval(SWITCH_S)  # as the shop does
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as folder:
        db = open_database(Path(folder) / "bench.db", ["kvit.device.spool"])

        async def all_printers() -> None:
            await asyncio.gather(*(_one_printer(db, name, orders) for name, orders in papers.items()))

        began_s = time.perf_counter()
        asyncio.run(all_printers())
        taken_s = time.perf_counter() - began_s
        db.close()
    return sum(map(len, papers.values())) / taken_s


def _ordered(printer: str, number: int) -> Order:
    document = print_document(Document([*(Text(f"{printer} {number} line {line}") for line in range(LINES)), Cut()]))
    made = order(f"{printer} {number}", printer, document, deadline_ms=1 << 50)
    assert isinstance(made, Order)
    return made


def rows(rounds: int = 3, receipts: int = 50_000) -> list[Row]:
    """All rows."""
    many = figure([spooled(50, 2_000) for _ in range(rounds)])
    one = figure([spooled(1, 200) for _ in range(rounds)])
    return [
        *policies(receipts, rounds),
        Row("jobs through the spool, 50 printers, each step durable", "jobs/s", {KVIT: many}, 500),
        Row("jobs through the spool, one printer", "jobs/s", {KVIT: one}),
    ]


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--receipts", type=int, default=50_000)
    options.add_argument("--rounds", type=int, default=3)
    given = options.parse_args()
    print(table(rows(given.rounds, given.receipts)))
