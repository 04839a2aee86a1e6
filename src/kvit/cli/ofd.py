"""``kvit ofd``: looking into the exchange between a cash register and its tax data operator."""

from __future__ import annotations

import re
from typing import BinaryIO

import click

from kvit.cli.words import no

INPUT_BYTES_MAX = 8 << 20


@click.group(
    "ofd",
    epilog="Example: kvit ofd decode frames.hex",
    help="The exchange with the fiscal data operator (Kazakhstan): what recorded frames say.",
)
def command() -> None:
    """Hold the verbs together."""


@command.command("decode", epilog="Example: kvit ofd decode frames.hex")
@click.argument("file", type=click.File("rb"))
@click.option(
    "--as",
    "kind",
    type=click.Choice(["request", "response"]),
    default=None,
    help="What the frames are; else found out.",
)
def decode(file: BinaryIO, kind: str | None) -> None:
    """Show recorded frames, raw or as hexadecimal text, from FILE or - for standard input."""
    from kvit.fiscal.ofd.frame import read_frame
    from kvit.wire import Wire, WireError

    data = file.read(INPUT_BYTES_MAX + 1)
    if len(data) > INPUT_BYTES_MAX:
        raise no("input_large", mb=INPUT_BYTES_MAX >> 20)
    wire = Wire()
    wire.feed(_bytes(data))
    wire.end()
    try:
        while wire.waiting:
            reader = read_frame(wire)
            try:
                while True:
                    next(reader)
            except StopIteration as done:
                click.echo(_shown(done.value, kind))
    except WireError as error:
        raise click.ClickException(str(error)) from None


def _bytes(data: bytes) -> bytes:
    """Hexadecimal text, with blanks or without, as bytes; anything else as it is."""
    packed = re.sub(rb"\s", b"", data)
    return bytes.fromhex(packed.decode()) if packed and re.fullmatch(rb"(?:[0-9A-Fa-f]{2})+", packed) else data


def _shown(frame: object, kind: str | None) -> str:
    from kvit.fiscal.ofd.frame import Frame
    from kvit.fiscal.ofd.message import parse, text
    from kvit.wire import WireError

    assert isinstance(frame, Frame)
    head = f"# version {frame.version}, register {frame.device_id}, token {frame.token:08X}h, request {frame.number}, "
    for wanted in ("Request", "Response") if kind is None else (kind.capitalize(),):
        try:
            return f"{head}{wanted}\n{text(parse(frame.version, wanted, frame.body))}"
        except WireError as error:
            failed = error
    raise failed
