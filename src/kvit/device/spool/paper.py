"""What a job puts on paper: the original as it is, every other one silent and marked COPY.

Pulses and beeps are done once, with the original: a drawer that opens by itself when a printer comes back is a theft, not
a receipt. A document with cuts inside is several papers; each that prints anything is marked above and below, so that no
piece of a copy passes for an original.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import msgspec

from kvit.device.spool.model import Job
from kvit.paper.document import Beep, Block, Cut, Document, Feed, Pulse, Span, Text, parse

WORD: Final = "COPY"
_SIDE_EFFECTS: Final = (Pulse, Beep)
_BLANK: Final = (Feed, Cut)


def paper(job: Job, document: bytes) -> Document:
    """Give what a job prints, once (a document's own ``copies`` are jobs). Raises `kvit.paper.document.DocumentError`."""
    once = msgspec.structs.replace(parse(document), copies=1)
    return once if job.copy == 1 else as_copy(once, job.copy)


def as_copy(document: Document, number: int, word: str = WORD) -> Document:
    """Give the document without pulses and beeps, every paper of it marked above and below."""
    mark = Text([Span(f"{word} {number}", bold=True, width=2, height=2)], align="centre")
    blocks: list[Block] = [block for block in document.blocks if not isinstance(block, _SIDE_EFFECTS)]
    return msgspec.structs.replace(document, blocks=[each for part in _papers(blocks) for each in _marked(part, mark)])


def _papers(blocks: list[Block]) -> Iterator[list[Block]]:
    """Parts that end with their cut."""
    part: list[Block] = []
    for block in blocks:
        part.append(block)
        if isinstance(block, Cut):
            yield part
            part = []
    if part:
        yield part


def _marked(part: list[Block], mark: Text) -> list[Block]:
    printing = [at for at, block in enumerate(part) if not isinstance(block, _BLANK)]
    if not printing:
        return part
    first, behind = printing[0], printing[-1] + 1
    return [*part[:first], mark, *part[first:behind], mark, *part[behind:]]
