"""``kvit emulate cloud``: a maker's cloud with one printer, to be told what should go wrong."""

from __future__ import annotations

import asyncio
import contextlib
import sys

import click

from kvit.cli.words import no, words

MAKERS = ("feie", "yilianyun", "xpyun", "365wifi", "sunmi")


@click.command(
    "cloud",
    epilog="Example: kvit emulate cloud feie --port 7080   then type: paper out",
    help="Be a maker's cloud with one printer. Signatures are checked. Words typed here are obeyed: paper out|in, offline, "
    "online, stuck, moving, fault hangup|forget|silent|cut|page|500|429|302|garbage (for the next paper), clear, paper "
    "(shows what came out), state.",
)
@click.argument("maker", type=click.Choice(MAKERS))
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=click.IntRange(0, 65535), default=7080, show_default=True, help="0 takes a free one.")
@click.option("--device", default="921600012", show_default=True, help="The printer's number at the cloud.")
@click.option("--user", default="shop", show_default=True, help="The account: user, application or client.")
@click.option("--key", default="secret", show_default=True, help="The account's secret; with 365 the device's key.")
def command(maker: str, host: str, port: int, device: str, user: str, key: str) -> None:
    """Run a cloud until Ctrl+C."""
    with contextlib.suppress(KeyboardInterrupt):
        try:
            asyncio.run(_cloud(maker, host, port, device, user, key))
        except OSError as error:
            raise no(
                "port_taken", place=f"{host}:{port}", reason=error.strerror or str(error), where="--port"
            ) from None


async def _cloud(maker: str, host: str, port: int, device: str, user: str, key: str) -> None:
    from kvit.device.cloud.push.emulators.makers import MAKERS as TABLE
    from kvit.device.cloud.push.emulators.server import CloudEmulator

    cloud = CloudEmulator(TABLE[maker](user, key), device)
    found = await cloud.listen(host, port)
    click.echo(words("cloud_listens", address=f"{maker}+http://{host}:{found}/{device}", user=user, key=key))
    try:
        while line := await asyncio.to_thread(sys.stdin.readline):
            if line.strip() == "paper":
                click.echo("\n--\n".join(cloud.machine.paper))
            elif line.strip():
                click.echo(cloud.tell(line))
        await asyncio.Event().wait()  # no more words, but still a cloud
    finally:
        await cloud.close()
