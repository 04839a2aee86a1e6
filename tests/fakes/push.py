"""A browser and its push service: a subscription, and what the browser reads of what was pushed."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field

import msgspec
from cryptography.hazmat.primitives.asymmetric import ec

from kvit.notify.push.sealing import base64url, opened, public_point
from tests.fakes.peer import Answer, Asked


@dataclass
class Browser:
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    auth: bytes = field(default_factory=lambda: secrets.token_bytes(16))
    gone: bool = False
    pushed: list[Asked] = field(default_factory=list)

    def subscription(self, url: str) -> str:
        keys = {"p256dh": base64url(public_point(self.key)), "auth": base64url(self.auth)}
        told = {"endpoint": f"{url}/push/abc", "expirationTime": None, "keys": keys}
        return msgspec.json.encode(told).decode()

    def service(self, asked: Asked) -> Answer:
        if self.gone:
            return 410, {}, b""
        self.pushed.append(asked)
        return 201, {"location": "https://push.example.com/m/xyz"}, b""

    def shown(self) -> list[dict[str, str]]:
        words = [opened(asked.body, self.key, self.auth) for asked in self.pushed]
        return [msgspec.json.decode(each, type=dict[str, str]) for each in words if each is not None]
