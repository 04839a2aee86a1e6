"""Service x fault: how each job ends, how many papers there are, how often it was handed over."""

from __future__ import annotations

import functools
from pathlib import Path

import pytest

from kvit.device.adapters.clouds import Account
from kvit.device.cloud.handover import Handover
from kvit.device.cloud.push.emulators.server import Fault
from kvit.device.cloud.push.emulators.yilianyun import Yilianyun
from kvit.device.cloud.push.runner import Runner
from kvit.device.cloud.push.services import SERVICES
from kvit.device.spool import service as spool
from kvit.device.spool.model import Event, Evidence, Kind, State
from kvit.net import Ask, Failed, Limits, Reply, ask
from tests.device.cloud.push.cloud_shop import PATIENCE_S, SHOP, cloud_shop

CLOUDS = ("feie", "yilianyun", "xpyun", "365wifi", "sunmi")
PRINTED, UNKNOWN = State.PRINTED, State.UNKNOWN

FAULTS: dict[str, dict[str, tuple[State, int, int]]] = {
    # fault: by service the job's end, papers, times handed over
    "none": dict.fromkeys(CLOUDS, (PRINTED, 1, 1)),
    "hangup": {
        "feie": (UNKNOWN, 0, 1), "yilianyun": (UNKNOWN, 0, 1), "xpyun": (PRINTED, 1, 2), "365wifi": (UNKNOWN, 0, 1),
        "sunmi": (PRINTED, 1, 2),
    },
    "forget": {
        "feie": (UNKNOWN, 1, 1), "yilianyun": (PRINTED, 1, 1), "xpyun": (UNKNOWN, 1, 2), "365wifi": (UNKNOWN, 1, 1),
        "sunmi": (PRINTED, 1, 1),
    },
    "page": {
        "feie": (UNKNOWN, 0, 1), "yilianyun": (UNKNOWN, 0, 1), "xpyun": (PRINTED, 1, 2), "365wifi": (UNKNOWN, 0, 1),
        "sunmi": (PRINTED, 1, 2),
    },
    "429": dict.fromkeys(CLOUDS, (PRINTED, 1, 2)),
    "302": dict.fromkeys(CLOUDS, (PRINTED, 1, 2)),
}  # fmt: skip
for alike in ("cut", "500", "garbage"):
    FAULTS[alike] = FAULTS["forget"]


@pytest.mark.parametrize("kind", CLOUDS)
@pytest.mark.parametrize("fault", FAULTS)
async def test_each_fault_of_a_submission(kind: str, fault: str, tmp_path: Path) -> None:
    async with cloud_shop(kind, tmp_path) as shop:
        if fault != "none":
            shop.cloud.faults.append(Fault(fault))
        (job,) = shop.accept()
        await shop.turns()
        assert (shop.state(job.id), len(shop.paper), shop.handed) == FAULTS[fault][kind]
        if shop.state(job.id) is PRINTED:
            assert shop.job(job.id).evidence is Evidence.B


async def test_an_answer_that_never_comes_is_given_up(tmp_path: Path) -> None:
    async with cloud_shop("sunmi", tmp_path) as shop:
        shop.client._ask = functools.partial(ask, limits=Limits(silence_s=0.2))
        shop.cloud.faults.append(Fault.SILENT)
        (job,) = shop.accept()
        await shop.turns()
        assert len(shop.paper) <= 1
        assert shop.state(job.id) is not State.SENDING


@pytest.mark.parametrize("second", ["429", "302", "page", "forget", "500"])
async def test_a_no_to_the_second_asking_says_nothing_of_the_first(second: str, tmp_path: Path) -> None:
    async with cloud_shop("xpyun", tmp_path) as shop:
        shop.cloud.faults += [Fault.FORGET, Fault(second), Fault(second)]
        (job,) = shop.accept()
        await shop.turns()
        assert (shop.state(job.id), len(shop.paper)) == (UNKNOWN, 1)


