"""A refusal: the expected "no", as a value.

A verb that may legally say no returns ``Refusal(code, values)`` instead of raising. The code comes from a closed list of
the trade that says it (each listed in docs/refusals.md), the values fill the sentence the window shows
(``kvit.i18n.say(language, code, **values)``). Bad bytes are ``kvit.wire.WireError``; a bug is an assertion.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why not: a code such as ``"access.locked"`` and the values its sentence needs."""

    code: str
    values: dict[str, str | int] = field(default_factory=dict)
