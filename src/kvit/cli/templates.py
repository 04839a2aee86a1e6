"""``kvit templates``: the shop's templates as files, out and in, as JSON or as text, and from one form to the other."""

from __future__ import annotations

import json
from pathlib import Path

import click

from kvit.cli.config import config_option
from kvit.cli.printers import ask, json_option
from kvit.cli.words import no, words
from kvit.refusal import Refusal

EXAMPLE = "Example: kvit templates show kitchen -o kitchen.receipt"
TEXT_ENDING = ".receipt"
FILE_BYTES_MAX = 2 << 20

business_argument = click.argument("business")
variant_option = click.option("--variant", default="", help="Of its variants; without it the main one.")
shop_option = click.option("--shop", default="", help="Of several shops, which; without it this installation's own.")
as_option = click.option(
    "--as", "form", type=click.Choice(("text", "json")), default=None, help="What the file holds; else by its ending."
)


@click.group(
    "templates",
    help="Templates as files: shown, kept as drafts, published, copied, turned from JSON into text and back.",
    epilog=EXAMPLE,
)
def command() -> None:
    """Take templates out and in."""


@command.command("list", epilog="Example: kvit templates list")
@shop_option
@json_option
@config_option
def list_templates(shop: str, as_json: bool, config_path: Path | None) -> None:
    """Which templates there are: the shop's own, and those all shops have."""
    found = ask(config_path, "template_list", shop=shop)["templates"]
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False, indent=2))
        return
    for each in found:
        name = each["business"] + (f".{each['variant']}" if each["variant"] else "")
        draft = f"  + {words('templates_draft')}" if each["draft"] else ""
        click.echo(
            f"{name:<24} {words('templates_own' if each['own'] else 'templates_base'):<12} {each['version']}{draft}"
        )


@command.command("show", epilog=EXAMPLE)
@business_argument
@variant_option
@click.option("--version", type=click.IntRange(min=0), default=None, help="0: the draft; without it what prints.")
@as_option
@click.option("-o", "--out", type=click.Path(dir_okay=False, path_type=Path), help="Into a file; else shown.")
@shop_option
@config_option
def show(
    business: str, variant: str, version: int | None, form: str | None, out: Path | None, shop: str,
    config_path: Path | None,
) -> None:  # fmt: skip
    """Take a template out, as text (.receipt) or JSON."""
    form = form or ("json" if out is not None and out.suffix != TEXT_ENDING else "text")
    found = ask(
        config_path, "template_show", business=business, variant=variant, version=version, shop=shop, **{"as": form}
    )
    _write(out, found["text"])


@command.command("keep", epilog="Example: kvit templates keep kitchen kitchen.receipt --publish")
@business_argument
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@variant_option
@as_option
@click.option("--publish", is_flag=True, help="Let it print at once.")
@click.option("--note", default="", help="Why, for colleagues.")
@shop_option
@config_option
def keep(
    business: str, file: Path, variant: str, form: str | None, publish: bool, note: str, shop: str,
    config_path: Path | None,
) -> None:  # fmt: skip
    """Keep FILE as the draft of a template; with --publish it prints from now on."""
    which = {"business": business, "variant": variant, "shop": shop}
    ask(config_path, "template_keep", text=_read(file), **which, **{"as": _form(file, form)})
    click.echo(words("templates_kept"))
    if publish:
        done = ask(config_path, "template_publish", note=note, **which)
        click.echo(words("templates_published", version=done["version"]))


@command.command("copy", epilog="Example: kvit templates copy shopping --from shop-1 --shop shop-2")
@business_argument
@variant_option
@click.option("--from", "source", required=True, help="The shop whose template it is.")
@shop_option
@config_option
def copy(business: str, variant: str, source: str, shop: str, config_path: Path | None) -> None:
    """Make what one shop prints a draft of another one, its pictures too; both audit logs say so."""
    ask(config_path, "template_copy", business=business, variant=variant, shop=shop, **{"from": source})
    click.echo(words("templates_kept"))


@command.command("convert", epilog="Example: kvit templates convert kitchen.json -o kitchen.receipt")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@as_option
@click.option("-o", "--out", type=click.Path(dir_okay=False, path_type=Path), help="Into a file; else shown.")
def convert(file: Path, form: str | None, out: Path | None) -> None:
    """Turn a template's JSON into text, or its text into JSON. Needs no running shop."""
    from kvit.template.text.file import file_of, recipe_in
    from kvit.template.text.scan import TextError
    from kvit.template.text.write import text_of

    form = _form(file, form)
    recipe = recipe_in(_read(file), form)
    if isinstance(recipe, Refusal):
        raise no(recipe.code, **recipe.values)
    try:
        _write(out, file_of(recipe) if form == "text" else text_of(recipe))
    except TextError as error:
        refusal = error.refusal()
        raise no(refusal.code, **refusal.values) from None


def _form(file: Path, given: str | None) -> str:
    return given or ("text" if file.suffix == TEXT_ENDING else "json")


def _read(file: Path) -> str:
    try:
        with file.open("rb") as source:
            data = source.read(FILE_BYTES_MAX + 1)
    except OSError as error:
        raise no("template_file", file=str(file), problem=error.strerror or str(error)) from None
    if len(data) > FILE_BYTES_MAX:
        raise no("input_large", mb=FILE_BYTES_MAX >> 20)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise no("template_file", file=str(file), problem=str(error)) from None


def _write(out: Path | None, text: str) -> None:
    if out is None:
        click.echo(text, nl=not text.endswith("\n"))
        return
    try:
        out.write_text(text if text.endswith("\n") else text + "\n", "utf-8")
    except OSError as error:
        raise no("not_written", file=str(out), problem=error.strerror or str(error)) from None
