from __future__ import annotations

from kvit.relay.turns import Turns


def test_order_of_arrival() -> None:
    turns: Turns[str] = Turns(5)
    assert turns.asks("a", 100, 0) == "a"
    assert turns.asks("b", 100, 0) is None
    assert turns.asks("c", 100, 0) is None
    turns.sent(1000, 1)
    assert turns.leaves("a", 1) == "b"
    assert turns.leaves("c", 1) is None
    assert turns.leaves("b", 1) is None
    assert turns.owner is None


def test_few_bytes_wait_behind_more() -> None:
    turns: Turns[str] = Turns(5)
    turns.asks("owner", 100, 0)
    turns.asks("drip", 1, 0)
    turns.asks("receipt", 1000, 0)
    assert turns.leaves("owner", 0) == "receipt"


def test_an_idle_owner_gives_way_and_stands_behind() -> None:
    turns: Turns[str] = Turns(5)
    turns.asks("idle", 100, 0)
    assert turns.tick(60) is None
    turns.asks("b", 100, 60)
    assert turns.tick(60) == "b"
    turns.asks("idle", 100, 60)
    turns.asks("c", 100, 60)
    assert turns.leaves("b", 60) == "c"
    assert turns.leaves("c", 60) == "idle"


def test_a_drip_loses_its_turn_a_slow_till_does_not() -> None:
    turns: Turns[str] = Turns(5)
    turns.asks("drip", 1, 0)
    turns.asks("b", 100, 0)
    for second in range(1, 5):
        turns.sent(1, second)
        assert turns.tick(second) is None
    turns.sent(1, 5)
    assert turns.tick(5) == "b"
    turns.asks("c", 100, 5)
    for second in range(6, 20):
        turns.sent(100, second)
        assert turns.tick(second) is None
