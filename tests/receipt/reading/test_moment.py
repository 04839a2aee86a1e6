"""Dates and times of day."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kvit.receipt.reading.moment import find_date, find_time, has_seconds, iso

CASES = [
    ("2026-01-15 18:42:07", "dmy", "2026-01-15T18:42:07"),
    ("15.01.26 18:42", "dmy", "2026-01-15T18:42"),
    ("01/02/2026 6:42 PM", "mdy", "2026-01-02T18:42"),
    ("01/02/2026 12:05 am", "dmy", "2026-02-01T00:05"),
    ("31/01/2026", "mdy", "2026-01-31"),
    ("2026년 1월 5일 오후 3:05", "ymd", "2026-01-05T15:05"),
    ("2026年1月5日 15時05分", "ymd", "2026-01-05T15:05"),
    ("2026/01/05(木) 上午 9:05", "ymd", "2026-01-05T09:05"),
    ("20260115T184207", "dmy", "2026-01-15T18:42:07"),
    ("15 Jan 2026 08:01", "dmy", "2026-01-15T08:01"),
    ("15. März 2026", "dmy", "2026-03-15"),
    ("Jan 5, 2026", "mdy", "2026-01-05"),
    ("26-01-15 10:11", "ymd", "2026-01-15T10:11"),
    ("15 января 2026", "dmy", "2026-01-15"),
]


@pytest.mark.parametrize(("text", "order", "wanted"), CASES)
def test_read(text: str, order: str, wanted: str) -> None:
    date = find_date(text, order)
    assert date is not None
    assert iso(date, find_time(text), seconds=has_seconds(text)) == wanted


@pytest.mark.parametrize("text", ["12.50", "1.234,56", "99/99/2026", "Tel 02-555-0142", "0.355 kg", "10:75", ""])
def test_none(text: str) -> None:
    assert find_date(text) is None
    assert find_time(text) is None


@given(st.dates(datetime.date(2000, 1, 1), datetime.date(2099, 12, 31)), st.times())
def test_iso_twin(date: datetime.date, time: datetime.time) -> None:
    text = f"{date:%Y-%m-%d} {time:%H:%M:%S}"
    assert (find_date(text), find_time(text)) == (date, time.replace(microsecond=0))
