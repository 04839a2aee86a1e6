"""Questions out of turn, and the state their answers tell."""

from __future__ import annotations

import pytest

from kvit.device.delivery.watch import ANSWER_S, POLL_S, Condition, Watch

TOLD = [
    ((b"\x12", b"\x12", b"\x12"), Condition(True, "ok", False, "", False), ""),
    ((b"\x16", b"\x12", b"\x12"), Condition(True, "ok", False, "", True), ""),
    ((b"\x12", b"\x12", b"\x1e"), Condition(True, "near", False, "", False), ""),
    ((b"\x1a", b"\x32", b"\x7e"), Condition(False, "out", False, "", False), "paper"),
    ((b"\x1a", b"\x16", b"\x12"), Condition(False, "ok", True, "", False), "cover"),
    ((b"\x1a", b"\x52", b"\x12"), Condition(False, "ok", False, "error", False), "error"),
    ((b"\x1a", b"\x12", b"\x12"), Condition(False, "ok", False, "", False), "offline"),
]


def asked(watch: Watch, answers: tuple[bytes, ...], now_s: float = 0.0) -> None:
    for number, answer in zip((1, 2, 4), answers, strict=True):
        assert watch.question(now_s) == b"\x10\x04" + bytes((number,))
        assert watch.question(now_s) == b""
        watch.feed(answer, now_s)


@pytest.mark.parametrize(("answers", "condition", "trouble"), TOLD)
def test_a_look(answers: tuple[bytes, ...], condition: Condition, trouble: str) -> None:
    watch = Watch(0.0)
    asked(watch, answers)
    assert (watch.condition, watch.rounds, watch.condition.trouble) == (condition, 1, trouble)
    assert watch.question(0.0) == b""
    assert watch.next_s == POLL_S


@pytest.mark.parametrize(("block", "trouble"), [
    (b"\x10\0\0\x0f", ""), (b"\x38\0\0\x0f", "cover"), (b"\x18\0\x0c\x0f", "paper"), (b"\x18\x08\0\x0f", "error"),
])  # fmt: skip
def test_what_it_says_by_itself_counts_at_once(block: bytes, trouble: str) -> None:
    watch = Watch(0.0)
    for byte in block:
        watch.feed(bytes((byte,)), 0.0)
    assert watch.condition.trouble == trouble


def test_a_silent_printer_is_asked_from_the_first_again() -> None:
    watch = Watch(0.0)
    assert watch.question(0.0)
    assert watch.question(ANSWER_S - 0.1) == b""
    assert watch.silent_s(2.0) == 2.0
    assert watch.question(ANSWER_S) == b"\x10\x04\x01"
    assert watch.silent_s(ANSWER_S) == ANSWER_S
    watch.feed(b"\x12", 4.0)
    assert (watch.silent_s(4.0), watch.gap_s) == (0.0, 4.0)


def test_a_straggler_is_no_answer() -> None:
    watch = Watch(0.0)
    asked(watch, (b"\x12", b"\x12", b"\x12"))
    watch.feed(b"\x1a", 0.5)
    assert watch.condition.trouble == ""
