"""How long to wait after how many wrong tries: per account and per address.

A try is counted before its password is weighed and taken back by success, so a thousand tries sent at once are counted
like a thousand sent one by one. Success clears the account, and takes its own try back from the address: a shop's staff
may all log in from one address, and a guesser can not clean it with an account of his own. The wait doubles with each try
beyond the free ones up to a bound: long enough that guessing leads nowhere, short enough that a stranger can not shut the
owner out for a day. After `MEMORY_S` of quiet all is forgotten.

Rows are kept by hash, and only while they count: names and addresses are nobody's record.
"""

from __future__ import annotations

import hashlib
import ipaddress
from dataclasses import dataclass

MEMORY_S = 3600
"""A row older than this starts anew."""


@dataclass(frozen=True, slots=True)
class Rule:
    """Tries without a wait, the first wait, the longest one (seconds)."""

    free: int
    first_s: int
    longest_s: int

    def wait_s(self, tries: int) -> int:
        """Give the wait after that many tries."""
        beyond = tries - self.free
        if beyond < 0:
            return 0
        return min(self.longest_s, self.first_s << min(beyond, 20))


ACCOUNT = Rule(free=5, first_s=2, longest_s=300)
"""At the bound 288 tries a day; against twelve characters that is nothing."""

ADDRESS = Rule(free=20, first_s=2, longest_s=600)
"""A whole shop behind one address may mistype; a guesser over many names may not."""


def account_slot(shop: str, folded_name: str) -> bytes:
    """Give the slot of a name, whether or not a user has it."""
    return _slot("account", shop, folded_name)


def address_slot(shop: str, address: str) -> bytes:
    """Give the slot of a network address: IPv4 as it is, IPv6 by its /64, which one customer of a provider holds."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return _slot("address", shop, address)
    if isinstance(parsed, ipaddress.IPv6Address):
        inner = parsed.ipv4_mapped
        if inner is None:
            return _slot("address", shop, str(ipaddress.ip_network((parsed, 64), strict=False)))
        return _slot("address", shop, str(inner))
    return _slot("address", shop, str(parsed))


def _slot(*parts: str) -> bytes:
    return hashlib.sha256("\0".join(("kvit throttle", *parts)).encode("utf-8", "surrogatepass")).digest()
