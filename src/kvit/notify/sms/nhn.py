"""NHN Cloud Notification (https://docs.nhncloud.com/en/Notification/SMS): JSON, with the secret in a header.

Two addresses: ``sender/sms`` for short texts, ``sender/mms`` for long ones, which want a title. The answer has a
verdict on the call in ``header`` and one on each message in ``sendResultList``. Our id goes along as a grouping key.
Unproven.
"""

from __future__ import annotations

from typing import Any, Final

import msgspec

from kvit.net import Ask, Reply
from kvit.notify.asking import by_status, fields_of, inside, name_of
from kvit.notify.model import Outcome, Verdict
from kvit.notify.segments import Rule
from kvit.notify.sms.model import KOREA, Account, Moment, Service, Text, address, as_dialled, parted, sender_digits

URL: Final = "https://api-sms.cloud.toast.com"
CLOSED: Final = frozenset({-1000, -1001, -1002, -1003, -1004, -1005})
"""The app key, the secret, a service that is not switched on, an address that may not call."""


def _make(account: Account, text: Text, moment: Moment) -> Ask:
    country, _ = parted(text.to)
    own = {"recipientNo": as_dialled(text.to)} if country == KOREA else {"internationalRecipientNo": text.to[1:]}
    body: dict[str, Any] = {
        "body": text.text, "sendNo": sender_digits(account.sender),
        "recipientList": [{**own, "recipientGroupingKey": text.id}], "userId": "kvit",
    }  # fmt: skip
    if text.long:
        body["title"] = text.text.split("\n", 1)[0][:20]
    path = f"/sms/v3.0/appKeys/{account.key}/sender/{'mms' if text.long else 'sms'}"
    headers = {"Content-Type": "application/json;charset=UTF-8", "X-Secret-Key": account.secret}
    place = address(account, URL, path)
    return Ask(place, msgspec.json.encode(body), headers, plain=account.house, house=account.house)


def _read(reply: Reply, now_s: float) -> Outcome:
    fields = fields_of(reply)
    well, code = inside(fields, "header.isSuccessful"), inside(fields, "header.resultCode")
    if not 200 <= reply.status < 300 or not isinstance(well, bool):
        return by_status(reply, now_s)
    if not well:
        return Outcome(Verdict.CLOSED if code in CLOSED else Verdict.REFUSED, f"code {code}"[:40])
    own = inside(fields, "body.data.sendResultList.0.resultCode")
    if own not in (0, None):
        return Outcome(Verdict.CLOSED if own in CLOSED else Verdict.REFUSED, f"code {own}"[:40])
    return Outcome(Verdict.DONE, provider_id=name_of(inside(fields, "body.data.requestId")))


NHN: Final = Service("nhn", URL, Rule.KOREA, _make, _read)
