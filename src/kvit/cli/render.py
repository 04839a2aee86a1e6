"""``kvit render``: a document to what a printer is sent, or to a look at what the printer would make of it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import click

from kvit.cli.config import config_option, configured
from kvit.cli.words import no, words

if TYPE_CHECKING:
    from kvit.device.adapters.adapter import Adapter, Made
    from kvit.paper.document import Document
    from kvit.refusal import Refusal

FORMS = ("bytes", "hex", "text", "html", "svg", "png", "pdf", "json")
KINDS = ("json", "receipt")
"""What a file may hold: a document as JSON, or ReceiptLine."""
PAPERS_MM = ("58", "80", "112")
CUTS = ("yes", "no", "full", "partial")
INPUT_BYTES_MAX = 64 << 20
"""A document with its pictures; a receipt has a few kilobytes."""
BINARY = ("bytes", "png", "pdf")
DEFAULT_PROFILE = "default"


@click.command(
    "render",
    epilog="Example: kvit render receipt.json --printer feie+https://cloud.example/1 --paper 58",
    help="Lay out a document from FILE or - for one printer. Looks at it are made by playing the very bytes.",
)
@click.argument("file", type=click.File("rb"))
@click.option("--printer", default=None, metavar="NAME|ADDRESS", help="A printer of kvit.toml, or its address.")
@click.option("--profile", default=None, metavar="P", help="A printer by its profile alone (kvit profiles).")
@click.option("--paper", type=click.Choice(PAPERS_MM), default=None, help="Paper in mm; else the printer's own.")
@click.option("--cut", type=click.Choice(CUTS), default=None, help="Cut the paper; else as the document says.")
@click.option("--copies", type=click.IntRange(1, 9), default=None, help="How often; else as the document says.")
@click.option("--from", "kind", type=click.Choice(KINDS), default=None, help="What FILE holds; else by its ending.")
@click.option("--to", "form", type=click.Choice(FORMS), default="text", show_default=True, help="What to make of it.")
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), default=None, help="Write to a file.")
@config_option
def command(
    file: BinaryIO,
    printer: str | None,
    profile: str | None,
    paper: str | None,
    cut: str | None,
    copies: int | None,
    kind: str | None,
    form: str,
    output: Path | None,
    config_path: Path | None,
) -> None:
    """Render one document; what could not be had as asked is told on standard error."""
    if printer and profile:
        raise no("printer_or_profile")
    data = file.read(INPUT_BYTES_MAX + 1)
    if len(data) > INPUT_BYTES_MAX:
        raise no("input_large", mb=INPUT_BYTES_MAX >> 20)
    if output is None and form in BINARY and sys.stdout.isatty():
        raise no("fills_screen", form=form.upper(), suffix=form)
    document = read(data, kind or ("receipt" if file.name.lower().endswith(".receipt") else "json"))
    adapter = asked(printer, profile or DEFAULT_PROFILE, int(paper or 0), config_path)
    made, told = render(document, chosen(adapter, cut or "", copies or 0), form)
    if output is None:
        sys.stdout.buffer.write(made if made.endswith(b"\n") or form in BINARY else made + b"\n")
    else:
        _save(output, made)
    for line in told:
        click.echo(line, err=True)


def read(data: bytes, kind: str) -> Document:
    """The document in a file's bytes; what is none ends the command."""
    from kvit.paper.document import DocumentError, parse

    try:
        if kind == "receipt":
            return _marked(data.decode("utf-8"))
        return parse(data)
    except (DocumentError, UnicodeDecodeError) as error:
        raise no("no_document", problem=str(error)) from None


def _marked(text: str) -> Document:
    """A document of ReceiptLine; what of it can not be read is told on standard error."""
    from kvit.cli.warning import remark_of
    from kvit.paper.markup.receiptline import reading

    found = reading(text)
    for each in found.remarks:
        click.echo(remark_of(each), err=True)
    return found.document


def asked(printer: str | None, profile: str, paper_mm: int, config_path: Path | None) -> Adapter:
    """The printer that was asked for: by its name in kvit.toml, its address, or a profile."""
    from kvit.device.adapters.adapter import adapter_for
    from kvit.refusal import Refusal

    found = _named(printer, paper_mm, config_path) if printer else adapter_for(profile, paper_mm)
    if isinstance(found, Refusal):
        raise no(found.code, **found.values)
    return found


def _named(printer: str, paper_mm: int, config_path: Path | None) -> Adapter | Refusal:
    from dataclasses import replace

    from kvit.device.adapters.adapter import adapter_at
    from kvit.device.adapters.address import parse
    from kvit.device.adapters.kinds import KINDS as ADAPTERS
    from kvit.paper.languages.pack_names import is_of_pack
    from kvit.refusal import Refusal

    given = parse(_address(printer, config_path))
    if isinstance(given, Refusal):
        return given
    if is_of_pack(given.adapter):  # packs are at work in the running shop, not here
        return Refusal("device.adapter_unknown", {"name": given.adapter, "known": ", ".join(ADAPTERS)})
    papers = ADAPTERS[given.adapter].papers
    if paper_mm and paper_mm not in papers:
        known = ", ".join(str(each) for each in papers)
        return Refusal("device.address_option", {"option": "paper", "value": str(paper_mm), "known": known})
    return adapter_at(replace(given, paper_mm=paper_mm or given.paper_mm))


def _address(printer: str, config_path: Path | None) -> str:
    """What is no name is an address; what may be a name is looked up."""
    from kvit.device.address import NAME

    if not NAME.fullmatch(printer):
        return printer
    names = configured(config_path).printer.named
    if printer not in names:
        raise no("no_printer", name=printer, known=", ".join(names) or "-")
    return names[printer].address


def chosen(adapter: Adapter, cut: str, copies: int) -> Adapter:
    """The adapter with what was said on the command line, which goes before its address."""
    from dataclasses import replace

    return replace(adapter, cut=cut or adapter.cut, copies=copies or adapter.copies)


def render(document: Document, adapter: Adapter, form: str) -> tuple[bytes, list[str]]:
    """Return the document in the wanted form, and lines for people: each warning once, then how many bytes there are."""
    from kvit.cli.warning import sentences_of

    made = adapter.make(document)
    told = sentences_of(made.warnings)
    told.append(words("render_done", bytes=made.bytes_count, warnings=len(told)))
    if made.copies > 1:
        told.append(words("render_copies", n=made.copies))
    return _formed(adapter, made, form), told


def _formed(adapter: Adapter, made: Made, form: str) -> bytes:
    if form == "bytes":
        return made.data
    if form == "hex":
        return made.data.hex(" ").encode()
    from kvit.paper.render import RENDERERS

    return RENDERERS[form](adapter.look(made))


def _save(output: Path, made: bytes) -> None:
    try:
        output.write_bytes(made)
    except OSError as error:
        raise no("not_written", file=str(output), problem=error.strerror or "-") from None
