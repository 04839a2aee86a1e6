"""The foot: a QR code with the receipt's link, put between the till's last line and its cut. Pure.

    setting + printout:   ...  THANK YOU  LF LF LF  | cut
    what comes out:       ...  THANK YOU  LF  [plain][words][QR][as it was]  LF LF  | cut

The foot is a little document laid out for the printer and written in its own language (`kvit.paper`): the code as
``GS ( k`` where the head knows it, as a picture where not, the words in the shop's language, drawn where the head lacks
the letters. It must leave no trace in the till's own print: before it, what the till has changed is set plain; behind it,
all is set again as it was (``ESC @`` is no way: it forgets what the till has defined). That this came out right is proved
each time by playing both and comparing box by box (`_is_harmless`); where it did not, there is no foot.

No foot: on fiscal slips (the caller's to know), in page mode or upside down, on paper too narrow for a code that scans, on
a printer of another language. A line whose printer nobody named gets pictures alone, which nearly all heads print.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import msgspec

from kvit.escpos import Command, Profile
from kvit.paper import reach
from kvit.paper.builder import Builder
from kvit.paper.languages import registry
from kvit.paper.languages.stream import Played, play_stream
from kvit.paper.sheet import Box, Picture, Run, Symbol
from kvit.relay.marks import classify
from kvit.relay.tap import Tap

MODULE_DOTS: Final = 5
"""0.6 mm at 203 dpi: phones read a code of 33 modules from a hand's length away; it is 21 mm wide."""
MODULE_DOTS_MIN: Final = 3
QUIET: Final = 4
MODULES: Final = 33
"""Of a QR code, version 4, level M: up to 62 letters, and links have at most 49."""
FOOT_BYTES_MAX: Final = 24_000
"""A foot of pictures alone on 112 mm is 13 kB; the line's door takes 64 kB a question, as hexadecimal digits."""
PICTURES_ALONE: Final = "unknown"

_PLAIN: Final[dict[str, bytes]] = {
    "GS P": b"\x1dP\0\0", "ESC SP": b"\x1b \0", "ESC !": b"\x1b!\0", "ESC -": b"\x1b-\0", "ESC 2": b"\x1b2",
    "ESC 3": b"\x1b2", "ESC E": b"\x1bE\0", "ESC G": b"\x1bG\0", "ESC M": b"\x1bM\0", "ESC R": b"\x1bR\0",
    "ESC V": b"\x1bV\0", "ESC a": b"\x1ba\0", "ESC r": b"\x1br\0", "ESC {": b"\x1b{\0", "FS !": b"\x1c!\0",
    "FS C": b"\x1cC\0", "FS S": b"\x1cS\0\0", "FS W": b"\x1cW\0", "FS -": b"\x1c-\0", "GS !": b"\x1d!\0",
    "GS B": b"\x1dB\0", "GS L": b"\x1dL\0\0", "FS ( A": b"\x1c(A\x02\0\x30\0",
}  # fmt: skip
"""What brings each lasting command's effect back to how a head wakes up; others do not touch a foot (tabs, bar codes)."""
_LEFT_ALONE: Final = frozenset(("ESC =", "GS a", "ESC D", "ESC W"))
_QR_SETTINGS: Final = {65: b"\x1d(k\x04\x001A2\x00", 67: b"\x1d(k\x03\x001C\x03", 69: b"\x1d(k\x03\x001E0"}
"""Model, module and level of QR codes as a head wakes up."""
PROBE: Final = b"\nAa 0\xb1\xb1\xe0\xe1\n\x1d(k\x04\x001P0x\x1d(k\x03\x001Q0\n"
"""Played behind both: what comes next from the till (letters of its page and set, a code of its size) is as it would be."""
_FEEDS: Final = frozenset(("LF", "ESC J", "ESC d"))


class Foot(msgspec.Struct, frozen=True):
    """Bytes to be printed before byte ``at`` of the printout."""

    at: int
    data: bytes


