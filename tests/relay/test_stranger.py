from __future__ import annotations

import pytest

from kvit.relay.stranger import HTTP_ANSWER, recognise

CASES = [
    (b"GET / HTTP/1.1\r\n", "http"),
    (b"POST /cgi-bin/epos/service.cgi?devid=x HTTP/1.1\r\nHost: a\r\n\r\n<x/>", "http"),
    (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "http"),
    (b"GET", None),
    (b"GET /live HT", None),
    (b"G", None),
    (b"GROCERY STORE\n", "till"),
    (b"GET WELL SOON\n", "till"),
    (b"POST OFFICE\r\n", "till"),
    (b"GET A PRIZE HTTP\n", "till"),
    (b"\x1b@hello", "till"),
    (b"\x10\x04\x01", "till"),
    (b"\x16\x03\x01\x02\x00\x01\x00", "tls"),
    (b"\x16\x03", None),
    (b"\x16\x00", "till"),
    (b"GET " + b"x" * 9000, "till"),
]


@pytest.mark.parametrize(("first", "who"), CASES)
def test_who(first: bytes, who: str | None) -> None:
    assert recognise(first) == who


def test_byte_by_byte_a_till_is_never_taken_for_http() -> None:
    for text in (b"GET WELL SOON\n", b"POST OFFICE\r\n"):
        assert "http" not in {recognise(text[:size]) for size in range(1, len(text) + 1)}
        assert recognise(text) == "till"


def test_the_answer_is_whole() -> None:
    head, _, body = HTTP_ANSWER.partition(b"\r\n\r\n")
    assert f"Content-Length: {len(body)}".encode() in head
