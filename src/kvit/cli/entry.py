"""The entry point and the table of verbs."""

from __future__ import annotations

import importlib
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import click

VERBS = {
    "up": "run a whole shop on this machine",
    "demo": "send a varied day of sales through the running shop",
    "doctor": "say what is wrong with this installation and what to do",
    "decode": "printer bytes to text, picture, page, commands or receipt data",
    "print": "one paper into the shop's queue, and how it ended",
    "printers": "the shop's printers: how they stand, adding, stopping, test prints",
    "jobs": "print jobs: what waits, how each ended, answering, printing again",
    "render": "a document to the bytes of one printer, or to a look at what it would print",
    "relay": "tills, printers and virtual serial pairs",
    "readers": "scanners and card readers, and what they read just now",
    "receipts": "the stored receipts: reading them again",
    "shops": "the shops this installation keeps books for",
    "station": "this machine as a station of a server: pairing, how it stands",
    "emulate": "a printer or a scanner without one",
    "profiles": "the printer models Kvit knows",
    "templates": "templates as files: shown, kept, published, copied, JSON to text and back",
    "pack": "packs of templates and scripts: made, signed, taken in, pinned",
    "backup": "copy the books while the shop runs",
    "restore": "put a backup back in place",
    "config": "show the effective settings and where each came from",
    "ofd": "the exchange of a cash register with its tax data operator, decoded",
    "verify": "prove the chained books from their entries alone",
    "access": "a new first code, when nobody can log in",
}
HIDDEN = (
    "line",
    "shop",
    "printer",
    "draw",
    "digest",
    "press",
    "pages",
    "script",
)  # what `kvit up` starts; not for people


def main() -> None:
    """Run the command line of this process and leave with its exit code."""
    if sys.argv[1:] in (["--version"], ["version"]):
        from kvit import __version__

        print(f"kvit {__version__}")
        return
    build().main(args=sys.argv[1:], prog_name="kvit")


def build() -> click.Group:
    """Make the click group; each verb's module is loaded by name when it is asked for."""
    import click

    class Verbs(click.Group):
        def list_commands(self, ctx: click.Context) -> list[str]:
            return list(VERBS)

        def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
            if cmd_name not in VERBS and cmd_name not in HIDDEN:
                return None
            module: Any = importlib.import_module(f"kvit.cli.{cmd_name}")
            command: click.Command = module.command
            return command

        def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
            with formatter.section("Verbs"):
                formatter.write_dl(list(VERBS.items()))

    return Verbs(
        name="kvit",
        help="Kvit takes one sale to all its places: paper, the customer's phone, the tax office, the points.\n\n"
        "`kvit VERB --help` shows an example that works.",
        params=[click.Option(["--version"], is_flag=True, help="Show the version and exit.")],
    )
