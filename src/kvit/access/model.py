"""The words of the room that says who may.

A user is a person on the staff of one shop; a key lets a machine in (a station, another company's program). Both become
an `Identity` at the door: who it is, of which shop, what it may. Every query of every trade takes its shop from the
identity, never from the address of a page.

Times are whole seconds since 1970 (UTC). Ids are made by the caller from its randomness and say nothing about a person:
they may stand in logs and chained rows, names may not.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

ID_BYTES = 12
"""Randomness in an id: two are never the same, and it is short enough to be read aloud."""

NAME = re.compile(r"[^\W_](?:[\w.@-]{0,62})[^\W_]", re.UNICODE)
"""A user name: letters of any script, digits, dots, dashes, low lines, @; 2 to 64."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Who stands at the door, as every window asks for it."""

    shop: str
    actor: str
    """``user:<id>`` or ``key:<id>``: what the audit log and other trades write down."""
    role: str
    """The user's role; empty for a key."""
    permissions: frozenset[str]
    session: bytes = b""
    """The hash under which the session is kept; empty for a key."""
    seen_at: int = 0
    """When the session was last written down as used; see `kvit.access.session.needs_touch`."""

    def may(self, permission: str) -> bool:
        """Say whether this one may do a thing."""
        return permission in self.permissions

    @property
    def user_id(self) -> str:
        """The user's id; empty for a key."""
        return self.actor.removeprefix("user:") if self.actor.startswith("user:") else ""


@dataclass(frozen=True, slots=True)
class User:
    """A member of staff, as lists show it."""

    id: str
    shop: str
    name: str
    role: str
    made_at: int
    disabled_at: int | None
    second_factor: bool


@dataclass(frozen=True, slots=True)
class Attempt:
    """A counted try to log in: what the window needs to weigh the password outside of any transaction.

    For a name nobody has, ``user_id`` is empty and ``password_hash`` too: the window then weighs the password against
    the hasher's dummy, which takes the same work.
    """

    shop: str
    user_id: str
    password_hash: str
    account: bytes
    """The throttle slot of the name, to be cleared when the try was good."""
    address: bytes = b""
    """The throttle slot of the address, from which a good try is taken back; empty where none was counted."""


def user_actor(user_id: str) -> str:
    """Give how a user is written down."""
    return f"user:{user_id}"


def key_actor(key_id: str) -> str:
    """Give how a key is written down."""
    return f"key:{key_id}"


def clean_name(name: str) -> str | None:
    """Give a user name in its one form (NFKC, no blanks around), None when it can be none."""
    cleaned = unicodedata.normalize("NFKC", name[:200]).strip()
    return cleaned if NAME.fullmatch(cleaned) else None


def folded(name: str) -> str:
    """Give the form in which names are compared: ``Anna`` and ``anna`` are one person."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
