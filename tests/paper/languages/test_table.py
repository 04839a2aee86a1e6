"""Tag languages described by a table: what a table may say, and that no text of a receipt becomes a tag of one."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kvit.paper import document as doc
from kvit.paper.languages import feie, tagged
from kvit.paper.languages.lines import lines_of
from kvit.paper.languages.pack_names import is_of_pack
from kvit.paper.languages.registry import compose, compose_tame
from kvit.paper.languages.table import SYMBOLS, PackLanguage, profile_of, read, tongue_of
from kvit.paper.render.text import render

COLUMNS = {"columns": {"58": 32}}
FEIE = {
    "columns": {"80": 48, "58": 32}, "new_line": "BR", "sizes": {"B": [2, 2], "L": [1, 2], "W": [2, 1]}, "bold": "BOLD",
    "symbols": {"QR": {"kind": "qr", "once": True}, "CODE": {"kind": "ean13", "digits": 12}}, "cut": "CUT",
    "drawer": "PLUGIN", "aligns": {"C": "centre", "RIGHT": "right"}, "bytes_max": 3500,
}  # fmt: skip
SAMPLES = {
    "qr": "x", "pdf417": "hello", "ean13": "400638133393", "ean8": "9638507", "upca": "03600029145", "code39": "ABC",
    "itf": "123456", "codabar": "A123B", "code93": "ABC",
}  # fmt: skip
DANGERS = (
    "<B>",
    "[CUT]",
    "{snip}",
    "</B>",
    "[/B]",
    "\x1bp0",
    "\x1d",
    "\x00",
    "<",
    ">",
    "[",
    "]",
    "{",
    "}",
    "&",
    "\n",
    "=",
)


def language(**said: Any) -> PackLanguage:
    return PackLanguage("pack.x", read(json.dumps({**COLUMNS, **said}).encode()))


def content(document: doc.Document, brought: PackLanguage) -> str:
    tongue, profile = tongue_of(brought.table), profile_of(brought, brought.papers[0])
    return tagged.write(compose_tame(document, profile, tongue.manner), profile, tongue).decode()


PAPER = doc.Document([
    doc.Text([doc.Span("Kvit <B>", bold=True, width=2, height=2)], "centre"), doc.Pair("牛奶 우유", "4.90"),
    doc.Text([doc.Span("tall", height=3), doc.Span(" plain")]), doc.Code("qr", "https://a.b/c?d=1"),
    doc.Code("qr", "again"), doc.Code("ean13", "400638133393"), doc.Line(), doc.Cut(), doc.Pulse(),
])  # fmt: skip


def test_a_table_of_feie_is_feie() -> None:
    brought = language(**FEIE)
    profile = profile_of(brought, 80)
    from kvit.escpos.profiles import load

    own = load("feie80")
    assert content(PAPER, brought).encode() == feie.write(compose(PAPER, own), own)
    assert (profile.width_dots, profile.font.columns, profile.status) == (576, 48, "none")


@pytest.mark.parametrize("kind", SYMBOLS)
def test_every_kind_of_symbol_goes_as_its_data(kind: str) -> None:
    brought = language(symbols={"S": {"kind": kind}})
    made = content(doc.Document([doc.Code(kind, SAMPLES[kind])]), brought)
    assert re.fullmatch(rf"<S>{SAMPLES[kind]}[0-9]?</S>", made)


@pytest.mark.parametrize(
    "said",
    [
        {"columns": {}}, {"columns": {"60": 32}}, {"columns": {"58": 10_000}}, {"columns": {"58": -1}},
        {"columns": {"58": 1e9}}, {"brackets": "()"}, {"brackets": "<"}, {"brackets": "\x1b>"}, {"brackets": ""},
        {"new_line": "\x1b@"}, {"new_line": "<BR>"}, {"new_line": "1"}, {"bold": "B I"}, {"bold": "B" * 17},
        {"bold": "B>"}, {"bold": "Ж"}, {"cut": "\n"}, {"drawer": "D\x00"}, {"sizes": {"B": [1, 1]}},
        {"sizes": {"B": [0, 2]}}, {"sizes": {"B": [9, 9]}}, {"sizes": {"B": [2]}}, {"bold": "B", "cut": "b"},
        {"sizes": {"B": [2, 2]}, "pairs": ["B"]}, {"pairs": [f"T{n}" for n in range(65)]},
        {"symbols": {"Q": {"kind": "nonsense"}}}, {"symbols": {"Q": {"kind": "qr", "bytes_max": 0}}},
        {"symbols": {"Q": {"kind": "qr", "digits": 99}}}, {"symbols": {"Q": {"kind": "qr", "more": 1}}},
        {"symbols": {"Q": {"kind": "code128"}}}, {"escapes": {"1": "2"}}, {"escapes": {"&": "a"}},
        {"escapes": {"&": "<"}}, {"escapes": {"<": "("}}, {"escapes": {"&": "^", "^": "&"}}, {"escapes": {"&": "\n"}},
        {"escapes": {"&": "&amp;"}}, {"escapes": {"&": "☃"}}, {"letters": "ascii", "escapes": {"&": "＆"}},
        {"letters": "latin1"}, {"media_type": "image/png"}, {"media_type": "text/plain\r\nx: y"}, {"bytes_max": -1},
        {"script": "../x"}, {"aligns": {"C": "up"}}, {"commands": "1b40"},
    ],
)  # fmt: skip
def test_what_no_table_may_say(said: dict[str, Any]) -> None:
    with pytest.raises(ValueError):
        language(**said)


@pytest.mark.parametrize(
    "data",
    [b"", b"null", b"[]", b"{}", b"\xff", b"[" * 60_000, b" " * 70_000, b'{"columns":{"x":1}}', b'{"columns":NaN}'],
)
def test_hostile_json(data: bytes) -> None:
    with pytest.raises(ValueError):
        read(data)


texts = st.lists(st.sampled_from([*DANGERS, "a", "Z9", " ", "牛", "우", "Ж"]), max_size=12).map("".join)
spans = st.lists(
    st.builds(doc.Span, texts, bold=st.booleans(), width=st.integers(1, 3), height=st.integers(1, 3)), max_size=3
)
blocks = st.one_of(
    st.builds(doc.Text, texts | spans), st.builds(doc.Pair, texts, texts | spans),
    st.builds(doc.Code, st.sampled_from(["qr", "ean13"]), texts.filter(bool)),
)  # fmt: skip


@settings(max_examples=60)
@given(st.lists(blocks, max_size=4), st.sampled_from(["<>", "[]", "{}"]), st.sampled_from(["gbk", "ascii"]))
def test_no_text_is_a_tag(given_blocks: list[doc.Block], brackets: str, letters: str) -> None:
    """Every bracket and every control byte on the wire was written by us; the bytes played back are the sheet's lines."""
    brought = language(
        brackets=brackets, letters=letters, new_line="NL", bold="B", sizes={"BIG": [2, 2]},
        symbols={"Q": {"kind": "qr"}}, cut="CUT", drawer="DRAWER",
    )  # fmt: skip
    made = content(doc.Document(given_blocks), brought)
    left, right = map(re.escape, brackets)
    rest = re.sub(rf"{left}(/?(B|BIG|Q)|NL){right}", "", made)
    assert not set(rest) & {*brackets, *map(chr, range(32)), "\x7f"}
    tongue, profile = tongue_of(brought.table), profile_of(brought, 58)
    sheet = compose_tame(doc.Document(given_blocks), profile, tongue.manner)
    played = tagged.play(made.encode(), profile, tongue)
    assert not [event for event in played.events if event.kind in ("cut", "pulse")]
    assert [each for each in lines_of(played, profile) if each] == [each for each in lines_of(sheet, profile) if each]
    assert render(played, marks=False).split() == render(sheet, marks=False).split()


def test_the_player_skips_what_nobody_told() -> None:
    brought = language(pairs=["frame"], singles=["logo"])
    profile = profile_of(brought, 58)
    played = tagged.play(b"<logo><frame>one</frame> <other>two\n", profile, tongue_of(brought.table))
    assert render(played, marks=False).strip() == "one <other>two"


@pytest.mark.parametrize(
    ("name", "is_one"),
    [("pack.a-1", True), ("pack.", False), ("pack.A", False), ("escpos", False), ("pack.a.b", False)],
)
def test_names(name: str, is_one: bool) -> None:
    assert is_of_pack(name) is is_one


def test_the_same_facts_are_the_same_profile() -> None:
    assert profile_of(language(), 58) is profile_of(language(), 58)
    assert profile_of(language(cut="C"), 58).has("cut_partial")
    with pytest.raises(KeyError):
        profile_of(language(), 80)
