"""Languages told by their letters."""

from __future__ import annotations

import pytest

from kvit.paper.language import language_of
from tests.paper.printing import printed

CASES = [
    (["Milk 1.89"], ""), (["Café Müller"], ""), (["초록마트", "Total"], "ko"),
    (["Молоко"], "ru"), (["Сүт", "Нан"], "kk"),
    (["Київ їжа"], "uk"), (["合計金額"], "zh"), (["合計です"], "ja"), (["ขอบคุณ"], "th"),
    (["Σύνολο"], "el"), (["שלום"], "he"),
    (["한"], ""), ([], ""), (["한글 합계 5", "да"], "ko"), (["─────────"], ""),
]  # fmt: skip


@pytest.mark.parametrize(("texts", "language"), CASES)
def test_cases(texts: list[str], language: str) -> None:
    assert language_of(texts) == language


def test_a_sheet_knows_its_language() -> None:
    assert printed(b"\x1bt\x11" + "Молоко\n".encode("cp866")).language == "ru"
    assert printed(b"Milk\n").language == ""
