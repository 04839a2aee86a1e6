"""``kvit emulate``: a printer without a printer, to be told what should go wrong."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from pathlib import Path

import click

from kvit.cli.words import no, not_kept, words


@click.group("emulate", help="A printer without a printer.", epilog="Example: kvit emulate printer --port 9101")
def command() -> None:
    """Group of the emulators."""


@command.command(
    "printer",
    epilog="Example: kvit emulate printer --port 9101 --keep paper.bin   then type: paper out",
    help="Be a network printer (and, with --serial, one behind a virtual serial port). Answers status as the profile's "
    "printer does. Words typed here are obeyed: paper out|low|in, cover open|closed, offline, online, error cutter|none, "
    "slow BYTES, fast, dies [AFTER_BYTES], revive, silent, talks, lies, honest, state.",
)
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=click.IntRange(0, 65535), default=9101, show_default=True, help="0 takes a free one.")
@click.option("--profile", default="TM-T88V", show_default=True, help="Which printer to be.")
@click.option(
    "--keep",
    type=click.Path(dir_okay=False, path_type=Path),
    default=None,
    help="Keep the bytes in a file (at 64 MB it becomes FILE.old and a new one begins).",
)
@click.option(
    "--serial", type=click.Path(path_type=Path), default=None, metavar="LINK", help="Also a serial port there."
)
def printer(host: str, port: int, profile: str, keep: Path | None, serial: Path | None) -> None:
    """Run a printer until Ctrl+C."""
    from kvit.escpos.profiles import UnknownProfileError

    with contextlib.suppress(KeyboardInterrupt):
        try:
            asyncio.run(_printer(host, port, profile, keep, serial))
        except UnknownProfileError as error:
            raise no("unknown_profile", name=error.name, nearest=", ".join(error.nearest) or "-") from None
        except OSError as error:
            raise no(
                "port_taken", place=f"{host}:{port}", reason=error.strerror or str(error), where="--port"
            ) from None


async def _printer(host: str, port: int, profile: str, keep: Path | None, serial: Path | None) -> None:
    from kvit.device.emulator import Emulator

    emulator = Emulator(profile, kept=keep, unkept=lambda error: not_kept(keep, error))
    found = await emulator.listen(host, port)
    click.echo(words("printer_listens", profile=profile, place=f"{host}:{found}"))
    if serial is not None:
        click.echo(words("printer_serial", place=str(emulator.serial(serial.parent, serial.name))))
    try:
        while line := await asyncio.to_thread(sys.stdin.readline):
            if line.strip():
                click.echo(emulator.tell(line.strip()))
        await asyncio.Event().wait()  # no more words, but still a printer
    finally:
        await emulator.close()
