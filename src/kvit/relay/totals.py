"""Does a part of a stream hold a receipt's total? Asked of bytes, before any code page is known for sure.

A cut after a part without a total, followed at once by more text, ends a coupon or a card slip that belongs to the same
sale. So the question must not be answered "no" of a receipt in any language we meet: a word for a total in any of the code
pages it is printed in counts, and so do several lines that end in an amount.
"""

from __future__ import annotations

import re
from typing import Final

AMOUNT_LINES: Final = 3
"""A coupon may name a price or two; a sale has its items, its total and what was paid."""
WAITING_LINES_MAX: Final = 200
"""Lines kept unlooked at: more than nearly all receipts have."""

_WORDS: Final = {
    "ascii": (
        "total",
        "summe",
        "gesamt",
        "sum",
        "amount due",
        "balance due",
        "montant",
        "importe",
        "totaal",
        "yhteens",
        "razem",
    ),
    "cp949": ("합계", "총액", "결제금액", "받을금액", "판매금액", "합 계"),
    "cp866": ("итог", "итого", "всего", "к оплате", "сумма", "барлығы"),
    "cp1251": ("итог", "итого", "всего", "к оплате", "сумма", "барлығы", "жиыны"),
    "koi8-r": ("итог", "всего"),
    "utf-8": ("итог", "всего", "합계", "总计", "合计", "合計", "барлығы"),
    "gb18030": ("合计", "总计", "应收", "实收", "金额"),
    "big5": ("合計", "總計", "金額"),
    "shift-jis": ("合計", "小計"),
}


def _patterns() -> list[bytes]:
    found = set()
    for encoding, words in _WORDS.items():
        for word in words:
            for form in (word, word.upper(), word.capitalize()):
                try:
                    found.add(re.escape(form.encode(encoding)))
                except UnicodeEncodeError:
                    continue  # a Kazakh letter an old code page has not
    return sorted(found)


_TOTAL: Final = re.compile(b"|".join(_patterns()))
_AMOUNT: Final = re.compile(rb"\d[.,]\d\d(?!\d)|\d[.,' \xa0]\d{3}(?!\d)|(?:^|\s)-?\d{3,}\s*\S{0,4}\s*$")


class Totals:
    """Looks at the lines of one part when asked, the last first: there the total stands, and most are never looked at."""

    def __init__(self) -> None:
        self._lines: list[bytes] = []
        self._amounts = 0
        self._found = False

    def line(self, line: bytes) -> None:
        """Take one printed line."""
        if not self._found:
            self._lines.append(line)
            if len(self._lines) >= WAITING_LINES_MAX:
                self._look()

    @property
    def found(self) -> bool:
        """True once the part holds a total."""
        if self._lines:
            self._look()
        return self._found

    def _look(self) -> None:
        for line in reversed(self._lines):
            self._amounts += bool(_AMOUNT.search(line))
            if self._amounts >= AMOUNT_LINES or _TOTAL.search(line):
                self._found = True
                break
        self._lines.clear()
