"""The state machine of withholding by itself: tables of what goes where, and a model that tills, shop and clock play."""

from __future__ import annotations

import random
import re

import msgspec
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from kvit.escpos import Parser, load_profile
from kvit.refusal import Refusal
from kvit.relay import capture, leftover, notes
from kvit.relay.answers import DRAWER_S, Answers
from kvit.relay.capture import HEADER, Record
from kvit.relay.effects import Answer, Effect, Finished, Note, Paper, Turned
from kvit.relay.hold import Hold
from kvit.relay.sifting import Piece, piece, remains, sort, spliced
from kvit.relay.sounding import QUESTIONS as SOUNDING
from kvit.relay.sounding import Soundings

PROFILE = "TM-T88V"
BOOT_NS = 1_700_000_000_000_000_000


class Line:
    """A hold with a tape for its capture and a list for its paper: what the pump does, without wires."""

    def __init__(self, hold_s: float = 5.0) -> None:
        self.hold = Hold("till", PROFILE, hold_s, Answers(load_profile(PROFILE)))
        self.records: list[Record] = []
        self.now_s = 1000.0
        self.paper: dict[int, bytes] = {}
        self.said: dict[int, bytes] = {}
        self.finished: list[int] = []
        self._offset = 0

    def write(self, kind: int, connection: int, data: bytes = b"") -> Record:
        now_ns = int(self.now_s * 1e9)
        record = Record(self._offset, kind, connection, now_ns, now_ns + BOOT_NS, data)
        self._offset = record.end
        self.records.append(record)
        return record

    def do(self, effects: list[Effect]) -> None:
        for effect in effects:
            if isinstance(effect, Note):
                record = self.write(effect.kind, effect.connection, effect.data)
                if effect.kind == capture.HELD:
                    self.hold.noted(effect.connection, record.offset)
            elif isinstance(effect, Paper):
                span = effect.span
                if span is not None:
                    for done in (False, True):
                        note = notes.Released(span.offset, span.bytes, done)
                        self.write(capture.RELEASED, effect.connection, notes.encode(note))
                self.paper[effect.connection] = self.paper.get(effect.connection, b"") + effect.data
            elif isinstance(effect, Answer):
                self.said[effect.connection] = self.said.get(effect.connection, b"") + effect.data
            elif isinstance(effect, Finished):
                self.finished.append(effect.connection)

    def open(self, connection: int, peer: bytes = b"192.168.1.20:4711") -> None:
        self.do(self.hold.take(self.write(capture.OPEN, connection, peer)))

    def till(self, connection: int, data: bytes) -> None:
        if not self.hold.is_held(connection):
            self.paper[connection] = self.paper.get(connection, b"") + data
        self.do(self.hold.take(self.write(capture.TILL, connection, data)))

    def close(self, connection: int) -> None:
        self.do(self.hold.take(self.write(capture.CLOSE, connection, b"eof")))

    def attend(self, lease_s: float = 60) -> None:
        self.do(self.hold.attend(self.now_s, lease_s))

    def pass_time(self, seconds: float) -> None:
        end_s = self.now_s + seconds
        while (due_s := self.hold.deadline_s) is not None and due_s <= end_s:
            self.now_s = max(self.now_s, due_s)
            self.do(self.hold.tick(self.now_s))
        self.now_s = end_s
        self.do(self.hold.tick(self.now_s))

    def route(self, offset: int, paper: bool, *splices: tuple[int, bytes], length: int | None = None) -> str:
        decided = self.hold.route(offset, paper, splices, length)
        if isinstance(decided, Refusal):
            self.do(self.hold.unsaid())
            return decided.code
        self.do(decided)
        return ""

    def marks(self, connection: int) -> list[bytes]:
        """The numbers on paper; a pulse that was passed on may stand in the middle of one."""
        return re.findall(rb"#\d+-\d+#", self.paper.get(connection, b"").replace(b"\x1bp\x00\x19\x19", b""))

    @property
    def held(self) -> list[notes.Held]:
        return self.hold.held()


RECEIPT = b"\x1b@Shop\nTea 5.00\nTOTAL 5.00\n\x1dV\x00"


def held_line() -> Line:
    line = Line()
    line.attend()
    line.open(1)
    return line


