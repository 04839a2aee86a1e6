"""What a till hears in the printer's name while paper is withheld. Pure.

A till compares: it asked this very printer yesterday. So the bytes are the printer's own where they were ever heard
(`learn`, kept in a file per line), and those of an idle Epson until then. Names and numbers are repeated as recorded; a
status is the recorded one with just those bits turned that differ between an idle printer and this moment: paper out,
cover open, drawer. A question the printer was heard not to answer stays unanswered.

Known trouble is what the printer itself said last (to whichever till asked, or to the line's own questions), or that it
can not be reached. After a drawer pulse the drawer's bit turns for `DRAWER_S`, as some tills wait for "opened", then
"closed"; a printer heard to tell of its drawer itself ends that.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import msgspec

from kvit.escpos import Command, Profile
from kvit.escpos.status import StatusModel, answer, changed
from kvit.escpos.status_reader import Answer

DRAWER_S: Final = 1.5
"""How long a drawer stays open in a till's eyes."""
ASB: Final = "asb"
"""The key of the four bytes of the automatic status."""
_STATES: Final = frozenset({"DLE EOT", "GS r", "ESC u", "ESC v"})
_HEADS: Final = {"DLE EOT": b"\x10\x04", "GS r": b"\x1dr", "GS I": b"\x1dI", "ESC u": b"\x1bu", "ESC v": b"\x1bv"}
_TROUBLES: Final = frozenset(
    {"cover_open", "feeding", "paper_near_end", "paper_end", "cutter_error", "fatal_error", "passing_error"}
    | {"mechanical_error", "waiting"}
)
QUESTIONS: Final = (
    *(b"\x10\x04%c" % n for n in (1, 2, 3, 4)),
    *(b"\x1dI%c" % n for n in (1, 2, 3, 65, 66, 67, 68, 69)),
    *(b"\x1dr%c" % n for n in (1, 2)),
)
"""What the printer is asked when it is recorded. ``GS r`` last: what it answers says that all before it was taken."""


class Recorded(msgspec.Struct):
    """The printer's own answers, by the hex of the question: a file per line, JSON."""

    answers: dict[str, str] = {}
    """In hex; empty: it answers nothing."""
    recorded_ms: int = 0
    whole: bool = False
    """It was asked everything."""
    again: str = ""
    """The line above a paper that may be a repetition, in hex, laid out by the shop for this printer."""


@dataclass(slots=True)
class Asked:
    """What one till asked for that outlives the question."""

    asb: int = 0
    offline_response: bool = False


