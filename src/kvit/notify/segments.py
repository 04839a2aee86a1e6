"""How long a text message is, as it is paid.

Two rules. Most of the world (3GPP TS 23.038, 23.040): a text of the 128 letters of GSM-7 takes 160 in one message, or
153 a part where there are more; ten more letters (``€ [ ] { } ^ ~ \\ |`` and the page break) take two places each. One
letter that is not among them turns the whole text to UCS-2: 70 in one message, 67 a part, a letter outside of the basic
plane taking two places. A pair of places is never cut in two, so a part may stay one place short.

Korea: the companies count bytes of CP949, two a Hangul letter. Up to 90 it is an SMS, up to 2,000 an LMS at several
times the price; letters CP949 does not have are replaced before they count.
"""

from __future__ import annotations

import enum
import unicodedata
from dataclasses import dataclass
from typing import Final

GSM7: Final = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
"""3GPP TS 23.038, 6.2.1, without the escape itself."""
GSM7_PAIRS: Final = frozenset("\f^{}\\[~]|€")
"""6.2.1.1: the escape and a letter."""
SMS_BYTES: Final = 90
LMS_BYTES: Final = 2_000
PARTS_MAX: Final = 4
"""Of the world's rule: a receipt's link and a shop's name take one or two."""
REPLACED: Final = {
    "\u2018": "'", "\u2019": "'", "\u201c": '"', "\u201d": '"', "\u2013": "-", "\u2014": "-", "\u2026": "...",
    "\u00a0": " ",
    "\u20a9": "W", "\u20b8": "T", "\u20bd": "R", "\u2116": "No",
}  # fmt: skip
"""What stands for letters a set does not have, before the question mark."""


class Rule(enum.StrEnum):
    """By whose rule a text is counted."""

    WORLD = "world"
    KOREA = "korea"


class Coding(enum.StrEnum):
    """How a text travels."""

    GSM7 = "gsm7"
    UCS2 = "ucs2"
    SMS = "sms"
    LMS = "lms"


@dataclass(frozen=True, slots=True)
class Length:
    """A text as it would be sent: ``used`` of ``room`` places (bytes in Korea) in ``parts`` messages."""

    text: str
    coding: Coding
    used: int
    parts: int

    @property
    def fits(self) -> bool:
        """Whether it may be sent at all."""
        return self.parts <= PARTS_MAX if self.coding in (Coding.GSM7, Coding.UCS2) else self.used <= LMS_BYTES


def measure(text: str, rule: Rule) -> Length:
    """Say how a text would travel, and as how many messages it is paid."""
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n"))
    if rule is Rule.KOREA:
        text = in_cp949(text)
        used = len(text.encode("cp949"))
        return Length(text, Coding.SMS if used <= SMS_BYTES else Coding.LMS, used, 1)
    widths = [_gsm7_places(letter) for letter in text]
    if all(widths):
        return Length(text, Coding.GSM7, sum(widths), _parts(widths, 160, 153))
    widths = [2 if ord(letter) > 0xFFFF else 1 for letter in text]
    return Length(text, Coding.UCS2, sum(widths), _parts(widths, 70, 67))


def in_cp949(text: str) -> str:
    """Give a text with only letters CP949 has: some spelled otherwise, the rest a question mark."""
    if not _lacks(text):
        return text
    spelled = "".join(REPLACED.get(letter, letter) if _lacks(letter) else letter for letter in text)
    return "".join("?" if _lacks(letter) else letter for letter in spelled)


def _lacks(text: str) -> bool:
    try:
        text.encode("cp949")
    except UnicodeEncodeError:
        return True
    return False


def _gsm7_places(letter: str) -> int:
    """How many places a letter takes; 0: GSM-7 has none for it."""
    return 1 if letter in GSM7 else 2 if letter in GSM7_PAIRS else 0


def _parts(widths: list[int], alone: int, together: int) -> int:
    """How many messages; a letter of two places stands in one of them."""
    if sum(widths) <= alone:
        return 1
    parts, room = 1, together
    for width in widths:
        if width > room:
            parts, room = parts + 1, together
        room -= width
    return parts
