"""The login: the numbers of RFC 7616, and what does not pass."""

from __future__ import annotations

import pytest

from kvit.device.cloud.sdp import digest
from kvit.device.cloud.sdp.digest import Gate, Login, Refused, authorization

TARGET = "/sdp/k7q2m4x9"
MD5 = Login("kitchen", "a pass word")
SHA = Login("kitchen", "a pass word", "SHA-256")


@pytest.mark.parametrize(
    ("algorithm", "wanted"),
    [
        ("MD5", "8ca523f5e9506fed4657c9700eebdbec"),
        ("SHA-256", "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"),
    ],
)
def test_the_example_of_the_rfc(algorithm: str, wanted: str) -> None:
    login = Login("Mufasa", "Circle of Life", algorithm)
    nonce, cnonce = "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ"
    found = digest.answer(login, nonce, "00000001", cnonce, "GET", "/dir/index.html", "http-auth@example.org")
    assert found == wanted


def challenge(gate: Gate, login: Login, now_s: float = 100.0) -> str:
    refused = gate.check(login, "", "POST", TARGET, now_s)
    assert isinstance(refused, Refused)
    return refused.challenge


@pytest.mark.parametrize("login", [MD5, SHA], ids=["MD5", "SHA-256"])
def test_who_knows_the_password_passes_once(login: Login) -> None:
    gate = Gate(b"s" * 32)
    header = authorization(login, challenge(gate, login), "c1", "POST", TARGET)
    assert gate.check(login, header, "POST", TARGET, 101.0) is None
    again = gate.check(login, header, "POST", TARGET, 102.0)
    assert again is not None
    assert again.stale
    assert "stale=true" in again.challenge
    counted = header.replace("nc=00000001", "nc=00000002")
    assert gate.check(login, counted, "POST", TARGET, 102.0) is not None, "the count is part of the hash"


def test_what_does_not_pass() -> None:
    gate = Gate(b"s" * 32)
    told = challenge(gate, MD5)
    good = authorization(MD5, told, "c1", "POST", TARGET)
    wrong = [
        "", "Basic a2l0Y2hlbjp4", "Digest", "Digest " + "x" * 10_000, good.replace('uri="/sdp', 'uri="/SDP'),
        good.replace("qop=auth", "qop=auth-int"), good.replace('realm="kvit"', 'realm="x"'),
        good.replace("algorithm=MD5", "algorithm=SHA-256"), good.replace("nc=00000001", "nc=1"),
        authorization(Login("kitchen", "another"), told, "c1", "POST", TARGET),
        authorization(Login("bar", "a pass word"), told, "c1", "POST", TARGET),
        authorization(MD5, told, "c1", "POST", "/sdp/another"), authorization(MD5, told, "c1", "GET", TARGET),
    ]  # fmt: skip
    for header in wrong:
        refused = gate.check(MD5, header, "POST", TARGET, 101.0)
        assert refused is not None, header
        assert not refused.stale
    assert gate.check(MD5, good, "POST", TARGET, 101.0) is None


@pytest.mark.parametrize("now_s", [100.0 + digest.NONCE_S + 1, 99.0], ids=["old", "of the future"])
def test_a_nonce_is_young(now_s: float) -> None:
    gate = Gate(b"s" * 32)
    header = authorization(MD5, challenge(gate, MD5), "c1", "POST", TARGET)
    refused = gate.check(MD5, header, "POST", TARGET, now_s)
    assert refused is not None
    assert refused.stale


def test_a_nonce_is_ours() -> None:
    gate = Gate(b"s" * 32)
    header = authorization(MD5, challenge(Gate(b"t" * 32), MD5), "c1", "POST", TARGET)
    refused = gate.check(MD5, header, "POST", TARGET, 101.0)
    assert refused is not None
    assert refused.stale


def test_a_forgotten_nonce_does_not_pass_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(digest, "NONCES_MAX", 2)
    gate = Gate(b"s" * 32)
    headers = [authorization(MD5, challenge(gate, MD5, 100.0 + at), "c1", "POST", TARGET) for at in range(4)]
    assert [gate.check(MD5, header, "POST", TARGET, 110.0) for header in headers] == [None] * 4
    assert all(gate.check(MD5, header, "POST", TARGET, 111.0) is not None for header in headers)


def test_a_password_is_never_shown() -> None:
    assert "pass word" not in repr(MD5)
