"""The parser: bytes in, in pieces of any size; commands out, as soon as each is whole.

Theory. One look at a table by the first bytes tells how long a command is (`kvit.escpos.grammar`); text runs are found by
one regular expression; payloads are sliced, never walked. Laws, each with its test:

* joining all ``raw`` gives the input back, and no input raises;
* however the input is cut into pieces, the commands are the same (neighbouring text counts as one);
* memory stays bounded whatever length is declared: a payload over `PIECE` bytes comes in pieces at fixed offsets, the
  first with its command, the others as "payload"; nothing is ever allocated from a declared length;
* text is handed on at once, without waiting for its end, so an interactive tap sees it; only a customer display's text is
  held back to its end, up to `DISPLAY_PIECE` bytes;
* realtime commands inside a payload are payload.

The parser has no clock. When a declared payload does not come, whoever has one calls `Parser.starved`.

``ESC =`` without the printer's bit sends everything but DLE and ``ESC =`` to the customer display, which has its own
grammar. With neither bit (some tills send ``ESC = 0`` as an end mark) nobody listens, and an ``ESC @`` wakes the printer:
Epson would wait for ``ESC =``, but cheaper printers know no ``ESC =`` at all, and their next receipt must not be lost.

Bytes 80 to FF are text whatever the code page; the second bytes of multibyte letters are never below 30h, so framing may
stay bytewise. Left out: the UTF-16 and UTF-32 modes of TransAct (``ESC + h/l/H``), where commands are wide too.
"""

from __future__ import annotations

from functools import lru_cache

from kvit.escpos.command import Command, Fields
from kvit.escpos.control import DLE, LF
from kvit.escpos.dialects import EPSON, display_grammar, grammar
from kvit.escpos.form import COUNTED, SPANNED, STATEFUL, Form, Node, Read
from kvit.escpos.long import PIECE, LongCommand
from kvit.escpos.profiles import Profile
from kvit.escpos.profiles import load as load_profile

__all__ = ["DISPLAY_PIECE", "PIECE", "Parser"]

BEMATECH = "bematech"
"""The native language of Bematech and Elgin, where ``GS F9h`` leads."""

DISPLAY_PIECE = 80
"""Longest run of display text held back: the largest customer display has 4 lines of 20."""


