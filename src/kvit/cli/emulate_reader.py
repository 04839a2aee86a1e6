"""``kvit emulate reader``: a scanner on a virtual serial port, whose codes are typed here."""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path

import click

from kvit.cli.words import no, words


@click.command(
    "reader",
    epilog="Example: kvit emulate reader /tmp/scanner --aim ]Q1   then type: CODE",
    help="Be a scanner on a serial port made at LINK: each line typed here is a code it reads. In kvit.toml it is "
    '[reader.counter] address = "serial:///tmp/scanner".',
)
@click.argument("link", type=click.Path(path_type=Path))
@click.option("--end", type=click.Choice(["cr", "lf", "crlf", "tab", "etx", "gap"]), default="cr", show_default=True)
@click.option("--aim", default="", help="What stands before each code, such as ]Q1.")
def command(link: Path, end: str, aim: str) -> None:
    """Run a scanner until the end of what is typed."""
    if sys.platform == "win32":
        raise no("emulate_reader_windows")
    from kvit.device.reader.emulator import ScannerEmulator

    try:
        scanner = ScannerEmulator(link.absolute(), end, aim=aim)
    except OSError as error:
        raise no("emulate_reader_link", place=str(link), reason=error.strerror or str(error)) from None
    click.echo(words("emulate_reader_there", place=str(scanner.path)))
    with contextlib.suppress(KeyboardInterrupt), contextlib.closing(scanner):
        for line in sys.stdin:
            if code := line.rstrip("\r\n"):
                _scan(scanner, code)


def _scan(scanner: object, code: str) -> None:
    from kvit.device.reader.emulator import ScannerEmulator

    assert isinstance(scanner, ScannerEmulator)
    try:
        scanner.scan(code)
    except BlockingIOError:
        click.echo(words("emulate_reader_full"), err=True)
