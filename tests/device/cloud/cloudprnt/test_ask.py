"""What a printer asks of us."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kvit.device.cloud.cloudprnt.ask import (
    Confirmation,
    Fetch,
    Named,
    is_confirmation,
    named,
    read_confirmation,
    read_fetch,
    token_of,
)  # fmt: skip
from kvit.device.cloud.cloudprnt.codes import Code

JOB = "0123456789abcdef0123456789abcdef"
MAC = "001162aabbcc"


@pytest.mark.parametrize(
    ("query", "headers", "fetch"),
    [
        (
            {"type": "image/png", "mac": "00:11:62:aa:bb:cc", "uid": "K1", "token": "t"},
            {},
            Fetch("image/png", MAC, "K1", "t"),
        ),
        (
            {"type": "image/vnd.star.png", "mono_len": "2400", "24bpp_len": "600"},
            {
                "x-star-mac": "001162AABBCC",
                "x-star-token": "t",
                "x-star-print-width": "72",
                "x-star-horizontal-resolution": "8",
                "x-star-serial-number": "S1",
                "x-star-id": "K1",
            },
            Fetch("image/vnd.star.png", MAC, "K1", "t", 576, 2400, "S1"),
        ),
        ({}, {}, Fetch("")),
        ({"mono_len": "-3", "type": "Text/Plain; charset=utf-8"}, {"x-star-print-width": "x"}, Fetch("text/plain")),
    ],
)
def test_a_job_is_asked_for(query: dict[str, str], headers: dict[str, str], fetch: Fetch) -> None:
    assert read_fetch(query, headers) == fetch


def test_a_confirmation() -> None:
    query = {"uid": "K1", "mac": MAC, "code": "200%20OK", "token": f"{JOB}-1", "retry": "2"}
    assert read_confirmation(query, {}) == Confirmation(Code(200, "OK"), MAC, "K1", f"{JOB}-1", 2)
    assert read_confirmation({}, {}) == Confirmation(Code(0))
    assert is_confirmation({"delete": ""})
    assert not is_confirmation({"deleted": "1"})


@given(st.integers(1, 999_999_999))
def test_a_token_names_an_attempt(attempt: int) -> None:
    assert named(token_of(JOB, attempt)) == Named(JOB, attempt)


@pytest.mark.parametrize(
    "token", ["", JOB, f"{JOB}-", f"{JOB}-0", f"{JOB}-x", f"{JOB.upper()}-1", f"x{JOB}-1", f"{JOB}-1 ", f"{JOB}-1\n"]
)
def test_what_is_no_token_of_ours(token: str) -> None:
    assert named(token) is None


@given(st.dictionaries(st.text(max_size=9), st.text(max_size=99)))
def test_any_query_is_read(query: dict[str, str]) -> None:
    read_fetch(query, query)
    read_confirmation(query, query)
