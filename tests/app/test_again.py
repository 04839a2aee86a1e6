"""The line above a paper that may be a repetition."""

from __future__ import annotations

import pytest

from kvit.app.again import again_line
from kvit.escpos import load_profile
from kvit.paper.languages.stream import play_stream
from kvit.paper.sheet import Picture
from kvit.relay.tap import Tap


@pytest.mark.parametrize("profile", ["TM-T88V", "unknown", "generic-58mm"])
@pytest.mark.parametrize("language", ["en", "ko", "ru", "kk", "zh"])
def test_it_prints_and_leaves_no_trace(language: str, profile: str) -> None:
    printer = load_profile(profile)
    line = again_line(language, printer)
    assert 0 < len(line) <= 4096
    boxes = play_stream(line, printer).sheet.boxes
    assert boxes
    assert all(isinstance(box, Picture) for box in boxes) or language == "en"
    tap = Tap(printer)
    for command in tap.till(line):
        tap.follow(command)
    assert tap.setting == b""


def test_a_printer_of_another_language_has_none() -> None:
    assert again_line("en", load_profile("starprnt")) == b""
