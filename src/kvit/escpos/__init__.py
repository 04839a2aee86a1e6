"""The printer's language, both ways: bytes to commands, commands to bytes."""

from kvit.escpos.command import Command, Fields, FieldValue
from kvit.escpos.encoder import Encoder, encode
from kvit.escpos.fingerprint import Fingerprint, Guess
from kvit.escpos.parser import Parser
from kvit.escpos.profiles import Profile
from kvit.escpos.profiles import load as load_profile
from kvit.escpos.profiles import names as profile_names

__all__ = [
    "Command",
    "Encoder",
    "FieldValue",
    "Fields",
    "Fingerprint",
    "Guess",
    "Parser",
    "Profile",
    "encode",
    "load_profile",
    "profile_names",
]
