"""The verbs of the template library: read a template, work on a draft, publish, look back, return, copy, keep values.

What prints is always a published version; a draft never does. Returning to an old version publishes its content anew, so
the line of versions only grows and says who did it. After the commit the topic ``"templates"`` is told the business.
Everything is asked for by shop; who may do it is asked before (`kvit.access`).

Refusals: ``template.unknown``, ``template.name``, ``template.recipe``, ``template.param``, ``template.param_braces``,
``template.changed``, ``template.no_draft``.
"""

from __future__ import annotations

import difflib
import hashlib
from collections.abc import Mapping, Sequence

import msgspec

from kvit.db import Tx
from kvit.refusal import Refusal
from kvit.template.library import integrate, store
from kvit.template.library.check import WORD, ReadContent, wrong_key, wrong_params, wrong_recipe
from kvit.template.library.model import (
    BASE,
    DRAFT,
    EVERY,
    NOTE_LETTERS_MAX,
    SHARED_BUSINESS,
    Integrated,
    Key,
    Piece,
    Recipe,
    Template,
    Version,
)

TOPIC = "templates"
VERSIONS_SHOWN = 200
"""The newest; older ones are still there by their number."""


def templates(tx: Tx, shop: str) -> list[Template]:
    """Give what the shop has of its own, by business and variant."""
    return store.templates(tx, shop)


def recipe(tx: Tx, key: Key, version: int | None = None) -> Recipe | Refusal:
    """Give a version's recipe; None: the one that prints; `DRAFT`: what is being worked on."""
    found = store.get(tx, key)
    if found is None:
        return _unknown(key)
    if version == DRAFT:
        return store.draft(tx, key) or Refusal("template.no_draft", {"business": key.business})
    number = found.current if version is None else version
    if store.version(tx, found, number) is None:
        return _unknown(key)
    return store.recipe(tx, found, number)


def _unknown(key: Key) -> Refusal:
    return Refusal("template.unknown", {"business": key.business, "variant": key.variant or "-"})


def sha256_of(recipe: Recipe) -> str:
    """The hash two recipes share when they print the same."""
    return hashlib.sha256(msgspec.json.encode(recipe)).hexdigest()


def save_draft(
    tx: Tx, key: Key, draft: Recipe, read_content: ReadContent, now_ms: int, over: str | None = None
) -> str | Refusal:
    """Keep a draft; give its hash. ``over``: the hash of what it was made from; another's work is not lost.

    What it was made from is the draft, or without one the version that prints.
    """
    wrong = wrong_key(key) or wrong_recipe(draft, read_content)
    if wrong is not None:
        return wrong
    template = store.locked(tx, key, now_ms)
    before = store.draft(tx, key) or _current(tx, template)
    if over is not None and before is not None and sha256_of(before) != over:
        return Refusal("template.changed", {"business": key.business})
    store.put_draft(tx, template, draft)
    tx.tell(TOPIC, key.business)
    return sha256_of(draft)


def settle_base(tx: Tx, recipes: Mapping[tuple[str, str], Recipe], now_ms: int) -> int:
    """The program starts: these are the templates it brings along, by business and variant. Give how many are new."""
    fresh = 0
    for (business, variant), each in recipes.items():
        template = store.locked(tx, Key(BASE, business, variant), now_ms)
        fresh += _published(tx, template, each, "", "", now_ms, None).version > template.last
    return fresh


def drop_draft(tx: Tx, key: Key, now_ms: int) -> Template | Refusal:
    """Forget the draft."""
    if store.get(tx, key) is None:
        return _unknown(key)
    template = store.locked(tx, key, now_ms)
    store.put_draft(tx, template, None)
    tx.tell(TOPIC, key.business)
    return msgspec.structs.replace(template, has_draft=False)


def publish(tx: Tx, key: Key, by: str, note: str, now_ms: int, over: str | None = None) -> Version | Refusal:
    """Let the draft print from now on; what prints already is not published twice. ``over`` as for `save_draft`."""
    template, draft = store.locked(tx, key, now_ms), store.draft(tx, key)
    if draft is None:
        return Refusal("template.no_draft", {"business": key.business})
    if over is not None and sha256_of(draft) != over:
        return Refusal("template.changed", {"business": key.business})
    store.put_draft(tx, template, None)
    return _published(tx, template, draft, by, note, now_ms, None)


def _published(
    tx: Tx, template: Template, recipe: Recipe, by: str, note: str, now_ms: int, of_version: int | None
) -> Version:
    sha256 = sha256_of(recipe)
    before = store.version(tx, template, template.current)
    if before is not None and before.sha256 == sha256:
        return before
    version = Version(template.last + 1, now_ms, by, note[:NOTE_LETTERS_MAX], sha256, of_version)
    store.insert_version(tx, template, version, recipe)
    tx.tell(TOPIC, template.key.business)
    return version


def roll_back(tx: Tx, key: Key, version: int, by: str, note: str, now_ms: int) -> Version | Refusal:
    """Let an old version print again: its content becomes the newest one."""
    if store.get(tx, key) is None:
        return _unknown(key)
    template = store.locked(tx, key, now_ms)
    if store.version(tx, template, version) is None:
        return _unknown(key)
    return _published(tx, template, store.recipe(tx, template, version), by, note, now_ms, version)


def history(tx: Tx, key: Key) -> list[Version] | Refusal:
    """Give the published versions, newest first."""
    found = store.get(tx, key)
    return _unknown(key) if found is None else store.versions(tx, found, VERSIONS_SHOWN)


