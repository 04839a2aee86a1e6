"""The language in our own words: a template, data, what comes out; proves the engine without the published suite."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from kvit.template.handlebars import Block, Call, Engine, Options, SafeString
from kvit.template.handlebars.escape import html, paper, receiptline, tags

ITEMS = {"shop": "Dana", "items": [{"n": "tea", "q": 2}, {"n": "bun", "q": 1}], "none": [], "sum": 5}


def shout(call: Call, *words: Any) -> str:
    return "-".join(str(word).upper() for word in words) + str(call.hash.get("end", ""))


def box(call: Call, *_: Any) -> str:
    return f"[{call.fn(call.context)}|{call.inverse(call.context)}]"


def twice(call: Call, value: Any = None) -> str:
    return call.fn(value, None, (value, 1)) + call.fn(value, None, (value, 2))


HELPERS: dict[str, Callable[..., Any]] = {
    "shout": shout,
    "box": box,
    "twice": twice,
    "safe": lambda call, text: SafeString(text),
    "void": lambda call: None,
    "same": lambda call, one, two: one == two,
    "frame": lambda call: call.fn(call.context, call.frame() | {"colour": "red"}),
    "raw": lambda call: call.fn(),
    "typed": lambda call, value: type(value).__name__,
    "keys": lambda call: ",".join(call.hash),
    "": lambda call: "the empty name",
}

NAMES: list[tuple[str, Any, str]] = [
    ("a {{x}} b", {"x": 1}, "a 1 b"),
    ("{{a.b.c}} {{a/b/c}}", {"a": {"b": {"c": "deep"}}}, "deep deep"),
    ("{{a.b.c}}", {"a": None}, ""),
    ("{{a.b}}{{a.[0]}}", {"a": 7}, ""),
    ("{{.}} {{this}}", "me", "me me"),
    ("{{./x}} {{this.x}} {{this/x}}", {"x": 1}, "1 1 1"),
    ("{{[two words]}} {{a.[b c].d}}", {"two words": 1, "a": {"b c": {"d": 2}}}, "1 2"),
    ("{{[a\\]b]}}{{[c\\\\]}}", {"a]b": 1, "c\\": 2}, "12"),
    ("{{a.[0]}} {{a.[1]}} {{a.length}} {{a.[9]}}|{{a.[-1]}}", {"a": ["x", "y"]}, "x y 2 |"),
    ("{{a.0.n}}", {"a": [{"n": 1}]}, "1"),
    ("{{word.length}} {{word.[1]}}", {"word": "abc"}, "3 b"),
    ('{{12.5}} {{"two words"}} {{true}}', {"12.5": "n", "two words": "s", "true": "t"}, "n s t"),
    (
        "{{a-b}} {{имя}} {{이름}} {{$x}} {{foo?}} {{a:b}}",
        {"a-b": 1, "имя": 2, "이름": 3, "$x": 4, "foo?": 5, "a:b": 6},
        "1 2 3 4 5 6",
    ),
    ("{{length}}", {"length": "a key"}, "a key"),
    ("{{elsewhere}}", {"elsewhere": "no else"}, "no else"),
    ("{{  x\n}}", {"x": 1}, "1"),
    ("{{x}}", None, ""),
    ("{{x}}", [1], ""),
]

VALUES: list[tuple[Any, str]] = [
    (None, ""),
    (True, "true"),
    (False, "false"),
    (0, "0"),
    (1.0, "1"),
    (0.1, "0.1"),
    (1e21, "1e+21"),
    (1e-7, "1e-7"),
    (0.000001, "0.000001"),
    (1.5e300, "1.5e+300"),
    (float("nan"), "NaN"),
    (float("-inf"), "-Infinity"),
    (-0.0, "0"),
    (Decimal("12.50"), "12.50"),
    (Decimal("1E+3"), "1000"),
    (10**30, "1" + "0" * 30),
    ([1, [2, None], "x"], "1,2,,x"),
    ((1, 2), "1,2"),
    ({}, "[object Object]"),
    (datetime.date(2026, 11, 21), "2026-11-21"),
    (datetime.datetime(2026, 11, 21, 9, 5, tzinfo=datetime.UTC), "2026-11-21T09:05:00+00:00"),
]

EMPTY: list[Any] = [None, False, 0, "", [], float("nan"), Decimal(0)]
FULL: list[Any] = [True, 1, "0", " ", [0], {}, -1.5]

BLOCKS: list[tuple[str, Any, str]] = [
    ("{{#each items}}{{n}}{{q}} {{/each}}", ITEMS, "tea2 bun1 "),
    ("{{#each items}}{{@index}}{{@key}}{{#if @first}}F{{/if}}{{#if @last}}L{{/if}} {{/each}}", ITEMS, "00F 11L "),
    (
        "{{#each m}}{{@key}}={{.}}@{{@index}}{{#unless @last}},{{/unless}}{{/each}}",
        {"m": {"a": 1, "b": 2}},
        "a=1@0,b=2@1",
    ),
    ("{{#each none}}x{{else}}nothing{{/each}}", ITEMS, "nothing"),
    ("{{#each text}}x{{else}}nothing{{/each}}", {"text": "abc"}, "nothing"),
    ("{{#each items as |i k|}}{{k}}:{{i.n}} {{/each}}", ITEMS, "0:tea 1:bun "),
    (
        "{{#each a}}{{#each .}}{{@../index}}{{@index}}{{.}} {{/each}}{{/each}}",
        {"a": [["x"], ["y", "z"]]},
        "00x 10y 11z ",
    ),
    ("{{#each items}}{{../shop}}{{@root.sum}} {{/each}}", ITEMS, "Dana5 Dana5 "),
    ("{{#each items}}{{#if q}}{{../shop}}{{/if}}{{/each}}", ITEMS, "DanaDana"),
    ("{{#each items}}{{#with q}}{{../n}}{{../../shop}} {{/with}}{{/each}}", ITEMS, "teaDana bunDana "),
    ("{{#with items.[0]}}{{n}}{{/with}}{{#with gone}}x{{else}}y{{/with}}", ITEMS, "teay"),
    ("{{#with zero}}{{.}}{{/with}}", {"zero": 0}, "0"),
    ("{{#with sum as |s|}}{{s}}{{../shop}}{{/with}}", ITEMS, "5Dana"),
    ("{{#if a}}1{{else if b}}2{{else}}3{{/if}}", {"b": 1}, "2"),
    ("{{#if a}}1{{else if b}}2{{else unless c}}3{{else}}4{{/if}}", {"c": 1}, "4"),
    ("{{#if a}}1{{^}}2{{/if}}", {}, "2"),
    ("{{#if zero}}1{{else}}2{{/if}}{{#if zero includeZero=true}}1{{/if}}", {"zero": 0}, "21"),
    ("{{#unless zero}}1{{/unless}}{{#unless zero includeZero=true}}2{{/unless}}", {"zero": 0}, "1"),
    *[("{{#if v}}yes{{else}}no{{/if}}", {"v": value}, "no") for value in EMPTY],
    *[("{{#if v}}yes{{else}}no{{/if}}", {"v": value}, "yes") for value in FULL],
    ("{{#items}}{{n}} {{/items}}{{#shop}}{{.}}{{/shop}}", ITEMS, "tea bun Dana"),
    ("{{#none}}x{{/none}}{{^none}}empty{{/none}}{{^gone}}gone{{/gone}}", ITEMS, "emptygone"),
    ("{{#zero}}({{.}}){{/zero}}{{#yes}}{{x}}{{/yes}}", {"zero": 0, "yes": True, "x": 1}, "(0)1"),
    ("{{#note}}{{note}}{{/note}}|", {"note": "n"}, "|"),
    ("{{#a.b}}{{c}}{{/a.b}}", {"a": {"b": {"c": 1}}}, "1"),
    ("{{#.}}{{x}}{{/.}}", [{"x": 1}, {"x": 2}], "12"),
    ("{{^a}}no{{else}}yes{{/a}}", {"a": True}, "yes"),
    ("{{#each items}}{{else}}{{/each}}{{#if a}}{{/if}}", ITEMS, ""),
    (
        "{{lookup items 1}}|{{lookup (lookup items 0) 'n'}}|{{lookup gone 1}}|{{lookup items \"length\"}}",
        ITEMS,
        "[object Object]|tea||2",
    ),
    ("{{#each keys}}{{lookup ../m .}}{{/each}}", {"keys": ["b", "a"], "m": {"a": 1, "b": 2}}, "21"),
    ("{{log 'x' y level='warn'}}|", {"y": 1}, "|"),
]

CALLS: list[tuple[str, Any, str | None]] = [
    ("{{shout 'a' b 1}}", {"b": "x"}, "A-X-1"),
    ("{{shout \"a\\\"b\" 'c\\'d' \"e'f\" '\\\\'}}", {}, "A\"B-C'D-E'F-\\\\"),
    ("{{shout x end='!'}}", {"x": "y"}, "Y!"),
    ("{{shout (shout 'a' end='b') 'c'}}", {}, "AB-C"),
    ("{{typed 1}} {{typed -1.5}} {{typed true}} {{typed null}} {{typed undefined}} {{typed 'x'}} {{typed gone}}", {},
     "int Decimal bool NoneType NoneType str NoneType"),
    ("{{typed @root}} {{typed .}} {{typed ../x}} {{typed x.y}}", {"x": {"y": []}}, "dict dict NoneType list"),
    ("{{keys b=1 a=2 [c d]=3}}", {}, "b,a,c d"),
    ("{{#box}}in{{else}}out{{/box}}", {}, "[in|out]"),
    ("{{#box 1}}in{{/box}}", {}, "[in|]"),
    ("{{#with a}}{{#box}}{{n}}{{../n}}{{/box}}{{/with}}", {"a": {"n": 1}, "n": 0}, "[10|]"),
    ("{{^box}}in{{/box}}", {}, "[|in]"),
    ("{{#twice 'x' as |v n|}}{{v}}{{n}}{{../y}}{{/twice}}", {"y": "."}, "x1.x2."),
    ("{{#twice 1 as |a|}}{{#twice 2 as |b|}}{{a}}{{b}} {{/twice}}{{/twice}}", {}, "12 12 12 12 "),
    ("{{#twice 1 as |a|}}{{#twice 2 as |a|}}{{a}}{{./a}}{{/twice}}{{/twice}}", {}, "2222"),
    ("{{#frame}}{{@colour}}{{#each l}}{{@colour}}{{@../colour}}{{/each}}{{/frame}}{{@colour}}", {"l": [1]}, "redredred"),
    ("{{void}}|{{#void}}x{{/void}}|{{{void}}}", {}, "||"),
    ("{{#if (same a 1)}}one{{/if}}", {"a": 1}, "one"),
    ("{{#each (lookup m 'l')}}{{.}}{{/each}}", {"m": {"l": [1, 2]}}, "12"),
    ("{{shout}}{{./shout}}{{this.shout}}", {"shout": "data"}, "datadata"),
    ("{{x}}", {"x": lambda *_: "called"}, None),
    ("{{{{raw}}}} {{x}} {{{{/raw}}}}", {}, " {{x}} "),
    ("{{{{raw}}}}a{{{{b}}}}c{{{{/b}}}}{{{{/raw}}}}", {}, "a{{{{b}}}}c{{{{/b}}}}"),
    ("{{{{raw}}}}{{{{/raw}}}}", {}, ""),
]  # fmt: skip

ESCAPES: list[tuple[str, Any, str]] = [
    ("\\{{x}} {{x}}", {"x": 1}, "{{x}} 1"),
    ("\\\\{{x}}", {"x": 1}, "\\1"),
    ("\\{{x}}\\{{y}}{{z}}", {"z": 1}, "{{x}}{{y}}1"),
    ("\\{{x}}\\\\{{z}}", {"z": 1}, "{{x}}\\1"),
    ("\\{{{x}}}\\", {}, "{{{x}}}\\"),
    ("a\\b \\n", {}, "a\\b \\n"),
    ("} }} { a", {}, "} }} { a"),
    ("{{! no }}a{{!-- {{x}} --}}b{{!--}}c--}}d{{!}}", {}, "abc--}}d"),
    ("{{!-- a -- b --~}}  x", {}, "x"),
]


@pytest.mark.parametrize(("template", "data", "expected"), [*NAMES, *BLOCKS, *CALLS, *ESCAPES])
def test_what_comes_out(template: str, data: Any, expected: str | None) -> None:
    if expected is None:
        return
    assert Engine(paper, helpers=HELPERS).compile(template).render(data) == expected


@pytest.mark.parametrize(("value", "expected"), VALUES, ids=str)
def test_how_values_are_written(value: Any, expected: str) -> None:
    assert Engine(paper).compile("{{v}}|{{{v}}}").render({"v": value}) == f"{expected}|{expected}"


@pytest.mark.parametrize(
    ("escape", "expected"),
    [
        (paper, "<b>&\"'`=|\\{} <b>&\"'`=|\\{} <i>"),
        (html, "&lt;b&gt;&amp;&quot;&#x27;&#x60;&#x3D;|\\{} <b>&\"'`=|\\{} <i>"),
        (tags, "&lt;b&gt;&amp;\"'`=|\\{} <b>&\"'`=|\\{} <i>"),
        (receiptline, "<b>&\\x22'\\x60\\x3d\\|\\\\\\{\\} <b>&\"'`=|\\{} <i>"),
    ],
)
def test_escaping_belongs_to_the_output(escape: Callable[[str], str], expected: str) -> None:
    engine = Engine(escape, helpers=HELPERS)
    assert engine.compile("{{x}} {{{x}}} {{safe '<i>'}}").render({"x": "<b>&\"'`=|\\{}"}) == expected


def test_an_output_may_allow_nothing_raw() -> None:
    engine = Engine(html, helpers=HELPERS, options=Options(raw=False))
    assert engine.compile("{{{x}}}{{&x}}{{{safe '<i>'}}}").render({"x": "<"}) == "&lt;&lt;<i>"


def test_lists_and_numbers_are_escaped_as_text() -> None:
    assert Engine(html).compile("{{x}}").render({"x": ["<", 1]}) == "&lt;,1"


def test_functions_in_the_data_are_no_code() -> None:
    data = {"f": lambda *_: "called", "n": {"f": len}}
    engine = Engine(paper)
    for template in ("{{#if f}}x{{/if}}", "{{#f}}x{{/f}}", "{{#with f}}x{{/with}}", "{{#each f}}x{{/each}}"):
        assert "called" not in engine.compile(template).render(data)


def test_what_a_template_logs_goes_to_whoever_listens() -> None:
    heard: list[tuple[str, str]] = []
    engine = Engine(paper, log=lambda level, text: heard.append((level, text)))
    engine.compile("{{log 'a' n}}{{log 'b' level='error'}}").render({"n": 1})
    assert heard == [("info", "a 1"), ("error", "b")]


def test_variables_are_read_with_an_at() -> None:
    template = Engine(paper).compile("{{@lang}} {{@shop.name}} {{@root.x}}{{@gone}}")
    assert template.render({"x": 1}, {"lang": "kk", "shop": {"name": "D"}}) == "kk D 1"


def test_decorators_change_blocks() -> None:
    def mark(block: Block, call: Call, word: str = "") -> None:
        block.props["mark"] = word + call.fn()

    engine = Engine(
        paper,
        decorators={"mark": mark},
        helpers={"show": lambda call: call.fn.props["mark"] + call.fn(call.context)},
    )
    assert engine.compile("{{#show}}a{{*mark 'm'}}b{{/show}}").render({}) == "mab"
    assert engine.compile("{{#show}}a{{#*mark 'm'}}n{{/mark}}b{{/show}}").render({}) == "mnab"


def test_a_shop_may_put_its_own_in_the_place_of_what_is_missing() -> None:
    engine = Engine(
        paper,
        helpers={
            "helperMissing": lambda call, *_: f"<{call.name}>",
            "blockHelperMissing": lambda call, value: f"<{call.name} {value}>",
        },
    )
    assert engine.compile("{{a}} {{b 1}} {{#c}}{{/c}}").render({"a": 1}) == "1 <b> <c None>"


MODES: list[tuple[Options, str, Any, str]] = [
    (Options(compat=True), "{{#a}}{{x}}{{y.z}}{{/a}}", {"a": {"x": 1}, "y": {"z": 2}}, "12"),
    (Options(compat=True), "{{#a}}{{./y}}{{this.y}}{{/a}}", {"a": {}, "y": 2}, ""),
    (Options(compat=True), "{{#note}}{{note}}{{/note}}", {"note": "n"}, "n"),
    (Options(known_only=True), "{{shout}}{{#if x}}y{{/if}}", {"shout": "data", "x": 1}, "datay"),
    (Options(known_only=True, known=frozenset({"shout"})), "{{shout 'a'}}", {}, "A"),
    (Options(ignore_standalone=True), "a\n{{#if x}}\nb\n{{/if}}\nc", {"x": 1}, "a\n\nb\n\nc"),
    (Options(strict=True), "{{a.b}}{{#if gone}}x{{/if}}{{a.c}}", {"a": {"b": 1, "c": None}}, "1"),
    (Options(assume_objects=True), "{{a.b}}", {"a": {}}, ""),
]


@pytest.mark.parametrize(("options", "template", "data", "expected"), MODES)
def test_modes(options: Options, template: str, data: Any, expected: str) -> None:
    assert Engine(paper, helpers=HELPERS, options=options).compile(template).render(data) == expected
