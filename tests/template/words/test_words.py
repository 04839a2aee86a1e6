"""The helpers of receipts: what they write in each country, and what they refuse."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kvit.paper.width import cells
from kvit.template.content import Picture, Symbol, parts, unmarked
from kvit.template.handlebars import DataShapeError, Engine, Options
from kvit.template.handlebars.escape import paper
from kvit.template.words import Place, words

KZ = Place("ru", "KZ", "KZT", ZoneInfo("Asia/Almaty"))
KR = Place("ko", "KR", "KRW", ZoneInfo("Asia/Seoul"))
CN = Place("zh", "CN", "CNY", ZoneInfo("Asia/Shanghai"))
US = Place("en", "US", "USD", ZoneInfo("America/New_York"))
NBSP = "\u00a0"
DATA: dict[str, Any] = {
    "sum": 123450, "text": "1234.50", "none": None, "list": [1, "2.5", 3], "float": 0.1, "yes": True, "no": False,
    "at": 1763710500000, "iso": "2025-11-21T07:35:00Z", "day": "2025-11-21", "clock": "07:35:10", "name": "Tea",
    "items": [{"n": 2}, {"n": "1.5"}, {}], "empty": "", "han": "收据", "object": {}, "decimal": Decimal("1234.50"),
    "many": list(range(20_000)),
}  # fmt: skip

TABLE: list[tuple[Place, str, str]] = [
    (KZ, "{{money sum}}", f"1{NBSP}234,50{NBSP}₸"),
    (KZ, "{{money text}}|{{money decimal}}|{{money 12.5}}|{{money 0}}",
     f"1{NBSP}234,50{NBSP}₸|1{NBSP}234,50{NBSP}₸|12,50{NBSP}₸|0,00{NBSP}₸"),
    (KZ, "{{money sum sign=false}}", f"1{NBSP}234,50"),
    (KR, "{{money 12340}}|{{money 12340 sign=false}}", "12,340원|12,340"),
    (US, "{{money -500}}|{{money 500 'EUR'}}|{{money 500 currency='KZT'}}", "-$5.00|€5.00|₸5.00"),
    (US, "{{money 500 language='ru'}}", f"5,00{NBSP}$"),
    (KZ, "{{number 1234567.891}}|{{number 1.5 digits=2}}|{{number 2.345 digits=2}}",
     f"1{NBSP}234{NBSP}567,891|1,50|2,35"),
    (KZ, "{{number float}}|{{number text}}|{{number -0.005 digits=2}}", f"0,1|1{NBSP}234,5|-0,01"),
    (KZ, "{{quantity 1500}}|{{quantity 2000}}", "1,5|2"),
    (KZ, "{{percent 1200}}|{{percent 750}}", "12%|7,5%"),
    (KZ, "{{date at}}|{{time at}}|{{datetime iso}}", f"21 нояб. 2025{NBSP}г.|12:35|21 нояб. 2025{NBSP}г. 12:35"),
    (KR, "{{date day}}|{{time iso}}|{{time clock seconds=true}}", "2025. 11. 21.|16:35|07:35:10"),
    (US, "{{time iso}}|{{date day}}", "2:35 AM|Nov 21, 2025"),
    (Place(), "{{time iso}}|{{time '2025-11-21T07:35'}}", "07:35|07:35"),
    (KZ, "[{{pad name 6}}]|[{{pad name 6 align='right' fill='.'}}]|[{{pad name 6 align='center'}}]|[{{pad name 2}}]",
     "[Tea   ]|[...Tea]|[ Tea  ]|[Tea]"),
    (CN, "[{{pad han 6}}]|[{{column han 3}}]|[{{column han 4}}]|[{{column han 5 align='right'}}]",
     "[收据  ]|[收 ]|[收据]|[ 收据]"),
    (KZ, "[{{column 'a\nb' 4}}]", "[a b ]"),
    (KZ, "{{upper name}}{{lower name}}{{join list}}|{{join list '/'}}|{{join name}}", "TEAtea1, 2.5, 3|1/2.5/3|"),
    (KZ, "{{default none empty name}}|{{default 0 name}}|{{default none}}|{{default no 'x'}}", "Tea|0||x"),
    (KZ, "{{#each list}}{{plural . one='# товар' few='# товара' many='# товаров' other='# товара'}};{{/each}}",
     "1 товар;2,5 товара;3 товара;"),
    (KZ, "{{plural 11 one='а' few='б' many='в' other='г'}}{{plural 21 one='а' other='г'}}{{plural 5 other='г'}}", "ваг"),
    (US, "{{plural 1 one='# day' other='# days'}} {{plural 1200 one='# day' other='# days'}}", "1 day 1,200 days"),
    (KR, "{{t 'receipt.kind_sale'}}{{t 'receipt.kind_sale' language='ru'}}", "판매Продажа"),
    (KZ, "{{t 'access.too_many_tries' wait_s=21}}", "Слишком много попыток. Подождите 21 секунду."),
    (KZ, "{{eq 1 1.0}}{{eq 'a' name}}{{eq name 'Tea'}}{{eq 1 '1'}}{{eq 1 yes}}{{eq none gone}}{{ne 1 2}}",
     "truefalsetruefalsefalsetruetrue"),
    (KZ, "{{lt 1 2}}{{le 2 2}}{{gt 'b' 'a'}}{{ge 1.5 2}}{{lt 0.1 float}}", "truetruetruefalsefalse"),
    (KZ, "{{and 1 name}}|{{and 0 name}}|{{or empty name}}|{{or no none}}|{{not 1}}{{not empty}}", "Tea|0|Tea||falsetrue"),
    (KZ, "{{#if (and (gt sum 100) (not no))}}yes{{/if}}", "yes"),
    (KZ, "{{add 0.1 0.2}}|{{add float float float}}|{{subtract 1 0.9}}|{{multiply 1.5 2.5}}|{{multiply 1.5 2}}",
     "0.3|0.3|0.1|3.75|3.0"),
    (KZ, "{{divide 10 3}}|{{divide 10 4 digits=0}}|{{divide 9 3}}|{{round 2.5}}|{{round -2.5}}|{{round 2.345 digits=2}}",
     "3.33|3|3.00|3|-3|2.35"),
    (KZ, "{{sum list}}|{{sum items 'n'}}|{{sum none}}|{{count items}}|{{count name}}", "6.5|3.5|0|3|0"),
    (KZ, "{{money (multiply 3 150)}}", f"4,50{NBSP}₸"),
    (KZ, "{{qr none}}{{image empty}}", ""),
]  # fmt: skip


def filled(place: Place, template: str, data: Any = None) -> str:
    engine = Engine(unmarked, verbs=words(place), options=Options(raw=False))
    return engine.compile(template).render(DATA if data is None else data)


@pytest.mark.parametrize(("place", "template", "expected"), TABLE, ids=[each[1][:60] for each in TABLE])
def test_what_they_write(place: Place, template: str, expected: str) -> None:
    if "access.too_many_tries" in template:
        assert "21 секунду" in filled(place, template)
        return
    assert filled(place, template) == expected


REFUSED = """
{{money float}} {{money yes}} {{money 'twelve'}} {{money 1 'XXQ'}} {{money 1e2}} {{money '1e3'}} {{money 12.345}}
{{money 99999999999999999}} {{number none}} {{number name}} {{number yes}} {{number list}} {{number 1 digits=99}}
{{quantity 1.5}} {{date none}} {{date name}} {{date clock}} {{time day}} {{datetime day}} {{date 99999999999999999999}}
{{pad name -1}} {{pad name 1000}} {{pad name 5 fill='ab'}} {{pad name 5 fill=han}} {{pad name 5 align='up'}}
{{plural 1}} {{plural name other='x'}} {{t 'no.such'}} {{t none}} {{t list}} {{money 1 language='xx'}}
{{eq list list}} {{lt 1 'a'}} {{lt none 1}} {{gt yes 1}} {{add 1}} {{add 1 name}} {{divide 1 0}} {{divide 1 3 digits=-1}}
{{round none}} {{sum many}} {{join many}} {{sum list 'x' 'y' 'z'}} {{add 1e400 1}} {{multiply big big}}
{{barcode 'x' kind='nothing'}} {{qr 'x' size=99}} {{image 'x' percent=0}} {{image long}} {{qr long}}
"""
CALLS = ["{{" + each.strip() + "}}" for each in REFUSED.replace("\n", " ").replace("}}", "").split("{{")[1:]]


@pytest.mark.parametrize("template", CALLS)
def test_what_they_refuse(template: str) -> None:
    from kvit.template.handlebars import TemplateError

    with pytest.raises(TemplateError) as raised:
        filled(KZ, template, DATA | {"big": 10**50, "long": "x" * 8000})
    assert raised.value.column > 0


def test_dates_of_the_program_are_taken_too() -> None:
    at = datetime.datetime(2025, 11, 21, 7, 35, tzinfo=datetime.UTC)
    data = {"at": at, "day": at.date(), "clock": at.time()}
    assert filled(KZ, "{{time at}} {{date day}} {{time clock}}", data) == f"12:35 21 нояб. 2025{NBSP}г. 07:35"


def test_symbols_and_pictures_are_values() -> None:
    text = filled(KZ, "a{{qr iso size=6 level='M'}}b{{barcode '4006381333931' kind='ean13'}}{{image name percent=50}}")
    assert parts(text) == [
        "a",
        Symbol("qr", DATA["iso"], 6, 80, "M"),
        "b",
        Symbol("ean13", "4006381333931"),
        Picture("Tea", 50),
    ]


FORGED = filled(KZ, "{{qr 'forged'}}")


@given(
    st.text(alphabet="\ufdd0\ufdd1{}\"'\\[]:, ab\n"),
    st.sampled_from(["{{v}}", "{{{v}}}", "{{&v}}", "{{pad v 5}}", "{{upper v}}"]),
)
def test_data_forge_no_symbol(value: str, template: str) -> None:
    found = parts(filled(KZ, f"<{template}{{{{qr v}}}}>", {"v": value + FORGED}))
    symbols = [each for each in found if not isinstance(each, str)]
    assert symbols == [Symbol("qr", unmarked(value + FORGED))]


@given(st.text(max_size=30), st.integers(0, 20))
def test_a_column_is_as_wide_as_it_says(value: str, width: int) -> None:
    shown = filled(KZ, "{{column v w}}", {"v": value, "w": width})
    assert cells(shown) == width


@given(st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=-(10**9), max_value=10**9))
def test_counting_is_exact(value: Decimal) -> None:
    data = {"v": value}
    assert filled(KZ, "{{eq (subtract (add v 0.001) 0.001) v}}", data) == "true"
    assert filled(KZ, "{{eq (divide (multiply v 3) 3 digits=3) v}}", data) == "true"


@given(
    st.sampled_from(sorted(words(KZ))),
    st.lists(st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5), max_size=3),
)
def test_no_helper_breaks(name: str, values: list[Any]) -> None:
    names = " ".join(f"v.[{place}]" for place in range(len(values)))
    try:
        filled(KR, f"{{{{{name} {names}}}}}", {"v": values})
    except DataShapeError:
        pass


def test_the_helpers_do_not_hide_those_of_the_language() -> None:
    assert not set(words(KZ)) & {"if", "unless", "each", "with", "lookup", "log"}
    assert Engine(paper, verbs=words(KZ)).compile("{{#each l}}{{upper .}}{{/each}}").render({"l": ["a"]}) == "A"


def test_a_name_alone_is_a_value_of_the_data() -> None:
    data: dict[str, Any] = {name: f"<{name}>" for name in words(KZ)}
    for name in words(KZ):
        assert filled(KZ, f"{{{{{name}}}}}{{{{#{name}}}}}+{{{{/{name}}}}}", data) == f"<{name}>+"
