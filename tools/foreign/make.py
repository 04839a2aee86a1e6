"""Make ``tests/data/reading/foreign``: receipts we know as other people's encoders print them.

    mkdir /tmp/encoders && cd /tmp/encoders
    npm install receiptline@4.0.4 @point-of-sale/receipt-printer-encoder@4.0.1 node-thermal-printer@4.6.1
    python3 -m venv venv && venv/bin/pip install python-escpos==3.1
    git clone https://github.com/mike42/escpos-php && apt install php-cli php-mbstring php-intl
    cd CHECKOUT && .venv/bin/python -m tools.foreign.make /tmp/encoders

Everything is drawn from seeds: the same versions give the same files. One file a part (``develop``, ``test``,
``held_out``), xz over JSON lines: {id, encoder, columns, truth, bytes in base64}.
"""

from __future__ import annotations

import json
import lzma
import subprocess
import sys
from pathlib import Path
from typing import Any

from tools.foreign.draw import jobs

OUT = Path(__file__).parents[2] / "tests/data/reading/foreign"
NPM = ("receiptline", "receipt-printer-encoder", "node-thermal-printer")


def granted(command: list[str], asked: list[dict[str, Any]], folder: Path) -> dict[str, str]:
    """Run one encoder's program over its jobs: id -> bytes in base64."""
    told = "".join(json.dumps(job) + "\n" for job in asked)
    done = subprocess.run(command, input=told.encode(), stdout=subprocess.PIPE, cwd=folder, check=True)
    return {made["id"]: made["bytes"] for made in map(json.loads, done.stdout.splitlines())}


def main(folder: Path) -> None:
    """Draw, encode, pack."""
    here = Path(__file__).parent.absolute()
    asked = list(jobs())
    made: dict[str, str] = {}
    for names, command in (
        (NPM, ["node", str(here / "encode.mjs")]),
        (("python-escpos",), [str(folder / "venv/bin/python"), str(here / "encode_escpos.py")]),
        (("escpos-php",), ["php", str(here / "encode.php"), str(folder / "escpos-php/src")]),
    ):
        made |= granted(command, [job for job in asked if job["encoder"] in names], folder)
    OUT.mkdir(parents=True, exist_ok=True)
    for part in ("develop", "test", "held_out"):
        rows = [
            {key: job[key] for key in ("id", "encoder", "columns", "truth")} | {"bytes": made[job["id"]]}
            for job in asked
            if job["id"].startswith(part + "/")
        ]
        text = "".join(json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n" for row in rows)
        packed = lzma.compress(text.encode(), preset=9 | lzma.PRESET_EXTREME)
        (OUT / f"{part}.jsonl.xz").write_bytes(packed)
        print(f"{part}: {len(rows)} printouts, {len(packed)} bytes")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
