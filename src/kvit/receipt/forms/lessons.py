"""What a confirmed receipt teaches, and when enough of them agree to be believed. Pure.

A row is learned by its words' hash where its sum is the confirmed one and the table of words knows it not. A column of
names is learned where a confirmed name lies broken on the paper. What receipts of a form say is believed from
``CONFIRMED_MIN`` on, and only while none says otherwise.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import pairwise

from kvit.paper.sheet import Sheet
from kvit.receipt.forms.model import Confirmed, Learned, Lesson
from kvit.receipt.reading import moment
from kvit.receipt.reading.amount import amounts, sums_of
from kvit.receipt.reading.notation import notations
from kvit.receipt.reading.prior import Prior, head_of, label_hash
from kvit.receipt.reading.reader import Page, page_of

CONFIRMED_MIN = 2
"""Receipts of a form that must say the same before it is believed: one may be a slip of the finger."""
LABELS_MAX = 100
"""Words learned of one form; a receipt has some twenty kinds of rows."""
_ORDERS = ("dmy", "mdy", "ymd")


def lesson(sheet: Sheet, confirmed: Confirmed) -> Lesson | None:
    """Return what a receipt teaches; None where it has no head to be known by."""
    page = page_of(sheet)
    head = head_of(page.rows, page.says, page.dated)
    if not head:
        return None
    return Lesson(
        head, _labels(page, confirmed), _breaks(page, confirmed), confirmed.shop, confirmed.currency,
        _order(page, confirmed),
    )  # fmt: skip


def _labels(page: Page, confirmed: Confirmed) -> dict[str, str]:
    """Rows below the goods whose words say nothing yet, by the confirmed sum they show."""
    told = (
        *((payment.amount, payment.kind) for payment in confirmed.payments if payment.kind in _PAID),
        *((tax.amount, "tax") for tax in confirmed.taxes),
        (confirmed.change, "change"),
        (confirmed.subtotal, "subtotal"),
        (confirmed.total, "total"),
    )
    wanted = {value: said for value, said in told if value}
    names = [item.name for item in confirmed.items if item.name]
    last = max([n for n, row in enumerate(page.rows) if any(name in row.text for name in names)], default=-1)
    found: dict[str, str] = {}
    likely = notations(page.text)
    notation = next((one for one in likely if one.decimals == confirmed.decimals), likely[0])
    for index in range(last + 1, len(page.rows)):
        label = page.labels[index]
        if page.rows[index].rule or not label.strip() or index in page.dated or not page.counts[index]:
            continue
        numbers = amounts(page.rows[index].text, notation)
        if any(number.times for number in numbers):
            continue  # pieces times price: a thing sold
        sums = sums_of(numbers, loose=False)
        value = sums[-1].value if sums else None
        if value is None or value not in wanted:
            continue
        if page.says[index]:
            if page.says[index] == wanted[value]:
                del wanted[value]  # told by its own word: another row of the same sum is something else
        elif sum(map(str.isalpha, label)) >= LABEL_LETTERS_MIN:
            found[label_hash(label)] = wanted[value]
    return found


LABEL_LETTERS_MIN = 3
_PAID = ("cash", "card", "mobile", "points")


def _breaks(page: Page, confirmed: Confirmed) -> int | None:
    """How confirmed names lie broken on the paper: in mid-word at so many letters; 0 between words; None: not to be told.

    A break at a blank tells nothing where the first piece is as long as any: a till that breaks at its column's end does
    so too.
    """
    names = {item.name for item in confirmed.items}
    whole = max([len(name) for name in names if any(name in row.text for row in page.rows)], default=0)
    between = None
    for row, following in pairwise(page.rows):
        rest = following.text
        for name in names:
            if not rest or name in row.text or not name.endswith(rest):
                continue
            first = name[: -len(rest)]
            if len(first.strip()) < FIRST_LETTERS_MIN or first.strip() not in row.text:
                continue
            if not first.endswith(" "):
                return len(first)
            if len(first.strip()) < whole - 1 and following.column <= row.column:
                between = 0
    return between


FIRST_LETTERS_MIN = 4


def _order(page: Page, confirmed: Confirmed) -> str:
    """The order of day and month, where the confirmed date tells it and the paper's numbers leave it open."""
    if confirmed.time is None:
        return ""
    for index in sorted(page.dated):
        dates = {order: moment.find_date(page.rows[index].text, order) for order in _ORDERS}
        right = [order for order, date in dates.items() if date is not None and date.isoformat() == confirmed.time[:10]]
        if right and len(set(dates.values())) > 1:
            return right[0]
    return ""


def learn(before: Learned, new: Lesson) -> Learned:
    """Count one more lesson."""
    labels = {name: dict(said) for name, said in before.labels.items()}
    for name, said in new.labels.items():
        if name in labels or len(labels) < LABELS_MAX:
            labels[name] = _counted(labels.get(name, {}), said)
    return Learned(
        labels,
        before.breaks if new.breaks is None else _counted(before.breaks, str(new.breaks)),
        _counted(before.shops, new.shop),
        _counted(before.currencies, new.currency),
        _counted(before.orders, new.order or None),
    )


def _counted(before: Mapping[str, int], said: str | None) -> dict[str, int]:
    return dict(before) if said is None else {**before, said: before.get(said, 0) + 1}


def prior_of(learned: Learned, confirmed: int) -> Prior | None:
    """Return what may be believed of a form by now."""
    if confirmed < CONFIRMED_MIN:
        return None
    labels = {name: said for name, votes in learned.labels.items() if (said := _agreed(votes)) is not None}
    return Prior(
        labels,
        _column(learned.breaks),
        _agreed(learned.shops),
        _agreed(learned.currencies),
        _agreed(learned.orders) or "",
    )


def _column(votes: Mapping[str, int]) -> int | None:
    """Where names are broken: one in mid-word says it for all, for a till that breaks between words never does that."""
    inside = {said: count for said, count in votes.items() if said != "0"}
    if inside:
        return int(max(inside, key=lambda said: (inside[said], -int(said))))
    return 0 if votes.get("0", 0) >= CONFIRMED_MIN else None


def _agreed(votes: Mapping[str, int]) -> str | None:
    """What all say, often enough."""
    return next((said for said, count in votes.items() if count >= CONFIRMED_MIN), None) if len(votes) == 1 else None


def priors_of(rows: Iterable[tuple[str, Learned, int]]) -> dict[str, Prior]:
    """Form by head, those that may be believed."""
    return {head: prior for head, learned, count in rows if (prior := prior_of(learned, count)) is not None}
