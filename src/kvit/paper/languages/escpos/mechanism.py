"""Verbs of the machine around the head: feeds, cuts, the drawer, the buzzer, reset, macros, counters.

A pulse, a beep and a display text leave no mark on paper: they are events with the place the paper stood at. A cut is
an event too, and gives the feed budget back: from there on it is another receipt.
"""

from __future__ import annotations

from kvit.escpos.command import Command
from kvit.escpos.control import NAMES
from kvit.paper.languages.escpos.line import at_start, end_line, feed_back, feed_by, line_feed
from kvit.paper.languages.escpos.state import Printer, Verb, restyle
from kvit.paper.languages.escpos.text import text
from kvit.paper.sheet import Run

MAX_MACRO_BYTES = 2_048
"""What an Epson keeps of a macro."""
MACRO_BUDGET_BYTES = 65_536
"""Bytes all runs of macros together may add to one stream; ``GS ^ 255`` of a full macro would add half a megabyte."""
FULL_CUTS = (0, 0x30, 0x41, 0x61, 0x67)
CUT_FEEDS = (0x41, 0x42, 0x61, 0x62, 0x67, 0x68)
"""Forms of ``GS V`` with a feed in front; 61h, 62h, 67h, 68h keep or return the paper's place, which no sheet shows."""


def carriage_return(printer: Printer, command: Command) -> None:
    """CR: nothing on most heads; a line feed where a switch says so, and then CR LF is one."""
    if printer.cr_feeds:
        end_line(printer, printer.line_spacing, command)
        printer.swallow_lf = True


def feed_dots(printer: Printer, command: Command) -> None:
    """``ESC J n``."""
    if "no_feed_dots" in printer.machine.quirks:
        printer.problem("quirk.ignored", command, name=command.name)
        return
    feed_by(printer, printer.down(command.raw[2]), command)


def feed_lines(printer: Printer, command: Command) -> None:
    """``ESC d n``: print, then feed n lines; n = 0 is a plain line end."""
    lines = command.raw[2]
    feed_by(printer, lines * printer.line_spacing, command)


def feed_back_dots(printer: Printer, command: Command) -> None:
    """``ESC K n``."""
    feed_back(printer, printer.down(command.raw[2]), command)


def feed_back_lines(printer: Printer, command: Command) -> None:
    """``ESC e n``."""
    feed_back(printer, min(command.raw[2], 2) * printer.line_spacing, command)


def cut(printer: Printer, command: Command) -> None:
    """``GS V``: cut; the forms with an operand feed to the cutter first, then n units."""
    raw = command.raw
    how = raw[2]
    if "no_cut_feed" in printer.machine.quirks and how in (0x41, 0x42):
        printer.problem("quirk.ignored", command, name=command.name)
        return
    cut_paper(printer, command, how in FULL_CUTS, printer.down(raw[3]) if how in CUT_FEEDS and len(raw) > 3 else 0)


def cut_now(printer: Printer, command: Command) -> None:
    """``ESC i`` and ``ESC m``: cut, one or three points left standing: neither is a full cut."""
    cut_paper(printer, command, False)


def cut_paper(printer: Printer, command: Command, full: bool, feed: int = 0) -> None:
    """Print what is open, feed, cut: the next receipt has its own feed budget."""
    at_start(printer, command)
    if feed:
        end_line(printer, feed, command)
    printer.event("cut", command, full=int(full))
    printer.fed = 0


def pulse(printer: Printer, command: Command) -> None:
    """``ESC p m t1 t2``: the drawer, in units of 2 ms."""
    raw = command.raw
    kick(printer, command, 5 if raw[2] & 1 else 2, raw[3] * 2, raw[4] * 2)


def realtime_pulse(printer: Printer, command: Command) -> None:
    """``DLE DC4 1 m t``: the drawer at once, in units of 100 ms; other functions of ``DLE DC4`` print nothing."""
    raw = command.raw
    if len(raw) >= 5 and raw[2] == 1:
        kick(printer, command, 5 if raw[3] & 1 else 2, raw[4] * 100, raw[4] * 100)
    elif len(raw) >= 8 and raw[2] == 3:
        beep(printer, command, raw[4] or 1)


def kick(printer: Printer, command: Command, pin: int, on_ms: int, off_ms: int) -> None:
    """Note a drawer pulse."""
    printer.event("pulse", command, pin=pin, on_ms=on_ms, off_ms=off_ms)


def beep(printer: Printer, command: Command, times: int = 1) -> None:
    """Note a beep."""
    printer.event("beep", command, times=times)


def buzzer(printer: Printer, command: Command) -> None:
    """``ESC ( A`` (fn 61h: times in the operand behind the pattern) and ``ESC B n t`` of Chinese models."""
    raw = command.raw
    if command.name in ("ESC B", "ESC C"):
        beep(printer, command, raw[2])
    else:
        beep(printer, command, raw[7] if len(raw) > 7 else 1)


