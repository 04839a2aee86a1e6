"""What was sold: printouts read, stored and shown."""

from kvit.receipt.model import Kind, Line, Payment, Reading, Tax

__all__ = ["Kind", "Line", "Payment", "Reading", "Tax"]