QUESTIONS: dict[str, tuple[bytes, bytes]] = {
    "DLE EOT 1": (b"\x10\x04\x01", b"\x12"),
    "DLE EOT 2": (b"\x10\x04\x02", b"\x12"),
    "DLE EOT 3": (b"\x10\x04\x03", b"\x12"),
    "DLE EOT 4": (b"\x10\x04\x04", b"\x12"),
    "GS r 1": (b"\x1dr\x01", b"\x00"),
    "GS r 2, as a digit": (b"\x1dr2", b"\x00"),
    "ESC v": (b"\x1bv", b"\x00"),
    "ESC u": (b"\x1bu\x00", b"\x00"),
    "GS a": (b"\x1da\x0f", b"\x10\x00\x00\x0f"),
    "GS a off": (b"\x1da\x00", b""),
    "GS I 1": (b"\x1dI\x01", b"\x20"),
    "GS I 66": (b"\x1dIB", b"_EPSON\x00"),
    "GS ( H": (b"\x1d(H\x06\x0000abcd", b'7"abcd\x00'),
    "GS ( k, size of a symbol": (b"\x1d(k\x03\x00\x31\x52\x30", b"760\x1f0\x1f1\x1f1\x00"),
    "GS ( L, free memory": (b"\x1d(L\x02\x00\x30\x33", b"71196608\x00"),
    "DLE DC4 8": (b"\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08", b"7%\x00"),
    "DLE DC4 7 1": (b"\x10\x14\x07\x01", b"\x10\x00\x00\x0f"),
    "DLE ENQ": (b"\x10\x05\x01", b""),
    "a question in a picture is none": (b"\x1dv0\x00\x01\x00\x03\x00\x10\x04\x01", b""),
    "nor in a symbol's data": (b"\x1d(k\x06\x00\x31\x50\x30\x10\x04\x01", b""),
    "nor behind the letters of a name": (b"\x1dk\x49\x03\x10\x04\x01", b""),
}


@pytest.mark.parametrize("case", QUESTIONS)
def test_a_question_is_answered_in_the_printers_name(case: str) -> None:
    asked, answer = QUESTIONS[case]
    line = held_line()
    for at in range(len(asked)):
        line.till(1, asked[at : at + 1])
    assert line.said.get(1, b"") == answer
    assert line.paper.get(1, b"") in (b"", asked if asked[:2] == b"\x1da" else b"")


def test_answers_stand_in_the_order_of_the_questions() -> None:
    line = held_line()
    line.till(1, b"\x10\x04\x01\x1dr\x01" + RECEIPT + b"\x1d(H\x06\x0000abcd\x1dI\x01\x10\x04\x04")
    assert line.said[1] == b'\x12\x007"abcd\x00\x20\x12'


def test_the_drawer_opens_at_once_and_closes_again() -> None:
    line = held_line()
    line.till(1, b"\x1da\xff")
    line.till(1, b"\x1b@Shop\nTOTAL 5.00\n\x1bp\x00\x19\x19\x10\x14\x01\x00\x01\x10\x04\x01")
    assert line.paper[1] == b"\x1da\xff\x1bp\x00\x19\x19\x10\x14\x01\x00\x01"
    assert line.said[1] == b"\x10\x00\x00\x0f" + b"\x14\x00\x00\x0f" + b"\x16"
    line.pass_time(DRAWER_S)
    assert line.said[1].endswith(b"\x10\x00\x00\x0f")
    line.hold.printer(b"", line.now_s)


def test_the_display_shows_at_once_and_nothing_of_it_is_printed() -> None:
    line = held_line()
    line.till(1, b"\x1b@Shop\n\x1b=\x02\x0cTOTAL 5.00\x1b=\x01TOTAL 5.00\n\x1dV\x00")
    assert line.paper[1] == b"\x1b=\x02\x0cTOTAL 5.00\x1b=\x01"
    [held] = line.held
    assert line.route(held.offset, True) == ""
    assert line.paper[1].endswith(b"\x1b=\x01\x1b@Shop\n\x1b=\x01TOTAL 5.00\n\x1dV\x00")


def test_what_is_kept_from_paper_leaves_its_settings() -> None:
    line = held_line()
    line.till(1, b"\x1b@\x1bt\x11" + RECEIPT[2:])
    assert line.route(line.held[0].offset, False) == ""
    assert line.paper[1] == b"\x1b@\x1bt\x11"


