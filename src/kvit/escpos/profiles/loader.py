"""Find a profile by name and build it from its data files.

Two kinds of data, both beside this file and read only when asked for:

* ``database.json``   made by ``tools/profiles.py`` from public collections (NOTICE: whose): models and number tables
* ``models/*.toml``   written by hand: families, generic printers, and what we know of a model beyond the collections

A profile is a chain of partial tables: its own, then the one it ``inherits``, and so on. Nearer wins. Flags
(``features``, ``quirks``, ``unproven``) add up, a leading ``-`` takes one away; ``multibyte`` is merged key by key;
``notes`` are joined, the nearest first; everything else replaces. A table that states a field vouches for it: the field
is no longer ``unproven``, unless the same table lists it. ``number_table`` names a vendor's ``ESC t`` table (or a
model's); ``code_pages`` of the same file is laid over it. A shop's own files lie in a folder it names; they hide ours.

Only what was asked for is read: one parse of ``database.json`` for all, and the two to five files of one chain.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import msgspec

from kvit.escpos.profiles.profile import Profile

if TYPE_CHECKING:
    from pathlib import Path

Table = dict[str, Any]

HERE = __file__.removesuffix("loader.py")
"""The folder of the data. Read by the interpreter's own loader: pathlib alone would double the cost of importing this."""
MODELS = f"{HERE}models"
CHAIN_LIMIT = 8
"""Longest chain of ``inherits``: a longer one is a circle somebody wrote by mistake."""

DEFAULT = "default"

OPEN = "open"
"""How a file writes "not known": TOML has no null."""

FLAGS = ("features", "quirks", "unproven")
STEPS = ("inherits", "number_table", "code_pages", "notes", "unproven")
"""Keys that do not simply replace what is farther away."""


class UnknownProfileError(LookupError):
    """No profile of that name; ``nearest`` are names like it."""

    def __init__(self, name: str, nearest: list[str]) -> None:
        self.name = name
        self.nearest = nearest
        hint = f"; nearest: {', '.join(nearest)}" if nearest else ""
        super().__init__(f"no printer profile is called {name!r}{hint}")


def names(folder: Path | None = None) -> list[str]:
    """Give every name `load` knows, sorted without case; ``folder`` holds a shop's own files."""
    return sorted(_index(folder).values(), key=str.casefold)


def load(name: str | None = None, folder: Path | None = None) -> Profile:
    """Build the profile of that name, letters' case aside; None means ``default``.

    Raises `UnknownProfileError` (a LookupError) with the nearest names, ValueError for a file that can not be used.
    """
    return _load(name or DEFAULT, folder, _stamp(folder))


def load_file(path: Path) -> Profile:
    """Build the profile of a shop's own file; files beside it may be inherited. Raises as `load`.

    A file that is not there is a ValueError, even where one of ours has its name.
    """
    if not path.is_file():
        raise ValueError(f"there is no file {path}")
    return load(path.stem, path.parent)


def facts(name: str, folder: Path | None = None) -> Table:
    """Give what the files say of a profile, merged: only fields some file states. Raises as `load`."""
    index = _index(folder)
    known = index.get(name.casefold())
    if known is None:
        raise UnknownProfileError(name, _nearest(name, index))
    return {**_merge(_chain(known, folder)), "name": known}


def number_tables() -> dict[str, dict[int, str]]:
    """Give the vendors' ``ESC t`` tables by name: number to code page name."""
    return {vendor: _numbers(table) for vendor, table in _database()["number_tables"].items()}


Stamp = tuple[tuple[str, int, int], ...]


def _stamp(folder: Path | None) -> Stamp:
    """What tells that a shop's own files have changed: their names, times and sizes. Ours do not change while we run."""
    if folder is None:
        return ()
    states = [(path.name, path.stat()) for path in sorted(folder.glob("*.toml"))]
    return tuple((name, state.st_mtime_ns, state.st_size) for name, state in states)


@lru_cache(maxsize=256)
def _load(name: str, folder: Path | None, stamp: Stamp) -> Profile:
    merged = facts(name, folder)
    if merged.get("dialect") == OPEN:
        merged["dialect"] = None
    merged.setdefault("type_id", _type_id(merged))
    try:
        made = msgspec.convert(merged, Profile, strict=False)
        if folder is not None:
            _check(made)
    except ValueError as error:  # msgspec.ValidationError is one
        raise ValueError(f"profile {merged['name']}: {error}") from error
    return made


def _check(profile: Profile) -> None:
    from kvit.escpos.profiles import words  # needs the code pages, which ours were held against by a test

    words.check(profile)


def _type_id(merged: Table) -> int:
    """The type byte of a printer with these letters and this blade, where no file gives one."""
    pairs = merged.get("multibyte", {}).get("system", "none") not in ("none", OPEN)
    cuts = not {"cut_full", "cut_partial"}.isdisjoint(merged.get("features", ()))
    return pairs | cuts << 1


