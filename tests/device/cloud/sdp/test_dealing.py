"""What a poll is answered, and which attempt a result is about."""

from __future__ import annotations

import pytest

from kvit.device.cloud.sdp import dealing
from kvit.device.cloud.sdp.dealing import Dealing, Flight, What
from kvit.device.cloud.sdp.response import Report, Result
from kvit.device.cloud.sdp.verdict import End

GOOD = 251658262
PID = b"  !~"


def move(deal: Dealing, now_s: float, *, waiting: bool = False, trouble: str = "") -> What:
    """A poll: what it is answered is given."""
    what = deal.move(now_s, waiting=waiting, trouble=trouble)
    deal.gave(what, now_s, flight("a.1", now_s, deal.speaks) if what is What.JOB else None)
    return what


def flight(name: str, now_s: float = 0.0, version: str = "2.00") -> Flight:
    return Flight("a", PID, name, now_s, version)


def met(version: str = "3.00") -> Dealing:
    return Dealing(version, greeted=True, blocked=False)


@pytest.mark.parametrize(
    ("known", "order"),
    [
        ("", ["3.00", "2.00", "1.00"]), ("3.00", ["3.00", "2.00", "1.00"]), ("2.00", ["2.00", "3.00", "1.00"]),
        ("1.00", ["1.00", "3.00", "2.00"]),
    ],
)  # fmt: skip
def test_versions_are_tried_the_known_one_first(known: str, order: list[str]) -> None:
    deal, tried, now_s = Dealing(known), [], 0.0
    while not deal.greeted:
        if move(deal, now_s, waiting=True) is What.PROBE:
            tried.append(deal.speaks)
        now_s += 5
    assert tried == order
    assert now_s == 5 * (dealing.POLLS_A_PROBE * len(order) + 1)
    assert not deal.probes
    assert move(deal, now_s, waiting=True) is What.JOB


def test_an_answer_proves_the_version_that_was_written() -> None:
    deal = Dealing()
    assert [move(deal, at) for at in (0.0, 5.0, 10.0)] == [What.PROBE, What.NOTHING, What.PROBE]
    deal.judge(Report("2.00", (Result(True, "", GOOD),)), 11.0)
    assert (deal.version, deal.speaks, deal.greeted) == ("2.00", "2.00", True)


def test_nothing_but_work_is_answered_and_only_one_job() -> None:
    deal = met()
    assert move(deal, 0.0) is What.NOTHING
    assert move(deal, 5.0, waiting=True) is What.JOB
    assert move(deal, 10.0, waiting=True) is What.NOTHING
    (judged,) = deal.judge(Report("3.00", (Result(True, "", GOOD, "a.1"),)), 11.0)
    assert judged.flight is not None
    assert (judged.verdict.end, deal.flight) == (End.PRINTED, None)


def test_one_in_trouble_is_looked_at_every_so_often() -> None:
    deal = met()
    found = [move(deal, at, waiting=True, trouble="paper") for at in (0.0, 5.0, 10.0, 15.0, 20.0)]
    assert found == [What.PROBE, What.NOTHING, What.NOTHING, What.PROBE, What.NOTHING]
    assert move(deal, 60.0, trouble="paper") is What.NOTHING, "nobody waits"


def test_one_that_answers_no_probes_is_trusted_to_tell() -> None:
    deal = Dealing("2.00", greeted=True, probes=False, notifies=True)
    assert move(deal, 0.0, waiting=True, trouble="cover") is What.NOTHING
    silent = Dealing("2.00", greeted=True, probes=False)
    assert move(silent, 0.0, waiting=True, trouble="cover") is What.JOB


LIMITS = [
    ("2.00", False, "", dealing.RESULT_S),
    ("2.00", False, "paper", dealing.RESULT_S),
    ("2.00", True, "", dealing.SPOOLED_S),
    ("2.00", True, "paper", dealing.PATIENCE_S),
]


@pytest.mark.parametrize(("version", "spooled", "trouble", "limit_s"), LIMITS)
def test_how_long_an_attempt_is_waited_for(version: str, spooled: bool, trouble: str, limit_s: float) -> None:
    deal = met(version)
    deal.flight = flight("a.1", 100.0)
    deal.flight.spooled = spooled
    assert deal.overdue(100.0 + limit_s, trouble) is None
    assert deal.overdue(100.1 + limit_s, trouble) is not None
    assert deal.overdue(200.0 + limit_s, trouble) is None, "once"


def test_a_spooled_job_is_asked_after_by_its_name_and_not_too_often() -> None:
    deal = met("2.00")
    assert move(deal, 0.0, waiting=True) is What.JOB
    (judged,) = deal.judge(Report("2.00", (Result(True, "", 2, "a.1"),)), 1.0)
    assert (judged.verdict.end, deal.spooler) == (End.SPOOLED, True)
    assert [move(deal, at) for at in (2.0, 3.0, 5.0)] == [What.QUESTION, What.NOTHING, What.QUESTION]


def test_a_job_nobody_spoke_of_is_not_asked_after() -> None:
    deal = met("2.00")
    deal.spooler = True
    move(deal, 0.0, waiting=True)
    found = {move(deal, at) for at in (5.0, dealing.RESULT_S, dealing.RESULT_S + 1)}
    assert found == {What.NOTHING}, "its spooler may be off by now, and then a print of nothing succeeds"


def test_two_results_in_one_answer() -> None:
    deal = met()
    move(deal, 0.0, waiting=True)
    results = (Result(True, "", GOOD, "a.1"), Result(False, "EX_TIMEOUT", 0, "a.1"))
    first, second = deal.judge(Report("3.00", results), 1.0)
    assert (first.verdict.end, second.flight, second.name) == (End.PRINTED, None, "a.1")


def test_a_refusal_is_about_what_was_handed_over_last() -> None:
    refused = Report("3.00", (), "Invalid XML format", "line 1")
    deal = met()
    assert deal.judge(refused, 0.0) == []
    move(deal, 1.0, waiting=True)
    (judged,) = deal.judge(refused, 2.0)
    assert judged.verdict.end is End.REFUSED
    spooled = met()
    move(spooled, 0.0, waiting=True)
    spooled.judge(Report("3.00", (Result(True, "", 2, "a.1"),)), 1.0)
    move(spooled, 2.0)
    (judged,) = spooled.judge(refused, 3.0)
    assert judged.verdict.end is End.LOST, "it was the question that was not taken"


def test_how_often_it_calls_is_learned_from_idle_polls() -> None:
    deal = met()
    for at in (100.0, 160.0, 220.0):
        deal.polled(at)
        move(deal, at)
    assert deal.interval_s == 60.0
    assert not deal.is_away(220.0 + 125.0)
    assert deal.is_away(220.0 + 126.0)
    move(deal, 220.0, waiting=True)
    assert not deal.is_away(220.0 + 126.0), "it may be printing"
    deal.polled(10_000.0)
    assert deal.interval_s == 60.0, "a poll behind a job says nothing about the interval"
