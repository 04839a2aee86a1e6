"""Facts beside the sums: what kind of paper it is, whose, when, which number, in which money."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Container, Iterator, Sequence
from functools import lru_cache
from itertools import islice

from kvit.receipt.model import Kind, Line
from kvit.receipt.reading import moment, taxid
from kvit.receipt.reading.amount import SIGNS
from kvit.receipt.reading.notation import Notation
from kvit.receipt.reading.rows import Row
from kvit.receipt.reading.vocabulary import compressed, tells_alone, words

COUNTRY_MONEY = {
    "CN": "CNY", "JP": "JPY", "IN": "INR", "DE": "EUR", "AT": "EUR", "NL": "EUR", "FR": "EUR", "KR": "KRW", "BR": "BRL",
    "GB": "GBP", "ES": "EUR", "KZ": "KZT", "RU": "RUB", "PL": "PLN", "TR": "TRY", "UA": "UAH", "PT": "EUR", "IT": "EUR",
    "AU": "AUD", "CZ": "CZK",
}  # fmt: skip
LANGUAGE_MONEY = {"ko": "KRW", "ja": "JPY"}
"""Languages written in one country's money."""
_HEADER_ROWS = 14
_NUMBER_ROWS = 20
"""A receipt's number stands near its head or near its foot."""
_TWO_LETTERS = re.compile(r"[^\W\d_].*[^\W\d_]")
_COLUMN = re.compile(r"\s{2,}")


_SCRIPTS = (
    ("ko", re.compile(r"[\uac00-\ud7af]")),
    ("ja", re.compile(r"[\u3040-\u30ff]")),
    ("zh", re.compile(r"[\u4e00-\u9fff]")),
    ("kk", re.compile(r"[әғқңөұүһӘҒҚҢӨҰҮҺ]")),
    ("uk", re.compile(r"[їєґЇЄҐ]")),
    ("ru", re.compile(r"[\u0400-\u04ff]")),
)
"""Letters that tell a language, the more telling first."""


def language_of(text: str) -> str:
    """A guess by letters: ``ko ja zh kk uk ru`` or empty."""
    if text.isascii():
        return ""
    scripts = _SCRIPTS if _EAST.search(text) else _SCRIPTS[3:]
    return next((language for language, letters in scripts if letters.search(text)), "")


_EAST = re.compile(r"[\u3040-\ud7af]")


def kind_of(says: Sequence[str], *, lines: int, total: int | None) -> Kind:
    """Return what sort of printout the rows' words say it is."""
    said = Counter([word for word in says if word in _KINDS])
    for word in ("z_report", "x_report"):
        if said[word]:
            return Kind(word)
    if said["card_slip"] >= 2 and not lines:
        return Kind.CARD_SLIP
    if said["kitchen"] and not lines and total is None:
        return Kind.KITCHEN
    if said["refund"]:
        return Kind.REFUND
    if said["copy"]:
        return Kind.COPY
    return Kind.SALE if lines or total is not None else Kind.OTHER


_KINDS = frozenset(("z_report", "x_report", "card_slip", "kitchen", "refund", "copy"))


def title(text: str) -> str:
    """What a row without digits says that its label alone does not: "카드종류: 신한카드" by its head."""
    head, colon, _ = text.partition(":")
    if not colon:
        head, colon, _ = text.partition("  ")
    head = _ASIDE.sub("", head)
    said = tells_alone(head) if colon or len(head) < len(text) else ""
    return said if said in _KINDS else ""


_ASIDE = re.compile(r"\s*(?:\[[^\]]*\]|\([^)]*\))")
"""What a title adds in brackets: "Kitchen [New order]"."""


def numbered_title(text: str) -> str:
    """What a row that begins with a digit says as a whole: "2ª VIA"."""
    return words().get(compressed(text), "") if len(text) < _TITLE_LETTERS else ""


_TITLE_LETTERS = 24


def shop_of(rows: Sequence[Row], says: Sequence[str], dated: Container[int]) -> str | None:
    """Return the shop's name: the largest of the first rows above a drawn line that say nothing else."""
    edge = next((index for index, row in enumerate(rows) if row.rule and index), _HEADER_ROWS)
    found = (
        row
        for index, row in enumerate(rows[: min(edge, _HEADER_ROWS)])
        if index not in dated and _name_like(row, says[index])
    )
    head = list(islice(found, 3))
    if not head:
        return None
    largest = max(head, key=lambda row: (row.size, row.bold))
    first = head[0]
    return (largest if (largest.size, largest.bold) > (first.size, first.bold) else first).text


