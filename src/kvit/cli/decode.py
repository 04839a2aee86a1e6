"""``kvit decode``: printer bytes to something a person or a program can read."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO

import click
import msgspec

from kvit.cli.words import no
from kvit.escpos import Command, Fields, Profile

FORMS = ("text", "commands", "html", "svg", "png", "pdf", "json", "receipt")
UNKNOWN = "unknown"
"""The profile that leaves everything to the bytes: dialect, code page and multibyte set are learned from them."""
STEP_BYTES = 64 << 10
"""What is parsed and written at a time: at most some 65,000 commands in memory, 10 MB."""
REMEMBERED_BYTES_MAX = 8
"""Longer commands hardly come twice."""
INPUT_BYTES_MAX = 256 << 20
"""A day of a busy till is some 20 MB; more than this in one file is a mistake worth stopping at."""


@click.command(
    "decode",
    epilog="Example: kvit decode receipt.bin --to png -o receipt.png",
    help="Decode printer bytes (ESC/POS, Star line mode, ESC/P …) from FILE or - for standard input.",
)
@click.argument("file", type=click.File("rb"))
@click.option("--to", "form", type=click.Choice(FORMS), default="text", show_default=True, help="What to make of them.")
@click.option("--profile", default=None, metavar="P", help="The printer's profile (kvit profiles lists them).")
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), default=None, help="Write to a file.")
def command(file: BinaryIO, form: str, profile: str | None, output: Path | None) -> None:
    """Decode one stream."""
    data = file.read(INPUT_BYTES_MAX + 1)
    if len(data) > INPUT_BYTES_MAX:
        raise no("input_large", mb=INPUT_BYTES_MAX >> 20)
    known = _known(profile)
    pieces = json_lines(data, known) if form == "commands" else [decode(data, form, profile)]
    if output is not None:
        try:
            with output.open("wb") as written:
                written.writelines(pieces)
        except OSError as error:
            raise click.ClickException(
                f"{output} could not be written ({error.strerror}); is the folder there?"
            ) from None
    else:
        for made in pieces:
            _to_terminal(made, form)


def decode(data: bytes, form: str, profile: str | None) -> bytes:
    """Return ``data`` in the wanted form, text forms as UTF-8."""
    from kvit.paper.languages.registry import play
    from kvit.paper.languages.stream import play_stream

    known = _known(profile)
    if form == "commands":
        return b"".join(json_lines(data, known))
    sheet = play(data, known) if _is_text(known) else play_stream(data, known).sheet
    if form == "receipt":
        from kvit.paper.render.escape import quiet_json
        from kvit.receipt.exports import plain
        from kvit.receipt.reading import read

        return quiet_json((json.dumps(plain(read(sheet)), ensure_ascii=False, indent=2) + "\n").encode())
    from kvit.paper.render import RENDERERS

    return RENDERERS[form](sheet)


def _is_text(profile: Profile) -> bool:
    """Whether the printer takes XML, text with tags or calls, in which there are no commands to learn from."""
    from kvit.paper.languages.registry import LANGUAGES

    return profile.language in LANGUAGES and not LANGUAGES[profile.language].commands


def _known(profile: str | None) -> Profile:
    from kvit.escpos.profiles import UnknownProfileError, load

    try:
        return load(profile or UNKNOWN)
    except UnknownProfileError as error:
        raise no("unknown_profile", name=error.name, nearest=", ".join(error.nearest) or "-") from None


def json_lines(data: bytes, profile: Profile, step_bytes: int = STEP_BYTES) -> Iterator[bytes]:
    """Yield the commands as JSON lines, those of ``step_bytes`` at a time: a megabyte may hold a million of them."""
    for commands in _steps(data, profile, step_bytes):
        yield "".join([f'{{"offset": {found.offset}, {_about(found)}' for found in commands]).encode()


def _steps(data: bytes, profile: Profile, step_bytes: int) -> Iterator[list[Command]]:
    """Parse step by step. A text run that goes on behind a step's end is one command all the same."""
    from kvit.escpos import Parser

    parser = Parser(profile)
    view, held = memoryview(data), list[Command]()
    for at in range(0, len(data), step_bytes):
        commands = parser.feed(bytes(view[at : at + step_bytes]))
        _go_on(held, commands)
        if commands:
            yield [*_joined(held), *commands[:-1]]
            held = commands[-1:]
    rest = parser.close()
    _go_on(held, rest)
    yield [*_joined(held), *rest]


def _go_on(held: list[Command], commands: list[Command]) -> None:
    """Take a text that goes on from the commands to what is held."""
    if held and commands and held[0].name == commands[0].name == "text":
        held.append(commands.pop(0))


def _joined(held: list[Command]) -> list[Command]:
    """Make one command of the pieces of a text; anything else is alone."""
    return [msgspec.structs.replace(held[0], raw=b"".join([piece.raw for piece in held]))] if held else []


def _about(found: Command) -> str:
    """Give what stands behind a command's offset; that of short commands is remembered, for they come again and again."""
    if len(found.raw) > REMEMBERED_BYTES_MAX:
        return _line(found.raw, found.name, found.read)
    return _remembered(found.raw, found.name, found.read)


def _line(raw: bytes, name: str, read: Callable[[bytes], Fields] | None) -> str:
    fields = {} if read is None else read(raw)
    said = {key: value.hex() if isinstance(value, bytes) else value for key, value in fields.items()}
    return f'"raw": "{raw.hex()}", "name": {_encode(name)}, "fields": {_encode(said)}}}\n'


_encode = json.JSONEncoder(ensure_ascii=False).encode
_remembered = lru_cache(maxsize=4096)(_line)


def _to_terminal(made: bytes, form: str) -> None:
    if form in ("png", "pdf") and sys.stdout.isatty():
        raise no("fills_screen", form=form.upper(), suffix=form)
    sys.stdout.buffer.write(made)
    if form in ("text", "html", "svg", "json") and not made.endswith(b"\n"):
        sys.stdout.buffer.write(b"\n")
