"""The editor's preview: how long a person who types waits for both papers, over the wire, from a shop as shipped.

Each request has another letter in the draft, as typing has, so the template is compiled anew each time; what comes back are
two pictures, 80 and 58 mm, played from the printer's bytes. Requests come one after the other, as an editor sends them.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import Any

from bench.figure import KVIT, Row, figure, table
from bench.shop import WAIT_S, Shop
from kvit.template.builtin import samples

ASKED = 200
P95_MS = 30.0


def asked(shop: Shop) -> tuple[list[float], list[float]]:
    """Ask `ASKED` times, thrice; give each time's 95th of a hundred, and the processor time of an answer (ms)."""
    opener, found, used = shop.signed_in(), [], []
    session = _asked(opener, urllib.request.Request(shop.staff_url + "/api/v1/session"))
    recipe = _asked(opener, urllib.request.Request(shop.staff_url + "/api/v1/templates/shopping/recipe?base=true"))
    told = {"content-type": "application/json", "x-csrf-token": session["csrf"], "origin": shop.staff_url}
    for turn in range(4):
        times, before_s = [], sum(shop.cpu_s().values())
        for number in range(ASKED):
            recipe["layouts"][-1]["content"] = json.dumps([{"content": f"Thank you, {turn}.{number}"}])
            body = {"business": "shopping", "layouts": recipe["layouts"], "data": samples()["shopping"]}
            wanted = urllib.request.Request(shop.staff_url + "/api/v1/preview", json.dumps(body).encode(), told)
            began = time.perf_counter()
            answer = _asked(opener, wanted)
            times.append((time.perf_counter() - began) * 1000)
            assert len(answer["sheets"]) == 2, answer
        found.append(sorted(times)[ASKED * 95 // 100])
        used.append((sum(shop.cpu_s().values()) - before_s) * 1000 / ASKED)
    return found[1:], used[1:]  # the first turn warms up


def _asked(opener: urllib.request.OpenerDirector, asked: urllib.request.Request) -> Any:
    return json.loads(opener.open(asked, timeout=WAIT_S).read())


def rows() -> list[Row]:
    """Measure all rows."""
    with tempfile.TemporaryDirectory() as name, Shop(Path(name)) as shop:
        times, used = asked(shop)
    return [
        Row("preview, 80 and 58 mm, p95", "ms", {KVIT: figure(times)}, P95_MS, at_most=True),
        Row("preview, 80 and 58 mm, processor time of all of the shop", "ms", {KVIT: figure(used)}),
    ]


def main() -> None:
    """Print the table."""
    argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter).parse_args()
    print(table(rows()))


if __name__ == "__main__":
    main()
