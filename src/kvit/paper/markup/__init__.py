"""Markup: texts people write receipts in, read into documents. One language a file; nothing here knows a printer."""
