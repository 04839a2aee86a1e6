"""Whose receipt is it? Dialogues: a second and what happened, and what must come of it."""

from __future__ import annotations

import pytest

from kvit.access.customers.model import Known, Wish
from kvit.counter.presence import Person, Place, line_of
from kvit.counter.settings import RoutingSettings


class Till:
    """A place whose clock is moved by hand; words stand for what happens."""

    def __init__(self, **rules: float) -> None:
        self.place = Place(RoutingSettings(**rules))  # type: ignore[arg-type]
        self.now_ms = 0
        self.got: dict[str, str] = {}

    def do(self, at_s: float, word: str, *names: str) -> None:
        self.now_ms = int(at_s * 1000)
        getattr(self, word)(*names)

    def scan(self, name: str) -> None:
        mine = self.place.seen(Person(Known(name, Wish.UNSAID, "code"), self.now_ms), self.now_ms)
        if mine:
            self.place.claimed(mine)
            self.got[mine] = name

    def sale(self, id_: str) -> None:
        self._print(id_, sale=True)

    def slip(self, id_: str) -> None:
        """A card slip or a kitchen ticket."""
        self._print(id_, sale=False)

    def _print(self, id_: str, *, sale: bool) -> None:
        person, key = self.place.printed(sale=sale, now_ms=self.now_ms)
        if key is not Wish.UNSAID:
            self.got[id_] = f"key {key}"
        elif person is not None:
            self.got[id_] = person.known.customer
        elif sale:
            self.place.waits(id_)

    def out(self, id_: str) -> None:
        self.place.came_out(id_, self.now_ms)

    def key(self, wish: str) -> None:
        self.place.press(Wish(wish), self.now_ms)


DIALOGUES = [
    ("before", [(0, "scan", "ann"), (5, "sale", "1")], {"1": "ann"}),
    ("too long before", [(0, "scan", "ann"), (121, "sale", "1")], {}),
    ("the next sale is somebody else's", [(0, "scan", "ann"), (5, "sale", "1"), (6, "sale", "2")], {"1": "ann"}),
    ("during", [(0, "sale", "1"), (3, "scan", "ann")], {"1": "ann"}),
    ("during, and used up", [(0, "sale", "1"), (3, "scan", "ann"), (9, "sale", "2")], {"1": "ann"}),
    ("two wait: who paid last is here", [(0, "sale", "1"), (2, "sale", "2"), (3, "scan", "bob")], {"2": "bob"}),
    ("two wait, two come", [(0, "sale", "1"), (2, "sale", "2"), (3, "scan", "b"), (4, "scan", "a")], {"2": "b", "1": "a"}),
    ("after", [(0, "sale", "1"), (8, "out", "1"), (15, "scan", "ann")], {"1": "ann"}),
    ("too long after", [(0, "sale", "1"), (8, "out", "1"), (30, "scan", "ann"), (40, "sale", "2")], {"2": "ann"}),
    ("after, only once", [(0, "sale", "1"), (8, "out", "1"), (9, "scan", "a"), (10, "scan", "b"), (12, "sale", "2")],
     {"1": "a", "2": "b"}),
    ("what comes next ends it", [(0, "sale", "1"), (8, "out", "1"), (9, "slip", "k"), (10, "scan", "a")], {}),
    ("kitchen ticket on the way", [(0, "scan", "ann"), (2, "slip", "k"), (5, "sale", "1")], {"k": "ann", "1": "ann"}),
    ("card slip behind", [(0, "scan", "ann"), (5, "sale", "1"), (7, "slip", "c")], {"1": "ann", "c": "ann"}),
    ("card slip of a stranger", [(0, "scan", "a"), (1, "sale", "1"), (7, "sale", "2"), (8, "slip", "c")], {"1": "a"}),
    ("the last scan counts", [(0, "scan", "ann"), (2, "scan", "bob"), (5, "sale", "1")], {"1": "bob"}),
    ("a key ahead", [(0, "key", "paper"), (5, "slip", "k"), (6, "sale", "1"), (7, "sale", "2")], {"1": "key paper"}),
    ("a key taken back", [(0, "key", "paper"), (1, "key", "unsaid"), (6, "sale", "1")], {}),
    ("a key too long ahead", [(0, "key", "paper"), (121, "sale", "1")], {}),
]  # fmt: skip


@pytest.mark.parametrize(("happens", "got"), [case[1:] for case in DIALOGUES], ids=[case[0] for case in DIALOGUES])
def test_dialogue(happens: list[tuple[float, str, str]], got: dict[str, str]) -> None:
    till = Till()
    for at_s, word, name in happens:
        till.do(at_s, word, name)
    assert till.got == got


def test_who_leaves_gets_nothing() -> None:
    till = Till()
    till.do(0, "scan", "ann")
    till.place.leave()
    till.do(1, "sale", "1")
    assert till.got == {}


@pytest.mark.parametrize(
    ("reader", "named", "lines", "line"),
    [
        ("r", {}, ["till-1"], "till-1"),
        ("r", {"r": "till-2"}, ["till-1", "till-2"], "till-2"),
        ("r", {"r": ""}, ["till-1"], "till-1"),
        ("r", {}, ["till-1", "till-2"], ""),
        ("r", {}, [], ""),
        ("r", {"r": "gone"}, ["till-1"], ""),
        ("printer", {"r": "till-2"}, ["till-1", "till-2"], ""),
    ],
)
def test_which_line_a_reader_belongs_to(reader: str, named: dict[str, str], lines: list[str], line: str) -> None:
    assert line_of(reader, named, lines) == line
