"""One printer at one service: its questions asked over the house's HTTP, its answers in our words.

`Client.hand_over` gives one `Answer` and has by then done what may be done safely when nobody knows: asked for the order by
our key, or handed it over again under the same key where the service takes a key once. Nothing is raised; no secret and
nothing of the paper is in a reason.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from kvit.device.adapters.clouds import Account, Moment, Paper, Request
from kvit.device.address import Address
from kvit.device.cloud.push.model import Answer, Call, Progress, Recover, Service, Standing, Took, Went
from kvit.device.cloud.push.tokens import Tokens
from kvit.device.cloud.push.yilianyun import token_of, token_request
from kvit.net import Ask, Asking, Failed, Reply, Trouble

AGAIN_MAX: Final = 2
"""Handed over again under the same key."""
NOT_SENT: Final = {
    Trouble.ADDRESS: Answer(Took.CLOSED, reason="address"),
    Trouble.TLS: Answer(Took.CLOSED, reason="tls"),
    Trouble.NAME: Answer(Took.AWAY, reason="service"),
    Trouble.AWAY: Answer(Took.AWAY, reason="service"),
}
"""What it means that no byte left us."""


@dataclass(frozen=True, slots=True)
class Handed:
    """A paper at a service."""

    answer: Answer
    progress: Progress | None = None
    """Where it was found, when it was asked for by our key."""


class Client:
    """One printer at one service."""

    def __init__(
        self, service: Service, place: Address, account: Account, ask: Asking, tokens: Tokens,
        clock: Callable[[], float], random: Callable[[int], bytes], *, trusted: bool,
    ) -> None:  # fmt: skip
        """``trusted``: a person who may write the shop's configuration gave the address (`in_house`)."""
        self.service = service
        self._place = place
        self._account = replace(account, token=account.token or tokens.kept(self._name(account)))
        self._ask = ask
        self._tokens = tokens
        self._clock = clock
        self._random = random
        self._house = service.house or (trusted and in_house(place.host))

    async def hand_over(self, paper: Paper, key: str, until_s: int) -> Handed:
        """Hand a paper over once, under ``key``; behind ``until_s`` it shall not be printed."""
        answer = await self._submit(paper, key, until_s)
        if answer.took not in (Took.UNSURE, Took.PRESENT) or self.service.recover is Recover.NOTHING:
            return Handed(answer)
        for _ in range(AGAIN_MAX):
            progress = await self.find(key)
            if progress.went not in (Went.LOST, Went.UNSURE):
                return Handed(Answer(Took.TAKEN, progress.order), progress)
            if answer.took is Took.PRESENT or self.service.recover is Recover.ASK:
                break
            again = await self._submit(paper, key, until_s)
            if again.took in (Took.TAKEN, Took.PRINTED, Took.PRESENT):
                answer = again  # any other no is about this time: the first one may have been taken
            if again.took in (Took.TAKEN, Took.PRINTED):
                break
        return Handed(answer)

    async def went(self, order: str) -> Progress:
        """Ask where an order is."""
        about, read = self.service.about, self.service.went
        if about is None or read is None or not order:
            return Progress(Went.UNSURE)
        reply = await self._reply(lambda call: about(call, order))
        return Progress(Went.UNSURE) if isinstance(reply, Failed) else read(reply)

    async def find(self, key: str) -> Progress:
        """Ask for an order by our key; `Went.UNSURE` where the service has no such question."""
        find, read = self.service.find, self.service.found
        if find is None or read is None:
            return Progress(Went.UNSURE)
        reply = await self._reply(lambda call: find(call, key))
        return Progress(Went.UNSURE) if isinstance(reply, Failed) else read(reply, key)

    async def stand(self) -> Standing | None:
        """Ask how the printer is; None: the service can not be asked now. No such question: nothing is known against it."""
        if self.service.stand is None or self.service.stood is None:
            return Standing()
        reply = await self._reply(self.service.stand)
        if isinstance(reply, Failed):
            return Standing() if reply.trouble is Trouble.ADDRESS else None  # our own fault: the paper will be told so
        return self.service.stood(reply) if 200 <= reply.status < 300 else None

    async def drop(self, order: str) -> bool:
        """Take an order back; True: the service says that it will not be printed."""
        drop, done = self.service.drop, self.service.done
        if drop is None or done is None or not order:
            return False
        reply = await self._reply(lambda call: drop(call, order))
        return isinstance(reply, Reply) and done(reply) and (await self.went(order)).went is Went.GONE

    async def clear(self) -> bool:
        """Empty the printer's whole queue at the service; other programs' orders go, too."""
        if self.service.clear is None or self.service.done is None:
            return False
        reply = await self._reply(self.service.clear)
        return isinstance(reply, Reply) and self.service.done(reply)

    async def _submit(self, paper: Paper, key: str, until_s: int) -> Answer:
        answer = await self._submit_once(paper, key, until_s)
        if answer.took is Took.STALE and await self._renew():
            answer = await self._submit_once(paper, key, until_s)
        return answer if answer.took is not Took.STALE else Answer(Took.CLOSED, reason=answer.reason)

    async def _submit_once(self, paper: Paper, key: str, until_s: int) -> Answer:
        if self.service.token and not self._account.token and not await self._renew():
            return Answer(Took.CLOSED, reason="token")
        call = self._call(key, until_s)
        reply = await self._asked(self.service.submit(call, paper))
        if isinstance(reply, Reply):
            return self.service.submitted(reply, call)
        unsure = Answer(Took.UNSURE, reason=reply.trouble.value)
        return unsure if reply.sent else NOT_SENT.get(reply.trouble, unsure)

    async def _reply(self, make: Callable[[Call], Request]) -> Reply | Failed:
        """Ask a question that changes nothing."""
        if self.service.token and not self._account.token and not await self._renew():
            return Failed(Trouble.ADDRESS)
        return await self._asked(make(self._call()))

    async def _renew(self) -> bool:
        async def fetch() -> str:
            reply = await self._asked(token_request(self._call()))
            return token_of(reply) if isinstance(reply, Reply) else ""

        token = await self._tokens.renew(self._name(self._account), self._account.token, fetch)
        self._account = replace(self._account, token=token)
        return bool(token)

    def _name(self, account: Account) -> str:
        """What a token belongs to; another secret is another account, with fetches of its own."""
        return f"{self.service.name}:{self._place.host}:{account.user}:{account.key}"

    def _call(self, key: str = "", until_s: int = 0) -> Call:
        moment = Moment(int(self._clock()), self.service.nonce(self._random(16)), key, until_s)
        return Call(self._place.path, self._account, moment)

    async def _asked(self, request: Request) -> Reply | Failed:
        host = f"[{self._place.host}]" if ":" in self._place.host else self._place.host
        url = f"{self._place.kind}://{host}:{self._place.port}{request.target}"
        plain = self._place.kind == "http"
        house, work_s = self._house, self.service.work_s
        return await self._ask(Ask(url, request.body, request.headers, request.method, plain, house, work_s))


def in_house(host: str) -> bool:
    """Say whether an address was written that lies in the shop's own network: a number or this machine, no other name."""
    if host == "localhost":
        return True
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return False