def _name_like(row: Row, said: str) -> bool:
    """A row that may be a name: it has words of its own, or (with digits in it) its label says nothing."""
    return not row.rule and not said and _TWO_LETTERS.search(row.text) is not None


def tax_id_of(rows: Sequence[Row], text: str) -> tuple[str, str] | None:
    """Return (country, number as printed): one with its word first, else one whose shape speaks for itself."""
    folded = text.lower()
    hinted = {row for hint in taxid.HINTS if hint in folded for row in _rows_with(folded, hint)}
    for index in sorted(hinted):
        if found := _worded(rows, index):
            return found
    for index in _rows_of(text, taxid.ALONE):
        if found := taxid.find(rows[index].text, worded=False):
            return found
    return None


def _rows_with(text: str, word: str) -> Iterator[int]:
    """The rows in which a word stands."""
    row, start, at = 0, 0, text.find(word)
    while at >= 0:
        row += text.count("\n", start, at)
        yield row
        start = text.find("\n", at)
        at = text.find(word, start) if start >= 0 else -1


def _worded(rows: Sequence[Row], index: int) -> tuple[str, str] | None:
    """A number behind its word, in the same row or alone in the next."""
    row = rows[index]
    if row.digits and (found := taxid.find(row.text, worded=True)):
        return found
    if index + 1 < len(rows) and rows[index + 1].digits and not rows[index + 1].text[0].isalpha():
        return taxid.find(f"{row.text} {rows[index + 1].text}", worded=True)
    return None


def _rows_of(text: str, pattern: re.Pattern[str]) -> list[int]:
    """The rows in which a pattern is found, each once; ``text`` has a line for every row."""
    found: list[int] = []
    row, start = 0, 0
    for match in pattern.finditer(text):
        row += text.count("\n", start, match.start())
        start = match.start()
        if not found or found[-1] != row:
            found.append(row)
    return found


def dated(rows: Sequence[Row], text: str) -> set[int]:
    """Return the rows that hold a date."""
    return {index for index in _rows_of(text, moment.MAY_BE) if moment.find_date(rows[index].text)}


def time_of(rows: Sequence[Row], dated_rows: Container[int], order: str) -> str | None:
    """Return the printed date and time: a row with both first, else a date and the time nearest to it."""
    dated = [
        (index, row, date)
        for index, row in enumerate(rows)
        if index in dated_rows and (date := moment.find_date(row.text, order))
    ]
    for _, row, date in dated:
        if time := moment.find_time(row.text):
            return moment.iso(date, time, seconds=moment.has_seconds(row.text))
    if not dated:
        return None
    index, _, date = dated[0]
    for near in (index + 1, index - 1):
        if 0 <= near < len(rows) and (time := moment.find_time(rows[near].text)):
            return moment.iso(date, time, seconds=moment.has_seconds(rows[near].text))
    return date.isoformat()


def number_of(rows: Sequence[Row]) -> str | None:
    """Return the receipt's number: what follows a word such as "Receipt no", with a digit in it."""
    best: tuple[int, str] | None = None
    for row in (*rows[:_NUMBER_ROWS], *rows[_NUMBER_ROWS:][-_HEADER_ROWS:]):
        if not row.digits or row.rule:
            continue
        for part in _COLUMN.split(row.text) if "  " in row.text else (row.text,):
            found = _number_in(part)
            if found and (best is None or found[0] > best[0]):
                best = found
    return best[1] if best else _bare_number(rows)


def _bare_number(rows: Sequence[Row]) -> str | None:
    """``#000482`` without a word, in the header."""
    for row in rows[:_HEADER_ROWS]:
        if match := re.search(r"[#№] ?(\d{3,12})(?!\d)", row.text):
            return match[1]
    return None


_FIRST_DIGIT = re.compile(r"[0-9]")
_PREFIX = re.compile(r"(?:^|(?<=[\s:.#№]))[A-ZА-Я]{1,4}[-/]?$")
_REST = re.compile(r"[0-9][\dA-Za-z/-]{0,23}(?![.,:]\d)")
_HEAD_LETTERS_MAX = 34


