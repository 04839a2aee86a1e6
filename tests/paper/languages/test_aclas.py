"""Aclas in ESC/POS mode: the odd drawer, the cuts, large letters, and its player."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from kvit.escpos import Parser
from kvit.escpos.profiles import Profile, load
from kvit.paper.builder import Builder, span
from kvit.paper.languages.registry import compose, play, write
from tests.paper.languages.test_escpos_write import ALL_SCRIPTS, seen

ACLAS = load("aclas")
PAIRS = msgspec.structs.replace(
    ACLAS, multibyte=msgspec.structs.replace(ACLAS.multibyte, system="gb18030", power_on=False)
)


def made(document: Builder, profile: Profile = ACLAS) -> bytes:
    return write(compose(document.document(), profile), profile)


def test_the_drawer_is_not_opened_by_epsons_command() -> None:
    data = made(Builder().pulse())
    assert b"\x1bq\x00\x3c\xff\x1bC\x00\x00\x00" in data
    assert b"\x1bp" not in data
    assert [each.kind for each in play(data, ACLAS).events if each.kind != "reset"] == ["pulse"]


@pytest.mark.parametrize(("full", "cut"), [(True, b"\x1dV\x00"), (False, b"\x1dV\x01")])
def test_cuts(full: bool, cut: bytes) -> None:
    assert made(Builder().text("a").cut(full=full)).endswith(cut)


SIZES = [
    (1, 2, b"\x1b!\x10\x1c!\x08"), (2, 1, b"\x1b!\x20\x1c!\x04"), (2, 2, b"\x1b!\x30\x1c!\x0c"), (3, 3, b"\x1d!\x22"),
]  # fmt: skip


@pytest.mark.parametrize(("width", "height", "order"), SIZES)
def test_large_letters_of_both_kinds(width: int, height: int, order: bytes) -> None:
    data = made(Builder().text(span("大A", width=width, height=height)), PAIRS)
    assert order in data
    assert (b"\x1d!" in data) == (max(width, height) > 2)
    assert b"\x1c!" not in made(Builder().text(span("A", width=width, height=height)))


def test_looks_outlive_a_size() -> None:
    document = Builder().text(
        span("a", bold=True, underline=2), span("大", bold=True, underline=2, width=2), span("b", font="B", bold=True)
    )
    sheet = compose(document.document(), PAIRS)
    assert seen(play(write(sheet, PAIRS), PAIRS))["letters"] == seen(sheet)["letters"]


@pytest.mark.parametrize("profile", [ACLAS, PAIRS], ids=["open", "pairs"])
def test_a_receipt_plays_to_its_sheet(profile: Profile) -> None:
    sheet = compose(ALL_SCRIPTS, profile)
    back = play(write(sheet, profile), profile)
    assert plain(seen(back)) == plain(seen(sheet))


def plain(look: dict[str, Any]) -> dict[str, Any]:
    """What is seen but for the drawer's times, which this printer's command does not say."""
    events = [(kind, y, {} if kind == "pulse" else values) for kind, y, values in look["events"]]
    return look | {"events": events}


def test_nothing_is_left_unread() -> None:
    names = {each.name for each in Parser(PAIRS).feed(made(Builder().text(span("大", width=2)).pulse().cut(), PAIRS))}
    assert "unknown" not in names
