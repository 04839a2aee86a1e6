"""Draw printer bytes: the form is told by the file's ending.

python examples/draw_a_picture.py day/0000-en-sale.bin receipt.png
"""

from __future__ import annotations

import argparse
from pathlib import Path

from kvit.escpos import load_profile
from kvit.paper.languages.stream import play_stream
from kvit.paper.render import RENDERERS

FORMS = {".png": "png", ".svg": "svg", ".pdf": "pdf", ".html": "html", ".txt": "text", ".json": "json"}


def main() -> None:
    """Play the stream onto a sheet and draw the sheet."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("file", type=Path)
    arguments.add_argument("picture", type=Path)
    arguments.add_argument("--profile", default="unknown", help="the printer's model: its width, its code pages")
    given = arguments.parse_args()

    sheet = play_stream(given.file.read_bytes(), load_profile(given.profile)).sheet
    given.picture.write_bytes(RENDERERS[FORMS[given.picture.suffix]](sheet))
    print(f"{given.picture}: {sheet.width_dots} dots wide, {len(sheet.events)} happenings")


if __name__ == "__main__":
    main()