def test_a_tail_shares_the_fate_of_its_printout() -> None:
    for paper in (True, False):
        line = held_line()
        line.till(1, RECEIPT)
        [held] = line.held
        line.till(1, b"\n\x1dV\x00")
        assert line.route(held.offset, paper) == ""
        line.till(1, b"\n\n\x1dV\x00")
        assert line.paper.get(1, b"") == (RECEIPT + b"\n\x1dV\x00\n\n\x1dV\x00" if paper else b"")


def test_a_later_decision_waits_for_the_printout_before() -> None:
    line = held_line()
    line.till(1, RECEIPT)
    line.pass_time(1)
    line.till(1, RECEIPT.replace(b"5.00", b"6.00"))
    first, second = line.held
    line.route(second.offset, True)
    assert 1 not in line.paper
    line.route(first.offset, True, (RECEIPT.index(b"\x1dV"), b"QR"))
    assert line.paper[1] == RECEIPT.replace(b"\x1dV", b"QR\x1dV") + RECEIPT.replace(b"5.00", b"6.00")


def test_a_till_with_a_connection_for_each_receipt_keeps_its_order() -> None:
    line = held_line()
    line.open(2, b"192.168.1.20:4712")
    line.open(3, b"192.168.1.21:4712")
    for connection in (1, 2, 3):
        line.till(connection, RECEIPT)
        line.close(connection)
    first, second, other = line.held
    line.route(other.offset, True)
    line.route(second.offset, True)
    assert set(line.paper) == {3}
    line.route(first.offset, False)
    assert line.paper == {3: RECEIPT, 2: RECEIPT}
    assert sorted(line.finished) == [1, 2, 3]


def test_another_printout_under_that_name_comes_out() -> None:
    line = held_line()
    line.till(1, RECEIPT)
    assert line.route(line.held[0].offset, False, length=len(RECEIPT) + 1) == "relay.not_held"
    assert line.paper[1] == RECEIPT


def test_one_that_is_out_in_part_is_not_withheld() -> None:
    line = Line()
    line.open(1)
    line.till(1, RECEIPT[:12])
    line.attend()
    line.till(1, RECEIPT[12:])
    assert line.paper[1] == RECEIPT
    line.till(1, b"\x1b@Next")
    assert line.hold.is_held(1)
    assert line.paper[1] == RECEIPT


def test_who_still_waits_for_the_printers_answer_is_not_withheld() -> None:
    line = Line()
    line.open(1)
    line.till(1, b"\x1dr\x01")
    line.attend()
    assert not line.hold.is_held(1)
    line.do(line.hold.take(line.write(capture.PRINTER, 1, b"\x00")))
    assert line.hold.is_held(1)


def test_a_till_of_another_language_is_not_withheld() -> None:
    line = Line()
    line.hold = Hold("till", "TSP700II", 5.0, Answers(load_profile("TSP700II")))
    line.attend()
    line.open(1)
    line.till(1, b"Shop\n\x1bd\x02")
    line.till(1, b"Shop\n")
    assert not line.hold.is_held(1) or line.paper == {}


def test_too_much_comes_out() -> None:
    line = held_line()
    while line.hold.is_held(1):
        line.till(1, b"x" * 100_000)
    assert len(line.paper[1]) > 8 << 20


def test_a_picture_that_is_not_whole_comes_out_to_its_last_byte() -> None:
    line = held_line()
    picture = b"\x1b@Shop\n\x1dv0\x00\x08\x00\x08\x00" + bytes(range(64))
    line.till(1, picture[:40])
    line.do(line.hold.leave(line.now_s))
    line.till(1, picture[40:] + b"TOTAL 5.00\n\x1dV\x00")
    assert line.paper[1] == picture + b"TOTAL 5.00\n\x1dV\x00"


def test_a_question_inside_a_picture_where_the_profile_says_so() -> None:
    line = Line()
    quirks = load_profile(PROFILE).quirks | {"answers_realtime_in_payload"}
    profile = msgspec.structs.replace(load_profile(PROFILE), quirks=quirks)
    line.hold = Hold("till", PROFILE, 5.0, Answers(profile))
    line.attend()
    line.open(1)
    line.till(1, b"\x1dv0\x00\x01\x00\x03\x00\x10\x04\x01")
    assert line.said[1] == b"\x12"


