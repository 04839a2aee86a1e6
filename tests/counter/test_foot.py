"""The foot: it comes out before the cut, its code says the link, and the till's own print is as it would be without it."""

from __future__ import annotations

import datetime
import io
import random

import msgspec
import numpy as np
import pytest
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from kvit.counter.foot import FOOT_BYTES_MAX, PROBE, foot
from kvit.demo import day
from kvit.escpos import load_profile
from kvit.i18n import LANGUAGES, say
from kvit.paper.languages.stream import play_stream
from kvit.paper.render import RENDERERS
from kvit.paper.sheet import Picture, Run, Symbol

URL = "https://kvit.example/r/" + "aB3" * 7 + "Z"
WORDS = ("Scan: receipt on your phone",)
EPSON = load_profile("TM-T88V")
TEXT = b"\x1b@Corner Cafe\nLatte      4.50\nTOTAL      4.50\n"


def whole(setting: bytes, raw: bytes, profile: str = "TM-T88V") -> bytes:
    made = foot(setting, raw, load_profile(profile), URL, WORDS)
    assert made is not None
    return raw[: made.at] + made.data + raw[made.at :]


CUTS = [
    # the printout, and where its foot stands
    (TEXT + b"\n\n\n\x1dV\x00", len(TEXT)),
    (TEXT + b"\x1dVB\x00", len(TEXT)),
    (TEXT + b"\x1bd\x05\x1bi", len(TEXT)),
    (TEXT[:-1] + b"\x1bd\x05\x1dV\x01", len(TEXT) + 2),  # the feed ends the last line
    (TEXT[:-1] + b"\x1bE\x00\n\n\x1dV\x01", len(TEXT) + 3),
    (TEXT[:-1] + b"\x1dV\x01", len(TEXT) - 1),  # a line left open
    (TEXT + b"\x1bp\x002\xfa\n\n\x1dV\x00", len(TEXT)),
    (TEXT, len(TEXT)),  # no cut at all
    (TEXT + b"\x1dV\x00NEXT SHOP\n", len(TEXT)),  # the next header printed early
    (TEXT + b"\x1dV\x00COUPON\n\x1dV\x00", len(TEXT)),
]


@pytest.mark.parametrize(("raw", "at"), CUTS)
def test_it_stands_behind_the_last_line_and_before_the_cut(raw: bytes, at: int) -> None:
    made = foot(b"", raw, EPSON, URL, WORDS)
    assert made is not None
    assert made.at == at
    sheet = play_stream(whole(b"", raw), EPSON).sheet
    (code,) = [box for box in sheet.boxes if isinstance(box, Symbol)]
    assert code.data == URL.encode()
    total = next(box for box in sheet.boxes if isinstance(box, Run) and "TOTAL" in box.text)
    words = next(box for box in sheet.boxes if isinstance(box, Run) and "Scan" in box.text)
    cuts = [event.y for event in sheet.events if event.kind == "cut"]
    assert total.y < code.y < words.y
    assert not cuts or words.y + words.height < cuts[0]


def test_a_cut_without_feed_gets_the_paper_to_the_blade() -> None:
    near, far = whole(b"", TEXT + b"\x1dVB\x00"), whole(b"", TEXT + b"\x1dV\x00")
    heights = [play_stream(raw, EPSON).sheet.height_dots for raw in (near, far)]
    assert heights[1] - heights[0] >= EPSON.cutter_dots - 110  # the first cut feeds by itself
    sheet = play_stream(far, EPSON).sheet
    last = max(box.y + box.height for box in sheet.boxes)
    assert next(event.y for event in sheet.events if event.kind == "cut") - last >= EPSON.cutter_dots


SETTINGS = [
    b"", b"\x1ba\x01", b"\x1ba\x02", b"\x1d!\x11", b"\x1b!\x38", b"\x1bE\x01\x1b-\x02", b"\x1bM\x01", b"\x1dB\x01",
    b"\x1b3\x10", b"\x1b \x05", b"\x1dL\x30\x00", b"\x1dW\x80\x01", b"\x1bt\x11", b"\x1bR\x03", b"\x1bV\x01",
    b"\x1dP\xb4\xb4\x1b3\x1e", b"\x1d(k\x03\x001C\x08\x1d(k\x03\x001E3", b"\x1c.", b"\x1br\x01", b"\x1b$\x20\x00",
]  # fmt: skip


