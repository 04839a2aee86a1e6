"""Which lines the shop follows: begun, begun anew, left."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import cast

import pytest

from kvit.app import following
from kvit.app.following import Following
from kvit.app.intake import Intake, NotYet
from kvit.relay import follow
from kvit.relay.settings import LineSettings


class Captures:
    """Stands where `kvit.relay.follow` is, and notes who is followed."""

    def __init__(self) -> None:
        self.followed: list[tuple[str, object]] = []
        self.left: list[str] = []
        self.fails = 0
        self.folders: list[Path] = []

    class Wake:
        def __init__(self, run: Path) -> None:
            assert run.is_dir()

        def close(self) -> None:
            """Nothing to close."""

    async def follow(self, folder: Path, line: str, handle: object, *, profile: str, **more: object) -> None:
        self.folders.append(folder)
        if self.fails:
            self.fails -= 1
            raise OSError("the disk is in trouble")
        self.followed.append((line, profile))
        try:
            await asyncio.Event().wait()
        finally:
            self.left.append(line)


def line(name: str, profile: str = "") -> LineSettings:
    return LineSettings(name, "tcp://127.0.0.1:0", "tcp://127.0.0.1:9101", profile)


@pytest.fixture
def captures(monkeypatch: pytest.MonkeyPatch) -> Captures:
    made = Captures()
    monkeypatch.setattr(following, "captures", made)
    monkeypatch.setattr(following, "FOLLOW_AGAIN_S", 0)
    return made


def follower(folder: Path, logged: list[str]) -> Following:
    return Following(folder, cast(Intake, object()), lambda event, values: logged.append(event))


async def until(followed: int, captures: Captures) -> None:
    while len(captures.followed) < followed:  # noqa: ASYNC110 - the loop's own turns are what is awaited
        await asyncio.sleep(0)


async def test_a_reload_begins_new_lines_and_leaves_missing_ones(tmp_path: Path, captures: Captures) -> None:
    lines = follower(tmp_path, [])
    await lines.set_lines([line("a"), line("b")])
    await until(2, captures)
    await lines.set_lines([line("b", "TM-T88V"), line("c")])
    await until(4, captures)
    assert captures.followed == [("a", "unknown"), ("b", "unknown"), ("b", "TM-T88V"), ("c", "unknown")]
    assert captures.left == ["a", "b"]
    await lines.set_lines([line("b", "TM-T88V"), line("c")])
    await lines.close()
    assert all(folder.is_dir() for folder in captures.folders)
    assert sorted(captures.left) == ["a", "b", "b", "c"]
    assert len(captures.followed) == 4


@pytest.mark.parametrize(
    ("problem", "events"),
    [
        (NotYet("a"), []),
        (OSError("disk full"), ["receipt.not_stored"]),
        (follow.StrayPosition(10, 5), ["line.read_anew"]),
        (follow.UnsavedPosition("disk full"), ["line.position_not_saved"]),
    ],
    ids=repr,
)
async def test_each_problem_has_its_own_word_in_the_log(tmp_path: Path, problem: Exception, events: list[str]) -> None:
    logged = list[str]()
    follower(tmp_path, logged)._problem("a", problem)
    assert logged == events


async def test_a_line_that_can_not_be_followed_now_is_tried_again(tmp_path: Path, captures: Captures) -> None:
    captures.fails, logged = 2, list[str]()
    lines = follower(tmp_path, logged)
    await lines.set_lines([line("a")])
    await until(1, captures)
    assert logged == ["line.not_followed"] * 2
    await lines.close()
