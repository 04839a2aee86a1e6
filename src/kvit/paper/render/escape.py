"""Text from a till on its way into a page.

What a till prints is never trusted: it comes from item names, customer names, whoever reached the print port. Before it
goes into HTML, SVG or PDF, everything that is not a letter is taken out: C0 and C1 controls, surrogates, noncharacters,
the bidirectional controls (a name that turns the rest of the line around, CVE-2021-42574), the invisible operators and
the line and paragraph separators. What is left is then escaped. Letters written from right to left stay in the order
they were printed, as on the paper; the style sheet keeps the browser from turning them.
"""

from __future__ import annotations

import re

_TAKEN_OUT = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u061c\u115f\u1160\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164"
    "\ud800-\udfff\ufdd0-\ufdef\ufeff\uffa0\ufff0-\uffff\U0001fffe\U0001ffff\U0002fffe\U0002ffff\U0003fffe-\U000e0fff\U000f0000-\U0010ffff]"
)
_DIRTY = re.compile(_TAKEN_OUT.pattern.replace("\x00-\x1f", "\x00-\x09\x0b-\x1f", 1))
"""The same but for line feeds."""
_UNSEEN = "\u115f\u1160\u3164\uffa0\ufffc\ufffd"
"""Taken out, though Python calls them printable; so are the selectors E0100-E01EF, whose UTF-8 begins with F3."""
_OBEYED = re.compile(rb"\x7f|\xc2[\x80-\x9f]|\xd8\x9c|\xe2(?:\x80[\x8e\x8f\xa8-\xae]|\x81[\xa6-\xa9])")
"""What terminals and editors obey and JSON lets stand, in UTF-8: DEL, C1, bidirectional controls, separators."""
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,2}")
_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;"})


def letters(text: str) -> str:
    """The text without anything that is not a letter; each thing taken out leaves a space, so that columns stay."""
    return text if text.isascii() and text.isprintable() else _TAKEN_OUT.sub(" ", text)


def is_clean(lines: str) -> bool:
    """True when ``letters`` would change none of these lines."""
    if lines.replace("\n", "").isprintable():
        return lines.isascii() or not (any(map(lines.__contains__, _UNSEEN)) or b"\xf3" in lines.encode())
    return not lines.isascii() and _DIRTY.search(lines) is None


def escape(text: str) -> str:
    """The letters of a text, safe between tags and between double quotes of HTML and XML."""
    return letters(text).translate(_ESCAPES)


def quiet_json(document: bytes) -> bytes:
    """The same JSON document with everything a terminal or an editor would obey written as ``\\uXXXX``."""
    return _OBEYED.sub(lambda found: b"\\u%04x" % ord(found.group().decode()), document)


def language(tag: str) -> str:
    """A language tag that may stand in an attribute; empty when it is none."""
    return tag if _LANGUAGE.fullmatch(tag) else ""
