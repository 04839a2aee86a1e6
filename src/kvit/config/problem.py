"""What is wrong in a configuration, said to the owner of a shop: what happened, what it means, what to do."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class ConfigError(ValueError):
    """A configuration that is refused: ``key`` is the setting's dotted name (may be ``""``), ``origin`` its place.

    ``origin`` reads ``"kvit.toml, line 12"`` or ``"environment KVIT_RELAY__PORT"``. ``str()`` gives the whole sentence.
    """

    def __init__(self, origin: str, key: str, sentence: str) -> None:
        super().__init__(f"{origin}: {sentence} Kvit was not started with it; please correct it there.")
        self.origin = origin
        self.key = key


def nearest(name: str, known: Iterable[str]) -> str:
    """Finish an "is not known" sentence with the nearest name that is known, or with all of them when none is near."""
    names = sorted(known)
    near = difflib.get_close_matches(name, names, 1, 0.6)
    if near:
        return f"Did you mean {near[0]}?"
    return f"Known here: {', '.join(names)}." if names else "Nothing can be set here."