def _nearest(name: str, index: dict[str, str]) -> list[str]:
    import difflib

    return [index[key] for key in difflib.get_close_matches(name.casefold(), index, n=3, cutoff=0.5)]


def _chain(name: str, folder: Path | None) -> list[Table]:
    """Collect the tables of a profile, the nearest first."""
    chain: list[Table] = []
    step: str | None = name
    while step is not None:
        if len(chain) >= CHAIN_LIMIT:
            raise ValueError(f"profile {name}: inherits in a circle")
        known = _index(folder).get(step.casefold())
        if known is None:
            raise ValueError(f"profile {name}: inherits {step!r}, which does not exist")
        tables = _tables(known, folder)
        chain += tables
        step = next((table["inherits"] for table in tables if "inherits" in table), None)
    return chain


def _merge(chain: list[Table]) -> Table:
    merged: Table = {}
    unproven: set[str] = set()
    for table in reversed(chain):
        if "number_table" in table:
            merged["code_pages"] = _vendor_table(table["number_table"])
            if "code_pages" in table:
                merged["code_pages"] |= _numbers(table["code_pages"])
        elif "code_pages" in table:
            merged["code_pages"] = _numbers(table["code_pages"])
        for key, value in table.items():
            if key in STEPS:
                continue
            if key in FLAGS:
                value = _flags(merged.get(key, []), value)
            elif key == "multibyte":
                value = merged.get(key, {}) | value
            merged[key] = value
        unproven = set(_flags(unproven - table.keys(), table.get("unproven", ())))
    merged["unproven"] = sorted(unproven)
    merged["notes"] = _notes(chain, merged["unproven"])
    return merged


def _notes(chain: list[Table], unproven: list[str]) -> str:
    """The notes of the chain, the nearest first, and a sentence on what nobody has proven."""
    said = [table["notes"] for table in chain if table.get("notes")]
    if unproven:
        said.append(f"Unproven, no device or manual of this model at hand: {', '.join(unproven)}.")
    return "\n".join(dict.fromkeys(said))


def _flags(have: Iterable[str], more: Iterable[str]) -> list[str]:
    flags = set(have)
    for flag in more:
        if flag.startswith("-"):
            flags.discard(flag[1:])
        else:
            flags.add(flag)
    return sorted(flags)


def _numbers(table: dict[str, str]) -> dict[int, str]:
    return {int(number): page for number, page in table.items()}


def _vendor_table(name: str) -> dict[int, str]:
    """Give a vendor's number table, or that of a model of the data base."""
    database = _database()
    if name in database["number_tables"]:
        return _numbers(database["number_tables"][name])
    if name in database["models"]:
        return _numbers(database["models"][name]["code_pages"])
    raise ValueError(f"no number table is called {name!r}; there are {', '.join(database['number_tables'])}")


def _tables(name: str, folder: Path | None) -> list[Table]:
    """Read one profile's own tables: the shop's file alone, or our file and below it the row of the data base."""
    if folder is not None and (own := folder / f"{name}.toml").is_file():
        return [_parsed(own.read_bytes())]
    found: list[Table] = []
    if f"{name}.toml" in _model_files():
        found.append(_ours(name))
    row = _database()["models"].get(name)
    return [*found, row] if row else found


def _parsed(data: bytes) -> Table:
    import tomllib

    return tomllib.loads(data.decode("utf-8"))


@lru_cache(maxsize=256)
def _ours(name: str) -> Table:
    """One of our files. They do not change while we run, families are in many chains, and nobody writes into them."""
    return _parsed(_data(f"models/{name}.toml"))


@lru_cache(maxsize=1)
def _model_files() -> frozenset[str]:
    with os.scandir(MODELS) as entries:
        return frozenset(entry.name for entry in entries if entry.name.endswith(".toml"))


def _data(name: str) -> bytes:
    """A file beside this one."""
    data: bytes = __loader__.get_data(f"{HERE}{name}")  # type: ignore[name-defined]
    return data


@lru_cache(maxsize=1)
def _database() -> Table:
    data: Table = msgspec.json.decode(_data("database.json"))
    return data


def _index(folder: Path | None) -> dict[str, str]:
    """Map each name without case to the name as it is spelled."""
    if folder is None:
        return _ours_by_name()
    return _ours_by_name() | {path.stem.casefold(): path.stem for path in sorted(folder.glob("*.toml"))}


@lru_cache(maxsize=1)
def _ours_by_name() -> dict[str, str]:
    found = [*_database()["models"], *(name.removesuffix(".toml") for name in sorted(_model_files()))]
    return {name.casefold(): name for name in found}
