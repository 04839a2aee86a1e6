"""The whole ways in, with real (cheap) hashing: what a window calls."""

from __future__ import annotations

import asyncio
import random
import threading
from collections.abc import Iterator

import pytest

from kvit.access import door as ways
from kvit.access import password, service, totp, worker
from kvit.access import staff as people
from kvit.access.door import Door, Entered
from kvit.access.worker import Weigher
from kvit.refusal import Refusal
from tests.databases import OpenDatabase

CHEAP = password.Hasher(passes=1, memory_kib=8, lanes=1)
CODE = "7QWK-2MXD-9RTW-0ABC"
NOW = 1_800_000_000
GOOD, BETTER = "tall blue kettle", "three grey herons"
HERE = "127.0.0.1"


class CountingHasher:
    """The cheap hasher, counting its work."""

    def __init__(self) -> None:
        self.weighed = 0

    def matches(self, kept: str, given: str) -> bool:
        self.weighed += 1
        return CHEAP.matches(kept, given)

    def hash(self, given: str, salt: bytes) -> str:
        return CHEAP.hash(given, salt)

    def outdated(self, kept: str) -> bool:
        return CHEAP.outdated(kept)


@pytest.fixture
def weigher() -> Iterator[Weigher]:
    made = Weigher(CHEAP)
    yield made
    made.close()


@pytest.fixture
def door(database: OpenDatabase, weigher: Weigher) -> Door:
    return Door(database("kvit.access"), weigher, "shop-1", random.Random(3).randbytes)


async def set_up(door: Door) -> Entered:
    await door.db.write(service.first_code, door.shop, CODE, NOW)
    owner = await ways.claim(door, CODE, "Anna", GOOD, HERE, NOW)
    assert isinstance(owner, Entered)
    return owner


def refused(answer: object) -> str:
    assert isinstance(answer, Refusal), answer
    return answer.code.removeprefix("access.")


async def test_from_the_code_to_the_session(door: Door) -> None:
    assert refused(await ways.claim(door, CODE, "Anna", GOOD, HERE, NOW)) == "code_wrong"
    await door.db.write(service.first_code, door.shop, CODE, NOW)
    assert refused(await ways.claim(door, CODE, "Anna", "short", HERE, NOW)) == "password_short"
    assert refused(await ways.claim(door, CODE, "Bartholomeo", "bartholomeo1", HERE, NOW)) == "password_common"
    owner = await ways.claim(door, CODE.lower(), "Anna", GOOD, HERE, NOW)
    assert isinstance(owner, Entered)
    assert await door.db.read(service.who, owner.token, NOW) == owner.identity
    assert refused(await ways.log_in(door, "Anna", BETTER, HERE, NOW)) == "log_in_wrong"
    assert refused(await ways.log_in(door, "nobody", GOOD, HERE, NOW)) == "log_in_wrong"
    entered = await ways.log_in(door, "anna", GOOD, HERE, NOW)
    assert isinstance(entered, Entered)
    assert entered.token != owner.token


async def test_two_claims_at_once_one_wins(door: Door) -> None:
    await door.db.write(service.first_code, door.shop, CODE, NOW)
    answers = await asyncio.gather(*(ways.claim(door, CODE, f"name{n}", GOOD, HERE, NOW) for n in range(4)))
    assert sum(isinstance(answer, Entered) for answer in answers) == 1


async def test_guessing_is_weighed_a_few_times_only(database: OpenDatabase) -> None:
    counting = CountingHasher()
    weigher = Weigher(counting)  # type: ignore[arg-type]
    door = Door(database("kvit.access"), weigher, "shop-1", random.Random(3).randbytes)
    await set_up(door)
    answers = await asyncio.gather(
        *(ways.log_in(door, "Anna", f"guess number {n}", f"10.0.0.{n}", NOW) for n in range(60))
    )
    assert counting.weighed == 5
    assert {refused(answer) for answer in answers} == {"log_in_wrong", "too_many_tries"}
    assert refused(await ways.log_in(door, "Anna", GOOD, HERE, NOW)) == "too_many_tries"
    assert isinstance(await ways.log_in(door, "Anna", GOOD, HERE, NOW + 300), Entered)
    weigher.close()


