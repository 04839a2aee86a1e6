"""Printer languages, one file or folder each: twins ``play(commands, profile) -> Sheet`` and ``write``."""
