"""Types that are read from data, looked through once, before there are threads.

msgspec looks through a `msgspec.Struct` when it is first read and keeps what it found on the class before it is whole. A
second thread that reads the same type in that moment follows an empty pointer, and the process is gone (seen with 0.22.0's
JSON reader: several first papers at once). The shop reads rows and documents in threads, so it looks through all types
first: some 300, in less than a tenth of a second.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec


def look_through_types() -> int:
    """Look through every Struct of Kvit's that is loaded; give how many. Those that data can not make are passed over."""
    count = 0
    for kind in set(_below(msgspec.Struct)):
        if not kind.__module__.startswith("kvit."):
            continue
        try:
            msgspec.json.Decoder(kind)
        except TypeError:  # unions without tags: made by code alone
            continue
        count += 1
    return count


def _below(kind: type[msgspec.Struct]) -> Iterator[type[msgspec.Struct]]:
    for each in kind.__subclasses__():
        yield each
        yield from _below(each)
