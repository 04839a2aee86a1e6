from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from kvit.escpos.status_reader import ASB_BITS, OFFLINE_BITS, REALTIME_BITS
from kvit.i18n import LANGUAGES, codes, say
from kvit.paper.sheet import EVENT_KINDS
from kvit.receipt.printout import Happening
from kvit.web.happenings import TROUBLE, phrases


def told(*happenings: Happening, language: str = "en") -> list[str]:
    call: Any = SimpleNamespace(say=lambda code, **values: say(language, code, **values))
    return [phrase.text for phrase in phrases(call, happenings)]


@pytest.mark.parametrize(
    ("kind", "values", "words"),
    [
        ("cut", {"full": 1}, ["paper cut"]),
        ("cut", {"full": 0}, ["paper cut partly"]),
        ("pulse", {"pin": 2, "on_ms": 50, "off_ms": 500}, ["drawer opened"]),
        ("beep", {"times": 3}, ["beep ×3"]),
        ("display", {"text": "TOTAL 4.50"}, ["customer display: TOTAL 4.50"]),
        ("status", {"paper_end": 1, "offline": 0}, ["no paper", "over: printer offline"]),
        ("status", {"of_a_newer_kvit": 1}, ["of_a_newer_kvit"]),
        ("status", {}, []),
    ],
)
def test_words(kind: str, values: dict[str, int | str], words: list[str]) -> None:
    assert told(Happening(kind, values)) == words


def test_the_same_in_a_row_is_said_once() -> None:
    cut, pulse = Happening("cut", {"full": 1}), Happening("pulse", {"pin": 2})
    assert told(cut, pulse, pulse, pulse, cut) == ["paper cut", "drawer opened ×3", "paper cut"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_kind_and_state_has_words(language: str) -> None:
    for kind in EVENT_KINDS:
        assert "event_" not in told(Happening(kind), language=language)[0]
    tables = [*REALTIME_BITS.values(), OFFLINE_BITS, *ASB_BITS]
    names = {name for table in tables for name in table.values()}
    assert names >= TROUBLE
    for name in names:
        assert f"receipt.state_{name}" in codes(), name
