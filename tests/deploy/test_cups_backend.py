"""The CUPS back end, run as CUPS runs it, against Kvit's own API on a real port; and under a real CUPS where one is."""

from __future__ import annotations

import asyncio
import secrets
import signal
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from kvit.access import key as keys
from kvit.access import staff
from kvit.access.model import Identity
from kvit.app.serving import Window, listen
from kvit.device.spool import service as spool
from kvit.device.spool.model import Event, Evidence, Heard, Job, State
from kvit.device.spool.service import Begun
from kvit.device.spool.store import Filter
from kvit.refusal import Refusal
from kvit.web import staff_app
from tests.device.ipp.cups import LPADMIN, cups
from tests.ports import free_port
from tests.receipt.printouts import SHOP
from tests.web.house import House, open_house
from tests.web.printing import printing

BACKEND = Path(__file__).resolve().parents[2] / "deploy" / "cups" / "kvit"
DATA = b"\x1b@Hello\n\x1dV\x00"
UUID = "job-uuid=urn:uuid:01234567-89ab-3def-8123-456789abcdef"


@dataclass
class Shop:
    """A shop's API on a port, and a key for it."""

    house: House
    port: int
    key: Path

    def uri(self, printer: str = "bar", **options: str) -> str:
        more = "".join(f"&{name}={value}" for name, value in options.items())
        return f"kvit://127.0.0.1:{self.port}/{printer}?key={self.key}&tries=1{more}"

    async def start(self, *arguments: str, uri: str = "", data: bytes = DATA) -> asyncio.subprocess.Process:
        env = {"DEVICE_URI": uri or self.uri(), "PATH": "/usr/bin:/bin", "PRINTER": "receipts"}
        given = arguments or ("17", "kim", "receipt.txt", "1", UUID)
        process = await asyncio.create_subprocess_exec(
            sys.executable, str(BACKEND), *given, stdin=-1, stdout=-1, stderr=-1, env=env
        )
        assert process.stdin is not None
        process.stdin.write(data)
        process.stdin.write_eof()
        return process

    async def run(self, *arguments: str, uri: str = "", data: bytes = DATA) -> tuple[int, str]:
        return await ended(await self.start(*arguments, uri=uri, data=data))

    @property
    def now_ms(self) -> int:
        return int(self.house.now_s[0] * 1000)

    def jobs(self) -> list[Job]:
        return self.house.db.read_now(spool.search, SHOP, Filter())[::-1]

    async def accepted(self, count: int = 1) -> list[Job]:
        async with asyncio.timeout(20):
            while len(self.jobs()) < count:  # noqa: ASYNC110
                await asyncio.sleep(0.02)
        return self.jobs()

    def happens(self, job: Job, *events: Event, able: Evidence = Evidence.C) -> None:
        begun = self.house.db.write_now(spool.begin, SHOP, job.id, able, self.now_ms)
        assert isinstance(begun, Begun)
        for event in events:
            self.house.db.write_now(spool.note, SHOP, job.id, Heard(event, begun.job.pid), self.now_ms)


async def ended(process: asyncio.subprocess.Process) -> tuple[int, str]:
    async with asyncio.timeout(30):
        _, said = await process.communicate()
    assert process.returncode is not None
    return process.returncode, said.decode()


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Shop]:
    with open_house(tmp_path) as house:
        printing(house)
        made = keys.fresh_key(secrets.token_bytes)
        owner = Identity(SHOP, "user:test", "owner", frozenset({"keys.write"}))
        rights = ["jobs.print", "jobs.read"]
        issued = house.db.write_now(staff.issue_key, owner, made, "cups", rights, int(house.now_s[0]))
        assert not isinstance(issued, Refusal)
        key = tmp_path / "cups.key"
        key.write_text(made.text + "\n")
        sock = listen("127.0.0.1", 0)
        window = Window(staff_app(house.context), sock)
        await window.start()
        yield Shop(house, sock.getsockname()[1], key)
        await window.stop()


ENDS: list[tuple[str, tuple[Event, ...], Evidence, int]] = [
    ("sent", (Event.BYTES_OUT, Event.LINK_CLOSED), Evidence.C, 0),
    ("printed", (Event.BYTES_OUT, Event.ID_ANSWER), Evidence.A, 0),
]


@pytest.mark.parametrize(("_", "events", "able", "code"), ENDS, ids=[row[0] for row in ENDS])
async def test_it_leaves_when_the_end_is_known(
    shop: Shop, _: str, events: tuple[Event, ...], able: Evidence, code: int
) -> None:
    process = await shop.start(uri=shop.uri(profile="TM-T88V"))
    (job,) = await shop.accepted()
    payload = shop.house.db.read_now(spool.payload, SHOP, job.id)
    assert not isinstance(payload, Refusal)
    assert (payload.body, payload.profile, job.family) == (DATA, "TM-T88V", "cups:01234567-89ab-3def-8123-456789abcdef")
    assert process.returncode is None
    shop.happens(job, *events, able=able)
    found, said = await ended(process)
    assert found == code, said


async def test_run_again_it_is_the_same_job(shop: Shop) -> None:
    assert (await shop.run(uri=shop.uri(follow="no")))[0] == 0
    assert (await shop.run(uri=shop.uri(follow="no")))[0] == 0
    assert len(shop.jobs()) == 1
    other = "job-uuid=urn:uuid:11111111-89ab-3def-8123-456789abcdef"
    assert (await shop.run("17", "kim", "x", "1", other, uri=shop.uri(follow="no")))[0] == 0
    assert len(shop.jobs()) == 2


