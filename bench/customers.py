"""Customers: does the time tell a known phone from an unknown one, and how fast is somebody recognised among many?

python -m bench.customers [--samples 2000] [--customers 100000] [--shown 2000]

The first orders a one-time code with its message for phones somebody has and phones nobody has, in mixed order, each by a
device and an address of its own, and says by how much the medians differ and how well the time would sort the two (AUC; 0.5
is not at all). The second makes customers with a device and a card each, shows member codes and cards one after another,
each in a transaction of its own, synchronous on disk, and counts.
"""

from __future__ import annotations

import argparse
import random
import statistics
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from kvit.access.customers import keys as keys_of
from kvit.access.customers import proofs, proving, service, store
from kvit.access.customers.cards import card_hash
from kvit.access.customers.model import DEVICE_ID_BYTES, ID_BYTES, Customer, Device, Known, Wish
from kvit.access.customers.proofs import Started, Wanted
from kvit.access.customers.settings import CustomersSettings
from kvit.app.customer_world import customer_world
from kvit.app.rooms import MIGRATIONS
from kvit.db import Database, Tx, open_database
from kvit.notify.sealer import Limits, Sealer
from kvit.notify.sealing import KEY_BYTES, Seal
from kvit.shop import ShopSettings
from kvit.web.wallet_settings import order_code

SHOP = "shop-1"
NOW = 1_800_000_000
AT_ONCE = 5000


def known_or_not(db: Database, samples: int, chance: random.Random) -> str:
    """Time the order of a code for both kinds of phones."""
    keys = keys_of.make(chance.randbytes)
    sealer = Sealer(Seal(chance.randbytes(KEY_BYTES), chance.randbytes), time.time, Limits(sms=0))
    world = customer_world(ShopSettings(id=SHOP), CustomersSettings(), keys, sealer, "")
    world = replace(world, codes_a_day=4 * samples)
    phones = [f"+4474{number:08}" for number in range(0, 2 * samples * 7919, 7919)]
    chance.shuffle(phones)
    known = set(phones[:samples])
    for phone in known:
        customer = db.write_now(service.new_customer, chance.randbytes(ID_BYTES).hex(), NOW).id
        hash_, sealed = (
            proving.contact_hash(keys, "phone", phone),
            keys.seal("phone", customer, phone, chance.randbytes),
        )
        db.write_now(store.put_contact, customer, "phone", hash_, sealed, NOW)
    chance.shuffle(phones)
    times: dict[bool, list[float]] = {True: [], False: []}
    for number, phone in enumerate(phones):
        wanted = Wanted(
            proofs.PHONE, phone, number.to_bytes(32, "big"), f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}"
        )
        began = time.perf_counter()
        made = db.write_now(order_code, world, keys, wanted, chance.randbytes(16).hex(), chance.randbytes, "en", NOW)
        times[phone in known].append((time.perf_counter() - began) * 1000)
        assert isinstance(made, Started), made
    ranked = sorted([(ms, True) for ms in times[True]] + [(ms, False) for ms in times[False]])
    places = sum(place for place, (_, which) in enumerate(ranked, 1) if which)
    auc = (places - samples * (samples + 1) / 2) / samples**2
    one, other = (statistics.median(times[which]) for which in (True, False))
    return f"code ordered: known {one:.3f} ms, unknown {other:.3f} ms, apart {abs(one - other):.3f} ms, AUC {auc:.3f}"


def recognised(db: Database, customers: int, shown: int, chance: random.Random) -> str:
    """Count how many are recognised in a second."""
    keys = keys_of.make(chance.randbytes)
    people = [(chance.randbytes(ID_BYTES).hex(), chance.randbytes(DEVICE_ID_BYTES).hex()) for _ in range(customers)]
    for first in range(0, customers, AT_ONCE):
        db.write_now(_add, people[first : first + AT_ONCE], first, keys, chance)
    seen = [
        service.make_codes(keys, (Customer(who, NOW, Wish.UNSAID, False), Device(device, who, "", NOW, NOW, None)), NOW, 1,
                           chance.randbytes)[0]
        for who, device in chance.sample(people, shown)
    ]  # fmt: skip
    took = []
    for texts, kind in (
        (seen, "qr"),
        ([f"card-{number:08}" for number in chance.sample(range(customers), shown)], "barcode"),
    ):
        began = time.perf_counter()
        for text in texts:
            assert isinstance(db.write_now(service.identify, text, kind, keys, NOW, SHOP), Known)
        took.append(shown / (time.perf_counter() - began))
    return f"recognised among {customers:,}: {took[0]:,.0f} codes/s, {took[1]:,.0f} cards/s, one after another"


def _add(tx: Tx, people: list[tuple[str, str]], first: int, keys: keys_of.Keys, chance: random.Random) -> None:
    tx.many("INSERT INTO access_customer (id, made_at) VALUES ($1, $2)", [(who, NOW) for who, _ in people])
    tx.many(
        "INSERT INTO access_customer_device (id, hash, customer, label, made_at, seen_at) VALUES ($1, $2, $3, '', $4, $4)",
        [(device, chance.randbytes(32), who, NOW) for who, device in people],
    )
    tx.many(
        "INSERT INTO access_customer_card (id, hash, customer, kind, label, made_by, made_at) "
        "VALUES ($1, $2, $3, 'card', '', 'wallet', $4)",
        [
            (device, card_hash(keys, f"card-{number:08}", "card"), who, NOW)
            for number, (who, device) in enumerate(people, first)
        ],
    )


def main() -> None:
    """Run both."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--samples", type=int, default=2000)
    asked.add_argument("--customers", type=int, default=100_000)
    asked.add_argument("--shown", type=int, default=2000)
    given = asked.parse_args()
    chance = random.Random(4)
    with tempfile.TemporaryDirectory() as folder, open_database(Path(folder) / "kvit.db", MIGRATIONS) as db:
        print(known_or_not(db, given.samples, chance))
        print(recognised(db, given.customers, given.shown, chance))


if __name__ == "__main__":
    main()
