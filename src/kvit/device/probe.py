"""An interview with a printer: what to ask it, what it said, and which profile that makes. Pure; `interview` has the wire.

Asked is only what answers without printing, feeding or changing anything: ``DLE EOT 1..4``, then, from who answered that
(or reports by itself), ``GS I`` and ``GS r``. One question at a time, so no answer is given to another; no realtime one
once another was asked. Nobody who kept silent is asked ``GS I``: a printer of another language would print its letter.
Never asked: ``DLE ENQ`` and ``DLE DC4`` (they act), ``GS a`` (it stays on), ``GS ( H`` and ``GS ( L`` (clones print their
payload). A printer that is offline answers nothing in turn, so it is asked no more than why.

Not every wire leads to a printer: text in an answer's place is a web or another server, our own bytes are an echo.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from kvit.escpos import Parser, load_profile
from kvit.escpos.status_reader import StatusReader

SAID_BYTES_MAX = 65_536
"""Who says more than this to thirty bytes of questions is no printer."""
MISSED_MAX = 3
"""So many questions of ``GS I`` unanswered in a row: it does not know them."""
BANNER = re.compile(rb"[\t\r\n -~]{6,}")
"""Six letters on end: nobody's status. An automatic status has 00 in it."""
LETTERS_MIN = 3
TEXT_MAX = 80
"""Longest text a block answer may have (Epson's reference)."""


class Question(msgspec.Struct, frozen=True):
    """One question: its bytes, its name, and where its answer goes."""

    raw: bytes
    name: str
    kind: str
    key: str


REALTIME = tuple(Question(b"\x10\x04%c" % n, f"DLE EOT {n}", "realtime", str(n)) for n in (1, 2, 3, 4))
IDS = {"model_id": 1, "type_id": 2, "rom_id": 3}
TEXTS = {"firmware": 65, "maker": 66, "model": 67, "serial": 68, "fonts": 69, "features": 33}
IN_TURN = (
    *(Question(b"\x1dI%c" % n, f"GS I {n}", "byte", key) for key, n in IDS.items()),
    *(Question(b"\x1dI%c" % n, f"GS I {n}", "block", key) for key, n in TEXTS.items()),
    Question(b"\x1dr\x01", "GS r 1", "byte", "paper"),
)
"""``GS r`` last: what it answers says that all before it was taken."""


class Findings(msgspec.Struct, frozen=True):
    """What a printer said of itself."""

    state: dict[str, bool] = {}
    """The flags of ``DLE EOT``, by the names of `kvit.escpos.status.StatusModel`."""
    ids: dict[str, int] = {}
    """``model_id type_id rom_id`` as it gave them."""
    texts: dict[str, str] = {}
    """``firmware maker model serial fonts features``, printable ASCII."""
    answered: tuple[str, ...] = ()
    """Questions it answered, by name."""
    unanswered: tuple[str, ...] = ()
    reports: int = 0
    """Automatic status blocks it sent unasked."""
    asb_tail: int | None = None
    """The fourth byte of the last of them."""

    @property
    def offline(self) -> bool:
        """It prints nothing now, and answers nothing in turn."""
        return self.state.get("offline", False)

    @property
    def status(self) -> str:
        """The class of `Profile.status` that has been seen: ``none basic asb`` (what makes ``full`` is not asked)."""
        if self.ids or self.texts or self.reports:
            return "asb"
        return "basic" if self.answered else "none"


class Interview:
    """One conversation. ``next`` gives what to ask, ``feed`` takes what comes, ``missed`` says that nothing did."""

    def __init__(self) -> None:
        self.said = bytearray()
        self.echoed = False
        self._reader = StatusReader()
        self._parser = Parser(load_profile("epson"))
        self._state: dict[str, bool] = {}
        self._ids: dict[str, int] = {}
        self._texts: dict[str, str] = {}
        self._answered: list[str] = []
        self._unanswered: list[str] = []
        self._reports = 0
        self._tail: int | None = None
        self._open: Question | None = None
        self._missed = 0
        self._plan = self._planned()

    def _planned(self) -> Iterator[Question]:
        yield from REALTIME[:1]
        if not (self._answered or self._reports):
            return
        yield from REALTIME[1:]
        if self.findings.offline:
            return
        for question in IN_TURN:
            if self._missed >= MISSED_MAX and question.name.startswith("GS I"):
                continue
            yield question

    def next(self) -> Question | None:
        """The next question, None when there is no more to ask."""
        if self.is_foreign:
            return None
        self._open = next(self._plan, None)
        if self._open is not None:
            for command in self._parser.feed(self._open.raw):
                self._reader.asked(command)
        return self._open

    def feed(self, data: bytes) -> bool:
        """Bytes came; True when the open question is answered."""
        self.said += data[: SAID_BYTES_MAX - len(self.said)]
        if self._open is not None and self.said.startswith(self._open.raw) and not self._answered:
            self.echoed = True
        done = False
        for answer in self._reader.feed(data):
            if answer.kind == "asb":
                self._reports += 1
                self._tail = answer.raw[3]
            elif self._open is not None and answer.kind == self._open.kind and not done:
                done = self._take(self._open, answer.raw, answer.text, answer.values)
        return done

    def _take(self, question: Question, raw: bytes, text: str, values: dict[str, bool]) -> bool:
        if self.is_foreign:
            return False
        if question.kind == "block":
            if raw[0] != ord("_"):
                return False
            self._texts[question.key] = "".join(each if " " <= each <= "~" else "?" for each in text[:TEXT_MAX]).strip()
        elif question.key in IDS:
            self._ids[question.key] = raw[0]
        else:
            self._state |= values
        self._answered.append(question.name)
        self._missed = 0
        self._open = None
        return True

    def missed(self) -> None:
        """The time for the open question is over."""
        if self._open is not None:
            self._unanswered.append(self._open.name)
            self._missed += 1
            self._open = None
            self._reader = StatusReader()  # its list of questions would give the next answer to this one

    @property
    def banner(self) -> str:
        """The text that stood where a status belongs; empty for printers and for silence."""
        asked_for_text = any(name.startswith("GS I") for name in (*self._answered, *self._unanswered))
        if asked_for_text or (self._open is not None and self._open.kind == "block"):
            return ""
        found = BANNER.search(self.said)
        text = found.group().decode("ascii") if found else ""
        return " ".join(text.split()) if sum(map(str.isalpha, text)) >= LETTERS_MIN else ""

    @property
    def is_foreign(self) -> bool:
        """True when whoever is there is no printer."""
        return self.echoed or bool(self.banner) or len(self.said) >= SAID_BYTES_MAX

    @property
    def findings(self) -> Findings:
        """All it said so far."""
        return Findings(
            dict(self._state), dict(self._ids), dict(self._texts), tuple(self._answered), tuple(self._unanswered),
            self._reports, self._tail,
        )  # fmt: skip
