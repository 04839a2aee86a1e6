"""Receipts we know, printed by other people's encoders: how ``tests/data/reading/foreign`` was made (``make.py``)."""
