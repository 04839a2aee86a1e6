"""The staff's menu: one table of places, in groups. The day's work stands in the bar, everything behind one button.

A place is shown to who may see it and where there is something to see. A test reads the table: every place is a route.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from kvit.web import rights
from kvit.web.door import Call
from kvit.web.routes import ANY_USER


def _always(call: Call) -> bool:
    """Show it in every shop."""
    return True


def _has_readers(call: Call) -> bool:
    return bool(call.context.readings.lights())


@dataclass(frozen=True)
class Place:
    """One entry: where it leads, the sentence that names it, and who sees it."""

    path: str
    name: str
    needs: str
    when: Callable[[Call], bool] = _always

    def shown(self, call: Call) -> bool:
        """Say whether this caller has the entry."""
        return call.may(self.needs) and self.when(call)


MENU: tuple[tuple[str, tuple[Place, ...]], ...] = (
    (
        "web.menu_day",
        (
            Place("/live", "web.live", rights.SEE_RECEIPTS),
            Place("/counter", "printing.counter", rights.ANSWER_JOBS),
            Place("/station", "station.title", rights.USE_STATION),
            Place("/jobs", "printing.jobs", rights.SEE_JOBS),
            Place("/terminal", "terminal.title", rights.SEE_TEMPLATES),
            Place("/admin", "web.overview", ANY_USER),
        ),
    ),
    (
        "web.menu_shop",
        (
            Place("/figures", "figures.title", rights.SEE_FIGURES),
            Place("/customers", "customers.title", rights.SEE_CUSTOMERS),
            Place("/notices", "notify.notices", rights.SEE_NOTICES),
            Place("/templates", "editor.templates", rights.SEE_TEMPLATES),
        ),
    ),
    (
        "web.menu_machines",
        (
            Place("/printers", "printing.printers", rights.SEE_JOBS),
            Place("/readers", "web.readers", rights.SEE_READERS, _has_readers),
            Place("/relay", "web.relay", rights.SEE_RELAY),
            Place("/stations", "chain.stations", rights.CHANGE_STATIONS),
        ),
    ),
    (
        "web.menu_house",
        (
            Place("/users", "web.users", rights.SEE_USERS),
            Place("/webhooks", "notify.webhooks", rights.CHANGE_WEBHOOKS),
            Place("/keys", "web.keys", rights.CHANGE_KEYS),
            Place("/audit", "web.audit", rights.SEE_AUDIT),
            Place("/settings", "web.settings", rights.SEE_SETTINGS),
            Place("/api/v1/docs", "web.api", ANY_USER),
        ),
    ),
)
"""By group: the sentence that heads it, and its places. The first group stands in the bar."""


def groups(call: Call) -> list[tuple[str, list[Place]]]:
    """Give the groups this caller sees something in, each with what is shown."""
    found = [(name, [place for place in places if place.shown(call)]) for name, places in MENU]
    return [(name, places) for name, places in found if places]


def bar(call: Call) -> list[Place]:
    """Give what stands in the bar: the day's work, and the place one is at where it is another."""
    day = [place for place in MENU[0][1] if place.shown(call)]
    here = [place for _, places in MENU[1:] for place in places if place.path == call.request.url.path]
    return day + [place for place in here if place.shown(call)]
