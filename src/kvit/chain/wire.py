"""A batch on the wire: JSON, packed with gzip. Pure; ``packed`` and ``unpacked`` are twins.

Unpacking stops at a limit, so that a small bomb stays small (docs/protocols/station.md).
"""

from __future__ import annotations

import zlib

import msgspec

from kvit.chain.model import BODY_BYTES_MAX, Batch
from kvit.refusal import Refusal

LEVEL = 6
GZIP = 31
"""zlib's word for: with gzip's head and tail."""

_read = msgspec.json.Decoder(Batch).decode


def packed(batch: Batch) -> bytes:
    """Write a batch."""
    packer = zlib.compressobj(LEVEL, zlib.DEFLATED, GZIP)
    return packer.compress(msgspec.json.encode(batch)) + packer.flush()


def unpacked(data: bytes, bytes_max: int = BODY_BYTES_MAX) -> Batch | Refusal:
    """Read a batch. Refused: ``chain.batch_bad`` (no gzip, cut short, no such JSON, numbers not in a row),
    ``chain.batch_long``.
    """
    unpacker = zlib.decompressobj(GZIP)
    try:
        body = unpacker.decompress(data, bytes_max + 1)
        if len(body) > bytes_max:
            return Refusal("chain.batch_long", {"max": bytes_max})
        if not unpacker.eof or unpacker.unused_data:
            return Refusal("chain.batch_bad")
        batch = _read(body)
    except (zlib.error, msgspec.DecodeError, UnicodeDecodeError):
        return Refusal("chain.batch_bad")
    in_a_row = all(news.n == batch.after + place for place, news in enumerate(batch.news, 1))
    return batch if in_a_row else Refusal("chain.batch_bad")
