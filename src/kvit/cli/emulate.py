"""``kvit emulate``: a printer or a scanner without one, to be told what should go wrong."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kvit.cli import emulate_cloud, emulate_reader, emulate_sdp
from kvit.cli.words import no, not_kept, words

if TYPE_CHECKING:
    from kvit.device.cloud.cloudprnt.emulator import StarPrinter


@click.group("emulate", help="A printer or a scanner without one.", epilog="Example: kvit emulate printer --port 9101")
def command() -> None:
    """Group of the emulators."""


command.add_command(emulate_cloud.command)
command.add_command(emulate_reader.command)
command.add_command(emulate_sdp.command)


@command.command(
    "printer",
    epilog="Example: kvit emulate printer --port 9101 --keep paper.bin   then type: paper out",
    help="Be a network printer (and, with --serial, one behind a virtual serial port). Answers status as the profile's "
    "printer does. Words typed here are obeyed: paper out|near|ok, cover open|closed, offline, online, error cutter|none, "
    "slow BYTES, fast, dies [AFTER_BYTES], revive, power off|on|cycle, cut link, ids late|never|prompt|tell, silent, "
    "talks, lies, honest, state.",
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


@command.command(
    "cloudprnt",
    epilog="Example: kvit emulate cloudprnt http://127.0.0.1:7004/cloudprnt/TOKEN --keep paper.bin   then type: paper out",
    help="Be a Star printer that polls for its jobs (CloudPRNT). URL is what would be typed into the printer's page. Words "
    "typed here are obeyed: paper out|near|ok, cover open|closed, fail NAME, well, scan DATA, dies, revive, state.",
)
@click.argument("url")
@click.option("--mac", default="00:11:62:aa:bb:cc", show_default=True, help="Which machine to be.")
@click.option("--model", type=click.Choice(["mc-print3", "tsp650ii", "sp700"]), default="mc-print3", show_default=True)
@click.option(
    "--interval", type=click.FloatRange(0.1, 600), default=5.0, show_default=True, help="Seconds between polls."
)
@click.option("--fail", "fails", multiple=True, help="What goes wrong from the start; `--fail list` names them all.")
@click.option("--keep", type=click.Path(dir_okay=False, path_type=Path), default=None, help="Keep the bytes in a file.")
@click.option(
    "--mqtt", is_flag=True, help="Firmware that knows MQTT: ask the shop how to call, and hang on its broker."
)
def cloudprnt(
    url: str, mac: str, model: str, interval: float, fails: tuple[str, ...], keep: Path | None, mqtt: bool
) -> None:
    """Run a polling printer until Ctrl+C."""
    from kvit.device.cloud.cloudprnt.emulator import FAILS, MODELS, StarPrinter
    from kvit.net import ask

    if unknown := [name for name in fails if name not in FAILS]:
        if unknown == ["list"]:
            click.echo("\n".join(f"{name:16} {what}" for name, what in FAILS.items()))
            return
        raise no("fail_unknown", name=unknown[0], known=", ".join(FAILS))
    printer = StarPrinter(
        url, ask, model=MODELS[model], mac=mac, interval_s=interval, kept=keep,
        unkept=lambda error: not_kept(keep, error), fails=fails, said=click.echo,
    )  # fmt: skip
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_polling(printer, mqtt=mqtt))


async def _polling(printer: StarPrinter, *, mqtt: bool) -> None:
    running = asyncio.create_task(_on_broker(printer) if mqtt else printer.run())
    try:
        while line := await asyncio.to_thread(sys.stdin.readline):
            if line.strip():
                click.echo(printer.tell(line.strip()))
        await running  # no more words, but still a printer
    finally:
        running.cancel()
        printer.close()


async def _on_broker(printer: StarPrinter) -> None:
    from kvit.device.cloud.mqtt.emulator import BrokerStar

    await BrokerStar(printer, click.echo).run()  # returns where the shop has no broker
    click.echo("http")
    await printer.run()
