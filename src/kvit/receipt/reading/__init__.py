"""Reading receipts: from a sheet to what was sold."""

from kvit.receipt.reading.reader import read

__all__ = ["read"]