def reset(printer: Printer, command: Command) -> None:
    """``ESC @``: modes to power-on; letters not yet printed are dropped, what is on paper stays."""
    if printer.page is None and printer.open_from != len(printer.boxes):
        printer.problem("text.cleared", command, boxes=len(printer.boxes) - printer.open_from)
        del printer.boxes[printer.open_from :]
    if printer.page is not None:
        printer.page.abandon(printer)
    printer.images.pop("download", None)
    printer.images.pop("stored", None)
    printer.event("reset", command)
    printer.power_on()


def display(printer: Printer, command: Command) -> None:
    """Bytes for the customer display: an event with the letters among them, never paper."""
    letters = bytes(byte for byte in command.raw if 0x20 <= byte < 0x7F).decode("ascii")
    printer.event("display", command, text=letters)


def record_macro(printer: Printer, command: Command) -> None:
    """``GS :`` starts recording; commands are played as they are recorded."""
    printer.macro = []
    size = 0

    def keep(verb: Verb) -> Verb:
        def kept(printer: Printer, command: Command) -> None:
            nonlocal size
            size += len(command.raw)
            if size <= MAX_MACRO_BYTES:
                printer.macro.append(command)
            verb(printer, command)

        return kept

    recording = {name: keep(verb) for name, verb in printer.verbs.items()}
    recording["GS :"] = end_macro
    recording["GS ^"] = drop_macro
    printer.verbs = recording


def end_macro(printer: Printer, command: Command) -> None:
    """The second ``GS :``."""
    printer.verbs = printer.base_verbs if printer.page is None else printer.page.verbs


def drop_macro(printer: Printer, command: Command) -> None:
    """``GS ^`` while recording: the recording ends and what was recorded is gone."""
    printer.macro = []
    end_macro(printer, command)


def run_macro(printer: Printer, command: Command) -> None:
    """``GS ^ r t m``: play the macro r times, within the budget of the whole stream."""
    length = sum(len(each.raw) for each in printer.macro)
    for _ in range(command.raw[2]):
        if not length:
            return
        printer.macro_budget += length
        if printer.macro_budget > MACRO_BUDGET_BYTES:
            printer.problem("macro.budget", command, runs=command.raw[2], limit=MACRO_BUDGET_BYTES)
            return
        for each in printer.macro:
            if each.name not in ("GS ^", "GS :"):
                verb = printer.verbs.get(each.name)
                if verb is not None:
                    verb(printer, Command(command.offset, each.raw, each.name, each.read))


def count(printer: Printer, command: Command) -> None:
    """``GS C 0``, ``1``, ``2``, ``;``: width, range and value of the printer's own counter."""
    raw, counter = command.raw, printer.counter
    form = raw[2]
    if form == 0x30:
        counter["width"], counter["align"] = min(raw[3], 5), raw[4] & 15
    elif form == 0x31:
        _count_mode(counter, raw[3] | raw[4] << 8, raw[5] | raw[6] << 8, raw[7], raw[8])
    elif form == 0x32:
        counter["value"] = raw[3] | raw[4] << 8
    elif form == 0x3B:
        numbers = [int(part) if part.isdigit() else 0 for part in raw[3:].split(b";")[:5]] + [0] * 5
        low, high, step, repeat, value = (min(number, 65_535) for number in numbers[:5])
        _count_mode(counter, low, high, step, repeat)
        counter["value"] = value


def _count_mode(counter: dict[str, int], low: int, high: int, step: int, repeat: int) -> None:
    counter.update(low=low, high=high, step=step & 255, repeat=max(repeat & 255, 1), printed=0)


def print_counter(printer: Printer, command: Command) -> None:
    """``GS c``: the counter's value as letters on the line, then on to the next value."""
    counter = printer.counter
    low, high = counter.get("low", 1), counter.get("high", 65_535)
    value, width = counter.get("value", low), counter.get("width", 0)
    written = str(value)
    if width:
        written = (written.zfill(width) if counter.get("align") == 1 else written.rjust(width))[-width:]
        written = written if counter.get("align") != 2 else str(value).ljust(width)
    text(printer, Command(command.offset, written.encode("ascii"), "text"))
    counter["printed"] = counter.get("printed", 0) + 1
    if counter["printed"] >= counter.get("repeat", 1):
        counter["printed"] = 0
        step = counter.get("step", 1)
        value = value + step if low <= high else value - step
        inside = min(low, high) <= value <= max(low, high)
        counter["value"] = value if inside else low


