"""Status codes: every writing seen, and what each is evidence of."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kvit.device.cloud.cloudprnt.codes import Code, Condition, Ending, condition, ending, read_code


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ("200%20OK", Code(200, "OK")),
        ("200 OK", Code(200, "OK")),
        ("200", Code(200)),
        ("OK", Code(200, "OK")),
        ("ok", Code(200, "OK")),
        ("211%20Paper%20low", Code(211, "Paper low")),
        ("4101 Out", Code(4101, "Out")),
        ("", Code(0)),
        ("000", Code(0, "000")),
        ("20", Code(0, "20")),
        ("20000", Code(0, "20000")),
        ("²00", Code(0, "²00")),
        ("-200", Code(0, "-200")),
        ("20O OK", Code(0, "20O OK")),
    ],
)
def test_codes_are_read_as_they_are_written(raw: str, code: Code) -> None:
    assert read_code(raw) == code


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("200", Condition(paper="ok", cover_open=False)),
        ("201", Condition(paper="ok", cover_open=False)),
        ("210", Condition(paper="near", cover_open=False)),
        ("211", Condition(paper="near", cover_open=False)),
        ("220", Condition(paper="ok", cover_open=False, busy=True)),
        ("230", Condition(paper="ok", cover_open=False)),
        ("410", Condition(paper="out")),
        ("4101", Condition(paper="out")),
        ("411", Condition(error="paper jam")),
        ("412", Condition(error="roll position")),
        ("420", Condition(cover_open=True)),
        ("430 Hot", Condition(error="430 Hot")),
        ("510", Condition(error="510")),
        ("", Condition(error="no status code")),
    ],
)
def test_what_a_code_says_of_the_printer(raw: str, expected: Condition) -> None:
    found = condition(read_code(raw))
    assert found == expected if raw else found.error


@pytest.mark.parametrize(
    ("raw", "whole", "expected"),
    [
        *[(raw, whole, Ending.PRINTED) for raw in ("OK", "200 OK", "200", "2000", "211") for whole in (False, True)],
        *[(raw, whole, Ending.ABSENT) for raw in ("510", "512", "521", "5121") for whole in (False, True)],
        *[(raw, True, Ending.ABSENT) for raw in ("511", "520")],
        *[(raw, False, Ending.UNKNOWN) for raw in ("511", "520")],
        *[
            (raw, whole, Ending.UNKNOWN)
            for raw in ("", "000", "410", "500", "599", "x", "600")
            for whole in (False, True)
        ],
    ],
)
def test_what_a_confirmation_is_evidence_of(raw: str, whole: bool, expected: Ending) -> None:
    assert ending(read_code(raw), whole=whole) is expected


@given(st.text(max_size=300))
def test_any_letters_are_a_code(raw: str) -> None:
    code = read_code(raw)
    assert condition(code)
    if ending(code, whole=True) is Ending.PRINTED:
        assert str(code.number).startswith("2")
