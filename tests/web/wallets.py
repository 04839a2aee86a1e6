"""Customers' browsers for tests of the wallet's pages."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass, field, replace
from typing import Any

from starlette.testclient import TestClient

from kvit.db import Tx
from kvit.receipt import service
from kvit.receipt.links import make_token
from kvit.refusal import Refusal
from kvit.web.wallet_world import WalletWorld
from tests.receipt.printouts import SHOP
from tests.web.house import PUBLIC, House, csrf


def link(house: House, id_: str, lifetime_s: int = 400 * 24 * 3600) -> str:
    """Make a public link; give its path."""
    token = make_token(secrets.token_bytes(16))
    house.db.write_now(service.make_link, SHOP, id_, token, "user:1", int(house.now_s[0]), lifetime_s)
    return f"/r/{token}"


def send(phone: TestClient, path: str, page: str, **fields: str) -> Any:
    """Send a form as the page it stands on would."""
    token = csrf(phone.get(page).text)
    return phone.post(path, data={"csrf": token, **fields}, headers={"origin": PUBLIC})


def keep(house: House, phone: TestClient, id_: str) -> None:
    """Keep a receipt by its link."""
    path = link(house, id_)
    assert send(phone, f"{path}/keep", path).status_code == 303


def with_wallet(house: House, *ids: str) -> TestClient:
    """Give a phone that kept receipts."""
    phone = house.public()
    for id_ in ids or house.keep():
        keep(house, phone, id_)
    return phone


@dataclass
class Sent:
    """Codes that would have gone out: kind, contact, digits, language."""

    codes: list[tuple[str, str, str, str]] = field(default_factory=list)
    refused: Refusal | None = None

    def kinds(self) -> tuple[str, ...]:
        return ("phone", "mail")

    def send(self, tx: Tx, kind: str, contact: str, digits: str, language: str, key: str, now_s: int) -> Refusal | None:
        self.codes.append((kind, contact, digits, language))
        return self.refused


@dataclass
class Pushed:
    """Browsers that would be told."""

    key: str = "BEl62iUYgUivxIkv69yViEuiBIa-Ib9-SkvMeAtA3LFgDzkrxZJjSgSnfckjBJuBkr3qBUYIHBQFLXYp5Nksh8U"
    known: list[tuple[str, str, str]] = field(default_factory=list)

    def subscribe(self, tx: Tx, customer: str, subscription: str, language: str, now_ms: int) -> object | Refusal:
        self.known.append((customer, subscription, language))
        return 1

    def unsubscribe(self, tx: Tx, customer: str, subscription: str) -> object:
        self.known = [one for one in self.known if one[:2] != (customer, subscription)]
        return 1


def give_world(house: House, **changes: Any) -> tuple[Sent, Pushed]:
    """Let the shop send codes and pushes, into lists."""
    sent, pushed = Sent(), Pushed()
    world = replace(WalletWorld(codes=sent, browsers=pushed), **changes)
    object.__setattr__(house.context, "wallet", world)
    return sent, pushed


def prove(phone: TestClient, sent: Sent, contact: str) -> Any:
    """Ask for a code, and type it in."""
    asked = send(phone, "/wallet/prove", "/wallet/prove", contact=contact)
    assert asked.status_code == 200, asked.text
    proof = re.search(r'name="proof" value="([0-9a-f]+)"', asked.text)
    assert proof is not None
    token = csrf(asked.text)
    fields = {"csrf": token, "proof": proof[1], "digits": sent.codes[-1][2]}
    return phone.post("/wallet/prove/code", data=fields, headers={"origin": PUBLIC})
