"""From what a printer says to the nearest profile and to a file that loads."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kvit.device.probe import Findings, Interview
from kvit.device.profile_file import write
from kvit.device.suggestion import suggest, two_byte_letters
from kvit.escpos import load_profile

IDENTITIES = [
    ({"model": "TM-T88V", "maker": "EPSON"}, "TM-T88V"),
    ({"model": "TM-T20II", "maker": "EPSON", "fonts": ""}, "TM-T20II"),
    ({"model": "tm t88 v", "maker": "Epson"}, "TM-T88V"),
    ({"model": "TM-T88V-i", "maker": "EPSON"}, "TM-T88V"),
    ({"model": "RP326", "maker": "Rongta"}, "RP326"),
    ({"model": "RP326-USE", "maker": "Rongta"}, "RP326"),
    ({"model": "SRP-350III", "maker": "BIXOLON"}, "SRP-350III"),
    ({"model": "CT-S310II", "maker": "CITIZEN"}, "CT-S310II"),
    ({"model": "TM-X9000", "maker": "EPSON"}, "epson"),
    ({"model": "SLP-T400", "maker": "BIXOLON"}, "bixolon"),
    ({"model": "CL-S9", "maker": "CITIZEN"}, "citizen"),
    ({"model": "ZZ-9", "maker": "NOBODY", "fonts": "CHINA GB18030"}, "chinese"),
    ({"model": "", "maker": "", "fonts": "KOREA C-5601C"}, "epson-korean"),
    ({"fonts": "TAIWAN BIG-5"}, "epson-taiwan"),
    ({"fonts": "KANJI JAPANESE"}, "epson-japanese"),
    ({}, "default"),
]


@pytest.mark.parametrize(("texts", "name"), IDENTITIES)
def test_the_nearest_profile(texts: dict[str, str], name: str) -> None:
    best = suggest(Findings(texts=texts, answered=("DLE EOT 1",)))[0]
    assert best.name == name
    assert best.reasons


def test_bits_and_letters_choose_among_the_nameless() -> None:
    assert suggest(Findings(ids={"type_id": 0x03}))[0].name == "chinese"
    assert suggest(Findings(ids={"type_id": 0x02}))[0].name == "default"


def test_several_are_told_the_best_first() -> None:
    near = suggest(Findings(texts={"model": "TM-T88", "maker": "EPSON"}))
    assert len(near) == 3
    assert [each.score for each in near] == sorted((each.score for each in near), reverse=True)
    assert all(each.name.startswith("TM-T88") for each in near)


@pytest.mark.parametrize(("said", "system"), [
    ("CHINA GB18030", "gb18030"), ("TAIWAN CHINESE BIG-5", "big5"), ("KANJI JAPANESE", "shift-jis"), ("", ""),
    ("KOREA C-5601C", "ksc5601"), ("THAI 3 PASS", ""),
])  # fmt: skip
def test_two_byte_letters(said: str, system: str) -> None:
    assert two_byte_letters(Findings(texts={"fonts": said})) == system


def test_a_file_that_inherits_and_loads(tmp_path: Path) -> None:
    found = Findings(
        ids={"model_id": 0x75, "type_id": 0x01, "rom_id": 0x02},
        texts={"model": 'TM-"T88V"\\', "maker": "EPSON", "firmware": "9.9", "serial": "X1", "fonts": "CHINA GB18030"},
        answered=("DLE EOT 1", "GS I 1"),
        asb_tail=0x0D,
    )
    (tmp_path / "till.toml").write_text(write(found, load_profile("TM-T88V"), "tcp://10.0.0.9:9100"), "utf-8")
    made, base = load_profile("till", tmp_path), load_profile("TM-T88V")
    assert (made.model, made.firmware, made.serial, made.model_id, made.asb_tail) == (
        'TM-"T88V"\\',
        "9.9",
        "X1",
        0x75,
        0x0D,
    )
    assert (made.multibyte.system, made.multibyte.power_on) == ("gb18030", True)
    assert not made.has("cut_full")
    assert not made.has("cut_partial")
    assert (made.code_pages, made.width_dots, made.status) == (base.code_pages, base.width_dots, "full")


def test_what_agrees_is_not_repeated() -> None:
    base = load_profile("TM-T88V")
    found = Findings(
        ids={"model_id": base.model_id, "type_id": base.type_id, "rom_id": base.rom_id},
        texts={"model": base.model, "maker": base.maker, "firmware": base.firmware, "serial": base.serial},
        answered=("DLE EOT 1",),
    )
    assert [line.partition(" ")[0] for line in write(found, base, "x").splitlines()] == [
        "#",
        "inherits",
        "notes",
        "source",
    ]


@given(st.binary(max_size=300), st.integers(1, 40))
def test_whatever_is_said_the_interview_ends(said: bytes, step: int) -> None:
    talk = Interview()
    for turn in range(100):
        if talk.next() is None:
            break
        if not talk.feed(said[turn * step : (turn + 1) * step]):
            talk.missed()
    else:
        raise AssertionError("it goes on for ever")
    assert suggest(talk.findings)


@given(st.text(max_size=30))
def test_whatever_a_model_is_called_its_file_loads(tmp_path_factory: pytest.TempPathFactory, model: str) -> None:
    talk = Interview()
    for _ in range(50):
        question = talk.next()
        if question is None:
            break
        answers = {"realtime": b"\x12", "byte": b"\x02", "block": b"_" + model.encode("latin-1", "replace") + b"\0"}
        if not talk.feed(answers[question.kind]):
            talk.missed()
    folder = tmp_path_factory.mktemp("profiles")
    base = load_profile(suggest(talk.findings)[0].name)
    (folder / "till.toml").write_text(write(talk.findings, base, "a\nb"), "utf-8")
    assert load_profile("till", folder).dialect == base.dialect
