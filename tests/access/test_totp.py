"""The published vectors of RFC 4226 appendix D and RFC 6238 appendix B, and that digits count once."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kvit.access import totp

SEED = b"12345678901234567890"
SEEDS = {"sha1": SEED, "sha256": (SEED * 2)[:32], "sha512": (SEED * 4)[:64]}

HOTP = ("755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871", "520489")

TOTP = (
    (59, "94287082", "46119246", "90693936"),
    (1111111109, "07081804", "68084774", "25091201"),
    (1111111111, "14050471", "67062674", "99943326"),
    (1234567890, "89005924", "91819424", "93441116"),
    (2000000000, "69279037", "90698825", "38618901"),
    (20000000000, "65353130", "77737706", "47863826"),
)


def test_rfc_4226() -> None:
    assert tuple(totp.digits_at(SEED, step) for step in range(10)) == HOTP


@pytest.mark.parametrize(("at", "sha1", "sha256", "sha512"), TOTP)
def test_rfc_6238(at: int, sha1: str, sha256: str, sha512: str) -> None:
    for algorithm, digits in (("sha1", sha1), ("sha256", sha256), ("sha512", sha512)):
        assert totp.digits_at(SEEDS[algorithm], at // totp.STEP_S, 8, algorithm) == digits


@given(st.binary(min_size=20, max_size=20), st.integers(60, 2**33), st.integers(-5, 5))
def test_one_step_each_way_and_never_twice(secret: bytes, now: int, off: int) -> None:
    step = now // totp.STEP_S + off
    digits = totp.digits_at(secret, max(0, step))
    found = totp.check(secret, digits, now, -1)
    if abs(off) <= 1:
        assert found is not None
        assert totp.check(secret, digits, now, found) is None or found != step
        assert totp.check(secret, f" {digits[:3]} {digits[3:]} ", now, -1) == found
    elif found is not None:
        assert totp.digits_at(secret, found) == digits


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "abcdef", "１２３４５６", "\ud800"])
def test_other_text_is_refused(typed: str) -> None:
    assert totp.check(SEED, typed, 59, -1) is None


def test_what_an_app_reads() -> None:
    assert totp.secret_text(SEED) == "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
    address = totp.app_address(SEED, "anna@shop", "Kvit 약국")
    assert address.startswith("otpauth://totp/Kvit%20%EC%95%BD%EA%B5%AD%3Aanna%40shop?secret=GEZD")
