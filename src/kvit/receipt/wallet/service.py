"""The verbs of the wallet: keep a receipt, find it again, say what it was, be reminded, share it, let it go.

Every verb takes ``tx`` first and the customer next; a receipt is named by its id, and one that is not in this customer's
wallet is ``wallet.unknown``, whether it exists or not. Keeping is idempotent. After the commit the topic ``"kept"`` is
told ``customer/shop/id`` of what came in: the counter learns so that a receipt was claimed.

Shares are ordinary links of the receipt (``kvit.receipt.links``) whose maker is ``customer:<id>``: they open as the
shop's own links do, and end with the day they were given, by their maker's hand, or with the wallet.

Refusals: ``receipt.unknown``, ``wallet.unknown``, ``wallet.full``, ``wallet.day_past``, ``wallet.shares_full``,
``wallet.share_stays``, ``receipt.cursor``.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence

from kvit.db import ERASED, Tx
from kvit.receipt import service as receipts
from kvit.receipt.links import token_hash
from kvit.receipt.store import Link, Receipt
from kvit.receipt.wallet import store
from kvit.receipt.wallet.categories import guess, rule_title
from kvit.receipt.wallet.model import (
    HOW_LETTERS_MAX,
    ITEMS_MAX,
    NOTE_LETTERS_MAX,
    Category,
    CategoryBy,
    Due,
    Item,
    Kept,
    Page,
    Spent,
    Wanted,
)
from kvit.refusal import Refusal

TOPIC = "kept"
PAGE_LIMIT = 100
SHARES_MAX = 10
"""Living shares of one receipt: a household, not a mailing list."""
SHARE_DAYS = (1, 7, 30, 90)
"""How long a share may live; the longest is the view link's clock (reference, 7: 30 to 90 days)."""
DUE_LIMIT = 200
REMIND_YEARS = 30


def actor_of(customer: str) -> str:
    """Give the name a customer's links are kept under: an id, nothing personal."""
    return f"customer:{customer}"


def keep(tx: Tx, customer: str, shop: str, receipt_id: str, now_s: int, how: str) -> Kept | Refusal:
    """Keep a receipt for a customer; kept before is the same answer. ``how`` says by what way (``link``, ``till`` …)."""
    assert customer
    assert len(how) <= HOW_LETTERS_MAX
    found = receipts.get(tx, shop, receipt_id)
    if isinstance(found, Refusal):
        return found
    if store.get(tx, customer, receipt_id) is not None:
        return Kept(receipt_id, fresh=False)
    if store.count(tx, customer) >= ITEMS_MAX:
        return Refusal("wallet.full", {"count": ITEMS_MAX})
    category, by = _category(tx, customer, shop, found)
    fresh = store.insert(tx, customer, found.summary.n, found.summary.taken_at_ms, now_s, how, category, by)
    if fresh:
        tx.tell(TOPIC, f"{customer}/{shop}/{receipt_id}")
    return Kept(receipt_id, fresh=fresh)


def _category(tx: Tx, customer: str, shop: str, receipt: Receipt) -> tuple[Category, CategoryBy]:
    known = store.rule(tx, customer, shop, rule_title(receipt.summary.title))
    if known is not None:
        return known, CategoryBy.RULE
    return guess(receipt.summary.title, receipt.reading), CategoryBy.WORDS


def find(tx: Tx, customer: str, wanted: Wanted, cursor: str = "", limit: int = 30) -> Page | Refusal:
    """Give one page of a wallet, newest first; ``cursor`` is the ``next`` of the page before: the last one's id.

    (A place by time and number would tell customers how many receipts there are.)
    """
    last = store.get(tx, customer, cursor) if cursor else None
    if cursor and last is None:
        return Refusal("receipt.cursor")
    after = None if last is None else (last.summary.taken_at_ms, last.summary.n)
    limit = max(1, min(limit, PAGE_LIMIT))
    items = store.page(tx, customer, wanted, after, limit + 1)
    return Page(tuple(items[:limit]), items[limit - 1].summary.id if len(items) > limit else None)


def stretch(tx: Tx, customer: str, after: tuple[int, int] | None, limit: int) -> list[tuple[Item, Receipt]]:
    """Give items with their receipts, newest first, behind time and number of the last one seen: for a whole wallet."""
    found = [get(tx, customer, item.summary.id) for item in store.page(tx, customer, Wanted(), after, limit)]
    return [pair for pair in found if not isinstance(pair, Refusal)]


def get(tx: Tx, customer: str, id_: str) -> tuple[Item, Receipt] | Refusal:
    """Give an item with its receipt."""
    item = store.get(tx, customer, id_)
    found = receipts.get(tx, item.shop, id_) if item is not None else None
    if item is None or found is None or isinstance(found, Refusal):
        return Refusal("wallet.unknown")
    return item, found


def shops(tx: Tx, customer: str) -> list[str]:
    """Give the shops a wallet has receipts of."""
    return store.shops(tx, customer)


def spent(tx: Tx, customer: str, from_ms: int) -> list[Spent]:
    """Give what counts as spending since a moment (``kvit.receipt.wallet.months`` sums it up)."""
    return store.spent(tx, customer, from_ms)


