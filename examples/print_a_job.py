"""Hand a receipt to a running shop and learn how it ended: printed, handed over, too late, or not known.

Make a key on the page *Keys for programs* that may print jobs and see them, then:

    python examples/print_a_job.py --key kvit_… --printer counter --number 1742

Run it again with the same number: nothing is printed twice, the answer is the same.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
import urllib.error
import urllib.request
from typing import Any

RECEIPT = """^^^Corner Cafe
Receipt {number}
---
Latte | 4.50
Croissant | 3.20
---
^TOTAL | ^7.70
===
"""
"""ReceiptLine; a document as JSON goes the same way under the name ``document``."""
ENDED = {"printed", "sent", "unknown", "expired", "cancelled"}


def call(url: str, key: str, body: dict[str, Any] | None = None, idempotency_key: str = "") -> Any:
    """Ask the API; a "no" ends the program with its sentence."""
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    if idempotency_key:
        headers["Idempotency-Key"] = idempotency_key
    data = None if body is None else json.dumps(body).encode()
    try:
        with urllib.request.urlopen(urllib.request.Request(url, data, headers), timeout=30) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as error:
        raise SystemExit(json.load(error)["title"]) from None


def main() -> None:
    """Print one receipt."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--key", required=True)
    arguments.add_argument("--printer", default="counter")
    arguments.add_argument("--number", default="1742")
    arguments.add_argument("--api", default="http://127.0.0.1:7003")
    arguments.add_argument("--within", type=float, default=60.0, metavar="SECONDS")
    given = arguments.parse_args()

    order = {"printer": given.printer, "title": given.number, "receiptline": RECEIPT.format(number=given.number)}
    handed = call(f"{given.api}/api/v1/jobs", given.key, order, idempotency_key=f"example {given.number}")
    job = handed["jobs"][0]
    print(f"job {job['id']} is {'in the queue' if handed['fresh'] else 'known already'}")

    until = time.monotonic() + given.within
    while job["state"] not in ENDED and time.monotonic() < until:
        time.sleep(0.2)
        whole = call(f"{given.api}/api/v1/jobs/{job['id']}", given.key)
        job = whole["job"]
    print(f"{job['state']}{' on evidence of class ' + job['evidence'] if job['evidence'] else ''}")
    sys.exit(0 if job["state"] in ("printed", "sent") else 1)


if __name__ == "__main__":
    main()
