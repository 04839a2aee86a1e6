"""Countries as tills print them, from ``countries.toml``: words, money, notations, tax ids, dates, goods.

Tax ids are drawn at random until the country's published check digits hold.
"""

from __future__ import annotations

import random
import tomllib
from dataclasses import dataclass
from pathlib import Path

from kvit.receipt.reading import taxid


@dataclass(frozen=True)
class Country:
    """How one country's tills speak. Words are lists to draw from; ``marks`` are (decimal mark, group mark) pairs."""

    code: str
    currency: str
    decimals: int
    marks: list[tuple[str, str]]
    signs: list[tuple[str, str]]
    """(before, behind) a sum, both empty where tills print bare sums."""
    goods: list[str]
    scale: int
    """The price of a loaf of bread in the smallest coin."""
    total: list[str]
    subtotal: list[str]
    discount: list[str]
    tax: list[str]
    rates: list[int]
    cash: list[str]
    card: list[str]
    change: list[str]
    number: list[str]
    tax_word: list[str]
    tax_form: str
    """Letters of the tax id: 9 a digit, others as they stand; empty for a country without one on paper."""
    dates: list[str]
    refund: list[str]
    copy: list[str]
    x_report: list[str]
    z_report: list[str]
    kitchen: list[str]
    header: list[str]
    shops: list[str]
    count: str
    tax_outside: bool = False
    rounding: str = ""
    page: str = "cp1252"
    """The printer's table of letters, or a multibyte system."""
    extra: tuple[str, ...] = ()
    """Rows that stand in every header."""

    def tax_id(self, rng: random.Random) -> str | None:
        """Draw a number the tax office could have given."""
        forms = [form for form in taxid.FORMS if form.country == self.code]
        if not self.tax_form:
            return None
        for _ in range(5000):
            drawn = "".join(str(rng.randrange(10)) if letter == "9" else letter for letter in self.tax_form)
            if any(form.shape.fullmatch(drawn) and form.proof(drawn.replace(" ", "")) for form in forms):
                return drawn
        raise AssertionError(self.code)


def _load() -> dict[str, Country]:
    tables = tomllib.loads(Path(__file__).with_name("countries.toml").read_text("utf-8"))
    return {code: Country(code, **table) for code, table in tables.items()}


COUNTRIES = _load()
