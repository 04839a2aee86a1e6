"""Limits over a rolling time: never more than the rule says in any stretch, and the wait is the least that helps."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kvit.access.customers import limits
from kvit.access.customers.limits import DAY_S, HOUR_S, PHONE, Rule, Slot, Times, admit, ends_at

KEY = bytes(32)
rules = st.lists(st.builds(Rule, st.integers(1, 6), st.integers(1, 500)), min_size=1, max_size=3).map(tuple)


def run(slot: Slot, asked: list[int]) -> list[int]:
    """Give when something was let through."""
    times: Times = ()
    let: list[int] = []
    for now in asked:
        times, wait_s = admit(times, slot, now)
        if not wait_s:
            let.append(now)
    return let


@given(rules, st.lists(st.integers(0, 100), max_size=80))
def test_no_stretch_of_time_holds_more_than_a_rule(given_rules: tuple[Rule, ...], steps: list[int]) -> None:
    asked = [1_000_000 + sum(steps[: number + 1]) for number in range(len(steps))]
    let = run(Slot(KEY, given_rules), asked)
    for rule in given_rules:
        for begin in let:
            assert sum(begin <= at < begin + rule.within_s for at in let) <= rule.most


@given(rules, st.lists(st.integers(0, 100), max_size=40))
def test_the_wait_is_the_least_that_helps(given_rules: tuple[Rule, ...], steps: list[int]) -> None:
    slot = Slot(KEY, given_rules)
    times: Times = ()
    now = 1_000_000
    for step in steps:
        now += step
        kept, wait_s = admit(times, slot, now)
        if wait_s:
            assert admit(kept, slot, now + wait_s)[1] == 0
            assert admit(kept, slot, now + wait_s - 1)[1] == 1
        times = kept


def test_a_phone_gets_five_codes_a_day() -> None:
    asked = list(range(0, DAY_S, 30))
    let = run(Slot(KEY, PHONE), [10_000_000 + at for at in asked])
    assert len(let) == 5
    assert let[1] - let[0] == 60
    assert let[3] - let[0] == HOUR_S


def test_over_a_midnight_there_are_no_more() -> None:
    late = 20 * DAY_S - 1800
    let = run(Slot(KEY, PHONE), list(range(late, late + 8 * HOUR_S, 60)))
    assert len(let) == 5


def test_a_clock_set_back_does_not_open_nor_shut_for_ever() -> None:
    slot = Slot(KEY, (Rule(1, 60),))
    times, wait_s = admit((), slot, 1_000_000)
    assert wait_s == 0
    times, wait_s = admit(times, slot, 500_000)
    assert wait_s == 60
    assert admit(times, slot, 500_060)[1] == 0


def test_thousands_are_a_short_row() -> None:
    slot = Slot(KEY, limits.everything(5000), limits.GRAIN_S)
    times: Times = ()
    let = 0
    for now in range(10_000_000, 10_000_000 + DAY_S, 10):
        times, wait_s = admit(times, slot, now)
        let += not wait_s
    assert let == 5000
    assert len(times) <= DAY_S // limits.GRAIN_S + 2


@pytest.mark.parametrize("most", [0])
def test_none_a_day_is_none(most: int) -> None:
    assert admit((), Slot(KEY, limits.everything(most)), 1000)[1] == DAY_S


def test_a_row_ends_when_its_longest_rule_does() -> None:
    assert ends_at(((100, 1), (200, 1)), (Rule(1, 10), Rule(2, 50))) == 250
    assert ends_at((), (Rule(1, 10),)) == 10
