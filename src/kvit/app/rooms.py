"""The rooms that have tables, in the order their migrations are applied."""

MIGRATIONS = ("kvit.access", "kvit.receipt")
