"""Text with tags between brackets, as three clouds take it, both ways; `feie`, `yilianyun`, `xpyun` are its tables, and
`kvit.paper.languages.table` makes one of what a pack brings.

``write(sheet, profile, tongue)``: one line after another, letters in the tags of their look, columns made of spaces. The
clouds' tags for centring, tables and left-right pairs are never used: they count letters their own way, and one cloud
stops obeying them after 25. ``play(data, profile, tongue)`` is the way back and reads alignment tags too, because shops
have templates with them.

What is no tag of the language is text to these printers, and so it is here. Nothing raises for any bytes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

import msgspec

from kvit.escpos.profiles import Profile
from kvit.paper.languages.lines import PLAIN, Act, Item, Look, Mark, Roll, Segment, Words, lines_of
from kvit.paper.languages.tame import Manner, harmless
from kvit.paper.sheet import Sheet
from kvit.paper.typeset import clean_text

LINE_FEED = "\n"
OPEN_MAX = 16
"""Tags in force at once; a text with more is none a shop has."""


class Tongue(msgspec.Struct, frozen=True):
    """One cloud's tags, without brackets."""

    manner: Manner
    new_line: str
    """What ends a line: ``<BR>`` or a line feed."""
    looks: dict[str, tuple[int, int]]
    """Pairs of tags that set a size."""
    bold: str
    marks: dict[str, str]
    """Symbols by the pair of tags around their data."""
    acts: dict[str, Act] = {}
    """Single tags that do something."""
    aligns: dict[str, str] = {}
    """Pairs of tags that align; read, never written."""
    large: frozenset[str] = frozenset()
    """Alignment tags that make letters twice as large too."""
    aligns_max: int = 0
    """So many alignment tags are obeyed in a job, later ones are text; 0: all."""
    break_inside: bool = False
    """A line's end stands before the closing tag of its last letters."""
    head: str = ""
    """The pair of tags around the number of copies, at the beginning of a job."""
    digits: dict[str, int] = {}
    """Single tags followed by so many digits: bar codes without a closing tag. A line's end keeps other digits away."""
    brackets: str = "<>"
    """The two letters around a tag."""
    silent: frozenset[str] = frozenset()
    """Tags whose effect nobody told; read and skipped, never written by `write`."""

    def tag(self, name: str, *, closing: bool = False) -> str:
        """A tag with its brackets."""
        return f"{self.brackets[0]}{'/' if closing else ''}{name}{self.brackets[1]}"


@lru_cache(maxsize=16)
def _tokens(brackets: str) -> re.Pattern[str]:
    left, right = map(re.escape, brackets)
    return re.compile(rf"{left}(/?)([A-Za-z][A-Za-z0-9]*){right}|\r\n|[\r\n]")


def write(sheet: Sheet, profile: Profile, tongue: Tongue) -> bytes:
    """The text of a job, UTF-8."""
    return "".join(written(item, tongue) for item in lines_of(sheet, profile)).encode()


def written(item: Item, tongue: Tongue) -> str:
    """One line, symbol or act; empty where the language has no such tag."""
    if isinstance(item, Words):
        return _line(item, tongue)
    if isinstance(item, Mark):
        return _mark(item, tongue)
    tag = next((tag for tag, act in tongue.acts.items() if act.kind == item.kind), "")
    return tongue.tag(tag) if tag else ""


def _line(words: Words, tongue: Tongue) -> str:
    inside = tongue.break_inside and bool(words.segments) and words.segments[-1].look != PLAIN
    made = [_wrapped(harmless(clean_text(each.text), tongue.manner), each.look, tongue) for each in words.segments]
    if inside:
        last = words.segments[-1]
        made[-1] = _wrapped(harmless(clean_text(last.text), tongue.manner) + tongue.new_line, last.look, tongue)
    return "".join(made) + ("" if inside else tongue.new_line)


def _wrapped(text: str, look: Look, tongue: Tongue) -> str:
    size = (look.width, look.height)
    sized = next((tag for tag, known in tongue.looks.items() if known == size != (1, 1)), "")
    for tag in (sized, tongue.bold if look.bold else ""):
        text = f"{tongue.tag(tag)}{text}{tongue.tag(tag, closing=True)}" if tag else text
    return text


