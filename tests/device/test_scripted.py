"""Printers whose language a pack brings: their addresses, the press, and scripts that may arrange tags and nothing else."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kvit.device.adapters.adapter import adapter_of
from kvit.device.adapters.address import adapter_name, parse, show
from kvit.device.adapters.scripted import STEPS_MAX, ScriptedError, arranged
from kvit.device.press import PNG, TEXT, Pressed, Wanted, press
from kvit.device.spool.model import Form, Payload
from kvit.paper import document as doc
from kvit.paper.languages.lines import Act, Item, Look, Mark, Segment, Words
from kvit.paper.languages.registry import NoWriterError
from kvit.paper.languages.table import PackLanguage, read
from kvit.refusal import Refusal
from kvit.template.scripts.contract import Answer, Request, Trouble
from kvit.template.scripts.engine import Engine

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "packs" / "tagprinter"
ASK = Engine().answer
TEA = Words((Segment("Tea {b}", Look(2, 2, True)), Segment(" 1.00")))
ITEMS: list[Item] = [TEA, Words(), Mark("qr", "https://a.b"), Act("cut", {"full": 0})]


def example(name: str) -> PackLanguage:
    table = read((EXAMPLE / "profiles" / f"{name}.json").read_bytes())
    source = (EXAMPLE / "scripts" / f"{table.script}.js").read_text() if table.script else ""
    return PackLanguage(f"pack.{name}", table, source)


def scripted(body: str) -> PackLanguage:
    return msgspec.structs.replace(example("boxes"), source=f"function lines(items) {{ {body} }}")


def steps(*given: dict[str, Any]) -> PackLanguage:
    return scripted(f"return {json.dumps(given)};")


def payload(*blocks: doc.Block) -> Payload:
    return Payload(Form.DOCUMENT, "", msgspec.json.encode(doc.Document(list(blocks))))


def pressed(brought: PackLanguage, *blocks: doc.Block, media_type: str = "", options: str = "") -> Pressed | Refusal:
    address = f"{brought.name}+tcp://127.0.0.1:9100{options}"
    return press(Wanted(payload(*blocks), 1, address, media_type, brought=brought), ASK)


PAPER = (
    doc.Text([doc.Span("Sh[op] {x} <y> \x1bp0", bold=True, width=2, height=2)]), doc.Pair("Milk ^", "1.00"),
    doc.Code("qr", "https://a.b/c?d=1"), doc.Cut(), doc.Pulse(),
)  # fmt: skip


def test_an_address_is_an_address_whether_the_pack_runs_or_not() -> None:
    for text in ("pack.slips+tcp://192.168.1.50:9100?paper=58&cut=no", "pack.a-b+file:///dev/null", "pack.x+COM3"):
        parsed = parse(text)
        assert not isinstance(parsed, Refusal)
        assert parse(show(parsed)) == parsed
    assert adapter_name("pack.slips+tcp://h") == "pack.slips"
    assert adapter_name("nonsense+") == ""
    for wrong in (
        "pack.+tcp://h",
        "pack.A B+tcp://h",
        "pack.a+https://h/1",
        "pack.a+tcp://h?paper=57",
        "packs+tcp://h",
    ):
        assert isinstance(parse(wrong), Refusal)


def test_without_its_pack_a_printer_has_an_adapter_and_no_paper() -> None:
    adapter = adapter_of("pack.slips+tcp://h")
    assert not isinstance(adapter, Refusal)
    assert (adapter.language, adapter.profile.status) == ("pack.slips", "none")
    with pytest.raises(NoWriterError):
        adapter.make(doc.Document([doc.Text("x")]))
    for wanted in (
        Wanted(payload(*PAPER), 1, "pack.slips+tcp://h"),
        Wanted(payload(*PAPER), 1, "pack.slips+tcp://h", brought=example("boxes")),
        Wanted(payload(*PAPER), 1, "pack.boxes+tcp://h", brought=example("boxes")),
    ):
        refused = press(wanted)
        assert isinstance(refused, Refusal)
        assert refused.code == "device.adapter_unknown"


@pytest.mark.parametrize("options", ["?paper=112", "?profile=feie80"])
def test_options_such_a_printer_has_not(options: str) -> None:
    assert isinstance(pressed(example("slips"), *PAPER, options=options), Refusal)


def test_the_table_of_the_example() -> None:
    made = pressed(example("slips"), *PAPER, options="?copies=3")
    assert isinstance(made, Pressed)
    assert made.data.decode() == (
        f"[B][BIG]Sh［op］ {{x}} <y> p0[/BIG][/B][NL]Milk '{' ' * 32}1.00[NL][QRCODE]https://a.b/c?d=1[/QRCODE][CUT][DRAWER]"
    )
    assert (made.copies, made.media_type) == (3, "text/plain; charset=utf-8")


def test_the_script_of_the_example() -> None:
    made = pressed(example("boxes"), *PAPER)
    assert isinstance(made, Pressed)
    assert made.data.decode() == (
        "{begin}{row}{b}{XL}Sh[op] (x) <y> p0{/XL}{/b}{/row}\n"
        f"{{row}}Milk ^{' ' * 38}1.00{{/row}}\n{{qr}}https://a.b/c?d=1{{/qr}}{{snip}}"
    )
    assert [each.code for each in made.warnings] == ["pulse.absent"]


@pytest.mark.parametrize("name", ["slips", "boxes"])
def test_a_look_is_the_very_bytes_played(name: str) -> None:
    made, letters, picture = (pressed(example(name), *PAPER, media_type=each) for each in ("", TEXT, PNG))
    assert isinstance(made, Pressed) and isinstance(letters, Pressed) and isinstance(picture, Pressed)  # noqa: PT018
    assert letters.played == picture.played == made.sha256
    assert letters.data.decode().splitlines()[0].startswith("Sh")
    assert "begin" not in letters.data.decode()


@pytest.mark.parametrize(
    ("given", "content"),
    [
        ([{"text": "{b}[B]\x1b@\n\x00x{/b}"}], "(b)[B]@ x(/b)"),
        ([{"tag": "b"}, {"text": "x"}, {"end": "b"}], "{b}x{/b}"),
        ([{"tag": "mid"}, {"end": "mid"}, {"tag": "begin"}], "{mid}{/mid}{begin}"),
        ([{"line": True}, {"mark": "qr", "data": "https://a.b"}, {"act": "cut"}], "\n{qr}https://a.b{/qr}{snip}"),
        ([], ""),
    ],
)
def test_what_a_script_may_say(given: list[dict[str, Any]], content: str) -> None:
    assert arranged(ITEMS, steps(*given), ASK).decode() == content


@pytest.mark.parametrize(
    "given",
    [
        [{"tag": "B"}], [{"tag": "snip"}], [{"tag": "qr"}], [{"tag": "b"}], [{"end": "b"}], [{"tag": "b}"}], [{"tag": ""}],
        [{"tag": "b"}, {"tag": "XL"}, {"end": "b"}, {"end": "XL"}], [{"tag": "begin"}, {"end": "begin"}],
        [{"tag": "b"}] * 17 + [{"end": "b"}] * 17,
        [{"act": "pulse"}], [{"act": "cut"}, {"act": "cut"}], [{"act": ""}], [{"mark": "qr", "data": "https://evil.b"}],
        [{"mark": "ean13", "data": "https://a.b"}], [{"mark": "qr", "data": "https://a.b"}] * 2, [{"mark": "qr"}],
        [{"text": "a", "tag": "b"}], [{}], [{"text": "a", "data": "b"}], [{"bytes": "1b40"}], [{"text": [27, 64]}],
        [{"text": 1}], [{"line": False}], [{"text": "x" * 100_001}], ["1b40"], [None],
        [{"text": ""}] * (STEPS_MAX + 1),
    ],
)  # fmt: skip
def test_what_no_script_may_say(given: list[dict[str, Any]]) -> None:
    with pytest.raises(ScriptedError):
        arranged(ITEMS, steps(*given), ASK)


@pytest.mark.parametrize(
    ("body", "word"),
    [
        ("for (;;) {}", "time"), ("return lines(items);", "depth"), ("throw new Error('no {b}');", "threw"),
        ("const a = []; for (;;) a.push('x'.repeat(1e6));", "memory"), ("return 'x'.repeat(3e6);", "value"),
        ("return 'bytes';", "array"), ("return {length: 1};", "array"), ("return null;", "array"), ("", "array"),
        ("return new Uint8Array([27, 64]);", "array"), ("return /(a+)+$/.test('a'.repeat(40) + 'b');", "time"),
        ("return [{text: '\\ud800'}];", ""), ("items.push({act: 'pulse'}); return [{act: 'pulse'}];", "pulse"),
        ("return (", "syntax"),
    ],
)  # fmt: skip
def test_a_script_that_gives_no_paper(body: str, word: str) -> None:
    refused = pressed(scripted(body), *PAPER[:4])
    assert isinstance(refused, Refusal)
    assert refused.code == "device.pack_language"
    assert word in str(refused.values["reason"])
    assert isinstance(pressed(example("boxes"), *PAPER), Pressed)


def test_a_script_without_the_function_and_a_paper_too_long_for_it() -> None:
    with pytest.raises(ScriptedError, match="missing"):
        arranged(ITEMS, msgspec.structs.replace(example("boxes"), source="const x = 1;"), ASK)
    with pytest.raises(ScriptedError, match="bytes of arguments"):
        arranged([Words((Segment("x" * 2_000_000),))], example("boxes"), ASK)


def test_what_a_script_gets() -> None:
    seen: list[bytes] = []

    def ask(request: Request) -> Answer:
        seen.append(request.arguments or b"")
        return Answer(trouble=Trouble.CRASH)

    with pytest.raises(ScriptedError, match="crash"):
        arranged(ITEMS, example("boxes"), ask)
    assert msgspec.json.decode(seen[0]) == [[
        {"line": [{"text": "Tea {b}", "width": 2, "height": 2, "bold": True},
                  {"text": " 1.00", "width": 1, "height": 1, "bold": False}]},
        {"line": []}, {"mark": "qr", "data": "https://a.b"}, {"act": "cut"},
    ]]  # fmt: skip


wild = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8), lambda inner: st.lists(inner, max_size=4)
)
names = st.sampled_from(["b", "XL", "mid", "row", "begin", "snip", "qr", "cut", "pulse", "{b}", ""])
step = st.fixed_dictionaries({}, optional={
    "text": st.text(max_size=8) | wild, "tag": names, "end": names, "line": st.just(True), "mark": names, "act": names,
    "data": st.sampled_from(["", "https://a.b", "{b}"]),
})  # fmt: skip


@settings(max_examples=200)
@given(st.lists(step, max_size=6) | wild)
def test_whatever_a_script_gives_tags_are_ours(given: object) -> None:
    try:
        made = arranged(ITEMS, example("boxes"), lambda _: Answer(json.dumps(given).encode())).decode()
    except ScriptedError:
        return
    for tag in ("b", "XL", "mid", "row", "qr"):
        assert made.count(f"{{{tag}}}") == made.count(f"{{/{tag}}}")
        made = made.replace(f"{{{tag}}}", "").replace(f"{{/{tag}}}", "")
    assert made.count("{snip}") <= 1
    made = made.replace("{snip}", "").replace("{begin}", "")
    assert not set(made) & {"{", "}", "\x1b", "\x1d", "\x10", "\x00"}
