"""Chance: jobs, faults that come and go, time, restarts; what must hold whatever happens.

Every job prints a word of its own. Printed is only said of a word that is on paper, and no word comes out whole twice
but as a marked COPY (nobody answers here, so none is made).
"""

from __future__ import annotations

import asyncio
import re
import tempfile
from collections import Counter
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from kvit.db import Database, open_database
from kvit.device.cloud.sdp.machine import FAULTS, Machine
from kvit.device.spool import service as spool
from kvit.device.spool.model import Job, State
from kvit.paper.document import Cut, Text
from tests.device.cloud.sdp.world import NOW_MS, ROOMS, SHOP, world

HONEST = sorted(set(FAULTS) - {"lies"})
STEPS = st.lists(
    st.one_of(
        st.just(("poll", "")), st.just(("poll", "")), st.just(("order", "")), st.just(("notify", "")),
        st.tuples(st.just("fail"), st.sampled_from(HONEST)), st.tuples(st.just("well"), st.sampled_from(["", *HONEST])),
        st.tuples(st.just("wait"), st.sampled_from(["20", "100", "400"])), st.just(("restart", "")),
    ),
    min_size=5, max_size=40,
)  # fmt: skip


async def live(db: Database, version: str, steps: list[tuple[str, str]]) -> None:
    machine = Machine(version)
    words: dict[str, str] = {}
    now_s = 1000.0
    at = 0
    while at < len(steps):
        async with world(db) as shop:
            shop.now_s[0], shop.orders = now_s, len(words)
            printer = shop.printer(machine)
            while at < len(steps):
                verb, rest = steps[at]
                at += 1
                if verb == "poll":
                    await printer.call(3)
                elif verb == "order":
                    word = f"w{len(words)}w"
                    words[shop.order(Text(word), Cut())] = word
                elif verb == "notify":
                    await printer.notify()
                elif verb in ("fail", "well"):
                    machine.tell(f"{verb} {rest}")
                elif verb == "wait":
                    shop.now_s[0] += float(rest)
                    await shop.server.tick()
                else:
                    break
                holds(shop.db, machine, words)
            now_s = shop.now_s[0]
        db.write_now(spool.restart, SHOP, NOW_MS)
        holds(db, machine, words)


def holds(db: Database, machine: Machine, words: dict[str, str]) -> None:
    came_out = Counter(re.findall(r"w\d+w", b" ".join(machine.printed).decode()))
    assert all(count == 1 for count in came_out.values()), came_out
    for id_, word in words.items():
        job = db.read_now(spool.get, SHOP, id_)
        assert isinstance(job, Job)
        if job.state is State.PRINTED:
            assert came_out[word] == 1, (word, job)
        if job.state in (State.QUEUED, State.BLOCKED):
            assert came_out[word] == 0, (word, job)


@settings(max_examples=12)
@given(st.sampled_from(["1.00", "2.00", "3.00"]), STEPS)
def test_nothing_is_said_to_be_printed_that_is_not(version: str, steps: list[tuple[str, str]]) -> None:
    with tempfile.TemporaryDirectory() as folder, open_database(Path(folder) / "kvit.db", rooms=ROOMS) as db:
        asyncio.run(live(db, version, steps))
