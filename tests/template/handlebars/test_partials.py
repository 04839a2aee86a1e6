"""Partials: plain, by a computed name, with a context and values, inline, with a block, failing over, of themselves."""

from __future__ import annotations

from typing import Any

import pytest

from kvit.template.handlebars import (
    BudgetError,
    Engine,
    MissingPartialError,
    Options,
    TemplateError,
    TemplateSyntaxError,
)
from kvit.template.handlebars.escape import html, paper

PARTIALS: dict[str, Any] = {
    "name": "<{{n}}>",
    "shared/deep.name": "deep",
    "7": "seven",
    "two words": "2w",
    "both": "{{n}}{{k}}{{@root.n}}",
    "frame": "[{{> @partial-block}}]",
    "each": "{{#each l}}{{> @partial-block}}{{/each}}",
    "optional": "{{#if @partial-block}}({{> @partial-block}}){{else}}none{{/if}}",
    "layout": "{{> head}}|{{> @partial-block}}|{{#> foot}}usual foot{{/foot}}",
    "outer": "{{#> frame}}o{{> @partial-block}}{{/frame}}",
    "head": "usual head",
    "tree": "{{n}}{{#each c}}({{> tree}}){{/each}}",
    "climb": "{{../n}}{{n}}",
    "bad": "\n{{x",
    "function": lambda context: f"f{context['n']}",
    "block": "{{> @partial-block n='x'}}",
}
DATA = {"n": "N", "o": {"n": "O"}, "l": [{"n": 1}, {"n": 2}], "which": "name"}

CASES: list[tuple[str, str]] = [
    ("{{> name}}", "<N>"),
    ("{{>name o}}", "<O>"),
    ("{{> name n='H'}}", "<H>"),
    ("{{> both o k=1}}", "O1N"),
    ("{{> both k=n}}", "NNN"),
    ("{{> name 'text' n=1}}", "<1>"),
    ("{{> name gone}}", "<>"),
    ("{{> shared/deep.name}}{{> 'two words'}}{{> 7}}{{> [two words]}}", "deep2wseven2w"),
    ("{{> (lookup . 'which')}}", "<N>"),
    ("{{> (lookup . 'which') o}}", "<O>"),
    ("{{#each l}}{{> name}}{{/each}}", "<1><2>"),
    ("{{#with o}}{{> climb}}{{/with}}", "O"),
    ("{{> function}}", "fN"),
    ("{{#*inline 'i'}}i{{n}}{{/inline}}{{> i}}{{> i o}}", "iNiO"),
    ("{{> i}}{{#*inline 'i'}}late{{/inline}}", "late"),
    ("{{#*inline 'name'}}mine{{/inline}}{{> name}}", "mine"),
    ("{{#*inline 'a'}}a{{> b}}{{/inline}}{{#*inline 'b'}}b{{/inline}}{{> a}}", "ab"),
    ("{{#*inline 'a'}}{{#*inline 'b'}}b{{/inline}}{{> b}}{{/inline}}{{> a}}", "b"),
    ("{{#each l}}{{#*inline 'i'}}{{n}}{{@index}}{{/inline}}{{> i}}{{/each}}", "1021"),
    ("{{#if n}}{{#*inline 'i'}}in{{/inline}}{{> i}}{{/if}}", "in"),
    ("{{#> frame}}b{{n}}{{/frame}}", "[bN]"),
    ("{{#> frame o}}b{{n}}{{/frame}}", "[bO]"),
    ("{{#> each}}b{{n}}{{/each}}", "b1b2"),
    ("{{#> gone}}instead{{n}}{{/gone}}", "insteadN"),
    ("{{#> optional}}x{{/optional}}{{> optional}}", "(x)none"),
    ("{{#> block}}{{n}}{{/block}}", "x"),
    ("{{#> outer}}i{{/outer}}", "[oi]"),
    ("{{#> layout}}body{{/layout}}", "usual head|body|usual foot"),
    ("{{#> layout}}{{#*inline 'head'}}H{{n}}{{/inline}}{{#*inline 'foot'}}F{{/inline}}B{{/layout}}", "HN|B|F"),
    ("{{#> frame}}{{#> frame}}in{{/frame}}{{/frame}}", "[[in]]"),
    ("{{#each l as |i|}}{{#> frame}}{{i.n}}{{/frame}}{{/each}}", "[1][2]"),
]  # fmt: skip