async def test_known_and_unknown_names_take_the_same_work_and_the_same_answer(database: OpenDatabase) -> None:
    counting = CountingHasher()
    weigher = Weigher(counting)  # type: ignore[arg-type]
    door = Door(database("kvit.access"), weigher, "shop-1", random.Random(3).randbytes)
    await set_up(door)
    answers = []
    for name in ("Anna", "nobody"):
        before = counting.weighed
        answers.append(await ways.log_in(door, name, "wrong wrong wrong", HERE, NOW))
        assert counting.weighed == before + 1
    assert answers[0] == answers[1]
    weigher.close()


async def test_changing_the_password(door: Door) -> None:
    owner = await set_up(door)
    assert refused(await ways.change_password(door, owner.identity, GOOD, "short", NOW)) == "password_short"
    assert refused(await ways.change_password(door, owner.identity, "wrong", BETTER, NOW)) == "log_in_wrong"
    assert await ways.change_password(door, owner.identity, GOOD, BETTER, NOW) is None
    assert refused(await ways.log_in(door, "Anna", GOOD, HERE, NOW)) == "log_in_wrong"
    assert isinstance(await ways.log_in(door, "Anna", BETTER, HERE, NOW), Entered)


async def test_making_a_user(door: Door) -> None:
    owner = (await set_up(door)).identity
    assert refused(await ways.create_user(door, owner, "Boris", "boris1234567", "cashier", NOW)) == "password_common"
    made = await ways.create_user(door, owner, "Boris", BETTER, "cashier", NOW)
    assert not isinstance(made, Refusal)
    entered = await ways.log_in(door, "Boris", BETTER, HERE, NOW)
    assert isinstance(entered, Entered)
    assert refused(await ways.create_user(door, entered.identity, "X", "y", "z", NOW)) == "not_allowed"


async def test_wrong_digits_are_written_down(door: Door) -> None:
    owner = (await set_up(door)).identity
    secret = b"12345678901234567890"
    digits = totp.digits_at(secret, NOW // 30)
    assert await door.db.write(people.set_second_factor, owner, secret, digits, NOW) is None
    assert refused(await ways.log_in(door, "Anna", GOOD, HERE, NOW)) == "second_factor_needed"
    assert refused(await ways.log_in(door, "Anna", GOOD, HERE, NOW, digits)) == "second_factor_wrong"
    entries = await door.db.read(service.read_audit, owner)
    assert not isinstance(entries, Refusal)
    assert entries[0].act == "log_in.failed"
    entered = await ways.log_in(door, "Anna", GOOD, HERE, NOW + 30, totp.digits_at(secret, NOW // 30 + 1))
    assert isinstance(entered, Entered)


async def test_an_outdated_hash_is_made_anew(door: Door) -> None:
    owner = (await set_up(door)).identity
    old = password.Hasher(passes=2, memory_kib=16, lanes=1).hash(GOOD, bytes(16))
    assert await door.db.write(people.reset_password, owner, owner.user_id, old, NOW) is None
    assert isinstance(await ways.log_in(door, "Anna", GOOD, HERE, NOW), Entered)
    attempt = await door.db.write(service.begin_log_in, door.shop, "Anna", HERE, NOW)
    assert not isinstance(attempt, Refusal)
    assert not CHEAP.outdated(attempt.password_hash)


async def test_a_full_queue_says_so() -> None:
    gate, running, most = threading.Event(), [], []

    class Slow(CountingHasher):
        def matches(self, kept: str, given: str) -> bool:
            running.append(given)
            most.append(len(running))
            gate.wait(30)
            running.pop()
            return True

    weigher = Weigher(Slow())  # type: ignore[arg-type]
    waiting = [asyncio.ensure_future(weigher.matches("", str(n))) for n in range(worker.QUEUE)]
    await asyncio.sleep(0)
    assert refused(await weigher.matches("", "one more")) == "busy"
    gate.set()
    assert await asyncio.gather(*waiting) == [True] * worker.QUEUE
    assert max(most) <= password.AT_ONCE
    assert await weigher.matches("", "later") is True
    weigher.close()
