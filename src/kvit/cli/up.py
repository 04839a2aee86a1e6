"""``kvit up``: run a whole shop on this machine."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kvit.cli.config import config_option, configured

if TYPE_CHECKING:
    from kvit.app.settings import Settings
    from kvit.app.supervisor import Program

Say = Callable[..., str]
TRIES_AFTER_A_KILL = 5
"""The processes of a killed ``kvit up`` end by themselves; with growing pauses these tries are more than six seconds."""


@click.command(
    "up",
    epilog="Example: kvit up",
    help="Run a whole shop on this machine: print port, virtual serial pair, virtual printer, relay, pages for staff and "
    "customers. Everything listens on this machine only, until kvit.toml says otherwise.",
)
@click.option(
    "--role", type=click.Choice(("all", "station", "server")), default=None,
    help="A whole shop; the tills' side of one; or the server of shops whose stations send. Else as [chain] role says.",
)  # fmt: skip
@config_option
def command(config_path: Path | None, role: str | None) -> None:
    """Start everything, print the addresses, keep it running."""
    from kvit.app.supervisor import StartFailed, Supervisor
    from kvit.i18n import from_environment, say

    if role is not None:
        os.environ["KVIT_CHAIN__ROLE"] = role  # every process of this shop reads it
    settings = configured(config_path)
    language = from_environment(os.environ)

    def words(sentence: str, /, **values: str | int) -> str:
        return say(language, f"app.{sentence}", **values)

    try:
        settings.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        (settings.folder / "up.lock").touch(mode=0o600)
    except OSError:
        raise click.ClickException(words("doctor_folder_denied", folder=str(settings.folder))) from None
    with _alone(settings.folder) as alone:
        if alone.other is not None:
            click.echo(words("up_already", pid=alone.other))
            _addresses(settings, words, None)
            return
        tries = TRIES_AFTER_A_KILL if alone.killed else 1
        supervisor = Supervisor(
            programs(settings),
            lambda event: click.echo(event, err=True),
            start_tries=tries,
            hopeless=lambda name, times: click.echo(words("up_hopeless", name=name, times=times), err=True),
            preparing=lambda name: click.echo(words("up_preparing"), err=True),
        )
        try:
            said = supervisor.start()
        except StartFailed as failed:
            click.echo(words("up_failed", name=failed.name, why=failed.why), err=True)
            sys.exit(1)
        except KeyboardInterrupt:
            return
        try:
            click.echo(words("up_running"))
            _addresses(settings, words, said["shop"].get("code"))
            click.echo(words("up_stop"))
            sys.stdout.flush()
            supervisor.watch()
        finally:
            supervisor.stop()


def programs(settings: Settings) -> list[Program]:
    """Return what has to run, in starting order: the printer, the lines to it, the shop behind them."""
    from kvit.app.supervisor import Program

    config = ("--config", str(settings.path)) if settings.path else ()

    def run(verb: str, *more: str) -> tuple[str, ...]:
        return (sys.executable, "-m", "kvit", verb, *more, *config)

    if settings.chain.role == "server":
        return [Program("shop", run("shop", "--bound"))]
    wanted = [
        Program("line", run("line", "--standby"), lambda: _end_lines(settings.folder)),
        Program("shop", run("shop", "--bound")),
    ]
    return [Program("printer", run("printer", "--bound")), *wanted] if settings.printer.virtual else list(wanted)


def _end_lines(folder: Path) -> None:
    """Ctrl+C ends everything, the ports too; a restart of the shop alone would leave them."""
    from kvit.relay.control import ask

    with contextlib.suppress(OSError, ValueError):
        ask(folder / "run", {"do": "stop", "for_good": True})


def _addresses(settings: Settings, words: Say, code: object) -> None:
    closed = _closed(settings.folder)
    for line in settings.relay.line:
        if line.name in closed:
            click.echo("  " + words("doctor_line_problem", name=line.name, reason=closed[line.name]))
        else:
            click.echo("  " + words("up_till", place=_till_place(line.till, settings.folder)))
    click.echo("  " + words("up_staff", place=settings.staff_url))
    click.echo("  " + words("up_public", place=settings.public_url))
    click.echo("  " + words("up_data", place=str(settings.folder)))
    if code:
        click.echo("  " + words("up_code", code=str(code)))


def _closed(folder: Path) -> dict[str, str]:
    """Lines whose till's side could not be opened, and why."""
    from kvit.relay.control import ask

    try:
        lines = ask(folder / "run", {"do": "state"})["lines"]
    except (OSError, ValueError, KeyError):
        return {}
    return {line["name"]: f"{line['till']}: {line.get('reason', '')}" for line in lines if "problem" in line}


def _till_place(till: str, folder: Path) -> str:
    """A pair's till end is a file in the ports folder."""
    return str(folder / "ports" / till.removeprefix("pty://")) if till.startswith("pty://") else till


class _alone:  # noqa: N801 - used as a verb
    """Hold the folder for one ``kvit up``.

    ``other`` is the process number of the one that has it, None where we have; ``killed`` says that the one before us did
    not end by itself.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / "up.lock"
        # Whoever can read the file could lock it, and with it every start: it is ours alone.
        self._file = os.fdopen(os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600), "a+")
        self.other: int | None = None
        self.killed = False

    def __enter__(self) -> _alone:
        import fcntl

        self._file.seek(0)
        before = self._file.read()
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self.other = int(before or 0)
            return self
        self.killed = bool(before)
        self._file.truncate(0)
        self._file.write(str(os.getpid()))
        self._file.flush()
        return self

    def __exit__(self, *_: object) -> None:
        if self.other is None:
            self._file.truncate(0)
        self._file.close()
