"""A shop's own processes and an emulated Epson printer in a process of its own: kvit print says that it is on paper."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.end_to_end.running import Shop, environment, kvit

WORD = "k7q2m4x9w3e5r6t8"
PRINTER = f"""
[printer.kitchen]
address = "epos+sdp://KITCHEN1"
key = "{WORD}"
user = "kitchen"
password = "green bicycles"
"""


@pytest.mark.slow
def test_a_paper_is_fetched_printed_and_known_to_be(tmp_path: Path) -> None:
    shop = Shop(tmp_path, extra=PRINTER).start()
    text = tmp_path / "receipt.txt"
    text.write_text("Milk 1 l\nTotal 900\n", "utf-8")
    command = [
        sys.executable, "-m", "kvit", "emulate", "sdp", f"http://127.0.0.1:{shop.printing_port}/sdp/{WORD}",
        "--id", "KITCHEN1", "--interval", "0.2", "--user", "kitchen", "--keep", str(tmp_path / "papers"),
    ]  # fmt: skip
    printer = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment(KVIT_EMULATE_PASSWORD="green bicycles")
    )
    try:
        printed = kvit("print", str(text), "--printer", "kitchen", "--wait", "60", "--config", str(shop.config))
        assert printed.returncode == 0, printed
        assert b"class B" in printed.stdout
        assert b"Total 900" in (tmp_path / "papers" / "0001.xml").read_bytes()
    finally:
        printer.kill()
        printer.communicate()
        assert shop.stop() == 0
