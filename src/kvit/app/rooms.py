"""The rooms that have tables, in the order their migrations are applied."""

MIGRATIONS = (
    "kvit.access", "kvit.chain", "kvit.receipt", "kvit.receipt.wallet", "kvit.device.spool", "kvit.device.printers",
    "kvit.device.ipp", "kvit.template", "kvit.counter", "kvit.notify",
)  # fmt: skip