def difference(tx: Tx, key: Key, old: int, new: int) -> list[str] | Refusal:
    """Give what changed from one version to another (`DRAFT` for the draft), as lines of a unified diff."""
    before, after = recipe(tx, key, old), recipe(tx, key, new)
    if isinstance(before, Refusal):
        return before
    if isinstance(after, Refusal):
        return after
    return list(difflib.unified_diff(_lines(before), _lines(after), str(old), str(new), lineterm="", n=1))


def _lines(recipe: Recipe) -> list[str]:
    """A recipe as a person compares it: a line a layout, and the fields it needs."""
    rows = [f"{each.sort_weight} {each.type} {each.name}: {each.content}" for each in recipe.layouts]
    return [f"requires {' '.join(recipe.requires)}", *rows] if recipe.requires else rows


def copy(tx: Tx, source: Key, target: Key, now_ms: int) -> str | Refusal:
    """Make the version that prints in one shop a draft of another one; give the draft's hash."""
    found = recipe(tx, source)
    if isinstance(found, Refusal):
        return found
    wrong = wrong_key(target)
    if wrong is not None:
        return wrong
    store.put_draft(tx, store.locked(tx, target, now_ms), found)
    tx.tell(TOPIC, target.business)
    return sha256_of(found)


def params(tx: Tx, shop: str, business: str, type_: str = "") -> dict[str, str]:
    """Give the dynamic values of one place; nothing where nobody wrote any."""
    return store.params(tx, shop, business, type_) or {}


def words(tx: Tx, shop: str, keys: Sequence[tuple[str, str]]) -> list[str]:
    """Give the names of dynamic values that templates (by business and variant) have places for, draft or published."""
    found: set[str] = set()
    for business, variant in keys:
        recipe_, _, shared, _ = sources(tx, Key(shop, business, variant))
        for layout in (*recipe_.layouts, *shared.layouts):
            found.update(integrate.DYNAMIC.findall(layout.content))
    return sorted(found)


def set_params(
    tx: Tx, shop: str, business: str, type_: str, values: Mapping[str, str], by: str, now_ms: int
) -> dict[str, str] | Refusal:
    """Write the dynamic values of one place; business `EVERY` and an empty type are wider places."""
    for word in (business if business != EVERY else "", type_):
        if word and not WORD.fullmatch(word):
            return Refusal("template.name", {"name": word[:80]})
    wrong = wrong_params(values)
    if wrong is not None:
        return wrong
    written = dict(values)
    if store.params(tx, shop, business, type_) != written:
        store.put_params(tx, shop, business, type_, written, by, now_ms)
        tx.tell(TOPIC, business)
    return written


def integrated(tx: Tx, key: Key) -> Integrated | Refusal:
    """Give what the shop prints now: own layouts over the base's, shared ones in place, dynamic values in."""
    own, base = store.get(tx, key), store.get(tx, msgspec.structs.replace(key, shop=BASE))
    if not any(each is not None and each.current for each in (own, base)):
        return _unknown(key)
    shown = own if own is not None and own.current else base
    assert shown is not None
    return _integrated(tx, key, shown.id, shown.current, integrate.merged(_current(tx, own), _current(tx, base)))


def drafted(tx: Tx, key: Key, draft: Recipe) -> Integrated:
    """Give what the shop would print with a draft: as `integrated`, with `DRAFT` for id and version."""
    joined = integrate.merged(draft, _current(tx, store.get(tx, msgspec.structs.replace(key, shop=BASE))))
    return _integrated(tx, key, 0, DRAFT, joined)


def _integrated(tx: Tx, key: Key, id_: int, version: int, joined: Recipe) -> Integrated:
    layouts = integrate.expanded(joined, _shared(tx, key.shop))
    worth = (store.all_params(tx, BASE), store.all_params(tx, key.shop))
    missing: set[str] = set()
    pieces = tuple(
        Piece(each.name, integrate.filled(each.content, integrate.values_for(worth, key.business, each.type), missing))
        for each in layouts
    )
    shop_id = int(key.shop) if key.shop.isascii() and key.shop.isdigit() and len(key.shop) < 16 else key.shop
    return Integrated(key.business, shop_id, id_, version, pieces, key.variant, joined.requires, tuple(sorted(missing)))


def sources(tx: Tx, key: Key) -> tuple[Recipe, Recipe, Recipe, str]:
    """Give what an editor begins with: the draft (else what prints) over the base's; the base's; the shared one's; a hash.

    The hash is of the shop's own recipe, an empty one where there is none: the ``over`` of the first `save_draft`.
    """
    own, base = store.get(tx, key), _current(tx, store.get(tx, msgspec.structs.replace(key, shop=BASE)))
    begun = store.draft(tx, key) or _current(tx, own)
    return integrate.merged(begun, base), base or Recipe(), _shared(tx, key.shop), sha256_of(begun or Recipe())


def _current(tx: Tx, template: Template | None) -> Recipe | None:
    return None if template is None or not template.current else store.recipe(tx, template, template.current)


def _shared(tx: Tx, shop: str) -> Recipe:
    own, base = (store.get(tx, Key(each, SHARED_BUSINESS)) for each in (shop, BASE))
    return integrate.merged(_current(tx, own), _current(tx, base))


def choices(tx: Tx, shop: str, business: str) -> list[Integrated]:
    """Give all variants that could print a business, the one that needs most data first."""
    names = {each.key.variant for each in (*store.variants(tx, shop, business), *store.variants(tx, BASE, business))}
    found = (integrated(tx, Key(shop, business, name)) for name in names)
    good = [each for each in found if isinstance(each, Integrated)]
    return sorted(good, key=lambda each: (-len(each.requires), each.variant))
