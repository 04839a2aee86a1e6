"""What leaves the house about receipts: as JSON, as tables, in the forms other programs of the trade read."""

from kvit.receipt.exports.plain import Plain, decimal, plain, rate, thousandths

__all__ = ["Plain", "decimal", "plain", "rate", "thousandths"]
