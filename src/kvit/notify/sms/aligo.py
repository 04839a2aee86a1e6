"""Aligo (https://smartsms.aligo.in/admin/api/spec.html): a form, answered with status 200 whatever happens.

``result_code`` 1 means taken, as a word or a number; anything below zero a fault, of which -101 is the key or user and
-201 the balance. Sends in Korea only. Its server takes calls from registered addresses alone. Unproven.
"""

from __future__ import annotations

from typing import Final
from urllib.parse import urlencode

from kvit.net import Ask, Reply
from kvit.notify.asking import by_status, fields_of, name_of
from kvit.notify.model import Outcome, Verdict
from kvit.notify.segments import Rule
from kvit.notify.sms.model import KOREA, Account, Moment, Service, Text, address, as_dialled, parted, sender_digits

URL: Final = "https://apis.aligo.in"
CLOSED: Final = frozenset({-101, -102, -103, -201})
"""The key, the user, the calling address, the balance: no other message will be taken either."""


def _make(account: Account, text: Text, moment: Moment) -> Ask | None:
    if parted(text.to)[0] != KOREA:
        return None
    form = {
        "key": account.key, "user_id": account.user, "sender": sender_digits(account.sender),
        "receiver": as_dialled(text.to), "msg": text.text, "msg_type": "LMS" if text.long else "SMS", "testmode_yn": "N",
    }  # fmt: skip
    headers = {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}
    return Ask(
        address(account, URL, "/send/"), urlencode(form).encode(), headers, plain=account.house, house=account.house
    )


def _read(reply: Reply, now_s: float) -> Outcome:
    fields = fields_of(reply)
    if reply.status != 200 or fields is None:
        return by_status(reply, now_s)
    try:
        code = int(str(fields.get("result_code")))
    except ValueError:
        return Outcome(Verdict.UNKNOWN, "answer")
    if code == 1:
        return Outcome(Verdict.DONE, provider_id=name_of(fields.get("msg_id")))
    return Outcome(Verdict.CLOSED if code in CLOSED else Verdict.REFUSED, f"code {code}")


ALIGO: Final = Service("aligo", URL, Rule.KOREA, _make, _read)
