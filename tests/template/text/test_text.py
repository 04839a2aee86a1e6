"""Templates as text and back: what layouts say comes back equal, and what no text says is refused where it stands."""

from __future__ import annotations

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from kvit.template import builtin
from kvit.template.form import Form
from kvit.template.handlebars.errors import Source, TemplateError
from kvit.template.handlebars.parser import parse as read_template
from kvit.template.layout import ContentObject, LayoutError, parse, print_layout
from kvit.template.layout import Layout as Lines
from kvit.template.library.model import NONE, SHARED, Layout, Recipe
from kvit.template.text.read import recipe_of
from kvit.template.text.scan import TextError
from kvit.template.text.write import text_of
from kvit.template.words import Place

SAMPLE = """\
{requires: items, shop.name}
{layout: header; name: Shop}
^^^"{{shop.name}}"^^^
|Tel {{shop.phone}}
{if: gt discount 0}
Saved!
{layout: items; name: Items; weight: 30}
{{#each items}}
{share: 3 2; if2: total}
|{{name}} | {{money total}}|
{{/each}}
-
{layout: payment; content: shared}
{layout: footer; name: Link}
|{code: {{link}}; option: qrcode, 4}
{image: {{$logo}}; percent: 45}

{feed: 2}
"""

TAGS = ("{{a}}", "{{#if a}}|b{{else}}`{{/if}}", '{{t "x|}}y"}}', "{{!-- }} --}}", "{{[a|b]}}", "{{a.b}}")
LETTERS = st.sampled_from([*'ab №日 ~|{}_"`^-=;:\\\n.,', *TAGS])
TEXTS = st.lists(LETTERS, max_size=8).map("".join)
WORDS = st.text(st.sampled_from([*'ab ~|{}_"`^-=;:\\\n.,{']), max_size=6)
PATHS = st.sampled_from(["", "discount", "gt discount 0", "and (a) (b)", 'eq kind "a;b|c}"', " a", "../a"])


def _contents(kind: st.SearchStrategy[str]) -> st.SearchStrategy[ContentObject]:
    return st.builds(
        ContentObject,
        content=TEXTS,
        content_type=kind,
        text_align=st.sampled_from(["left", "center", "right"]),
        font_size=st.sampled_from(["small", "default", "tall", "wide", "large", "huge"]),
        pager_weight=st.sampled_from([1.0, 2.0, 0.1, 1000.0, 1 / 3]) | st.floats(0.001, 1000),
        condition=PATHS,
        bold=st.booleans(),
        underline=st.booleans(),
        invert=st.booleans(),
        wrap=st.sampled_from(["word", "character", "ellipsis", "clip"]),
        symbology=st.sampled_from(["code128", "ean13", "qr", "itf"]),
        size=st.none() | st.integers(1, 16),
        height=st.integers(1, 255),
    )


@st.composite
def _lines(draw: st.DrawFn) -> tuple[ContentObject, ...]:
    if draw(st.booleans()):
        return tuple(draw(st.lists(_contents(st.just("text")), min_size=1, max_size=4)))
    made = draw(_contents(st.sampled_from(["image", "qrcode", "barcode", "line", "feed"])))
    content = {"line": draw(st.sampled_from(["", "dashed", "-", "="])), "feed": str(draw(st.integers(1, 20)))}
    fields = {field: getattr(made, field) for field in made.__struct_fields__}
    fields["content"] = content.get(made.content_type, made.content)
    if made.content_type == "image":
        fields["width"] = draw(st.none() | st.floats(1, 100) | st.sampled_from([45.0, 50.5]))
    return (ContentObject(**fields),)


@st.composite
def recipes(draw: st.DrawFn) -> Recipe:
    """Recipes of any layouts that can be read; repeats and weights of all kinds."""
    layouts = []
    for _ in range(draw(st.integers(0, 4))):
        lines = draw(st.lists(_lines(), min_size=1, max_size=3))
        repeat = draw(st.sampled_from(["", "", "items", "../a.b", "lookup a b", "@root.x"]))
        first = lines[0][0]
        fields = {field: getattr(first, field) for field in first.__struct_fields__} | {"repeat": repeat}
        lines[0] = (ContentObject(**fields), *lines[0][1:])
        content = print_layout(Lines("", tuple(lines)))
        content = draw(st.sampled_from([content, content, content, SHARED, NONE]))
        layouts.append(
            Layout(draw(st.sampled_from(["text", "items", "a-b"])), draw(WORDS), content, draw(st.integers(-9, 99)))
        )
    requires = draw(st.lists(st.sampled_from(["items", "total", "shop.name"]), max_size=3))
    return Recipe(tuple(layouts), tuple(requires))


def _told(recipe: Recipe) -> object:
    """A recipe with its layouts read, so that how their JSON is written does not count."""
    return recipe.requires, [
        (
            each.type,
            each.name,
            each.sort_weight,
            each.content if each.content in (SHARED, NONE) else parse(each.content),
        )
        for each in recipe.layouts
    ]


def _sound(recipe: Recipe) -> bool:
    """Whether every content is a template and every layout can be read."""
    try:
        for each in recipe.layouts:
            if each.content not in (SHARED, NONE):
                for line in parse(each.content).lines:
                    for one in line:
                        read_template(Source(one.content))
    except (LayoutError, TemplateError):
        return False
    return True


@given(recipes())
def test_what_layouts_say_comes_back(recipe: Recipe) -> None:
    assume(_sound(recipe))
    try:
        text = text_of(recipe)
    except TextError:
        assume(False)
    assert _told(recipe_of(text)) == _told(recipe), text
    assert text_of(recipe_of(text)) == text


