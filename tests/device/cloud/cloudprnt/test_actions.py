"""What a printer is asked, and what its answers are worth."""

from __future__ import annotations

import pytest

from kvit.device.cloud.cloudprnt.actions import asks, changed, dots_of, facts_of, interval_s
from kvit.device.cloud.cloudprnt.codes import Code
from kvit.device.cloud.cloudprnt.poll import Poll, Result


def test_the_questions() -> None:
    asked = [each.request for each in asks()]
    assert asked == ["ClientType", "ClientVersion", "Encodings", "GetPollInterval", "PageInfo"]
    assert (asks("K1")[-1].request, asks("K1")[-1].options) == ("SetID", "K1")


def test_answers_become_facts() -> None:
    page = {"paperWidth": "80", "printWidth": "72", "horizontalResolution": "8", "verticalResolution": "8"}
    poll = Poll(
        Code(200),
        mac="001162aabbcc",
        results=(
            Result("ClientType", "Star mC-Print3"),
            Result("ClientVersion", " 3.5\0\x1b\u202e "),
            Result("Encodings", "image/png; text/plain"),
            Result("GetPollInterval", "5"),
            Result("PageInfo", "", page),
            Result("SetID", "true"),
            Result("ClientType", "x" * 900),
        ),
    )
    facts = facts_of(poll)
    assert len(facts.pop("model")) == 400
    assert facts == {
        "mac": "001162aabbcc", "firmware": "3.5", "encodings": "image/png; text/plain", "interval_s": "5",
        "paper_mm": "80", "print_mm": "72", "dots_mm": "8", "dots": "576",
    }  # fmt: skip
    assert facts_of(Poll(Code(200))) == {}


@pytest.mark.parametrize(
    ("width", "resolution", "dots"),
    [("72", "8", 576), ("104", "8", 832), ("50.8", "8", 400), ("48", "8", 384), ("", "8", 0), ("nan", "8", 0),
     ("inf", "8", 0), ("-72", "8", 0), ("9999", "8", 0), ("1e400", "8", 0), ("0.1", "8", 0)],
)  # fmt: skip
def test_dots_of_a_width(width: str, resolution: str, dots: int) -> None:
    assert dots_of(width, resolution) == dots


@pytest.mark.parametrize(("said", "seconds"), [("10", 10.0), ("0", 5.0), ("", 5.0), ("often", 5.0), ("99999", 600.0)])
def test_how_often_it_polls(said: str, seconds: float) -> None:
    assert interval_s({"interval_s": said}) == seconds


def test_only_news_is_kept() -> None:
    assert changed({"model": "a", "mac": "b"}, {"model": "a", "mac": "c"}.items()) == {"mac": "c"}
