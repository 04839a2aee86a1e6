"""The only outgoing HTTP of the house. See `kvit.net.exchange`."""

from kvit.net.exchange import LIMITS, Ask, Asking, Failed, Limits, Reply, Trouble, ask

__all__ = ["LIMITS", "Ask", "Asking", "Failed", "Limits", "Reply", "Trouble", "ask"]
