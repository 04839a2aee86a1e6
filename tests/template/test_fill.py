"""Filling as one message: pictures that are missing are named, forms are kept and receipts never are."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from kvit.paper.document import Image as Picture
from kvit.paper.document import parse
from kvit.refusal import Refusal
from kvit.template.fill import DATA_BYTES_MAX, FORMS_MAX, Filled, FillWanted, Forms, Where, fill
from kvit.template.library.model import Piece

HELLO = (Piece("Hi", '[{"content":"Hello {{name}}"}]'),)
LOGO = (Piece("Logo", '[{"content":"{{logo}}","contentType":"image"}]'),)


def png() -> bytes:
    out = io.BytesIO()
    Image.new("1", (8, 8)).save(out, "PNG")
    return out.getvalue()


def filled(wanted: FillWanted) -> Filled:
    made = fill(wanted, Forms())
    assert isinstance(made, Filled), made
    return made


def test_a_picture_is_asked_for_and_then_there() -> None:
    wanted = FillWanted(LOGO, b'{"logo":"https://a.example/l.png"}')
    first = filled(wanted)
    assert first.addresses == ("https://a.example/l.png",)
    assert [each.code for each in first.warnings] == ["template.picture"]
    second = filled(FillWanted(LOGO, wanted.data, pictures={"https://a.example/l.png": png()}))
    assert (second.addresses, second.warnings) == ((), ())
    assert [type(block) for block in parse(second.document).blocks] == [Picture]


def test_compiled_forms_are_kept_and_not_for_ever() -> None:
    forms = Forms()
    first = forms.form(HELLO, Where())
    assert forms.form(HELLO, Where()) is first
    assert forms.form(HELLO, Where("ru")) is not first
    for n in range(FORMS_MAX):
        forms.form((Piece("", f'[{{"content":"{n}"}}]'),), Where())
    assert forms.form(HELLO, Where()) is not first


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b"1", b"[" * 100_000, b'{"a":"' + b"x" * DATA_BYTES_MAX + b'"}'])
def test_data_that_are_none(data: bytes) -> None:
    refused = fill(FillWanted(HELLO, data), Forms())
    assert isinstance(refused, Refusal)
    assert refused.code == "template.data"


def test_a_template_that_runs_away_ends() -> None:
    loop = (Piece("", '[{"content":"{{#each a}}{{#each ../a}}{{#each ../../a}}x{{/each}}{{/each}}{{/each}}"}]'),)
    refused = fill(FillWanted(loop, b'{"a":[' + b",".join([b"1"] * 1000) + b"]}"), Forms())
    assert isinstance(refused, Refusal)
    assert refused.code == "template.budget"


def test_a_time_zone_nobody_knows_is_none() -> None:
    dated = (Piece("", '[{"content":"{{date \\"2026-11-21T00:00:00+05:00\\"}}"}]'),)
    for zone in ("Asia/Almaty", "Nowhere/There", "../../etc/passwd"):
        assert b"2026" in filled(FillWanted(dated, b"{}", Where(time_zone=zone))).document
