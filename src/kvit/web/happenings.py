"""What the printer did or said, in words people know: a cut, the drawer, no paper; not ``full 0``."""

from __future__ import annotations

import msgspec

from kvit.i18n import codes
from kvit.receipt.printout import Happening
from kvit.web.door import Call

TROUBLE = frozenset({
    "offline", "cover_open", "paper_end", "error", "mechanical_error", "cutter_error", "fatal_error",
})  # fmt: skip
"""States that keep a printer from printing."""


class Phrase(msgspec.Struct, frozen=True):
    """A happening in words; ``bad`` where somebody must see to the printer."""

    text: str
    bad: bool = False


def phrases(call: Call, happenings: tuple[Happening, ...]) -> list[Phrase]:
    """Say what happened, in order; what happened several times in a row is said once, with its count."""
    said = [phrase for happening in happenings for phrase in _phrases(call, happening)]
    told: list[Phrase] = []
    at = 0
    while at < len(said):
        count = next((n for n, other in enumerate(said[at:]) if other != said[at]), len(said) - at)
        told.append(said[at] if count == 1 else Phrase(f"{said[at].text} ×{count}", said[at].bad))
        at += count
    return told


def _phrases(call: Call, happening: Happening) -> list[Phrase]:
    values = happening.values
    if happening.kind == "status":
        return [_state(call, name, bool(on)) for name, on in values.items()]
    if happening.kind == "cut" and values.get("full") == 0:
        return [Phrase(call.say("receipt.event_cut_partly"))]
    text = call.say(f"receipt.event_{happening.kind}")
    if happening.kind == "display" and values.get("text"):
        return [Phrase(f"{text}: {values['text']}")]
    if happening.kind == "beep" and int(values.get("times", 1)) > 1:
        return [Phrase(f"{text} ×{values['times']}")]
    return [Phrase(text)]


def _state(call: Call, name: str, on: bool) -> Phrase:
    """A state that came, or went; one that a newer Kvit knows stands by its name."""
    code = f"receipt.state_{name}"
    text = call.say(code) if code in codes() else name
    return Phrase(text, name in TROUBLE) if on else Phrase(call.say("receipt.state_over", state=text))
