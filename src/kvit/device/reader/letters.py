"""The letters of a code: UTF-8 where it is that, else the encoding the reader is set to.

ISO/IEC 18004 gives a QR code without a note of its own ISO 8859-1, which is the usual fallback here; scanners sold in
Korea, China or Russia send CP949, GB 18030 or CP1251 when they are set so.
"""

from __future__ import annotations

import codecs
from typing import Final

USUAL: Final = "latin-1"
ENCODINGS: Final = ("latin-1", "cp949", "gb18030", "shift_jis", "big5", "cp1251", "cp1252", "cp866")


def letters(code: bytes, fallback: str = USUAL) -> str:
    """Decode a code; what neither encoding has becomes a replacement letter. Never raises for a name of `ENCODINGS`."""
    try:
        return code.decode("utf-8-sig")
    except UnicodeDecodeError:
        return codecs.decode(code, fallback, "replace")
