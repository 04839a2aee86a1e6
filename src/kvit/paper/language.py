"""Which language a text is written in, as far as its letters alone tell.

Scripts decide: Hangul is Korean, kana Japanese, Han without kana Chinese, and so on; Cyrillic with letters only Kazakh has
is Kazakh, with letters only Ukrainian has Ukrainian, else Russian. Latin letters tell nothing and give an empty answer:
a wrong language tag makes screen readers worse than none. A page that holds several scripts goes to the one with the most
letters, Han counting for Japanese where kana stand beside it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

MIN_LETTERS = 3
"""A trademark or a single word of courtesy tells no language."""

SCRIPTS = {
    "ko": "[\uac00-\ud7a3\u1100-\u11ff\u3130-\u318f]",
    "ja": "[\u3041-\u30ff\uff66-\uff9f]",
    "zh": "[\u3400-\u9fff\uf900-\ufaff]",
    "th": "[\u0e01-\u0e5b]",
    "ru": "[\u0400-\u052f]",
    "el": "[\u0370-\u03ff\u1f00-\u1fff]",
    "he": "[\u0590-\u05ff]",
    "ar": "[\u0600-\u06ff\ufb50-\ufdff\ufe70-\ufefc]",
    "hy": "[\u0530-\u058f]",
    "ka": "[\u10a0-\u10ff]",
    "hi": "[\u0900-\u097f]",
}
_SCRIPTS = {language: re.compile(pattern) for language, pattern in SCRIPTS.items()}
_ANY = re.compile("[" + "".join(pattern[1:-1] for pattern in SCRIPTS.values()) + "]")
_OTHERS = {
    language: re.compile("[" + "".join(pattern[1:-1] for other, pattern in SCRIPTS.items() if other != language) + "]")
    for language in SCRIPTS
}
"""The letters of all other scripts: most papers have one."""
_ENOUGH = {
    language: re.compile(f"(?:{pattern}[^{pattern[1:-1]}]*){{{MIN_LETTERS}}}") for language, pattern in SCRIPTS.items()
}
KAZAKH = re.compile("[ӘәҒғҚқҢңӨөҰұҮүҺһ]")
UKRAINIAN = re.compile("[ЇїЄєҐґ]")
_NOT_RUSSIAN = re.compile("[\u0400\u0402-\u040f\u0450\u0452-\u052f]")


def language_of(texts: Iterable[str]) -> str:
    """The language tag of some texts taken together, empty where the letters do not tell."""
    text = "".join([each for each in texts if not each.isascii()])
    first = _ANY.search(text)
    if first is None:
        return ""
    best = _script_of(first[0])
    if _OTHERS[best].search(text):
        best = _commonest(text)
    elif not _ENOUGH[best].match(text, first.start()):
        return ""
    if best == "ru" and _NOT_RUSSIAN.search(text):
        return "kk" if KAZAKH.search(text) else "uk" if UKRAINIAN.search(text) else "ru"
    return best


@lru_cache(maxsize=4096)
def _script_of(letter: str) -> str:
    return next(language for language, script in _SCRIPTS.items() if script.match(letter))


def _commonest(text: str) -> str:
    """The script with the most letters of several, empty where none has enough."""
    seen = "".join(set(text))
    counts = {language: len(script.findall(text)) for language, script in _SCRIPTS.items() if script.search(seen)}
    if "ja" in counts:
        counts["ja"] += counts.pop("zh", 0)
    best = max(counts, key=lambda language: counts[language])
    return best if counts[best] >= MIN_LETTERS else ""
