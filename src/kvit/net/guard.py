"""Which URLs and which IP addresses may be asked. Nothing is opened or looked up here.

Two readers of one URL must not see two hosts (RFC 3986 leaves room for that), and a name on the open internet must not
lead into the shop's own network, where printers and tills believe whoever reaches them.
"""

from __future__ import annotations

import ipaddress
from typing import Final
from urllib.parse import SplitResult, urlsplit

URL_CHARS_MAX: Final = 2048
"""What every server takes; what is longer is no address of a service."""
METADATA: Final = frozenset(
    {"169.254.169.254", "169.254.170.2", "fd00:ec2::254", "168.63.129.16", "100.100.100.200", "192.0.0.192"}
)
"""Where clouds tell a machine its own secrets (the later ones at Azure, Alibaba, Oracle): never asked, house or not."""
BROADCAST: Final = ipaddress.IPv4Address("255.255.255.255")
NAT64: Final = ipaddress.IPv6Network("64:ff9b::/96")
"""RFC 6052: the last four bytes are an IPv4 address."""
OLD_WRAPPED: Final = (ipaddress.IPv6Network("64:ff9b:1::/48"), ipaddress.IPv6Network("::/96"))
"""RFC 8215 (an IPv4 address at a place its network chose) and RFC 4291, 2.5.5.1 (abandoned): nobody on the open internet
has one, and Python's ``is_global`` says otherwise.
"""


def read_url(text: str, *, plain: bool) -> SplitResult | None:
    """Take a URL apart; None unless it is https (with ``plain`` http too), has a host and can be read in one way only."""
    if len(text) > URL_CHARS_MAX or not text.isascii() or not text.isprintable() or set(text) & set(' \\"<>^`{|}'):
        return None
    try:
        url = urlsplit(text)
        known = url.port != 0 and bool(url.hostname) and "@" not in url.netloc
    except ValueError:
        return None
    return url if known and not url.fragment and url.scheme in (("https", "http") if plain else ("https",)) else None


def is_allowed(address: str, *, house: bool) -> bool:
    """Say whether an IP address may be asked; ``house``: the shop's own network too."""
    found = _unwrapped(ipaddress.ip_address(address))
    if str(found) in METADATA or found.is_multicast or found.is_unspecified or found == BROADCAST:
        return False
    return house or (found.is_global and not any(found in network for network in OLD_WRAPPED))


def _unwrapped(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    """An IPv4 address that travels inside an IPv6 one is looked at as itself."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address in NAT64:
        return ipaddress.IPv4Address(address.packed[-4:])
    return address.ipv4_mapped or address.sixtofour or address
