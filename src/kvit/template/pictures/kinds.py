"""What may be a picture of a template: by its first bytes and its size, before anybody opens it. Pure.

Opening happens in the press's process (`kvit.paper.photo`), which has its own limits on dots; here only what can be no
picture at all is kept out, so that a page of a captive portal is not taken for a logo.
"""

from __future__ import annotations

from typing import Final

from kvit.paper.document import PICTURE_BYTES_MAX

BYTES_MAX: Final = PICTURE_BYTES_MAX
KINDS: Final = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"BM", "image/bmp"),
    (b"II*\0", "image/tiff"),
    (b"MM\0*", "image/tiff"),
    (b"P1", "image/x-portable-bitmap"),
    (b"P4", "image/x-portable-bitmap"),
)
"""First bytes and media type; WebP has its word behind a length."""


def kind_of(data: bytes) -> str:
    """Give the media type of a picture; empty for what is none, or is larger than pictures may be."""
    if not 0 < len(data) <= BYTES_MAX:
        return ""
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    return next((kind for first, kind in KINDS if data.startswith(first)), "")
