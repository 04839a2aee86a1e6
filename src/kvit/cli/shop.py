"""``kvit shop``: the shop process; started by ``kvit up`` or by its own service."""

from __future__ import annotations

from pathlib import Path

import click

from kvit.cli.config import config_option, configured
from kvit.cli.words import no


@click.command("shop", hidden=True, help="Run the shop process: data base, receipts, windows.")
@click.option("--bound", is_flag=True, help="End with whoever started it: when standard input ends.")
@config_option
def command(bound: bool, config_path: Path | None) -> None:
    """Run until told to stop."""
    from kvit.app.customer_keys import KeysUnreadable
    from kvit.app.notifying import KeyUnreadable
    from kvit.app.serving import PortTaken
    from kvit.app.shop import run_shop, say_ready
    from kvit.db import DatabaseError

    try:
        run_shop(configured(config_path), say_ready, bound=bound)
    except PortTaken as taken:
        raise no("port_taken", place=taken.place, reason=taken.reason, where="kvit.toml: [web], [printing]") from None
    except (DatabaseError, KeysUnreadable, KeyUnreadable) as error:
        raise click.ClickException(str(error)) from None
