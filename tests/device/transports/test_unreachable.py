"""Reasons that are not written as a Refusal have their sentences and rows, too."""

from __future__ import annotations

import re
from pathlib import Path

from kvit.device.transports.unreachable import UnreachableError
from kvit.i18n import codes

ROOT = Path(__file__).resolve().parents[3]
FILES = [*ROOT.glob("src/kvit/device/transports/*.py"), *ROOT.glob("src/kvit/device/reader/**/*.py")]
NAMED = {code for file in FILES for code in re.findall(r'"(device\.[a-z_]+)"', file.read_text("utf-8"))}


def test_every_reason_has_a_sentence_and_a_row() -> None:
    page = (ROOT / "docs" / "refusals.md").read_text("utf-8")
    assert len(NAMED) > 25
    assert NAMED - codes() == set()
    assert {code for code in NAMED if f"`{code}`" not in page} == set()


def test_it_is_an_oserror_whose_words_are_the_sentence() -> None:
    error = UnreachableError("device.usb_busy", 16, printer="usb:///dev/usb/lp0")
    assert isinstance(error, OSError)
    assert error.errno == 16
    assert "usb:///dev/usb/lp0" in str(error.strerror)
    assert error.refusal.values == {"printer": "usb:///dev/usb/lp0"}
