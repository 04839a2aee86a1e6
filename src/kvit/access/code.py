"""The first code: how the first person gets in where no account exists yet.

Nothing is shipped that could be guessed, no "admin/admin", and it is not the first comer who becomes the owner: at its
first start Kvit shows a code on the console (or the receipt printer), good for `LIFE_S` and for one use; whoever types
it in makes the owner's account. When later nobody can log in, whoever may run commands on the machine gets another.

Sixteen letters of Crockford's base32: 80 bits, no I, L, O, U to be mistaken. Typed in any case, with or without dashes.
"""

from __future__ import annotations

import hashlib

from kvit.access.session import Randomness

LIFE_S = 30 * 60
"""Long enough to fetch the tablet, short enough that a photo of the console is worthless tomorrow."""

LETTERS = 16
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
MISTAKEN = str.maketrans("ILO", "110")


def fresh_code(randomness: Randomness) -> str:
    """Make a code: ``7QWK-2MXD-9RTW-0ABC``."""
    number = int.from_bytes(randomness(LETTERS * 5 // 8), "big")
    letters = [ALPHABET[(number >> (5 * place)) & 31] for place in range(LETTERS)]
    return "-".join("".join(letters[place : place + 4]) for place in range(0, LETTERS, 4))


def clean_code(typed: str) -> str:
    """Give the bare letters of what was typed; empty when it can not be a code."""
    bare = typed[:100].upper().translate(MISTAKEN)
    bare = "".join(letter for letter in bare if letter not in "- \t\r\n")
    return bare if len(bare) == LETTERS and all(letter in ALPHABET for letter in bare) else ""


def code_hash(typed: str) -> bytes:
    """Give the 32 bytes a code is kept as. What can not be a code has the hash of the empty text, which no code has."""
    return hashlib.sha256(b"kvit first code\0" + clean_code(typed).encode()).digest()