async def test_off_line_at_the_second_asking_says_nothing_of_the_first(tmp_path: Path) -> None:
    async with cloud_shop("xpyun", tmp_path) as shop:
        shop.cloud.faults += [Fault.FORGET]
        real = shop.client._ask

        async def asking(wanted: Ask) -> Reply | Failed:
            reply = await real(wanted)
            if b"content" in wanted.body:
                shop.cloud.machine.orders[0].key = "forgotten"  # so that it is the printer's state that answers
                shop.cloud.machine.online = False
            return reply

        shop.client._ask = asking
        (job,) = shop.accept()
        await shop.turns(1)
        assert shop.state(job.id) is UNKNOWN
        assert shop.cloud.machine.taken == 1


@pytest.mark.parametrize("kind", CLOUDS)
async def test_one_that_is_off_line_gets_nothing_until_it_is_back(kind: str, tmp_path: Path) -> None:
    async with cloud_shop(kind, tmp_path) as shop:
        shop.cloud.tell("offline")
        shop.later(45, "online")
        seen: list[tuple[State, str]] = []
        shop.acts.append((15, lambda: seen.append((shop.state(job.id), shop.job(job.id).reason))))
        (job,) = shop.accept()
        await shop.turns()
        assert seen == [(State.BLOCKED, "away")]
        assert (shop.state(job.id), shop.handed) == (PRINTED, 1)
        assert shop.board.light("kitchen").link == "up"


@pytest.mark.parametrize(
    ("kind", "trouble"), [("feie", "error"), ("xpyun", "error"), ("yilianyun", "paper"), ("365wifi", "paper")]
)
async def test_one_out_of_paper_gets_nothing(kind: str, trouble: str, tmp_path: Path) -> None:
    async with cloud_shop(kind, tmp_path) as shop:
        shop.cloud.tell("paper out")
        shop.later(45, "paper in")
        seen: list[tuple[str, str]] = []
        shop.acts.append((15, lambda: seen.append((shop.job(job.id).reason, shop.board.light("kitchen").trouble))))
        (job,) = shop.accept()
        await shop.turns()
        assert seen == [(trouble, trouble)]
        assert (shop.state(job.id), shop.handed) == (PRINTED, 1)


PAPER, OTHER = [Event.PAPER_END, Event.BACK_AGAIN], [Event.STOPPED, Event.BACK_AGAIN]
STOPPED = [
    # what happens while it waits, by service the events the history tells; Sunmi does not tell of paper
    ("feie", "paper out", OTHER), ("yilianyun", "paper out", PAPER), ("xpyun", "paper out", OTHER),
    ("365wifi", "paper out", PAPER), ("sunmi", "paper out", []), *((kind, "offline", OTHER) for kind in CLOUDS),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "word", "told"), STOPPED)
async def test_one_that_stops_behind_the_answer_is_waited_for(
    kind: str, word: str, told: list[Event], tmp_path: Path
) -> None:
    async with cloud_shop(kind, tmp_path) as shop:
        shop.cloud.tell("stuck")
        shop.later(1, word)
        shop.later(40, "paper in", "online", "moving")
        (job,) = shop.accept()
        await shop.turns()
        assert (shop.state(job.id), shop.handed, len(shop.paper)) == (PRINTED, 1, 1)
        middle = [
            line.event
            for line in shop.history(job.id)
            if line.event in (Event.STOPPED, Event.PAPER_END, Event.BACK_AGAIN)
        ]
        assert middle == told or middle == told[:1]  # it may print before it is seen to be well


@pytest.mark.parametrize("kind", CLOUDS)
async def test_a_queue_that_stands_still_ends_in_a_question_and_late_truth_is_heard(kind: str, tmp_path: Path) -> None:
    async with cloud_shop(kind, tmp_path) as shop:
        shop.cloud.tell("stuck")
        (job,) = shop.accept(kind=Kind.KITCHEN)
        await shop.turns(1)
        assert shop.now_s >= PATIENCE_S
        if kind == "yilianyun":  # it can take an order back, and says so
            assert shop.cloud.machine.orders[0].gone
            assert shop.state(job.id) in (State.QUEUED, State.BLOCKED)
            return
        assert shop.state(job.id) is UNKNOWN
        shop.cloud.tell("moving")
        await shop.runner._hear_late()
        assert shop.state(job.id) is PRINTED
        assert (len(shop.paper), shop.handed) == (1, 1)