def _mark(mark: Mark, tongue: Tongue) -> str:
    for tag, kind in tongue.marks.items():
        if kind == mark.kind:
            count = tongue.digits.get(tag)
            end = tongue.new_line if count else tongue.tag(tag, closing=True)
            return f"{tongue.tag(tag)}{mark.data[:count] if count else mark.data}{end}"
    return ""


def play(data: bytes, profile: Profile, tongue: Tongue) -> Sheet:
    """The sheet such a text prints."""
    reader = _Reader(Roll(profile), tongue)
    reader.read(data.decode("utf-8", "replace"))
    return reader.roll.done()


class _Reader:
    """Tags in force while a text is read."""

    def __init__(self, roll: Roll, tongue: Tongue) -> None:
        self.roll, self.tongue = roll, tongue
        self.open: list[str] = []
        self.align = "left"
        self.aligned = 0
        self.segments: list[Segment] = []

    def read(self, text: str) -> None:
        """Print all of it."""
        text = self._after_head(text)
        at = 0
        for token, start, end in self._tokens(text):
            if start < at:
                continue
            self._letters(text[at:start])
            at = max(end, self._obey(token, text, end))
        self._letters(text[at:])
        if self.segments:
            self._break()

    def _after_head(self, text: str) -> str:
        head = self.tongue.head
        around = re.escape(self.tongue.tag(head)), re.escape(self.tongue.tag(head, closing=True))
        found = re.match(rf"{around[0]}([1-9]){around[1]}", text) if head else None
        return text[found.end() :] if found else text

    def _tokens(self, text: str) -> Iterator[tuple[re.Match[str], int, int]]:
        for token in _tokens(self.tongue.brackets).finditer(text):
            yield token, token.start(), token.end()

    def _letters(self, text: str) -> None:
        if text:
            self.segments.append(Segment(text, self._look()))

    def _look(self) -> Look:
        size = next((self.tongue.looks[tag] for tag in reversed(self.open) if tag in self.tongue.looks), (1, 1))
        if any(tag in self.tongue.large for tag in self.open):
            size = (2, 2)
        return Look(*size, self.tongue.bold in self.open)

    def _obey(self, token: re.Match[str], text: str, end: int) -> int:
        """Do what a tag says; give where the text goes on."""
        closing, name = token[1], token[2]
        tongue = self.tongue
        if name is None:
            if tongue.new_line == LINE_FEED:
                self._break()
        elif tongue.tag(name) == tongue.new_line and not closing:
            self._break()
        elif name in tongue.marks:
            return self._symbol(name, closing, text, end)
        elif name in tongue.acts and not closing:
            self._flush()
            self.roll.act(tongue.acts[name].kind, **tongue.acts[name].values)
        elif name in tongue.looks or name == tongue.bold or name in tongue.aligns:
            self._pair(name, closing, token[0])
        elif name not in tongue.silent:
            self._letters(token[0])
        return end

    def _pair(self, name: str, closing: str, text: str) -> None:
        if closing:
            if name in self.open:
                self.open.reverse()
                self.open.remove(name)
                self.open.reverse()
                if name in self.tongue.aligns:
                    self._flush()
                    self.align = "left"
            return
        if name in self.tongue.aligns:
            self.aligned += 1
            if self.tongue.aligns_max and self.aligned > self.tongue.aligns_max:
                self._letters(text)
                return
            self._flush()
            self.align = self.tongue.aligns[name]
        if len(self.open) < OPEN_MAX:
            self.open.append(name)

    def _symbol(self, name: str, closing: str, text: str, end: int) -> int:
        count = self.tongue.digits.get(name)
        if count:
            found = re.compile(rf"([0-9]{{{count}}})(?:{re.escape(self.tongue.new_line)})?").match(text, end)
        else:
            left, last = re.escape(self.tongue.brackets[0]), re.escape(self.tongue.tag(name, closing=True))
            found = re.compile(rf"([^{left}]*){last}").match(text, end)
        if closing or found is None:
            self._letters(self.tongue.tag(name, closing=bool(closing)))
            return end
        self._flush()
        self.roll.mark(self.tongue.marks[name], found[1])
        return found.end()

    def _flush(self) -> None:
        """End the line when there is one."""
        if self.segments:
            self._break()

    def _break(self) -> None:
        self.roll.words(self.segments, self.align)
        self.segments = []