@given(
    st.lists(
        st.sampled_from(
            [*SAMPLE.splitlines(), *'|{}~^"_`\\-= ab', "{{", "}}", "{{/each}}", "\n", "\x1b", "{{/if}}", "{{#if a}}"]
        )
    )
)
@example(["{", "\n"])
def test_any_text_is_a_recipe_or_an_error_with_its_place(parts: list[str]) -> None:
    text = "\n".join(parts) if len(parts) % 2 else "".join(parts)
    found = _read(text)
    if isinstance(found, TextError):
        assert 0 < found.line <= text.count("\n") + 1
        assert found.column > 0
        assert found.problem
    else:
        assert _told(recipe_of(text_of(found))) == _told(found)


def _read(text: str) -> Recipe | TextError:
    try:
        return recipe_of(text)
    except TextError as error:
        return error


@pytest.mark.parametrize("name", sorted(builtin.recipes()), ids="-".join)
def test_kvits_own_templates_go_through_text(name: tuple[str, str]) -> None:
    recipe = builtin.recipes()[name]
    assert _told(recipe_of(text_of(recipe))) == _told(recipe)


def test_a_text_prints() -> None:
    recipe = recipe_of(SAMPLE)
    assert recipe.requires == ("items", "shop.name")
    assert [(each.type, each.name, each.sort_weight) for each in recipe.layouts] == [
        ("header", "Shop", 0), ("items", "Items", 30), ("items", "Items", 40), ("payment", "", 50), ("footer", "Link", 60)
    ]  # fmt: skip
    form = Form(
        [(each.name, each.content) for each in recipe.layouts if each.content != SHARED], Place("en", "GB", "GBP")
    )
    data = {
        "shop": {"name": "Cafe", "phone": "1"},
        "discount": 5,
        "items": [{"name": "Tea", "total": 450}],
        "link": "https://a.example",
    }
    blocks = form.fill(data).document.blocks
    assert [type(each).__name__ for each in blocks] == ["Text", "Text", "Text", "Table", "Line", "Code", "Text", "Feed"]


def test_blocks_around_lines_become_conditions() -> None:
    text = (
        "{{#each items}}\n{{#if (gt price 0)}}\n{{#unless gift}}\n{if: name}\n{{name}} | {{price}}\n"
        "{{/unless}}\n{{/if}}\n{{/each}}\n"
    )
    (layout,) = recipe_of(text).layouts
    (line,) = parse(layout.content).lines
    assert line[0].repeat == "items"
    assert [each.condition for each in line] == ["and (gt price 0) (not gift) name"] * 2


WRONG = {
    "a cut": ("a\n=\n", 2, 1),
    "a tag that is not closed": ("|a {{b\n", 1, 4),
    "a block that is not closed": ("a {{#if b}}c\n", 1, 12),
    "a word that is no tag": ("abc {{#b c}}{{/d}}", 1, 5),
    "a brace": ("ab}c", 1, 3),
    "marks in the middle": ('ab "cd"', 1, 5),
    "marks that end what they did not begin": ('"ab_', 1, 4),
    "five carets": ("^^^^^a", 1, 1),
    "a property nobody knows": ("{colour: red}\na", 1, 2),
    "a property for a column that is not there": ("{if3: a}\na | b", 1, 2),
    "a width in cells": ("{width: 10 *}\na | b", 1, 2),
    "shares for other columns": ("{share: 1 2 3}\na | b", 1, 2),
    "properties beside a text": ("a | {if: b}", 1, 1),
    "properties at the end": ("a\n{if: b}\n", 2, 1),
    "a layout without lines": ("{layout: a}\n{layout: b}\nx", 1, 1),
    "a layout in a block": ("{{#each a}}\n{layout: b}\n{{/each}}", 2, 2),
    "a block that nothing opened": ("a\n{{/each}}", 2, 1),
    "a block left open": ("{{#each items}}\na", 1, 1),
    "each in each": ("{{#each a}}\n{{#each b}}\nx\n{{/each}}\n{{/each}}", 2, 1),
    "a control letter": ("a\x1bb", 1, 2),
    "an escape of nothing": ("a\\qb", 1, 2),
    "braces that would become a tag": ("a\\{\\{b", 1, 1),
    "a feed of no lines": ("{feed: x}", 1, 1),
    "a level layouts do not have": ("{code: a; option: qrcode, 4, h}", 1, 11),
    "what must be there too late": ("a\n{requires: b}", 2, 2),
    "a font nobody has": ("{font: gothic}\na", 2, 1),
}


@pytest.mark.parametrize("case", sorted(WRONG))
def test_what_is_wrong_is_told_with_its_place(case: str) -> None:
    text, line, column = WRONG[case]
    with pytest.raises(TextError) as caught:
        recipe_of(text)
    assert (caught.value.line, caught.value.column) == (line, column), caught.value.problem
    assert caught.value.refusal().code == "template.text"


UNSAID = {
    "a control letter": '[{"content":"a\\u001bb"}]',
    "a tag over two lines": '[{"content":"{{a\\nb}}"}]',
    "a raw block": '[{"content":"{{{{a}}}}b{{{{/a}}}}"}]',
    "braces that print as braces": '[{"content":"\\\\{{a}}"}]',
    "a block begun and not ended": '[{"content":"{{#each items}}"}]',
}


@pytest.mark.parametrize("case", sorted(UNSAID))
def test_what_a_text_can_not_say_is_refused(case: str) -> None:
    with pytest.raises(TextError, match="Name: "):
        text_of(Recipe((Layout("text", "Name", UNSAID[case]),)))
