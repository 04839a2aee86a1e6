"""Where does a receipt end? Evidence is scored; at 1.0 the printout is closed.

Nothing in a printer's stream says "end of receipt": of 103 recorded streams 22 have no cut at all, 8 have several, and some
print the next receipt's header right after the cut to save paper. So each hint has a weight (`WEIGHTS`), hints add up until
something more is printed, and a printout closes when they reach `CLOSE_AT`:

* A cut closes, unless the part held no total: then it waits `COUPON_S`, and text that comes in that time before any
  ESC @ makes it "a coupon of the same sale".
* ``ESC @`` after printing is 0.8: some tills send it in the middle. When the first line behind it is the header learned
  from earlier printouts, that is the missing half.
* Text right behind a closing cut is the next receipt's header printed early. Idling does not close a part made of such
  lines only, however long the pause; and ``ESC @`` between it and its receipt is no end.
* Silence closes: `IDLE_S`, or 20 byte times, or twice the learned p99 of pauses inside receipts, whichever is longest.
* A drawer pulse that belongs to no printout, and a connection that closes having printed nothing but sent more than
  questions, are given as printouts without marks (``marked`` False): an opened drawer is worth knowing.
* What comes behind the end and prints nothing (a pulse, a status question, another cut) is an amendment of the printout.

Pure: times come in as seconds of one monotonic clock, with every call. Offsets are the stream's. The weights are the
proposal of the survey in docs/protocols/relay.md, checked against recorded and composed streams, not tuned on shops.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from kvit.escpos import Command
from kvit.relay.marks import classify
from kvit.relay.marks import words as words_of
from kvit.relay.part import Learned, Part

CLOSE_AT: Final = 0.999
"""1.0, with room for sums of tenths that are no binary fractions."""
WEIGHTS: Final = {
    "cut": 1.0,
    "close": 1.0,
    "idle": 1.0,
    "size": 1.0,
    "init": 0.8,
    "off": 0.8,
    "page": 0.6,
    "header": 0.5,
    "footer": 0.5,
    "ask": 0.4,
    "poll": 0.4,
    "pulse": 0.2,
}
COUPON_S: Final = 0.3
"""A till sends receipt and coupon in one go; a person takes longer to start the next sale."""
HEADER_S: Final = 0.3
"""Text this soon after a cut was sent together with it."""
IDLE_S: Final = 2.0
IDLE_BYTES: Final = 20
"""Byte times of silence, for very slow lines: 20 bytes at 75 baud are 2.7 s."""
IDLE_S_MAX: Final = 30.0
"""However slowly a till was learned to print, its customer waits no longer for the receipt."""
AMEND_S: Final = 10.0
"""A drawer pulse later than this belongs to no printout."""
LINE_BYTES_MAX: Final = 512
"""Longer lines are looked at in pieces."""
PAGES: Final = frozenset(("ESC L", "ESC S", "FF"))
"""They begin, leave and print a page."""
BLANK: Final = 0x20
LEARN_TIMES: Final = 3
"""A line that began (or ended) so many printouts is the shop's header (or footer)."""
PAUSE_S: Final = 0.05
"""Shorter ones are the wire's, not the till's."""


@dataclass(frozen=True, slots=True)
class Closed:
    """A printout: bytes ``start`` to ``end`` of the stream, first mark and end in time, why it ended."""

    start: int
    end: int
    started_s: float
    ended_s: float
    ended_by: str
    evidence: tuple[str, ...]
    header_only: bool = False
    """True for the next receipt's header whose receipt never came."""
    marked: bool = True
    """False when nothing was printed: the drawer opened without a sale, or a connection that only set the printer up."""


@dataclass(frozen=True, slots=True)
class Amended:
    """The printout that began at ``start`` has a tail: bytes ``at`` to ``end``."""

    start: int
    at: int
    end: int
    time_s: float
    word: str


Event = Closed | Amended


