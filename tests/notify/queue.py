"""A queue for tests: a data base, a sealer with a clock to push, and short words for what tests do again and again."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from kvit.db import Database
from kvit.notify import endpoints as hooks
from kvit.notify import events, service
from kvit.notify.hooks.model import Endpoint, Standing
from kvit.notify.model import Due, Kind, Message, Notice, Outcome, State, Verdict
from kvit.notify.sealer import Limits, Sealer
from kvit.notify.sealing import Seal
from kvit.refusal import Refusal

SHOP = "shop-1"
PHONE, MAIL = "+821012345678", "anna@example.org"
START_MS = 1_800_000_000_000
SUBSCRIPTION = '{"endpoint": "https://p.example/x"}'


@dataclass
class Queue:
    db: Database
    now_ms: int = START_MS
    limits: Limits = field(default_factory=Limits)
    counted: int = 0
    sealer: Sealer = field(init=False)

    def __post_init__(self) -> None:
        self.sealer = Sealer(Seal(bytes(range(32)), self.random), lambda: self.now_ms / 1000, self.limits)

    def random(self, count: int) -> bytes:
        self.counted += 1
        return self.counted.to_bytes(count, "big")

    def message(self, kind: Kind = Kind.SMS, text: str = "Hello", to: str = "", **more: Any) -> Message:
        if kind is Kind.MAIL:
            made = self.sealer.mail(to or MAIL, "Subject", text, about="receipt", **more)
        elif kind is Kind.PUSH:
            made = self.sealer.push(to or SUBSCRIPTION, "Title", text, about="receipt", **more)
        else:
            made = self.sealer.sms(to or PHONE, text, about="code", **more)
        assert isinstance(made, Message)
        return made

    def send(self, message: Message, key: str = "k") -> Notice:
        made = self.db.write_now(service.send, SHOP, message, key)
        assert not isinstance(made, Refusal)
        return made

    def take(self, most: int = 10, **flying: int) -> list[Due]:
        return self.db.write_now(service.take, self.now_ms, flying, most)

    def ended(self, due: Due, verdict: Verdict, wait_s: float = 0) -> State:
        return self.db.write_now(service.ended, due, Outcome(verdict, "why", "who", wait_s=wait_s), self.now_ms)

    def get(self, id_: str) -> Notice:
        found = self.db.read_now(service.get, SHOP, id_)
        assert not isinstance(found, Refusal)
        return found

    def row(self, id_: str) -> tuple[Any, ...]:
        """Address, words and slot as they lie in the data base."""
        sql = "SELECT target, content, slot, hint FROM notify_message WHERE id = $1"
        found = self.db.read_now(lambda tx: tx.one(sql, id_))
        assert found is not None
        return found

    def endpoint(
        self, id_: str = "ep1", events: tuple[str, ...] = (), url: str = "https://a.example/", raw: bytes = b"s" * 32
    ) -> Endpoint:
        made = Endpoint(id_, SHOP, url, "Books", events, Standing.ON, "user:1", self.now_ms, self.now_ms)
        self.db.write_now(hooks.add, made, self.sealer.seal.close(raw, hooks.USE))
        return made

    def kind(self, kind: Kind, key: str = "k") -> Notice:
        """Order something of a kind."""
        if kind is Kind.HOOK:
            if isinstance(self.db.read_now(hooks.get, SHOP, "ep1"), Refusal):
                self.endpoint()
            return self.db.write_now(events.receipt_stored, SHOP, key, "till-1", "sale", self.now_ms)[0]
        return self.send(self.message(kind), key)


def limited(queue: Queue, **limits: int) -> Queue:
    queue.sealer = replace(queue.sealer, limits=replace(queue.limits, **limits))
    return queue
