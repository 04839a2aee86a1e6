"""Where a shop is: what its sums, dates and plurals look like. The defaults of every helper that writes one."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from kvit.i18n import match
from kvit.template.handlebars.block import Call


@dataclass(frozen=True, slots=True)
class Place:
    """A shop's habits; a template may set any of them aside for one call (``language="en"``)."""

    language: str = "en"
    country: str = ""
    """ISO 3166-1, two capital letters."""
    currency: str = ""
    """ISO 4217; empty: a sum must say its own."""
    time_zone: ZoneInfo | None = None
    """None: times stand as they are in the data."""

    def tongue(self, call: Call) -> tuple[str, str]:
        """Give the language and country one call is written in: the shop's, or the call's own ``language=``."""
        asked = call.hash.get("language")
        if asked is None:
            return self.language, self.country
        language = match(str(asked)[:40])
        if language is None:
            raise ValueError("a language Kvit does not speak")
        return language, self.country
