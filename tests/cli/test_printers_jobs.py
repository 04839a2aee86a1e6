"""``kvit printers`` and ``kvit jobs`` against the shop's own verbs; only the socket between them is left out."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kvit.app import control
from kvit.app.delivery_verbs import DeliveryVerbs
from kvit.device.spool import service as spool
from kvit.device.spool.model import State
from kvit.device.spool.store import Filter
from tests.cli.running import good, refused
from tests.receipt.printouts import SHOP
from tests.web.house import House, open_house
from tests.web.printing import job, printed, printing, unknown


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    with open_house(tmp_path) as house:
        printing(house)
        verbs = DeliveryVerbs(house.context).verbs()

        def ask(folder: Path, verb: str, **values: object) -> dict[str, Any]:
            told = json.loads(json.dumps({"verb": verb, **values}))  # as the socket carries it
            answer: dict[str, Any] = json.loads(json.dumps(asyncio.run(_run(verbs[verb], told))))
            return answer

        monkeypatch.setattr(control, "ask", ask)
        yield house


async def _run(verb: control.Verb, told: dict[str, Any]) -> dict[str, Any]:
    return await verb(told)


def states(house: House) -> list[State]:
    return [one.state for one in house.db.read_now(spool.search, SHOP, Filter())]


def test_printers_in_a_table_and_for_machines(shop: House) -> None:
    printed(shop, "1740")
    said = good("printers").decode()
    assert "front" in said
    assert "1740: Printed" in said
    assert good("printers", "list", LC_ALL="ko_KR.UTF-8", KVIT_LANG="ko").decode().count("응답 없음") == 2
    rows = json.loads(good("printers", "list", "--json"))
    assert [row["name"] for row in rows] == ["bar", "front"]


def test_adding_removing_holding(shop: House) -> None:
    assert b"done" in good("printers", "add", "kitchen", "sprt80+tcp://10.0.0.7")
    assert "already" in refused("printers", "add", "kitchen", "sprt80+tcp://10.0.0.7")
    assert "kvit.toml only" in refused("printers", "add", "evil", "escpos+file:///etc/x")
    url = good("printers", "add", "pizza", "starprnt+cloudprnt://").decode().splitlines()[0]
    assert url.startswith("http://10.0.0.2:7004/cloudprnt/")
    assert good("printers", "token", "pizza").decode().splitlines()[0] != url
    assert "token" not in good("printers", "list").decode()
    good("printers", "hold", "kitchen")
    assert b"Stopped by staff" in good("printers")
    good("printers", "release", "kitchen")
    good("printers", "remove", "kitchen")
    assert "kitchen" in refused("printers", "remove", "kitchen")
    assert "kvit.toml" in refused("printers", "remove", "front")


def test_a_test_print_finding_and_examining(shop: House) -> None:
    made = json.loads(good("printers", "test", "front", "--json"))
    assert (made["kind"], made["state"]) == ("test", "queued")
    assert b"EPSON TM-T20" in good("printers", "find")
    assert b"front: It names each paper" in good("printers", "probe", "front")


def test_jobs_are_listed_shown_and_ended(shop: House) -> None:
    assert b"Nothing has been printed" in good("jobs")
    asked, waits = unknown(shop, "1743"), job(shop, "1744\x1b[2J", printer="bar")
    said = good("jobs").decode()
    assert "1743" in said
    assert "\x1b" not in said
    assert good("jobs", "list", "--state", "unknown").decode().count("\n") == 1
    assert json.loads(good("jobs", "list", "1744", "--json"))[0]["id"] == waits.id
    shown = good("jobs", "show", asked.id).decode()
    assert "No answer in time" in shown
    assert [line["event"] for line in json.loads(good("jobs", "show", asked.id, "--json"))["history"]][-1] == "time_out"
    assert "Printed person" in good("jobs", "answer", asked.id, "yes").decode()
    assert good("jobs", "reprint", asked.id, "--key", "k") == good("jobs", "reprint", asked.id, "--key", "k")
    assert "front" in good("jobs", "move", waits.id, "front").decode()
    assert "Cancelled" in good("jobs", "cancel", waits.id).decode()
    assert sorted(states(shop)) == [State.CANCELLED, State.PRINTED, State.QUEUED]
    refused("jobs", "show", "nonsense")
    refused("jobs", "answer", asked.id, "no")


def test_a_shop_that_does_not_run_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "kvit.toml").write_text('[data]\nfolder = "data"\n', "utf-8")
    config = tmp_path / "kvit.toml"
    for words in (("printers", "list", "--config", config), ("printers", "--config", config), ("jobs", "--config", config),
                  ("printers", "--config", config, "hold", "x")):  # fmt: skip
        assert "kvit up" in refused(*words)
    assert "nowhere.toml" in refused("printers", "--config", tmp_path / "nowhere.toml", "hold", "x")
