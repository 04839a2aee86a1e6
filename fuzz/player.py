"""Atheris target: any bytes, any dialect, through parser, player, text and JSON; nothing may raise, nothing may swell.

Run ``python fuzz/player.py CORPUS_FOLDER`` in an environment with the ``fuzz`` group. The first byte chooses the dialect.
"""

from __future__ import annotations

import sys

import atheris

with atheris.instrument_imports():
    import msgspec

    from kvit.escpos import Parser, load_profile
    from kvit.escpos.dialects import names
    from kvit.paper.languages.escpos import play
    from kvit.paper.languages.escpos.state import MAX_BOXES
    from kvit.paper.render import json, text

DIALECTS = [None, *(name for name in names() if name != "star-raster")]
PROFILE = msgspec.structs.replace(load_profile("epson"), learn=False)
PROFILES = [msgspec.structs.replace(PROFILE, dialect=name) for name in DIALECTS]


def one(data: bytes) -> None:
    """Play one input."""
    profile = PROFILES[data[0] % len(PROFILES)] if data else PROFILES[0]
    parser = Parser(profile)
    sheet = play([*parser.feed(data[1:]), *parser.close()], profile)
    assert len(sheet.boxes) <= 2 * MAX_BOXES
    assert isinstance(text.render(sheet), str)
    assert json.parse(json.render(sheet)) == sheet


if __name__ == "__main__":
    atheris.Setup(sys.argv, one)
    atheris.Fuzz()
