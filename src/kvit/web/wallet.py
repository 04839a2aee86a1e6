"""The wallet's pages: what a customer kept, one receipt of it, and what can be done with it.

Everything is asked with the customer of the device's cookie; what is not in that wallet is not there. No address holds
more than a receipt's id, and no name or phone is in any page but the settings.
"""

from __future__ import annotations

import base64
import datetime
from collections.abc import Callable
from typing import Annotated, TypeVar
from urllib.parse import parse_qsl, urlencode

import msgspec
from starlette.responses import RedirectResponse, Response

from kvit.db import Tx
from kvit.money import parse_quantity
from kvit.receipt.links import RANDOM_BYTES, make_token
from kvit.receipt.store import Receipt
from kvit.receipt.wallet import service
from kvit.receipt.wallet.model import NOTE_LETTERS_MAX, Category, Item, Wanted
from kvit.refusal import Refusal
from kvit.web import wallet_acts
from kvit.web.door import Call, cookie_name, set_cookie
from kvit.web.forms import PUBLIC_KINDS, draw, form_of, raw_of
from kvit.web.pages import time_zone, trusted
from kvit.web.problem import Problem
from kvit.web.public_language import remember_language
from kvit.web.qr import qr_svg
from kvit.web.receipts import HASH_LETTERS, PlainForm, short_hash
from kvit.web.routes import CUSTOMER, PUBLIC, Table
from kvit.web.wallet_code import add_wallet_code
from kvit.web.wallet_door import FIND_COOKIE, device_opened, fresh_device, shop_of, shown_of, wallet_page
from kvit.web.wallet_export import add_wallet_export
from kvit.web.wallet_months import add_wallet_months
from kvit.web.wallet_settings import add_wallet_settings

FormName = Annotated[str, msgspec.Meta(max_length=40)]
Words = Annotated[str, msgspec.Meta(max_length=NOTE_LETTERS_MAX)]
Short = Annotated[str, msgspec.Meta(max_length=40)]
PAGE_ITEMS = 30
T = TypeVar("T")


class FindForm(msgspec.Struct):
    """What is looked for, as people type it."""

    csrf: str
    search: Words = ""
    shop: Short = ""
    category: Short = ""
    since: Short = ""
    until: Short = ""
    least: Short = ""
    most: Short = ""
    reminders: Annotated[str, msgspec.Meta(max_length=2)] = ""


LOOKED_FOR = tuple(field.name for field in msgspec.structs.fields(FindForm) if field.name != "csrf")
FIND_LETTERS_MAX = 3_900
"""What a browser keeps in one cookie; two hundred letters of Hangul, escaped twice, are half of it."""


class CategoryForm(msgspec.Struct):
    """What a receipt was about; ``everywhere``: and all others from there."""

    csrf: str
    category: Category
    everywhere: Annotated[str, msgspec.Meta(max_length=2)] = ""


class NoteForm(msgspec.Struct):
    """What a customer says about a receipt."""

    csrf: str
    note: Words = ""


class ReminderForm(msgspec.Struct):
    """The day to be reminded; none takes it back."""

    csrf: str
    day: Short = ""
    words: Words = ""


class ShareForm(msgspec.Struct):
    """For how many days a receipt is shared."""

    csrf: str
    days: int


class EndForm(msgspec.Struct):
    """Which share is to end."""

    csrf: str
    link: Annotated[str, msgspec.Meta(max_length=HASH_LETTERS)]


def add_wallet(table: Table) -> None:
    """Add all routes of the wallet."""
    _add_list(table)
    _add_receipt(table)
    _add_acts(table)
    _add_shares(table)
    add_wallet_months(table)
    add_wallet_code(table)
    add_wallet_export(table)
    add_wallet_settings(table)


def _add_list(table: Table) -> None:
    @table.get("/wallet", needs=PUBLIC, page=True)
    async def wallet_list(call: Call, cursor: Short = "", said: Short = "") -> Response | Refusal:
        """Show what was kept, newest first."""
        if call.visitor is None:
            return remember_language(
                call, wallet_page(call, "wallet_empty.html", said=said, kinds=call.context.wallet.codes.kinds())
            )
        return await _list(call, {}, cursor, said)

    @table.post("/wallet/find", needs=CUSTOMER, page=True)
    async def wallet_find(call: Call, form: FindForm) -> Response:
        """Look for receipts: what is looked for goes into a cookie, so that no address and no proxy's log holds it."""
        response = RedirectResponse("/wallet/found", 303)
        set_cookie(call.request, response, FIND_COOKIE, written(form))
        return response

    @table.get("/wallet/found", needs=CUSTOMER, page=True)
    async def wallet_found(call: Call, cursor: Short = "") -> Response | Refusal:
        """Show what fits what was looked for last."""
        return await _list(call, read_back(call), cursor, "")

    @table.post("/wallet/begin", needs=PUBLIC, page=True)
    async def wallet_begin(call: Call, form: PlainForm) -> Response | Refusal:
        """Begin a wallet without a receipt: for who wants to be known at the till first."""
        if call.visitor is not None:
            return RedirectResponse("/wallet/code", 303)
        fresh = fresh_device(call)
        done = await call.context.db.write(wallet_acts.begin, fresh, call.now_s)
        return done if isinstance(done, Refusal) else device_opened(call, RedirectResponse("/wallet/code", 303), fresh)


