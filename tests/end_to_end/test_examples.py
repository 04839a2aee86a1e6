"""The examples, each run as its reader would."""

from __future__ import annotations

import datetime
import json
import random
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

from kvit.access import key as keys
from kvit.access import staff
from kvit.access.model import Identity
from kvit.app.rooms import MIGRATIONS
from kvit.db import open_database
from kvit.demo import day
from kvit.refusal import Refusal
from tests.end_to_end.running import ROOT, WAIT_S, Shop, environment

EXAMPLES = ROOT / "examples"


def run(name: str, *arguments: str | Path, data: bytes = b"") -> str:
    done = subprocess.run(
        [sys.executable, str(EXAMPLES / name), *map(str, arguments)], input=data, capture_output=True, env=environment(),
        timeout=WAIT_S, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode()


@pytest.fixture
def sale(tmp_path: Path) -> Path:
    start = datetime.datetime(2026, 5, 4, 9)  # noqa: DTZ001 - a till's clock
    found = next(p for p in day(start, 40, random.Random(5)) if p.kind == "sale" and p.language == "en")
    path = tmp_path / "sale.bin"
    path.write_bytes(found.data)
    return path


def test_the_readme_names_every_example() -> None:
    named = set(re.findall(r"`(\w+\.py)`", (EXAMPLES / "README.md").read_text("utf-8")))
    assert named == {path.name for path in EXAMPLES.glob("*.py")}


def test_read_a_receipt(sale: Path) -> None:
    said = run("read_a_receipt.py", sale)
    assert "Harbour Street Deli" in said
    assert "it adds up" in said


def test_print_anywhere(tmp_path: Path) -> None:
    said = run("print_anywhere.py", "365wifi+http://open.printcenter.cn:8080/kdt1", "-o", tmp_path / "order.txt")
    assert "拿铁 Latte                  4.50" in said
    assert "cut.absent" in said
    assert (tmp_path / "order.txt").read_text("utf-8").startswith("^N1^F1\n^B2  Corner Cafe")


def test_read_a_code() -> None:
    assert run("read_a_code.py").splitlines() == ["qr: https://r.example.com/t/7F5WJRM05P966Q82", "qr: 4006381333931"]


def test_follow_a_stream(sale: Path) -> None:
    lines = run("follow_a_stream.py", data=sale.read_bytes()).splitlines()
    assert lines[0].split()[:3] == ["0", "ESC", "@"]
    assert any("GS V" in line for line in lines)


@pytest.mark.parametrize("ending", ["png", "svg", "pdf", "html", "txt", "json"])
def test_draw_a_picture(sale: Path, tmp_path: Path, ending: str) -> None:
    assert "dots wide" in run("draw_a_picture.py", sale, tmp_path / f"receipt.{ending}")
    assert (tmp_path / f"receipt.{ending}").stat().st_size > 100


def test_store_with_a_verb(tmp_path: Path) -> None:
    said = run("store_with_a_verb.py", tmp_path / "stamps.db").splitlines()
    assert said == [f"stamp {n}" for n in range(1, 11)] + ["refused: stamp.full"] * 2


def test_the_test_of_a_till() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:schemathesis", str(EXAMPLES / "test_my_till.py")], cwd=ROOT,
        capture_output=True, env=environment(), timeout=WAIT_S, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout.decode()
    assert b".." in done.stdout


def test_print_and_ask(shop: Shop, sale: Path) -> None:
    shop.data.mkdir()
    made = keys.fresh_key(lambda count: bytes(range(count)))
    owner = Identity("shop-1", "user:test", "", frozenset({"keys.write"}))
    with open_database(shop.data / "kvit.db", MIGRATIONS) as db:
        assert not isinstance(
            db.write_now(staff.issue_key, owner, made, "example", ["receipts.read"], int(time.time())), Refusal
        )
    shop.start()
    said = run("print_and_ask.py", sale, "--key", made.text, "--port", str(shop.till_port), "--api", shop.staff)
    answer = json.loads(said)
    assert answer["receipt"]["title"] == "Harbour Street Deli"
    assert answer["reading"]["verified"] is True
    assert shop.paper == sale.read_bytes()


def test_print_a_job(shop: Shop) -> None:
    shop.data.mkdir()
    made = keys.fresh_key(lambda count: bytes(range(count)))
    owner = Identity("shop-1", "user:test", "", frozenset({"keys.write"}))
    with open_database(shop.data / "kvit.db", MIGRATIONS) as db:
        rights = ["jobs.read", "jobs.print"]
        assert not isinstance(db.write_now(staff.issue_key, owner, made, "example", rights, int(time.time())), Refusal)
    shop.start()
    first, again = (run("print_a_job.py", "--key", made.text, "--api", shop.staff) for _ in range(2))
    assert first.splitlines()[0].endswith("in the queue")
    assert again.splitlines()[0].endswith("known already")
    assert first.splitlines()[1] == again.splitlines()[1] == "printed on evidence of class A"
    assert shop.paper.count(b"Croissant") == 1
