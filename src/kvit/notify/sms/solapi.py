"""Solapi (https://developers.solapi.dev): JSON, signed with the moment and a salt.

The header ``Authorization: HMAC-SHA256 apiKey=…, date=…, salt=…, signature=…`` signs date and salt together with the
secret, in small hexadecimal digits; to sign the salt alone is the common mistake. The answer names the messages that
were not taken in ``failedMessageList``, with status 200. Our id goes along as a custom field. Unproven.
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import UTC, datetime
from typing import Any, Final

import msgspec

from kvit.net import Ask, Reply
from kvit.notify.asking import by_status, fields_of, inside, name_of
from kvit.notify.model import Outcome, Verdict
from kvit.notify.segments import Rule
from kvit.notify.sms.model import KOREA, Account, Moment, Service, Text, address, as_dialled, parted, sender_digits

URL: Final = "https://api.solapi.com"
CLOSED: Final = frozenset({"1030", "1062"})
"""The balance, the sender's number: no other message will be taken either."""


def _make(account: Account, text: Text, moment: Moment) -> Ask:
    country, rest = parted(text.to)
    message: dict[str, Any] = {
        "to": as_dialled(text.to) if country == KOREA else rest, "from": sender_digits(account.sender), "text": text.text,
        "type": "LMS" if text.long else "SMS", "country": country, "customFields": {"kvit": text.id},
    }  # fmt: skip
    date = datetime.fromtimestamp(moment.now_s, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    signature = hmac.new(account.secret.encode(), (date + moment.nonce).encode(), hashlib.sha256).hexdigest()
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "Authorization": f"HMAC-SHA256 apiKey={account.key}, date={date}, salt={moment.nonce}, signature={signature}",
    }
    body = msgspec.json.encode({"messages": [message]})
    place = address(account, URL, "/messages/v4/send-many/detail")
    return Ask(place, body, headers, plain=account.house, house=account.house)


def _read(reply: Reply, now_s: float) -> Outcome:
    fields = fields_of(reply)
    if not 200 <= reply.status < 300 or fields is None:
        return by_status(reply, now_s)
    failed, group = fields.get("failedMessageList"), fields.get("groupInfo")
    if isinstance(failed, list) and failed:
        code = name_of(inside(failed, "0.statusCode"))
        return Outcome(Verdict.CLOSED if code in CLOSED else Verdict.REFUSED, f"code {code}".strip())
    if isinstance(failed, list) and isinstance(group, dict):
        return Outcome(Verdict.DONE, provider_id=name_of(group.get("groupId") or group.get("_id")))
    return Outcome(Verdict.UNKNOWN, "answer")


SOLAPI: Final = Service("solapi", URL, Rule.KOREA, _make, _read)