async def _list(call: Call, given: dict[str, str], cursor: str, said: str) -> Response | Refusal:
    wanted, unread = wanted_of(call, given)
    found = await call.context.db.read(service.find, call.customer, wanted, cursor, PAGE_ITEMS)
    if isinstance(found, Refusal):
        return found
    shops = await call.context.db.read(service.shops, call.customer)
    made = wallet_page(
        call, "wallet.html", items=[(item, shown_of(call, item.shop)) for item in found.items], given=given,
        typed=dict.fromkeys(LOOKED_FOR, "") | given, next=found.next, first=not cursor,
        shops=[(id_, shop_of(call, id_).name) for id_ in shops], unread=unread, categories=list(Category),
        today=today(call), said=said, path="/wallet/found" if given else "/wallet",
    )  # fmt: skip
    return remember_language(call, made)


def written(form: FindForm) -> str:
    """Write what is looked for as a cookie's value; empty where nothing is."""
    given = {name: getattr(form, name) for name in LOOKED_FOR if getattr(form, name)}
    return base64.urlsafe_b64encode(urlencode(given).encode()).decode().rstrip("=") if given else ""


def read_back(call: Call) -> dict[str, str]:
    """Read that cookie; whatever else stands there is looked for by nobody."""
    value = call.request.cookies.get(cookie_name(call.request, FIND_COOKIE), "")[:FIND_LETTERS_MAX]
    try:
        pairs = parse_qsl(base64.urlsafe_b64decode(value + "=" * (-len(value) % 4)).decode(), errors="strict")
    except ValueError:
        return {}
    return {name: words for name, words in pairs if name in LOOKED_FOR and "\0" not in words}


def wanted_of(call: Call, given: dict[str, str]) -> tuple[Wanted, list[str]]:
    """Read what is looked for as people type it; give also the names of fields nobody can read."""
    unread: list[str] = []

    def read(name: str, reader: Callable[[str], T]) -> T | None:
        try:
            return reader(given[name]) if name in given else None
        except ValueError:
            unread.append(name)
            return None

    until = read("until", lambda text: day_starts_ms(call, day_of(text) + datetime.timedelta(days=1)))
    wanted = Wanted(
        search=given.get("search", ""), shop=given.get("shop", ""), category=read("category", Category),
        from_ms=read("since", lambda text: day_starts_ms(call, day_of(text))), until_ms=until,
        least=read("least", sum_of), most=read("most", sum_of), reminders="reminders" in given,
    )  # fmt: skip
    return wanted, unread


def day_of(text: str) -> datetime.date:
    """Read a day as a date field sends it."""
    day = datetime.date.fromisoformat(text.strip())
    if not 1970 <= day.year <= 2200:
        raise ValueError("not of our age")
    return day


def day_starts_ms(call: Call, day: datetime.date) -> int:
    """Give the first moment of a day where the installation's shop stands."""
    starts = datetime.datetime(day.year, day.month, day.day, tzinfo=time_zone(call.context.shop))
    return int(starts.timestamp() * 1000)


def sum_of(text: str) -> int:
    """Read a sum in whole units with a point or a comma, ``1 200,50``; give thousandths."""
    plain = "".join(text.split()).replace("\u00a0", "").replace("'", "")
    if "," in plain and "." in plain:
        plain = plain.replace(",", "") if plain.rindex(",") < plain.rindex(".") else plain.replace(".", "")
    return parse_quantity(plain.replace(",", "."))


def today(call: Call) -> datetime.date:
    """Give the day where the installation's shop stands."""
    return datetime.datetime.fromtimestamp(call.context.clock(), time_zone(call.context.shop)).date()


def _add_receipt(table: Table) -> None:
    @table.get("/wallet/r/{name}", needs=CUSTOMER, page=True)
    async def wallet_receipt(call: Call, name: FormName, said: Short = "") -> Response | Refusal:
        """Show a kept receipt, or give it in the form its ending names."""
        id_, dot, ending = name.partition(".")
        if dot and ending not in PUBLIC_KINDS:
            raise Problem(404, "web.not_found")
        found = await call.context.db.read(service.get, call.customer, id_)
        if isinstance(found, Refusal):
            return found
        if dot:
            return await form_of(call.context, found[0].shop, found[1], ending, download=True)
        return remember_language(call, await _show(call, *found, said=said))


