"""``date time datetime``: moments as the shop's country writes them, in the shop's time zone.

A moment is an ISO 8601 text (``2026-11-21T09:05:00Z``, ``2026-11-21``), a date or time of the program, or a whole
number of milliseconds since 1970 (UTC), as the store keeps them. What has no zone of its own is not moved.
"""

from __future__ import annotations

import datetime
from typing import Any

from kvit.i18n import format_date, format_date_time, format_time
from kvit.template.handlebars.block import Call, Helper
from kvit.template.words.place import Place

EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
TEXT_MAX = 40
"""Letters of an ISO 8601 moment, and some."""


def words(place: Place) -> dict[str, Helper]:
    """Give the helpers for a place."""

    def date(call: Call, value: Any = None) -> str:
        found = moment(value, place)
        if isinstance(found, datetime.time):
            raise ValueError("a date is wanted, not a time")
        return format_date(found, *place.tongue(call))

    def time(call: Call, value: Any = None) -> str:
        found = moment(value, place)
        if not isinstance(found, datetime.datetime | datetime.time):
            raise ValueError("a time is wanted, not a date")
        return format_time(found, *place.tongue(call), call.hash.get("seconds") is True)

    def date_time(call: Call, value: Any = None) -> str:
        found = moment(value, place)
        if not isinstance(found, datetime.datetime):
            raise ValueError("a date with a time is wanted")
        return format_date_time(found, *place.tongue(call), call.hash.get("seconds") is True)

    return {"date": date, "time": time, "datetime": date_time}


def moment(value: Any, place: Place) -> datetime.datetime | datetime.date | datetime.time:
    """Read a moment and move it to the shop's time zone."""
    found = _read(value)
    if isinstance(found, datetime.datetime) and found.tzinfo is not None and place.time_zone is not None:
        return found.astimezone(place.time_zone)
    return found


def _read(value: Any) -> datetime.datetime | datetime.date | datetime.time:
    if isinstance(value, datetime.date | datetime.time):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        try:
            return EPOCH + datetime.timedelta(milliseconds=value)
        except OverflowError:
            raise ValueError("a moment beyond the calendar") from None
    if not isinstance(value, str) or len(value) > TEXT_MAX:
        raise ValueError("a date or time is wanted")
    for read in (datetime.date.fromisoformat, datetime.datetime.fromisoformat, datetime.time.fromisoformat):
        try:
            return read(value.strip())
        except ValueError:
            continue
    raise ValueError("a date or time is wanted")
