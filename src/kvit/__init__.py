"""Kvit, the open receipt platform: one sale, taken to paper, phone, tax office and loyalty ledger."""

__version__ = "0.1.0"
