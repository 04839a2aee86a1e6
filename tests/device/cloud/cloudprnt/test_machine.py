"""Whatever a printer, the network and the clock do, in whatever order: no false "printed", no second unmarked original.

A printer of paper is played at the level of calls: it may fetch with any token it ever heard, print all or half, confirm
with any code, be silent, come back after a restart of the shop. What it printed is known here and nowhere else.
"""

from __future__ import annotations

import asyncio
import contextlib
import tempfile
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, TypeVar

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from kvit.device.cloud.cloudprnt import media
from kvit.device.cloud.cloudprnt.ask import named
from kvit.device.spool import service as spool
from kvit.device.spool.model import ASK_MS, IN_FLIGHT, Evidence, Job, State
from kvit.device.spool.store import Filter
from tests.device.cloud.cloudprnt.house import SHOP, House, house

T = TypeVar("T")
TYPES = st.sampled_from([media.STARPRNT, media.PNG, media.TEXT, media.STARPRNT, "image/jpeg"])
CODES = st.sampled_from(["OK", "200 OK", "200", "", "000", "410", "420 Cover", "510", "511", "520", "521", "599"])
WELL = {"statusCode": "200%20OK"}
WELL_CODES = ("OK", "200 OK", "200")
ABSENT = ("510", "511", "512", "520", "521")
PARTS = st.sampled_from(["none", "half", "whole"])
POLLS = st.sampled_from([WELL, {"statusCode": "410"}, {"statusCode": "420"}, {**WELL, "printingInProgress": True}])


class Printer(RuleBasedStateMachine):
    """One printer, one shop, any history."""

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.stack = contextlib.AsyncExitStack()
        self.folder = tempfile.TemporaryDirectory()
        self.shop: House = self.run(self.stack.enter_async_context(house(Path(self.folder.name))))
        self.run(self.shop.http.post(self.shop.url, json=WELL))  # asked who it is
        self.orders = 0
        self.tokens: list[str] = []
        self.begun: set[str] = set()
        """Tokens of which something is on paper."""
        self.whole: set[str] = set()
        self.said_ok: set[str] = set()
        self.given_up: set[str] = set()
        """Tokens it said it could not take: it does not print them afterwards."""

    def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(coroutine)

    def teardown(self) -> None:
        self.run(self.stack.aclose())
        self.runner.close()
        self.folder.cleanup()

    @initialize()
    def first(self) -> None:
        self.accept()

    @rule()
    @precondition(lambda self: self.orders < 4)
    def accept(self) -> None:
        self.orders += 1
        self.run(self.shop.accept(f"sale {self.orders}"))

    @rule(said=POLLS)
    def poll(self, said: dict[str, object]) -> None:
        self.shop.stir()
        answer = self.run(self.shop.http.post(self.shop.url, json=said))
        if answer.status_code == 200 and answer.json()["jobReady"]:
            self.tokens.append(answer.json()["jobToken"])

    @rule(media_type=TYPES, acts=st.lists(st.tuples(PARTS, CODES), min_size=1, max_size=3))
    def serve(self, media_type: str, acts: list[tuple[str, str]]) -> None:
        """What a printer does nearly always: poll, fetch what it is offered, print, say so."""
        for part, code in acts:
            self.poll(WELL)
            if self.tokens:
                self._fetch(self.tokens[-1], media_type, part)
                self._confirm(self.tokens[-1], code, with_token=True)

    @rule(which=st.integers(0, 5), media_type=TYPES, part=PARTS)
    @precondition(lambda self: self.tokens)
    def fetch(self, which: int, media_type: str, part: str) -> None:
        self._fetch(self.tokens[-1 - which % len(self.tokens)], media_type, part)

    def _fetch(self, token: str, media_type: str, part: str) -> None:
        """An honest printer prints a token it has not printed; what it then says is another matter."""
        reply = self.run(self.shop.http.get(self.shop.url, params={"type": media_type, "token": token}))
        if reply.status_code == 200 and part != "none" and token not in self.begun | self.given_up:
            self.begun.add(token)
            self.whole |= {token} if part == "whole" else set()

    @rule(which=st.integers(0, 5), code=CODES, with_token=st.booleans())
    @precondition(lambda self: self.tokens)
    def confirm(self, which: int, code: str, with_token: bool) -> None:
        self._confirm(self.tokens[-1 - which % len(self.tokens)], code, with_token)

    def _confirm(self, token: str, code: str, with_token: bool) -> None:
        """It says well only of what it printed whole, and "could not take it" only of what it did not begin."""
        well, absent = code in WELL_CODES, code in ABSENT
        if (well and token not in self.whole) or (absent and token in self.begun):
            return
        if with_token:
            self.said_ok |= {token} if well else set()
            self.given_up |= {token} if absent else set()
        params = {"code": code, **({"token": token} if with_token else {})}
        assert self.run(self.shop.http.delete(self.shop.url, params=params)).status_code in (200, 404)

    @rule(seconds=st.sampled_from([1, 16, 61]))
    def later(self, seconds: int) -> None:
        self.run(self.shop.later(seconds))

    @rule()
    def nobody_answers(self) -> None:
        self.shop.now_s += ASK_MS / 1000
        self.run(self._write(spool.unanswered))

    @rule()
    def restart(self) -> None:
        self.run(self._write(spool.restart))
        old, self.shop = self.shop, House(self.shop.desk.db, self.shop.token)
        self.shop.now_s = old.now_s
        self.shop.board._clock = lambda: old.now_s
        self.run(self.shop.http.post(self.shop.url, json=WELL))

    async def _write(self, verb: Callable[..., Any]) -> None:
        await self.shop.desk.db.write(verb, SHOP, self.shop.desk.now_ms)
        self.shop.stir()

    def jobs(self) -> list[Job]:
        found: list[Job] = self.shop.desk.db.read_now(spool.search, SHOP, Filter(), None, 200)
        return found

    @invariant()
    def printed_is_on_paper(self) -> None:
        for job in self.jobs():
            if job.state is State.PRINTED:
                assert job.evidence is Evidence.B
                assert any(token.startswith(job.id) for token in self.said_ok & self.whole)

    @invariant()
    def no_second_unmarked_original(self) -> None:
        for job in self.jobs():
            if job.copy == 1:
                begun = [token for token in self.begun if named(token).job == job.id]  # type: ignore[union-attr]
                assert len(begun) <= 1, begun

    @invariant()
    def one_at_a_time(self) -> None:
        assert sum(job.state in IN_FLIGHT for job in self.jobs()) <= 1


Printer.TestCase.settings = settings(max_examples=20, stateful_step_count=15)
TestPrinter = Printer.TestCase
