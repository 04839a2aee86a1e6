"""Other people's recorded streams through the print port: identical on paper, all of them on the page."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kvit.escpos import Parser
from kvit.receipt.mask import mask_commands
from tests.end_to_end.running import Shop, Staff, until

pytestmark = [pytest.mark.shared, pytest.mark.slow]

KEPT = 0.999
"""Of all bytes; the rest are questions and resets of tills that printed nothing, on paper but on no receipt."""


def streams(shared: Path) -> Iterator[bytes]:
    for path in sorted((shared / "escpos").rglob("*")):
        if path.suffix in (".bin", ".escpos") and path.stat().st_size:
            yield path.read_bytes()


def masked(data: bytes) -> bytes:
    parser = Parser()
    return mask_commands([*parser.feed(data), *parser.close()])


def test_the_corpus(shop: Shop, shared: Path) -> None:
    sent = list(streams(shared))
    assert len(sent) > 250
    shop.start()
    staff = Staff(shop).sign_up()
    for data in sent:
        shop.print(data)
    assert shop.paper == b"".join(sent)
    total = sum(map(len, sent))
    found = until(lambda: enough(staff, int(total * KEPT)), f"{total} bytes")
    assert sum(one["size_bytes"] for one in found) <= total
    kept = b"\0\0".join(map(masked, sent))
    assert all(staff.raw(one) in kept for one in found)
    for one in found[::7]:
        assert staff.form(one, "png").startswith(b"\x89PNG")
        assert staff.get(f"/receipts/{one['id']}")


def enough(staff: Staff, size: int) -> list[dict[str, object]] | None:
    found = staff.receipts()
    return found if sum(one["size_bytes"] for one in found) >= size else None