def test_a_printers_word_is_heard_by_tills_that_want_to_know() -> None:
    line = held_line()
    line.till(1, b"\x1da\x08")
    line.do(line.hold.printer(b"\x18\x00\x0f\x0f", line.now_s))
    assert line.said[1] == b"\x10\x00\x00\x0f\x18\x00\x0f\x0f"
    line.till(1, b"\x10\x04\x01\x10\x04\x04\x1dr\x01")
    assert line.said[1][8:] == b"\x1a\x7e\x0f"
    line.do(line.hold.reached(False))
    line.till(1, b"\x10\x04\x01")
    assert line.said[1][-1:] == b"\x1a"


def test_too_many_commands_come_out() -> None:
    line, sent = held_line(), b""
    while not line.paper:
        sent += b"x\n" * 5_000
        line.till(1, b"x\n" * 5_000)
    assert line.paper[1] == sent
    assert len(sent) < 250_000


def test_who_wanted_to_know_of_changes_is_told_of_them_when_passed_on() -> None:
    line = held_line()
    line.till(1, b"\x1da\xff")
    line.paper.clear()
    line.do(line.hold.leave(line.now_s))
    assert line.paper[1] == b"\x1da\xff"


def test_answers_to_soundings_are_no_tills() -> None:
    soundings = Soundings()
    assert soundings.sift(b"\x12\x12") == (b"", b"\x12\x12")
    assert soundings.asked(5.0) == SOUNDING
    assert not soundings.due(5.5)
    assert soundings.sift(b"\x16\x5fTM\x00\x12") == (b"\x16\x12", b"\x5fTM\x00")
    assert soundings.sift(b"\x12\x12\x12") == (b"\x12\x12", b"\x12")
    for now_s in (10.0, 20.0, 30.0):
        assert soundings.due(now_s)
        soundings.asked(now_s)
    assert not soundings.due(40.0)
    soundings.anew()
    assert soundings.due(40.0)


def test_splices_go_before_their_byte() -> None:
    parts = [Piece(10, b"\x1b@"), Piece(12, b"Shop", text=True), Piece(16, b"\x1dV\x00")]
    table = {0: b"-\x1b@Shop\x1dV\x00", 1: b"-\x1b@Shop\x1dV\x00", 4: b"\x1b@Sh-op\x1dV\x00", 7: b"\x1b@Shop-\x1dV\x00"}
    for at, joined in table.items():
        assert spliced(parts, 10, [(at, b"-")]) == joined
    assert spliced(parts, 10, [(99, b"2"), (6, b"1")]) == b"\x1b@Shop1\x1dV\x002"


def test_pieces_and_remains() -> None:
    stream = b"\x1b@\x1bt\x11Text\n\x1d(k\x03\x00\x31\x43\x04\x1d(k\x04\x00\x31\x50\x30X\x1dV\x00"
    pieces = [piece(command) for command in Parser(PROFILE).feed(stream) if sort(command, "epson") == "paper"]
    assert b"".join(each.raw for each in pieces) == stream
    assert remains(pieces) == b"\x1b@\x1bt\x11\x1d(k\x03\x00\x31\x43\x04"
    assert remains([Piece(0, b"\x1b@", remains=True)]) == b""


