"""Tokens, cookies, ends of sessions; codes and keys, which are made the same way."""

from __future__ import annotations

import secrets

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kvit.access import code, key, session


def test_tokens_are_long_and_kept_as_hashes() -> None:
    tokens = {session.fresh_token(secrets.token_bytes) for _ in range(1000)}
    assert len(tokens) == 1000
    for token in tokens:
        assert session.looks_like_token(token)
        assert token.encode() not in session.token_hash(token)
        assert len(session.token_hash(token)) == 32


@pytest.mark.parametrize(
    ("made", "seen", "now", "alive"),
    [
        (0, 0, session.IDLE_S - 1, True),
        (0, 0, session.IDLE_S, False),
        (0, session.LIFE_S - 1, session.LIFE_S - 1, True),
        (0, session.LIFE_S - 1, session.LIFE_S, False),
    ],
)
def test_a_session_ends(made: int, seen: int, now: int, alive: bool) -> None:
    assert session.alive(made, seen, now) is alive


@pytest.mark.parametrize("secure", [True, False])
def test_the_cookie(secure: bool) -> None:
    token = session.fresh_token(secrets.token_bytes)
    header = session.set_cookie(token, secure)
    assert "HttpOnly" in header
    assert "SameSite=Lax" in header
    assert ("Secure" in header) is secure is header.startswith("__Host-")
    assert session.read_cookie("a=b; " + header.partition(";")[0], secure) == token
    assert session.read_cookie(header.partition(";")[0], not secure) == ""
    assert "Max-Age=0" in session.set_cookie("", secure)


@given(st.text())
def test_any_cookie_header_is_read_without_harm(header: str) -> None:
    assert session.read_cookie(header, False) in ("", *header.split("="))


@given(st.binary(min_size=10, max_size=10))
def test_a_code_is_taken_however_it_is_typed(raw: bytes) -> None:
    made = code.fresh_code(lambda size: raw[:size])
    assert len(made) == 19
    for typed in (made, made.lower(), made.replace("-", ""), f" {made.replace('-', ' ')} ", made.replace("0", "O")):
        assert code.code_hash(typed) == code.code_hash(made)
    other = made.replace("0", "2") if "0" in made else "0" + made[1:]
    assert code.code_hash(other) != code.code_hash(made)


@pytest.mark.parametrize("typed", ["", "1234", "U" * 16, "1" * 17, "\ud800" * 16, "é" * 16])
def test_what_can_be_no_code(typed: str) -> None:
    assert code.clean_code(typed) == ""


def test_keys() -> None:
    made = [key.fresh_key(secrets.token_bytes) for _ in range(500)]
    assert len({fresh.id for fresh in made}) == 500
    for fresh in made:
        assert key.key_id(fresh.text) == fresh.id
        assert key.matches(key.key_hash(fresh.text), fresh.text)
        assert not key.matches(key.key_hash(fresh.text), fresh.text[:-1])
    for bad in ("", "kvit_", made[0].text + "x", made[0].text.upper(), " " + made[0].text, made[0].text + "\n"):
        assert key.key_id(bad) == ""
