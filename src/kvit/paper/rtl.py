"""Right to left: letters joined as Arabic joins them, lines put in the order they are seen in.

*Joining* (`shaped`): a letter takes its initial, medial, final or isolated form by its neighbours; lam and alef become one.
The forms are Unicode's own (U+FB50 to U+FEFC), so pages that have them (864) and our fonts print the text as it stands.
*Order* (`visual`): the bidirectional algorithm of Unicode Standard Annex 9 for one line: weak types W1..W7, neutrals N1 and
N2, levels I1 and I2, reordering L1..L4. Orders written in the text (embeddings, isolates) have been taken out before.

Left out: paired brackets (N0), ligatures but lam with alef, letters with four forms that Unicode gives no codes.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from functools import lru_cache

FORM_BLOCKS = (range(0xFB50, 0xFC00), range(0xFE80, 0xFEFD))
TATWEEL = "\u0640"
LAM = "\u0644"
MIRRORED = str.maketrans("()[]{}<>«»‹›≤≥", ")(][}{><»«›‹≥≤")
STRONG_RIGHT = ("R", "AL")

Forms = dict[str, dict[str, str]]


def is_right_to_left(text: str) -> bool:
    """True when the first letter with a direction of its own runs to the left (P2, P3)."""
    for letter in text:
        kind = unicodedata.bidirectional(letter)
        if kind in ("L", *STRONG_RIGHT):
            return kind != "L"
    return False


def shaped(text: str) -> str:
    """The text with every Arabic letter in the form its neighbours give it, in written order."""
    forms, joint = _forms()
    letters = _with_lam_alef(text, joint)
    made: list[str] = []
    for place, letter in enumerate(letters):
        known = forms.get(letter)
        if known is None:
            made.append(letter)
            continue
        behind = _neighbour(letters, place, -1)
        ahead = _neighbour(letters, place, 1)
        from_behind = "final" in known and _reaches_on(forms, behind)
        to_ahead = "initial" in known and ("final" in forms.get(ahead, ()) or ahead == TATWEEL)
        wanted = {(False, False): "isolated", (False, True): "initial", (True, False): "final", (True, True): "medial"}
        made.append(known.get(wanted[from_behind, to_ahead], letter))
    return "".join(made)


def unshaped(letter: str) -> str:
    """The letter an isolated form stands for, which looks the same; any other as it is."""
    kind, *codes = unicodedata.decomposition(letter).split(" ")
    return chr(int(codes[0], 16)) if kind == "<isolated>" and len(codes) == 1 else letter


def _reaches_on(forms: Forms, letter: str) -> bool:
    return "initial" in forms.get(letter, ()) or letter == TATWEEL


def _neighbour(letters: Sequence[str], place: int, step: int) -> str:
    """The next letter that is no mark; empty at the end."""
    place += step
    while 0 <= place < len(letters) and unicodedata.category(letters[place]) == "Mn":
        place += step
    return letters[place] if 0 <= place < len(letters) else ""


def _with_lam_alef(text: str, joint: dict[str, str]) -> list[str]:
    made: list[str] = []
    for letter in text:
        if made and made[-1] == LAM and letter in joint:
            made[-1] = joint[letter]
        else:
            made.append(letter)
    return made


@lru_cache(maxsize=1)
def _forms() -> tuple[Forms, dict[str, str]]:
    """The forms of each letter, and by alef the isolated form of lam with it (whose own forms are among the first)."""
    forms: Forms = {}
    joint: dict[str, str] = {}
    for block in FORM_BLOCKS:
        for code in block:
            kind, *letters = unicodedata.decomposition(chr(code)).split(" ")
            plain = "".join(chr(int(letter, 16)) for letter in letters)
            if len(plain) == 1:
                forms.setdefault(plain, {})[kind.strip("<>")] = chr(code)
            elif plain[:1] == LAM and kind == "<isolated>":
                joint[plain[1]] = chr(code)
                forms[chr(code)] = {"isolated": chr(code), "final": chr(code + 1)}
    return forms, joint


def visual(letters: Sequence[str], right_to_left: bool) -> list[tuple[int, bool]]:
    """The order a line is seen in: places of the letters from left to right, and whether each runs to the left.

    A letter may have marks behind it; its first sign counts.
    """
    levels = _levels([unicodedata.bidirectional(letter[0]) for letter in letters], int(right_to_left))
    order = list(range(len(levels)))
    for level in range(max(levels, default=0), 0, -1):
        start = 0
        while start < len(order):
            if levels[order[start]] < level:
                start += 1
                continue
            end = start
            while end < len(order) and levels[order[end]] >= level:
                end += 1
            order[start:end] = reversed(order[start:end])
            start = end
    return [(place, bool(levels[place] & 1)) for place in order]


def mirrored(letter: str) -> str:
    """A bracket as it looks in a line that runs to the left."""
    return letter.translate(MIRRORED)


def _levels(kinds: list[str], base: int) -> list[int]:
    kinds = list(kinds)
    edge = "R" if base else "L"
    spaces = [kind in ("WS", "B", "S") for kind in kinds]
    _weak(kinds, edge)
    _neutral(kinds, edge)
    levels = [base + _step(kind, base) for kind in kinds]
    for place in range(len(kinds) - 1, -1, -1):
        if not spaces[place]:
            break
        levels[place] = base
    return levels


def _step(kind: str, base: int) -> int:
    if base:
        return int(kind in ("L", "EN", "AN"))
    return 1 if kind == "R" else 2 if kind in ("EN", "AN") else 0


def _weak(kinds: list[str], edge: str) -> None:
    """W1 to W7, in place."""
    strong = before = edge
    for place, kind in enumerate(kinds):
        if kind == "NSM":
            kinds[place] = kind = before
        before = kind
        if kind in ("L", *STRONG_RIGHT):
            strong = kind
        elif kind == "EN" and strong == "AL":
            kinds[place] = "AN"
    kinds[:] = ["R" if kind == "AL" else kind for kind in kinds]
    for place in range(1, len(kinds) - 1):
        around = kinds[place - 1], kinds[place + 1]
        if around[0] == around[1] and (
            (kinds[place] == "ES" and around[0] == "EN") or (kinds[place] == "CS" and around[0] in ("EN", "AN"))
        ):
            kinds[place] = around[0]
    for step in (1, -1):
        number = False
        for place in range(len(kinds))[::step]:
            number = kinds[place] == "EN" or (number and kinds[place] == "ET")
            if number:
                kinds[place] = "EN"
    strong = edge
    for place, kind in enumerate(kinds):
        if kind in ("L", "R"):
            strong = kind
        elif kind == "EN" and strong == "L":
            kinds[place] = "L"
        elif kind in ("ES", "ET", "CS"):
            kinds[place] = "ON"


def _neutral(kinds: list[str], edge: str) -> None:
    """N1 and N2, in place: neutrals take the direction around them, else the line's."""
    place = 0
    while place < len(kinds):
        if kinds[place] in ("L", "R", "EN", "AN"):
            place += 1
            continue
        end = place
        while end < len(kinds) and kinds[end] not in ("L", "R", "EN", "AN"):
            end += 1
        behind = _side(kinds[place - 1]) if place else edge
        ahead = _side(kinds[end]) if end < len(kinds) else edge
        kinds[place:end] = [behind if behind == ahead else edge] * (end - place)
        place = end


def _side(kind: str) -> str:
    return "L" if kind == "L" else "R"
