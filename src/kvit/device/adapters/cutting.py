"""Cuts as somebody outside asks for them, never one too many.

Apps cut after the print themselves, printers cut by a switch, and documents end with a cut: so whoever sends says
whether there shall be one. ``no`` takes all cuts out; ``yes`` sees to it that the paper is cut behind what is printed
last, and adds nothing where the document does so itself; ``full`` and ``partial`` do the same and choose the kind of
all cuts.
"""

from __future__ import annotations

import msgspec

from kvit.paper import document as doc

SILENT = (doc.Feed, doc.Pulse, doc.Beep)
"""Blocks behind a cut that print nothing."""


def with_cut(document: doc.Document, cut: str) -> doc.Document:
    """The document cut as asked: ``yes no full partial``, or as it says itself (empty)."""
    if not cut:
        return document
    if cut == "no":
        return msgspec.structs.replace(
            document, blocks=[each for each in document.blocks if not isinstance(each, doc.Cut)]
        )
    wanted = doc.Cut(full=cut == "full")
    blocks: list[doc.Block] = [
        wanted if isinstance(each, doc.Cut) and cut != "yes" else each for each in document.blocks
    ]
    if not _is_cut(blocks):
        blocks.append(wanted)
    return msgspec.structs.replace(document, blocks=blocks)


def _is_cut(blocks: list[doc.Block]) -> bool:
    """Whether nothing is printed behind the last cut."""
    last = next((each for each in reversed(blocks) if not isinstance(each, SILENT)), None)
    return last is None or isinstance(last, doc.Cut)
