"""The door of a listening port: who may come in."""

from __future__ import annotations

import ipaddress
from collections import Counter


class Door:
    """Who may come to a listening port: allowed networks, so many in all, so many of one address."""

    def __init__(self, allow: tuple[str, ...], connections_max: int, per_peer_max: int) -> None:
        """Raises ValueError when an entry is no network."""
        self._networks = [ipaddress.ip_network(entry, strict=False) for entry in allow]
        self._max, self._per_peer_max = connections_max, per_peer_max
        self._here: Counter[str] = Counter()
        self._total = 0

    def enter(self, host: str) -> str | None:
        """Let a peer in (None) or say why not: ``unlisted``, ``full``, ``peer_full``."""
        address = ipaddress.ip_address(host.partition("%")[0])
        mapped = getattr(address, "ipv4_mapped", None)
        if not any((mapped or address) in network for network in self._networks):
            return "unlisted"
        if self._total >= self._max:
            return "full"
        if self._here[host] >= self._per_peer_max:
            return "peer_full"
        self._here[host] += 1
        self._total += 1
        return None

    def leave(self, host: str) -> None:
        """A peer that was let in is gone."""
        self._total -= 1
        self._here[host] -= 1
        if not self._here[host]:
            del self._here[host]