class Parser:
    """Splits one printer's stream. One parser a stream; not for use from two threads at once."""

    def __init__(self, profile: Profile | str | None = None, dialect: str | None = None) -> None:
        """Take the profile (or its name) and a dialect that overrules it.

        With neither, and where the profile leaves the dialect open, Epson's table holds until bytes give another family
        away. Raises LookupError for a name nobody knows.
        """
        if isinstance(profile, str):
            profile = load_profile(profile)
        self._sizes = {} if profile is None else {"fs_2_bytes": profile.fs_2_bytes}
        self._use(dialect or (profile.dialect if profile else None))
        self._offset = 0
        self._rest = bytearray()
        self._need = 0
        self._long: LongCommand | None = None
        self._shown = False
        self._deaf = False
        self._before: str | None = None

    @property
    def dialect(self) -> str:
        """The dialect in force now: the one given, or the one the bytes gave away."""
        return self._grammar.name.removesuffix("-raster")

    @property
    def offset(self) -> int:
        """How many bytes have been handed on as commands."""
        return self._offset

    @property
    def pending(self) -> int:
        """How many bytes wait for the rest of their command."""
        return len(self._rest)

    def feed(self, chunk: bytes) -> list[Command]:
        """Take the next bytes, give the commands that became whole."""
        if self._need:
            self._rest += chunk
            if len(self._rest) < self._need:
                return []
            data = bytes(self._rest)
            self._rest.clear()
        else:
            data = bytes(chunk)
        out: list[Command] = []
        self._work(data, out)
        return out

    def close(self) -> list[Command]:
        """The stream has ended: give what is left. What was cut short comes as "unknown", reason "truncated"."""
        return self.starved()

    def starved(self) -> list[Command]:
        """The rest of a command does not come: give it up as truncated, begin afresh with the next byte."""
        out: list[Command] = []
        data = self._leave()
        while data or self._long is not None:
            if self._long is not None:
                form, self._long = self._long.form, None
                self._give_up(form, data, out)
                break
            data = data[self._settle(data, out) :]
            self._work(data, out)
            data = self._leave()
        return out

    def _leave(self) -> bytes:
        """Take what waits out of the parser."""
        data = bytes(self._rest)
        self._rest.clear()
        self._need = 0
        return data

    def _use(self, dialect: str | None) -> None:
        self._grammar = grammar(dialect, **self._sizes)
        self._open = dialect is None

    def _work(self, data: bytes, out: list[Command]) -> None:
        at, end = 0, len(data)
        self._need = 0
        while at < end and not self._need:
            if self._long is not None:
                at = self._go_on(data, at, out)
            elif self._shown:
                at = self._show(data, at, out)
            else:
                at = self._split(data, at, out)
        if at < end:
            self._rest += data[at:]
        self._offset += at

    def _split(self, data: bytes, at: int, out: list[Command]) -> int:
        """Cut commands until the data end, one is incomplete, or what follows must be read differently.

        The fast path of the house, measured: no calls for fixed commands, one for a text run, the line feed behind a
        text run taken along with it. Do not change without ``bench/tokenise.py``.
        """
        firsts, run, end, base = self._grammar.firsts, self._grammar.text.match, len(data), self._offset
        line_feed, add = firsts[LF], out.append
        assert line_feed is not None
        while at < end:
            form = firsts[data[at]]
            if form is None:
                stop = run(data, at).end()  # type: ignore[union-attr]
                add(Command(base + at, data[at:stop], "text"))
                at = stop
                if at == end or data[at] != LF:
                    continue
                form = line_feed
            size = form.size
            if not size:
                if at + 1 < end:
                    form = form.follow[data[at + 1]]
                    size = form.size
                if not size:
                    form = _descend(form, data, at, end)
                    if form is None:
                        self._need = end - at + 1
                        return at
                    size = form.size
            if size > 0:
                stop = at + size
                if stop > end:
                    self._need = size
                    return at
                add(Command(base + at, data[at:stop], form.name, form.read))
                at = stop
                continue
            stop = self._measure(form, data, at, end)
            if not stop:
                return at
            add(Command(base + at, data[at:stop], form.name, form.read))
            at = stop
            if form.changes and self._change(form, out[-1]):
                return at
        return at

    def _measure(self, form: Form, data: bytes, at: int, end: int) -> int:
        """Find the end of a command of no fixed size; 0 when it is not all there, or too long to come whole."""
        kind = form.size
        if kind == SPANNED:
            assert form.span is not None
            length = form.span(data, at, end)
            self._need = 0 if length else end - at + 1
            return length and at + length
        if at + form.head > end:
            self._need = form.head
            return 0
        if kind == STATEFUL:
            return at + form.head
        if kind == COUNTED:
            count = form.count(data, at)
            if count <= PIECE:
                stop = at + form.head + count
                self._need = stop - at if stop > end else 0
                return 0 if stop > end else stop
            self._long = LongCommand(form, form.head + count)
        else:
            assert form.chain is not None
            self._long = LongCommand(form, form.head, form.chain(data[at : at + form.head]))
        return 0

    def _go_on(self, data: bytes, at: int, out: list[Command]) -> int:
        """Hand on pieces of the long command in progress, each as soon as all its bytes are there."""
        long, end = self._long, len(data)
        assert long is not None
        start = at - long.gone
        while True:
            long.learn(data, start, end)
            if long.known > long.cut:
                stop = long.cut
            elif long.chain is None:
                stop = long.known
            else:
                self._need = long.known + long.look - long.gone
                return at
            if start + stop > end:
                self._need = start + stop - at
                return at
            self._hand_on(long, data[at : start + stop], at, out)
            at, long.gone = start + stop, stop
            if long.chain is None and stop == long.known:
                self._long = None
                return at
            long.cut += PIECE

    def _hand_on(self, long: LongCommand, raw: bytes, at: int, out: list[Command]) -> None:
        name: str = long.form.name
        read: Read | None = long.form.read
        if self._shown:
            name, read = "display", _display_reader(long.form)
        elif long.gone:
            name, read = "payload", None
        out.append(Command(self._offset + at, raw, name, read))

    def _show(self, data: bytes, at: int, out: list[Command]) -> int:
        """Cut what goes to the customer display, until the printer listens again."""
        shown, end = display_grammar(), len(data)
        while at < end and self._shown:
            form = shown.firsts[data[at]]
            if form is None:
                stop = self._shown_text(data, at, end)
            else:
                form = form if form.size else _descend(form, data, at, end)
                stop = self._shown_command(form, data, at, end)
            if not stop:
                return at
            self._tell(form, Command(self._offset + at, data[at:stop], "display", _display_text), out)
            at = stop
        return at

    def _shown_text(self, data: bytes, at: int, end: int) -> int:
        found = display_grammar().text.match(
            data, at, at + DISPLAY_PIECE
        )  # no farther: every piece would read to the end
        stop = found.end() if found else at
        if stop - at >= DISPLAY_PIECE:
            return at + DISPLAY_PIECE
        if stop == end:
            self._need = end - at + 1
            return 0
        return stop

    def _shown_command(self, form: Form | None, data: bytes, at: int, end: int) -> int:
        if form is None:
            self._need = end - at + 1
            return 0
        if form.size < 0:
            return self._measure(form, data, at, end)
        self._need = form.size if at + form.size > end else 0
        return 0 if self._need else at + form.size

    def _tell(self, form: Form | None, command: Command, out: list[Command]) -> None:
        """Hand on what stood in the display's stream: the printer's own realtime commands and switches by their names."""
        offset, raw = command.offset, command.raw
        if form is None:
            out.append(command)
        elif form.name == "ESC =" or raw[0] == DLE:
            out.append(Command(offset, raw, form.name, form.read))
            if form.changes:
                self._change(form, out[-1])
        elif form.name == "ESC @" and self._deaf:
            out.append(Command(offset, raw, form.name))
            self._shown = False
        else:
            out.append(Command(offset, raw, "display", _display_reader(form)))

    def _change(self, form: Form, command: Command) -> bool:
        """Follow a command that changes how the next bytes are read; say whether it did."""
        if form.name == "ESC =":
            listeners = command.raw[2]
            self._shown, self._deaf = not listeners & 1, not listeners & 3
        elif form.then:
            self._use(form.then)
        elif form.hint:
            if not self._open:
                return False
            self._use(form.hint)
        else:
            self._switch_language(command.raw)
        return True

    def _switch_language(self, raw: bytes) -> None:
        """Bematech and Elgin: ``GS F9h 20h / 35h n`` chooses native (0) or ESC/POS (1), ``GS F9h 1Fh`` goes back."""
        if not self._open and self._grammar.name not in (BEMATECH, self._before):
            return
        before = self._grammar.name
        if raw[2] == 0x1F:
            self._use(self._before)
        else:
            self._use(EPSON if raw[3] & 1 else BEMATECH)
        self._before = before

    def _settle(self, data: bytes, out: list[Command]) -> int:
        """Decide what the bytes at the front are when no more come; say how many are dealt with."""
        table = display_grammar() if self._shown else self._grammar
        first = table.firsts[data[0]]
        if first is None:
            out.append(Command(self._offset, data, "display" if self._shown else "text", _display_text))
            self._offset += len(data)
            return len(data)
        form = _deepest(first, data)
        length = form.size if form.size > 0 else form.least
        if 0 < length <= len(data):
            command = Command(self._offset, data[:length], form.name, form.read)
            if self._shown:
                self._tell(form, command, out)
            else:
                out.append(command)
            self._offset += length
            return length
        self._give_up(form, data, out)
        return len(data)

    def _give_up(self, form: Form, data: bytes, out: list[Command]) -> None:
        out.append(Command(self._offset, data, "unknown", _truncated(form.name)))
        self._offset += len(data)


def _descend(form: Form | None, data: bytes, at: int, end: int) -> Form | None:
    """Follow the bytes behind a prefix to the command they begin; None when there are too few to tell."""
    while isinstance(form, Node):
        place = at + len(form.prefix)
        if place >= end:
            return None
        form = form.next.get(data[place], form.other)
    return form


def _deepest(form: Form, data: bytes) -> Form:
    """Follow the bytes as far as they reach; where they stop, the shorter command holds."""
    for byte in data[1:]:
        if not isinstance(form, Node):
            return form
        form = form.next.get(byte, form.other)
    return form.other if isinstance(form, Node) else form


@lru_cache(maxsize=512)
def _truncated(name: str) -> Read:
    """Make the reader of a command cut short."""
    return lambda raw: {"reason": "truncated", "command": name}


def _display_text(raw: bytes) -> Fields:
    return {"command": "text", "d": raw}


@lru_cache(maxsize=512)
def _display_reader(form: Form) -> Read:
    """Make the reader of a display command: its own name, then its operands."""
    return lambda raw: {"command": form.name, **(form.read(raw) if form.read else {})}
