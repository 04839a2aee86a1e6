"""One receipt for any printer: its address says what it speaks.

python examples/print_anywhere.py "escpos+tcp://192.168.1.50:9100?profile=tm-t88v&cut=yes"
python examples/print_anywhere.py "365wifi+http://open.printcenter.cn:8080/kdt1234567" -o order.txt
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from kvit.device.adapters.adapter import Adapter, adapter_of
from kvit.i18n import say
from kvit.paper.builder import Builder
from kvit.paper.render.text import render


def main() -> None:
    """Make what the printer gets; show what it makes of it, and what it can not do."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("address")
    arguments.add_argument("-o", "--output", type=Path, help="keep the bytes in a file; nothing is sent")
    given = arguments.parse_args()

    adapter = adapter_of(given.address)
    if not isinstance(adapter, Adapter):
        sys.exit(say("en", adapter.code, **adapter.values))
    receipt = (
        Builder()
        .text("Corner Cafe", align="centre", bold=True, width=2, height=2)
        .line()
        .pair("拿铁 Latte", "4.50")
        .pair("Қымыз", "2.49")
        .code("qr", "https://example.org/r/17")
        .cut()
        .document()
    )
    made = adapter.make(receipt)
    print(render(adapter.look(made)))
    for each in made.warnings:
        print(f"block {each.start + 1}: {each.code} {each.values}")
    print(f"{made.bytes_count} bytes of {made.media_type}, {adapter.paper_mm} mm")
    if given.output:
        given.output.write_bytes(made.data)


if __name__ == "__main__":
    main()
