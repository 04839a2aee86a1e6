"""The station: where the cashier sees what becomes of receipts, and says so with one key; and the customer's display.

``/station`` shows one line: how line, printer and reader are, the paper that waits with its seconds, three keys, and the
last receipts with what became of them. ``/station/display`` stands before the customer: the code of the newest receipt
nobody has, a thank-you, nothing else. Both are parts drawn anew as things happen (`kvit.web.watch`); without script they
ask for themselves again, and the keys are buttons of plain forms.

What is decided, is decided by `Context.station`; these pages only say it.
"""

from __future__ import annotations

from typing import Annotated

import msgspec
from starlette.responses import RedirectResponse, Response

from kvit.access.customers.model import Wish
from kvit.counter import service as counter
from kvit.counter.model import Routed, Stage
from kvit.i18n import codes
from kvit.receipt import service as receipts
from kvit.receipt.store import Filter, Summary
from kvit.refusal import Refusal
from kvit.web.context import LineState
from kvit.web.door import Call
from kvit.web.pages import page, render
from kvit.web.problem import status_of
from kvit.web.qr import qr_svg
from kvit.web.rights import USE_STATION
from kvit.web.routes import Table
from kvit.web.station_desk import HeldPaper, Till
from kvit.web.watch import Names

AGAIN_S = 5
"""So often a browser without script asks for the page again."""
LAST = 8
"""Receipts shown: what a cashier still remembers."""
THANKS_MS = 6_000
TROUBLE_MS = 10_000

LineName = Annotated[str, msgspec.Meta(max_length=64)]
ReceiptId = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9]{0,32}$")]


class ChoiceForm(msgspec.Struct):
    """A key: for the receipt that waits, else for the next one."""

    csrf: str
    line: LineName
    wish: Wish
    receipt: ReceiptId = ""


class BackForm(msgspec.Struct):
    """A receipt to be taken back."""

    csrf: str
    line: LineName
    receipt: ReceiptId


class Waits(msgspec.Struct, frozen=True):
    """A held paper and whose it is."""

    held: HeldPaper
    receipt: Summary | None


class Row(msgspec.Struct, frozen=True):
    """A receipt and what became of it."""

    receipt: Summary
    route: Routed | None

    @property
    def outcome(self) -> str:
        """``waits``, ``electronic``, ``both`` or ``paper``."""
        route = self.route
        if route is None:
            return "paper"
        if route.stage is Stage.OPEN:
            return "waits"
        return "both" if route.paper and route.electronic else "paper" if route.paper else "electronic"

    @property
    def nobody_has_it(self) -> bool:
        """Whether it came out on no paper and no customer is known to have it."""
        route = self.route
        return self.outcome == "electronic" and route is not None and not route.customer and route.why != "opened"

    @property
    def why(self) -> str:
        """The sentence that says which rule; empty where there is none to tell."""
        code = f"station.why_{self.route.why}" if self.route is not None else ""
        return code if code in codes() else ""

    @property
    def can_go_back(self) -> bool:
        """Whether staff can take it back."""
        route = self.route
        return route is not None and route.stage is Stage.DONE and (route.electronic or not route.paper)


def add_station(table: Table) -> None:
    """Add the station's pages."""

    @table.get("/station", needs=USE_STATION, page=True)
    async def station_page(call: Call, line: LineName = "") -> Response | Refusal:
        """Show a line's station."""
        return await _show(call, line)

    @table.get("/station/display", needs=USE_STATION, page=True)
    async def station_display(call: Call, line: LineName = "") -> Response | Refusal:
        """Show the customer's display of a line."""
        till = till_of(call, line)
        if till is None:
            return Refusal("station.no_line", {"line": line or "-"})
        return page(call, "station_display.html", again_s=AGAIN_S, **_display(call, till))

    @table.post("/station/choice", needs=USE_STATION, page=True)
    async def choose_at_the_station(call: Call, form: ChoiceForm) -> Response | Refusal:
        """Take a key."""
        assert call.user is not None
        done = await call.context.station.choose(call.user, form.line, form.wish, form.receipt)
        return await _answered(call, form.line, done)

    @table.post("/station/back", needs=USE_STATION, page=True)
    async def take_back_at_the_station(call: Call, form: BackForm) -> Response | Refusal:
        """Take a receipt back."""
        assert call.user is not None
        done = await call.context.station.take_back(call.user, form.receipt)
        return await _answered(call, form.line, done)


async def station_parts(call: Call, line: str, _: Names) -> dict[str, str]:
    """Draw what changes on a station; nothing for whoever may not use it."""
    till = till_of(call, line) if call.may(USE_STATION) else None
    return {} if till is None else {"station": render(call, "station_till.html", **await _shown(call, till))}


