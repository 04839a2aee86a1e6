"""The templates every shop begins with: one JSON file a business, and data to look at them with.

    {"requires": ["total"], "layouts": [{"type": "payment", "name": "Total", "sortWeight": 10, "content": [ … ]}]}

``content`` is written as JSON here, not as a text of JSON, so that people can read it; it becomes the text the library
keeps. ``NAME.VARIANT.json`` is a variant. Words come from ``kvit.i18n`` by ``{{t "form.…"}}``, so one template serves five
languages. ``samples.json`` has the data of one receipt a business, for previews and tests.
"""

from __future__ import annotations

import functools
from importlib import resources
from typing import Any

import msgspec

from kvit.template.library.model import SHARED, Layout, Recipe

SAMPLES = "samples.json"


class _Line(msgspec.Struct, rename="camel", forbid_unknown_fields=True):
    type: str
    name: str
    sort_weight: int
    content: Any


class _File(msgspec.Struct, forbid_unknown_fields=True):
    layouts: list[_Line]
    requires: list[str] = []


@functools.cache
def recipes() -> dict[tuple[str, str], Recipe]:
    """Give all built-in templates by business and variant."""
    found = {}
    for file in sorted(resources.files(__name__).iterdir(), key=lambda each: each.name):
        stem, dot, ending = file.name.rpartition(".")
        if dot and ending == "json" and file.name != SAMPLES:
            business, _, variant = stem.partition(".")
            found[business, variant] = read(file.read_bytes())
    return found


def read(data: bytes) -> Recipe:
    """Read a template as it is written in a file. Raises msgspec.DecodeError."""
    file = msgspec.json.decode(data, type=_File)
    return Recipe(
        tuple(Layout(each.type, each.name, _content(each.content), each.sort_weight) for each in file.layouts),
        tuple(file.requires),
    )


def _content(written: Any) -> str:
    return SHARED if written == SHARED else msgspec.json.encode(written).decode()


@functools.cache
def samples() -> dict[str, dict[str, Any]]:
    """Give the data of one receipt a business."""
    found: dict[str, dict[str, Any]] = msgspec.json.decode((resources.files(__name__) / SAMPLES).read_bytes())
    return found
