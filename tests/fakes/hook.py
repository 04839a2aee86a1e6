"""Who hears of events: checks the signature by code of its own, and counts each event once."""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import dataclass, field

import msgspec

from tests.fakes.peer import Answer, Asked


@dataclass
class Receiver:
    secret: str = ""
    status: int = 204
    events: dict[str, dict[str, object]] = field(default_factory=dict)
    calls: int = 0
    strange: int = 0
    """Calls with a signature that is not ours."""

    def answer(self, asked: Asked) -> Answer:
        self.calls += 1
        id_ = asked.headers["webhook-id"]
        signed = f"{id_}.{asked.headers['webhook-timestamp']}.".encode() + asked.body
        key = base64.b64decode(self.secret.removeprefix("whsec_"))
        wanted = "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
        if self.secret and wanted not in asked.headers["webhook-signature"].split(" "):
            self.strange += 1
            return 401, {}, b""
        if self.status < 300:
            self.events[id_] = msgspec.json.decode(asked.body)
        return self.status, {}, b""
