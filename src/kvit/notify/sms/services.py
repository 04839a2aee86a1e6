"""The table of companies that send text messages, and how one message is handed to one of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from kvit.net import Asking, Reply
from kvit.notify.asking import not_answered
from kvit.notify.model import Outcome, Verdict
from kvit.notify.segments import Coding, measure
from kvit.notify.settings import SmsSettings
from kvit.notify.sms.aligo import ALIGO
from kvit.notify.sms.generic import service
from kvit.notify.sms.model import Account, Moment, Service, Text
from kvit.notify.sms.nhn import NHN
from kvit.notify.sms.sens import SENS
from kvit.notify.sms.solapi import SOLAPI

SERVICES: Final[dict[str, Service]] = {one.name: one for one in (ALIGO, SOLAPI, NHN, SENS)}


@dataclass(frozen=True, slots=True)
class Texter:
    """Sends text messages by one company, or, without one, only says that it would have (a dry run)."""

    service: Service | None
    account: Account
    ask: Asking
    clock: Callable[[], float]
    random: Callable[[int], bytes]

    async def send(self, id_: str, to: str, text: str) -> Outcome:
        """Hand one message over, once."""
        if self.service is None:
            return Outcome(Verdict.DRY, provider="dry")
        length = measure(text, self.service.rule)
        wanted = Text(id_, to, length.text, long=length.coding is Coding.LMS)
        now_s = self.clock()
        asked = self.service.make(self.account, wanted, Moment(now_s, self.random(16).hex()))
        if asked is None:
            return Outcome(Verdict.REFUSED, "country", self.service.name)
        reply = await self.ask(asked)
        found = self.service.read(reply, now_s) if isinstance(reply, Reply) else not_answered(reply)
        return replace(found, provider=self.service.name)


def texter(settings: SmsSettings, ask: Asking, clock: Callable[[], float], random: Callable[[int], bytes]) -> Texter:
    """Make the sender the settings name."""
    account = Account(
        settings.sender, settings.user, settings.key, settings.secret, settings.service, settings.url, settings.house
    )
    company = service(settings.http) if settings.provider == "http" else SERVICES.get(settings.provider)
    return Texter(company, account, ask, clock, random)
