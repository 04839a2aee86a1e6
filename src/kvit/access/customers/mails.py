"""Mail addresses: one form to find them by, and a sight of them that tells only their owner."""

from __future__ import annotations

import re
import unicodedata

from kvit.refusal import Refusal

MAIL_CHARS_MAX = 254
"""RFC 5321, 4.5.3.1.3, less the angle brackets."""
LOCAL_CHARS_MAX = 64

_MAIL = re.compile(
    r"(?P<local>[^\s@\"(),:;<>\[\]\\\x00-\x1f\x7f]+)@(?P<host>(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{1,62})"
)
"""What mail programs send to: no quoted names, no address literals, no comments."""


def normal(typed: str) -> str | Refusal:
    """Give a typed address in its one form: the host in small letters (IDNA), the name before it as it is.

    Refused: ``mail_bad``.
    """
    text = unicodedata.normalize("NFC", typed[: 2 * MAIL_CHARS_MAX]).strip()
    local, at, host = text.rpartition("@")
    try:
        host = host.encode("idna").decode().lower() if at else ""
    except UnicodeError:
        host = ""
    whole = f"{local}@{host}"
    found = _MAIL.fullmatch(whole)
    if found is None or len(whole) > MAIL_CHARS_MAX or len(local) > LOCAL_CHARS_MAX or not whole.isprintable():
        return Refusal("customers.mail_bad")
    if local.startswith(".") or local.endswith(".") or ".." in local:
        return Refusal("customers.mail_bad")
    return whole


def found_by(mail: str) -> str:
    """Give the form addresses are compared by: no service tells ``Anna@`` from ``anna@``."""
    return mail.casefold()


def masked(mail: str) -> str:
    """Write an address so that its owner recognises it: ``a***@e***.com``."""
    local, _, host = mail.rpartition("@")
    name, _, ending = host.rpartition(".")
    return f"{local[:1]}***@{name[:1]}***.{ending}"