def foot(setting: bytes, raw: bytes, profile: Profile, url: str, words: Sequence[str]) -> Foot | None:
    """Make the foot of a printout; None where it can have none."""
    if profile.language != "escpos":
        return None
    before = play_stream(setting + raw, profile)
    printer = _printer(profile, before.profile)
    module = min(MODULE_DOTS, printer.width_dots // (MODULES + 2 * QUIET))
    if not reach.is_written(printer) or module < MODULE_DOTS_MIN:
        return None
    place = _Place(before, len(setting))
    if place.is_barred:
        return None
    document = Builder(align="centre").feed().code("qr", url, module=module, level="M")  # white above, to be found by
    for line in words:
        document.text(line)
    document.feed(0 if place.is_fed else -(-printer.cutter_dots // printer.line_spacing))
    written = registry.write(registry.compose(document.document(), printer), printer)
    made = Foot(place.at, place.wrapped(written.removeprefix(b"\x1b@").removeprefix(b"\x1bR\x00"), printer))
    return made if len(made.data) <= FOOT_BYTES_MAX and _is_harmless(before, setting, raw, made, url) else None


def _printer(named: Profile, played: Profile) -> Profile:
    """What the foot is written for; of a printer nobody knows only that it prints letters of ASCII and pictures."""
    if named.name != PICTURES_ALONE:
        return played
    bare = {"features": frozenset({"raster"}), "symbologies": (), "code_pages": {}, "learn": False, "dialect": "epson"}
    return msgspec.structs.replace(played, **bare)


class _Place:
    """Where the foot goes, and what is in force there."""

    def __init__(self, played: Played, skip: int) -> None:
        commands, dialect = played.commands, played.dialect
        words = [classify(command, dialect) for command in commands]
        first = next((n for n, command in enumerate(commands) if command.offset >= skip), len(commands))
        marks = [n for n in range(first, len(commands)) if words[n] in ("mark", "page")]
        begun = marks[0] if marks else len(commands)
        cut = next((n for n in range(begun, len(commands)) if words[n] == "cut"), len(commands))
        last = next((n for n in reversed(range(begun, cut)) if words[n] in ("mark", "page")), cut)
        number = last + 1
        self._ends_line = last < cut and _leaves_open(commands[last])
        while self._ends_line and number < cut and commands[number].name not in _FEEDS:
            number += 1  # settings between a line's letters and its end
        if self._ends_line and number < cut:
            number, self._ends_line = number + 1, False
        feeds = any(commands[n].name in _FEEDS for n in range(number, cut))
        self.is_fed = cut < len(commands) and (feeds or _feeds_itself(commands[cut]))
        here = commands[number].offset if number < len(commands) else sum(len(command.raw) for command in commands)
        self.at = here - skip
        self.is_barred = not marks or dialect in ("star", "starprnt", "star-raster") or _is_odd(commands[:number])
        self._tap = Tap(played.profile)
        self._qr = dict(_QR_SETTINGS)
        for command in commands[:number]:
            self._tap.follow(command)
            self._note_qr(command)

    def _note_qr(self, command: Command) -> None:
        if command.name == "ESC @":
            self._qr = dict(_QR_SETTINGS)
        elif command.raw[:3] == b"\x1d(k" and command.raw[5:6] == b"1" and command.raw[6] in self._qr:
            self._qr[command.raw[6]] = command.raw

    def wrapped(self, written: bytes, printer: Profile) -> bytes:
        """The foot with what makes the head plain before it, and as it was behind it."""
        inside = Tap(printer)
        for command in inside.till(written):
            inside.follow(command)
        theirs, ours = _names(self._tap.setting, printer), _names(inside.setting, printer)
        head = b"\n" if self._ends_line else b""
        plain = _plain(theirs, printer)
        again = _plain(ours - theirs, printer) + b"".join(
            raw for name, raw in _pieces(self._tap.setting, printer) if name not in _LEFT_ALONE
        )
        codes = b"".join(self._qr.values()) if b"\x1d(k" in written else b""
        return head + plain + written + (_plain(ours & theirs, printer)) + again + codes


def _pieces(setting: bytes, profile: Profile) -> list[tuple[str, bytes]]:
    return [(command.name, command.raw) for command in Tap(profile).till(setting)]


def _names(setting: bytes, profile: Profile) -> frozenset[str]:
    return frozenset(name for name, _ in _pieces(setting, profile))


def _plain(names: frozenset[str], printer: Profile) -> bytes:
    """Commands that undo these settings."""
    out = b"".join(dict.fromkeys(raw for name, raw in _PLAIN.items() if name in names))
    if "GS W" in names:
        out += b"\x1dW" + min(printer.width_dots, 0xFFFF).to_bytes(2, "little")
    if "ESC t" in names:
        out += b"\x1bt%c" % printer.code_page
    if names & {"FS &", "FS ."}:
        out += b"\x1c&" if printer.multibyte.power_on else b"\x1c."
    return out


def _leaves_open(command: Command) -> bool:
    """Letters stand in the head's line until it is ended; pictures and codes end it themselves."""
    return command.name in ("text", "ESC *")


def _feeds_itself(cut: Command) -> bool:
    return cut.name == "GS V" and len(cut.raw) > 3


def _is_odd(commands: Sequence[Command]) -> bool:
    """True in page mode, upside down, or in a macro's definition: a foot would come out elsewhere."""
    page = macro = turned = False
    for command in commands:
        if command.name == "ESC @":
            page = turned = False
        elif command.name in ("ESC L", "ESC S", "FF"):
            page = command.name == "ESC L"
        elif command.name == "ESC {":
            turned = bool(command.raw[2:3] and command.raw[2] & 1)
        elif command.name == "GS :":
            macro = not macro
    return page or macro or turned


def _is_harmless(before: Played, setting: bytes, raw: bytes, made: Foot, url: str) -> bool:
    """Play the paper with its foot: all else is where it was, moved down behind the foot, and the code says the link."""
    at, size = len(setting) + made.at, len(made.data)
    theirs = play_stream(setting + raw + PROBE, before.profile).sheet.boxes
    whole = setting + raw[: made.at] + made.data + raw[made.at :] + PROBE
    after = play_stream(whole, before.profile).sheet.boxes
    own = [box for box in after if at <= box.start < at + size]
    rest = [box for box in after if not at <= box.start < at + size]
    codes = [box for box in own if isinstance(box, Symbol)]
    if any(box.data != url.encode() or box.fault for box in codes):
        return False
    if not codes and not any(isinstance(box, Picture) for box in own):
        return False
    if len(rest) != len(theirs):
        return False
    return all(_like(old) == _like(new) for old, new in zip(theirs, rest, strict=True))


def _like(box: Box) -> tuple[object, ...]:
    """What of a box a foot above it must not change: all but how far down it stands."""
    told: tuple[object, ...] = (type(box), box.x, box.width, box.height)
    if isinstance(box, Run):
        return (*told, box.text, box.style, box.advance)
    if isinstance(box, Picture):
        return (*told, box.bits)
    return (*told, box.data, box.module, box.level) if isinstance(box, Symbol) else told
