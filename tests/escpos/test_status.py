from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kvit.escpos.command import Command
from kvit.escpos.parser import Parser
from kvit.escpos.profiles import Profile, load
from kvit.escpos.status import (
    SETUP_QUESTIONS,
    Answer,
    StatusModel,
    StatusReader,
    answer,
    asb_block,
    changed,
    offline_response,
    symbol_size,
)

TM = load("TM-T88V")
IDLE = StatusModel()

FLAGS = (
    "drawer_high", "cover_open", "feeding", "paper_near_end", "paper_end", "cutter_error", "fatal_error",
    "passing_error", "mechanical_error", "waiting", "held_offline",
)  # fmt: skip


def command(data: bytes, profile: Profile = TM) -> Command:
    parser = Parser(profile)
    found = [*parser.feed(data), *parser.close()]
    assert [one.raw for one in found] == [data]
    return found[0]


def said(data: bytes, model: StatusModel = IDLE, profile: Profile = TM) -> bytes:
    return answer(command(data), model, profile)[0]


IDLE_ANSWERS = [
    ("10 04 01", "12"),
    ("10 04 02", "12"),
    ("10 04 03", "12"),
    ("10 04 04", "12"),
    ("1D 72 01", "00"),
    ("1D 72 31", "00"),
    ("1D 72 02", "00"),
    ("1B 75 00", "00"),
    ("1B 76", "00"),
    ("1D 61 0F", "10 00 00 0F"),
    ("1D 61 00", ""),
    ("1D 49 42", "5F 45 50 53 4F 4E 00"),
    ("1D 28 48 06 00 30 30 41 42 43 44", "37 22 41 42 43 44 00"),
    ("10 14 08 01 03 14 01 06 02 08", "37 25 00"),
    ("10 14 07 01", "10 00 00 0F"),
    ("10 05 01", ""),
    ("1B 40", ""),
]


@pytest.mark.parametrize(("question", "expected"), IDLE_ANSWERS)
def test_an_idle_printer_says_what_the_manual_says(question: str, expected: str) -> None:
    assert said(bytes.fromhex(question)).hex(" ").upper() == expected


STATES = [
    ({"drawer_high": True}, "10 04 01", "16"),
    ({"held_offline": True}, "10 04 01", "1A"),
    ({"waiting": True}, "10 04 01", "32"),
    ({"cover_open": True}, "10 04 02", "16"),
    ({"feeding": True}, "10 04 02", "1A"),
    ({"paper_end": True}, "10 04 02", "32"),
    ({"cutter_error": True}, "10 04 02", "52"),
    ({"cutter_error": True}, "10 04 03", "1A"),
    ({"fatal_error": True}, "10 04 03", "32"),
    ({"passing_error": True}, "10 04 03", "52"),
    ({"paper_near_end": True}, "10 04 04", "1E"),
    ({"paper_end": True}, "10 04 04", "7E"),
    ({"paper_near_end": True}, "1D 72 01", "03"),
    ({"paper_end": True}, "1B 76", "0F"),
    ({"drawer_high": True}, "1D 72 02", "01"),
    ({"drawer_high": True}, "1D 61 FF", "14 00 00 0F"),
    ({"cover_open": True}, "1D 61 FF", "38 00 00 0F"),
]


@pytest.mark.parametrize(("state", "question", "expected"), STATES)
def test_each_state_has_its_bit(state: dict[str, bool], question: str, expected: str) -> None:
    assert said(bytes.fromhex(question), StatusModel(**state)).hex(" ").upper() == expected  # type: ignore[arg-type]


def test_asb_is_said_on_watched_changes_only() -> None:
    _, model = answer(command(b"\x1da\x08"), IDLE, TM)
    assert model.asb == 8
    assert changed(model, model.change(paper_near_end=True), TM) == b"\x10\x00\x03\x0f"
    assert changed(model, model.change(drawer_high=True), TM) == b""
    assert changed(IDLE, IDLE.change(paper_end=True), TM) == b""


def test_the_offline_response_is_said_once_when_asked_for() -> None:
    _, model = answer(command(bytes.fromhex("1D 28 48 03 00 31 30 31")), IDLE, TM)
    assert model.offline_response
    after = model.change(cover_open=True)
    assert changed(model, after, TM) == offline_response(after)
    assert changed(after, after.change(paper_end=True), TM) == b""


def test_what_is_asked_at_setup_is_answered_in_one_piece_each() -> None:
    for question in SETUP_QUESTIONS:
        reader = StatusReader()
        reader.asked(command(question))
        assert len(reader.feed(said(question))) == 1


def test_recorded_answers_go_before_made_up_ones() -> None:
    model = StatusModel(answers={"1d4943": b"_TM-Real\x00"})
    assert said(b"\x1dIC", model) == b"_TM-Real\x00"


