"""``kvit line``: the line process; started by ``kvit up`` or by its own service."""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path

import click

from kvit.cli.config import config_option, configured
from kvit.cli.words import words

LOOK_S = 1.0
"""How often a standing-by process looks whether the one at work is still there."""


@click.command("line", hidden=True, help="Run the line process: ports, forwarding, capture.")
@click.option("--standby", is_flag=True, help="Where one runs already, wait and take over when it is gone.")
@config_option
def command(standby: bool, config_path: Path | None) -> None:
    """Run until told to stop."""
    from kvit.relay.control import Control
    from kvit.relay.line import run_line

    settings = configured(config_path)
    told = False

    def ready(*_: object) -> None:
        nonlocal told
        if not told:
            print(json.dumps({"ready": "line", "pid": os.getpid()}), flush=True)
            told = True

    while standby and Control.answers(settings.folder / "run"):
        ready()
        time.sleep(LOOK_S)
    refused = run_line(lambda: configured(config_path).relay, settings.folder, ready=ready)
    if refused is not None:
        click.echo(words(refused.code, **refused.values), err=True)
        sys.exit(1)
