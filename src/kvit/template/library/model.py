"""The words of the template library, as the source draws them (sources/retail-receipt-printing.ru.txt, 2.2).

A **template** belongs to a shop and a business (``shopping``, ``refund``, ``kitchen`` …) and may have variants: the one
without a name, and poorer ones for when data are missing. It is **layouts** in order of their ``sort_weight``; each has a
type (``header``, ``items``, ``payment`` …) and as ``content`` the JSON text of one line's content objects. The shop `BASE`
holds what all shops begin with: a shop's layouts of a type replace the base's of that type, and nothing else.

A layout whose content is `SHARED` stands for all layouts of its type in the business ``shared``: the items are the same on
a purchase and on a refund. **Dynamic values** are a shop's own words (its phone, its logo) by business and type; they fill
``{{$name}}`` when a template is asked for, while ``{{name}}`` stays for the data of the sale.
"""

from __future__ import annotations

from typing import Final

import msgspec

BASE: Final = ""
"""The shop of what all shops begin with. No shop has this name: ids are at least a letter."""
SHARED: Final = "@shared"
SHARED_BUSINESS: Final = "shared"
NONE: Final = "[]"
"""As the content of a shop's layout: of this type nothing is printed, whatever the base has."""
EVERY: Final = "*"
"""As the business of dynamic values: they hold for all businesses of the shop."""
DRAFT: Final = 0
"""The version number of what is being worked on; published ones count from 1."""

LAYOUTS_MAX: Final = 200
"""Of one template: four times the longest receipt form met."""
CONTENT_LETTERS_MAX: Final = 64_000
"""Of one layout's JSON; pictures are named by address and do not stand in it."""
PARAM_LETTERS_MAX: Final = 4_000
PARAMS_MAX: Final = 200
NAME_LETTERS_MAX: Final = 64
NOTE_LETTERS_MAX: Final = 400
REQUIRED_MAX: Final = 100


class Layout(msgspec.Struct, frozen=True):
    """One line of the paper, or several when it repeats."""

    type: str
    name: str
    """What people call it."""
    content: str
    """JSON text of a list of content objects, or `SHARED`, or `NONE`."""
    sort_weight: int = 0


class Recipe(msgspec.Struct, frozen=True):
    """What a version holds: the layouts and the fields of the data it can not do without (``total``, ``shop.name``)."""

    layouts: tuple[Layout, ...] = ()
    requires: tuple[str, ...] = ()


class Key(msgspec.Struct, frozen=True):
    """Which template."""

    shop: str
    business: str
    variant: str = ""


class Version(msgspec.Struct, frozen=True):
    """A published version: who, when, why, and of which older one it is the return."""

    version: int
    at_ms: int
    by: str
    """Id of a user."""
    note: str
    sha256: str
    """Of the recipe: two versions with the same hash print the same."""
    of_version: int | None = None


class Template(msgspec.Struct, frozen=True):
    """A template as a list shows it."""

    id: int
    key: Key
    current: int
    """The version that prints; `DRAFT` where none was published."""
    last: int
    has_draft: bool
    changed_ms: int


class Piece(msgspec.Struct, frozen=True):
    """A layout as it is answered: the source's two names."""

    name: str
    content: str


class Integrated(msgspec.Struct, frozen=True, rename={"shop_id": "shopId"}):
    """A template with the shop's dynamic values in it: what clients fill with the data of a sale."""

    business: str
    shop_id: str | int
    id: int
    version: int
    layouts: tuple[Piece, ...]
    variant: str = ""
    requires: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    """Dynamic values the template names and nobody gave: they are empty."""