def delete_letter(printer: Printer, command: Command) -> None:
    """DEL (7Fh) of impact and Brazilian models: take the last letter of the open line back."""
    boxes = printer.boxes
    last = boxes[-1] if len(boxes) > printer.open_from else None
    if isinstance(last, Run) and last.text:
        last.text, last.width = last.text[:-1], last.width - last.advance
        printer.x -= last.advance
        if not last.text:
            boxes.pop()


def cancel_line(printer: Printer, command: Command) -> None:
    """CAN of impact and Brazilian models: drop the open line."""
    del printer.boxes[printer.open_from :]
    printer.x = printer.left
    printer.line_rise = printer.line_drop = 0
    printer.mixed = False


def ignore(printer: Printer, command: Command) -> None:
    """What changes nothing on paper: questions, sensors, panel keys, speeds, memory switches."""


def unplayed(printer: Printer, command: Command) -> None:
    """A known command this house does not put on paper: said, so that nobody takes the sheet for the whole print."""
    printer.problem("command.unplayed", command, name=command.name)


def unknown(printer: Printer, command: Command) -> None:
    """Bytes no table knows: kept as a problem with their span."""
    reason = command.fields.get("reason", "")
    printer.problem("command.unknown", command, hex=command.raw[:16].hex(), reason=str(reason or ""))


def eject(printer: Printer, command: Command) -> None:
    """A kiosk's ejector, a mark to feed to: an event; how far the paper moves is the machine's."""
    printer.event("eject", command)


def begin_double(printer: Printer, command: Command) -> None:
    """``ESC SO`` of hand-held terminals: double width until ``ESC DC4``."""
    printer.width = 2
    printer.style = None


def condense(printer: Printer, command: Command) -> None:
    """``ESC SI``: condensed letters, the smaller font here."""
    printer.font = "B" if "B" in printer.machine.fonts else "A"
    printer.style = None


def one_line_double(printer: Printer, command: Command) -> None:
    """SO: double width until the line ends."""
    printer.width = 2
    printer.one_line = True
    printer.style = None


def end_double(printer: Printer, command: Command) -> None:
    """DC4: double width off."""
    printer.width = 1
    printer.one_line = False
    printer.style = None


def prepare(printer: Printer) -> None:
    """Have the measures of the style in force ready (counters and tabs ask before any letter came)."""
    if printer.style is None:
        restyle(printer)


SILENT = (
    *NAMES, "CAN", "FF", "DLE EOT", "DLE ENQ", "DLE", "ESC <", "ESC =", "ESC C", "ESC F", "ESC f", "ESC q", "ESC U",
    "ESC c 0", "ESC c 1", "ESC c 3", "ESC c 4", "ESC c 5", "ESC u", "ESC v", "ESC x", "ESC o", "ESC N", "ESC 7",
    "ESC ( Y", "ESC US A", "ESC US f", "ESC FFh", "FS ( A", "FS ( E", "FS ( L", "FS ( e", "FS ( f", "FS ( g", "FS 2",
    "FS ?", "FS L", "FS b", "FS c", "FS a 0", "FS a 1", "FS a 2", "FS g 1", "FS g 2", "FS I", "FS J", "FS K", "FS M",
    "FS E P", "FS e", "FS }", "FS C0h", "GS ( A", "GS ( B", "GS ( C", "GS ( D", "GS ( F", "GS ( G", "GS ( H", "GS ( J",
    "GS ( K", "GS ( M", "GS ( P", "GS ( V", "GS ( z", "GS E", "GS I", "GS a", "GS b", "GS g 0", "GS g 2", "GS g 4",
    "GS g 5", "GS j", "GS q", "GS r", "GS S", "GS z 0", "GS F7h", "GS F8h", "GS FAh", "DC2 #", "DC2 T", "DC2 q",
    "US ESC US", "BS M B", "BS V C", "BS ^ P",
)  # fmt: skip
"""Known commands without a trace on paper."""

VERBS: dict[str, Verb] = {
    **dict.fromkeys(SILENT, ignore),
    "text": text, "LF": line_feed, "CR": carriage_return, "ESC J": feed_dots, "ESC d": feed_lines,
    "ESC K": feed_back_dots, "ESC e": feed_back_lines, "GS V": cut, "ESC i": cut_now, "ESC m": cut_now, "ESC p": pulse,
    "DLE DC4": realtime_pulse, "ESC ( A": buzzer, "ESC B": buzzer, "ESC @": reset, "display": display,
    "GS FF": eject, "GS e": eject, "ESC SO": begin_double, "ESC SI": condense, "ESC DC4": end_double,
    "FS SO": one_line_double,
    "FS DC4": end_double, "ESC w": cut_now, "GS :": record_macro, "GS ^": run_macro, "GS C 0": count, "GS C 1": count,
    "GS C 2": count,
    "GS C ;": count, "GS c": print_counter, "unknown": unknown, "ESC +": unplayed,
}  # fmt: skip
