"""One attempt, fed by hand: what is believed of which bytes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kvit.device.delivery.attempt import GS_R, Attempt, Waits, ask_id, fence_id
from kvit.device.delivery.evidence import cuts_of
from kvit.device.delivery.watch import Watch
from kvit.device.spool.model import Event, Evidence

PID, DATA = b"  !~", b"\x1b@Milk\n\x1dV\x00"
MINE, OTHER = b"\x37\x22" + PID + b"\0", b"\x37\x22abcd\0"
GOOD, BAD_PAPER, BAD_COVER = b"\x10\0\0\x0f", b"\x18\0\x0c\x0f", b"\x38\0\0\x0f"
CUTTER = b"\x18\x08\0\x0f"
E_ = Event


def begun(able: Evidence, now_s: float = 0.0, **values: bool) -> Attempt:
    return Attempt(PID, able, DATA, Watch(now_s), now_s, Waits(), **values)


def out(able: Evidence, now_s: float = 0.0, **values: bool) -> Attempt:
    """An attempt whose bytes the printer has all taken."""
    made = begun(able, now_s, **values)
    made.out()
    made.handed(0, now_s)
    assert [each.event for each in made.heard()] == [E_.BYTES_OUT]
    return made


def events(attempt: Attempt) -> list[Event]:
    heard = attempt.heard()
    assert all(each.pid == PID for each in heard)
    return [each.event for each in heard]


@pytest.mark.parametrize(("able", "behind"), [(Evidence.A, ask_id(PID)), (Evidence.B, GS_R), (Evidence.C, b"")])
def test_the_question_stands_behind_the_last_cut(able: Evidence, behind: bytes) -> None:
    assert begun(able).out() == DATA + behind


SAID = [
    (Evidence.A, MINE, [E_.ID_ANSWER]),
    (Evidence.A, OTHER, []),
    (Evidence.A, b"\0", []),
    (Evidence.A, b"\x12" * 3, []),
    (Evidence.A, BAD_PAPER, [E_.PAPER_END]),
    (Evidence.A, BAD_PAPER + GOOD, [E_.PAPER_END, E_.BACK_AGAIN]),
    (Evidence.A, BAD_COVER + BAD_PAPER + GOOD + MINE, [E_.COVER_OPEN, E_.PAPER_END, E_.BACK_AGAIN, E_.ID_ANSWER]),
    (Evidence.A, CUTTER, [E_.STOPPED]),
    (Evidence.A, b"\x13" + MINE[:3] + b"\x11" + MINE[3:], [E_.ID_ANSWER]),
    (Evidence.B, b"\0", [E_.ORDERED_STATUS]),
    (Evidence.B, MINE, [E_.ID_ANSWER]),
    (Evidence.B, GOOD + b"\x0f", [E_.ORDERED_STATUS]),
    (Evidence.C, b"\0", []),
]


@pytest.mark.parametrize(("able", "said", "told"), SAID)
@pytest.mark.parametrize("size", [1, 100])
def test_what_is_said_is_told(able: Evidence, said: bytes, told: list[Event], size: int) -> None:
    attempt = out(able)
    for at in range(0, len(said), size):
        attempt.feed(said[at : at + size], 0.1)
    assert events(attempt) == told
    assert attempt.over == bool({E_.ID_ANSWER, E_.ORDERED_STATUS} & set(told))


def test_an_id_of_an_earlier_attempt_is_given_to_the_rim() -> None:
    attempt = out(Evidence.A)
    attempt.feed(OTHER, 0.1)
    assert attempt.others == [b"abcd"]


def test_an_answer_before_the_kernel_knows_that_all_is_out() -> None:
    attempt = begun(Evidence.B)
    attempt.out()
    attempt.feed(b"\0", 0.0)
    assert events(attempt) == [E_.BYTES_OUT, E_.ORDERED_STATUS]


def test_no_byte_was_written_and_the_link_is_lost() -> None:
    attempt = begun(Evidence.A)
    attempt.lost(clean=False, reason="reset")
    assert events(attempt) == [E_.ZERO_BYTES]


@pytest.mark.parametrize("able", [Evidence.A, Evidence.B, Evidence.C])
@pytest.mark.parametrize("clean", [True, False])
def test_a_link_lost_in_the_middle_is_no_end(able: Evidence, clean: bool) -> None:
    attempt = out(able)
    attempt.lost(clean=clean)
    assert events(attempt) == [E_.LINK_LOST]
    attempt.lost(clean=clean)
    assert events(attempt) == []


def test_class_c_closes_once_the_printer_was_seen_well_behind_the_bytes() -> None:
    attempt = out(Evidence.C)
    attempt.tick(0.0)
    assert attempt.out() == b"\x10\x04\x01"
    attempt.feed(b"\x12", 0.1)
    attempt.tick(0.1)
    assert attempt.out() == b"\x10\x04\x02"
    attempt.feed(b"\x12", 0.2)
    attempt.tick(0.2)
    attempt.out()
    attempt.feed(b"\x12", 0.3)
    attempt.tick(0.3)
    assert attempt.closing
    attempt.lost(clean=True)
    assert events(attempt) == [E_.LINK_CLOSED]


def test_class_c_that_says_paper_out_is_waited_for() -> None:
    attempt = out(Evidence.C)
    for answer in (b"\x12", b"\x32", b"\x7e"):
        attempt.tick(0.0)
        attempt.out()
        attempt.feed(answer, 0.0)
    attempt.tick(50.0)
    assert events(attempt) == [E_.PAPER_END]
    assert not attempt.closing
    attempt.feed(GOOD, 51.0)
    attempt.tick(51.0)
    assert attempt.closing


def test_a_silent_class_c_is_closed_at_once() -> None:
    attempt = out(Evidence.C, talks=False)
    attempt.tick(0.0)
    assert attempt.closing


def test_the_fence() -> None:
    """Online and silent for a while, then the fence is answered and the job is not: its question was lost."""
    attempt = out(Evidence.A)
    attempt.tick(0.0)
    attempt.feed(b"\x12", 0.0)
    attempt.tick(5.0)
    assert attempt.out().endswith(ask_id(fence_id(PID)))
    attempt.feed(b"\x37\x22" + fence_id(PID) + b"\0", 5.1)
    assert events(attempt) == [E_.TIME_OUT]


def test_the_fence_behind_a_gap_is_a_power_cycle() -> None:
    attempt = out(Evidence.A)
    attempt.tick(0.0)  # asked, and no answer while the printer is off
    attempt.tick(6.0)
    attempt.feed(b"\x12", 7.0)
    attempt.feed(b"\x37\x22" + fence_id(PID) + b"\0", 7.1)
    assert events(attempt) == [E_.POWER_CYCLE]


TIMES = [
    (Evidence.A, True, 9.9, None), (Evidence.A, True, 10.1, "silent"), (Evidence.B, True, 10.1, "silent"),
    (Evidence.A, False, 59.0, None), (Evidence.A, False, 61.0, "no answer"),
]  # fmt: skip


@pytest.mark.parametrize(("able", "talks", "at_s", "reason"), TIMES)
def test_patience_ends(able: Evidence, talks: bool, at_s: float, reason: str | None) -> None:
    attempt = out(able, talks=talks)
    attempt.tick(0.0)
    attempt.tick(at_s)
    assert [each.reason for each in attempt.heard()] == ([reason] if reason else [])
    assert attempt.over == (reason is not None)


def test_a_stopped_printer_is_waited_for_longer() -> None:
    attempt = out(Evidence.A)
    attempt.feed(BAD_PAPER, 0.0)
    for second in range(1, 500):
        attempt.tick(float(second))
    assert not attempt.over
    attempt.feed(GOOD + MINE, 501.0)
    assert events(attempt) == [E_.PAPER_END, E_.BACK_AGAIN, E_.ID_ANSWER]


def test_bytes_that_are_not_taken() -> None:
    attempt = begun(Evidence.A)
    attempt.out()
    attempt.handed(20, 0.0)
    attempt.handed(10, 29.0)
    attempt.tick(30.5)
    assert events(attempt) == []
    attempt.tick(59.5)
    assert events(attempt) == [E_.TIME_OUT]


@given(
    st.lists(
        st.one_of(st.sampled_from([GOOD, BAD_PAPER, BAD_COVER, OTHER, b"\x12", b"\x1a", b"\0"]), st.binary(max_size=9))
    )
)
def test_nothing_but_its_own_id_makes_class_a_printed(said: list[bytes]) -> None:
    attempt = out(Evidence.A)
    for n, data in enumerate(said):
        if PID in data:
            continue
        attempt.feed(data, n / 10)
        attempt.tick(n / 10)
        attempt.out()
    told = events(attempt)
    assert E_.ID_ANSWER not in told or PID in b"".join(said)
    assert E_.ORDERED_STATUS not in told


@pytest.mark.parametrize(("data", "count"), [
    (DATA, 1), (DATA + DATA, 2), (DATA + b"\x1bp\0\x19\x19", 1), (DATA + b"x\n", 0), (b"x\n", 0), (DATA + b"\n\x1bd\3", 1),
])  # fmt: skip
def test_cuts_a_paper_is_whole_at(data: bytes, count: int) -> None:
    assert cuts_of(data) == count
