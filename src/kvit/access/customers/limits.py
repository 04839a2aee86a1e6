"""How often something may be done, over the last hour or day wherever that begins.

A slot holds when it was done; its row is locked while it is looked at, so a thousand at once are counted as if they came
one by one. Only what was let through counts: who is refused does not wait longer for having asked. Slots are keyed hashes:
nobody reads a phone or an address out of them.

One-time codes cost the shop money and can be asked for by anybody, for any number. So there are four slots for each (the
phone, who asks by network and by device, the range of the number) and one for all together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

MINUTE_S, HOUR_S, DAY_S = 60, 3600, 86400

Times = tuple[tuple[int, int], ...]
"""When, and how often then, from old to new."""


@dataclass(frozen=True, slots=True)
class Rule:
    """At most so often within so many seconds."""

    most: int
    within_s: int


@dataclass(frozen=True, slots=True)
class Slot:
    """What is limited, and how."""

    key: bytes
    rules: tuple[Rule, ...]
    grain_s: int = 1
    """Times are kept this roughly: a slot of thousands stays a short row."""


PHONE = (Rule(1, MINUTE_S), Rule(3, HOUR_S), Rule(5, DAY_S))
"""Nobody needs a sixth code in a day; whoever is pestered by a stranger gets five messages and no more."""

ASKER = (Rule(10, HOUR_S),)
"""An address (IPv6: its /64) or a device: a family, not a machine."""

RANGE = (Rule(30, DAY_S),)
"""Ten thousand numbers that begin alike. Thirty customers of a shop a day may share that; pumped ranges have thousands."""

GRAIN_S = 600


def everything(a_day: int) -> tuple[Rule, ...]:
    """Give the rule for all codes together: what the shop is ready to pay for in a day."""
    return (Rule(a_day, DAY_S),)


def admit(times: Times, slot: Slot, now: int) -> tuple[Times, int]:
    """Count one more at a moment; give the times to be kept and 0, or those it had and the seconds to wait.

    Times after now (a clock set back) count as now.
    """
    longest = max(rule.within_s for rule in slot.rules)
    gone = now - longest - slot.grain_s
    kept = tuple((min(at, now), count) for at, count in times if min(at, now) > gone)
    wait_s = max(_wait(kept, rule, now, slot.grain_s) for rule in slot.rules)
    if wait_s:
        return kept, wait_s
    moment = now - now % slot.grain_s
    if kept and kept[-1][0] >= moment:
        return (*kept[:-1], (kept[-1][0], kept[-1][1] + 1)), 0
    return (*kept, (moment, 1)), 0


def _wait(times: Times, rule: Rule, now: int, grain_s: int) -> int:
    """Seconds until fewer than ``most`` lie within the rule's time; a rough time is taken for the last it may mean."""
    left = rule.most
    for at, count in reversed(times):
        wait_s = at + grain_s - 1 + rule.within_s - now
        if wait_s <= 0:
            return 0
        left -= count
        if left <= 0:
            return wait_s
    return 0 if rule.most > 0 else rule.within_s


def ends_at(times: Times, rules: Sequence[Rule]) -> int:
    """Give from when a slot's row says nothing any more."""
    return (times[-1][0] if times else 0) + max(rule.within_s for rule in rules)
