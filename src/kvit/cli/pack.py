"""``kvit pack``: packs of templates and scripts, made by who offers them and taken in by shops."""

from __future__ import annotations

import json
import secrets
import time
from pathlib import Path
from typing import Any

import click

from kvit.cli.config import config_option
from kvit.cli.printers import ask, json_option
from kvit.cli.words import no, words

EXAMPLE = "Example: kvit pack make corner/ --name corner --version 1.2.0 --key maker.key -o corner.kvitpack"


@click.group(
    "pack",
    help="Packs: templates and scripts that travel signed, are tried before they run, and can be taken back.",
    epilog=EXAMPLE,
)
def command() -> None:
    """Make, take in, list, pin and recall packs."""


@command.command("keygen", epilog="Example: kvit pack keygen maker.key")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def keygen(file: Path) -> None:
    """Make a key to sign packs with: FILE is the secret, what is shown goes into kvit.toml of the shops."""
    from kvit.template.packs.signing import public_of

    private = secrets.token_bytes(32)
    try:
        with file.open("x") as out:
            file.chmod(0o600)
            out.write(private.hex() + "\n")
    except OSError as error:
        raise no("not_written", file=str(file), problem=error.strerror or str(error)) from None
    click.echo(words("pack_key", file=str(file)))
    click.echo(f'[packs]\nkeys = ["{public_of(private).hex()}"]')


@command.command("make", epilog=EXAMPLE)
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--name", required=True, help="Small letters, digits, dashes.")
@click.option("--version", required=True, help="Three numbers: 1.2.0")
@click.option("--key", "keys", multiple=True, required=True, type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "--expires-days", type=click.IntRange(1, 3650), help="Not to be taken in later than so many days from now."
)
@click.option("--notes", default="", help="What is new, for people.")
@click.option("-o", "--out", required=True, type=click.Path(dir_okay=False, path_type=Path))
def make(
    folder: Path, name: str, version: str, keys: tuple[Path, ...], expires_days: int | None, notes: str, out: Path
) -> None:
    """Make a signed pack of FOLDER: templates/, scripts/, golden/, pictures/."""
    from kvit.template.packs.archive import sealed
    from kvit.template.packs.manifest import Manifest, PackError

    files = {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.is_symlink()
    }
    if not files:
        raise no("pack_nothing", folder=str(folder))
    now_s = int(time.time())
    expires = now_s + expires_days * 86400 if expires_days else 0
    manifest = Manifest(name, version, {}, not_before=0, expires=expires, notes=notes)
    try:
        privates = [bytes.fromhex(key.read_text("ascii").strip()) for key in keys]
        out.write_bytes(sealed(manifest, files, *privates))
    except PackError as error:
        raise no("template.pack", fault=error.fault.value, detail=error.detail) from None
    except (ValueError, OSError):
        raise no("pack_no_key") from None
    click.echo(f"{out}: {name} {version}, {len(files)} files, {out.stat().st_size} bytes")


@command.command("take", epilog="Example: kvit pack take corner.kvitpack")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@config_option
def take(file: Path, config_path: Path | None) -> None:
    """Take a pack into the running shop: signature, time, fit and its own golden cases first; then it is at work."""
    if not file.is_file():
        raise no("pack_nothing", folder=str(file))
    _say(ask(config_path, "pack_take", file=str(file.resolve())))


@command.command("list", epilog="Example: kvit pack list --json")
@json_option
@config_option
def list_packs(as_json: bool, config_path: Path | None) -> None:
    """Which packs lie here, and which version of each runs."""
    found = ask(config_path, "pack_list")
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False, indent=2))
        return
    for each in found["packs"]:
        _say(each)
    for path in found["profiles"]:
        click.echo(words("pack_profile", file=path))
    for name in found["broken"]:
        click.echo(words("pack_broken", file=name), err=True)
    if not found["packs"]:
        click.echo(words("pack_none_here"))


@command.command("pin", epilog="Example: kvit pack pin corner 1.1.0")
@click.argument("name")
@click.argument("version", default="")
@config_option
def pin(name: str, version: str, config_path: Path | None) -> None:
    """Run VERSION of NAME from now on, whatever else comes; without VERSION: whichever is best. Needs no network."""
    _say(ask(config_path, "pack_pin", name=name, version=version))


@command.command("block", epilog="Example: kvit pack block corner 3f1c…")
@click.argument("name")
@click.argument("sha256")
@config_option
def block(name: str, sha256: str, config_path: Path | None) -> None:
    """Recall a pack by its hash: it runs no more."""
    _say(ask(config_path, "pack_block", name=name, hash=sha256))


@command.command("keys", epilog="Example: kvit pack keys --trust 3f1c… --number 2 --key old.key -o new.kvitkeys")
@click.option("--trust", "public", multiple=True, required=True, help="A public key of the new list (64 digits).")
@click.option("--number", required=True, type=click.IntRange(2), help="The list's own number, above the old one's.")
@click.option(
    "--threshold", default=1, show_default=True, type=click.IntRange(1, 16), help="How many must sign a pack."
)
@click.option("--key", "keys", multiple=True, required=True, type=click.Path(dir_okay=False, path_type=Path))
@click.option("-o", "--out", required=True, type=click.Path(dir_okay=False, path_type=Path))
def new_keys(public: tuple[str, ...], number: int, threshold: int, keys: tuple[Path, ...], out: Path) -> None:
    """Make a new list of keys for shops, signed by keys of the old list: `kvit pack renew` takes it in."""
    import msgspec

    from kvit.template.packs.signing import KEYS, NewKeys, Trust, sign

    try:
        trust = Trust(tuple(bytes.fromhex(each) for each in public), threshold, number)
        raw = msgspec.json.encode(trust)
        privates = [bytes.fromhex(key.read_text("ascii").strip()) for key in keys]
        signed = NewKeys(raw, tuple(sign(private, raw, KEYS) for private in privates))
    except (ValueError, OSError):
        raise no("pack_no_key") from None
    try:
        out.write_bytes(msgspec.json.encode(signed))
    except OSError as error:
        raise no("not_written", file=str(out), problem=error.strerror or str(error)) from None
    click.echo(f"{out}: {number}, {threshold}/{len(public)}")


@command.command("renew", epilog="Example: kvit pack renew new.kvitkeys")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@config_option
def renew(file: Path, config_path: Path | None) -> None:
    """Take a new list of keys into the running shop: enough keys of the old list must have signed it."""
    if not file.is_file():
        raise no("pack_nothing", folder=str(file))
    found = ask(config_path, "pack_renew", file=str(file.resolve()))
    if "code" in found:
        raise no(found["code"], **found["values"])
    click.echo(words("pack_renewed", number=found["number"], needed=found["needed"], count=found["count"]))


def _say(row: dict[str, Any]) -> None:
    if "code" in row:
        raise no(row["code"], **row["values"])
    pinned = f"  ({words('pack_pinned')})" if row["pin"] else ""
    click.echo(f"{row['name']:<20} {row['running'] or '-'}{pinned}")
    for each in row["versions"]:
        mark = "x" if each["blocked"] else " "
        click.echo(f"  {mark} {each['version']:<12} {each['origin']:<10} {each['hash'][:16]}  {each['notes']}")
