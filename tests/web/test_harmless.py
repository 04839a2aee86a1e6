from __future__ import annotations

import pytest
from markupsafe import Markup

from kvit.web.harmless import harmless, plain_text


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("plain", "plain"), ("two\nlines\tand tab", "two\nlines\tand tab"), ("\x1b[2Jx\x00", "[2Jx"),
        ("\u202etxt.exe\u202c", "txt.exe"), ("\u2066a\u2069", "a"), ("한국어 Қазақ", "한국어 Қазақ"),
        ("\u200fعربي", "\u200fعربي"),
        ("a\u0085b\x9bc", "abc"), ("\ufeffmark", "mark"), ("", ""),
    ],
)  # fmt: skip
def test_controls_go(text: str, clean: str) -> None:
    assert plain_text(text) == clean
    assert plain_text(clean) == clean


def test_other_values_stay() -> None:
    ours = Markup("<b>\u202e</b>")
    assert harmless(ours) is ours
    assert harmless(None) is None
    assert harmless(7) == 7
