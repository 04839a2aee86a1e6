"""``kvit print``: one paper into the shop's queue, and how it ended.

The running shop prints; this only asks it. Without ``--wait`` it says that the job is in the queue, which is durable; with
it, what became of it, by words and by the exit code: 0 printed, 3 handed over to a printer that can not say more, 4 nobody
knows (a person is asked), 5 not printed yet, 6 ended without paper, 1 refused.
"""

from __future__ import annotations

import base64
import secrets
from pathlib import Path
from typing import Any, BinaryIO, Final

import click

from kvit.app import control
from kvit.cli.config import config_option, configured
from kvit.cli.words import no, words

KINDS: Final = ("receipt", "slip", "kitchen", "report", "label", "test")
FORMS: Final = ("json", "receipt", "text", "raw")
INPUT_BYTES_MAX: Final = 16 << 20
"""As the spool takes."""
EXITS: Final = {"printed": 0, "sent": 3, "unknown": 4, "expired": 6, "cancelled": 6}
NOT_YET: Final = 5
OUT: Final = (0, 3)
"""Exit codes of papers behind which the next copy may come."""
COPY_WITHIN_S: Final = 15.0
"""A copy that is not out by then stops the others."""
SENTENCES: Final = {"printed": "print_printed", "sent": "print_sent", "unknown": "print_unknown"}
WORST: Final = (0, 3, 5, 6, 4)
"""Of several papers the worst is the answer, in this order."""


@click.command(
    "print",
    epilog="Example: kvit print receipt.json --printer counter --wait 60",
    help="Print FILE (or -) on one of the shop's printers: a document as JSON, ReceiptLine (.receipt), text (.txt), or a "
    "till's bytes. Exit code with --wait: 0 printed, 3 handed over, 4 nobody knows, 5 not yet, 6 ended without paper.",
)
@click.argument("file", type=click.File("rb"))
@click.option("--printer", default="", metavar="NAME", help="Which printer; may be left out where there is one.")
@click.option(
    "--as", "form", type=click.Choice(FORMS), default=None, help="What FILE holds; else by its ending and bytes."
)
@click.option("--profile", default="", metavar="P", help="Of a till's bytes: the printer they were written for.")
@click.option(
    "--kind", type=click.Choice(KINDS), default="receipt", show_default=True, help="Says how long it is worth it."
)
@click.option("--copies", type=click.IntRange(1, 9), default=None, help="Papers; all but the first are marked COPY.")
@click.option("--priority", type=click.IntRange(0, 9), default=5, show_default=True, help="9 goes first.")
@click.option("--key", default="", help="Your name for this order: the same key never prints twice.")
@click.option("--title", default="", help="What lists show: a receipt's number.")
@click.option(
    "--wait", "wait_s", type=click.FloatRange(0, 3600), default=0.0, is_flag=False, flag_value=COPY_WITHIN_S,
    metavar="[SECONDS]", help="Wait for its end, of each of several copies so long; 15 without a number. The first that is "
    "not out stops those behind it.",
)  # fmt: skip
@config_option
def command(
    file: BinaryIO, printer: str, form: str | None, profile: str, kind: str, copies: int | None, priority: int, key: str,
    title: str, wait_s: float, config_path: Path | None,
) -> None:  # fmt: skip
    """Queue one paper, and wait for it where that is wanted."""
    data = file.read(INPUT_BYTES_MAX + 1)
    if len(data) > INPUT_BYTES_MAX:
        raise no("input_large", mb=INPUT_BYTES_MAX >> 20)
    form = form or guessed(file.name, data)
    folder = configured(config_path).folder
    body = data if form == "raw" else document_of(data, form)
    accepted = _ask(
        folder, "print", data=base64.b64encode(body).decode(), form="escpos" if form == "raw" else "document",
        printer=printer, profile=profile, kind=kind, copies=copies or 0, priority=priority,
        key=key or f"print {secrets.token_hex(8)}", title=title,
    )  # fmt: skip
    jobs = accepted["jobs"]
    if not wait_s:
        for job in jobs:
            click.echo(words("print_queued", id=job["id"], printer=job["printer"]))
        return
    codes: list[int] = []
    for place, job in enumerate(jobs):
        codes.append(_told(_ask(folder, "job", id=job["id"], wait_s=wait_s)))
        if codes[-1] not in OUT:
            for later in jobs[place + 1 :]:
                control.ask(folder, "job_cancel", id=later["id"])
            break
    if len(jobs) > 1:
        series = _ask(folder, "series", id=jobs[0]["id"])
        state = words(f"printing.state_{series['state']}")
        click.echo(words("print_series", **{**series, "state": state, "error": series["error"] or "-"}))
    raise SystemExit(max(codes, key=WORST.index))


def guessed(name: str, data: bytes) -> str:
    """What a file holds: by its ending, else by its bytes."""
    ending = Path(name).suffix.lower()
    if ending in (".json", ".receipt", ".txt"):
        return {".json": "json", ".receipt": "receipt", ".txt": "text"}[ending]
    if data.lstrip()[:1] == b"{":
        return "json"
    commands = any(byte < 0x20 and byte not in b"\t\n\r\f" for byte in data)
    return "raw" if commands or ending in (".bin", ".prn") else "text"


def document_of(data: bytes, form: str) -> bytes:
    """The document a file holds, as the spool takes it; what is none ends the command."""
    from kvit.paper.document import print_document

    if form == "text":
        try:
            return print_document(_plain(data.decode("utf-8-sig")))
        except UnicodeDecodeError as error:
            raise no("no_document", problem=str(error)) from None
    from kvit.cli.render import read

    return print_document(read(data, form))


def _plain(text: str) -> Any:
    """Lines as they stand, and a cut."""
    from kvit.paper.document import Cut, Document, Feed, Text

    lines = text.expandtabs(8).splitlines()
    return Document([*(Text(line) if line.strip() else Feed(1) for line in lines), Cut()])


def _ask(folder: Path, verb: str, **values: object) -> dict[str, Any]:
    try:
        found = control.ask(folder, verb, **values)
    except control.NotRunning:
        raise no("print_not_running") from None
    except control.ControlError as error:
        raise click.ClickException(str(error)) from None
    if "refusal" in found:
        raise no(found["refusal"], **found["values"])
    return found


def _told(job: dict[str, Any]) -> int:
    """Say how a paper ended; give its exit code."""
    state, reason = job["state"], job["reason"]
    told = {
        "id": job["id"],
        "printer": job["printer"],
        "evidence": job["evidence"],
        "state": state,
        "reason": reason or "-",
    }
    if state in SENTENCES:
        click.echo(words(SENTENCES[state], **told))
    else:
        click.echo(words("print_ended" if state in EXITS else "print_waits", **told))
    return EXITS.get(state, NOT_YET)
