from __future__ import annotations

import pytest

from kvit.device.adapters.adapter import Adapter, adapter_of
from kvit.device.spool.paper import as_copy, paper
from kvit.paper.document import Beep, Block, Cut, Document, Feed, Pulse, Span, Text, print_document
from kvit.paper.render import text
from tests.device.spool.jobs import RECEIPT, job

MARK = Text([Span("COPY 2", bold=True, width=2, height=2)], align="centre")
A, B = Text("a"), Text("b")


@pytest.mark.parametrize(("blocks", "wanted"), [
    ([A, Cut()], [MARK, A, MARK, Cut()]),
    ([A], [MARK, A, MARK]),
    ([Pulse(), Beep(), A, Feed(3), Cut(), Pulse(5)], [MARK, A, MARK, Feed(3), Cut()]),
    ([A, Cut(), B, Cut(full=True)], [MARK, A, MARK, Cut(), MARK, B, MARK, Cut(full=True)]),
    ([Feed(), A, B, Cut(), Feed(2), Cut()], [Feed(), MARK, A, B, MARK, Cut(), Feed(2), Cut()]),
    ([Pulse()], []),
    ([], []),
])  # fmt: skip
def test_a_copy_is_silent_and_says_so(blocks: list[Block], wanted: list[Block]) -> None:
    assert as_copy(Document(blocks, left=2), 2) == Document(wanted, left=2)


def test_the_original_is_as_it_is_but_once() -> None:
    given = Document([A, Pulse(), Cut()], copies=3)
    assert paper(job(copy=1), print_document(given)) == Document([A, Pulse(), Cut()])
    assert paper(job(copy=2), print_document(given)) == Document([MARK, A, MARK, Cut()])


def test_what_a_printer_gets_of_a_copy() -> None:
    adapter = adapter_of("escpos+tcp://192.168.1.50:9100?profile=tm-t88v")
    assert isinstance(adapter, Adapter)
    original, copy = (adapter.make(paper(job(copy=number), RECEIPT)) for number in (1, 4))
    pulse = b"\x1bp"
    assert pulse in original.data
    assert pulse not in copy.data
    assert text.render(adapter.look(copy)).split() == ["COPY", "4", "Milk", "1", "l", "Total", "900", "COPY", "4"]