async def display_parts(call: Call, line: str, _: Names) -> dict[str, str]:
    """Draw what changes on a display."""
    till = till_of(call, line) if call.may(USE_STATION) else None
    return {} if till is None else {"display": render(call, "station_code.html", **_display(call, till))}


def till_of(call: Call, line: str) -> Till | None:
    """The line asked for; where none was, one whose papers are held, else the first."""
    tills = call.context.station.tills(call.shop.id)
    if line:
        return next((till for till in tills if till.line == line), None)
    return next((till for till in tills if till.hold_s), next(iter(tills), None))


async def last_receipts(call: Call, line: str, limit: int = LAST) -> list[Row]:
    """The last receipts of a line and what became of them."""
    db, shop = call.context.db, call.shop.id
    found = await db.read(receipts.list_page, shop, Filter(line=line), "", limit)
    assert not isinstance(found, Refusal), "there is no cursor"
    routes = await db.read(counter.several, shop, [receipt.id for receipt in found.receipts])
    return [Row(receipt, routes.get(receipt.id)) for receipt in found.receipts]


async def _answered(call: Call, line: str, done: str | Refusal) -> Response | Refusal:
    if isinstance(done, Refusal):
        return await _show(call, line, done)
    return RedirectResponse(f"/station?line={line}", 303)


async def _show(call: Call, line: str, refused: Refusal | None = None) -> Response | Refusal:
    tills = call.context.station.tills(call.shop.id)
    till = till_of(call, line)
    if till is None and line:
        return Refusal("station.no_line", {"line": line})
    told = call.say(refused.code, **refused.values) if refused is not None else ""
    shown = {} if till is None else await _shown(call, till)
    status = 200 if refused is None else status_of(refused)
    return page(
        call, "station.html", status, names=[each.line for each in tills], till=till, again_s=AGAIN_S, refused=told,
        **{name: value for name, value in shown.items() if name != "till"},
    )  # fmt: skip


async def _shown(call: Call, till: Till) -> dict[str, object]:
    rows = await last_receipts(call, till.line)
    known = {row.receipt.id: row.receipt for row in rows}
    states = {state.name: state for state in await call.context.relay.lines()}
    now = int(call.context.clock() * 1000)
    return {
        "till": till,
        "held": [Waits(each, known.get(each.id)) for each in till.held],
        "rows": rows,
        "lamps": lamps(call, till, states.get(till.line)),
        "trouble": _trouble(call, till, now),
        "wishes": ("paper", "electronic", "both"),
    }


def _trouble(call: Call, till: Till, now_ms: int) -> str:
    """Why the last one at the reader was nobody, for a moment."""
    if till.trouble is None or now_ms - till.trouble_ms > TROUBLE_MS:
        return ""
    return call.say(till.trouble.code, **till.trouble.values)


def lamps(call: Call, till: Till, state: LineState | None) -> list[tuple[str, str, str]]:
    """Line, printer and reader: which, its tone, its word's code."""
    line = "down" if state is None else state.state
    tones = {"ready": "good", "busy": "busy", "waiting": "warn", "down": "bad"}
    held = "held" if till.attended else "not_held" if till.hold_s else "through"
    found = [
        ("station.line", "bad" if state is None else "good" if held != "not_held" else "warn", f"station.line_{held}"),
        ("station.printer", tones.get(line, "warn"), f"station.printer_{line}"),
    ]
    lights = [light for light in call.context.readings.lights() if light.reader in till.readers]
    if not lights:
        return [*found, ("station.reader", "", "station.reader_none")]
    up = any(light.link == "up" for light in lights)
    return [*found, ("station.reader", "good" if up else "bad", "web.reader_up" if up else "web.reader_down")]


def _display(call: Call, till: Till) -> dict[str, object]:
    """What the customer sees: thanks, a code, or that a code can be shown here."""
    now_ms = int(call.context.clock() * 1000)
    shown = till.shown
    thanked = till.claimed_ms and now_ms - till.claimed_ms < THANKS_MS
    word = "thanks" if thanked else "code" if shown is not None else "waits" if till.waits else "idle"
    qr = qr_svg(shown.url, call.say("station.your_receipt")) if word == "code" and shown is not None else None
    until_ms = till.claimed_ms + THANKS_MS if word == "thanks" else shown.until_ms if shown and qr else 0
    return {"till": till, "word": word, "qr": qr, "until_ms": until_ms, "trouble": _trouble(call, till, now_ms)}