class Boundary:
    """Finds the printouts of one till's stream."""

    def __init__(self, byte_s: float = 0.0, *, early: bool = False, last: Closed | None = None) -> None:
        """Take how long one byte takes on the wire (0 where it takes no time worth counting), and how the stream begins.

        ``early``: with the header of a receipt, printed behind the cut of the one before. ``last``: the printout before,
        where a stream is entered in its middle.
        """
        self._byte_s = byte_s
        self._part: Part | None = None
        self._learned = Learned()
        self._evidence: dict[str, float] = {}
        self._end = 0
        self._init_at = -1
        self._line = bytearray()
        self._page = False
        self._hold_s: float | None = None
        self.last = last
        """The last printout: what follows without printing is its tail."""
        self._seen = self._tail = 0
        self._early = early
        self._pause: float | None = None

    @property
    def start(self) -> int | None:
        """Where the printout in progress begins; None when there is none."""
        return None if self._part is None else self._part.start

    @property
    def seen(self) -> int:
        """The end of the last command taken."""
        return self._seen

    @property
    def early(self) -> bool:
        """True while the printout in progress is an early header only."""
        return self._part is not None and self._part.header_only

    @property
    def deadline_s(self) -> float | None:
        """When `tick` should be called, should nothing come before."""
        if self._hold_s is not None:
            return self._hold_s
        part = self._part
        if part is None or not (part.marked or part.kicked) or (part.marked and part.header_only):
            return None
        return part.last_s + self.idle_s

    @property
    def idle_s(self) -> float:
        """The silence that closes a printout now."""
        learned_s = min(IDLE_S_MAX, 2 * self._learned.pause_s)
        return max(IDLE_S, IDLE_BYTES * self._byte_s, learned_s)

    def heard(self, time_s: float) -> None:
        """Bytes came that are no whole command yet: the till is not silent."""
        if self._part is not None and self._part.marked:
            self._part.last_s = time_s

    def tick(self, now_s: float) -> list[Event]:
        """Let time pass: a held cut or a silence may close the printout."""
        if self._hold_s is None and (self._part is None or now_s < self._part.last_s + IDLE_S):
            return []  # every command passes here: the full sum only where it may matter
        deadline = self.deadline_s
        if deadline is None or now_s < deadline:
            return []
        if self._hold_s is not None:
            return self._close(self._end, self._hold_s, "cut")
        assert self._part is not None
        self._evidence["idle"] = WEIGHTS["idle"]
        return self._close(self._seen, deadline, "idle")

    def command(self, command: Command, dialect: str, time_s: float) -> list[Event]:
        """Take the next command; give what it decided."""
        events = self.tick(time_s)
        word = classify(command, dialect)
        if command.name == "FF" and self._page:
            word = "page"
        self._follow_page(command, word)
        part = self._part
        if part is None or not part.marked:
            events += self._before_marks(command, word, time_s)
        else:
            events += self._after_marks(part, command, word, time_s)
        self._seen = command.end
        return events

    def inside(
        self, commands: list[Command], at: int, dialect: str, time_s: float, follow: Callable[[Command], None]
    ) -> int:
        """Take commands from number ``at`` on that only go on printing; give the number of the first that may do more.

        Just what `command` would do with each of them, without its calls: nearly all of a receipt passes here. ``follow``
        is told of those that set something.
        """
        part = self._part
        if part is None or not part.marked or self._hold_s is not None or self._evidence:
            return at
        if time_s - part.last_s > PAUSE_S:
            return at
        words, line = words_of(dialect), self._line
        first, printed = at, False
        while at < len(commands):
            command = commands[at]
            name = command.name
            word = words.get(name, "set")
            if name == "text":
                raw = command.raw
                if raw[0] == BLANK and not raw.strip(b" "):
                    word = "feed"
                elif len(line) + len(raw) >= LINE_BYTES_MAX:
                    break
                else:
                    line += raw
            elif name in PAGES:
                break
            if word == "feed":
                if line and not self._line_inside(part):
                    break
            elif word == "set":
                follow(command)
            elif word != "mark":
                break
            printed = printed or word != "set"
            at += 1
        if printed:
            part.last_s = time_s
        if at > first:
            self._seen = commands[at - 1].end
        return at

    def _line_inside(self, part: Part) -> bool:
        """End a line; False when it is a known footer, which decides more."""
        line = bytes(self._line)
        words = line.strip()
        if self._learned.footers.get(words, 0) >= LEARN_TIMES:
            return False
        self._line.clear()
        if words:
            part.line(line, words)
        return True

    def close(self, time_s: float, why: str = "close") -> list[Event]:
        """The till's connection or port has closed (or the printout is too large: ``why`` "size")."""
        events = self.tick(time_s)
        part = self._part
        if part is None or not (part.marked or part.kicked or (part.worth and self.last is None)):
            self._part = None
            return events
        if self._hold_s is not None:
            return events + self._close(self._end, time_s, "cut")
        self._evidence[why] = WEIGHTS[why]
        return events + self._close(self._seen, time_s, why)

    def _follow_page(self, command: Command, word: str) -> None:
        if command.name == "ESC L":
            self._page = True
        elif command.name in ("ESC S", "FF") or word == "init":
            self._page = False

    def _before_marks(self, command: Command, word: str, time_s: float) -> list[Event]:
        if word == "mark":
            self._begin(command, time_s)
            self._mark(command, time_s)
            return []
        if word in ("poll", "ask"):
            return self._amend(command, word, time_s)
        if word in ("pulse", "cut", "off") and (events := self._amend(command, word, time_s)):
            return events
        self._begin(command, time_s)
        part = self._part
        assert part is not None
        part.inited = part.inited or word == "init"
        part.worth = part.worth or word != "init"
        if word == "pulse":
            part.kicked, part.last_s = True, time_s
        return []

    def _begin(self, command: Command, time_s: float) -> None:
        if self._part is None:
            last = self.last
            near = last is not None and last.ended_by == "cut" and 0 <= time_s - last.ended_s <= HEADER_S
            self._part = Part(command.offset, time_s, (near or self._early) and command.name != "ESC @")
            self._early = False

    def _amend(self, command: Command, word: str, time_s: float) -> list[Event]:
        """Nothing printed since the last printout: its tail, with the feeds between; not what stands behind an ESC @."""
        last, part = self.last, self._part
        if word == "poll" or last is None or not 0 <= time_s - last.ended_s <= AMEND_S:
            return []
        if part is not None and part.inited:
            return [Amended(last.start, command.offset, command.end, time_s, word)]
        at, self._tail, self._part = self._tail, command.end, None
        return [Amended(last.start, at, command.end, time_s, word)]

    def _after_marks(self, part: Part, command: Command, word: str, time_s: float) -> list[Event]:
        if word == "mark":
            return self._more(part, command, time_s)
        if word == "feed":
            return self._feed(part, command, time_s)
        if word == "cut":
            return self._cut(part, command, time_s)
        if word == "init":
            return self._init(part, command, time_s)
        if word == "set":
            return []
        if self._hold_s is not None:
            events = self._close(self._end, time_s, "cut")
            return events + self._amend(command, word, time_s)
        return self._weigh(word, command.end, time_s)

    def _more(self, part: Part, command: Command, time_s: float) -> list[Event]:
        """Something more is printed: hints that did not suffice are forgotten."""
        if self._hold_s is not None:
            self._hold_s = None  # a coupon of the same sale
        if "init" not in self._evidence:
            self._evidence.clear()
        if time_s - part.last_s > PAUSE_S:
            part.pauses.append(time_s - part.last_s)
        self._mark(command, time_s)
        if len(self._line) >= LINE_BYTES_MAX:
            return self._end_line(part, command, time_s)
        return []

    def _feed(self, part: Part, command: Command, time_s: float) -> list[Event]:
        part.last_s = time_s
        return self._end_line(part, command, time_s)

    def _end_line(self, part: Part, command: Command, time_s: float) -> list[Event]:
        line, self._line = bytes(self._line), bytearray()
        words = line.strip()
        if not words:
            return []
        if "init" in self._evidence:
            return self._line_after_init(part, line, words, time_s)
        part.line(line, words)
        if self._learned.footers.get(words, 0) >= LEARN_TIMES:
            return self._weigh("footer", command.end, time_s)
        return []

    def _line_after_init(self, part: Part, line: bytes, words: bytes, time_s: float) -> list[Event]:
        """The first line behind an ESC @ in the middle: the header of the next receipt, or just the next line."""
        at = self._init_at
        events: list[Event] = []
        if self._learned.headers[words] >= LEARN_TIMES:
            self._evidence["header"] = WEIGHTS["header"]
            events = self._close(at, time_s, "init")
            part = self._part = Part(at, time_s, early=False, last_s=time_s, marked=True, inited=True)
        self._evidence.clear()
        part.line(line, words)
        return events

    def _cut(self, part: Part, command: Command, time_s: float) -> list[Event]:
        self._finish_line(part)
        self._evidence["cut"] = WEIGHTS["cut"]
        self._end = command.end
        if part.totals.found:
            return self._close(command.end, time_s, "cut")
        if self._hold_s is None:
            self._hold_s = time_s + COUPON_S
        return []

    def _init(self, part: Part, command: Command, time_s: float) -> list[Event]:
        if self._hold_s is not None:
            events = self._close(self._end, time_s, "cut")
            return events + self._before_marks(command, "init", time_s)
        if part.header_only:
            return []
        self._finish_line(part)
        self._init_at = command.offset
        events = self._weigh("init", command.offset, time_s)
        return events + (self._before_marks(command, "init", time_s) if events else [])

    def _weigh(self, word: str, end: int, time_s: float) -> list[Event]:
        """Add a hint, once of each kind; close when they suffice: behind the hints, but before an ESC @."""
        self._evidence[word] = WEIGHTS[word]
        if word == "init" or "init" not in self._evidence:
            self._end = end
        if sum(self._evidence.values()) < CLOSE_AT:
            return []
        return self._close(self._end, time_s, word)

    def _mark(self, command: Command, time_s: float) -> None:
        part = self._part
        assert part is not None
        if not part.marked:
            part.marked, part.began_s = True, time_s
        part.last_s = time_s
        if command.name == "text":
            self._line += command.raw

    def _finish_line(self, part: Part) -> None:
        line, self._line = bytes(self._line), bytearray()
        if words := line.strip():
            part.line(line, words)

    def _close(self, end: int, time_s: float, by: str) -> list[Event]:
        part = self._part
        assert part is not None
        self._finish_line(part)
        header_only = part.marked and part.header_only and by in ("close", "idle", "size")
        closed = Closed(part.start, end, part.began_s, time_s, by, tuple(self._evidence), header_only, part.marked)
        self._learn(part, by, time_s)
        self._part, self._hold_s, self.last = None, None, closed
        self._evidence.clear()
        self._tail = end
        return [closed]

    def _learn(self, part: Part, by: str, time_s: float) -> None:
        """Learn from printouts with a sure end; a silence that proved to be inside a receipt lengthens the next."""
        if by == "idle":
            self._pause = part.last_s
            return
        resumed = not part.inited and not part.early and self._learned.headers[part.first_line] < LEARN_TIMES
        if self._pause is not None and resumed and part.began_s - self._pause <= IDLE_S_MAX:
            self._learned.pauses.append(part.began_s - self._pause)
        self._pause = None
        if part.marked and by in ("cut", "close", "init"):
            self._learned.take(part)
