"""The list of renderings, by the names people type (``kvit decode --to NAME``).

Each is a function of a sheet in a module of its own. Modules are loaded at first use, because the drawing ones bring
numpy and fonts along, which a process that only wants text must not pay for.
"""

from __future__ import annotations

from functools import lru_cache
from importlib import import_module
from types import ModuleType

import msgspec

from kvit.paper.sheet import Sheet


class Renderer(msgspec.Struct, frozen=True):
    """One way to look at a sheet. Call it with a sheet to get the bytes of a file."""

    name: str
    module: str
    """Where its ``render(sheet)`` is."""
    media_type: str
    suffix: str

    def __call__(self, sheet: Sheet) -> bytes:
        """Render a sheet; text comes as UTF-8."""
        made = _module(self.module).render(sheet)
        return made.encode("utf-8") if isinstance(made, str) else bytes(made)


@lru_cache(maxsize=16)
def _module(name: str) -> ModuleType:
    """Asking Python for a loaded module anew takes as long as printing three lines of text."""
    return import_module(name)


def _renderer(name: str, media_type: str, suffix: str) -> Renderer:
    return Renderer(name, f"kvit.paper.render.{name}", media_type, suffix)


RENDERERS: dict[str, Renderer] = {
    "text": _renderer("text", "text/plain; charset=utf-8", ".txt"),
    "json": _renderer("json", "application/json", ".json"),
    "html": _renderer("html", "text/html; charset=utf-8", ".html"),
    "svg": _renderer("svg", "image/svg+xml", ".svg"),
    "png": _renderer("png", "image/png", ".png"),
    "pdf": _renderer("pdf", "application/pdf", ".pdf"),
}