async def _show(call: Call, item: Item, found: Receipt, *, url: str = "", said: str = "") -> Response:
    raw = await raw_of(call.context, item.shop, found.summary.id)
    paper = trusted(await draw(call.context, raw, found.summary.profile, "fragment"))
    links = await call.context.db.read(service.shares, call.customer, item)
    return wallet_page(
        call, "wallet_receipt.html", item=item, receipt=found.summary, reading=found.reading, paper=paper,
        show=shown_of(call, item.shop), path=f"/wallet/r/{found.summary.id}", categories=list(Category),
        shop_name=shop_of(call, item.shop).name, today=today(call), days=service.SHARE_DAYS, url=url, said=said,
        qr=qr_svg(url, call.say("web.link_qr")) if url else None,
        shares=[(short_hash(link), link) for link in links if service.alive(link, call.now_s)],
    )  # fmt: skip


def _back(name: str, said: str) -> Response:
    return RedirectResponse(f"/wallet/r/{name}?said={said}", 303)


def _add_acts(table: Table) -> None:
    @table.post("/wallet/r/{name}/category", needs=CUSTOMER, page=True)
    async def wallet_category(call: Call, name: FormName, form: CategoryForm) -> Response | Refusal:
        """Say what a receipt was about."""
        everywhere = bool(form.everywhere)
        done = await call.context.db.write(_correct, call.customer, name, form.category, everywhere)
        return done if isinstance(done, Refusal) else _back(name, "category")

    @table.post("/wallet/r/{name}/note", needs=CUSTOMER, page=True)
    async def wallet_note(call: Call, name: FormName, form: NoteForm) -> Response | Refusal:
        """Keep what a customer says about a receipt."""
        done = await call.context.db.write(service.note, call.customer, name, form.note)
        return done if isinstance(done, Refusal) else _back(name, "note")

    @table.post("/wallet/r/{name}/remind", needs=CUSTOMER, page=True)
    async def wallet_remind(call: Call, name: FormName, form: ReminderForm) -> Response | Refusal:
        """Set or take back a receipt's reminder."""
        try:
            day = day_of(form.day) if form.day else None
        except ValueError:
            return Refusal("wallet.day_past")
        done = await call.context.db.write(service.remind, call.customer, name, day, form.words, today(call))
        return done if isinstance(done, Refusal) else _back(name, "reminder" if day else "reminder_gone")

    @table.post("/wallet/r/{name}/remove", needs=CUSTOMER, page=True)
    async def wallet_remove(call: Call, name: FormName, form: PlainForm) -> Response | Refusal:
        """Take a receipt out of the wallet."""
        done = await call.context.db.write(service.remove, call.customer, name)
        return done if isinstance(done, Refusal) else RedirectResponse("/wallet?said=removed", 303)


def _correct(tx: Tx, customer: str, id_: str, category: Category, everywhere: bool) -> int | Refusal:
    return service.correct(tx, customer, id_, category, everywhere=everywhere)


def _add_shares(table: Table) -> None:
    @table.post("/wallet/r/{name}/share", needs=CUSTOMER, page=True)
    async def wallet_share(call: Call, name: FormName, form: ShareForm) -> Response | Refusal:
        """Make a link for somebody else and show it, this once."""
        if form.days not in service.SHARE_DAYS:
            raise Problem(422, "web.not_understood", "days")
        token = make_token(call.context.random(RANDOM_BYTES))
        made = await call.context.db.write(service.share, call.customer, name, token, call.now_s, form.days)
        found = made if isinstance(made, Refusal) else await call.context.db.read(service.get, call.customer, name)
        if isinstance(found, Refusal):
            return found
        return await _show(call, *found, url=f"{call.context.public_url.rstrip('/')}/r/{token}")

    @table.post("/wallet/r/{name}/end", needs=CUSTOMER, page=True)
    async def wallet_end_share(call: Call, name: FormName, form: EndForm) -> Response | Refusal:
        """End a share."""
        found = await call.context.db.read(service.get, call.customer, name)
        if isinstance(found, Refusal):
            return found
        links = await call.context.db.read(service.shares, call.customer, found[0])
        hashes = [link.hash for link in links if short_hash(link) == form.link]
        done = await call.context.db.write(service.end_shares, call.customer, name, hashes, call.now_s)
        return done if isinstance(done, Refusal) else _back(name, "ended")
