"""What is known of a shop's forms reaches the reader: looked up when it changed, carried to the worker with a printout."""

from __future__ import annotations

import asyncio

from kvit.app.digest import Job, digest_all, pack, unpack
from kvit.app.known_forms import KnownForms
from kvit.receipt import service as receipts
from kvit.receipt.forms import service
from kvit.receipt.reading.prior import Prior, head_of, label_hash
from kvit.receipt.reading.reader import page_of
from kvit.receipt.service import Taken
from kvit.relay import reading as relay
from tests.databases import OpenDatabase
from tests.receipt.forms.test_confirming import LESSON, SAID
from tests.receipt.printouts import SHOP, prepared

RULE = b"-" * 32
TEXT = b"\n".join((b"CORNER CAFE", RULE, b"Latte  4.50", b"Bun  5.00", RULE, b"All in all  9.50", b""))


async def test_forms_are_looked_up_again_when_a_receipt_is_confirmed(database: OpenDatabase) -> None:
    db = database("kvit.receipt")
    forms = KnownForms(db, SHOP)
    assert await forms.known() == {}
    for offset in (0, 500):
        taken = await db.write(receipts.take, SHOP, prepared(offset))
        assert isinstance(taken, Taken)
        await db.write(service.confirm, SHOP, taken.id, SAID, LESSON, "user anna", 1)
    async with asyncio.timeout(60):
        while LESSON.head not in await forms.known():  # noqa: ASYNC110 - a task of the forms' own hears it
            await asyncio.sleep(0)
    assert (await KnownForms(db, "another shop").known()) == {}


def test_a_form_goes_with_the_job_to_the_worker() -> None:
    found = relay.Printout("till-1", 0, TEXT, b"", 0, 0, "till-1", "cut")
    (cold,) = unpack(digest_all(pack([Job(SHOP, found, "Till 1", "unknown")])))
    from kvit.escpos import load_profile
    from kvit.paper.languages.stream import play_stream

    page = page_of(play_stream(TEXT, load_profile("unknown")).sheet)
    prior = Prior({label_hash("All in all"): "total"}, None, "Corner Cafe", "GBP")
    known = {head_of(page.rows, page.says, page.dated): prior}
    (warm,) = unpack(digest_all(pack([Job(SHOP, found, "Till 1", "unknown", priors=known)])))
    assert cold.printout.reading is not None
    assert warm.printout.reading is not None
    assert cold.printout.reading.total is None
    assert (warm.printout.reading.total, warm.printout.reading.currency) == (950, "GBP")
    assert warm.printout.reading.verified
