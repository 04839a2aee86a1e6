"""``kvit printer``: the virtual printer of ``kvit up``; started by it, not by people (they use ``kvit emulate``)."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from pathlib import Path

import click

from kvit.cli.config import config_option, configured
from kvit.cli.words import no, not_kept
from kvit.socket_path import socket_path


@click.command("printer", hidden=True, help="Run the virtual printer of the configuration.")
@click.option("--bound", is_flag=True, help="End with whoever started it: when standard input ends.")
@config_option
def command(bound: bool, config_path: Path | None) -> None:
    """Run until told to stop."""
    settings = configured(config_path)
    folder = settings.folder / "printer"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    from kvit.escpos.profiles import UnknownProfileError

    try:
        asyncio.run(_serve(settings.printer.profile, settings.printer.port, folder, bound))
    except UnknownProfileError as error:
        raise no("unknown_profile", name=error.name, nearest=", ".join(error.nearest) or "-") from None
    except OSError as error:
        place, reason = f"127.0.0.1:{settings.printer.port}", error.strerror or str(error)
        raise no("port_taken", place=place, reason=reason, where="kvit.toml: [printer] port") from None


async def _serve(profile: str, port: int, folder: Path, bound: bool) -> None:
    from kvit.device.emulator import Emulator

    kept = folder / "received.bin"
    emulator = Emulator(profile, kept=kept, unkept=lambda error: not_kept(kept, error), asks_kept=False)
    await emulator.listen("127.0.0.1", port)
    await emulator.control(socket_path(folder / "control.sock"))
    print(json.dumps({"ready": "printer", "pid": os.getpid()}), flush=True)
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    if bound:
        asyncio.get_running_loop().add_reader(sys.stdin.fileno(), stopping.set)
    await stopping.wait()
    await emulator.close()
