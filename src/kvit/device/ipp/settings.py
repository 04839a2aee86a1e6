"""Kvit as a printer: the ``[ipp]`` table of kvit.toml. Where it listens is the ``[printing]`` table's matter.

[ipp]
allow = ["127.0.0.0/8", "192.168.1.0/24"]
password = "…"
"""

from __future__ import annotations

import msgspec


class IppSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who may print."""

    allow: tuple[str, ...] = ("127.0.0.0/8", "::1/128")
    """Networks desktops may come from."""
    password: str = ""
    """Asked for by HTTP Basic, whatever the user name; empty: none. It goes over the wire as it is: no TLS here."""
    raw: bool = True
    """Whether bytes of a printer's own language are taken: they can open the drawer, as those of any till."""
