"""What lies in a pack, by folder: templates as the built-in ones are written, scripts, golden cases, and profiles: the
languages of printers Kvit does not know (`kvit.paper.languages.table`). Pure.

A **golden case** (``golden/NAME.json``) is a receipt whose bytes are known: business, data, a printer's address, and the
SHA-256 of what that printer gets. A pack runs only where its cases come out as it says, so a template that prints
otherwise on this Kvit than on its maker's is found before a customer sees it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from kvit.paper.languages.pack_names import PACK, is_of_pack
from kvit.paper.languages.table import PackLanguage
from kvit.paper.languages.table import read as read_table
from kvit.template.builtin import read
from kvit.template.fill import Filled, FillWanted, Forms, Where, fill
from kvit.template.form import problem
from kvit.template.library import integrate
from kvit.template.library.check import WORD, wrong_recipe
from kvit.template.library.model import SHARED_BUSINESS, Piece, Recipe
from kvit.template.packs.archive import Pack
from kvit.template.packs.manifest import Fault, PackError
from kvit.template.text.file import ENDING
from kvit.template.text.read import recipe_of
from kvit.template.text.scan import TextError

TEMPLATES: Final = "templates/"
SCRIPTS: Final = "scripts/"
PROFILES: Final = "profiles/"
GOLDEN: Final = "golden/"
COMMANDS: Final = ".toml"
"""How a profile of a printer that takes commands ends; one of tags is JSON."""

Recipes = Mapping[tuple[str, str], Recipe]


class Golden(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One case."""

    business: str
    data: dict[str, Any]
    address: str
    sha256: str
    variant: str = ""
    where: Where = Where()


def recipes(pack: Pack) -> dict[tuple[str, str], Recipe]:
    """Give a pack's templates by business and variant. Raises `PackError` for one that is none."""
    found = {}
    for path, data in pack.files.items():
        if not path.startswith(TEMPLATES):
            continue
        text = path.endswith(ENDING)
        business, _, variant = path.removeprefix(TEMPLATES).removesuffix(ENDING if text else ".json").partition(".")
        try:
            recipe = recipe_of(data.decode()) if text else read(data)
        except TextError as error:
            raise PackError(Fault.FILES, f"{path}:{error.line}:{error.column}: {error.problem}") from None
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise PackError(Fault.FILES, f"{path}: {error}") from None
        wrong = wrong_recipe(recipe, problem)
        if wrong is not None or not WORD.fullmatch(business) or (variant and not WORD.fullmatch(variant)):
            raise PackError(Fault.FILES, f"{path}: {'' if wrong is None else wrong.values.get('problem', '')}")
        found[business, variant] = recipe
    return found


def scripts(pack: Pack) -> dict[str, str]:
    """Give a pack's scripts by name. Raises `PackError` for one that is no text."""
    found = {}
    for path, data in pack.files.items():
        if path.startswith(SCRIPTS) and path.endswith(".js"):
            try:
                found[path.removeprefix(SCRIPTS).removesuffix(".js")] = data.decode()
            except UnicodeDecodeError:
                raise PackError(Fault.FILES, path) from None
    return found


def languages(pack: Pack) -> dict[str, PackLanguage]:
    """Give the printer languages a pack describes, by name. Raises `PackError` for one that is none."""
    found = {}
    sources = scripts(pack)
    for path, data in pack.files.items():
        if not path.startswith(PROFILES) or path.endswith(COMMANDS):
            continue
        name, _, ending = path.removeprefix(PROFILES).partition(".")
        try:
            table = read_table(data)
        except (ValueError, UnicodeDecodeError) as error:
            raise PackError(Fault.FILES, f"{path}: {error}") from None
        if ending != "json" or not is_of_pack(PACK + name) or (table.script and table.script not in sources):
            raise PackError(Fault.FILES, f"{path}: name or script")
        found[PACK + name] = PackLanguage(PACK + name, table, sources.get(table.script, "") if table.script else "")
    return found


def profiles(pack: Pack) -> dict[str, bytes]:
    """Give the profiles of printers that take commands (``profiles/NAME.toml``), by name."""
    found = {}
    for path, data in pack.files.items():
        if path.startswith(PROFILES) and path.endswith(COMMANDS):
            name = path.removeprefix(PROFILES).removesuffix(COMMANDS)
            if not is_of_pack(PACK + name):
                raise PackError(Fault.FILES, f"{path}: name")
            found[name] = data
    return found


def cases(pack: Pack) -> dict[str, Golden]:
    """Give a pack's golden cases by path. Raises `PackError`."""
    found = {}
    for path, data in pack.files.items():
        if path.startswith(GOLDEN):
            try:
                found[path] = msgspec.json.decode(data, type=Golden)
            except (msgspec.DecodeError, UnicodeDecodeError) as error:
                raise PackError(Fault.GOLDEN, f"{path}: {error}") from None
    return found


def filled(case: Golden, recipes: Recipes, scripts: Mapping[str, str] | None = None) -> bytes:
    """The document of a case, laid out by these templates. Raises `PackError`."""
    recipe = recipes.get((case.business, case.variant))
    if recipe is None:
        raise PackError(Fault.GOLDEN, f"{case.business}.{case.variant}")
    layouts = integrate.expanded(recipe, recipes.get((SHARED_BUSINESS, ""), Recipe()))
    pieces = tuple(Piece(each.name, integrate.filled(each.content, {}, set())) for each in layouts)
    made = fill(FillWanted(pieces, msgspec.json.encode(case.data), case.where, scripts=dict(scripts or {})), Forms())
    if not isinstance(made, Filled):
        raise PackError(Fault.GOLDEN, made.code)
    return made.document
