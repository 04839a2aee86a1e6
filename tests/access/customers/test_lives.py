"""Whole lives of customers against a model of sixty lines: wallets, proofs, merges, devices, codes, erasures, in any order.

After each step: a device opens the wallet the model says; an id finds who it became; a phone belongs to one customer; a
code names its customer once; nothing hangs on somebody who is gone.
"""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, initialize, invariant, rule

from kvit.access.customers import joining, proofs, proving, service
from kvit.access.customers.devices import device_hash
from kvit.access.customers.door import Entered, prove
from kvit.access.customers.joining import Hooks
from kvit.access.customers.model import Known
from kvit.access.customers.proofs import Started, Wanted
from kvit.db import Database, open_database
from tests.access.customers.wallets import KEYS, NOW, SHOP, Wallets, refused

PHONES = [f"+82101234{number:04}" for number in range(3)]
TABLES = ("contact", "device", "card", "consent", "shop", "alias")


class Lives(RuleBasedStateMachine):
    """The model: who each device opens, whose each phone is, what each old id became."""

    tokens = Bundle("tokens")

    @initialize()
    def begin(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.db: Database = open_database(Path(self.folder.name) / "kvit.db", ["kvit.access"])
        self.wallets, self.now = Wallets(self.db), NOW
        self.opens: dict[str, str] = {}
        self.phones: dict[str, str] = {}
        self.became: dict[str, str] = {}
        self.gone: set[str] = set()
        self.kept: dict[str, set[str]] = {}
        """What a room above keeps by a customer's id."""

    def teardown(self) -> None:
        if hasattr(self, "db"):
            self.db.close()
            self.folder.cleanup()

    @property
    def hooks(self) -> Hooks:
        return Hooks(
            merge=lambda tx, old, new: self.kept.setdefault(new, set()).update(self.kept.pop(old, set())),
            erase=lambda tx, id_: self.kept.pop(id_, None),
        )

    def who(self, token: str) -> str:
        return self.opens.get(token, "")

    @rule(target=tokens)
    def open_wallet(self) -> str:
        wallet = self.wallets.open(self.now)
        self.opens[wallet.token] = wallet.customer.id
        self.kept[wallet.customer.id] = {wallet.customer.id}
        return wallet.token

    @rule(target=tokens, token=consumes(tokens), phone=st.sampled_from(PHONES))
    def prove_a_phone(self, token: str, phone: str) -> str:
        self.now += 86_400  # no limit is in the way
        bound, here = device_hash(token), self.who(token)
        wanted = Wanted(proofs.PHONE, phone, bound, "10.0.0.1")
        id_ = self.wallets.random.randbytes(16).hex()
        random = self.wallets.random.randbytes
        started = self.db.write_now(proving.start_proof, KEYS, wanted, id_, random, self.now, 300)
        assert isinstance(started, Started)
        entered = asyncio.run(prove(self.db, KEYS, self.hooks, random, id_, started.digits, bound, bound, "", self.now))
        assert isinstance(entered, Entered)
        owner, customer = self.phones.get(phone, ""), entered.proved.customer.id
        mine = [one for one, whose in self.phones.items() if whose == here]
        self.opens.pop(token, None)
        if owner and here and owner != here and not mine:
            assert entered.proved.merged == here
            self.became[here] = owner
            self.opens = {other: whose for other, whose in self.opens.items() if whose != here}
        elif not owner and here:
            for one in mine:
                del self.phones[one]
        assert customer == (owner or here or customer)
        if not owner and not here:
            self.kept[customer] = {customer}
        self.phones[phone] = customer
        self.opens[entered.token] = customer
        return entered.token

    @rule(token=tokens)
    def show_a_code(self, token: str) -> None:
        visit = self.db.read_now(service.visitor, device_hash(token), self.now)
        assert (visit[0].id if visit else "") == self.who(token)
        if visit is None:
            return
        (code,) = service.make_codes(KEYS, visit, self.now, 1, self.wallets.random.randbytes)
        known = self.db.write_now(service.identify, code, "qr", KEYS, self.now, SHOP)
        assert isinstance(known, Known)
        assert known.customer == self.who(token)
        assert refused(self.db.write_now(service.identify, code, "qr", KEYS, self.now, SHOP)) == "code_used"

    @rule(token=consumes(tokens))
    def lose_a_device(self, token: str) -> None:
        visit = self.db.read_now(service.visitor, device_hash(token), self.now)
        if visit is not None:
            self.db.write_now(service.end_device, visit[0].id, visit[1].id, self.now)
            del self.opens[token]

    @rule(token=tokens)
    def leave(self, token: str) -> None:
        id_ = self.who(token)
        done: Any = self.db.write_now(joining.erase, id_ or "00" * 12, "customer", self.hooks, self.now)
        if not id_:
            assert refused(done) == "unknown"
            return
        assert done == id_
        self.gone.add(id_)
        self.opens = {one: whose for one, whose in self.opens.items() if whose != id_}
        self.phones = {one: whose for one, whose in self.phones.items() if whose != id_}

    @invariant()
    def all_is_as_the_model_says(self) -> None:
        if not hasattr(self, "db"):
            return
        living = {row[0] for row in self.db.read_now(lambda tx: tx.all("SELECT id FROM access_customer"))}
        assert not living & self.gone
        assert set(self.opens.values()) | set(self.phones.values()) <= living
        assert set(self.kept) == living
        devices = self.db.read_now(lambda tx: tx.all("SELECT hash, customer FROM access_customer_device"))
        assert {bytes(hash_): whose for hash_, whose in devices} == {
            device_hash(token): whose for token, whose in self.opens.items()
        }
        for old in self.became:
            now = old
            while now in self.became:
                now = self.became[now]
            found = self.db.read_now(service.find, old)
            assert (found.id if found else "") == ("" if now in self.gone else now)
        for phone in PHONES:
            owners = [id_ for id_ in living if self.db.read_now(service.contact, id_, "phone", KEYS) == phone]
            assert owners == ([self.phones[phone]] if phone in self.phones else [])
        for table in TABLES:
            hanging = self.db.read_now(lambda tx, table=table: tx.all(f"SELECT customer FROM access_customer_{table}"))  # type: ignore[misc]
            assert {row[0] for row in hanging} <= living


TestLives = Lives.TestCase
TestLives.settings = settings(
    max_examples=12, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
)
