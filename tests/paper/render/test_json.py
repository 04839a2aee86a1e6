"""JSON: the whole sheet there and back."""

from __future__ import annotations

import json as plain_json

import pytest
from hypothesis import given

from kvit.paper.render import json
from kvit.paper.sheet import Sheet
from kvit.wire import WireError
from tests.paper.printing import printed
from tests.paper.sheets import SHEETS


@given(SHEETS)
def test_there_and_back(sheet: Sheet) -> None:
    assert json.parse(json.render(sheet)) == sheet


def test_a_receipt_there_and_back() -> None:
    sheet = printed(
        b"\x1b@\x1b!\x38Shop\n\x1dV\x00\x1cp\x01\x00\x1dH\x02\x1dk\x02590123412345\0\x1dv0\x00\x01\x00\x01\x00\xff\xae"
    )
    assert json.parse(json.render(sheet)) == sheet


def test_kinds_are_told_by_name() -> None:
    document = plain_json.loads(json.render(printed(b"ab\n\x1cp\x01\x00")))
    assert [box["type"] for box in document["boxes"]] == ["run", "picture"]
    assert document["boxes"][0]["text"] == "ab"


BAD = [
    b"",
    b"[]",
    b"{}",
    b'{"width_dots": "x"}',
    b'{"width_dots": 1, "boxes": [{"type": "cat"}]}',
    b'{"boxes": 5}',
    b"\xff",
]


@pytest.mark.parametrize("data", BAD)
def test_bad_documents_are_refused(data: bytes) -> None:
    with pytest.raises(WireError):
        json.parse(data)
