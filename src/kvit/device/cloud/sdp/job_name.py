"""``printjobid``: the name a job has at the printer, 1 to 30 of ``A-Z a-z 0-9 _ - .``

A job's id is 16 bytes, which is 26 letters of base 32; a dot and the attempt's number follow. So a name that comes back
says by itself which attempt of which job it is about, also after a restart and to whoever reads the printer's own log.
"""

from __future__ import annotations

import re
from base64 import b32decode, b32encode
from typing import Final

NAME: Final = re.compile(r"([A-Za-z2-7]{26})\.([0-9]{1,3})")
ATTEMPT_MAX: Final = 999
"""What 30 letters leave; a job is begun a few times at most."""
_PADDING: Final = "======"


def name_of(id_: str, attempt: int) -> str:
    """Name an attempt: ``id_`` is 32 hexadecimal digits, ``attempt`` from 1; past `ATTEMPT_MAX` it starts anew."""
    letters = b32encode(bytes.fromhex(id_)).decode("ascii").rstrip("=").lower()
    return f"{letters}.{(attempt - 1) % ATTEMPT_MAX + 1}"


def read(name: str) -> tuple[str, int] | None:
    """Give a name's job and attempt; None where it is not one of ours. Capitals do not count."""
    found = NAME.fullmatch(name)
    if found is None:
        return None
    raw = b32decode(found[1].upper() + _PADDING)
    return (raw.hex(), int(found[2])) if b32encode(raw).decode().rstrip("=") == found[1].upper() else None
