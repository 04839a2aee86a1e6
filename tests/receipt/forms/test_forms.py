"""Learning a shop's form: receipts the reader leaves open are read right once two like them were confirmed."""

from __future__ import annotations

import msgspec
import pytest

from kvit.paper.sheet import Run, Sheet, Style
from kvit.receipt.forms import lessons
from kvit.receipt.forms.model import Confirmed, Learned, as_reading, of_reading
from kvit.receipt.model import Kind, Line, Payment
from kvit.receipt.reading import read
from kvit.receipt.reading.equations import equations


def sheet(text: str) -> Sheet:
    made = Sheet(576)
    made.boxes = [
        Run(0, row * 30, 12 * len(line), 24, line, 12, Style())
        for row, line in enumerate(text.strip("\n").split("\n"))
        if line.strip()
    ]
    return made


def paper(
    number: int, *, name: str = "Karta podarunk", rest: str = "owa", price: str = "6,64", total: str = "60,52"
) -> str:
    return f"""
        KWIACIARNIA POD LIPĄ
        ul. Długa 12, Kraków
        Nota nr {number}
--------------------------------
{name:<21}1{price:>10}
{rest}
Woda 1,5L           12     53,88
--------------------------------
Zamykamy                   {total}
Kwit                       {total}
"""


def confirmed(total: int = 6052) -> Confirmed:
    return Confirmed(
        Kind.SALE, shop="Pod Lipą", currency="PLN", total=total, payments=(Payment("card", total),),
        items=(Line("Karta podarunkowa", 1000, None, total - 5388), Line("Woda 1,5L", 12000, None, 5388)),
    )  # fmt: skip


def taught(times: int) -> Learned:
    learned = Learned()
    for number in range(times):
        lesson = lessons.lesson(sheet(paper(100 + number)), confirmed())
        assert lesson is not None
        learned = lessons.learn(learned, lesson)
    return learned


def head() -> str:
    lesson = lessons.lesson(sheet(paper(1)), confirmed())
    assert lesson is not None
    return lesson.head


def test_one_receipt_is_not_believed() -> None:
    assert lessons.prior_of(taught(1), 1) is None


def test_two_receipts_teach_a_column_of_names_a_word_and_the_money() -> None:
    prior = lessons.prior_of(taught(2), 2)
    assert prior is not None
    assert prior.breaks == len("Karta podarunk")
    assert prior.currency == "PLN"
    assert prior.shop == "Pod Lipą"
    assert "total" in prior.labels.values()
    next_ = sheet(paper(777, price="7,00", total="60,88"))
    before, after = read(next_), read(next_, priors={head(): prior})
    assert before.total is None
    assert after.total == 6088
    assert [line.name for line in after.items] == ["Karta podarunkowa", "Woda 1,5L"]
    assert after.currency == "PLN"
    assert after.verified


def test_a_form_never_overrides_arithmetic() -> None:
    prior = lessons.prior_of(taught(3), 3)
    assert prior is not None
    wrong = read(sheet(paper(5, total="61,00")), priors={head(): prior})
    assert not wrong.verified
    assert wrong.confidence["total"] < 0.9


def test_another_head_is_another_form() -> None:
    prior = lessons.prior_of(taught(2), 2)
    assert prior is not None
    other = paper(5).replace("LIPĄ", "WIERZBĄ")
    assert read(sheet(other), priors={head(): prior}).total is None


def test_receipts_that_disagree_teach_nothing() -> None:
    lesson = lessons.lesson(sheet(paper(1)), confirmed())
    assert lesson is not None
    odd = msgspec.structs.replace(lesson, breaks=0, currency="EUR", labels=dict.fromkeys(lesson.labels, "change"))
    learned = lessons.learn(lessons.learn(taught(2), odd), odd)
    prior = lessons.prior_of(learned, 4)
    assert prior is not None
    assert (prior.currency, dict(prior.labels)) == (None, {})
    assert prior.breaks == 14, "a till that breaks between words never breaks a word"
    only = lessons.learn(lessons.learn(Learned(), odd), odd)
    assert getattr(lessons.prior_of(only, 2), "breaks", None) == 0
    assert getattr(lessons.prior_of(lessons.learn(Learned(), odd), 2), "breaks", 0) is None


@pytest.mark.parametrize(
    ("printed", "time", "order"),
    [("03/04/2026", "2026-03-04T10:00", "mdy"), ("03/04/2026", "2026-04-03", "dmy"), ("13/04/2026", "2026-04-13", "")],
)
def test_the_order_of_day_and_month(printed: str, time: str, order: str) -> None:
    made = lessons.lesson(
        sheet(f"SHOP\n{printed} 10:00\n-----\nMilk  1.00\nTOTAL 1.00"), Confirmed(Kind.SALE, time=time)
    )
    assert made is not None
    assert made.order == order


def test_lessons_keep_no_words_of_the_paper() -> None:
    lesson = lessons.lesson(sheet(paper(1)), confirmed())
    assert lesson is not None
    assert b"Zamykamy" not in msgspec.json.encode(lesson)


def test_confirmed_data_are_verified_only_where_the_sums_prove_them() -> None:
    right = as_reading(confirmed())
    assert right.verified
    assert right.confidence["total"] == 1.0
    assert not as_reading(msgspec.structs.replace(confirmed(), total=6053)).verified
    assert not as_reading(Confirmed(Kind.SALE, total=5)).verified
    assert of_reading(right) == confirmed()


def test_equations_of_a_receipt() -> None:
    goods = (Line("Milk", 2000, 150, 300), Line("Cheese", 355, 1000, 356))
    paid = (Payment("cash", 1000),)
    said = Confirmed(Kind.SALE, items=goods, total=606, adjustments=(-50,), payments=paid, change=394)
    found = [(one.name, one.holds, one.row) for one in equations(as_reading(said))]
    assert found == [("line", True, 0), ("line", True, 1), ("basket", True, None), ("payment", True, None)]
