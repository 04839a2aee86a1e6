"""Naver Cloud SENS (https://api.ncloud-docs.com/docs/en/ai-application-service-sens-smsv2): JSON, signed with method
and path.

The signature is the base64 of HMAC-SHA-256 over ``POST``, a blank, the path, a line end, the moment in milliseconds, a
line end, the access key; the moment may be five minutes off. 202 means taken, and ``requestId`` names it there.
Unproven.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import Any, Final

import msgspec

from kvit.net import Ask, Reply
from kvit.notify.asking import by_status, fields_of, name_of
from kvit.notify.model import Outcome, Verdict
from kvit.notify.segments import Rule
from kvit.notify.sms.model import KOREA, Account, Moment, Service, Text, address, as_dialled, parted, sender_digits

URL: Final = "https://sens.apigw.ntruss.com"


def _make(account: Account, text: Text, moment: Moment) -> Ask:
    country, rest = parted(text.to)
    body: dict[str, Any] = {
        "type": "LMS" if text.long else "SMS", "contentType": "COMM", "countryCode": country,
        "from": sender_digits(account.sender), "content": text.text,
        "messages": [{"to": as_dialled(text.to) if country == KOREA else rest}],
    }  # fmt: skip
    path = f"/sms/v2/services/{account.service}/messages"
    stamp = str(int(moment.now_s * 1000))
    headers = {
        "Content-Type": "application/json; charset=utf-8", "x-ncp-apigw-timestamp": stamp,
        "x-ncp-iam-access-key": account.key,
        "x-ncp-apigw-signature-v2": signature(path, stamp, account.key, account.secret),
    }  # fmt: skip
    place = address(account, URL, path)
    return Ask(place, msgspec.json.encode(body), headers, plain=account.house, house=account.house)


def signature(path: str, stamp: str, key: str, secret: str) -> str:
    """Sign a POST."""
    signed = f"POST {path}\n{stamp}\n{key}".encode()
    return base64.b64encode(hmac.digest(secret.encode(), signed, hashlib.sha256)).decode()


def _read(reply: Reply, now_s: float) -> Outcome:
    fields = fields_of(reply) or {}
    if reply.status == 202 and str(fields.get("statusCode")) == "202":
        return Outcome(Verdict.DONE, provider_id=name_of(fields.get("requestId")))
    return by_status(reply, now_s)


SENS: Final = Service("sens", URL, Rule.KOREA, _make, _read)