@pytest.mark.parametrize("profile", ["TM-T88V", "unknown", "default", "xprinter", "sunmi"])
@pytest.mark.parametrize("setting", SETTINGS)
def test_what_the_till_had_set_is_set_again(setting: bytes, profile: str) -> None:
    """What comes next from the till lies where it would lie without a foot."""
    raw, known = b"Latte 4.50\nTOTAL 4.50\n\x1dVB\x00", load_profile(profile)
    without = play_stream(setting + raw + PROBE, known)
    made = foot(setting, raw, known, URL, WORDS)
    assert made is not None
    at = len(setting) + made.at
    data = setting + raw[: made.at] + made.data + raw[made.at :] + PROBE
    boxes = play_stream(data, without.profile).sheet.boxes
    rest = [box for box in boxes if not at <= box.start < at + len(made.data)]
    down = {new.y - old.y for old, new in zip(without.sheet.boxes, rest, strict=True)}
    assert len(down) <= 2, "behind the foot all is moved by one height"
    assert [(type(box), box.x, box.width) for box in rest] == [
        (type(box), box.x, box.width) for box in without.sheet.boxes
    ]


@given(
    st.lists(
        st.sampled_from([*SETTINGS, b"Latte\n", b"\x1b@", b"open", b"\n", b"\x1dV\x00", b"\x1bp\x00\x01\x01"]),
        max_size=12,
    )
)
def test_no_printout_makes_a_harmful_one(parts: list[bytes]) -> None:
    """Whatever the till says: a foot leaves its print alone, or there is none."""
    raw = b"".join(parts)
    made = foot(b"", raw, EPSON, URL, WORDS)
    if made is not None:
        assert 0 <= made.at <= len(raw)
        assert len(made.data) <= FOOT_BYTES_MAX
        assert b"\x1b@" not in made.data


def test_the_demos_day_has_feet() -> None:
    start = datetime.datetime(2026, 5, 4, 9)  # noqa: DTZ001 - a till's clock
    for printout in day(start, 30, random.Random(5)):
        for profile in ("TM-T88V", "unknown"):
            assert foot(b"", printout.data, load_profile(profile), URL, WORDS) is not None


@pytest.mark.parametrize("profile", ["TM-T88V", "unknown"])
def test_the_code_can_be_scanned(profile: str) -> None:
    """Drawn by the head from its data, and as a picture where nobody knows whether the head can."""
    sheet = play_stream(whole(b"", TEXT + b"\x1dVB\x00", profile), load_profile(profile)).sheet
    assert any(isinstance(box, Symbol if profile == "TM-T88V" else Picture) for box in sheet.boxes)
    picture = np.asarray(Image.open(io.BytesIO(RENDERERS["png"](sheet))).convert("L"))
    assert [found.text for found in zxingcpp.read_barcodes(picture)] == [URL]


BARRED = [
    TEXT[:-1] + b"\x1ba\x01\n\x1dV\x01",  # an alignment the head did not take, in the middle of a line
    b"\x1bLpage\x1dV\x00",  # page mode
    b"\x1b{\x01upside down\n\x1dV\x00",
    b"\x1d:macro\n\x1dV\x00",
    b"\x1bp\x00\x01\x01",  # nothing printed
    b"",
]


@pytest.mark.parametrize("raw", BARRED)
def test_where_there_is_none(raw: bytes) -> None:
    assert foot(b"", raw, EPSON, URL, WORDS) is None


def test_none_on_paper_too_narrow_for_a_code() -> None:
    narrow = msgspec.structs.replace(EPSON, width_dots=120)
    assert foot(b"", TEXT, narrow, URL, WORDS) is None
    assert foot(b"", TEXT, msgspec.structs.replace(EPSON, width_dots=200), URL, ()) is not None


def test_none_in_other_languages() -> None:
    star = msgspec.structs.replace(EPSON, language="star-line")
    assert foot(b"", TEXT, star, URL, WORDS) is None


@pytest.mark.parametrize("language", LANGUAGES)
def test_words_in_every_language_fit_a_narrow_roll(language: str) -> None:
    narrow = msgspec.structs.replace(EPSON, width_dots=384, paper_mm=58)
    made = foot(b"", TEXT + b"\x1dVB\x00", narrow, URL, (say(language, "counter.foot"),))
    assert made is not None
    assert len(made.data) < 4000