@pytest.mark.parametrize(("template", "expected"), CASES)
def test_partials(template: str, expected: str) -> None:
    assert Engine(paper, partials=PARTIALS).compile(template).render(DATA) == expected


def test_a_partial_of_itself_follows_the_data() -> None:
    tree = {"n": 1, "c": [{"n": 2, "c": [{"n": 3}]}, {"n": 4}]}
    assert Engine(paper, partials=PARTIALS).compile("{{> tree}}").render(tree) == "1(2(3))(4)"


def test_a_partial_sees_no_outer_context_but_in_compat() -> None:
    data = {"a": {"x": 1}, "y": 2}
    partials = {"p": "{{x}}{{y}}"}
    assert Engine(paper, partials=partials).compile("{{#a}}{{> p}}{{/a}}").render(data) == "1"
    compat = Engine(paper, partials=partials, options=Options(compat=True))
    assert compat.compile("{{#a}}{{> p}}{{/a}}").render(data) == "12"


def test_a_partial_without_a_context_may_get_none() -> None:
    engine = Engine(paper, partials=PARTIALS, options=Options(explicit_partial_context=True))
    assert engine.compile("{{> name}}{{> name .}}").render(DATA) == "<><N>"


@pytest.mark.parametrize(
    ("template", "kind", "name", "place"),
    [
        ("a\n {{> gone}}", MissingPartialError, "", (2, 2)),
        ("{{> @partial-block}}", MissingPartialError, "", (1, 1)),
        ("{{> (lookup . 'n')}}", MissingPartialError, "", (1, 1)),
        ("{{> (lookup . 'gone')}}", MissingPartialError, "", (1, 1)),
        ("{{> bad}}", TemplateSyntaxError, "bad", (2, 4)),
        ("{{> name a b}}", TemplateSyntaxError, "", (1, 1)),
        ("{{#> name}}x{{/other}}", TemplateSyntaxError, "", (1, 1)),
    ],
)
def test_what_goes_wrong(template: str, kind: type[TemplateError], name: str, place: tuple[int, int]) -> None:
    with pytest.raises(kind) as raised:
        Engine(paper, partials=PARTIALS).compile(template).render(DATA)
    assert (raised.value.name, (raised.value.line, raised.value.column)) == (name, place)


@pytest.mark.parametrize(
    "template",
    [
        "{{> self}}",
        "{{#> frame}}{{> self}}{{/frame}}",
        "{{#*inline 'i'}}{{> i}}{{/inline}}{{> i}}",
        "{{#*inline 'i'}}{{#if x}}{{> i}}{{/if}}{{/inline}}{{> i x=1}}",
        "{{#> (lookup . 'name')}}{{> self}}{{/undefined}}",
        "{{> one}}",
    ],
)
def test_a_partial_without_an_end_is_stopped(template: str) -> None:
    partials = {"self": template, "frame": "{{> @partial-block}}", "one": "{{> two}}", "two": "{{> one}}"}
    with pytest.raises((BudgetError, TemplateSyntaxError)):
        Engine(paper, partials=partials).compile("{{> self}}").render({})


def test_text_out_of_the_data_is_never_a_template() -> None:
    data = {"p": "{{secret}}", "secret": "s", "name": "p"}
    engine = Engine(html, partials={"show": "{{x}}"})
    assert engine.compile("{{p}}{{> show x=p}}{{lookup . name}}").render(data) == "{{secret}}" * 3
    with pytest.raises(MissingPartialError):
        engine.compile("{{> (lookup . 'p')}}").render(data)
