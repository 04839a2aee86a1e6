"""Media types by hardware, and what is told beside the data."""

from __future__ import annotations

import pytest

from kvit.device.cloud.cloudprnt.media import (
    LINE,
    PNG,
    RASTER,
    STAR_PNG,
    STARPRNT,
    TEXT,
    Extras,
    headers,
    letters,
    made_as,
    offered,
    plain,
    png_rows,
    read_encodings,
)  # fmt: skip

MC_PRINT = (
    "text/plain; image/png; application/vnd.star.starprnt; image/vnd.star.png; application/vnd.star.starprntcore; "
    "application/octet-stream"
)
HI01X = (
    "text/plain; image/png; image/jpeg; application/vnd.star.line; application/vnd.star.raster; "
    "application/vnd.star.starprntcore; application/octet-stream"
)
HI02X = "text/plain; image/png; image/jpeg; application/vnd.star.linematrix; application/octet-stream"


@pytest.mark.parametrize(
    ("adapter", "encodings", "expected"),
    [
        ("starprnt", MC_PRINT, (STARPRNT, PNG, STAR_PNG, TEXT)),
        ("star", MC_PRINT, (STARPRNT, PNG, STAR_PNG, TEXT)),
        ("star", HI01X, (LINE, RASTER, PNG, TEXT)),
        ("starprnt", HI02X, (PNG, TEXT)),
        ("starprnt", "", (STARPRNT, PNG, TEXT)),
        ("star", "", (LINE, PNG, TEXT)),
        ("star", "application/pdf", ()),
    ],
)
def test_a_printer_is_offered_what_it_decodes(adapter: str, encodings: str, expected: tuple[str, ...]) -> None:
    assert offered(adapter, encodings) == expected


def test_what_it_could_not_take_is_not_offered_again() -> None:
    assert offered("starprnt", MC_PRINT, {STARPRNT, STAR_PNG}) == (PNG, TEXT)
    assert offered("starprnt", "image/png", {PNG}) == ()


def test_a_list_of_encodings() -> None:
    assert read_encodings("Text/Plain; charset=utf-8, image/png;;x") == ("text/plain", "image/png")


@pytest.mark.parametrize(
    ("asked", "made"),
    [(STARPRNT, STARPRNT), (PNG, PNG), (STAR_PNG, PNG), (TEXT, TEXT), ("image/jpeg", ""), ("", ""),
     ("application/vnd.star.starprntcore", ""), ("application/octet-stream", "")],
)  # fmt: skip
def test_what_is_made_of_what_is_asked(asked: str, made: str) -> None:
    assert made_as(plain(asked + "; charset=utf-8")) == made


@pytest.mark.parametrize(
    ("media_type", "extras", "told"),
    [
        (STARPRNT, Extras("full", True, 2), {}),
        (LINE, Extras("full", True, 2), {}),
        (
            TEXT,
            Extras("partial", True, 5),
            {"X-Star-Cut": "partial; feed=true", "X-Star-CashDrawer": "start", "X-Star-Buzzerstartpattern": "3"},
        ),
        (
            PNG,
            Extras("full"),
            {"X-Star-Cut": "full; feed=true", "X-Star-CashDrawer": "none", "X-Star-ImageDitherPattern": "none"},
        ),
        (
            STAR_PNG,
            Extras(),
            {"X-Star-Cut": "none; feed=true", "X-Star-CashDrawer": "none", "X-Star-ImageDitherPattern": "none"},
        ),
    ],
)
def test_headers_go_only_where_they_act(media_type: str, extras: Extras, told: dict[str, str]) -> None:
    assert headers(media_type, extras) == told


def test_rows_of_a_png() -> None:
    head = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + (576).to_bytes(4, "big") + (1200).to_bytes(4, "big")
    assert png_rows(head) == 1200
    assert png_rows(b"GIF89a" + bytes(30)) == png_rows(b"") == png_rows(head[:20]) == 0


@pytest.mark.parametrize(
    ("text", "codepages", "sent"),
    [
        ("Milk", "", b"Milk"),
        ("Молоко 900 ₸", "utf-8; 1252", "Молоко 900 ₸".encode()),
        ("서울 5 €\n────", "437,1252", b"seoul 5 EUR\n----"),
        ("牛", "", b"?"),
    ],
)
def test_plain_text_in_letters_the_printer_reads(text: str, codepages: str, sent: bytes) -> None:
    assert letters(text.encode(), codepages) == sent
