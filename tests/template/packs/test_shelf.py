"""The shelf: which pack runs, what a failure does, and that all of it is still so after a restart."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest

from kvit.refusal import Refusal
from kvit.template.packs.archive import Pack
from kvit.template.packs.choice import FAILURES_MAX, WINDOW_S, Candidate, Origin, Wishes, choose, failed
from kvit.template.packs.shelf import Running, Shelf
from kvit.template.packs.signing import KEYS, Trust, public_of, sign
from tests.template.packs.made import MAKER, NOW_S, OTHER, TRUST, pack, sealed

BUNDLED, DELIVERED = Origin.BUNDLED, Origin.DELIVERED


def candidate(version: str, origin: Origin = DELIVERED, **values: Any) -> Candidate:
    made = pack(version, **values)
    return Candidate(made.manifest, made.sha256, origin)


OLD, NEW, NEWER = candidate("1.9.0", BUNDLED), candidate("1.10.0"), candidate("2.0.0", BUNDLED)
FOREIGN = candidate("3.0.0", api_min=2, api_max=2)


@pytest.mark.parametrize(
    ("candidates", "wishes", "version"),
    [
        ([OLD], Wishes(), "1.9.0"),
        ([OLD, NEW], Wishes(), "1.10.0"),
        ([NEW, NEWER], Wishes(), "2.0.0"),  # a delivered one does not shadow a newer bundled one
        ([OLD, NEW, FOREIGN], Wishes(), "1.10.0"),
        ([OLD, NEW], Wishes(pin="1.9.0"), "1.9.0"),
        ([OLD, NEW], Wishes(pin="7.7.7"), "1.10.0"),
        ([OLD, NEW], Wishes(blocked=(NEW.sha256,)), "1.9.0"),
        ([OLD, NEW], Wishes(pin="1.10.0", blocked=(NEW.sha256,)), "1.9.0"),
        ([], Wishes(), ""),
        ([FOREIGN], Wishes(), ""),
        ([OLD], Wishes(blocked=(OLD.sha256,)), ""),
    ],
)
def test_which_one_runs(candidates: list[Candidate], wishes: Wishes, version: str) -> None:
    chosen = choose("base", candidates, wishes)
    if not version:
        assert chosen == Refusal("template.pack_none", {"name": "base", "candidates": len(candidates)})
    else:
        assert isinstance(chosen, Candidate)
        assert chosen.manifest.version == version


def test_three_failures_within_ten_minutes() -> None:
    wishes = Wishes()
    for at in (0, WINDOW_S, WINDOW_S + 1):
        wishes = failed(wishes, "a", NOW_S + at)
        assert wishes.blocked == ()
    assert failed(wishes, "a", NOW_S + WINDOW_S + 2).blocked == ("a",)


class House:
    """A shelf that can be closed and opened again."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.now = float(NOW_S)
        self.problem = ""
        self.trust = TRUST
        self.bundled: list[Pack] = [pack("1.0.0")]
        self.open()

    def open(self) -> Shelf:
        self.shelf = Shelf(self.folder, self.trust, self.bundled, lambda pack: self.problem, lambda: self.now)
        return self.shelf

    @property
    def version(self) -> str:
        running = self.shelf.running("base")
        return running.version if isinstance(running, Running) else ""

    def take(self, version: str, **values: Any) -> Running:
        taken = self.shelf.take(sealed(version, **values))
        assert isinstance(taken, Running), taken
        return taken


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path / "packs")


def fault(answer: Running | Refusal) -> str:
    assert isinstance(answer, Refusal)
    return str(answer.values["fault"])


def test_a_delivered_pack_runs_now_and_after_a_restart(house: House) -> None:
    house.take("1.1.0")
    assert house.version == "1.1.0"
    house.open()
    assert house.version == "1.1.0"
    house.bundled = [pack("1.2.0")]
    house.open()
    assert house.version == "1.2.0"


