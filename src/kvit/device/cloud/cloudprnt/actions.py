"""What a printer is asked about itself, and the facts its answers are.

Star CloudPRNT Protocol Guide 2.4, "Client Action". Asked when a printer is first seen and again every `ASK_AGAIN_S`,
since paper and firmware change: ClientType, ClientVersion, Encodings, GetPollInterval, PageInfo. SetID gives a printer
that has none the id its address names. Not used: SetPostUrl, the presenter's controls, GetConfig, RequestGetServerInfo.

Facts are texts by name, kept with the printer (`kvit.device.printers`): ``model firmware encodings interval_s paper_mm
print_mm dots dots_mm mac serial``.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Final

from kvit.device.cloud.cloudprnt.answer import Ask
from kvit.device.cloud.cloudprnt.poll import Poll, Result
from kvit.device.printers.model import FACT_LETTERS_MAX

ASK_AGAIN_S: Final = 120.0
INTERVAL_S: Final = 5.0
"""What printers poll at unless they say otherwise (guide 1.4, mC-Print); boards may be set to 120."""
INTERVAL_S_MAX: Final = 600.0
DOTS_MAX: Final = 2560
"""Wider than any receipt head; four times the usual one."""

ASKED: Final = tuple(map(Ask, ("ClientType", "ClientVersion", "Encodings", "GetPollInterval", "PageInfo")))
_PLAIN: Final = {
    "ClientType": "model",
    "ClientVersion": "firmware",
    "Encodings": "encodings",
    "GetPollInterval": "interval_s",
}
_PAGE: Final = {"paperWidth": "paper_mm", "printWidth": "print_mm", "horizontalResolution": "dots_mm"}


def asks(set_id: str = "") -> tuple[Ask, ...]:
    """Give what to ask a printer now; ``set_id``: the id it is to have from now on."""
    return (*ASKED, Ask("SetID", set_id)) if set_id else ASKED


def facts_of(poll: Poll) -> dict[str, str]:
    """Give the facts a poll tells; empty in most polls."""
    found: dict[str, str] = {"mac": poll.mac} if poll.mac else {}
    for result in poll.results:
        found |= _facts(result)
    return {name: shown(value)[:FACT_LETTERS_MAX] for name, value in found.items()}


def shown(text: str) -> str:
    """A printer's own words as they may be kept and shown: printable letters."""
    return "".join(each for each in text if each.isprintable()).strip()


def _facts(result: Result) -> dict[str, str]:
    if result.request == "PageInfo":
        return _page(result.values)
    name = _PLAIN.get(result.request)
    return {name: result.text.strip()} if name and result.text.strip() else {}


def _page(values: dict[str, str]) -> dict[str, str]:
    found = {name: values[key].strip() for key, name in _PAGE.items() if _number(values.get(key, ""))}
    dots = dots_of(found.get("print_mm", ""), found.get("dots_mm", ""))
    return found | ({"dots": str(dots)} if dots else {})


def dots_of(width_mm: str, dots_mm: str) -> int:
    """How many dots a width has; 0 where either is no number. Widths a head has are multiples of eight dots."""
    dots = round(_number(width_mm) * _number(dots_mm))
    return dots // 8 * 8 if 0 < dots <= DOTS_MAX else 0


def interval_s(facts: dict[str, str], default: float = INTERVAL_S) -> float:
    """How often a printer polls, by what it said."""
    found = _number(facts.get("interval_s", ""))
    return min(found, INTERVAL_S_MAX) if found else default


def changed(known: dict[str, str], told: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Give what of the facts told is new."""
    return {name: value for name, value in told if known.get(name) != value}


def _number(text: str) -> float:
    try:
        found = float(text)
    except ValueError:
        return 0.0
    return found if math.isfinite(found) and found > 0 else 0.0
