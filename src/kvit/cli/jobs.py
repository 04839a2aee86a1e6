"""``kvit jobs``: print jobs and how each ended, and what can be done about one. The running shop is asked."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from kvit.cli.config import config_option
from kvit.cli.printers import ask, json_option
from kvit.cli.words import words
from kvit.device.spool.model import Kind, State
from kvit.i18n import codes

STATES = tuple(state.value for state in State)
KINDS = tuple(kind.value for kind in Kind)


@click.group(
    "jobs",
    invoke_without_command=True,
    help="Print jobs: what waits, how each ended, answering, printing again.",
    epilog="Example: kvit jobs list --state unknown",
)
@json_option
@config_option
@click.pass_context
def command(ctx: click.Context, as_json: bool, config_path: Path | None) -> None:
    """List the latest where nothing else is asked for; ``--config`` in front of a verb is the verb's."""
    if ctx.invoked_subcommand is None:
        ctx.invoke(
            list_jobs, text="", printer="", state=None, kind=None, limit=20, as_json=as_json, config_path=config_path
        )
    elif config_path is not None:
        ctx.default_map = {ctx.invoked_subcommand: {"config_path": str(config_path)}}


@command.command("list", epilog="Example: kvit jobs list --printer kitchen --state blocked")
@click.argument("text", default="")
@click.option("--printer", default="", metavar="NAME", help="Of this printer.")
@click.option("--state", type=click.Choice(STATES), default=None, help="In this state.")
@click.option("--kind", type=click.Choice(KINDS), default=None, help="Of this kind.")
@click.option("--limit", type=click.IntRange(1, 200), default=20, show_default=True, help="How many.")
@json_option
@config_option
def list_jobs(
    text: str, printer: str, state: str | None, kind: str | None, limit: int, as_json: bool, config_path: Path | None
) -> None:
    """List jobs, the newest first; TEXT stands in the key or the title."""
    found = ask(config_path, "jobs", text=text, printer=printer, state=state, kind=kind, limit=limit)["jobs"]
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False, indent=2))
        return
    for job in found:
        click.echo(line_of(job))
    if not found:
        click.echo(words("web.nothing_found") if text or printer or state or kind else words("printing.no_jobs"))


@command.command("show", epilog="Example: kvit jobs show 1c07a348f8ce80c3489026a829fc99f2")
@click.argument("id_", metavar="ID")
@json_option
@config_option
def show(id_: str, as_json: bool, config_path: Path | None) -> None:
    """Show a job's history, line by line."""
    found = ask(config_path, "job_show", id=id_)
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False, indent=2))
        return
    job = found["job"]
    click.echo(line_of(job))
    click.echo(words(f"printing.means_{job['state']}"))
    for line in found["history"]:
        code = f"printing.event_{line['event']}"
        said = words(code) if code in codes() else line["event"]
        why = f": {line['reason']}" if line["reason"] else ""
        who = f" ({line['by']})" if line["by"] else ""
        click.echo(f"  {line['at'][11:23]}  {said}{why}{who}")


@command.command("cancel", epilog="Example: kvit jobs cancel 1c07a348f8ce80c3489026a829fc99f2")
@click.argument("id_", metavar="ID")
@config_option
def cancel(id_: str, config_path: Path | None) -> None:
    """Take a job back that is not being printed."""
    click.echo(line_of(ask(config_path, "job_cancel", id=id_)))


@command.command("answer", epilog="Example: kvit jobs answer 1c07a348f8ce80c3489026a829fc99f2 yes")
@click.argument("id_", metavar="ID")
@click.argument("came_out", type=click.Choice(("yes", "no")))
@config_option
def answer(id_: str, came_out: str, config_path: Path | None) -> None:
    """Say whether a paper came out that nobody knows about; no prints a marked COPY."""
    click.echo(line_of(ask(config_path, "job_answer", id=id_, came_out=came_out == "yes")))


@command.command("reprint", epilog="Example: kvit jobs reprint 1c07a348f8ce80c3489026a829fc99f2")
@click.argument("id_", metavar="ID")
@click.option("--key", default="", help="Your name for this order: the same key never prints twice.")
@config_option
def reprint(id_: str, key: str, config_path: Path | None) -> None:
    """Print an ended job again, marked COPY."""
    import secrets

    click.echo(line_of(ask(config_path, "job_reprint", id=id_, key=key or f"reprint {secrets.token_hex(8)}")))


@command.command("move", epilog="Example: kvit jobs move 1c07a348f8ce80c3489026a829fc99f2 bar")
@click.argument("id_", metavar="ID")
@click.argument("printer")
@config_option
def move(id_: str, printer: str, config_path: Path | None) -> None:
    """Give a job that surely has not printed to PRINTER."""
    click.echo(line_of(ask(config_path, "job_move", id=id_, printer=printer)))


def line_of(job: dict[str, Any]) -> str:
    """A job in a line."""
    state = words(f"printing.state_{job['state']}")
    evidence = f" {job['evidence']}" if job["evidence"] else ""
    copy = f" {words('printing.copy', number=job['copy'])}" if job["copy"] > 1 else ""
    title = "".join(letter if letter.isprintable() else "\u00b7" for letter in job["title"])
    return f"{job['id']}  {job['accepted'][:19]}  {job['printer']:<12} {state}{evidence}  {title}{copy}"
