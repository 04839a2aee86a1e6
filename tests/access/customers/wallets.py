"""Customers for the tests of this room: a wallet with its device, keys, and randomness that a seed repeats."""

from __future__ import annotations

import random
from dataclasses import dataclass

from kvit.access.customers import keys as keys_of
from kvit.access.customers import service
from kvit.access.customers.devices import device_hash, fresh_device_token
from kvit.access.customers.model import DEVICE_ID_BYTES, ID_BYTES, Customer, Device
from kvit.db import Database
from kvit.refusal import Refusal

NOW = 1_800_000_000
SHOP = "shop-1"
KEYS = keys_of.make(random.Random(1).randbytes)
OTHERS = keys_of.make(random.Random(2).randbytes)


@dataclass(frozen=True)
class Wallet:
    """What a customer's phone has."""

    customer: Customer
    device: Device
    token: str

    @property
    def hash(self) -> bytes:
        return device_hash(self.token)


class Wallets:
    """Opens wallets in a data base."""

    def __init__(self, db: Database, seed: int = 7) -> None:
        self.db = db
        self.random = random.Random(seed)

    def id(self) -> str:
        return self.random.randbytes(ID_BYTES).hex()

    def device_id(self) -> str:
        return self.random.randbytes(DEVICE_ID_BYTES).hex()

    def open(self, now: int = NOW, label: str = "Firefox") -> Wallet:
        customer = self.db.write_now(service.new_customer, self.id(), now)
        return self.more(customer, now, label)

    def more(self, customer: Customer, now: int = NOW, label: str = "Firefox") -> Wallet:
        token = fresh_device_token(self.random.randbytes)
        made = self.db.write_now(service.add_device, customer.id, self.device_id(), device_hash(token), label, now)
        assert isinstance(made, Device)
        return Wallet(customer, made, token)

    def codes(self, wallet: Wallet, now: int = NOW, count: int = 1) -> list[str]:
        visit = self.db.read_now(service.visitor, wallet.hash, now)
        assert visit is not None
        return service.make_codes(KEYS, visit, now, count, self.random.randbytes)


def refused(answer: object) -> str:
    assert isinstance(answer, Refusal), answer
    return answer.code.removeprefix("customers.")
