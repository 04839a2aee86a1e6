"""The client others use, run by Node: the example against a real server, and its slots beside their twin in Python."""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import threading
from pathlib import Path
from typing import Any

import msgspec
import pytest

from kvit.access import key as keys
from kvit.access import staff
from kvit.access.model import Identity
from kvit.device.spool import service as spool
from kvit.device.spool.model import Event, Evidence, Heard, State
from kvit.device.spool.service import Begun
from kvit.device.spool.store import Filter
from kvit.refusal import Refusal
from kvit.template.slot_pack import SlotPack
from kvit.web import static_files
from tests.receipt.printouts import SHOP
from tests.template.slot_twin import filled
from tests.template.test_slots import pack
from tests.web.printing import ms
from tests.web.test_browser import Sites, sites
from tests.web.test_browser_terminal import shop

__all__ = ["shop", "sites"]
EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "print_from_javascript.mjs"
FILES = ("kvit-client.js", "kvit-slots.js")
NODE_WITHIN_S = 60


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The client's files as a program has them."""
    made = tmp_path / "program"
    made.mkdir()
    for name in FILES:
        (made / name).write_bytes(static_files.files()[name])
    (made / "package.json").write_text('{"type": "module"}')
    return made


def node(folder: Path, *arguments: str, **environment: str) -> str:
    found = shutil.which("node")
    if found is None:
        pytest.skip("no node on this machine")
    done = subprocess.run(
        [found, *arguments], cwd=folder, env=os.environ | environment, capture_output=True, text=True,
        timeout=NODE_WITHIN_S, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def print_two(shop: Sites, stop: threading.Event) -> None:
    """The printer's worker: whatever waits is printed."""
    house = shop.house
    while not stop.wait(0.02):
        for job in house.db.read_now(spool.search, SHOP, Filter(state=State.QUEUED)):
            begun = house.db.write_now(spool.begin, SHOP, job.id, Evidence.A, ms(house))
            assert isinstance(begun, Begun)
            for event in (Event.BYTES_OUT, Event.ID_ANSWER):
                house.db.write_now(spool.note, SHOP, job.id, Heard(event, begun.job.pid), ms(house))


def test_the_example_prints(shop: Sites, folder: Path) -> None:
    made = keys.fresh_key(lambda count: bytes(range(count)))
    owner = Identity(SHOP, "user:test", "", frozenset({"keys.write"}))
    rights = ["templates.read", "jobs.read", "jobs.print"]
    issued = shop.house.db.write_now(staff.issue_key, owner, made, "example", rights, int(shop.house.now_s[0]))
    assert not isinstance(issued, Refusal)
    shutil.copy(EXAMPLE, folder)
    stop = threading.Event()
    worker = threading.Thread(target=print_two, args=(shop, stop))
    worker.start()
    try:
        said = node(folder, EXAMPLE.name, shop.staff, "front", KVIT_KEY=made.text)
    finally:
        stop.set()
        worker.join(10)
    told = dict(line.split(": ", 1) for line in said.splitlines())
    assert json.loads(told["done"]) == {"asked": 2, "printed": 2, "state": "printed", "error": ""}
    assert b"A-1742" in bytes.fromhex(told["offline"])
    assert told["paper"].split()[0].isdigit()
    assert len(shop.house.db.read_now(spool.search, SHOP, Filter())) == 2


COPIES = """
import { printCopies } from "./kvit-client.js";
const ends = { good: ["printed", "sent"], slow: ["printed", "sending", "printed"], lost: ["unknown"], broken: ["printed"] };
const print = (states) => (copy) => {
  if (states[copy - 1] === undefined) throw new Error("no wire");
  return Promise.resolve(states[copy - 1]);
};
const done = {};
for (const [name, states] of Object.entries(ends)) done[name] = await printCopies(name === "good" ? 2 : 3, print(states));
console.log(JSON.stringify(done));
"""


def test_copies_stop_at_the_first_that_is_not_sure(folder: Path) -> None:
    (folder / "copies.js").write_text(COPIES)
    told = json.loads(node(folder, "copies.js"))
    assert {name: tuple(each.values()) for name, each in told.items()} == {
        "good": (2, 2, "sent", ""),
        "slow": (3, 1, "unconfirmed", ""),
        "lost": (3, 0, "unknown", ""),
        "broken": (3, 1, "error", "no wire"),
    }


TWIN = """
import { readFileSync } from "node:fs";
import { fillSlots } from "./kvit-slots.js";
const { pack, sales } = JSON.parse(readFileSync("sales.json"));
const one = (sale) => {
  try { return Buffer.from(fillSlots(pack, sale)).toString("hex"); } catch (error) { return error.name; }
};
console.log(JSON.stringify(sales.map(one)));
"""
WORDS = (
    "Tea",
    "чай",
    "라떼",
    "茶",
    "ﬁne",
    "a\u0301",
    "\x1bp",
    "é" * 9,
    "x" * 70,
    "-",
    "1,5",
    "\xa0",
    "🙂",
    "a\u202eb\u200b",
)


def sale(dice: random.Random) -> dict[str, Any]:
    def some(**fields: Any) -> dict[str, Any]:
        return {name: value for name, value in fields.items() if dice.random() < 0.7}

    def text() -> str:
        return " ".join(dice.choices(WORDS, k=dice.randint(1, 6)))

    def amount() -> int:
        return dice.choice((0, 5, 99, 100, 123456, 10**9, -250, 10**14))

    items = [
        some(
            name=text(),
            quantity=dice.choice((1, 500, 1000, 12345)),
            unit="kg",
            price=amount(),
            total=amount(),
            discount=5,
        )
        for _ in range(dice.randint(0, 4))
    ]
    time = f"20{dice.randint(10, 60)}-{dice.randint(1, 12):02}-{dice.randint(1, 28):02}T{dice.randint(0, 23):02}:07:00"
    return {
        **some(number=text(), total=amount(), shop={"name": text()}, time=time + dice.choice(("", "Z", "+05:00"))),
        "items": items,
    }


@pytest.mark.parametrize(
    ("printer", "tongue"), [("sprt58", "en"), ("xprinter", "zh"), ("sunmi", "ko"), ("escpos", "kk")]
)
def test_the_client_and_its_twin_fill_alike(folder: Path, printer: str, tongue: str) -> None:
    slots: SlotPack = pack(printer, tongue)[1]
    dice = random.Random(7)
    sales = [sale(dice) for _ in range(150)]

    def ours(one: dict[str, Any]) -> str:
        try:
            return filled(slots, one).hex()
        except ValueError:
            return "RangeError"

    (folder / "sales.json").write_bytes(msgspec.json.encode({"pack": slots, "sales": sales}))
    (folder / "twin.js").write_text(TWIN)
    theirs = json.loads(node(folder, "twin.js"))
    for one, each in zip(sales, theirs, strict=True):
        assert ours(one) == each, one
    assert 0 < theirs.count("RangeError") < len(sales)
