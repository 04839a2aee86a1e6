"""What is wrong is said by kind, line and column, and never with a value out of the data."""

from __future__ import annotations

from typing import Any

import pytest

from kvit.i18n import LANGUAGES, say
from kvit.template.handlebars import (
    BudgetError,
    DataShapeError,
    Engine,
    MissingHelperError,
    MissingPartialError,
    MissingValueError,
    Options,
    TemplateError,
    TemplateSyntaxError,
)
from kvit.template.handlebars.escape import paper
from kvit.template.handlebars.expressions import BUILT_IN

SYNTAX: list[tuple[str, tuple[int, int]]] = [
    ("{{x", (1, 4)),
    ("a\n{{x}", (2, 4)),
    ("{{x}}}", (1, 4)),
    ("{{{x}}", (1, 5)),
    ("a\n\n  {{", (3, 5)),
    ("{{}}", (1, 3)),
    ("{{x & }}", (1, 5)),
    ("{{x;}}", (1, 4)),
    ("{{'x}}", (1, 3)),
    ('{{f "x}}', (1, 5)),
    ("{{[x}}", (1, 3)),
    ("{{! x", (1, 1)),
    ("{{!-- x }}", (1, 1)),
    ("{{#if x}}", (1, 10)),
    ("{{#if x}}{{/with}}", (1, 1)),
    ("{{/if}}", (1, 1)),
    ("{{else}}", (1, 1)),
    ("{{#a}}{{else}}{{else}}{{/a}}", (1, 15)),
    ("{{a/../b}}", (1, 3)),
    ("{{a.this}}", (1, 3)),
    ("{{a.0}}", (1, 5)),
    ("{{f (g}}", (1, 7)),
    ("{{f g)}}", (1, 6)),
    ("{{f x=}}", (1, 7)),
    ("{{f x=1 y}}", (1, 9)),
    ("{{f =1}}", (1, 5)),
    ("{{#f as |}}{{/f}}", (1, 10)),
    ("{{#f as |a}}{{/f}}", (1, 11)),
    ("{{@}}", (1, 4)),
    ("{{> }}", (1, 5)),
    ("{{> p a b}}", (1, 1)),
    ("{{#> p}}", (1, 9)),
    ("{{{{raw}}}} x", (1, 12)),
    ("{{{{raw}}}} {{{{/war}}}}", (1, 1)),
    ("{{{{raw}}}} {{{{/raw x}}}}", (1, 13)),
    ("{{#*inline 'x'}}{{else}}{{/inline}}", (1, 17)),
    ("{{*unknown}}", (1, 1)),
    ("{{#if}}x{{/if}}", (1, 1)),
    ("{{#if a b}}x{{/if}}", (1, 1)),
    ("\n{{#each}}x{{/each}}", (2, 1)),
    ("{{#with a b=1 c=2}}{{/with}}{{#unless}}{{/unless}}", (1, 29)),
    ("{{each items}}", (1, 3)),
    ("{{=<% %>=}}", (1, 4)),
    ('{{f wo"rld"}}', (1, 7)),
    ("😀{{", (1, 4)),
]


@pytest.mark.parametrize(("template", "place"), SYNTAX)
def test_syntax(template: str, place: tuple[int, int]) -> None:
    with pytest.raises(TemplateSyntaxError) as raised:
        Engine(paper).compile(template, "slip")
    assert (raised.value.line, raised.value.column) == place
    assert raised.value.name == "slip"


def broken(call: Any, *_: Any) -> None:
    raise ValueError("no such thing")