@pytest.mark.parametrize(
    ("status", "asked", "silent"),
    [("none", [], [b"\x10\x04\x01", b"\x1da\xff"]), ("basic", [b"\x10\x04\x01"], [b"\x1da\xff", b"\x1dIC"])],
)
def test_a_simpler_printer_keeps_silent(status: str, asked: list[bytes], silent: list[bytes]) -> None:
    import msgspec

    plain = msgspec.structs.replace(TM, status=status)
    assert all(said(one, profile=plain) for one in asked)
    assert not any(said(one, profile=plain) for one in silent)


models = st.builds(lambda flags: StatusModel(**flags), st.fixed_dictionaries({name: st.booleans() for name in FLAGS}))


@given(models, st.sampled_from([1, 2, 3, 4]))
def test_twins_realtime(model: StatusModel, number: int) -> None:
    question = command(bytes((0x10, 4, number)))
    reader = StatusReader()
    reader.asked(question)
    (read,) = reader.feed(answer(question, model, TM)[0])
    assert (read.kind, read.question) == ("realtime", f"DLE EOT {number}")
    near = model.paper_near_end or model.paper_end
    for name, value in read.values.items():
        assert value == (near if name == "paper_near_end" else getattr(model, name)), name


@given(models)
def test_twins_asb(model: StatusModel) -> None:
    (read,) = StatusReader().feed(asb_block(model))
    assert read.kind == "asb"
    near = model.paper_near_end or model.paper_end
    for name, value in read.values.items():
        assert value == (near if name == "paper_near_end" else getattr(model, name)), name


@given(
    models,
    st.lists(st.sampled_from([0x31, 0x32, 1, 2]), max_size=5),
    st.lists(st.sampled_from([65, 66, 67, 68, 69])),
)
def test_twins_answers_in_turn(model: StatusModel, bytes_asked: list[int], texts: list[int]) -> None:
    reader, wire, expected = StatusReader(), b"", []
    for number in texts:
        question = command(bytes((0x1D, 0x49, number)))
        reader.asked(question)
        wire += answer(question, model, TM)[0]
        expected.append(f"GS I {number}")
    for number in bytes_asked:
        question = command(bytes((0x1D, 0x72, number)))
        reader.asked(question)
        wire += answer(question, model, TM)[0]
        expected.append(f"GS r {number & 0xF}")
    assert [read.question for read in reader.feed(wire)] == expected


BLOCKS = [b"_EPSON\x00", b"\x37\x22ABCD\x00", b"\x37\x25\x00", b"\x3b\x30\x00", symbol_size(210, 210), b"_\x00"]
WHOLE = [*BLOCKS, b"\x12", b"\x16", b"\x10\x00\x00\x0f", b"\x14\x00\x03\x0f", b"\x00", b"\x0f", b"\x38\x00\x00\x0f"]


@given(st.lists(st.sampled_from(WHOLE)), st.data())
def test_flow_control_may_fall_anywhere(answers: list[bytes], data: st.DataObject) -> None:
    wire = b"".join(answers)
    noisy = b"".join(bytes((byte,)) + data.draw(st.sampled_from([b"", b"", b"\x11", b"\x13"])) for byte in wire)
    reader = StatusReader()
    read = [one for byte in noisy for one in reader.feed(bytes((byte,)))] + reader.flush()
    assert [one.raw for one in read if one.kind != "flow"] == answers
    assert StatusReader().feed(noisy) == read


@given(st.sampled_from(BLOCKS), st.sampled_from([b"\x12", b"\x10\x00\x00\x0f", b"\x18\x20\x0c\x0f"]), st.data())
def test_an_answer_inside_a_block_is_told_apart(block: bytes, inner: bytes, data: st.DataObject) -> None:
    place = data.draw(st.integers(1, len(block) - 1))
    read = StatusReader().feed(block[:place] + inner + block[place:])
    assert {one.raw for one in read} == {block, inner}


@given(st.binary())
def test_every_byte_comes_out_once(wire: bytes) -> None:
    reader = StatusReader()
    read = [*reader.feed(wire), *reader.flush()]
    assert sorted(b"".join(one.raw for one in read)) == sorted(wire)


def test_a_block_without_end_is_given_up() -> None:
    reader = StatusReader()
    read = reader.feed(b"_" + b"A" * 5000) + reader.flush()
    assert {one.kind for one in read} == {"unknown", "byte"}


def test_what_an_answer_is() -> None:
    (one,) = StatusReader().feed(b"\x37\x22ABCD\x00")
    assert one == Answer("block", 0, b"\x37\x22ABCD\x00", text="ABCD", name="process_id")


def test_recovering_clears_what_a_host_may_clear() -> None:
    stuck = StatusModel(cutter_error=True, fatal_error=True)
    _, after = answer(command(b"\x10\x05\x02"), stuck, TM)
    assert after == replace(stuck, cutter_error=False)


def test_a_realtime_answer_between_the_bytes_of_an_automatic_status() -> None:
    read = StatusReader().feed(b"\x10\x00\x12\x00\x0f")
    assert [(one.kind, one.raw) for one in read] == [("realtime", b"\x12"), ("asb", b"\x10\x00\x00\x0f")]
