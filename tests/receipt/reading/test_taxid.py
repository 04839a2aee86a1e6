"""Tax ids: numbers the tax offices or their documentation publish, and the same with one digit changed."""

from __future__ import annotations

import pytest

from kvit.receipt.reading.taxid import ALONE, FORMS, HINTS, find

GOOD = [
    ("KZ", "БИН 991340000007", "991340000007"),
    ("RU", "ИНН 7707083893", "7707083893"),
    ("RU", "ИНН: 500100732259", "500100732259"),
    ("KR", "사업자번호: 000-99-00019", "000-99-00019"),
    ("CN", "税号: 91000000MA0DEM0K00", "91000000MA0DEM0K00"),
    ("JP", "登録番号 T1180301018771", "T1180301018771"),
    ("DE", "USt-IdNr. DE136695976", "DE136695976"),
    ("AT", "UID: ATU13585627", "ATU13585627"),
    ("FR", "TVA FR 40 303 265 045", "FR 40 303 265 045"),
    ("ES", "NIF: B58378431", "B58378431"),
    ("ES", "N.I.F. 54362315K", "54362315K"),
    ("PL", "NIP 526-025-02-74", "526-025-02-74"),
    ("PT", "NIF: 501964843", "501964843"),
    ("GB", "VAT no GB 980 7806 84", "GB 980 7806 84"),
    ("IT", "P.IVA 00743110157", "00743110157"),
    ("NL", "BTW NL004495445B01", "NL004495445B01"),
    ("BR", "CNPJ 16.727.230/0001-97", "16.727.230/0001-97"),
    ("UA", "ЄДРПОУ 32855961", "32855961"),
    ("TR", "VKN 4540536920", "4540536920"),
    ("CZ", "IČO 25123891", "25123891"),
    ("AU", "ABN 51 824 753 556", "51 824 753 556"),
    ("IN", "GSTIN 27AAPFU0939F1ZV", "27AAPFU0939F1ZV"),
]


@pytest.mark.parametrize(("country", "line", "number"), GOOD)
def test_proven(country: str, line: str, number: str) -> None:
    assert find(line, worded=True) == (country, number)


@pytest.mark.parametrize(("country", "line", "number"), GOOD)
def test_one_digit_off_is_none(country: str, line: str, number: str) -> None:
    core = number.removesuffix("B01")  # the Dutch branch number has no check
    place = max(index for index, letter in enumerate(core) if letter.isdigit())
    wrong = number[:place] + str((int(number[place]) + 1) % 10) + number[place + 1 :]
    found = find(line.replace(number, wrong), worded=True)
    assert found is None or found[1] != wrong


def test_a_word_of_no_country_is_believed_without_proof_but_names_no_country() -> None:
    assert find("Tax ID 1234567890", worded=True) == ("", "1234567890")


@pytest.mark.parametrize("line", ["Tel 02-555-0142", "2026-01-15 18:42", "TOTAL 12.00", "880123456789", ""])
def test_other_numbers_are_none(line: str) -> None:
    assert find(line, worded=False) is None


def test_every_country_has_a_case() -> None:
    assert {form.country for form in FORMS} == {country for country, _, _ in GOOD}


@pytest.mark.parametrize(("country", "line", "number"), GOOD)
def test_the_quick_look_misses_no_number_that_speaks_for_itself(country: str, line: str, number: str) -> None:
    if any(form.alone and form.shape.search(number) for form in FORMS):
        assert ALONE.search(number)
        assert ALONE.search(number.lower())


@pytest.mark.parametrize(("country", "line", "number"), GOOD)
def test_every_word_before_a_number_has_hint_at(country: str, line: str, number: str) -> None:
    assert any(hint in line[: line.index(number)].lower() for hint in HINTS)
