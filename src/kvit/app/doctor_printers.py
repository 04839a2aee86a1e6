"""What ``kvit doctor`` sees of the shop's printers: reachable or not, what they can prove, their last paper, what waits.

The running shop is asked; it has its word from the printers themselves, so nothing is sent to any of them. Values that are
codes of sentences (``printing.…``) are said in the reader's language by who shows them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from kvit.app.finding import BAD, GOOD, NOTE, Finding

Row = dict[str, Any]
"""A printer as `kvit.web.api_rows.PrinterRow`."""


def look(rows: Iterable[Row]) -> Iterator[Finding]:
    """Say how each printer stands; a shop without one is told how to get one."""
    any_one = False
    for row in rows:
        any_one = True
        yield from _one(row)
    if not any_one:
        yield Finding(NOTE, "app.doctor_printers_none", {})


def _one(row: Row) -> Iterator[Finding]:
    name, queue, last = str(row["name"]), row["queue"], row["last"]
    who: dict[str, str | int] = {"name": name, "address": str(row["address"])}
    if row["trouble"] and not row["held"]:
        who |= {"what": f"printing.trouble_{row['trouble']}", "todo": f"printing.todo_{row['trouble']}"}
        yield Finding(BAD, "app.doctor_printer_trouble", who)
    elif row["held"]:
        yield Finding(NOTE, "app.doctor_printer_held", who)
    elif row["link"] == "up":
        class_ = f"printing.class_{(row['able'] or 'none').lower()}"
        state = f"printing.state_{last['state']}" if last else "printing.last_none"
        title = str(last["title"] or f"printing.kind_{last['kind']}") if last else "-"
        yield Finding(GOOD, "app.doctor_printer_good", who | {"class": class_, "last": title, "state": state})
    else:
        yield Finding(NOTE, "app.doctor_printer_unseen", who)
    if not row["able"] and row["link"] == "up":
        yield Finding(NOTE, "app.doctor_printer_class", {"name": name})
    if queue["blocked"] and not row["trouble"] and not row["held"]:
        yield Finding(BAD, "app.doctor_printer_blocked", {"name": name, "count": int(queue["blocked"])})
    if queue["asking"]:
        yield Finding(BAD, "app.doctor_printer_asking", {"name": name, "count": int(queue["asking"])})