@pytest.mark.parametrize("kind", CLOUDS)
async def test_what_was_under_way_when_the_program_ended_is_asked_for(kind: str, tmp_path: Path) -> None:
    async with cloud_shop(kind, tmp_path) as shop:
        shop.cloud.tell("stuck")
        (job,) = shop.accept()
        shop.acts.append((5, _killed))
        with pytest.raises(KilledError):
            await shop.runner.turn()
        shop.db.write_now(spool.restart, SHOP, shop.now_ms)
        assert shop.state(job.id) is UNKNOWN
        shop.cloud.tell("moving")
        fresh = Runner(shop.desk, Handover(shop.desk), shop.printer, shop.client, shop.pause)
        await fresh.recall()
        assert (shop.state(job.id), shop.handed, len(shop.paper)) == (PRINTED, 1, 1)


@pytest.mark.parametrize("kind", ["sunmi", "yilianyun"])
async def test_what_was_handed_over_and_not_noted_is_found_by_our_key(kind: str, tmp_path: Path) -> None:
    async with cloud_shop(kind, tmp_path) as shop:
        (job,) = shop.accept()
        shop.runner._taken = _killed_later  # type: ignore[method-assign, assignment]
        with pytest.raises(KilledError):
            await shop.runner.turn()
        shop.db.write_now(spool.restart, SHOP, shop.now_ms)
        fresh = Runner(shop.desk, Handover(shop.desk), shop.printer, shop.client, shop.pause)
        await fresh.recall()
        assert (shop.state(job.id), shop.handed) == (PRINTED, 1)


class KilledError(BaseException):
    """The program ends here."""


def _killed() -> None:
    raise KilledError


async def _killed_later(*_: object) -> None:
    raise KilledError


@pytest.mark.parametrize("kind", CLOUDS)
async def test_what_is_late_is_given_up_and_not_said_to_be_printed(kind: str, tmp_path: Path) -> None:
    async with cloud_shop(kind, tmp_path) as shop:
        shop.cloud.tell("stuck")
        shop.later(1, "offline")
        (job,) = shop.accept(kind=Kind.KITCHEN)
        await shop.turns(1)
        assert shop.now_s >= 600
        shop.db.write_now(spool.expire, SHOP, shop.now_ms)
        assert shop.state(job.id) is State.EXPIRED
        shop.cloud.tell("moving")
        shop.cloud.tell("online")
        assert len(shop.paper) == (0 if kind in ("feie", "yilianyun") else 1)  # thrown away there; taken back


@pytest.mark.parametrize("kind", CLOUDS)
async def test_a_wrong_key_holds_the_queue_until_a_person_mends_it(kind: str, tmp_path: Path) -> None:
    async with cloud_shop(kind, tmp_path, key="wrong") as shop:
        reasons: list[str] = []
        shop.acts.append((30, lambda: reasons.append(shop.job(job.id).reason)))
        shop.acts.append((31, lambda: reasons.append(shop.board.light("kitchen").trouble)))
        shop.acts.append((200, lambda: _mend(shop.client)))
        (job,) = shop.accept()
        await shop.turns()
        assert reasons
        assert reasons[0].startswith("account"), reasons
        assert (reasons[1], shop.board.light("kitchen").trouble) == ("account", "")
        assert (shop.state(job.id), len(shop.paper)) == (PRINTED, 1)


def _mend(client: object) -> None:
    client._account = Account("shop@example.com", "secret-key", device_key="secret-key")  # type: ignore[attr-defined]


