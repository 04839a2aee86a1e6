"""``kvit demo``: a varied day of sales through the running shop."""

from __future__ import annotations

import datetime
import random
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import click

from kvit.cli.config import config_option, configured
from kvit.cli.words import no, words

DRAIN_S = 30.0
"""How long the shop may take to swallow one printout (a slow serial printer behind it) before the demo gives up."""


@click.command(
    "demo",
    epilog="Example: kvit demo --count 100 --pause 0.5",
    help="Send a varied day of sales (English, Korean, Russian, Kazakh, Chinese; logos, QR codes, refunds, card slips, "
    "kitchen tickets, Z reports) to the shop's print port, as a till would.",
)
@click.option("--count", default=60, show_default=True, help="How many printouts.")
@click.option("--pause", default=0.15, show_default=True, metavar="SECONDS", help="Between two printouts.")
@click.option("--seed", default=None, type=int, help="The same number gives the same day; else every day is another.")
@click.option("--to", "target", default=None, metavar="HOST:PORT", help="Another print port than the shop's first.")
@click.option(
    "-o", "--output", type=click.Path(file_okay=False, path_type=Path), help="Write files into a folder instead."
)
@config_option
def command(
    count: int, pause: float, seed: int | None, target: str | None, output: Path | None, config_path: Path | None
) -> None:
    """Send the day."""
    from kvit.demo import day

    start = datetime.datetime.combine(datetime.date.today(), datetime.time(9))  # noqa: DTZ011 - a till's clock
    printouts = day(start, count, random.Random(seed))
    if output is not None:
        output.mkdir(parents=True, exist_ok=True)
        for index, printout in enumerate(printouts):
            (output / f"{index:04d}-{printout.language}-{printout.kind}.bin").write_bytes(printout.data)
        click.echo(words("demo_files", n=count, folder=str(output)))
        return
    settings = configured(config_path)
    host, port = _address(target) if target else _first_port([line.till for line in settings.relay.line])
    sent = _send(host, port, (printout.data for printout in printouts), pause)
    live = f"{settings.staff_url}/live"
    click.echo(words("demo_sent", n=count, kb=f"{sent / 1000:.0f}", place=f"{host}:{port}", live=live))


def _address(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    if not host or not port.isdigit():
        raise no("no_address", text=text)
    return host, int(port)


def _first_port(tills: list[str]) -> tuple[str, int]:
    for till in tills:
        if till.startswith("tcp://"):
            host, port = _address(till.removeprefix("tcp://").split("?")[0])
            return ("127.0.0.1" if host in ("0.0.0.0", "") else host), port  # noqa: S104 - it is where we connect to
    raise no("no_print_port")


def _send(host: str, port: int, printouts: Iterator[bytes], pause: float) -> int:
    sent = 0
    try:
        with socket.create_connection((host, port), timeout=DRAIN_S) as till:
            for data in printouts:
                till.sendall(data)
                sent += len(data)
                time.sleep(pause)
            till.shutdown(socket.SHUT_WR)
            while till.recv(4096):
                pass
    except ConnectionRefusedError:
        raise no("nothing_listens", place=f"{host}:{port}") from None
    except OSError as error:
        raise no("not_taken", place=f"{host}:{port}", reason=str(error)) from None
    return sent