class Answers:
    """One line's printer, as its tills are to see it."""

    def __init__(self, profile: Profile, recorded: Recorded | None = None) -> None:
        if "status" in profile.unproven:
            profile = msgspec.structs.replace(profile, status="full")  # nobody knows: better an answer too many
        self.profile = profile
        self.recorded = recorded or Recorded()
        self._real = StatusModel()
        self.away = False
        """The printer can not be reached."""
        self._drawer_until_s: float | None = None
        self.news = False
        """Something was recorded that is not in the file yet."""

    @property
    def deadline_s(self) -> float | None:
        """When the drawer closes in the tills' eyes."""
        return self._drawer_until_s

    @property
    def trouble(self) -> tuple[str, ...]:
        """What the printer is known to have, by the names of `StatusModel`."""
        known = tuple(sorted(name for name in _TROUBLES if getattr(self._real, name)))
        return (*known, "away") if self.away else known

    @property
    def stopped(self) -> bool:
        """As far as is known nothing is printed now."""
        return self.away or self._real.offline

    @property
    def offline(self) -> bool:
        """The printer says that it prints nothing now."""
        return self._real.offline

    def forget(self) -> None:
        """Another printer may be there now."""
        self.recorded = Recorded(again=self.recorded.again)
        self.news = True

    def state(self, asked: Asked) -> StatusModel:
        """Give the printer in the eyes of a till."""
        flipped = self._drawer_until_s is not None
        return self._real.change(
            drawer_high=self._real.drawer_high != flipped,
            held_offline=self._real.held_offline or self.away,
            asb=asked.asb,
            offline_response=asked.offline_response,
        )

    def answer(self, command: Command, asked: Asked) -> bytes:
        """Answer a question; what it asks for beyond now is kept in ``asked``."""
        said, after = answer(command, self.state(asked), self.profile)
        asked.asb, asked.offline_response = after.asb, after.offline_response
        if command.name == "GS a" or command.raw[:4] == b"\x10\x14\x07\x01":
            return self._as_recorded(said, ASB, said and self._idle_asb())
        kept = self.recorded.answers.get(command.raw.hex())
        if kept is None:
            return said
        if command.name not in _STATES:
            return bytes.fromhex(kept)
        idle, _ = answer(command, StatusModel(), self.profile)
        return self._as_recorded(said, command.raw.hex(), idle)

    def _as_recorded(self, said: bytes, key: str, idle: bytes) -> bytes:
        """Turn in the recorded bytes those bits that differ from an idle printer's."""
        kept = self.recorded.answers.get(key)
        if kept is None or not said:
            return said
        own = bytes.fromhex(kept)
        if len(own) != len(said):
            return own if key != ASB else said
        return bytes(a ^ b ^ c for a, b, c in zip(own, said, idle, strict=True))

    def _idle_asb(self) -> bytes:
        command = Command(0, b"\x1da\xff", "GS a", lambda raw: {"n": raw[2]})
        return answer(command, StatusModel(), self.profile)[0]

    def change(self, asked: Asked, before: StatusModel) -> bytes:
        """Give what a till is to hear by itself now that the printer's state is another than ``before``."""
        said = changed(before, self.state(asked), self.profile)
        if len(said) < 4 or said[0] & 0x93 != 0x10:
            return said
        return self._as_recorded(said[:4], ASB, self._idle_asb()) + said[4:]

    def pulsed(self, now_s: float) -> None:
        """A drawer pulse went to the printer."""
        self._drawer_until_s = now_s + DRAWER_S

    def tick(self, now_s: float) -> bool:
        """Let time pass; True when the drawer has closed."""
        if self._drawer_until_s is None or now_s < self._drawer_until_s:
            return False
        self._drawer_until_s = None
        return True

    def heard(self, said: Answer) -> None:
        """The printer itself said something about its state."""
        if said.kind != "flow":
            self.away = False
        values = {name: on for name, on in said.values.items() if name in _TROUBLES or name == "drawer_high"}
        if "drawer_high" in values and values["drawer_high"] != self._real.drawer_high:
            self._drawer_until_s = None
        if values:
            self._real = self._real.change(**values)
        if "offline" in said.values:
            self._real = self._real.change(held_offline=said.values["offline"] and not self._explained)

    @property
    def _explained(self) -> bool:
        return self._real.change(held_offline=False).offline

    def learn(self, said: Answer, now_ms: int) -> None:
        """The printer answered a till's own question: keep the bytes, where they are those of an idle printer.

        Only until it was asked everything: of a till's questions it may have left one out, and its answers move up.
        """
        if self.recorded.whole or any(said.values.values()):
            return
        if said.kind == ASB:
            self._keep(ASB, said.raw, now_ms)
            return
        name, _, number = said.question.rpartition(" ")
        head = _HEADS.get(name) if number.isdigit() else _HEADS.get(said.question)
        if head is not None and (said.kind != "block" or said.name == "text"):
            self._keep((head + (bytes((int(number),)) if number.isdigit() else b"")).hex(), said.raw, now_ms)

    def silent(self, question: bytes, now_ms: int) -> None:
        """The printer does not answer this."""
        self._keep(question.hex(), b"", now_ms)

    def _keep(self, key: str, raw: bytes, now_ms: int) -> None:
        if self.recorded.answers.get(key) != raw.hex():
            self.recorded.answers[key] = raw.hex()
            self.recorded.recorded_ms = now_ms
            self.news = True
