"""Mail addresses: one form to find them by, and nothing a mail program would stumble over."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kvit.access.customers import mails
from tests.access.customers.wallets import refused


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        ("anna@example.com", "anna@example.com"),
        (" Anna.B+kvit@Example.COM ", "Anna.B+kvit@example.com"),
        ("a@b.co\n", "a@b.co"),
        ("жанар@пример.kz", "жанар@xn--e1afmkfd.kz"),
        ("o'neil@sub.example.co.uk", "o'neil@sub.example.co.uk"),
    ],
)
def test_an_address_has_one_form(typed: str, wanted: str) -> None:
    assert mails.normal(typed) == wanted
    assert mails.normal(wanted) == wanted


@pytest.mark.parametrize(
    "typed",
    [
        "", "anna", "@example.com", "anna@", "anna@localhost", "a b@example.com", "a@b@example.com", '"a b"@example.com',
        "a@[127.0.0.1]", "a@127.0.0.1", "a..b@example.com", ".a@example.com", "a.@example.com", "a@-b.com", "a@b-.com",
        "a\r\nBcc: x@y.com@example.com", "a,b@example.com", "<a@example.com>", "a@exa mple.com",
        "x" * 65 + "@example.com", "a@" + "b" * 300 + ".com", "a\u202e@example.com", "a\0@example.com",
        "a@example.com;b@c.de",
    ],
)  # fmt: skip
def test_what_is_no_plain_address_is_refused(typed: str) -> None:
    assert refused(mails.normal(typed)) == "mail_bad"


@given(st.text(max_size=100))
def test_whatever_is_typed_holds_no_second_line(typed: str) -> None:
    made = mails.normal(typed)
    if isinstance(made, str):
        assert made.isprintable()
        assert made.count("@") == 1
        assert not set(made) & set(' <>,;:"\\')


def test_capitals_find_the_same() -> None:
    assert mails.found_by("Anna@example.com") == mails.found_by("anna@example.com")


def test_a_masked_address_tells_only_its_owner() -> None:
    assert mails.masked("anna.bell@example.com") == "a***@e***.com"