FILLING: list[tuple[type[TemplateError], str, Any, tuple[int, int]]] = [
    (MissingHelperError, "a {{nope 1}}", {}, (1, 5)),
    (MissingHelperError, "{{#nope 1}}x{{/nope}}", {}, (1, 4)),
    (MissingHelperError, "{{twice (nope)}}", {}, (1, 10)),
    (MissingHelperError, "{{nope.deep 1}}", {}, (1, 3)),
    (MissingHelperError, "{{x 1}}", {"x": "a value"}, (1, 3)),
    (MissingPartialError, "\n{{> nope}}", {}, (2, 1)),
    (DataShapeError, "{{x}}", {"x": object()}, (1, 1)),
    (DataShapeError, "{{x}}", {"x": {1, 2}}, (1, 1)),
    (DataShapeError, "{{x}}", {"x": b"bytes"}, (1, 1)),
    (DataShapeError, "{{x}}", {"x": 10**9000}, (1, 1)),
    (DataShapeError, "{{broken}}", {}, (1, 3)),
    (DataShapeError, "{{#if (broken)}}x{{/if}}", {}, (1, 8)),
    (DataShapeError, "{{twice}}", {}, (1, 3)),
    (DataShapeError, "{{if x}}", {}, (1, 3)),
]
HELPERS: dict[str, Any] = {"broken": broken, "twice": lambda call, value: [value, value]}


@pytest.mark.parametrize(("kind", "template", "data", "place"), FILLING)
def test_filling(kind: type[TemplateError], template: str, data: Any, place: tuple[int, int]) -> None:
    with pytest.raises((kind, TemplateSyntaxError)) as raised:
        Engine(paper, helpers=HELPERS).compile(template).render(data)
    assert (raised.value.line, raised.value.column) == place


@pytest.mark.parametrize(
    ("options", "template", "data"),
    [
        (Options(strict=True), "{{x}}", {}),
        (Options(strict=True), "{{x.y}}", {"x": {}}),
        (Options(strict=True), "{{@x}}", {}),
        (Options(strict=True), "{{#x}}{{/x}}", {}),
        (Options(strict=True), "{{^x}}{{/x}}", {}),
        (Options(strict=True), "{{x 1}}", {}),
        (Options(strict=True), "{{x}}", None),
        (Options(strict=True), "{{#if x.y}}{{/if}}", {}),
        (Options(assume_objects=True), "{{x.y}}", {}),
        (Options(assume_objects=True), "{{x}}", None),
    ],
)
def test_strict_templates_miss_what_is_missing(options: Options, template: str, data: Any) -> None:
    with pytest.raises(MissingValueError):
        Engine(paper, options=options).compile(template).render(data)


def test_strict_templates_do_not_ask_what_to_do_about_it() -> None:
    engine = Engine(paper, helpers={"helperMissing": lambda call, *_: "instead"}, options=Options(strict=True))
    with pytest.raises(MissingHelperError):
        engine.compile("{{x 1}}").render({"x": 1})


def test_only_known_helpers_are_called() -> None:
    with pytest.raises(TemplateSyntaxError):
        Engine(paper, helpers=HELPERS, options=Options(known_only=True)).compile("{{twice 1}}")


def test_no_error_holds_a_value() -> None:
    secret = "Ann Other, +7 701 000 00 00"
    for template in ("{{x y}}", "{{#x y}}{{/x}}", "{{> (lookup . 'y') x y}}", "{{z}}"):
        with pytest.raises(TemplateError) as raised:
            Engine(paper).compile(template).render({"y": secret, "z": {secret}})
        assert secret not in str(raised.value)


@pytest.mark.parametrize("kind", [TemplateError, *TemplateError.__subclasses__()])
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_kind_has_its_sentence(kind: type[TemplateError], language: str) -> None:
    refusal = kind("reason", "slip", 2, 14).refusal()
    said = say(language, refusal.code, **refusal.values)
    assert "2" in said
    assert "14" in said
    assert "{" not in said


def test_the_text_of_an_error_says_where() -> None:
    with pytest.raises(BudgetError) as raised:
        Engine(paper, partials={"p": "{{> p}}"}).compile("{{> p}}").render({})
    assert str(raised.value).endswith("(p, line 1, column 1)")


def test_the_language_has_all_its_helpers() -> None:
    compiled = Engine(paper)
    for name in set(BUILT_IN) - {"helperMissing", "blockHelperMissing"}:
        assert name in compiled._setting.helpers
