"""``kvit emulate sdp``: an Epson printer that calls in for its jobs, to be told what should go wrong."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kvit.cli.words import not_kept, words

if TYPE_CHECKING:
    from kvit.device.cloud.sdp.emulator import Emulator
    from kvit.device.cloud.sdp.machine import Machine

VERSIONS = {"1": "1.00", "2": "2.00", "3": "3.00"}
FAULTS = (
    "paper", "cover", "midway", "spooler", "stuck", "amnesia", "full", "forgets", "late", "never-answers", "lies", "slow",
    "schema", "device", "off", "empty-jobid", "twice", "no-probes",
)  # fmt: skip
"""As `kvit.device.cloud.sdp.machine.FAULTS`, which has a sentence on each (a test compares)."""


@click.command(
    "sdp",
    epilog="Example: kvit emulate sdp http://127.0.0.1:7004/sdp/WORD --id KITCHEN1   then type: paper out",
    help="Be an Epson printer that calls URL for its jobs (Server Direct Print) and shows what it printed. Words typed "
    "here are obeyed: paper out|ok, cover open|closed, fail WORD, well [WORD]; WORD as with --fail.",
)
@click.argument("url")
@click.option("--id", "id_", default="", help="What it calls itself.")
@click.option("--name", default="TM-m30III", show_default=True)
@click.option(
    "--version", type=click.Choice(list(VERSIONS)), default="3", show_default=True, help="The newest it knows."
)
@click.option(
    "--interval", type=click.FloatRange(0.2, 600), default=5.0, show_default=True, help="Seconds between calls."
)
@click.option("--fail", "faults", type=click.Choice(FAULTS), multiple=True, help="What it does wrong; may be repeated.")
@click.option("--user", default="", help="Its login, where the server asks for one.")
@click.option("--password", default="", envvar="KVIT_EMULATE_PASSWORD")
@click.option("--profile", default="epos", show_default=True, help="Which printer to be.")
@click.option(
    "--keep", type=click.Path(file_okay=False, path_type=Path), default=None, help="Keep the papers in a folder."
)
def command(
    url: str, id_: str, name: str, version: str, interval: float, faults: tuple[str, ...], user: str, password: str,
    profile: str, keep: Path | None,
) -> None:  # fmt: skip
    """Run a printer until Ctrl+C."""
    from kvit.cli.words import no
    from kvit.device.cloud.sdp.digest import Login
    from kvit.device.cloud.sdp.emulator import Emulator
    from kvit.device.cloud.sdp.machine import Machine
    from kvit.escpos import load_profile
    from kvit.escpos.profiles import UnknownProfileError

    try:
        load_profile(profile)
    except UnknownProfileError as error:
        raise no("unknown_profile", name=error.name, nearest=", ".join(error.nearest) or "-") from None
    if not url.startswith(("http://", "https://")):
        raise click.BadParameter("http(s)://HOST:PORT/sdp/WORD", param_hint="URL")
    machine = Machine(VERSIONS[version], profile, set(faults))
    login = Login(user, password) if password else None
    caller = Emulator(
        url, machine, id_=id_, name=name, login=login, on_print=lambda document: _show(machine, document, keep)
    )
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_run(caller, interval))


async def _run(caller: Emulator, interval_s: float) -> None:
    click.echo(words("sdp_calls", url=caller.url, seconds=f"{interval_s:g}"))
    calling = asyncio.create_task(
        caller.run(interval_s, lambda why: click.echo(words("sdp_unanswered", reason=why), err=True))
    )
    while line := await asyncio.to_thread(sys.stdin.readline):
        if line.strip():
            click.echo(caller.machine.tell(line))
    await calling  # no more words, but still a printer


def _show(machine: Machine, document: bytes, keep: Path | None) -> None:
    """Show what came out, and keep it: the XML as it came."""
    from kvit.paper.render import RENDERERS

    click.echo(RENDERERS["text"](machine.play(document)).decode())
    if keep is None:
        return
    file = keep / f"{len(machine.printed):04d}.xml"
    try:
        keep.mkdir(parents=True, exist_ok=True)
        file.write_bytes(document)
    except OSError as error:
        not_kept(file, error)
