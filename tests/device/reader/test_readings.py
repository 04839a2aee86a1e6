from __future__ import annotations

from kvit.device.reader.model import Identity, Kind, Scan
from kvit.device.reader.readings import KEPT_MAX, KEPT_S, ReaderLight, Readings
from kvit.refusal import Refusal


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def made() -> tuple[Readings, Clock]:
    clock = Clock()
    return Readings(clock, clock), clock


def test_an_identity_is_told_once() -> None:
    readings, clock = made()
    identity = Identity(Kind.QR, "ABC", "qr", "counter", 1_000_000)
    assert readings.scanned("counter", Scan("]Q1ABC")) == identity
    assert readings.scanned("counter", Scan("]Q1ABC")) is None
    clock.now += 2
    assert readings.scanned("counter", Scan("]Q1ABC")) is not None
    assert [reading.number for reading in readings.since(0)] == [1, 2]
    light = readings.light("counter")
    assert (light.read, light.repeated, light.refused, light.seen_ms) == (2, 1, 0, 1_002_000)


def test_a_refusal_is_told_and_counted() -> None:
    readings, _ = made()
    assert readings.scanned("counter", Scan("")) is None
    assert readings.scanned("cards", Refusal("device.reading_card", {})) is None
    assert [reading.refusal.code for reading in readings.since(0) if reading.refusal] == [
        "device.reading_empty", "device.reading_card",
    ]  # fmt: skip
    assert readings.light("cards").refused == 1


def test_what_was_read_is_forgotten() -> None:
    readings, clock = made()
    readings.scanned("counter", Scan("ABC"))
    clock.now += KEPT_S / 2
    readings.scanned("counter", Scan("DEF"))
    assert [reading.number for reading in readings.since(0)] == [1, 2]
    assert [reading.number for reading in readings.since(1)] == [2]
    clock.now += KEPT_S / 2
    assert [reading.number for reading in readings.since(0)] == [2]
    clock.now += KEPT_S
    assert readings.since(0) == []
    assert readings.last_number == 2


def test_only_so_many_are_kept() -> None:
    readings, _ = made()
    for number in range(1000):
        readings.scanned("counter", Scan(f"{number}"))
    assert len(readings.since(0)) == KEPT_MAX
    assert readings.last_number == 1000


async def test_who_listens_is_told_the_number_and_not_the_code() -> None:
    readings, _ = made()
    with readings.listen() as heard:
        readings.scanned("counter", Scan("SECRET"))
        assert await anext(heard) == "1"
        readings.change("counter", "nfc://", "down")
        assert await anext(heard) == ""
        readings.scanned("counter", Scan("SECOND"))
        readings.close()
        assert [key async for key in heard] == ["2"]


def test_lights() -> None:
    readings, _ = made()
    readings.change("b", "nfc://", "down", Refusal("device.reader_absent", {"reader": "nfc://"}))
    readings.change("a", "pty://x", "up")
    readings.scanned("a", Scan("1"))
    assert [light.reader for light in readings.lights()] == ["a", "b"]
    assert readings.light("a").link == "up"
    assert readings.light("none") == ReaderLight("none", "")
