"""From what a printer said of itself to the nearest profile, and to a file that inherits it. Pure.

Names weigh most: many clones leave the factory with an Epson's name, and then they imitate that Epson. The maker tells the
family where the model is in no list; two-byte letters and the bits of the type byte break ties. Where neither name nor
maker says anything, two-byte letters choose a guess, else it is ``default``; the suggestion says that it is a guess.
"""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from functools import lru_cache

import msgspec

from kvit.device.probe import Findings
from kvit.escpos import Profile
from kvit.escpos.profiles import load, names

NEAREST = 3
FONTS = {
    "gb18030": ("GB18030", "GB2312", "CHINA", "CHINESE"),
    "big5": ("BIG5", "BIG-5", "TAIWAN"),
    "shift-jis": ("KANJI", "JAPAN"),
    "ksc5601": ("KOREA", "C-5601", "HANGUL"),
}
"""Words by which ``GS I`` 69 names two-byte letters, simplified Chinese last tried first: TAIWAN stands beside CHINESE."""
TWO_BYTE_BIT, CUTTER_BIT = 0x01, 0x02
"""Of the type byte (``GS I 2``)."""
SAME, BEGINS, SPELLED, PART, LIKE, MAKER, LETTERS, BIT, CLASS = 100, 80, 75, 60, 40, 20, 25, 3, 2
LIKE_MIN = 0.75
"""How alike two model names must be, as difflib counts it, to be called so."""
PART_MIN = 4
"""Letters of a name that is found inside another; ``T1`` is in too many."""
GUESSES = {"gb18030": "chinese", "big5": "epson-taiwan", "shift-jis": "epson-japanese", "ksc5601": "epson-korean"}
GUESS = "default"
NOBODY = ("default", "unknown", "safe", "simple")
"""Profiles of no printer: nothing is near to them."""


class Reason(msgspec.Struct, frozen=True):
    """Why a profile is near: a code of ``device.near_*`` and its values."""

    code: str
    values: dict[str, str]


class Suggestion(msgspec.Struct, frozen=True):
    """A profile near to the printer; the higher the score, the nearer."""

    name: str
    score: int
    reasons: tuple[Reason, ...]


def suggest(found: Findings) -> list[Suggestion]:
    """The nearest profiles, the best first; never none. Of equals the family stands first, then the wider paper."""
    letters = two_byte_letters(found)
    ranked = [made for name in _candidates() if (made := _judge(load(name), found, letters)) is not None]
    ranked.sort(key=lambda made: (-made.score, not made.name.islower(), -load(made.name).paper_mm, made.name))
    return ranked[:NEAREST] or [_guess(found, letters)]


def _guess(found: Findings, letters: str) -> Suggestion:
    """What to take for a printer that does not say who it is."""
    reasons = [reason for _, code, values in _by_letters(letters, letters) for reason in (Reason(code, values),)]
    pairs = found.ids.get("type_id", 0) & TWO_BYTE_BIT
    name = GUESSES.get(letters, "chinese" if pairs else GUESS)
    return Suggestion(name, 0, (*reasons, Reason("device.near_guess", {})))


def two_byte_letters(found: Findings) -> str:
    """The system of two-byte letters it names, empty for none."""
    said = found.texts.get("fonts", "").upper()
    for system in ("big5", "shift-jis", "ksc5601", "gb18030"):
        if any(word in said for word in FONTS[system]):
            return system
    return ""


@lru_cache(maxsize=1)
def _candidates() -> tuple[str, ...]:
    """Profiles of printers that answer at all; guesses of no printer are not near to one."""
    return tuple(name for name in names() if _is_candidate(load(name)))


def _is_candidate(profile: Profile) -> bool:
    if profile.name in NOBODY or profile.name.startswith("generic"):
        return False
    return profile.language == "escpos" and profile.status != "none" and not profile.has("display")


def _judge(profile: Profile, found: Findings, letters: str) -> Suggestion | None:
    """How near a profile is; None where neither name nor maker speaks for it."""
    named = _by_name(profile, found.texts.get("model", "")) + _by_maker(profile, found.texts.get("maker", ""))
    if not named:
        return None
    said = named + _by_letters(profile.multibyte.system, letters)
    score = sum(points for points, _, _ in said) + _by_bits(profile, found, letters)
    return Suggestion(profile.name, score, tuple(Reason(code, values) for _, code, values in said))


Said = list[tuple[int, str, dict[str, str]]]


def _by_name(profile: Profile, model: str) -> Said:
    best, how = 0, ""
    for known in {profile.name.casefold(), profile.model.casefold()} - {""}:
        points, code = _likeness(model.casefold(), known)
        if points > best:
            best, how = points, code
    return [(best, how, {"model": model})] if best else []


def _likeness(said: str, known: str) -> tuple[int, str]:
    """``TM-T88V-i`` begins with ``TM-T88V``, though without its dash it would be a ``TM-T88VI``."""
    if said == known:
        return SAME, "device.near_model"
    if said.startswith(known) and len(known) >= PART_MIN and not said[len(known)].isalnum():
        return BEGINS, "device.near_part"
    said, known = _plain(said), _plain(known)
    if said and said == known:
        return SPELLED, "device.near_model"
    if min(len(said), len(known)) >= PART_MIN and (said in known or known in said):
        return PART - abs(len(said) - len(known)), "device.near_part"
    ratio = SequenceMatcher(None, said, known).ratio() if said else 0
    return (round(LIKE * ratio), "device.near_like") if ratio >= LIKE_MIN else (0, "")


def _by_maker(profile: Profile, maker: str) -> Said:
    """By the vendor: the maker's word in a file is often only inherited from Epson."""
    known = _plain((profile.vendor or profile.maker).split(" ")[0])
    return [(MAKER, "device.near_maker", {"maker": maker})] if known and known in _plain(maker) else []


def _by_letters(system: str, letters: str) -> Said:
    return [(LETTERS, "device.near_letters", {"letters": letters})] if letters and letters == system else []


def _by_bits(profile: Profile, found: Findings, letters: str) -> int:
    """Points for what agrees without being a reason by itself, and against other two-byte letters than it names."""
    points = CLASS if profile.status == found.status or (profile.status == "full" and found.status == "asb") else 0
    if letters:
        points -= LETTERS if profile.multibyte.system != letters else 0
    else:
        points -= BIT if profile.multibyte.system not in ("none", "open") else 0
    kind = found.ids.get("type_id")
    if kind is not None:
        has_pairs = profile.multibyte.system != "none"
        points += BIT if has_pairs == bool(kind & TWO_BYTE_BIT) else -BIT
        has_cutter = profile.has("cut_full") or profile.has("cut_partial")
        points += BIT if has_cutter == bool(kind & CUTTER_BIT) else -BIT
    return points


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.casefold())
