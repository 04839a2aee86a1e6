"""Phones: every way to write a number is one number, and what is no mobile number is refused with its reason."""

from __future__ import annotations

import phonenumbers
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from kvit.access.customers import phones
from kvit.refusal import Refusal
from tests.access.customers.wallets import refused

GOOD = [
    ("KR", "010-1234-5678", "+821012345678"),
    ("KR", "01012345678", "+821012345678"),
    ("KR", "010 1234 5678", "+821012345678"),
    ("KR", "010.1234.5678", "+821012345678"),
    ("KR", "(010) 1234/5678", "+821012345678"),
    ("KR", "010\u20131234\u20145678", "+821012345678"),
    ("KR", "\uff10\uff11\uff10\uff0d\uff11\uff12\uff13\uff14\uff0d\uff15\uff16\uff17\uff18", "+821012345678"),
    ("KR", "+82 10-1234-5678", "+821012345678"),
    ("KR", "+82 010-1234-5678", "+821012345678"),
    ("KR", "82 10 1234 5678", "+821012345678"),
    ("KR", "10-1234-5678", "+821012345678"),
    ("KR", " 010-9876-5432\t", "+821098765432"),
    ("KZ", "8 701 123 45 67", "+77011234567"),
    ("KZ", "+7 (701) 123-45-67", "+77011234567"),
    ("KZ", "7 701 123 45 67", "+77011234567"),
    ("KZ", "701 123 45 67", "+77011234567"),
    ("RU", "8 (912) 345-67-89", "+79123456789"),
    ("RU", "+7 912 345 67 89", "+79123456789"),
    ("RU", "912 345 67 89", "+79123456789"),
    ("CN", "138 1234 5678", "+8613812345678"),
    ("CN", "+86 13812345678", "+8613812345678"),
    ("GB", "07400 123456", "+447400123456"),
    ("GB", "7400 123456", "+447400123456"),
    ("GB", "+44 7400 123456", "+447400123456"),
    ("DE", "0151 23456789", "+4915123456789"),
    ("US", "(201) 555-0123", "+12015550123"),
]

BAD = [
    ("KR", "", "phone_bad"),
    ("KR", "010-1234-567a", "phone_bad"),
    ("KR", "010-1234-5678 ext 3", "phone_bad"),
    ("KR", "010-1234-567", "phone_bad"),
    ("KR", "010-1234-56789", "phone_bad"),
    ("KR", "02-123-4567", "phone_not_mobile"),
    ("KR", "070-1234-5678", "phone_not_mobile"),
    ("KR", "0502-1234-5678", "phone_not_mobile"),
    ("KR", "012-1234-5678", "phone_not_mobile"),
    ("KR", "1588-1234", "phone_not_mobile"),
    ("KR", "011-123-4567", "phone_not_mobile"),
    ("KR", "+1 201 555 0123", "phone_foreign"),
    ("KR", "+82+10 1234 5678", "phone_bad"),
    ("KR", "0" * 70, "phone_bad"),
    ("KR", "010\u202e12345678", "phone_bad"),
    ("KR", "010\x001234567", "phone_bad"),
    ("KZ", "+7 912 345 67 89", "phone_foreign"),
    ("GB", "020 7946 0958", "phone_not_mobile"),
    ("GB", "0900 123 4567", "phone_not_mobile"),
    ("GB", "999", "phone_bad"),
    ("GB", "07911 123456", "phone_foreign"),  # Guernsey: within the country's code and dear to send to
    ("CN", "010 1234 5678", "phone_not_mobile"),
]


@pytest.mark.parametrize(("country", "typed", "wanted"), GOOD)
def test_every_way_to_write_a_number_is_one_number(country: str, typed: str, wanted: str) -> None:
    assert phones.normal(typed, country) == wanted


@pytest.mark.parametrize(("country", "typed", "code"), BAD)
def test_what_is_no_mobile_number_is_refused(country: str, typed: str, code: str) -> None:
    assert refused(phones.normal(typed, country)) == code


def test_other_countries_are_taken_where_the_shop_says_so() -> None:
    assert phones.normal("+7 912 345 67 89", "KZ", ("RU",)) == "+79123456789"
    assert phones.normal("+1 201 555 0123", "KR", ("US",)) == "+12015550123"
    assert refused(phones.normal("+1 201 555 0123", "KR", ("RU",))) == "phone_foreign"


@given(st.integers(0, 10**8 - 1))
def test_the_normal_form_is_its_own_and_the_shown_one_reads_back(number: int) -> None:
    phone = phones.normal(f"010{number:08}", "KR")
    assert phone == f"+8210{number:08}"
    assert phones.normal(phone, "KR") == phone
    assert phones.normal(phones.shown(phone, "KR"), "KR") == phone
    assert phones.normal(phones.shown(phone, "KZ"), "KR") == phone


@given(st.text(max_size=70), st.sampled_from(["KR", "KZ", "RU", "CN", "GB"]))
def test_whatever_is_typed_is_a_number_or_refused(typed: str, country: str) -> None:
    made = phones.normal(typed, country)
    if isinstance(made, str):
        assert phonenumbers.is_valid_number(phonenumbers.parse(made))
        assert phones.normal(made, country) == made


@pytest.mark.parametrize(
    ("phone", "country", "wanted"),
    [
        ("+821012345678", "KR", "010-****-5678"),
        ("+821012345678", "KZ", "+82 **-****-5678"),
        ("+77011234567", "KZ", "8 (70*) *** 4567"),
        ("+447400123456", "GB", "074** **3456"),
    ],
)
def test_a_masked_number_tells_only_its_owner(phone: str, country: str, wanted: str) -> None:
    assert phones.masked(phone, country) == wanted


@given(st.integers(0, 10**8 - 1), st.sampled_from(["KR", "GB"]))
def test_a_mask_hides_four_digits_at_least(number: int, country: str) -> None:
    phone = f"+8210{number:08}"
    assume(phonenumbers.is_valid_number(phonenumbers.parse(phone)))
    shown, masked = phones.shown(phone, country), phones.masked(phone, country)
    assert len(shown) == len(masked)
    assert masked.count(phones.MASK) >= 4
    assert all(a == b or b == phones.MASK for a, b in zip(shown, masked, strict=True))


def test_numbers_of_one_range_share_their_prefix() -> None:
    assert phones.prefix("+821012345678") == phones.prefix("+821012340000") != phones.prefix("+821012355678")


def test_refusals_tell_the_country_and_nothing_more() -> None:
    no = phones.normal("+1 201 555 0123", "KR")
    assert isinstance(no, Refusal)
    assert no.values == {"country": "US"}
