"""What desktops are told of a printer that can not print."""

import pytest

from kvit.device.board import TROUBLES, Light
from kvit.device.ipp.standing import of_printer
from kvit.device.ipp.vocabulary import PrinterState


@pytest.mark.parametrize("trouble", TROUBLES)
def test_every_trouble_of_the_board_has_a_sentence(trouble: str) -> None:
    standing = of_printer(Light("counter", trouble=trouble), held=False, flying=0)
    assert standing.state == PrinterState.STOPPED
    assert standing.reasons
    assert standing.message
