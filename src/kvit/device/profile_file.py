"""A profile's file for a printer that was asked: it inherits the nearest profile and writes down what the printer said.

Only what differs from the inherited profile is written. What no question can find out (code pages, widths, the blade's
place) stays inherited; the test print shows whether it is right.
"""

from __future__ import annotations

from kvit.device.probe import Findings
from kvit.device.suggestion import CUTTER_BIT, two_byte_letters
from kvit.escpos import Profile

SAID = {"model": "model", "maker": "maker", "firmware": "firmware", "serial": "serial"}
"""Field of the profile to text of the findings."""


def write(found: Findings, base: Profile, address: str) -> str:
    """The file's text. Letters of the printer's own words are ASCII already (`probe`); quotes are escaped."""
    lines = [f"# Learned from {_clean(address)} by kvit profiles probe.", f"inherits = {_quoted(base.name)}"]
    for field, key in SAID.items():
        text = found.texts.get(key, "")
        if text and text != getattr(base, field):
            lines.append(f"{field} = {_quoted(text)}")
    lines += [f"{field} = {value}" for field, value in found.ids.items() if value != getattr(base, field)]
    if found.asb_tail is not None and found.asb_tail != base.asb_tail:
        lines.append(f"asb_tail = {found.asb_tail}")
    lines += _status(found, base) + _features(found, base)
    lines += ['notes = "Check the code pages, the width and the cut with kvit profiles test."']
    lines += [f'source = "the printer\'s own answers to {len(found.answered)} questions"']
    return "\n".join(lines + _letters(found, base)) + "\n"


def _status(found: Findings, base: Profile) -> list[str]:
    """``full`` can not be asked for, so it stays where the family has it."""
    seen = "full" if base.status == "full" and found.status == "asb" else found.status
    return [f'status = "{seen}"'] if seen != base.status else []


def _features(found: Findings, base: Profile) -> list[str]:
    kind = found.ids.get("type_id")
    cuts = base.has("cut_full") or base.has("cut_partial")
    if kind is None or cuts == bool(kind & CUTTER_BIT):
        return []
    return ['features = ["-cut_full", "-cut_partial"]'] if cuts else ['features = ["cut_partial"]']


def _letters(found: Findings, base: Profile) -> list[str]:
    system = two_byte_letters(found)
    if not system or system == base.multibyte.system:
        return []
    return ["", "[multibyte]", f'system = "{system}"', "power_on = true"]


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _clean(text: str) -> str:
    return "".join(each if each.isprintable() else "?" for each in text)
