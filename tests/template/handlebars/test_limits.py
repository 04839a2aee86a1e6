"""Hostile templates and data: refused within the budget, and the engine serves the next one as if nothing had been."""

from __future__ import annotations

import bisect
import sys
from typing import Any

import pytest

from kvit.template.handlebars import Budget, BudgetError, Engine, TemplateError, TemplateSyntaxError
from kvit.template.handlebars.errors import Source
from kvit.template.handlebars.escape import html, paper
from kvit.template.handlebars.lexer import tokenise
from kvit.template.handlebars.parser import DEPTH_MAX, LETTERS_MAX

BIG = 200_000
LIST: dict[str, Any] = {"l": list(range(1000)), "s": "x" * 100_000}
TREE: dict[str, Any] = {"c": []}
TREE["c"] = [TREE, TREE]
LOOP: list[Any] = []
LOOP.append(LOOP)

TEMPLATES: list[tuple[str, str]] = [
    ("open blocks", "{{#a}}" * (BIG // 6)),
    ("open brackets", "{{a " + "(b " * (BIG // 3)),
    ("open comments", "{{!-- -" * (BIG // 7)),
    ("dashes", "{{!" + "-" * BIG),
    ("dashes in comments", "{{!-- ----- --}}" * (BIG // 16)),
    ("open quotes", "{{a " + "'" * (BIG + 1)),
    ("escaped quotes", "{{a '" + "\\'" * (BIG // 2)),
    ("open names", "{{[" * (BIG // 3)),
    ("backslashes in names", "{{[" + "\\" * BIG),
    ("backslashes", "\\" * BIG + "{{x}}"),
    ("escaped braces", "\\{{" * (BIG // 3)),
    ("braces", "{" * BIG),
    ("closing braces", "}" * BIG),
    ("raw blocks", "{{{{a}}}}" * (BIG // 9)),
    ("spaces", "{{" + " " * BIG),
    ("spaces behind as", "{{#a as" + " " * BIG),
    ("spaces before else", ("{{" + " " * 1000) * (BIG // 1000)),
    ("a long name", "{{" + "a" * BIG),
    ("a long path", "{{a" + ".a" * (BIG // 2) + "}}"),
    ("ups", "{{" + "../" * (BIG // 3) + "a}}"),
    ("else else", "{{#if a}}" + "{{else if a}}" * (BIG // 13) + "{{/if}}"),
    ("a long number", "{{a " + "1" * BIG + "}}"),
    ("parameters", "{{lookup " + "a " * (BIG // 2) + "}}"),
    ("values", "{{lookup " + "a=b " * (BIG // 4) + "}}"),
    ("blank lines", "\n" * BIG + "{{x}}"),
    ("blanks", (" " * 1000 + "{{#a}}{{/a}}") * (BIG // 1012)),
    ("many mustaches", "{{x}}" * (BIG // 5)),
    ("many blocks", "{{#x}}{{/x}}" * (BIG // 12)),
    ("many block parameters", "{{#x as |" + "a " * (BIG // 2) + "|}}{{/x}}"),
    ("too long", "x" * (LETTERS_MAX + 1)),
]


@pytest.mark.parametrize("template", [text for _, text in TEMPLATES], ids=[name for name, _ in TEMPLATES])
def test_a_large_template_is_filled_or_refused(template: str) -> None:
    said = ""
    try:
        Engine(html).compile(template).render({"x": 1, "a": 1})
    except TemplateError as error:
        said = str(error)
    assert len(said) < 400


def calls(text: str) -> int:
    """How many calls reading a template takes: work that is counted is the same on a busy machine."""
    count = 0

    def note(_frame: object, event: str, _argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(note)
    try:
        Engine(html).compile(text)
    except TemplateError:
        pass
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.parametrize("template", [text for _, text in TEMPLATES], ids=[name for name, _ in TEMPLATES])
def test_work_grows_with_length_and_no_faster(template: str) -> None:
    calls(template[:100])
    # eight times as long; where the cut spoils one of the two, one is only read and the other made as well
    assert calls(template[:24_000]) < 30 * calls(template[:3_000]) + 1_000


FILLING: list[tuple[str, str, Any]] = [
    ("lists in lists", "{{#each l}}{{#each ../l}}{{#each ../../l}}{{/each}}{{/each}}{{/each}}", LIST),
    ("the letters of lists in lists", "{{#each l}}{{#each ../l}}{{../../s}}{{/each}}{{/each}}", LIST),
    ("the same letters escaped", "{{#each l}}{{s}}{{../s}}{{/each}}", {"l": list(range(1000)), "s": "<" * 100_000}),
    ("letters of the template", "{{#each l}}{{#each ../l}}" + "x" * 100_000 + "{{/each}}{{/each}}", LIST),
    ("a long list", "{{#each l}}{{/each}}", {"l": [None] * 10_000_000}),
    ("a long dictionary", "{{#each l}}{{/each}}", {"l": dict.fromkeys(range(1_000_000))}),
    ("parameters", "{{#each l}}{{lookup . (lookup . (lookup . (lookup . 1)))}}{{/each}}", {"l": [1] * 100_000}),
    ("a long path", "{{#each l}}{{x" + ".x" * 40 + "}}{{/each}}", {"l": [1] * 100_000}),
    ("data without an end", "{{> tree}}", TREE),
    ("a list that holds itself", "{{#each l}}{{> each}}{{/each}}", {"l": LOOP}),
    ("a block of a block", "{{#> body}}{{#> body}}{{> self}}{{/body}}{{/body}}", {}),
    ("a partial of itself", "{{> self}}", {}),
    ("doubling", "{{> double}}", {}),
]
PARTIALS = {
    "tree": "{{#each c}}{{> tree}}{{/each}}",
    "each": "{{#each .}}{{> each}}{{/each}}",
    "self": "{{> self}}",
    "body": "{{> @partial-block}}",
    "double": "{{> double}}{{> double}}",
}


@pytest.mark.parametrize(("template", "data"), [each[1:] for each in FILLING], ids=[each[0] for each in FILLING])
def test_what_takes_too_much_is_stopped(template: str, data: Any) -> None:
    engine = Engine(html, partials=PARTIALS)
    with pytest.raises(BudgetError):
        engine.compile(template).render(data)
    assert engine.compile("{{x}}").render({"x": 1}) == "1"


def test_a_list_that_holds_itself_can_not_be_written() -> None:
    with pytest.raises(TemplateError):
        Engine(paper).compile("{{l}}").render({"l": LOOP})


LONG = {"l": list(range(2000)), "t": "x" * 200, "s": "x" * 100_000}


@pytest.mark.parametrize(
    ("what", "template"),
    [
        ("letters", "{{#each l}}" + "{{../t}}" * 20 + "{{/each}}"),
        ("letters", "{{#each l}}{{#if (pass ../s)}}{{/if}}{{/each}}"),
        ("letters", "{{#each l}}{{#if (make)}}{{/if}}{{/each}}"),
        ("steps", "{{#each l}}" + "{{#if (verb 1)}}{{/if}}" * 10 + "{{/each}}"),
    ],
)
def test_what_is_counted(what: str, template: str) -> None:
    engine = Engine(
        paper,
        helpers={"pass": lambda call, text: 1, "make": lambda call: "x" * 100_000},
        verbs={"verb": lambda call, value: value},
    )
    with pytest.raises(BudgetError) as raised:
        engine.compile(template).render(LONG)
    assert f"more {what}" in raised.value.reason


def test_levels_are_given_back() -> None:
    template = "{{#each l}}{{.}}{{/each}}{{#with x}}{{.}}{{/with}}{{#x}}{{.}}{{/x}}{{> p}}" * 100
    engine = Engine(paper, partials={"p": "p"})
    assert engine.compile(template).render({"l": [1], "x": 2}) == "122p" * 100


@pytest.mark.parametrize(
    ("budget", "template"),
    [
        (Budget(steps=20), "{{#each l}}{{.}}{{/each}}"),
        (Budget(depth=2), "{{#each l}}{{#with .}}{{#with .}}x{{/with}}{{/with}}{{/each}}"),
        (Budget(letters=500), "{{s}}"),
        (Budget(letters=500), "x" * 600),
        (Budget(steps=1), "{{x}}"),
    ],
)
def test_each_budget_is_counted(budget: Budget, template: str) -> None:
    data = {"l": list(range(1, 10)), "s": "x" * 1000}
    assert Engine(paper).compile(template).render(data) is not None
    with pytest.raises(BudgetError):
        Engine(paper, budget=budget).compile(template).render(data)


def test_a_budget_counts_the_same_each_time() -> None:
    template = "{{#each l}}{{#if .}}{{.}}{{lookup ../l @index}}{{/if}}{{/each}}"
    data = {"l": list(range(50))}

    def enough(steps: int) -> bool:
        try:
            Engine(paper, budget=Budget(steps=steps)).compile(template).render(data)
        except BudgetError:
            return False
        return True

    least = bisect.bisect_left(range(1000), True, key=enough)
    assert 200 < least < 900
    assert [enough(least + more) for more in (-2, -1, 0, 1, 2)] == [False, False, True, True, True]


def test_nested_as_deep_as_may_be() -> None:
    depth = DEPTH_MAX
    fine = "{{#with a}}" * depth + "x" + "{{/with}}" * depth
    data: dict[str, Any] = {}
    data["a"] = data
    assert Engine(paper).compile(fine).render(data) == "x"
    with pytest.raises(TemplateSyntaxError):
        Engine(paper).compile("{{#with a}}" + fine + "{{/with}}")


def test_a_caller_that_is_deep_already_gets_the_same_kind_of_error() -> None:
    template = Engine(paper, partials=PARTIALS).compile("{{> self}}")

    def deep(levels: int) -> None:
        if levels:
            deep(levels - 1)
        else:
            template.render({})

    with pytest.raises(BudgetError):
        deep(700)


WORDS = (
    "__class__ __init__ __globals__ __dict__ __proto__ constructor prototype __subclasses__ mro keys "
    "items get pop format upper join encode toString valueOf hasOwnProperty __lookupGetter__ real imag "
    "numerator append _parent "
)
REACHING = WORDS.split()


@pytest.mark.parametrize("name", REACHING)
@pytest.mark.parametrize("value", [{}, [], "text", 1, 1.5, True, (1,), None], ids=str)
def test_nothing_but_data_is_reached(name: str, value: Any) -> None:
    engine = Engine(paper)
    for template in (
        "{{v.NAME}}", "{{v/NAME.NAME}}", "{{v.[NAME]}}", "{{lookup v 'NAME'}}", "{{#with v}}{{NAME}}{{/with}}",
        "{{#each v.NAME}}x{{/each}}", "{{#v.NAME}}x{{/v.NAME}}", "{{@root.v.NAME}}", "{{@NAME}}", "{{NAME}}",
        "{{#if v.NAME}}x{{/if}}", "{{(lookup v 'NAME')}}",
    ):  # fmt: skip
        try:
            assert engine.compile(template.replace("NAME", name)).render({"v": value}) == "", template
        except TemplateSyntaxError:
            assert template.startswith("{{(")


@pytest.mark.parametrize("name", REACHING)
def test_helpers_and_partials_are_only_those_registered(name: str) -> None:
    engine = Engine(paper)
    for template in ("{{NAME 1}}", "{{#NAME 1}}{{/NAME}}", "{{> NAME}}", "{{*NAME}}", "{{f (NAME)}}"):
        with pytest.raises(TemplateError):
            engine.compile(template.replace("NAME", name)).render({})


def test_an_own_key_with_a_strange_name_is_data() -> None:
    data = {"__class__": "a", "constructor": "b", "__proto__": {"x": "c"}}
    assert Engine(paper).compile("{{__class__}}{{constructor}}{{__proto__.x}}").render(data) == "abc"


def test_no_letter_is_lost_between_tokens() -> None:
    for _, template in TEMPLATES[:20]:
        try:
            tokens = tokenise(Source(template[:2000]))
        except TemplateSyntaxError:
            continue
        places = [token.at for token in tokens]
        assert places == sorted(places)
