"""``kvit render``: a document to printer bytes, or to a look at what the printer would make of them."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import click

from kvit.cli.words import no, words

if TYPE_CHECKING:
    from kvit.escpos import Profile

FORMS = ("bytes", "hex", "text", "html", "svg", "png", "pdf", "json")
PAPERS_MM = ("58", "80", "112")
INPUT_BYTES_MAX = 64 << 20
"""A document with its pictures; a receipt has a few kilobytes."""
BINARY = ("bytes", "png", "pdf")


@click.command(
    "render",
    epilog="Example: kvit render receipt.json --profile TM-T88V --to png -o receipt.png",
    help="Lay out a document (JSON) from FILE or - for one printer. Pictures are made by playing the very bytes.",
)
@click.argument("file", type=click.File("rb"))
@click.option("--profile", default="default", show_default=True, metavar="P", help="The printer (kvit profiles).")
@click.option("--paper", type=click.Choice(PAPERS_MM), default=None, help="Paper in mm; else the printer's own.")
@click.option("--to", "form", type=click.Choice(FORMS), default="text", show_default=True, help="What to make of it.")
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), default=None, help="Write to a file.")
def command(file: BinaryIO, profile: str, paper: str | None, form: str, output: Path | None) -> None:
    """Render one document; what could not be had as asked is told on standard error."""
    data = file.read(INPUT_BYTES_MAX + 1)
    if len(data) > INPUT_BYTES_MAX:
        raise no("input_large", mb=INPUT_BYTES_MAX >> 20)
    if output is None and form in BINARY and sys.stdout.isatty():
        raise no("fills_screen", form=form.upper(), suffix=form)
    made, told = render(data, profile, int(paper) if paper else None, form)
    if output is None:
        sys.stdout.buffer.write(made if made.endswith(b"\n") or form in BINARY else made + b"\n")
    else:
        _save(output, made)
    for line in told:
        click.echo(line, err=True)


def render(data: bytes, name: str, paper_mm: int | None, form: str) -> tuple[bytes, list[str]]:
    """Return the document in the wanted form, and lines for people: warnings, then how many bytes go to the printer."""
    from kvit.escpos import load_profile
    from kvit.escpos.profiles import UnknownProfileError
    from kvit.paper.document import DocumentError, parse
    from kvit.paper.languages.registry import NoWriterError, language_of, write
    from kvit.paper.layout import lay_out, on_paper

    try:
        profile = load_profile(name)
        document = parse(data)
        language_of(profile)
    except NoWriterError:
        raise no("no_writer", name=profile.name) from None
    except UnknownProfileError as error:
        raise no("unknown_profile", name=error.name, nearest=", ".join(error.nearest) or "-") from None
    except DocumentError as error:
        raise no("no_document", problem=str(error)) from None
    profile = on_paper(profile, paper_mm) if paper_mm else profile
    sheet = lay_out(document, profile)
    raw = write(sheet, profile)
    told = [
        words(
            "render_warning", block=each.start + 1, code=each.code, values=json.dumps(each.values, ensure_ascii=False)
        )
        for each in sheet.problems
    ]
    told.append(words("render_done", bytes=len(raw), warnings=len(sheet.problems)))
    if form == "bytes":
        return raw, told
    if form == "hex":
        return raw.hex(" ").encode(), told
    return _look(raw, profile, form), told


def _look(raw: bytes, profile: Profile, form: str) -> bytes:
    """Play the bytes as this very profile reads them, nothing learned or guessed, and look at the paper."""
    from kvit.paper.languages.registry import play
    from kvit.paper.render import RENDERERS

    return RENDERERS[form](play(raw, profile))


def _save(output: Path, made: bytes) -> None:
    try:
        output.write_bytes(made)
    except OSError as error:
        raise no("not_written", file=str(output), problem=error.strerror or "-") from None