async def test_what_nobody_knows_is_held_and_never_printed_twice(shop: Shop) -> None:
    process = await shop.start()
    (job,) = await shop.accepted()
    shop.happens(job, Event.BYTES_OUT, Event.LINK_LOST)
    shop.house.now_s[0] += 30
    shop.house.db.write_now(spool.unanswered, SHOP, shop.now_ms)
    code, said = await ended(process)
    assert code == 3, said
    assert (await shop.run())[0] == 3  # released by a person
    assert [each.copy for each in shop.jobs()] == [1, 2]


async def test_taken_back_in_kvit(shop: Shop) -> None:
    process = await shop.start()
    (job,) = await shop.accepted()
    shop.house.db.write_now(spool.cancel, SHOP, job.id, "user:1", shop.now_ms)
    assert (await ended(process))[0] == 5


async def test_taken_back_in_cups(shop: Shop) -> None:
    process = await shop.start()
    (job,) = await shop.accepted()
    process.send_signal(signal.SIGTERM)
    assert (await ended(process))[0] == 5
    assert shop.jobs()[0].state is State.CANCELLED
    assert shop.jobs()[0].id == job.id


async def test_too_late(shop: Shop) -> None:
    process = await shop.start()
    await shop.accepted()
    shop.house.now_s[0] += 5 * 3600
    shop.house.db.write_now(spool.expire, SHOP, shop.now_ms)
    assert (await ended(process))[0] == 5


async def test_why_it_waits(shop: Shop) -> None:
    process = await shop.start()
    (job,) = await shop.accepted()
    shop.house.db.write_now(spool.note, SHOP, job.id, Heard(Event.PREFLIGHT_BAD, reason="paper"), shop.now_ms)
    assert process.stderr is not None
    async with asyncio.timeout(20):
        while b"STATE: +media-empty-error" not in await process.stderr.readline():
            pass
    shop.house.db.write_now(spool.ready, SHOP, "bar", shop.now_ms)
    shop.happens(job, Event.BYTES_OUT, Event.LINK_CLOSED)
    code, said = await ended(process)
    assert code == 0
    assert "STATE: -media-empty-error" in said


WRONG: list[tuple[str, dict[str, Any], int]] = [
    ("printer", {"printer": "nobody"}, 4),
    ("profile", {"profile": "nothing"}, 3),
]


@pytest.mark.parametrize(("_", "how", "code"), WRONG, ids=[row[0] for row in WRONG])
async def test_what_is_wrong(shop: Shop, _: str, how: dict[str, Any], code: int) -> None:
    found, said = await shop.run(uri=shop.uri(**how))
    assert found == code, said
    assert "ERROR: " in said
    assert shop.jobs() == []


async def test_a_wrong_key_stops_the_queue(shop: Shop) -> None:
    shop.key.write_text("kvit_0_nothing")
    assert (await shop.run())[0] == 4
    shop.key.unlink()
    assert (await shop.run())[0] == 4


async def test_nobody_answers(shop: Shop) -> None:
    code, said = await shop.run(uri=f"kvit://127.0.0.1:{free_port()}/bar?key={shop.key}&tries=1")
    assert code == 6
    assert "STATE: +connecting-to-device" in said


async def test_copies_of_a_file(shop: Shop, tmp_path: Path) -> None:
    (tmp_path / "job").write_bytes(DATA)
    code, said = await shop.run("17", "kim", "x", "2", UUID, str(tmp_path / "job"), uri=shop.uri(follow="no"))
    assert code == 0, said
    assert [job.copy for job in shop.jobs()] == [1, 2]


async def test_nothing_to_print(shop: Shop) -> None:
    assert (await shop.run(data=b""))[0] == 0
    assert shop.jobs() == []


async def test_what_cups_asks_first() -> None:
    process = await asyncio.create_subprocess_exec(sys.executable, str(BACKEND), stdout=-1)
    out, _ = await process.communicate()
    assert (process.returncode, out) == (0, b'network kvit "Kvit" "Kvit"\n')


@pytest.mark.slow
async def test_under_cups(shop: Shop, tmp_path_factory: pytest.TempPathFactory) -> None:
    async with cups(tmp_path_factory.mktemp("cups")) as real:
        if real is None or LPADMIN is None:
            pytest.skip("no cupsd here, or not as root (Debian: cups-daemon, cups-client)")
        backend = real.folder / "bin" / "backend" / "kvit"
        backend.write_text(BACKEND.read_text().replace("/usr/bin/python3", sys.executable, 1))
        backend.chmod(0o700)  # so CUPS runs it as root, which may read the key
        key = real.folder / "cups.key"
        key.write_text(shop.key.read_text())
        uri = f"kvit://127.0.0.1:{shop.port}/bar?key={key}"
        done = await real.run(LPADMIN, "-p", "receipts", "-E", "-v", uri, "-m", "raw")
        assert done[0] == 0, done
        done = await real.run("lp", "-d", "receipts", "-o", "raw", data=DATA)
        assert done[0] == 0, done
        (job,) = await shop.accepted()
        assert "receipts-1" in (await real.run("lpstat", "-W", "not-completed"))[1]
        shop.happens(job, Event.BYTES_OUT, Event.LINK_CLOSED)
        async with asyncio.timeout(30):
            while "receipts-1" in (await real.run("lpstat", "-W", "not-completed"))[1]:  # noqa: ASYNC110
                await asyncio.sleep(0.2)
        assert "receipts-1" in (await real.run("lpstat", "-W", "completed"))[1]
        payload = shop.house.db.read_now(spool.payload, SHOP, job.id)
        assert not isinstance(payload, Refusal)
        assert payload.body == DATA
