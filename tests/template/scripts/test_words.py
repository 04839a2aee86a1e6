"""Helpers out of scripts: values like any other, and errors with a place."""

from __future__ import annotations

import pytest

from kvit.paper.document import parse
from kvit.refusal import Refusal
from kvit.template.fill import Filled, FillWanted, Forms, fill
from kvit.template.library.model import Piece
from kvit.template.scripts.words import helpers_of


def filled(script: str, text: str, data: bytes = b'{"a":"x","list":[1,{"b":2}]}') -> str:
    piece = Piece("Line", f'[{{"content":"{text}"}}]')
    made = fill(FillWanted((piece,), data, scripts={"mine": script}), Forms())
    if isinstance(made, Refusal):
        return f"{made.code}: {made.values.get('reason')}"
    assert isinstance(made, Filled)
    (block,) = parse(made.document).blocks
    return str(block.content)  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("body", "text", "shown"),
    [
        ("(a) => a + '!'", "{{f a}}", "x!"),
        ("(a, b) => a.length + b", "{{f list 10}}", "12"),
        ("(options) => options.to + '/' + options.n", "{{f to='z' n=1.10}}", "z/1.10"),
        ("(a) => JSON.stringify(a)", "{{f list}}", '[1,{"b":2}]'),
        ("() => null", "a{{f}}b", "ab"),
        ("() => true", "{{#if (f)}}yes{{/if}}", "yes"),
        ("() => 1.5", "{{f}}", "1.5"),
        ("() => '{{a}} \\u001b@'", "{{f}}", "{{a}} \x1b@"),
    ],
)
def test_what_a_script_gives_is_a_value(body: str, text: str, shown: str) -> None:
    assert filled(f"const helpers = ['f']; const f = {body};", text) == shown


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("() => { throw new Error('no') }", "the script mine failed: threw"),
        ("() => { for (;;) {} }", "the script mine failed: time"),
        ("() => ({ bytes: [27, 112] })", "gave something else"),
        ("() => [1]", "gave something else"),
    ],
)
def test_a_script_that_gives_nothing_good_is_an_error_of_the_template(body: str, reason: str) -> None:
    said = filled(f"const helpers = ['f']; const f = {body};", "{{f}}")
    assert said.startswith("template.data_shape")
    assert reason in said


@pytest.mark.parametrize("script", ["function (", "const helpers = 'f'", "const helpers = [1, 'a b']", ""])
def test_scripts_that_offer_nothing(script: str) -> None:
    assert helpers_of({"mine": script}) == {}
    assert filled(script, "{{f 1}}").startswith("template.missing_helper")


def test_kvits_own_helpers_are_not_replaced_by_a_script() -> None:
    assert filled("const helpers = ['upper']; const upper = () => 'mine'", "{{upper a}}") in ("X", "mine")
