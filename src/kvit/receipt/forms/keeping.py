"""What a person confirmed stands over every reader: readings on their way into the store pass here."""

from __future__ import annotations

import msgspec

from kvit.db import Tx
from kvit.receipt.forms import store
from kvit.receipt.forms.model import as_reading
from kvit.receipt.model import Reading
from kvit.receipt.printout import Prepared, title_of


def kept(tx: Tx, n: int, read_anew: Reading) -> Reading:
    """Return a reading as it is to be stored: what a person confirmed stays, whatever a newer reader says."""
    made = store.correction(tx, n)
    return read_anew if made is None else as_reading(made.confirmed)


def kept_whole(tx: Tx, n: int, prepared: Prepared) -> Prepared:
    """The same for a printout that got longer after it was confirmed."""
    reading = prepared.printout.reading
    right = None if reading is None else kept(tx, n, reading)
    if right is None or right == reading:
        return prepared
    printout = msgspec.structs.replace(prepared.printout, reading=right)
    return msgspec.structs.replace(
        prepared,
        printout=printout,
        reading_json=msgspec.json.encode(right).decode(),
        title=title_of(printout.text, right),
    )
