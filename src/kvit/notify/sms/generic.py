"""A company nobody wrote a file for, described in ``[sms.http]``: what is asked, and where in the answer the verdict
stands."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote, urlencode

import msgspec

from kvit.net import Ask, Reply
from kvit.notify.asking import by_status, fields_of, inside, name_of
from kvit.notify.model import Outcome, Verdict
from kvit.notify.segments import Rule
from kvit.notify.settings import HttpSmsSettings
from kvit.notify.sms.model import Account, Moment, Service, Text

_PLACE: Final = re.compile(r"\{(to|digits|text|sender|id|key|secret)\}")


def service(described: HttpSmsSettings) -> Service:
    """Make a company out of its description."""

    def make(account: Account, text: Text, moment: Moment) -> Ask:
        values = {
            "to": text.to, "digits": text.to[1:], "text": text.text, "sender": account.sender, "id": text.id,
            "key": account.key, "secret": account.secret,
        }  # fmt: skip
        headers = dict(_pair(filled(line, values), ":") for line in described.headers)
        fields = dict(_pair(line, "=") for line in described.fields)
        given = {name: filled(value, values) for name, value in fields.items()}
        body, kind = b"", ""
        if described.method == "POST":
            as_json = described.body == "json"
            body = msgspec.json.encode(given) if as_json else urlencode(given).encode()
            kind = "application/json; charset=utf-8" if as_json else "application/x-www-form-urlencoded; charset=utf-8"
        if kind and "content-type" not in {name.lower() for name in headers}:
            headers["Content-Type"] = kind
        url = filled(described.url, {name: quote(value, safe="") for name, value in values.items()})
        return Ask(url, body, headers, described.method, plain=account.house, house=account.house)

    def read(reply: Reply, now_s: float) -> Outcome:
        if not 200 <= reply.status < 300:
            return by_status(reply, now_s)
        fields: dict[str, Any] | None = fields_of(reply)
        named = name_of(inside(fields, described.id_field)) if described.id_field else ""
        if not described.taken_field:
            return Outcome(Verdict.DONE, provider_id=named)
        told = inside(fields, described.taken_field)
        if told is None:
            return Outcome(Verdict.UNKNOWN, "answer")
        word = str(told).lower() if isinstance(told, bool) else str(told)
        if word in described.taken_values:
            return Outcome(Verdict.DONE, provider_id=named)
        return Outcome(Verdict.REFUSED, f"said {name_of(told)[:20]}".strip())

    return Service("http", described.url, Rule.KOREA if described.korean else Rule.WORLD, make, read)


def filled(text: str, values: Mapping[str, str]) -> str:
    """Put values into their places; what a value holds is never looked at again."""
    return _PLACE.sub(lambda place: values[place[1]], text)


def _pair(line: str, sign: str) -> tuple[str, str]:
    name, _, value = line.partition(sign)
    return name.strip(), value.strip()
