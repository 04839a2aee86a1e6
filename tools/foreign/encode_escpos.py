"""Grants wishes with python-escpos: jobs on standard input, {id, bytes in base64} on standard output.

Run by make.py with the Python that has the package installed; it pads no columns itself, so the till does, as tills do.
"""

from __future__ import annotations

import base64
import json
import sys
import textwrap
from typing import Any

from escpos.printer import Dummy


def run(job: dict[str, Any]) -> bytes:
    """The bytes of one printout."""
    printer = Dummy(profile="default")
    printer.hw("INIT")
    raw = job["page"] == "bytes"
    if raw:
        printer._raw(bytes.fromhex(job["start"]))

    def put(text: str) -> None:
        if raw:
            printer._raw(text.encode("cp437") + b"\n")
        else:
            printer.textln(text)

    for wish in job["wishes"]:
        what = wish["do"]
        if what == "text":
            big = wish["size"] == 2
            printer.set(align=wish["align"], bold=wish["bold"], double_width=big, double_height=big)
            put(wish["text"])
            printer.set(align="left", bold=False, normal_textsize=True)
        elif what == "pair":
            size, left, right = wish["size"], wish["left"], wish["right"]
            printer.set(bold=wish["bold"], double_width=size == 2, double_height=size == 2)
            put(left + " " * (job["columns"] // size - len(left) - len(right)) + right)
            printer.set(bold=False, normal_textsize=True)
        elif what == "row":
            row(put, wish["cells"])
        elif what == "rule":
            put("-" * job["columns"])
        elif what == "qr":
            printer.qr(wish["data"], native=True, size=4)
        elif what == "cut":
            printer.cut()
        elif what == "pulse":
            printer.cashdraw(2)
    return bytes(printer.output)


def row(put: Any, cells: list[list[Any]]) -> None:
    """Columns padded with blanks; a cell too long goes on in the next line."""
    broken = [textwrap.wrap(text, width - 1) or [""] for text, width, _ in cells]
    for n in range(max(map(len, broken))):
        line = ""
        for lines, (_, width, align) in zip(broken, cells, strict=True):
            text = lines[n] if n < len(lines) else ""
            line += text.rjust(width) if align == "right" else text.ljust(width)
        put(line.rstrip())


for told in sys.stdin:
    asked = json.loads(told)
    sys.stdout.write(json.dumps({"id": asked["id"], "bytes": base64.b64encode(run(asked)).decode()}) + "\n")