class Play(RuleBasedStateMachine):
    """Tills print numbered receipts in pieces; the shop comes and goes and decides; the line may die at any moment."""

    @initialize(seed=st.integers(0, 1 << 30))
    def begin(self, seed: int) -> None:
        self.line = Line()
        self.rng = random.Random(seed)
        self.waiting: dict[int, bytes] = {}
        self.away: set[bytes] = set()
        self.sent: dict[int, list[bytes]] = {}
        self.ended: set[int] = set()
        self.number = 0

    @precondition(lambda self: len(self.waiting) < 3)
    @rule()
    def come(self) -> None:
        self.number += 1
        self.waiting[self.number] = b""
        self.sent[self.number] = []
        self.line.open(self.number, b"pty://%d" % self.number)

    @precondition(lambda self: bool(self.waiting))
    @rule(size=st.sampled_from((1, 5, 30, 500)), asks=st.booleans(), pulse=st.booleans(), lines=st.integers(1, 4))
    def say(self, size: int, asks: bool, pulse: bool, lines: int) -> None:
        till = self.rng.choice(sorted(self.waiting))
        if not self.waiting[till]:
            mark = b"#%d-%d#" % (till, len(self.sent[till]))
            self.sent[till].append(mark)
            body = b"\x1b@Shop\n" + b"Tea 1.00\n" * lines + mark + b"\nTOTAL 5.00\n"
            body += b"\x1bp\x00\x19\x19" if pulse else b""
            self.waiting[till] = body + b"\x1dV\x00" + (b"\x10\x04\x01" if asks else b"")
        piece, self.waiting[till] = self.waiting[till][:size], self.waiting[till][size:]
        self.line.till(till, piece)

    @precondition(lambda self: bool(self.waiting))
    @rule()
    def leave(self) -> None:
        till = self.rng.choice(sorted(self.waiting))
        if rest := self.waiting.pop(till):
            self.line.till(till, rest)
        self.line.close(till)
        self.ended.add(till)

    @rule(lease_s=st.sampled_from((1.0, 5.0, 60.0)))
    def attend(self, lease_s: float) -> None:
        self.line.attend(lease_s)

    @rule()
    def abandon(self) -> None:
        self.line.do(self.line.hold.leave(self.line.now_s))
        assert self.line.hold.held_bytes == 0

    @rule()
    def renew(self) -> None:
        self.line.do(self.line.hold.renew(self.line._offset))

    @rule(seconds=st.sampled_from((0.01, 0.4, 2.5, 11.0)))
    def pass_time(self, seconds: float) -> None:
        self.line.pass_time(seconds)

    @precondition(lambda self: bool([each for each in self.line.held if each.closed]))
    @rule(paper=st.booleans())
    def decide(self, paper: bool) -> None:
        held = self.rng.choice([each for each in self.line.held if each.closed])
        record = [each for each in self.line.records if each.kind == capture.TILL and each.start <= held.offset][-1]
        marks = self.marks_of(record.connection, held)
        assert self.line.route(held.offset, paper, length=held.bytes) == ""
        if not paper:
            self.away |= marks

    def marks_of(self, connection: int, held: notes.Held) -> set[bytes]:
        stream = b"".join(
            each.data[max(0, held.offset - each.start) :]
            for each in self.line.records
            if each.kind == capture.TILL and each.connection == connection and each.end > held.offset
        )
        return set(re.findall(rb"#\d+-\d+#", stream[: held.bytes]))

    @invariant()
    def in_order_and_once(self) -> None:
        if not hasattr(self, "line"):
            return
        for till, marks in self.sent.items():
            out = self.line.marks(till)
            assert out == [mark for mark in marks if mark in out]
            assert not self.away & set(out)

    @invariant()
    def nothing_is_lost_if_it_dies_now(self) -> None:
        if not hasattr(self, "line"):
            return
        left = leftover.find(self.line.records, PROFILE, BOOT_NS)  # the floor is raised late: all is looked through
        assert not any(each.again for each in left)
        for till, marks in self.sent.items():
            out = self.line.marks(till)
            later = re.findall(rb"#\d+-\d+#", b"".join(each.data for each in left if each.connection == till))
            got = b"".join(each.data for each in self.line.records if each[1:3] == (capture.TILL, till))
            here = [mark for mark in marks if mark in got]
            assert [mark for mark in here if mark not in self.away] == out + later, (here, self.away, out, later)

    def teardown(self) -> None:
        if not hasattr(self, "line"):
            return
        for till in list(self.waiting):
            if rest := self.waiting.pop(till):
                self.line.till(till, rest)
            self.line.close(till)
        self.line.do(self.line.hold.leave(self.line.now_s))
        self.line.pass_time(60)
        for till, marks in self.sent.items():
            out = self.line.marks(till)
            assert out == [mark for mark in marks if mark not in self.away]
        assert self.line.hold.held_bytes == 0
        assert self.line.hold.lowest is None
        assert len(set(self.line.finished)) == len(self.sent)


Play.TestCase.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
TestPlay = Play.TestCase


def test_the_header_of_a_record_is_what_offsets_count_with() -> None:
    assert Record(0, capture.TILL, 1, 0, 0, b"x").start == HEADER.size
    assert Turned(1, True).held
