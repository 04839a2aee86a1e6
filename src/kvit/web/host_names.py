"""Host names a window answers to: those nobody outside can own, and those the shop has named.

A page of another site, open in a browser on the shop's machine, can have its own name lead to 127.0.0.1 (DNS rebinding)
and then ask us as if it were ours. Such a name is always one of the public DNS. So addresses, names without a dot,
``localhost`` and the endings kept for private networks (RFC 6761, 6762, 8375, and ``lan``, which routers give out) are
ours; of the public ones those in ``[web] base_url``, ``staff_url`` and ``names``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

PRIVATE_ENDINGS = (".localhost", ".local", ".lan", ".internal", ".home.arpa", ".test", ".invalid")
_ADDRESS = re.compile(r"\[.*\]|\d{1,3}(\.\d{1,3}){3}")


def names_of(urls: Iterable[str], names: Iterable[str] = ()) -> frozenset[str]:
    """Give the names in addresses of ours and those named besides, folded."""
    hosts = (urlsplit(url).hostname or "" for url in urls)
    return frozenset(name.lower().rstrip(".") for name in (*hosts, *names) if name)


def is_ours(host: str, known: frozenset[str]) -> bool:
    """Say whether a Host header's value, with its port or without, is a name to answer to."""
    name = (host.rpartition("]")[0] + "]" if host.startswith("[") else host.partition(":")[0]).lower().rstrip(".")
    return _ADDRESS.fullmatch(name) is not None or "." not in name or name.endswith(PRIVATE_ENDINGS) or name in known
