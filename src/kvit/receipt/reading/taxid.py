"""Tax ids: who sold, proven by check digits.

One row a kind of number: the country, the shape it is printed in, the arithmetic that proves it. A number that fails its
arithmetic is no tax id; a number that passes without a word beside it ("ИНН", "사업자번호", "NIP") is only taken where its
shape can be nothing else. Sources: the published rules of each tax office (names beside the functions).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass


def _digits(text: str) -> list[int]:
    return [int(letter) for letter in text if letter.isdigit()]


def _weighted(digits: Sequence[int], weights: Sequence[int]) -> int:
    return sum(digit * weight for digit, weight in zip(digits, weights, strict=False))


def kazakh(text: str) -> bool:
    """БИН/ИИН of 12 digits: weights 1..11, and 3..11,1,2 where the first gives 10 (tax code of Kazakhstan)."""
    digits = _digits(text)
    check = _weighted(digits, range(1, 12)) % 11
    if check == 10:
        check = _weighted(digits, (3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2)) % 11
    return check == digits[11]


def russian(text: str) -> bool:
    """ИНН of 10 (firms) or 12 digits (persons), order of the tax service ММВ-7-6/435."""
    digits = _digits(text)
    ten, twelve = (2, 4, 10, 3, 5, 9, 4, 6, 8), (7, 2, 4, 10, 3, 5, 9, 4, 6, 8)
    if len(digits) == 10:
        return _weighted(digits, ten) % 11 % 10 == digits[9]
    first = _weighted(digits, twelve) % 11 % 10
    return first == digits[10] and _weighted(digits, (3, *twelve)) % 11 % 10 == digits[11]


def korean(text: str) -> bool:
    """사업자등록번호 of 10 digits."""
    digits = _digits(text)
    total = _weighted(digits, (1, 3, 7, 1, 3, 7, 1, 3, 5)) + digits[8] * 5 // 10
    return (10 - total % 10) % 10 == digits[9]


_CHINESE = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def chinese(text: str) -> bool:
    """统一社会信用代码, GB 32100-2015: 18 places, weights the powers of 3 modulo 31."""
    try:
        places = [_CHINESE.index(letter) for letter in text.upper()]
    except ValueError:
        return False
    total = sum(place * pow(3, index, 31) for index, place in enumerate(places[:17]))
    return (31 - total % 31) % 31 == places[17]


def japanese(text: str) -> bool:
    """登録番号 "T" + 法人番号 of 13 digits: the first is 9 minus the weighted rest modulo 9."""
    digits = _digits(text)
    total = sum(digit * (2 if index % 2 else 1) for index, digit in enumerate(reversed(digits[1:])))
    return digits[0] == 9 - total % 9


def german(text: str) -> bool:
    """USt-IdNr. "DE" + 9 digits, ISO 7064 mod 11,10."""
    return _mod_11_10(_digits(text))


def _mod_11_10(digits: Sequence[int]) -> bool:
    product = 10
    for digit in digits[:-1]:
        total = (digit + product) % 10 or 10
        product = total * 2 % 11
    return (11 - product) % 10 == digits[-1]


def polish(text: str) -> bool:
    """NIP of 10 digits."""
    digits = _digits(text)
    return _weighted(digits, (6, 5, 7, 2, 3, 4, 5, 6, 7)) % 11 == digits[9]


def portuguese(text: str) -> bool:
    """NIF of 9 digits."""
    digits = _digits(text)
    check = 11 - _weighted(digits, range(9, 1, -1)) % 11
    return digits[0] != 0 and (0 if check > 9 else check) == digits[8]


def brazilian(text: str) -> bool:
    """CNPJ of 14 digits."""
    digits = _digits(text)
    weights = (6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2)
    first, second = _weighted(digits, weights[1:]) % 11, _weighted(digits, weights) % 11
    return [0 if rest < 2 else 11 - rest for rest in (first, second)] == digits[12:]


def british(text: str) -> bool:
    """VAT number of 9 digits: modulus 97, the old and the new (55) form."""
    digits = _digits(text)
    total = _weighted(digits, range(8, 1, -1)) + digits[7] * 10 + digits[8]
    return total % 97 == 0 or (total + 55) % 97 == 0


def french(text: str) -> bool:
    """N° TVA "FR" + 2 digits + SIREN; a SIREN (9) or SIRET (14) alone by Luhn."""
    digits = _digits(text)
    if text.upper().startswith("FR"):
        return (12 + 3 * (int("".join(map(str, digits[2:]))) % 97)) % 97 == digits[0] * 10 + digits[1]
    return luhn(digits)


def luhn(digits: Sequence[int]) -> bool:
    """ISO/IEC 7812 check digit."""
    doubled = [digit * 2 - 9 * (digit > 4) if index % 2 else digit for index, digit in enumerate(reversed(digits))]
    return sum(doubled) % 10 == 0


def italian(text: str) -> bool:
    """Partita IVA of 11 digits: Luhn."""
    return luhn(_digits(text))


_SPANISH = "TRWAGMYFPDXBNJZSQVHLCKE"


def spanish(text: str) -> bool:
    """NIF and NIE (letter modulo 23), CIF (firms: control digit or letter)."""
    text = text.upper()
    if text[0] in "XYZ" or text[0].isdigit():
        number = int(str("XYZ".find(text[0])) + text[1:8] if text[0] in "XYZ" else text[:8])
        return _SPANISH[number % 23] == text[8]
    digits = _digits(text[1:8])
    odd = sum(sum(divmod(digit * 2, 10)) for digit in digits[::2])
    control = (10 - (odd + sum(digits[1::2])) % 10) % 10
    return text[8] in (str(control), "JABCDEFGHI"[control])


def ukrainian(text: str) -> bool:
    """ЄДРПОУ of 8 digits; РНОКПП of 10 (persons); ІПН of 12 has no published check and needs its word."""
    digits = _digits(text)
    if len(digits) == 10:
        return _weighted(digits, (-1, 5, 7, 9, 4, 6, 10, 5, 7)) % 11 % 10 == digits[9]
    if len(digits) == 12:
        return True
    weights = [1, 2, 3, 4, 5, 6, 7] if not 30_000_000 < int(text) < 60_000_000 else [7, 1, 2, 3, 4, 5, 6]
    check = _weighted(digits, weights) % 11
    if check == 10:
        check = _weighted(digits, [weight + 2 for weight in weights]) % 11 % 10
    return check == digits[7]


def turkish(text: str) -> bool:
    """VKN of 10 digits."""
    digits, total = _digits(text), 0
    for index, digit in enumerate(digits[:9]):
        step = (digit + 9 - index) % 10
        total += step if step == 9 else step * 2 ** (9 - index) % 9
    return (10 - total % 10) % 10 == digits[9]


def czech(text: str) -> bool:
    """DIČ/IČO of 8 digits."""
    digits = _digits(text)
    return (11 - _weighted(digits, range(8, 1, -1)) % 11) % 10 == digits[7]


def dutch(text: str) -> bool:
    """BTW "NL" + 9 digits + B + 2: the elf test, or mod 97 of the whole for the newer ones."""
    digits = _digits(text)
    eleven = _weighted(digits, range(9, 1, -1)) % 11 == digits[8]
    return eleven or int("2321" + "".join(map(str, digits[:9])) + "11" + "".join(map(str, digits[9:]))) % 97 == 1


def austrian(text: str) -> bool:
    """UID "ATU" + 8 digits."""
    digits = _digits(text)
    total = sum(sum(divmod(digit * 2, 10)) if index % 2 else digit for index, digit in enumerate(digits[:7]))
    return (10 - (total + 4) % 10) % 10 == digits[7]


def indian(text: str) -> bool:
    """GSTIN: 15 places, base 36 Luhn."""
    alphabet, total = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", 0
    for index, letter in enumerate(text[:14].upper()):
        product = alphabet.index(letter) * (index % 2 + 1)
        total += sum(divmod(product, 36))
    return alphabet[(36 - total % 36) % 36] == text[14].upper()


def australian(text: str) -> bool:
    """ABN of 11 digits: modulus 89."""
    digits = _digits(text)
    digits[0] -= 1
    return _weighted(digits, (10, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19)) % 89 == 0


@dataclass(frozen=True)
class Form:
    """How one kind of tax id is printed, and the proof of it."""

    country: str
    shape: re.Pattern[str]
    proof: Callable[[str], bool]
    alone: bool
    """The shape is its own witness; others need a word in front."""


def _form(country: str, shape: str, proof: Callable[[str], bool], *, alone: bool = False) -> Form:
    return Form(country, re.compile(rf"(?<![0-9A-Za-z]){shape}(?![0-9A-Za-z])", re.IGNORECASE), proof, alone)


FORMS = (
    _form("CN", r"[0-9A-HJ-NPQRTUWXY]{2}\d{6}[0-9A-HJ-NPQRTUWXY]{10}", chinese, alone=True),
    _form("JP", r"T\d{13}", japanese, alone=True),
    _form("IN", r"\d{2}[A-Z]{5}\d{4}[A-Z][0-9A-Z]Z[0-9A-Z]", indian, alone=True),
    _form("DE", r"DE ?\d{9}", german, alone=True),
    _form("AT", r"ATU ?\d{8}", austrian, alone=True),
    _form("NL", r"NL ?\d{9}B\d{2}", dutch, alone=True),
    _form("FR", r"FR ?\d{2} ?\d{3} ?\d{3} ?\d{3}", french, alone=True),
    _form("KR", r"\d{3}-\d{2}-\d{5}", korean, alone=True),
    _form("BR", r"\d{2}\.\d{3}\.\d{3}/\d{4}-\d{2}", brazilian, alone=True),
    _form("GB", r"(?:GB ?)?\d{3} ?\d{4} ?\d{2}", british),
    _form("ES", r"(?:ES)?[A-HJNP-SUVW]-?\d{7}[0-9A-J]", lambda text: spanish(_spanish_core(text))),
    _form("ES", r"(?:ES)?(?:\d{8}|[XYZ]\d{7})-?[A-Z]", lambda text: spanish(_spanish_core(text))),
    _form("KZ", r"\d{12}", kazakh),
    _form("RU", r"\d{12}|\d{10}", russian),
    _form("KR", r"\d{10}", korean),
    _form("PL", r"(?:PL ?)?\d{3}-?\d{3}-?\d{2}-?\d{2}|\d{3}-\d{2}-\d{2}-\d{3}", polish),
    _form("TR", r"\d{10}", turkish),
    _form("UA", r"\d{8}|\d{10}|\d{12}", ukrainian),
    _form("PT", r"(?:PT ?)?\d{3} ?\d{3} ?\d{3}", portuguese),
    _form("BR", r"\d{14}", brazilian),
    _form("IT", r"(?:IT ?)?\d{11}", italian),
    _form("AU", r"\d{2} ?\d{3} ?\d{3} ?\d{3}", australian),
    _form("FR", r"\d{3} ?\d{3} ?\d{3} ?\d{5}", french),
    _form("FR", r"\d{3} ?\d{3} ?\d{3}", french),
    _form("CZ", r"(?:CZ ?)?\d{8}", czech),
)


def _spanish_core(text: str) -> str:
    core = text.upper().replace("-", "")
    return core[2:] if core.startswith("ES") and len(core) > 9 else core


WORDS = (
    (re.compile(r"БИН|ИИН|БСН|ЖСН"), ("KZ",)),
    (re.compile(r"ИНН"), ("RU", "KZ")),
    (re.compile(r"[Є?]ДРПОУ|ІПН|РНОКПП|\bПН\b|\bІД\b|(?<!\S)\?Д\b"), ("UA",)),
    (re.compile(r"사업자|등록번호"), ("KR",)),
    (re.compile(r"税号|纳税人|信用代码"), ("CN",)),
    (re.compile(r"登録番号|事業者"), ("JP",)),
    (re.compile(r"\bNIP\b"), ("PL",)),
    (re.compile(r"\bD[IÍ]Č\b|\bIČO?\b"), ("CZ",)),
    (re.compile(r"contribuinte|\bNIPC\b", re.IGNORECASE), ("PT",)),
    (re.compile(r"\bN\.?I\.?F\b", re.IGNORECASE), ("ES", "PT")),
    (re.compile(r"\bC\.?I\.?F\b", re.IGNORECASE), ("ES",)),
    (re.compile(r"\bCNPJ\b"), ("BR",)),
    (re.compile(r"\bP\.? ?IVA\b|PARTITA IVA", re.IGNORECASE), ("IT",)),
    (re.compile(r"\bTVA\b|SIRET|SIREN", re.IGNORECASE), ("FR",)),
    (re.compile(r"\bUSt\b|\bSt\.?-?Nr|Steuern|\bUID\b", re.IGNORECASE), ("DE", "AT")),
    (re.compile(r"\bBTW\b", re.IGNORECASE), ("NL",)),
    (re.compile(r"\bVKN\b|Vergi", re.IGNORECASE), ("TR",)),
    (re.compile(r"\bGSTIN?\b"), ("IN", "AU")),
    (re.compile(r"\bABN\b"), ("AU",)),
    (re.compile(r"\bVAT\b", re.IGNORECASE), ("GB", "DE", "AT", "NL", "FR", "PL", "PT", "IT", "CZ", "ES")),
)
"""The words tills print before the number, and whose numbers they announce."""
_ANY = re.compile(r"tax\s?(?:id|no|number|reg)|\bTIN\b|\bEIN\b|\bRUC\b|\bRFC\b|\bCUIT\b", re.IGNORECASE)
_SOME = re.compile(r"[\s:.#№-]{0,4}((?=[A-Z\d./ -]*\d{3})[A-Z]{0,4} ?\d[\dA-Z](?:[./-]?[\dA-Z]){4,15})(?![\dA-Za-z])")


HINTS = (
    "бин", "иин", "бсн", "жсн", "инн", "єдрпоу", "?дрпоу", "іпн", "рнокпп", "пн", "ід", "?д", "사업자", "등록번호",
    "税号", "纳税人", "信用代码", "登録番号", "事業者", "nip", "dič", "dic", "ičo", "ič", "contribuinte",
    "nif", "n.i.f", "cif", "c.i.f",
    "cnpj", "iva", "tva", "siret", "siren", "ust", "st.", "st-nr", "stnr", "steuer", "uid", "btw", "vkn", "vergi",
    "gst", "abn", "vat", "tax", "tin", "ein", "ruc", "rfc", "cuit",
)  # fmt: skip
"""What WORDS have in common with small letters; rows without any are not searched."""
ALONE = re.compile(
    r"\d\d(?:(?:(?<=[TELURtelur]..)|(?<=[ELURelur] ..)) ?\d{3} ?\d{3}|\d-\d\d-\d{5}|\.\d{3}\.\d{3}/"
    r"|\d{4}[0-9A-Za-z]{10}|[A-Za-z]{5}\d{4})"
)
"""What every number that needs no word has; it begins with two digits, so that most of a paper is passed over fast."""


def find(text: str, *, worded: bool) -> tuple[str, str] | None:
    """Return (country, the number as printed) of a tax id in a line.

    ``worded``: only behind one of WORDS, proven by that country's arithmetic, or behind a word of no country ("Tax ID")
    as printed and with the country left empty. Otherwise only forms that speak for themselves.
    """
    if not worded:
        return _proven(text, [form for form in FORMS if form.alone])
    for word, countries in WORDS:
        if match := word.search(text):
            found = _proven(text[match.end() :], [form for form in FORMS if form.country in countries])
            if found:
                return found
    if match := _ANY.search(text):
        some = _SOME.match(text[match.end() :])
        return ("", some[1]) if some else None
    return None


def _proven(text: str, forms: Sequence[Form]) -> tuple[str, str] | None:
    for form in forms:
        for match in form.shape.finditer(text):
            if form.proof(match.group().replace(" ", "")):
                return form.country, match.group()
    return None
