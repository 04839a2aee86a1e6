"""Print to a relay's port as a till does, then read the receipt from the API.

Make a key with the right ``receipts.read`` on the staff pages (Keys), start the shop with ``kvit up``, then:

    python examples/print_and_ask.py day/0000-en-sale.bin --key kvit_...
"""

from __future__ import annotations

import argparse
import json
import socket
import time
import urllib.request
from pathlib import Path
from typing import Any

WAIT_S = 20.0


def print_as_a_till(host: str, port: int, data: bytes) -> None:
    """Send a printout and wait until the printer's side has hung up: then it is on paper."""
    with socket.create_connection((host, port), timeout=WAIT_S) as till:
        till.sendall(data)
        till.shutdown(socket.SHUT_WR)
        while till.recv(4096):
            pass


def ask(api: str, key: str, path: str) -> Any:
    """Ask the API; the key goes in the Authorization header."""
    request = urllib.request.Request(f"{api}/api/v1/{path}", headers={"Authorization": f"Bearer {key}"})
    with urllib.request.urlopen(request, timeout=WAIT_S) as answer:
        return json.load(answer)


def main() -> None:
    """Print, wait until a new receipt is there, show it."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("file", type=Path)
    arguments.add_argument("--key", required=True)
    arguments.add_argument("--host", default="127.0.0.1")
    arguments.add_argument("--port", type=int, default=9100)
    arguments.add_argument("--api", default="http://127.0.0.1:7003")
    given = arguments.parse_args()

    before = {one["id"] for one in ask(given.api, given.key, "receipts?limit=200")["receipts"]}
    print_as_a_till(given.host, given.port, given.file.read_bytes())
    deadline = time.monotonic() + WAIT_S
    while time.monotonic() < deadline:
        new = [one for one in ask(given.api, given.key, "receipts")["receipts"] if one["id"] not in before]
        if new:
            print(json.dumps(ask(given.api, given.key, f"receipts/{new[0]['id']}"), ensure_ascii=False, indent=2))
            return
        time.sleep(0.1)
    raise SystemExit("no receipt came; what does `kvit doctor` say?")


if __name__ == "__main__":
    main()
