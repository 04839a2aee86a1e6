"""How long a text is, as it is paid: tables, and the parts against a slow way of packing letters."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kvit.i18n.language import LANGUAGES
from kvit.notify import wording
from kvit.notify.segments import GSM7, GSM7_PAIRS, Coding, Rule, in_cp949, measure
from kvit.receipt.links import make_token

WORLD = [
    ("", "gsm7", 0, 1), ("a" * 160, "gsm7", 160, 1), ("a" * 161, "gsm7", 161, 2), ("a" * 306, "gsm7", 306, 2),
    ("a" * 307, "gsm7", 307, 3), ("€" * 80, "gsm7", 160, 1), ("€" * 81, "gsm7", 162, 2), ("a" + "€" * 152, "gsm7", 305, 2),
    ("€" * 153, "gsm7", 306, 3), ("ж" * 70, "ucs2", 70, 1), ("ж" * 71, "ucs2", 71, 2), ("ж" * 134, "ucs2", 134, 2),
    ("ж" * 135, "ucs2", 135, 3), ("😀" * 35, "ucs2", 70, 1), ("😀" * 36, "ucs2", 72, 2), ("😀" * 67, "ucs2", 134, 3),
    ("`", "ucs2", 1, 1), ("é", "gsm7", 1, 1), ("e\u0301", "gsm7", 1, 1), ("a\r\nb", "gsm7", 3, 1), ("…", "ucs2", 1, 1),
]  # fmt: skip


@pytest.mark.parametrize(("text", "coding", "used", "parts"), WORLD, ids=range(len(WORLD)))
def test_the_worlds_rule(text: str, coding: str, used: int, parts: int) -> None:
    length = measure(text, Rule.WORLD)
    assert (length.coding, length.used, length.parts) == (coding, used, parts)


KOREA = [
    ("a" * 90, "sms", 90), ("a" * 91, "lms", 91), ("가" * 45, "sms", 90), ("가" * 45 + "a", "lms", 91),
    ("가" * 1000, "lms", 2000),
    ("뷁" * 45, "sms", 90), ("ж", "sms", 2), ("қ", "sms", 1), ("–…", "sms", 3), ("₩", "sms", 1), ("😀", "sms", 1),
]  # fmt: skip


@pytest.mark.parametrize(("text", "coding", "used"), KOREA, ids=range(len(KOREA)))
def test_koreas_rule(text: str, coding: str, used: int) -> None:
    length = measure(text, Rule.KOREA)
    assert (length.coding, length.used) == (coding, used)
    assert length.fits


def test_what_is_too_long() -> None:
    assert not measure("가" * 1001, Rule.KOREA).fits
    assert not measure("ж" * 269, Rule.WORLD).fits
    assert measure("ж" * 268, Rule.WORLD).fits


def test_the_alphabet_has_its_letters() -> None:
    assert len(GSM7) == 127  # and the escape
    assert len(GSM7_PAIRS) == 10


@given(st.text())
def test_what_is_left_of_a_text_can_be_written_in_korea(text: str) -> None:
    kept = in_cp949(text)
    assert kept.encode("cp949").decode("cp949") == kept
    assert in_cp949(kept) == kept


@given(st.text(st.sampled_from("aж€😀한"), max_size=400))
def test_parts_are_packed_letter_by_letter(text: str) -> None:
    length = measure(text, Rule.WORLD)
    gsm7 = length.coding is Coding.GSM7
    together, alone = (153, 160) if gsm7 else (67, 70)
    widths = [(2 if one == "€" else 1) if gsm7 else (2 if ord(one) > 0xFFFF else 1) for one in text]
    parts = [0]
    for width in widths:
        if parts[-1] + width > together:
            parts.append(0)
        parts[-1] += width
    assert length.parts == (1 if sum(widths) <= alone else len(parts))
    assert length.used == sum(widths)


LINK = "https://r.example.com/r/" + make_token(bytes(range(16)))
SHOPS = (
    "Kvit",
    "Caffè Ñandú & Söhne",
    "대한민국 행복한 약국 강남본점",
    "Дүкен «Алтын Орда»",
    "北京市朝阳区便利店总店分号",
    "A" * 80,
    "\u202e\nX",
)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("shop", SHOPS, ids=range(len(SHOPS)))
@pytest.mark.parametrize("rule", list(Rule))
def test_a_receipts_text_is_one_message_and_keeps_its_link(language: str, shop: str, rule: Rule) -> None:
    for text in (wording.receipt_sms(language, shop, LINK, rule), wording.code_sms(language, shop, "482913", rule)):
        length = measure(text, rule)
        assert length.coding is Coding.SMS or length.parts == 1
        assert LINK in length.text or "482913" in length.text
        assert "\n" not in text
        assert "\u202e" not in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_mails_are_text_and_never_markup_of_the_shop(language: str) -> None:
    shop = '<script>alert(1)</script>"'
    for words in (
        wording.receipt_mail(language, shop, LINK),
        wording.code_mail(language, shop, "482913", 5),
        wording.reminder_mail(language, shop, "2026-05-04", LINK),
    ):
        assert "<script" not in words.html
        assert "\n" not in words.subject
        assert words.text.strip()
        assert "{" not in words.text + words.subject
    assert LINK in wording.receipt_mail(language, shop, LINK).text
    assert wording.receipt_push(language, shop).subject
    assert "2026" in wording.reminder_push(language, "Kettle", "2026-05-04").text
