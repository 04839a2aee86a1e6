"""Tildes and lines on which a tag stands alone: what a wrong one costs is a blank line on every receipt."""

from __future__ import annotations

from typing import Any

import pytest

from kvit.template.handlebars import Engine, Options
from kvit.template.handlebars.escape import paper

DATA = {"x": 1, "l": [1, 2], "o": {"y": 2}}

CASES: list[tuple[str, str]] = [
    ("a {{~x~}} b", "a1b"),
    ("a {{~x}} b", "a1 b"),
    ("a\n\n {{~#if x~}}\n b \n{{~/if~}}\n c", "abc"),
    ("a {{#if x~}} b {{~else~}} c {{~/if}} d", "a b d"),
    ("a {{#if gone~}} b {{~^~}} c {{~/if}} d", "a c d"),
    ("a {{#if gone}} b {{else~}} c {{/if}} d", "a c  d"),
    ("a {{#if x}} b {{~else}} c {{/if}} d", "a  b d"),
    ("{{#if gone}}a{{else if x}} c {{~/if}} d", " c d"),
    ("{{#if gone}}a{{else if gone}} c {{~else~}} e {{~/if}} d", "e d"),
    ("a {{~^x~}} b {{~/x~}} c", "ac"),
    ("a {{~! note ~}} b", "ab"),
    ("a {{~!-- note --~}} b", "ab"),
    ("a {{~{x}~}} b", "a1b"),
    ("a {{~&x~}} b", "a1b"),
    ("a {{~> p ~}} b", "apb"),
    ("a {{~#> gone ~}} b {{~/gone~}} c", "abc"),
    ("a\u00a0\u3000{{~x}}", "a1"),
    ("a\n{{#if x}}\nb\n{{/if}}\nc", "a\nb\nc"),
    ("a\n  {{#if x}}  \nb\n  {{/if}}  \nc", "a\nb\nc"),
    ("a\r\n{{#if x}}\r\nb\r\n{{/if}}\r\nc", "a\r\nb\r\nc"),
    ("{{#if x}}\nb\n{{/if}}", "b\n"),
    ("  {{#if x}}\nb\n  {{/if}}  ", "b\n"),
    ("a\n{{#if gone}}\nb\n{{else}}\nc\n{{/if}}\nd", "a\nc\nd"),
    ("a\n{{#if gone}}\nb\n{{else if x}}\nc\n{{else}}\nd\n{{/if}}\ne", "a\nc\ne"),
    ("a\n{{#if gone}}\nb\n{{else if gone}}\nc\n{{else}}\nd\n{{/if}}\ne", "a\nd\ne"),
    ("a\n{{^gone}}\nb\n{{/gone}}\nc", "a\nb\nc"),
    ("{{#each l}}\n{{.}}\n{{/each}}\n", "1\n2\n"),
    ("{{#each l}}\n  {{#if .}}\n  {{.}}\n  {{/if}}\n{{/each}}\nz", "  1\n  2\nz"),
    ("{{#with o}}\n{{#if y}}\n{{y}}\n{{/if}}\n{{/with}}\n", "2\n"),
    ("a\n{{! note }}\nb", "a\nb"),
    ("a\n  {{!-- long\nnote --}}  \nb", "a\nb"),
    ("{{! note }}", ""),
    ("a {{! note }}\nb", "a \nb"),
    ("a\n  {{! note }} b", "a\n   b"),
    ("{{x}}  {{! note }}\n", "1  \n"),
    ("\n{{! note }}  {{x}}", "\n  1"),
    ("a\n{{x}}\nb", "a\n1\nb"),
    ("a\n{{#if x}} b {{/if}}\nc", "a\n b \nc"),
    ("a\n{{> p}}\nb", "a\npb"),
    ("a\n  {{> lines}}\nb", "a\n  one\n  two\nb"),
    ("a\n\t{{> lines}}\nb", "a\n\tone\n\ttwo\nb"),
    ("a {{> lines}} b", "a one\ntwo\n b"),
    ("  {{> lines}}", "  one\n  two\n"),
    ("  {{> open}}\nb", "  one\n  twob"),
    ("{{#> gone}}\nb\n{{/gone}}\nc", "b\nc"),
    ("{{#*inline 'i'}}\nb\n{{/inline}}\na\n  {{> i}}\nc", "a\n  b\nc"),
]
PARTIALS = {"p": "p", "lines": "one\ntwo\n", "open": "one\ntwo"}


@pytest.mark.parametrize(("template", "expected"), CASES)
def test_whitespace(template: str, expected: str) -> None:
    assert Engine(paper, partials=PARTIALS).compile(template).render(DATA) == expected


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (Options(), "a\n  one\n  two\nb"),
        (Options(prevent_indent=True), "a\n  one\ntwo\nb"),
        (Options(ignore_standalone=True), "a\n  one\ntwo\n\nb"),
    ],
)
def test_the_indent_of_a_partial(options: Options, expected: str) -> None:
    assert Engine(paper, partials=PARTIALS, options=options).compile("a\n  {{> lines}}\nb").render({}) == expected


def test_the_lines_of_a_receipt() -> None:
    template = """{{shop}}
{{#if table}}
Table {{table}}
{{/if}}
{{#each items}}
{{n}}
{{#if off}}
  -{{off}}
{{/if}}
{{else}}
nothing
{{/each}}
{{> foot}}
"""
    engine = Engine(paper, partials={"foot": "{{#if thanks}}\nThanks\n{{/if}}\n"})
    data: dict[str, Any] = {"shop": "D", "items": [{"n": "tea"}, {"n": "bun", "off": 1}], "thanks": True}
    assert engine.compile(template).render(data) == "D\ntea\nbun\n  -1\nThanks\n"
    assert engine.compile(template).render({"shop": "D"}) == "D\nnothing\n"
