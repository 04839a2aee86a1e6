from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kvit.escpos import multibyte
from kvit.escpos.multibyte import SYSTEMS, Decoder

READ = [
    ("gb18030", "中文小票 ok".encode("gb18030"), [("中文小票", 2), (" ok", 1)]),
    ("gb18030", "㐀".encode("gb18030") + b"a", [("㐀", 2), ("a", 1)]),
    ("big5", "中文".encode("big5"), [("中文", 2)]),
    ("shift-jis", "日本ｶﾅa".encode("cp932"), [("日本", 2), ("ｶﾅa", 1)]),
    ("ksc5601", "합계 1".encode("cp949"), [("합계", 2), (" 1", 1)]),
    ("cp949", "똠방".encode("cp949"), [("똠방", 2)]),
    ("utf-8", "é中文я".encode(), [("é", 1), ("中文", 2), ("я", 1)]),
    ("jis", "日本語".encode("iso-2022-jp")[3:-3], [("日本語", 2)]),
]


@pytest.mark.parametrize(("system", "raw", "pieces"), READ)
def test_reading_whole_and_byte_by_byte(system: str, raw: bytes, pieces: list[tuple[str, int]]) -> None:
    assert Decoder(system, True).read(raw) == pieces
    decoder = Decoder(system, True)
    slow = [piece for byte in raw for piece in decoder.feed(bytes((byte,)))] + decoder.flush()
    assert "".join(text for text, _ in slow) == "".join(text for text, _ in pieces)


SYLLABLES = ["합계", "똠방", "中文小票", "牛肉", "A 1", "~", "\\", "\u3000"]
MIXED = st.lists(
    st.one_of(st.binary(max_size=4), st.sampled_from([text.encode("gb18030") for text in SYLLABLES]), st.sampled_from(
        [text.encode("cp949", "replace") for text in SYLLABLES]
    )), max_size=8,
).map(b"".join)  # fmt: skip


@given(st.sampled_from(["gb18030", "big5", "ksc5601", "cp949"]), MIXED, st.sampled_from([0, 13]))
def test_text_read_whole_by_a_codec_is_what_its_pairs_make(system: str, raw: bytes, international: int) -> None:
    quick, slow = (Decoder(system, True, "cp437", international) for _ in range(2))
    slow._codec = None
    if not raw.isascii():
        assert quick.read(raw) == slow.read(raw)


def test_off_means_single_bytes() -> None:
    assert Decoder("gb18030", False, "cp866").read("Итог".encode("cp866")) == [("Итог", 1)]


def test_accents_pair_up_on_a_chinese_model_in_its_power_on_state() -> None:
    pieces = Decoder("gb18030", True, "cp1252").read("São Café".encode("cp1252"))
    assert pieces == [("S", 1), ("鉶", 2), (" Caf", 1), ("é", 1)]


@pytest.mark.parametrize("system", ["gb18030", "big5", "shift-jis", "ksc5601", "utf-8"])
def test_a_control_byte_is_never_swallowed(system: str) -> None:
    pieces = Decoder(system, True).read(b"\x95\n\x95 \xe0")
    assert "".join(text for text, _ in pieces)[1] == "\n"
    assert sum(len(text) for text, _ in pieces) == 5


def test_a_lead_byte_waits_for_its_trail() -> None:
    decoder = Decoder("gb18030", True)
    assert decoder.feed(b"a\xd6") == [("a", 1)]
    assert decoder.feed(b"\xd0") == [("中", 2)]
    assert decoder.feed(b"\xd6") == []
    assert decoder.flush() == [("╓", 1)]


def test_a_pair_without_a_letter_is_one_hole_of_two_cells() -> None:
    assert Decoder("ksc5601", True).read("한".encode("cp949") + b"\xc9\xa1") == [("한\ufffd", 2)]


def test_kana_of_big5_stand_where_eten_put_them() -> None:
    assert Decoder("big5", True).read(b"\xc6\xe7\xc7\x7b") == [("ぁァ", 2)]


def test_switching_page_and_pairs() -> None:
    decoder = Decoder("gb18030", False)
    decoder.select(page="cp1251")
    assert decoder.read("Чек".encode("cp1251")) == [("Чек", 1)]
    decoder.select(on=True)
    assert decoder.read("票".encode("gb18030")) == [("票", 2)]
    with pytest.raises(LookupError):
        decoder.select(system="morse")


@given(st.binary(max_size=60), st.sampled_from([s for s in SYSTEMS if s != "open"]), st.data())
def test_any_splitting_gives_the_same_letters(raw: bytes, system: str, data: st.DataObject) -> None:
    whole = Decoder(system, True).read(raw)
    decoder = Decoder(system, True)
    split, start = [], 0
    while start < len(raw):
        end = start + data.draw(st.integers(1, 4))
        split += decoder.feed(raw[start:end])
        start = end
    split += decoder.flush()
    spread = [(letter, cells) for text, cells in whole for letter in text]
    assert [(letter, cells) for text, cells in split for letter in text] == spread


@given(st.binary(max_size=60), st.sampled_from(["gb18030", "big5", "shift-jis", "ksc5601", "jis", "utf-8"]))
def test_runs_join_to_the_input(raw: bytes, system: str) -> None:
    runs = multibyte.split(system, raw)
    assert b"".join(run for _, run in runs) == raw
    assert raw.endswith(multibyte.loose_lead(system, raw))
    for paired, run in runs:
        if paired:
            assert multibyte.decode(system, run)


TEXTS = {
    "gb18030": "gb18030",
    "shift-jis": "cp932",
    "ksc5601": "cp949",
}


@pytest.mark.parametrize("system", TEXTS)
def test_every_letter_of_the_standard_is_read_back(system: str) -> None:
    codec = TEXTS[system]
    letters = [chr(code) for code in (*range(0x3041, 0x3097), *range(0x4E00, 0x9FA5), *range(0xAC00, 0xD7A4))]
    for letter in letters:
        try:
            raw = letter.encode(codec)
        except UnicodeEncodeError:
            continue
        assert Decoder(system, True).read(raw) == [(letter, 2)]