def test_going_back_needs_nobody(house: House) -> None:
    house.take("1.1.0")
    house.take("1.2.0")
    house.shelf.pin("base", "1.1.0")
    house.take("1.3.0")
    assert house.version == "1.1.0"
    house.open()
    assert house.version == "1.1.0"
    house.shelf.pin("base", "")
    assert house.version == "1.3.0"
    assert isinstance(house.shelf.pin("base", "9.9.9"), Refusal)
    assert house.version == "1.3.0"


def test_what_is_not_taken_in_leaves_everything_as_it_was(house: House) -> None:
    assert fault(house.shelf.take(sealed("2.0.0", expires=NOW_S))) == "expired"
    assert fault(house.shelf.take(sealed("2.0.0", not_before=NOW_S + 1))) == "early"
    assert fault(house.shelf.take(sealed("2.0.0", api_min=9, api_max=9))) == "api"
    house.problem = "golden/one.json: another total"
    assert fault(house.shelf.take(sealed("2.0.0"))) == "golden"
    house.problem = ""
    house.take("1.1.0")
    assert fault(house.shelf.take(sealed("1.1.0", files={"templates/a.json": b"other"}))) == "same"
    assert house.take("1.1.0").version == "1.1.0", "the same one twice is once"
    assert [each.manifest.version for each in house.shelf.candidates("base")] == ["1.1.0", "1.0.0"]
    assert sorted(path.suffix for path in house.folder.iterdir()) == [".kvitpack"]


def test_a_pack_already_here_outlives_its_expiry(house: House) -> None:
    house.take("1.1.0", expires=NOW_S + 10)
    house.now += 1000
    house.open()
    assert house.version == "1.1.0"


async def test_a_pack_that_fails_steps_back_by_itself_and_work_begun_keeps_it(house: House) -> None:
    begun = house.take("1.1.0")
    with house.shelf.listen() as heard:
        for _ in range(FAILURES_MAX):
            house.shelf.failed(begun)
        assert await anext(heard) == "base"
    assert house.version == "1.0.0"
    assert begun.version == "1.1.0"
    house.open()
    assert house.version == "1.0.0"
    house.shelf.pin("base", "1.1.0")
    assert house.version == "1.1.0", "a person may give it another chance"


async def test_listeners_hear_of_a_new_one_once(house: House) -> None:
    with house.shelf.listen() as heard:
        house.take("1.1.0")
        assert await anext(heard) == "base"
        house.take("1.1.0")
        house.shelf.close()
        assert [name async for name in heard] == []


def test_a_file_that_was_touched_on_disk_never_runs(house: House) -> None:
    house.take("1.1.0")
    (file,) = house.folder.glob("*.kvitpack")
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(bytes(data))
    house.open()
    assert (house.version, house.shelf.broken) == ("1.0.0", [file.name])


def test_a_damaged_note_of_wishes_is_no_reason_to_stop(house: House) -> None:
    house.take("1.1.0")
    (house.folder / "base.json").write_bytes(b"{")
    house.open()
    assert house.version == "1.1.0"


def test_a_recalled_pack_runs_no_more(house: House) -> None:
    house.shelf.block("base", house.take("1.1.0").pack.sha256)
    assert house.version == "1.0.0"


def test_a_new_list_of_keys_outlives_the_program(house: House) -> None:
    raw = msgspec.json.encode(Trust((public_of(OTHER),), 1, 2))
    assert isinstance(house.shelf.renew(raw, (sign(OTHER, raw, KEYS),)), Refusal)
    assert isinstance(house.shelf.renew(raw, (sign(MAKER, raw, KEYS),)), Trust)
    house.open()
    assert fault(house.shelf.take(sealed("1.1.0"))) == "signature"


def test_only_so_many_versions_are_kept(house: House) -> None:
    for n in range(1, 25):
        house.take(f"1.{n}.0")
    assert len(list(house.folder.glob("*.kvitpack"))) == 20
    assert house.version == "1.24.0"