async def test_a_paper_the_service_will_never_take_does_not_hold_the_queue(tmp_path: Path) -> None:
    async with cloud_shop("xpyun", tmp_path) as shop:
        first, second = shop.accept("long")[0], shop.accept("short")[0]
        shop.texts = ["x" * 20_000]
        await shop.turns()
        assert shop.state(first.id) is State.BLOCKED
        assert shop.job(first.id).reason == "refused: code 1007"
        assert shop.state(second.id) is PRINTED


async def test_an_order_somebody_took_out_of_the_queue_is_not_sent_again(tmp_path: Path) -> None:
    async with cloud_shop("sunmi", tmp_path) as shop:
        shop.cloud.tell("stuck")
        shop.later(10, "clear", "moving")
        (job,) = shop.accept()
        await shop.turns()
        assert shop.state(job.id) is State.BLOCKED
        assert shop.job(job.id).reason.startswith("refused")
        assert (shop.handed, shop.paper) == (1, [])


@pytest.mark.parametrize("kind", CLOUDS)
async def test_copies_are_papers_of_their_own(kind: str, tmp_path: Path) -> None:
    async with cloud_shop(kind, tmp_path) as shop:
        jobs = shop.accept(copies=3)
        await shop.turns()
        assert [shop.state(job.id) for job in jobs] == [PRINTED] * 3
        assert shop.paper == ["paper 1", "paper 2", "paper 3"]
        assert all(order.copies == 1 for order in shop.cloud.machine.orders)


async def test_a_printer_said_to_be_class_c_is_never_called_printed(tmp_path: Path) -> None:
    async with cloud_shop("feie", tmp_path) as shop:
        shop.runner._printer = shop.runner._printer.__class__("kitchen", shop.printer.address, able=Evidence.C)
        (job,) = shop.accept()
        await shop.turns()
        assert shop.state(job.id) is State.SENT


@pytest.mark.parametrize(
    ("fault", "state", "papers"),
    [
        ("none", State.SENT, 1),
        ("forget", UNKNOWN, 1),
        ("500", UNKNOWN, 1),
        ("hangup", UNKNOWN, 0),
        ("429", State.SENT, 1),
    ],
)
async def test_a_terminal_in_the_house_is_class_c(fault: str, state: State, papers: int, tmp_path: Path) -> None:
    async with cloud_shop("wangpos", tmp_path) as shop:
        if fault != "none":
            shop.cloud.faults.append(Fault(fault))
        (job,) = shop.accept()
        await shop.turns()
        assert (shop.state(job.id), len(shop.paper)) == (state, papers)


async def test_a_held_printer_waits(tmp_path: Path) -> None:
    async with cloud_shop("feie", tmp_path) as shop:
        (job,) = shop.accept()
        shop.runner._printer = shop.runner._printer.__class__("kitchen", shop.printer.address, held=True)
        await shop.turns()
        assert (shop.state(job.id), shop.handed) == (State.QUEUED, 0)


async def test_a_stale_token_is_renewed_once_and_the_paper_handed_over(tmp_path: Path) -> None:
    async with cloud_shop("yilianyun", tmp_path) as shop:
        maker = shop.cloud._maker
        assert isinstance(maker, Yilianyun)
        first = shop.accept("a")[0]
        await shop.turns()
        maker.expire()
        second = shop.accept("b")[0]
        await shop.turns()
        assert [shop.state(each.id) for each in (first, second)] == [PRINTED] * 2
        assert maker.fetches == 3  # one at the start, one that made it stale, one more
        assert len(shop.paper) == 2


async def test_the_service_away_is_not_the_printer_away(tmp_path: Path) -> None:
    async with cloud_shop("feie", tmp_path) as shop:
        await shop.cloud.close()
        (job,) = shop.accept(kind=Kind.KITCHEN)
        reasons: list[str] = []
        shop.acts.append((15, lambda: reasons.append(shop.job(job.id).reason)))
        await shop.turns(1)
        assert reasons == ["away: service"]
        assert shop.state(job.id) is State.EXPIRED


def test_every_service_says_which_class_it_gives() -> None:
    assert {name for name, service in SERVICES.items() if service.about is None} == {"wangpos"}
