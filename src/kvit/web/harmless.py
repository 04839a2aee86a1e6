"""Letters that do more than stand there, kept out of every page and text file.

What a till printed, what a customer typed and what a browser sent may hold controls: an override that turns a line around
and so shows another shop or sum than was meant, an escape that moves a terminal's cursor. Markup is no matter here: that is
escaped by the templates. Marks that only help to write Arabic or Hebrew (U+200E, U+200F) stay.
"""

from __future__ import annotations

import re

from markupsafe import Markup

_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u202a-\u202e\u2066-\u2069\ufeff\ufff9-\ufffb]")
"""C0 but tab and line feed, C1, the marks that order text by force, the byte-order mark, interlinear marks."""


def plain_text(text: str) -> str:
    """Give a text without controls."""
    return text if text.isascii() and text.isprintable() else _CONTROLS.sub("", text)


def harmless(value: object) -> object:
    """Clean what a template is about to write; what is markup already was made by us."""
    return plain_text(value) if isinstance(value, str) and not isinstance(value, Markup) else value
