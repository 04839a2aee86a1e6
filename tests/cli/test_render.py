"""``kvit render``: every form and printer, the paper, the cut, the warnings as sentences, and what it refuses."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from kvit.cli.render import FORMS, asked, chosen, command, read, render
from kvit.cli.warning import sentence_of, sentences_of
from kvit.device.adapters.kinds import KINDS
from kvit.i18n import LANGUAGES, codes
from kvit.paper.sheet import Problem

DOCUMENT = (
    b'{"blocks": [{"type": "text", "content": "Cafe", "align": "centre"}, '
    b'{"type": "pair", "left": "Latte", "right": "4.50"}, {"type": "cut"}]}'
)
BEGINNINGS = {
    "bytes": b"\x1b@", "hex": b"1b 40", "text": b" ", "html": b"<!doctype html>", "svg": b"<svg",
    "png": b"\x89PNG", "pdf": b"%PDF-", "json": b"{",
}  # fmt: skip


@pytest.fixture(autouse=True)
def in_english(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("KVIT_LANG", "en")
    monkeypatch.chdir(tmp_path)


def run(tmp_path: Path, *arguments: str, document: bytes = DOCUMENT, name: str = "a.json") -> Result:
    (tmp_path / name).write_bytes(document)
    return CliRunner().invoke(command, [str(tmp_path / name), *arguments])


def line(columns: int) -> str:
    return "Latte" + "4.50".rjust(columns - 5)


@pytest.mark.parametrize("form", FORMS)
def test_each_form(form: str) -> None:
    made, told = render(read(DOCUMENT, "json"), asked(None, "epson", 0, None), form)
    assert made.startswith(BEGINNINGS[form])
    assert len(told) == 1


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("profile", ["feie58", "365wifi", "yilianyun", "xpyun80", "wangpos"])
def test_each_form_of_what_has_only_letters(profile: str, form: str) -> None:
    made, _ = render(read(DOCUMENT, "json"), asked(None, profile, 0, None), form)
    if form in ("bytes", "hex"):
        made = bytes.fromhex(made.decode()) if form == "hex" else made
        assert b"Latte" in made
    else:
        assert made.startswith(BEGINNINGS[form])


@pytest.mark.parametrize("name", KINDS)
def test_each_adapter_by_its_address(tmp_path: Path, name: str) -> None:
    place = "tcp://10.0.0.5" if "tcp" in KINDS[name].transports else "https://cloud.example.com/1"
    said = run(tmp_path, "--printer", f"{name}+{place}", "--cut", "no")
    assert said.exit_code == 0, said.output
    assert said.stdout.splitlines()[-1] == line(32 if KINDS[name].papers[0] == 58 else 48)


def test_paper_bytes_and_warnings(tmp_path: Path) -> None:
    said = run(tmp_path, "--profile", "epson", "--paper", "58", document=DOCUMENT.replace(b"Latte", "우유".encode()))
    assert said.exit_code == 0
    assert any(line.endswith("4.50") and len(line.encode("euc-kr")) == 32 for line in said.stdout.splitlines())
    assert "The printer has no letters for “우유”; they are drawn as a picture." in said.stderr
    raw = tmp_path / "a.bin"
    assert run(tmp_path, "--profile", "xprinter", "--to", "bytes", "-o", str(raw)).exit_code == 0
    assert raw.read_bytes().endswith(b"\x1dVB\x00")


@pytest.mark.parametrize(("cut", "ending"), [("no", b"4.50\n"), ("full", b"\x1dVA\x00"), ("yes", b"\x1dVB\x00")])
def test_the_cut_is_asked_from_outside(tmp_path: Path, cut: str, ending: bytes) -> None:
    for arguments in (["--profile", "epson"], ["--printer", "escpos+tcp://10.0.0.5?profile=epson&cut=partial"]):
        made = run(tmp_path, *arguments, "--cut", cut, "--to", "bytes").stdout_bytes
        assert made.endswith(ending)
        assert made.count(b"\x1dV") == (cut != "no")


def test_copies_are_printed_or_told(tmp_path: Path) -> None:
    assert run(tmp_path, "--profile", "epson", "--copies", "3").stdout.count("Latte") == 3
    said = run(tmp_path, "--profile", "feie58", "--copies", "3")
    assert said.stdout.count("Latte") == 1
    assert "3 copies" in said.stderr


def test_a_named_printer(tmp_path: Path) -> None:
    (tmp_path / "kvit.toml").write_text('[printer.kitchen]\naddress = "sprt58+tcp://10.0.0.5?cut=no"\n', "utf-8")
    said = run(tmp_path, "--printer", "kitchen")
    assert said.exit_code == 0
    assert line(32) in said.stdout.splitlines()
    other = tmp_path / "other.toml"
    other.write_text('[printer.kitchen]\naddress = "tcp://10.0.0.5"\n', "utf-8")
    assert line(48) in run(tmp_path, "--printer", "kitchen", "--config", str(other)).stdout.splitlines()


RECEIPT_LINE = "Corner Cafe\n\nLatte | 4.50\n"


def test_receiptline_by_its_ending_or_by_order(tmp_path: Path) -> None:
    data = RECEIPT_LINE.encode()
    for said in (
        run(tmp_path, document=data, name="a.receipt"),
        run(tmp_path, "--from", "receipt", document=data, name="a.txt"),
    ):
        assert said.exit_code == 0, said.output
        assert "Corner Cafe" in said.stdout
        assert "4.50" in said.stdout
    refused = run(tmp_path, "--from", "json", document=data, name="a.receipt").output
    assert "This is no document" in refused
    assert "--from receipt" in refused


def test_each_warning_is_said_once(tmp_path: Path) -> None:
    ruled = b"{border: line; width: 6 6}\na|b\n-\nc|d\n"
    said = run(tmp_path, "--profile", "epos", document=ruled, name="a.receipt").stderr.splitlines()
    assert said[-1].endswith("warnings: 1")
    assert len(said) == len(set(said)) == 2


def test_what_of_a_text_is_left_out_is_said(tmp_path: Path) -> None:
    said = run(tmp_path, document=b"Cafe\n{command: \\x1bp}\n{nonsense}\n", name="a.receipt")
    assert said.exit_code == 0
    assert "Line 2: raw bytes for a printer are never taken from a text" in said.stderr
    assert "Line 3" in said.stderr


def test_every_remark_of_a_text_has_a_sentence() -> None:
    source = (PAPER / "markup" / "receiptline.py").read_text("utf-8")
    found = set(re.findall(r"\"(markup\.[a-z]+)\"", source))
    assert len(found) > 5
    assert {code for code in found if f"problem.{code.replace('.', '_')}" not in codes()} == set()


@pytest.mark.parametrize("profile", ["default", "unknown", "generic-58mm", "xprinter", "TM-T88V"])
def test_the_look_has_the_letters_of_the_document(profile: str) -> None:
    letters = "Итого Zażółć naïve ΩΨ"
    document = read(DOCUMENT.replace(b"Cafe", letters.encode()), "json")
    made, _ = render(document, asked(None, profile, 0, None), "text")
    assert letters in made.decode()


REFUSED = [
    (["--profile", "nobody"], "No printer profile is called nobody"),
    (["--profile", "OCD-300"], "There is no adapter for this printer: OCD-300"),
    (["--printer", "kitchen"], "No printer is called kitchen"),
    (["--printer", "brother+tcp://h"], "There is no adapter for this printer: brother"),
    (["--printer", "365wifi+http://h/1", "--paper", "80"], "paper=80 is not possible. Possible: 58"),
    (["--printer", "tcp://h", "--profile", "epson"], "not both"),
    (["--printer", "escpos+tcp://h?key=1"], "no option key"),
]


@pytest.mark.parametrize(("arguments", "says"), REFUSED)
def test_refusals_say_what_to_do(tmp_path: Path, arguments: list[str], says: str) -> None:
    said = run(tmp_path, *arguments)
    assert said.exit_code == 1
    assert says in said.stderr


def test_what_is_no_document() -> None:
    with pytest.raises(click.ClickException, match="no document"):
        read(b"{", "json")
    with pytest.raises(click.ClickException, match="no document"):
        read(b"\xff\xfe", "json")


def test_the_command_line_goes_before_the_address() -> None:
    adapter = asked("escpos+tcp://h?cut=full&copies=2", "", 0, None)
    assert (adapter.cut, adapter.copies) == ("full", 2)
    adapter = chosen(adapter, "no", 3)
    assert (adapter.cut, adapter.copies) == ("no", 3)


# Warnings

PAPER = Path(__file__).resolve().parents[2] / "src" / "kvit" / "paper"
WRITING = [
    *(PAPER / "laying").glob("*.py"), PAPER / "layout.py", PAPER / "sizing.py", PAPER / "symbol.py", PAPER / "code128.py",
    PAPER / "languages" / "tame.py", PAPER / "languages" / "lines.py",
    PAPER.parent / "device" / "adapters" / "adapter.py",
]  # fmt: skip
CODE = re.compile(r"(letters|look|picture|logo|symbol|cut|pulse|beep|table|frame|area|content|line)\.[a-z_]+")


def told(path: Path) -> set[str]:
    """Every code that stands in a file as a text of its own."""
    nodes = ast.walk(ast.parse(path.read_text("utf-8")))
    texts = {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    return {text for text in texts if CODE.fullmatch(text)}


def test_every_problem_of_the_writing_half_has_a_sentence() -> None:
    found = set().union(*(told(path) for path in WRITING))
    assert len(found) > 20
    assert {code for code in found if f"problem.{code.replace('.', '_')}" not in codes()} == set()


VALUES: dict[str, dict[str, str | int]] = {
    "letters.drawn": {"text": "우유"}, "look.absent": {"word": "size"},
    "symbol.check_digit": {"kind": "ean13", "expected": "4"},
    "symbol.too_wide": {"kind": "ean13", "width": 700, "room": 576}, "content.long": {"bytes": 4000, "limit": 3500},
    "symbol.option": {"kind": "qr", "option": "level"}, "symbol.elements": {"kind": "gs1128", "ai": "(01"},
}  # fmt: skip


@pytest.mark.parametrize("code", VALUES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_warning_is_a_sentence(code: str, language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KVIT_LANG", language)
    said = sentence_of(Problem(code, 2, 3, VALUES[code]))
    assert "{" not in said
    assert code not in said
    assert "3" in said[:8]


def test_a_warning_of_the_whole_document_names_no_block() -> None:
    assert sentence_of(Problem("content.long", 0, 5, {"bytes": 4, "limit": 3})).startswith("The receipt has 4 bytes")


def test_rules_are_no_letters_to_people() -> None:
    assert "rules" in sentence_of(Problem("letters.drawn", 0, 1, {"text": "═" * 48}))
    assert "“a”" in sentence_of(Problem("letters.drawn", 0, 1, {"text": "═a"}))


def test_a_problem_without_a_sentence_is_still_told() -> None:
    said = sentence_of(Problem("new.thing", 0, 1, {"a": 1}))
    assert "new.thing" in said
    assert json.dumps({"a": 1}) in said


def test_values_do_no_harm_to_a_terminal() -> None:
    said = sentence_of(Problem("symbol.unsupported", 0, 1, {"kind": "x\x1b[2J" + "y" * 99}))
    assert said.isprintable()
    assert len(said) < 130


def test_letters_that_fared_alike_are_told_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KVIT_LANG", "en")
    problems = [
        Problem("letters.drawn", 0, 1, {"text": "가나"}),
        Problem("cut.absent", 1, 2, {}),
        Problem("letters.drawn", 3, 4, {"text": "나다"}),
        Problem("letters.lost", 4, 5, {"text": "ก"}),
        Problem("cut.absent", 1, 2, {}),
    ]
    drawn, cut, lost = sentences_of(problems)
    assert "“가나다”" in drawn
    assert cut == sentence_of(problems[1])
    assert "“ก”" in lost
