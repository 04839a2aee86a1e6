"""Filling a template with the data of one receipt, as one message in and one out. Pure; it runs in a worker process.

Which pictures a template needs is known only when it is filled (an address may be data), so an answer names those it was
not given; whoever asks fetches them and asks once more. Compiled forms are kept by the hash of what they were made from,
filled receipts never.
"""

from __future__ import annotations

import hashlib
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from kvit.paper.document import print_document
from kvit.refusal import Refusal
from kvit.template.form import Form
from kvit.template.handlebars import TemplateError
from kvit.template.handlebars.block import Helper
from kvit.template.layout import LayoutError
from kvit.template.library.model import Piece
from kvit.template.words import Place

DATA_BYTES_MAX: Final = 2 << 20
"""Of one receipt's data: a thousand lines and a signature are a tenth of it."""
FORMS_MAX: Final = 64
"""Compiled forms kept: the businesses of a shop in the languages it prints."""
PICTURES_MAX: Final = 32
"""Different ones on one receipt."""


class Where(msgspec.Struct, frozen=True):
    """The shop's habits, as `kvit.template.words.Place`, in letters."""

    language: str = "en"
    country: str = ""
    currency: str = ""
    time_zone: str = ""


class FillWanted(msgspec.Struct, frozen=True, tag="fill"):
    """One receipt to be: layouts in order, the data as JSON, pictures by address."""

    layouts: tuple[Piece, ...]
    data: bytes
    where: Where = Where()
    pictures: dict[str, bytes] = {}
    scripts: dict[str, str] = {}
    """Delivered scripts by name: what each lists in ``helpers`` may be called in the template."""


class Warned(msgspec.Struct, frozen=True):
    """What could not be had as asked: a refusal's code and values."""

    code: str
    values: dict[str, str | int]


class Filled(msgspec.Struct, frozen=True, tag="filled"):
    """The document as JSON (`kvit.paper.document`), what it lacks, and the addresses of pictures it was not given."""

    document: bytes
    warnings: tuple[Warned, ...] = ()
    addresses: tuple[str, ...] = ()
    origins: tuple[str, ...] = ()
    """Of each block of the document, the name of the layout it came from, where it is one."""


class Forms:
    """Compiled forms of one process, the latest used kept."""

    def __init__(self) -> None:
        self._kept: dict[bytes, Form] = {}
        self._helpers: dict[str, Helper] | None = None
        self._scripts: dict[str, str] = {}

    def form(self, layouts: tuple[Piece, ...], where: Where, scripts: dict[str, str] | None = None) -> Form:
        """Give the form of layouts for a place. Raises `LayoutError` and `TemplateError`."""
        key = hashlib.sha256(msgspec.msgpack.encode((layouts, where, scripts or {}))).digest()
        found = self._kept.pop(key, None)
        if found is None:
            helpers = self._scripted(scripts) if scripts else None
            found = Form([(each.name, each.content) for each in layouts], _place(where), helpers=helpers)
        self._kept[key] = found
        if len(self._kept) > FORMS_MAX:
            del self._kept[next(iter(self._kept))]
        return found

    def _scripted(self, scripts: dict[str, str]) -> dict[str, Helper]:
        """The helpers of scripts; loaded once for the scripts in force."""
        if self._helpers is None or self._scripts != scripts:
            from kvit.template.scripts.words import helpers_of

            self._helpers, self._scripts = helpers_of(scripts), scripts
        return self._helpers


def fill(wanted: FillWanted, forms: Forms) -> Filled | Refusal:
    """Fill a template. Refusals: those of layouts and templates, and ``template.data`` for data that are no JSON object."""
    data = _data(wanted.data)
    if isinstance(data, Refusal):
        return data
    absent: dict[str, None] = {}

    def picture(address: str) -> bytes | None:
        found = wanted.pictures.get(address)
        if found is None and len(absent) < PICTURES_MAX:
            absent[address] = None
        return found

    try:
        filled = forms.form(wanted.layouts, wanted.where, wanted.scripts).fill(data, picture)
    except (LayoutError, TemplateError) as error:
        return error.refusal()
    warnings = tuple(Warned(each.code, dict(each.values)) for each in filled.warnings)
    return Filled(print_document(filled.document), warnings, tuple(absent), filled.origins)


def _data(given: bytes) -> object:
    if len(given) > DATA_BYTES_MAX:
        return Refusal("template.data", {"problem": f"{len(given)} > {DATA_BYTES_MAX}"})
    try:
        data = msgspec.json.decode(given)
    except (msgspec.DecodeError, RecursionError) as error:
        return Refusal("template.data", {"problem": str(error)[:200]})
    return data if isinstance(data, dict) else Refusal("template.data", {"problem": "{"})


def _place(where: Where) -> Place:
    try:
        zone = ZoneInfo(where.time_zone) if where.time_zone else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        zone = None
    return Place(where.language, where.country, where.currency, zone)
