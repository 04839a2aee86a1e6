"""Jobs out to another program's queue: every answer lost once, every end it may have, and a real CUPS where one is."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import pytest

from kvit.device.board import Light
from kvit.device.cloud.handover import Handover
from kvit.device.cloud.push.crew import Crew
from kvit.device.ipp.client import QueueRunner, client_of, runner_of
from kvit.device.ipp.vocabulary import JobState, Operation, PrinterState, Status
from kvit.device.printers import service as printers
from kvit.device.printers.model import Printer
from kvit.device.spool import service as spool
from kvit.device.spool.model import Job, State
from kvit.device.spool.order import Order, order_raw
from kvit.net import ask
from tests.device.ipp.cups import LPADMIN, cups
from tests.device.ipp.house import SHOP, House, house
from tests.fakes.print_queue import PrintQueue, print_queue

DATA = b"\x1b@Hello\n\x1dV\x00"


@dataclass
class Queue:
    """A shop, a queue, and the runner between them. Pauses are steps the test lets happen."""

    shop: House
    queue: PrintQueue
    runner: QueueRunner
    pauses: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(0))
    pausing: bool = False
    """The runner waits for the next step."""

    def order(self, key: str = "sale 1") -> None:
        given = order_raw(key, "counter", DATA, "default")
        assert isinstance(given, Order)
        self.shop.db.write_now(spool.accept, SHOP, given, self.shop.desk.now_ms)

    def job(self) -> Job:
        return self.shop.jobs()[0]

    @property
    def light(self) -> Light:
        return self.shop.desk.board.light("counter")


@pytest.fixture
async def queue(tmp_path: Path) -> AsyncIterator[Queue]:
    async with print_queue() as served, house(tmp_path, address=served.address) as shop:
        printer = shop.db.read_now(printers.printer, SHOP, "counter")
        assert isinstance(printer, Printer)
        client = client_of(printer, ask)
        assert client is not None
        made = Queue(shop, served, None)  # type: ignore[arg-type]

        async def pause(seconds: float) -> None:
            shop.now_s += seconds
            made.pausing = True
            await made.pauses.acquire()
            made.pausing = False

        made.runner = QueueRunner(shop.desk, Handover(shop.desk), printer, client, pause=pause)
        yield made


async def run(queue: Queue, *, steps: int = 0) -> asyncio.Task[bool]:
    """Let the runner take its turn, and pass so many pauses."""
    task = asyncio.create_task(queue.runner.turn())
    for _ in range(steps):
        queue.pauses.release()
    return task


async def ends(queue: Queue, task: asyncio.Task[bool]) -> None:
    async with asyncio.timeout(10):
        while not task.done():
            queue.pauses.release()
            await asyncio.sleep(0.005)
    await task


async def until(queue: Queue, state: int, number: int = 1) -> None:
    async with asyncio.timeout(10):
        while len(queue.queue.jobs) < number or queue.queue.jobs[number - 1].state != state:  # noqa: ASYNC110
            await asyncio.sleep(0.005)


async def test_completed_is_sent_never_printed(queue: Queue) -> None:
    queue.order()
    task = await run(queue, steps=2)
    await until(queue, JobState.PENDING)
    assert queue.queue.jobs[0].data == DATA
    assert queue.job().state in (State.SENDING, State.CONFIRMING)
    queue.queue.print(1)
    await ends(queue, task)
    assert queue.job().state is State.SENT
    assert queue.light.link == "up"


async def test_without_create_job_it_goes_at_once(queue: Queue) -> None:
    queue.queue.creates = False
    queue.order()
    task = await run(queue)
    await until(queue, JobState.PENDING)
    queue.queue.print(1)
    await ends(queue, task)
    assert (queue.job().state, queue.queue.jobs[0].data) == (State.SENT, DATA)


LOST: list[tuple[str, set[int], set[int], State]] = [
    ("create, answer", {Operation.CREATE_JOB}, set(), State.BLOCKED),
    ("create, request", set(), {Operation.CREATE_JOB}, State.BLOCKED),
    ("send, answer", {Operation.SEND_DOCUMENT}, set(), State.SENT),
    ("send, request", set(), {Operation.SEND_DOCUMENT}, State.BLOCKED),
    ("send, and all answers after", {Operation.SEND_DOCUMENT, Operation.GET_JOB_ATTRIBUTES}, set(), State.UNKNOWN),
]


@pytest.mark.parametrize(("_", "answers", "requests", "state"), LOST, ids=[row[0] for row in LOST])
async def test_an_answer_is_lost(queue: Queue, _: str, answers: set[int], requests: set[int], state: State) -> None:
    queue.queue.lose, queue.queue.lose_before = set(answers), set(requests)
    queue.order()
    task = await run(queue)
    async with asyncio.timeout(10):
        while Operation.CREATE_JOB not in queue.queue.asked:  # noqa: ASYNC110
            await asyncio.sleep(0.005)
    for _step in range(1000):
        await asyncio.sleep(0.005)
        if queue.queue.jobs and queue.queue.jobs[0].state == JobState.PENDING and state is State.SENT:
            queue.queue.print(1)
        if queue.job().state is state:
            break
        if queue.pausing:
            queue.pauses.release()
    assert queue.job().state is state
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    with_data = [job for job in queue.queue.jobs if job.data is not None and job.state != JobState.CANCELED]
    assert len(with_data) <= 1


async def test_nothing_is_sent_twice(queue: Queue) -> None:
    queue.queue.lose = {Operation.SEND_DOCUMENT, Operation.GET_JOB_ATTRIBUTES}
    queue.order()
    await ends(queue, await run(queue))
    assert queue.job().state is State.UNKNOWN
    queue.queue.lose = set()
    assert await queue.runner.turn() is False
    assert len(queue.queue.jobs) == 1


ENDS: list[tuple[str, bool, State]] = [
    ("aborted before it began", False, State.BLOCKED),
    ("aborted in the middle", True, State.UNKNOWN),
]


@pytest.mark.parametrize(("_", "began", "state"), ENDS, ids=[row[0] for row in ENDS])
async def test_an_abort_is_what_is_known_of_it(queue: Queue, _: str, began: bool, state: State) -> None:
    queue.order()
    task = await run(queue)
    await until(queue, JobState.PENDING)
    queue.queue.abort(1, began=began)
    await ends(queue, task)
    assert queue.job().state is state


async def test_a_queue_that_forgets_is_asked_until_nobody_knows(queue: Queue) -> None:
    queue.order()
    task = await run(queue)
    await until(queue, JobState.PENDING)
    queue.queue.jobs.clear()
    await ends(queue, task)
    assert queue.job().state is State.UNKNOWN


async def test_a_job_that_waits_behind_others_is_waited_for(queue: Queue) -> None:
    queue.order()
    task = await run(queue, steps=60)  # ten minutes
    await until(queue, JobState.PENDING)
    async with asyncio.timeout(10):
        while queue.shop.now_s < 1_700_000_000 + 400:  # noqa: ASYNC110
            await asyncio.sleep(0.005)
    assert queue.job().state is State.CONFIRMING
    queue.queue.print(1)
    await ends(queue, task)
    assert queue.job().state is State.SENT


async def test_behind_its_deadline_it_is_taken_back(queue: Queue) -> None:
    queue.order()
    task = await run(queue)
    await until(queue, JobState.PENDING)
    queue.shop.now_s += 5 * 3600
    await ends(queue, task)
    assert queue.queue.jobs[0].state == JobState.CANCELED
    assert queue.job().state in (State.BLOCKED, State.QUEUED)


REFUSED: list[tuple[int, int, str]] = [
    (Operation.CREATE_JOB, Status.NOT_ACCEPTING, "away"),
    (Operation.CREATE_JOB, Status.BUSY, "busy"),
    (Operation.CREATE_JOB, Status.NOT_FOUND, "account"),
    (Operation.CREATE_JOB, Status.FORBIDDEN, "account"),
    (Operation.SEND_DOCUMENT, Status.FORMAT_NOT_SUPPORTED, "refused"),
    (Operation.SEND_DOCUMENT, Status.TOO_LARGE, "refused"),
]


@pytest.mark.parametrize(("operation", "status", "word"), REFUSED)
async def test_a_no_is_no_paper(queue: Queue, operation: int, status: int, word: str) -> None:
    queue.queue.refuse = {operation: status}
    queue.order()
    task = await run(queue)
    async with asyncio.timeout(10):
        while queue.job().state is not State.BLOCKED:  # noqa: ASYNC110
            await asyncio.sleep(0.005)
    assert queue.job().reason.startswith(word)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


LIGHTS: list[tuple[int, tuple[str, ...], bool, str]] = [
    (PrinterState.IDLE, ("none",), True, ""),
    (PrinterState.PROCESSING, ("media-low-warning",), True, ""),
    (PrinterState.STOPPED, ("paused",), True, "error"),
    (PrinterState.STOPPED, ("media-empty-error", "paused"), True, "paper"),
    (PrinterState.IDLE, ("offline-report",), True, "away"),
    (PrinterState.IDLE, ("cover-open-report",), True, "error"),
    (PrinterState.IDLE, ("none",), False, "error"),
]


@pytest.mark.parametrize(("state", "reasons", "accepting", "trouble"), LIGHTS)
async def test_the_board_has_the_queues_word(
    queue: Queue, state: int, reasons: tuple[str, ...], accepting: bool, trouble: str
) -> None:
    queue.queue.state, queue.queue.reasons, queue.queue.accepting = state, reasons, accepting
    assert await queue.runner._look() == trouble
    assert queue.light.trouble == trouble


@pytest.mark.parametrize("answers", ["junk", "http 404", "http 500"])
async def test_what_is_no_ipp_is_no_queue(queue: Queue, answers: str) -> None:
    queue.queue.answers = answers
    assert await queue.runner._look() == "away: service"
    assert queue.light.link == "down"


async def test_a_queue_that_takes_no_bytes(queue: Queue) -> None:
    queue.queue.formats = ("application/pdf",)
    queue.order()
    task = await run(queue)
    async with asyncio.timeout(10):
        while queue.job().state is not State.BLOCKED:  # noqa: ASYNC110
            await asyncio.sleep(0.005)
    assert queue.job().reason == "account: no raw bytes"
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_only_queues_have_such_a_runner(queue: Queue) -> None:
    make = runner_of(ask)
    handover = Handover(queue.shop.desk)
    assert make(queue.shop.desk, handover, Printer("a", "escpos+tcp://127.0.0.1:9100")) is None
    made = make(queue.shop.desk, handover, Printer("a", "escpos+ipps://cups.example/printers/x"))
    assert isinstance(made, QueueRunner)


@pytest.mark.slow
async def test_a_raw_queue_of_cups(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    async with cups(tmp_path_factory.mktemp("cups")) as real:
        if real is None:
            pytest.skip("no cupsd here, or not as root (Debian: cups-daemon, cups-client)")
        paper = bytearray()
        printer_end = await asyncio.start_server(partial(_print, paper), "127.0.0.1", 0)
        device = f"socket://127.0.0.1:{printer_end.sockets[0].getsockname()[1]}"
        assert LPADMIN is not None
        done = await real.run(LPADMIN, "-p", "raw", "-E", "-v", device, "-m", "raw")
        assert done[0] == 0, done
        address = f"escpos+ipp://127.0.0.1:{real.port}/printers/raw"
        async with house(tmp_path, address=address) as shop:
            printer = shop.db.read_now(printers.printer, SHOP, "counter")
            assert isinstance(printer, Printer)
            runner = runner_of(ask)(shop.desk, Handover(shop.desk), printer)
            assert isinstance(runner, QueueRunner)
            given = order_raw("sale 1", "counter", DATA, "default")
            assert isinstance(given, Order)
            shop.db.write_now(spool.accept, SHOP, given, shop.desk.now_ms)
            async with asyncio.timeout(30):
                assert await runner.turn()
            assert shop.jobs()[0].state is State.SENT
            assert bytes(paper) == DATA
        printer_end.close()


async def _print(paper: bytearray, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    paper += await reader.read()
    writer.close()


async def test_the_crew_of_services_takes_queues_along(queue: Queue, tmp_path: Path) -> None:
    crew = Crew(queue.shop.desk, {}, ask, tmp_path, more=runner_of(ask))
    running = asyncio.create_task(crew.run())
    queue.order()
    await until(queue, JobState.PENDING)
    queue.queue.print(1)
    async with asyncio.timeout(10):
        while queue.job().state is not State.SENT:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