@lru_cache(maxsize=1024)
def _is_number_word(head: str) -> bool:
    return words().get(compressed(head)) == "number"


def _number_in(part: str) -> tuple[int, str] | None:
    """(how long the word is, the number)."""
    digit = _FIRST_DIGIT.search(part)
    if digit is None or not 0 < digit.start() <= _HEAD_LETTERS_MAX:
        return None
    head, prefix = part[: digit.start()], ""
    if not _is_number_word(head):
        letters = _PREFIX.search(head) if head[-1] in "-/" or head[-1].isupper() else None
        if letters is None or not _is_number_word(head[: letters.start()]):
            return None
        head, prefix = head[: letters.start()], letters[0]
    rest = _REST.match(part, digit.start())
    if rest is None or moment.find_date(part[len(head) :]) is not None:
        return None
    return len(head), prefix + rest[0].rstrip("-/")


def currency_of(
    text: str, signs: Sequence[str], notation: Notation, country: str, language: str
) -> tuple[str | None, float]:
    """Return (ISO 4217 code, confidence): printed signs first, then the tax id's country, then the language."""
    printed = Counter(SIGNS[sign] for sign in signs if sign in SIGNS)
    if printed:
        return printed.most_common(1)[0][0], 0.95
    named = Counter(_codes(text))
    if named:
        return named.most_common(1)[0][0], 0.9
    if country in COUNTRY_MONEY:
        return COUNTRY_MONEY[country], 0.8
    if language in LANGUAGE_MONEY and notation.decimals == 0:
        return LANGUAGE_MONEY[language], 0.7
    return None, 0.0


_ISO_CODES = frozenset(
    "EUR GBP USD KRW JPY CNY KZT RUB UAH PLN CZK TRY BRL CHF SEK NOK DKK HUF RON MXN AUD CAD INR".split()  # noqa: SIM905
)
_ISO = re.compile(r"[A-Z](?<!\w.)[A-Z]{2}\b")
_OTHER = (
    ("₸", "KZT"),
    ("₽", "RUB"),
    ("₩", "KRW"),
    ("€", "EUR"),
    ("£", "GBP"),
    ("₴", "UAH"),
    ("zł", "PLN"),
    ("R$", "BRL"),
)
_NOT_ASCII = 7
"""How many of them no ASCII text can have."""


def _codes(text: str) -> list[str]:
    named = [code for code in _ISO.findall(text) if code in _ISO_CODES]
    return named + [code for sign, code in _OTHER[text.isascii() * _NOT_ASCII :] if sign in text]


_ORDERED = re.compile(
    r"^(\d{1,3})\s*(?:[xX×х*]\s*|(?:EA|개|份|個|点|шт)\s+|\s)(?=\S*[^\W\d_])(.+)$|^(.*[^\W\d_].*?)\s+[xX×х*]?\s?(\d{1,3})\s?(?:개|份|個|点|шт|EA)?$"
)


def ordered(rows: Sequence[Row], width: int) -> tuple[Line, ...]:
    """Return what a kitchen ticket orders: pieces and names below its first line of dashes.

    A row without pieces goes on with the name above where its first word would not have fitted there; else it is a note.
    """
    start = next((index for index, row in enumerate(rows) if row.rule and index), len(rows))
    width = max(
        [row.column + row.width for row in rows if row.rule], default=width
    )  # how wide the till takes its paper
    found: list[Line] = []
    above: Row | None = None
    for row in rows[start:]:
        if row.rule or tells_alone(row.text):
            above = None
        elif match := _ORDERED.match(row.text):
            found.append(Line((match[2] or match[3]).strip(), int(match[1] or match[4]) * 1000))
            above = row
        elif above is not None and _would_not_fit(above, row, width):
            found[-1] = Line(f"{found[-1].name} {row.text}", found[-1].quantity)
            above = row
        else:
            above = None
    return tuple(found)


def _would_not_fit(above: Row, row: Row, width: int) -> bool:
    word = row.text.split(" ")[0]
    cell = max(1, round(above.width / max(1, len(above.text))))
    return above.column + above.width + (1 + len(word)) * cell > width
