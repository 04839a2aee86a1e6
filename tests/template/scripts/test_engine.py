"""One script: what it may give, and how it ends when it does what it should not."""

from __future__ import annotations

import pytest

from kvit.template.scripts.contract import VALUE_BYTES_MAX, Answer, Request, Trouble, json_of, sha256_of
from kvit.template.scripts.engine import SCRIPTS_MAX, Engine

SOURCE = """
const version = "1.2.0";
let calls = 0;
function price(amount, currency) { calls += 1; return (amount / 100).toFixed(2) + " " + currency; }
var operations = function (name) { return [{content: name, contentType: "text", textAlign: "center"}]; };
function count() { calls += 1; return calls; }
"""


def ask(engine: Engine, source: str, name: str, *arguments: object, read: bool = False) -> Answer:
    told = None if read else json_of(list(arguments))
    return engine.answer(Request(sha256_of(source), name, told, source))


@pytest.mark.parametrize(
    ("name", "arguments", "value"),
    [
        ("price", (4990, "KZT"), b'"49.90 KZT"'),
        ("operations", ('A "quoted"\n\\name',),
         b'[{"content":"A \\"quoted\\"\\n\\\\name","contentType":"text","textAlign":"center"}]'),
        ("count", (), b"1"),
    ],
)  # fmt: skip
def test_a_function_is_called(name: str, arguments: tuple[object, ...], value: bytes) -> None:
    assert ask(Engine(), SOURCE, name, *arguments) == Answer(value)


def test_a_property_is_read() -> None:
    assert ask(Engine(), SOURCE, "version", read=True) == Answer(b'"1.2.0"')
    assert ask(Engine(), SOURCE, "nothing", read=True).trouble is Trouble.MISSING


def test_a_script_is_sent_once() -> None:
    engine = Engine()
    request = Request(sha256_of(SOURCE), "count", b"[]")
    assert engine.answer(request).trouble is Trouble.UNKNOWN
    assert ask(engine, SOURCE, "count") == Answer(b"1")
    assert engine.answer(request) == Answer(b"2")


@pytest.mark.parametrize(
    ("body", "trouble"),
    [
        ("for (;;) {}", Trouble.TIME),
        ("const a = []; for (;;) a.push('xxxxxxxxxxxxxxxx'.repeat(1000));", Trouble.MEMORY),
        ("return new Array(1e9).fill(1)", Trouble.MEMORY),
        ("return 'x'.repeat(1 << 29)", Trouble.MEMORY),
        ("function g() { return g() + 1 } return g()", Trouble.DEPTH),
        ("return /(a+)+$/.test('a'.repeat(60) + 'b')", Trouble.TIME),
        ("throw new Error('no')", Trouble.THREW),
        ("return 'x'.repeat(2000000)", Trouble.VALUE),
        ("return '\\ud800'.charAt(0) ? undefinedName : 1", Trouble.THREW),
        ("const a = {}; a.a = a; return a", Trouble.THREW),
        ("return 10n", Trouble.THREW),
        ("return Array.from({length: 200000}, (_, i) => 200000 - i).sort(() => { for (;;) {} })", Trouble.TIME),
    ],
)
def test_twelve_abusive_scripts_end_and_the_next_call_is_well(body: str, trouble: Trouble) -> None:
    engine = Engine()
    told = ask(engine, f"function f() {{ {body} }}", "f")
    assert told.trouble is trouble, told
    assert len(told.message) <= 500
    assert ask(engine, SOURCE, "price", 100, "EUR") == Answer(b'"1.00 EUR"')
    assert ask(engine, f"function f() {{ {body} }} function g() {{ return 1 }}", "g") == Answer(b"1")


WRONG = ("", "a.b", "constructor.constructor", "a()", "1", "x" * 65, "__proto__.x", "eval", "Function")


@pytest.mark.parametrize("name", WRONG)
def test_only_names_are_called(name: str) -> None:
    assert ask(Engine(), SOURCE, name).trouble is Trouble.MISSING


@pytest.mark.parametrize("reach", ["std", "os", "require", "process", "fetch", "setTimeout", "XMLHttpRequest", "print"])
def test_a_script_reaches_nothing(reach: str) -> None:
    assert ask(Engine(), f"function f() {{ return typeof {reach} }}", "f") == Answer(b'"undefined"')


def test_no_module_is_loaded() -> None:
    assert ask(Engine(), "import * as os from 'os'; function f() { return 1 }", "f").trouble is Trouble.SYNTAX


@pytest.mark.parametrize(
    ("source", "line"), [("function f( {", 1), ("\n\nlet a = ;", 3), ("function f() {\n\nthrow new Error('x')\n}", 3)]
)
def test_where_it_went_wrong(source: str, line: int) -> None:
    told = ask(Engine(), source, "f")
    assert told.trouble in (Trouble.SYNTAX, Trouble.THREW)
    assert told.line == line


def test_scripts_do_not_see_each_other() -> None:
    engine = Engine()
    ask(engine, "globalThis.secret = 1; Object.prototype.leak = 2; function f() { return 1 }", "f")
    assert ask(engine, "function f() { return [typeof secret, typeof ({}).leak] }", "f") == Answer(
        b'["undefined","undefined"]'
    )


def test_only_so_many_scripts_are_kept() -> None:
    engine = Engine()
    for n in range(SCRIPTS_MAX + 1):
        ask(engine, f"function f() {{ return {n} }}", "f")
    first = sha256_of("function f() { return 0 }")
    assert engine.answer(Request(first, "f", b"[]")).trouble is Trouble.UNKNOWN


def test_a_text_under_another_ones_name_is_not_run() -> None:
    told = Engine().answer(Request(sha256_of("a"), "f", b"[]", "function f() { return 1 }"))
    assert told.trouble is Trouble.SYNTAX


@pytest.mark.parametrize("value", [object(), "x" * (VALUE_BYTES_MAX + 1)])
def test_arguments_that_can_not_cross(value: object) -> None:
    with pytest.raises(ValueError):
        json_of([value])
