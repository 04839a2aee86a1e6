"""The built-in templates: each fills with its sample in every language and says nothing is missing."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from kvit.device.adapters.adapter import adapter_of
from kvit.i18n import LANGUAGES
from kvit.paper.document import print_document
from kvit.refusal import Refusal
from kvit.template.builtin import recipes, samples
from kvit.template.data import KINDS, lacking
from kvit.template.form import Form, problem
from kvit.template.library import integrate
from kvit.template.library.check import wrong_recipe
from kvit.template.library.model import SHARED, Key
from kvit.template.words import Place

NAMES = sorted(name for name in recipes() if name[0] != "shared")
TOTALS = {"en": "TOTAL", "ko": "합계", "ru": "ИТОГО", "kk": "БАРЛЫҒЫ", "zh": "合计"}


def shown(business: str, variant: str, language: str) -> str:
    """What is printed, as text; on both papers nothing is missing."""
    layouts = integrate.expanded(recipes()[business, variant], recipes()["shared", ""])
    pieces = [(each.name, integrate.filled(each.content, {}, set())) for each in layouts]
    filled = Form(pieces, Place(language, "KZ", "KZT", ZoneInfo("Asia/Almaty"))).fill(samples()[business])
    assert filled.warnings == ()
    for paper_mm in (80, 58):
        adapter = adapter_of(f"escpos+tcp://127.0.0.1?paper={paper_mm}")
        assert not isinstance(adapter, Refusal)
        assert {each.code for each in adapter.make(filled.document).warnings} <= {"letters.drawn"}
    return print_document(filled.document).decode()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("business", "variant"), NAMES)
def test_each_prints_in_each_language_on_both_papers(business: str, variant: str, language: str) -> None:
    text = shown(business, variant, language)
    assert "form." not in text, "a word without its sentence"
    assert "{{" not in text
    if business == "shopping":
        assert TOTALS[language] in text
        assert "Flat white" in text


@pytest.mark.parametrize(("business", "variant"), sorted(recipes()))
def test_each_may_be_kept_as_a_shops_own(business: str, variant: str) -> None:
    assert wrong_recipe(recipes()[business, variant], problem) is None
    assert Key("", business, variant).business


@pytest.mark.parametrize("business", sorted(samples()))
def test_a_sample_has_what_its_template_can_not_do_without(business: str) -> None:
    assert lacking(samples()[business], recipes()[business, ""].requires) == ()
    assert business in KINDS or business == "test"


def test_items_are_shared_and_only_payment_differs() -> None:
    for business in ("shopping", "refund", "delivery"):
        (items,) = [each for each in recipes()[business, ""].layouts if each.type == "items"]
        assert items.content == SHARED
    payment = [
        {each.content for each in recipes()[name, ""].layouts if each.type == "payment"}
        for name in ("shopping", "refund")
    ]
    assert payment[0] != payment[1]


def test_the_minimal_one_needs_nothing() -> None:
    assert recipes()["shopping", "offline"].requires == ()
