"""Pages: templates with everything escaped, sentences in the reader's language, figures as the reader writes them."""

from __future__ import annotations

import datetime
import zoneinfo
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from starlette.responses import HTMLResponse

from kvit.i18n import LANGUAGE_NAMES, country, format_date, format_date_time, format_money, format_number, format_time
from kvit.i18n import format_quantity as format_quantity_of
from kvit.money import DECIMALS
from kvit.receipt.exports import decimal, rate
from kvit.receipt.store import Summary
from kvit.shop import ShopSettings
from kvit.web import menu
from kvit.web.alarms import alarms, silent_stations
from kvit.web.door import Call
from kvit.web.happenings import phrases
from kvit.web.harmless import harmless
from kvit.web.job_words import SIGNS, TONES, class_code, lamp_of
from kvit.web.static_files import address

RECENT_MS = 12 * 3_600_000
WIDE_NO_BREAK = "\u00a0"


@cache
def environment() -> Environment:
    """Give the templates, read once; a name that is not there is a bug, not an empty string."""
    made = Environment(
        loader=PackageLoader("kvit.web", "templates"),
        autoescape=True,
        finalize=harmless,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.globals["asset"] = address
    made.globals["phrases"] = phrases
    made.globals |= {
        "alarms": alarms,
        "silent_stations": silent_stations,
        "lamp_of": lamp_of,
        "class_code": class_code,
        "tones": TONES,
    }
    made.globals |= {"menu_bar": menu.bar, "menu_groups": menu.groups}
    made.globals["sign"] = SIGNS.__getitem__
    made.globals["languages"] = LANGUAGE_NAMES
    return made


def page(call: Call, template: str, http_status: int = 200, /, **values: object) -> HTMLResponse:
    """Make a page."""
    return HTMLResponse(render(call, template, **values), http_status)


def render(call: Call, template: str, **values: object) -> str:
    """Fill a template."""
    shop = call.shop
    filled = {"call": call, "say": call.say, "show": Shown(call.language, shop), "shop": shop}
    filled["now_ms"] = int(call.context.clock() * 1000)
    return environment().get_template(template).render(filled | values)


class Shown:
    """Figures and times as the reader of a language, in the shop's country, writes them."""

    def __init__(self, language: str, shop: ShopSettings) -> None:
        self._language = language
        self._country = shop.country
        self._zone = time_zone(shop)

    def moment(self, milliseconds: int) -> str:
        """Write day and time."""
        return format_date_time(self._local(milliseconds), self._language, self._country)

    def time(self, milliseconds: int) -> str:
        """Write the time of day, to the second."""
        return format_time(self._local(milliseconds), self._language, self._country, seconds=True)

    def lately(self, milliseconds: int, now_ms: int) -> str:
        """Write the time of day, and the day where it was not within the last twelve hours."""
        return self.time(milliseconds) if now_ms - milliseconds < RECENT_MS else self.moment(milliseconds)

    def day(self, milliseconds: int) -> str:
        """Write the day."""
        return format_date(self._local(milliseconds).date(), self._language, self._country)

    def date(self, day: datetime.date) -> str:
        """Write a day of the calendar."""
        return format_date(day, self._language, self._country)

    def iso(self, milliseconds: int) -> str:
        """Write a moment for machines."""
        return self._local(milliseconds).isoformat(timespec="seconds")

    def printed(self, iso: str) -> str:
        """Write the time a receipt itself tells; a date alone stays one."""
        if "T" not in iso:
            return format_date(datetime.date.fromisoformat(iso), self._language, self._country)
        return format_date_time(datetime.datetime.fromisoformat(iso), self._language, self._country)

    def money(self, amount: int | None, currency: str | None, digits: int) -> str:
        """Write a sum; one whose currency nobody knows is a bare number."""
        if amount is None:
            return ""
        if currency and DECIMALS.get(currency) == digits:
            return format_money(amount, currency, self._language, self._country)
        return WIDE_NO_BREAK.join(filter(None, (decimal(amount, digits), currency)))

    def quantity(self, quantity: int | None) -> str:
        """Write a quantity in thousandths."""
        return "" if quantity is None else format_quantity_of(quantity, self._language, self._country)

    def rate(self, hundredths: int | None) -> str:
        """Write a tax rate."""
        return "" if hundredths is None else f"{rate(hundredths)}{WIDE_NO_BREAK}%"

    def number(self, value: int) -> str:
        """Write a whole number."""
        return format_number(value, self._language, self._country)

    def size(self, count: int) -> str:
        """Write a size in bytes, kilobytes or megabytes."""
        for unit, size in (("MB", 1 << 20), ("kB", 1 << 10)):
            if count >= size:
                return f"{self.number(round(count / size))}{WIDE_NO_BREAK}{unit}"
        return f"{count}{WIDE_NO_BREAK}B"

    def sum_of(self, receipt: Summary) -> str:
        """Write what a receipt came to."""
        return self.money(receipt.total, receipt.currency, receipt.decimals)

    def _local(self, milliseconds: int) -> datetime.datetime:
        return datetime.datetime.fromtimestamp(milliseconds / 1000, self._zone)


@cache
def time_zone(shop: ShopSettings) -> datetime.tzinfo | None:
    """Give the shop's time zone: its own, its country's only one, or the machine's (None)."""
    name = shop.time_zone or country(shop.country).time_zone
    try:
        return zoneinfo.ZoneInfo(name) if name else None
    except (ValueError, zoneinfo.ZoneInfoNotFoundError):
        return None


def trusted(html: bytes) -> Markup:
    """Take HTML made by ``kvit.paper.render.html``, which escapes all that came from a till."""
    return Markup(html.decode())  # noqa: S704 - the one place, see above
