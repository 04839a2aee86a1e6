"""The fingerprint: foreign formats, families, doubt."""

from __future__ import annotations

import pytest

from kvit.escpos.fingerprint import CERTAIN, LOOK_BYTES, Fingerprint

FOREIGN = [
    ("http", b"GET /print HTTP/1.1\r\nHost: x\r\n"),
    ("http", b"POST /cgi-bin/epos/service.cgi HTTP/1.1\r\n"),
    ("json", b'{"items": [{"name": "Milk"}]}'),
    ("json", b'\n [ {"a": 1}]'),
    ("xml", b'<?xml version="1.0"?><epos-print/>'),
    ("xml", b"\xef\xbb\xbf<epos-print xmlns='x'>"),
    ("pdf", b"%PDF-1.7\n"),
    ("postscript", b"%!PS-Adobe-3.0"),
    ("pjl", b"\x1b%-12345X@PJL JOB\r\n"),
    ("pcl", b"\x1bE\x1b&l0O"),
    ("zpl", b"^XA^FO50,50^FDx^FS^XZ"),
    ("tspl", b"SIZE 40 mm,30 mm\r\nCLS\r\n"),
    ("cpcl", b"! 0 200 200 210 1\r\nTEXT 4 0 30 40 Hello\r\n"),
    ("epl", b"\nN\nq609\n"),
    ("brother-raster", bytes(200) + b"\x1b@\x1bia\x01"),
    ("png", b"\x89PNG\r\n\x1a\n\0\0"),
    ("jpeg", b"\xff\xd8\xff\xe0\x00\x10JFIF"),
    ("gif", b"GIF89a"),
    ("zip", b"PK\x03\x04"),
    ("gzip", b"\x1f\x8b\x08\x00"),
    ("tls", b"\x16\x03\x01\x02\x00\x01\x00"),
    ("ssh", b"SSH-2.0-OpenSSH"),
]

DIALECTS = [
    ("star", b"\x1b@\x1b\x1dt\x01\x1bEHello"),
    ("star", b"\x1b\x1ea\x00\x1b*rA"),
    ("bematech", b"\x1d\xf950\x1bt\x02"),
    ("elgin", b"\x1d\xf951\x1bt\x02"),
    ("daruma", b"\x1bj1Hello"),
    ("daruma", b"\x1b\x81\x03\x00\x04Mx"),
    ("diebold", b"\x1b|0Z\x12\x000123456789012"),
    ("sunmi", b"\x1b@\x1d(E\x03\x00\x06\x03\x01"),
    ("xprinter", b"\x1f\x1b\x1f\x91\x00SET IP\x01\x02\x03\x04"),
    ("epson", b"\x1b=\x01\x1d(J\x01\x00\x00\x1bc0\x02"),
]


@pytest.mark.parametrize(("language", "data"), FOREIGN)
def test_foreign_formats_are_no_printer_language(language: str, data: bytes) -> None:
    guess = Fingerprint().feed(data)
    assert (guess.language, guess.printer) == (language, False)
    assert guess.confidence >= CERTAIN


@pytest.mark.parametrize(("language", "data"), DIALECTS)
def test_families_give_themselves_away(language: str, data: bytes) -> None:
    whole = Fingerprint().feed(data)
    assert (whole.language, whole.printer) == (language, True)
    assert whole.confidence >= CERTAIN
    cut = Fingerprint()
    for place in range(len(data)):
        cut.feed(data[place : place + 1])
    assert cut.guess == whole


def test_marks_inside_a_picture_mean_nothing() -> None:
    guess = Fingerprint().feed(b"\x1b@\x1dv0\x00\x02\x00\x02\x00\x1b\x1dt\x01\x1dV\x00")
    assert guess.language == "epson"


def test_weak_marks_stay_weak_and_nothing_is_nothing() -> None:
    assert Fingerprint().guess.confidence == 0.0
    assert Fingerprint().feed(b"Hello\n").language == "text"
    weak = Fingerprint().feed(b"\x1bB\x03\x02")
    assert weak.language == "xprinter"
    assert weak.confidence < CERTAIN
    assert Fingerprint().feed(b"{total}: 5.00\n\x1dV\x00").printer


def test_only_the_beginning_is_looked_at() -> None:
    fingerprint = Fingerprint()
    fingerprint.feed(b"\x1b@" + b"x" * LOOK_BYTES)
    before = fingerprint.guess
    assert fingerprint.feed(b"\x1b\x1dt\x01") == before