def remove(tx: Tx, customer: str, id_: str) -> str | Refusal:
    """Take a receipt out of a wallet: the shop's own copy stays in the shop's book."""
    item = store.get(tx, customer, id_)
    if item is None:
        return Refusal("wallet.unknown")
    store.remove(tx, customer, item.summary.n, actor_of(customer))
    tx.tell(ERASED)
    return id_


def correct(tx: Tx, customer: str, id_: str, category: Category, *, everywhere: bool) -> int | Refusal:
    """Say what a receipt was about; ``everywhere``: and all others from the same place, now and later.

    Gives how many receipts changed. What the customer said about one very receipt stands.
    """
    item = store.get(tx, customer, id_)
    if item is None:
        return Refusal("wallet.unknown")
    store.set_category(tx, customer, item.summary.n, category, CategoryBy.OWN)
    if not everywhere:
        return 1
    title = rule_title(item.summary.title)
    store.set_rule(tx, customer, item.shop, title, category)
    alike = [n for n, named in store.guessed(tx, customer, item.shop) if rule_title(named) == title]
    for n in alike:
        store.set_category(tx, customer, n, category, CategoryBy.RULE)
    return 1 + len(alike)


def note(tx: Tx, customer: str, id_: str, words: str) -> str | Refusal:
    """Keep what a customer says about a receipt."""
    item = store.get(tx, customer, id_)
    if item is None:
        return Refusal("wallet.unknown")
    store.set_note(tx, customer, item.summary.n, plain_words(words))
    return id_


def plain_words(text: str) -> str:
    """Give one line without control characters, cut to its limit."""
    line = " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
    return line[:NOTE_LETTERS_MAX]


def remind(
    tx: Tx, customer: str, id_: str, due_on: datetime.date | None, words: str, today: datetime.date
) -> str | Refusal:
    """Set the day a customer wants to be told about a receipt; None takes it back."""
    item = store.get(tx, customer, id_)
    if item is None:
        return Refusal("wallet.unknown")
    if due_on is None:
        store.drop_reminder(tx, customer, item.summary.n)
        return id_
    if not today <= due_on <= today.replace(year=today.year + REMIND_YEARS, day=min(today.day, 28)):
        return Refusal("wallet.day_past")
    store.set_reminder(tx, customer, item.summary.n, due_on, plain_words(words))
    return id_


def due(tx: Tx, today: datetime.date) -> list[Due]:
    """Give reminders whose day has come and that were not told yet."""
    return store.due(tx, today, DUE_LIMIT)


def told(tx: Tx, one: Due, now_s: int) -> None:
    """Write down that a reminder was handed over: it is not handed over again."""
    store.told(tx, one.customer, one.id, now_s)


def share(tx: Tx, customer: str, id_: str, token: str, now_s: int, days: int) -> Link | Refusal:
    """Make a link for somebody else, by a fresh token, for so many days."""
    assert days in SHARE_DAYS
    item = store.get(tx, customer, id_)
    if item is None:
        return Refusal("wallet.unknown")
    if len([link for link in shares(tx, customer, item) if alive(link, now_s)]) >= SHARES_MAX:
        return Refusal("wallet.shares_full", {"count": SHARES_MAX})
    return receipts.make_link(tx, item.shop, id_, token, actor_of(customer), now_s, days * 24 * 3600)


def shares(tx: Tx, customer: str, item: Item) -> list[Link]:
    """Give the links a customer made of a receipt, living and dead, newest first."""
    return store.shares(tx, item.summary.n, actor_of(customer))


def alive(link: Link, now_s: int) -> bool:
    """Say whether a link still opens."""
    return link.revoked_at_s is None and link.expires_at_s > now_s


def end_shares(tx: Tx, customer: str, id_: str, hashes: Sequence[bytes], now_s: int) -> int | Refusal:
    """End shares of this customer; links others made of the same receipt stay."""
    item = store.get(tx, customer, id_)
    if item is None:
        return Refusal("wallet.unknown")
    own = {link.hash for link in shares(tx, customer, item)}
    return receipts.revoke_link(tx, item.shop, id_, [one for one in hashes if one in own], now_s)


def merge(tx: Tx, source: str, target: str) -> None:
    """Move what one customer kept to another who turned out to be the same person; the target's own words stand."""
    if source != target:
        store.move(tx, source, target, (actor_of(source), actor_of(target)))
        erase(tx, source)


def erase(tx: Tx, customer: str) -> None:
    """Take away everything a wallet holds."""
    store.erase(tx, customer, actor_of(customer))
    tx.tell(ERASED)


def renew(tx: Tx, token: str, now_s: int, lifetime_s: int) -> int | Refusal:
    """Let a link of the shop live longer, as who holds it asks; a share ends when the one who shared said."""
    if store.shared(tx, token_hash(token)):
        return Refusal("wallet.share_stays")
    return receipts.renew_link(tx, token, now_s, lifetime_s)


def is_share(tx: Tx, token: str) -> bool:
    """Say whether a link was made by a customer and not by the shop."""
    return store.shared(tx, token_hash(token))
