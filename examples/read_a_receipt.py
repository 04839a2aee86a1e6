"""Read a file of printer bytes: what was sold, and does it add up?

python examples/read_a_receipt.py day/0000-en-sale.bin
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from kvit.escpos import load_profile
from kvit.paper.languages.stream import play_stream
from kvit.receipt.exports import plain
from kvit.receipt.reading import read


def main() -> None:
    """Print shop, items and total."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("file", type=Path)
    arguments.add_argument("--profile", default="unknown", help="the printer's model, where it is known")
    given = arguments.parse_args()

    played = play_stream(given.file.read_bytes(), load_profile(given.profile))
    receipt: dict[str, Any] = plain(read(played.sheet))  # the shape of `kvit decode --to receipt`

    print(receipt["shop"] or "(a shop without a name)", receipt["time"] or "")
    for item in receipt["items"]:
        print(f"{item['quantity'] or 1:>6} x {item['name']:<32} {item['total']}")
    print(f"total {receipt['total']} {receipt['currency'] or ''}")
    print("it adds up" if receipt["verified"] else "it does not add up, or there is nothing to add")


if __name__ == "__main__":
    main()
