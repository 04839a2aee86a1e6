"""Whatever is thrown at it, the engine answers with text or with a `TemplateError`; data come out as data."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from kvit.template.handlebars import Budget, Engine, Options, TemplateError
from kvit.template.handlebars.escape import html, paper

WORDS = (
    "{{ }} {{{ }}} {{{{ }}}} {{# {{/ {{^ {{> {{#> {{! {{!-- --}} {{& {{* {{#* {{~ ~}} else if each with unless lookup "
    "inline log as | |x| ( ) . .. / ../ this @root @index @key [ ] [x] = x y=1 'q' \" ' \\ \\\\ \\{{ 1 -1.5 1e3 "
    "true null undefined {{x}} {{/if}} {{/each}} {{#if {{#each {{else}} @partial-block p é 한 😀 \x00 $ ~"
)
PIECES = [*WORDS.split(), "\n"]
INNER = st.sampled_from("xyqp") | st.text(max_size=4)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(INNER, inner, max_size=4),
    max_leaves=12,
)
TEMPLATES = st.lists(st.sampled_from(PIECES) | st.text(max_size=3), max_size=25).map("".join) | st.lists(
    st.sampled_from(PIECES), max_size=25
).map(" ".join)
MODES = (
    Options(),
    Options(strict=True),
    Options(compat=True),
    Options(assume_objects=True),
    Options(ignore_standalone=True),
)
PARTIALS = {"p": "{{x}}{{> @partial-block}}", "x": "{{> p}}"}
ENGINES = [
    Engine(escape, partials=PARTIALS, options=options, budget=Budget(steps=5_000))
    for escape in (paper, html)
    for options in MODES
]


@given(TEMPLATES, JSON, st.sampled_from(ENGINES))
def test_any_text_is_filled_or_refused(template: str, data: Any, engine: Engine) -> None:
    place = 1, 1
    try:
        assert isinstance(engine.compile(template).render(data), str)
    except TemplateError as error:
        place = error.line, error.column
    assert min(place) >= 1
    assert place[0] <= template.count("\n") + 1


@given(st.text())
def test_text_without_braces_is_itself(text: str) -> None:
    plain = text.replace("{", "(")
    assert ENGINES[0].compile(plain).render({}) == plain


@given(st.text(), st.text(alphabet="{}#/^>!&~\\'\"x. \n"))
def test_data_are_never_read_as_template(before: str, value: str) -> None:
    plain = before.replace("{", "(").replace("\\", "/")
    data = {"v": value, "l": [value], "d": {"v": value}}
    assert (
        ENGINES[0].compile(plain + "{{v}}{{#each l}}{{.}}{{/each}}{{#d}}{{v}}{{/d}}").render(data) == plain + value * 3
    )


@given(st.text())
def test_nothing_escaped_ends_an_attribute_or_begins_a_tag(value: str) -> None:
    shown = Engine(html).compile("{{v}}").render({"v": value})
    assert not set(shown) & set("<>\"'`=")


@given(st.text(alphabet="ab \t\n{}~"), JSON)
def test_a_template_gives_the_same_each_time(tail: str, data: Any) -> None:
    engine = ENGINES[0]
    text = "{{x}}{{#each y}}{{@key}}{{.}}{{/each}}" + tail.replace("{{", "")
    try:
        first = engine.compile(text)
    except TemplateError:
        return
    assert first.render(data) == first.render(data) == engine.compile(text).render(data)
