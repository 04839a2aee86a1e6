"""The printer's language, both ways: bytes to commands, commands to bytes.

Names are loaded when first asked for: who only writes receipts does not wait for the reading half.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kvit.escpos.command import Command, Fields, FieldValue
    from kvit.escpos.encoder import Encoder, encode
    from kvit.escpos.fingerprint import Fingerprint, Guess
    from kvit.escpos.parser import Parser
    from kvit.escpos.profiles import Profile
    from kvit.escpos.profiles import load as load_profile
    from kvit.escpos.profiles import names as profile_names

__all__ = [
    "Command",
    "Encoder",
    "FieldValue",
    "Fields",
    "Fingerprint",
    "Guess",
    "Parser",
    "Profile",
    "encode",
    "load_profile",
    "profile_names",
]

_HOMES = {
    "Command": ("command", "Command"), "Fields": ("command", "Fields"), "FieldValue": ("command", "FieldValue"),
    "Encoder": ("encoder", "Encoder"), "encode": ("encoder", "encode"),
    "Fingerprint": ("fingerprint", "Fingerprint"), "Guess": ("fingerprint", "Guess"), "Parser": ("parser", "Parser"),
    "Profile": ("profiles", "Profile"), "load_profile": ("profiles", "load"), "profile_names": ("profiles", "names"),
}  # fmt: skip


def __getattr__(name: str) -> Any:
    """Load a name from its file."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    file, there = _HOMES[name]
    found = globals()[name] = getattr(import_module(f"{__name__}.{file}"), there)
    return found
