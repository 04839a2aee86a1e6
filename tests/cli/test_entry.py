"""The table of verbs, help, the version and what each costs."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

import kvit as package
from kvit.cli.entry import HIDDEN, VERBS, build
from tests.cli.running import good, kvit, refused

ROOT = Path(__file__).resolve().parents[2]


def commands() -> Iterator[tuple[str, click.Command]]:
    """Every verb people type, groups and what is in them, by the words to type."""
    group = build()
    context = click.Context(group)

    def walk(name: str, command: click.Command) -> Iterator[tuple[str, click.Command]]:
        yield name, command
        if isinstance(command, click.Group):
            for inner in command.list_commands(context):
                found = command.get_command(context, inner)
                assert found is not None
                yield from walk(f"{name} {inner}", found)

    for verb in VERBS:
        command = group.get_command(context, verb)
        assert command is not None
        yield from walk(verb, command)


ALL = dict(commands())


@pytest.mark.parametrize("words", ALL)
def test_help_shows_an_example_that_parses(words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    said = good(*words.split(), "--help").decode()
    found = re.search(r"Example: kvit (.*)", " ".join(said.split()))
    assert found, said
    example = re.split(r"\s{2,}| then type| \(Windows", found[1])[0].split()
    group: click.Command = build()
    context = click.Context(group, info_name="kvit")
    while isinstance(group, click.Group):
        inner = group.get_command(context, example[0])
        assert inner is not None, example
        group, example = inner, example[1:]
    for parameter in group.params:  # files named in examples are not here
        if isinstance(parameter.type, click.File):
            monkeypatch.setattr(parameter, "type", click.STRING)
    group.make_context("kvit", list(example), resilient_parsing=False)


def test_every_verb_is_listed_with_what_it_does() -> None:
    said = good("--help").decode()
    assert all(re.search(rf"^  {verb} +\w", said, re.MULTILINE) for verb in VERBS)
    assert not any(re.search(rf"^  {verb} ", said, re.MULTILINE) for verb in HIDDEN)


def test_a_misspelt_verb_is_refused() -> None:
    assert "No such command" in refused("dekode")
    assert kvit("decode", "--too", "text", "-").exit_code == 2


def test_the_version_comes_without_importing_anything() -> None:
    script = (
        "import sys\nsys.argv = ['kvit', '--version']\nbefore = set(sys.modules)\nfrom kvit.cli import main\nmain()\n"
        "print(sorted(name for name in sys.modules if name.split('.')[0] in "
        "('click', 'msgspec', 'numpy', 'PIL', 'apsw', 'rich', 'asyncio')))"
    )
    said = subprocess.run(
        [sys.executable, "-c", script],
        env={"PYTHONPATH": str(ROOT / "src")},
        capture_output=True,
        text=True,
        check=True,
    )
    assert said.stdout.splitlines() == [f"kvit {package.__version__}", "[]"]


@pytest.mark.parametrize("verb", ["decode", "profiles", "line"])
def test_a_verb_imports_no_pictures_before_it_needs_them(verb: str) -> None:
    script = f"import sys, kvit.cli.{verb}; print([name for name in ('numpy', 'PIL', 'apsw') if name in sys.modules])"
    said = subprocess.run(
        [sys.executable, "-c", script],
        env={"PYTHONPATH": str(ROOT / "src")},
        capture_output=True,
        text=True,
        check=True,
    )
    assert said.stdout == "[]\n"
