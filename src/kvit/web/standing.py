"""A printer with all that is known of it, for pages and programs: written down, on the board, in its queue, its last truth.

And the two things done with one that are more than a verb: a test print, and the address of one that calls in. Who asks is
an `Identity`, so that the command line does the same as a page.
"""

from __future__ import annotations

import msgspec

from kvit.access.model import Identity
from kvit.db import EVERYTHING, Tx
from kvit.device.board import Light
from kvit.device.printers import service as printers
from kvit.device.printers.model import Printer
from kvit.device.spool import tally
from kvit.device.spool.model import Job
from kvit.device.spool.tally import Queue
from kvit.i18n import say
from kvit.refusal import Refusal
from kvit.web import job_acts
from kvit.web.context import Context
from kvit.web.pages import Shown
from kvit.web.trial import trial
from kvit.web.watch import Names, touched


class Standing(msgspec.Struct, frozen=True):
    """A printer with all that is known of it."""

    printer: Printer
    light: Light
    queue: Queue
    last: Job | None
    """The latest that ended, however it did."""


ALL: Names = frozenset({EVERYTHING})


async def every(context: Context, names: Names = ALL) -> list[Standing]:
    """Give all printers by name, or those something was heard of."""
    found = await context.db.read(look, context.shop.id, names)
    return [_standing(context, *each) for each in found]


async def one(context: Context, name: str) -> Standing | Refusal:
    """Give one printer."""
    found = await context.db.read(look_at, context.shop.id, name)
    return found if isinstance(found, Refusal) else _standing(context, *found)


Looked = tuple[Printer, Queue, Job | None]


def look(tx: Tx, shop: str, names: Names) -> list[Looked]:
    """What the data base has of printers, in one look: a page of them is drawn at every change."""
    queues = tally.queues(tx, shop)
    found = [each for each in printers.printers(tx, shop) if touched(names, each.name)]
    return [(each, queues.get(each.name, Queue()), tally.last_end(tx, shop, each.name)) for each in found]


def look_at(tx: Tx, shop: str, name: str) -> Looked | Refusal:
    """What the data base has of one printer."""
    found = printers.printer(tx, shop, name)
    if isinstance(found, Refusal):
        return found
    return found, tally.queues(tx, shop).get(name, Queue()), tally.last_end(tx, shop, name)


def _standing(context: Context, printer: Printer, queue: Queue, last: Job | None) -> Standing:
    return Standing(printer, context.delivery.board.light(printer.name), queue, last)


async def trial_print(context: Context, by: Identity, language: str, name: str) -> Job | Refusal:
    """Hand in a test print in somebody's language."""
    known = await context.db.read(printers.printer, context.shop.id, name)
    if isinstance(known, Refusal):
        return known
    now_ms = int(context.clock() * 1000)
    moment = Shown(language, context.shop).moment(now_ms)
    key = f"test {context.random(12).hex()}"
    made = trial(known, context.shop.name, moment, say(language, "printing.test_title"), key)
    if isinstance(made, Refusal):
        return made
    done = await context.db.write(job_acts.hand_in, by, made, now_ms)
    return done if isinstance(done, Refusal) else done.jobs[0]


async def call_url(context: Context, by: Identity, name: str) -> str | Refusal:
    """Give a printer that calls in a new word; give the address it is to call, which nobody can be told again."""
    now_ms = int(context.clock() * 1000)
    token = await context.db.write(job_acts.fresh_token, by, name, context.random, now_ms)
    if isinstance(token, Refusal):
        return token
    known = await context.db.read(printers.printer, context.shop.id, name)
    return known if isinstance(known, Refusal) else context.delivery.call_url(job_acts.kind_of(known), token)
