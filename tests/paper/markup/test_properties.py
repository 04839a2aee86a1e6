"""Properties: what a pair of braces says, and what stays in force."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kvit.paper.markup.properties import STAR, Option, Standing, members_of

MEMBERS: list[tuple[str, dict[str, str], list[str]]] = [
    ("{}", {}, []),
    ("{ }", {}, []),
    ("{width:*}", {"width": "*"}, []),
    ("{ w : * 10 ; a:left }", {"width": "* 10", "align": "left"}, []),
    (
        "{a:1;b:2;c:3;i:4;o:5;t:6;w:7;x:8;_:9}",
        {
            "align": "1",
            "border": "2",
            "code": "3",
            "image": "4",
            "option": "5",
            "text": "6",
            "width": "7",
            "command": "8",
            "comment": "9",
        },
        [],
    ),
    ("{A:left}", {"A": "left"}, []),
    ("{width}", {}, ["width"]),
    ("{width:}", {}, ["width:"]),
    ("{:*}", {}, [":*"]),
    ("{1a:b}", {}, ["1a:b"]),
    ("{w:1;w:2}", {"width": "2"}, []),
    ("{c:a:b}", {"code": "a:b"}, []),
    ("{;;}", {}, []),
    (r"{c:a\;b\}\{\|\\}", {"code": "a;b}{|\\"}, []),
    (r"{c:a\nb\x41\xZZ\q}", {"code": "a\nbA"}, []),
    (r"{c:\x1d}", {"code": "\x1d"}, []),
]


@pytest.mark.parametrize(("written", "found", "broken"), MEMBERS, ids=[written for written, _, _ in MEMBERS])
def test_members(written: str, found: dict[str, str], broken: list[str]) -> None:
    assert members_of(written) == (found, broken)


STANDING: list[tuple[dict[str, str], dict[str, Any]]] = [
    ({"width": "auto"}, {"widths": ()}),
    ({"width": "10 AUTO"}, {"widths": ()}),
    ({"width": "* 4 8"}, {"widths": (STAR, 4, 8)}),
    ({"width": "*,4,,8"}, {"widths": (STAR, 4, 0, 8)}),
    ({"width": "*, 4"}, {"widths": (STAR, 0, 4)}),
    ({"width": "x -1 1.5"}, {"widths": (0, 0, 0)}),
    ({"width": "100000000000000000000"}, {"widths": (255,)}),
    ({"width": "\u0664"}, {"widths": (0,)}),
    ({"border": "line"}, {"ruled": True, "gap": 0}),
    ({"border": "LINE"}, {"ruled": True, "gap": 0}),
    ({"border": "space"}, {"gap": 1}),
    ({"border": "none"}, {"gap": 0}),
    ({"border": "0"}, {"gap": 0}),
    ({"border": "2"}, {"gap": 2}),
    ({"border": "3"}, {"gap": 1}),
    ({"align": "LEFT"}, {"align": "left"}),
    ({"align": "middle"}, {"align": "centre"}),
    ({"text": "NoWrap"}, {"wrap": "clip"}),
    ({"text": "wrap"}, {"wrap": "character"}),
    ({"text": "x"}, {"wrap": "character"}),
    ({"comment": "x"}, {}),
]


@pytest.mark.parametrize(("members", "changed"), STANDING, ids=[str(members) for members, _ in STANDING])
def test_what_stays_in_force(members: dict[str, str], changed: dict[str, Any]) -> None:
    standing = Standing()
    standing.take(members)
    assert standing == msgspec.structs.replace(Standing(), **changed)


def test_a_property_is_in_force_until_said_otherwise() -> None:
    standing = Standing()
    for members in ({"border": "line", "width": "3 4"}, {"align": "right"}, {"border": "2"}):
        standing.take(members)
    assert standing == Standing(widths=(3, 4), gap=2, align="right")


OPTIONS = [
    ("", Option()),
    ("code39,48", Option("code39", height=48)),
    ("ean hri", Option("ean", hri=True)),
    ("JAN", Option("ean")),
    ("nw7 4", Option("codabar", bar=4, cell=4)),
    ("qrcode,8,h", Option("qr", cell=8, level="H")),
    ("qrcode 3 l", Option("qr", bar=3)),
    ("upc 2 240 nohri", Option("upc", height=240)),
    ("1 9 23 241 x", Option()),
    ("code93 itf", Option("code93")),
    ("3 4", Option(bar=3)),
]


@pytest.mark.parametrize(("written", "option"), OPTIONS, ids=[written or "none" for written, _ in OPTIONS])
def test_options_of_codes(written: str, option: Option) -> None:
    standing = Standing(option=Option("qr", 4, 200, True, 8, "H"))
    standing.take({"option": written or "x"})
    assert standing.option == option


ROOMS = [
    (Standing(), 0),
    (Standing(widths=(STAR, 10)), 0),
    (Standing(widths=(0, 0)), 0),
    (Standing(widths=(12, 12), gap=0), 24),
    (Standing(widths=(4, 3, 7)), 16),
    (Standing(widths=(14, 0, 18), ruled=True, gap=0), 35),
    (Standing(widths=(255, 255)), 255),
]


@pytest.mark.parametrize(("standing", "cells"), ROOMS)
def test_the_room_all_columns_take(standing: Standing, cells: int) -> None:
    assert standing.room == cells


@given(st.dictionaries(st.sampled_from(["width", "border", "align", "text", "option"]), st.text(min_size=1)))
def test_any_value_leaves_values_a_document_can_say(members: dict[str, str]) -> None:
    standing = Standing()
    standing.take(members)
    assert all(width == STAR or 0 <= width <= 255 for width in standing.widths)
    assert standing.gap in (0, 1, 2)
