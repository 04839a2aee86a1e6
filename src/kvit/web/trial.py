"""The test print: one short paper that shows the shop's name, the printer's, the time, five scripts and the width.

It is a job of kind test as any other: its end is the truth about the printer, not that a button was pressed.
"""

from __future__ import annotations

from typing import Final

from kvit.device.printers.model import Printer
from kvit.device.spool.model import Kind
from kvit.device.spool.order import Order, order
from kvit.paper.builder import Builder
from kvit.paper.document import print_document
from kvit.refusal import Refusal

SCRIPTS: Final = ("ABC abc 0123456789", "АБВ абв Әә Ққ Ңң", "가나다 라마바", "小票 测试")
"""What a till in one of our languages prints."""


def trial(printer: Printer, shop_name: str, moment: str, title: str, key: str) -> Order | Refusal:
    """Make the order of a test print; ``title`` in the language of who asked."""
    paper = (
        Builder()
        .text(shop_name, align="centre", bold=True)
        .text(title, align="centre", bold=True, width=2, height=2)
        .line()
        .pair(printer.name, moment)
        .text(printer.address)
    )
    for line in SCRIPTS:
        paper = paper.text(line)
    document = paper.line().text("1234567890" * 12, wrap="clip").feed(1).cut().document()
    return order(key, printer.name, print_document(document), Kind.TEST, title=title)
