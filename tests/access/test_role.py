"""The table of roles, the waits, the shapes of names."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kvit.access import throttle
from kvit.access.model import clean_name, folded
from kvit.access.role import OWNER, PERMISSIONS, ROLES, SCOPES, permissions


def test_every_word_of_the_table_is_a_permission() -> None:
    assert all(may <= set(PERMISSIONS) for may in ROLES.values())
    assert set(PERMISSIONS) >= SCOPES
    assert set().union(*ROLES.values(), SCOPES) == set(PERMISSIONS)


def test_only_the_owner_makes_users_and_no_machine_does() -> None:
    for word in ("users.write", "keys.write"):
        assert [role for role, may in ROLES.items() if word in may] == [OWNER]
        assert word not in SCOPES
    assert permissions("a role of another version") == frozenset()


@given(st.integers(0, 10_000), st.sampled_from([throttle.ACCOUNT, throttle.ADDRESS]))
def test_the_wait_grows_to_its_bound(tries: int, rule: throttle.Rule) -> None:
    assert 0 <= rule.wait_s(tries) <= rule.wait_s(tries + 1) <= rule.longest_s
    assert (rule.wait_s(tries) == 0) == (tries < rule.free)


def test_addresses_of_one_customer_are_one() -> None:
    slot = throttle.address_slot
    assert slot("s", "2001:db8::1") == slot("s", "2001:db8:0:0:ffff::2") != slot("s", "2001:db8:0:1::1")
    assert slot("s", "::ffff:10.0.0.1") == slot("s", "10.0.0.1") != slot("s", "10.0.0.2")
    assert slot("s", "10.0.0.1") != slot("t", "10.0.0.1")
    assert slot("s", "no address") != slot("s", "")
    assert throttle.account_slot("s", "x") != slot("s", "x")


@pytest.mark.parametrize(
    ("given_name", "cleaned"),
    [
        ("anna", "anna"),
        (" Anna ", "Anna"),
        ("김약사", "김약사"),
        ("айгүл.с", "айгүл.с"),
        ("a@b.kz", "a@b.kz"),
        ("ａｎｎａ", "anna"),
        ("a", None),
        ("", None),
        ("a b", None),
        ("a\0b", None),
        ("<b>", None),
        ("-anna", None),
        ("a" * 64, "a" * 64),
        ("a" * 65, None),
        ("\ud800\ud800", None),
    ],
)
def test_names(given_name: str, cleaned: str | None) -> None:
    assert clean_name(given_name) == cleaned


def test_names_are_compared_folded() -> None:
    assert folded("ANNA") == folded("anna")
    assert folded("Straße") == folded("STRASSE")
    assert folded("АЙГҮЛ") == folded("айгүл")
