"""What a till hears in the printer's name: recorded bytes, turned bits, silence; and how they are recorded."""

from __future__ import annotations

import asyncio
from pathlib import Path

import msgspec
import pytest

from kvit.escpos import Command, Parser, Profile, load_profile
from kvit.escpos.status_reader import StatusReader
from kvit.relay import recorder
from kvit.relay.answers import DRAWER_S, Answers, Asked, Recorded
from kvit.relay.settings import LineSettings, RelaySettings, check
from tests.relay.simulated import Shop, simulate

T88 = load_profile("TM-T88V")


def command(raw: bytes) -> Command:
    [made] = Parser("epson").feed(raw)
    return made


def says(answers: Answers, raw: bytes) -> bytes:
    return answers.answer(command(raw), Asked())


def heard(answers: Answers, question: bytes, said: bytes) -> None:
    reader = StatusReader()
    reader.asked(command(question))
    for each in reader.feed(said):
        answers.heard(each)
        answers.learn(each, 1)


RECORDED: dict[str, tuple[bytes, bytes, bytes, bytes]] = {
    "a status byte of its own": (b"\x10\x04\x01", b"\x12", b"\x12", b"\x1a"),
    "paper": (b"\x10\x04\x04", b"\x12", b"\x12", b"\x7e"),
    "a model": (b"\x1dIC", b"_TM-T88IV\x00", b"_TM-T88IV\x00", b"_TM-T88IV\x00"),
    "a type": (b"\x1dI\x02", b"\x4b", b"\x4b", b"\x4b"),
    "paper in turn": (b"\x1dr\x01", b"\x40", b"\x40", b"\x4f"),
}
"""Question, what was heard of an idle printer, what is said of it, what is said when its paper is out."""


@pytest.mark.parametrize("case", RECORDED)
def test_the_printers_own_bytes_with_the_bits_of_now(case: str) -> None:
    question, own, idle, out = RECORDED[case]
    answers = Answers(T88)
    heard(answers, question, own)
    assert says(answers, question) == idle
    heard(answers, b"\x10\x04\x04", b"\x7e")
    assert says(answers, question) == out
    assert answers.trouble == ("paper_end", "paper_near_end")
    again = Answers(T88, msgspec.json.decode(msgspec.json.encode(answers.recorded), type=Recorded))
    assert says(again, question) == idle


def test_trouble_is_not_recorded_as_the_idle_printers_answer() -> None:
    answers = Answers(T88)
    heard(answers, b"\x10\x04\x04", b"\x7e")
    assert answers.recorded.answers == {}
    heard(answers, b"\x10\x04\x04", b"\x12")
    assert says(answers, b"\x10\x04\x04") == b"\x12"


def test_what_was_recorded_whole_is_not_learned_anew() -> None:
    answers = Answers(T88, Recorded({"1d4901": "20"}, whole=True))
    heard(answers, b"\x1dI\x01", b"\x4b")
    assert says(answers, b"\x1dI\x01") == b"\x20"
    answers.forget()
    heard(answers, b"\x1dI\x01", b"\x4b")
    assert says(answers, b"\x1dI\x01") == b"\x4b"


def test_the_automatic_status_has_the_makers_tail() -> None:
    answers = Answers(T88)
    heard(answers, b"\x1da\xff", b"\x10\x00\x00\x4a")
    asked = Asked()
    assert answers.answer(command(b"\x1da\x01"), asked) == b"\x10\x00\x00\x4a"
    before = answers.state(asked)
    answers.pulsed(10.0)
    assert answers.change(asked, before) == b"\x14\x00\x00\x4a"
    assert answers.deadline_s == 10.0 + DRAWER_S
    before = answers.state(asked)
    assert not answers.tick(10.1)
    assert answers.tick(10.0 + DRAWER_S)
    assert answers.change(asked, before) == b"\x10\x00\x00\x4a"


def test_a_printer_that_tells_of_its_drawer_is_believed() -> None:
    answers = Answers(T88)
    answers.pulsed(10.0)
    assert says(answers, b"\x1dr\x02") == b"\x01"
    heard(answers, b"\x10\x04\x01", b"\x16")
    assert answers.deadline_s is None
    assert says(answers, b"\x1dr\x02") == b"\x01"
    heard(answers, b"\x10\x04\x01", b"\x12")
    assert says(answers, b"\x1dr\x02") == b"\x00"


def test_offline_for_a_reason_nobody_told() -> None:
    answers = Answers(T88)
    heard(answers, b"\x10\x04\x01", b"\x1a")
    assert says(answers, b"\x10\x04\x01") == b"\x1a"
    assert answers.offline
    heard(answers, b"\x10\x04\x01", b"\x12")
    assert not answers.offline


def test_an_unknown_printer_answers_rather_too_much() -> None:
    assert says(Answers(load_profile("unknown")), b"\x1da\xff") == b"\x10\x00\x00\x0f"
    basic = msgspec.structs.replace(T88, status="basic", unproven=frozenset())
    assert says(Answers(basic), b"\x1da\xff") == b""


async def recorded(shop: Shop, profile: Profile) -> Recorded:
    shop.printer.machine.profile = profile
    shop.start()
    shop.holding.attend(50)
    await asyncio.sleep(20)
    assert shop.pump is not None
    await shop.pump.stop()
    found = recorder.load(shop.folder)
    assert found is not None
    return found


def test_what_a_printer_does_not_know_stays_unanswered(tmp_path: Path) -> None:
    basic = msgspec.structs.replace(T88, status="basic", unproven=frozenset())

    async def go() -> None:
        found = await recorded(Shop(tmp_path, hold_s=5), basic)
        assert found.whole
        assert found.answers["100401"] == "12"
        assert found.answers["1d4943"] == ""
        assert "asb" not in found.answers
        answers = Answers(T88, found)
        assert says(answers, b"\x1dIC") == b""
        assert says(answers, b"\x10\x04\x01") == b"\x12"

    simulate(go())


def test_a_printer_that_is_offline_is_asked_another_day(tmp_path: Path) -> None:
    async def go() -> None:
        shop = Shop(tmp_path, hold_s=5)
        shop.printer.machine.change(cover_open=True)
        shop.start()
        shop.holding.attend(60)
        await asyncio.sleep(5)
        assert recorder.load(tmp_path) is None
        shop.printer.change(cover_open=False)
        for _ in range(8):
            await asyncio.sleep(10)
            shop.holding.attend(60)
        assert shop.holding.hold.answers.recorded.whole
        assert shop.holding.hold.answers.recorded.answers["asb"] == "1000000f"
        assert shop.pump is not None
        await shop.pump.stop()

    simulate(go())


def test_withholding_and_a_printer_connection_for_each_till_do_not_go_together() -> None:
    line = LineSettings("a", "tcp://h:1", "tcp://h:2", hold_s=5, per_till=True)
    refused = check(RelaySettings((line,)))
    assert refused is not None
    assert refused.code == "relay.hold_per_till"
