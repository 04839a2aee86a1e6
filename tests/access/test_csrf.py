"""No other site acts in a user's name: every write, every lack."""

from __future__ import annotations

import itertools

import pytest

from kvit.access import csrf

OURS = ("http://127.0.0.1:7003", "https://shop.example")
SESSION = "s" * 43

RIGHT_ORIGIN = [(OURS[0], None), (OURS[1], "same-origin"), (None, "same-origin")]
WRONG_ORIGIN = [
    ((None, None), "access.no_origin"),
    (("https://evil.example", None), "access.foreign_origin"),
    (("https://evil.example", "same-origin"), "access.foreign_origin"),
    (("null", "same-origin"), "access.foreign_origin"),
    (("http://127.0.0.1:7004", None), "access.foreign_origin"),
    ((None, "same-site"), "access.foreign_origin"),
    ((None, "cross-site"), "access.foreign_origin"),
    ((None, "none"), "access.foreign_origin"),
]
WRITES = ("POST", "PUT", "PATCH", "DELETE", "post", "PROPFIND")


@pytest.mark.parametrize("method", WRITES)
def test_every_write_with_a_lack_is_refused(method: str) -> None:
    token = csrf.form_token(SESSION)
    for (origin, site), code in WRONG_ORIGIN:
        refusal = csrf.check(method, origin, site, OURS, SESSION, token)
        assert refusal is not None
        assert refusal.code == code
    for (origin, site), given in itertools.product(
        RIGHT_ORIGIN, (None, "", "x", token[:-1], token + "x", csrf.form_token("t" * 43), "\ud800")
    ):
        refusal = csrf.check(method, origin, site, OURS, SESSION, given)
        assert refusal is not None
        assert refusal.code == "access.stale_form"


@pytest.mark.parametrize("method", WRITES)
def test_our_own_form_passes(method: str) -> None:
    for origin, site in RIGHT_ORIGIN:
        assert csrf.check(method, origin, site, OURS, SESSION, csrf.form_token(SESSION)) is None
        assert csrf.check_origin(method, origin, site, OURS) is None


def test_no_session_no_token() -> None:
    assert csrf.check("POST", OURS[0], None, OURS, "", csrf.form_token("")) is not None


@pytest.mark.parametrize("method", sorted(csrf.SAFE))
def test_reading_passes(method: str) -> None:
    assert csrf.check(method, None, None, OURS, "", None) is None
