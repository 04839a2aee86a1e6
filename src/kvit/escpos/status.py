"""Status: the state of a printer as a host can ask for it, and the bytes it answers with.

By Epson's ESC/POS reference. Fixed bits tell the kinds of answers apart whatever comes between them, which is what the
reader (`kvit.escpos.status_reader`) lives by:

===================  ==========  ==============================================================================
kind                 first byte  asked by
===================  ==========  ==============================================================================
``realtime``         0xx1xx10    ``DLE EOT n``: answered at once, before what waits in the buffer
``asb`` (4 bytes)    0xx1xx00    ``GS a n``: at once and on every change; then three times 0xx0xxxx
``byte``             0xx0xxxx    ``GS r``, ``ESC v``, ``ESC u``, ``GS I 1..3``: in turn with the data
``block``            5F 37 3B    texts of ``GS I`` and counters; ids of ``GS ( H``, sizes; power off. They end with 00
===================  ==========  ==============================================================================

The clock stays outside: nothing here waits, delays or repeats. Whether an answer is due at once or when the bytes
before it are printed is for the caller: `REALTIME` names what must not wait. Nothing else ever goes to the host.

Not proven on a device: the three cause bytes of the offline response, the capacity answers of ``GS ( L``.
Left out: ink, MICR and presenter answers (no receipt roll printer has them).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from kvit.escpos.command import Command
from kvit.escpos.profiles import Profile
from kvit.escpos.status_reader import Answer, StatusReader

__all__ = [
    "REALTIME",
    "SETUP_QUESTIONS",
    "Answer",
    "StatusModel",
    "StatusReader",
    "answer",
    "asb_block",
    "changed",
    "offline_response",
    "symbol_size",
]

REALTIME = frozenset({"DLE EOT", "DLE ENQ", "DLE DC4"})
"""Commands executed when they arrive, not when their turn comes."""

ASB_DRAWER, ASB_ONLINE, ASB_ERROR, ASB_PAPER, ASB_PANEL = 0x01, 0x02, 0x04, 0x08, 0x40
"""Bits of ``GS a n``: which changes make the printer speak."""

SETUP_QUESTIONS = tuple(b"\x1dI" + bytes((number,)) for number in (1, 2, 3, 65, 66, 67, 68, 69))
"""What to ask a real printer once when a relay is set up: its answers never change, so they go into
`StatusModel.answers` and are repeated as they came."""

LEVELS = {"none": 0, "basic": 1, "asb": 2, "full": 3}
"""`Profile.status` as an order: what a printer of this class answers at all."""

TEXT_BYTES = 80
"""Longest text in a block answer, as the manual has it."""


@dataclass(frozen=True, slots=True)
class StatusModel:
    """The state of a printer, as far as a host can ask. A frozen value: `change` gives the next one."""

    drawer_high: bool = False
    """Pin 3 of the drawer connector is high. Which of the two is "open" depends on the drawer."""
    cover_open: bool = False
    feeding: bool = False
    """Paper is being fed by the button."""
    paper_near_end: bool = False
    paper_end: bool = False
    cutter_error: bool = False
    fatal_error: bool = False
    passing_error: bool = False
    """An error that goes by itself (head too hot)."""
    mechanical_error: bool = False
    waiting: bool = False
    """Waiting to be brought back online."""
    held_offline: bool = False
    """Offline for no other reason (somebody pressed a key)."""
    asb: int = 0
    """The mask of the last ``GS a``."""
    offline_response: bool = False
    """``GS ( H`` function 49 asked for a word when the printer goes offline."""
    counters: dict[int, int] = field(default_factory=dict)
    """Maintenance counters by number, as ``GS g 2`` asks."""
    answers: dict[str, bytes] = field(default_factory=dict)
    """Bytes recorded from a real printer, by the hex of the command that asked: they go before everything made up."""

    @property
    def error(self) -> bool:
        """Some error has stopped printing."""
        return self.cutter_error or self.fatal_error or self.passing_error or self.mechanical_error

    @property
    def offline(self) -> bool:
        """The printer prints nothing now."""
        return self.held_offline or self.cover_open or self.feeding or self.paper_end or self.error

    def change(self, **values: bool | int) -> StatusModel:
        """Give the state with some fields replaced."""
        return replace(self, **values)  # type: ignore[arg-type]


def _bits(*flags: tuple[bool, int]) -> int:
    return sum(1 << bit for on, bit in flags if on)


def printer_status(model: StatusModel) -> int:
    """``DLE EOT 1``."""
    return 0x12 | _bits((model.drawer_high, 2), (model.offline, 3), (model.waiting, 5), (model.feeding, 6))


def offline_status(model: StatusModel) -> int:
    """``DLE EOT 2``: why it is offline."""
    return 0x12 | _bits((model.cover_open, 2), (model.feeding, 3), (model.paper_end, 5), (model.error, 6))


def error_status(model: StatusModel) -> int:
    """``DLE EOT 3``: which error."""
    return 0x12 | _bits(
        (model.mechanical_error, 2), (model.cutter_error, 3), (model.fatal_error, 5), (model.passing_error, 6)
    )


def paper_status(model: StatusModel) -> int:
    """``DLE EOT 4``: both near-end bits together, both end bits together."""
    near, end = model.paper_near_end or model.paper_end, model.paper_end
    return 0x12 | _bits((near, 2), (near, 3), (end, 5), (end, 6))


def asb_block(model: StatusModel, tail: int = 0x0F) -> bytes:
    """The four bytes of the automatic status; ``tail`` is the maker's fourth byte."""
    near, end = model.paper_near_end or model.paper_end, model.paper_end
    first = 0x10 | _bits((model.drawer_high, 2), (model.offline, 3), (model.cover_open, 5), (model.feeding, 6))
    second = _bits(
        (model.waiting, 0),
        (model.feeding, 1),
        (model.mechanical_error, 2),
        (model.cutter_error, 3),
        (model.fatal_error, 5),
        (model.passing_error, 6),
    )
    third = _bits((near, 0), (near, 1), (end, 2), (end, 3))
    return bytes((first, second, third, tail & 0x6F))


def asb_due(before: StatusModel, after: StatusModel) -> bool:
    """Say whether the change must be told, by the mask of ``GS a``."""
    mask = after.asb
    watched = (
        (ASB_DRAWER, lambda m: m.drawer_high),
        (ASB_ONLINE, lambda m: (m.offline, m.cover_open, m.waiting)),
        (ASB_ERROR, lambda m: (m.cutter_error, m.fatal_error, m.passing_error, m.mechanical_error)),
        (ASB_PAPER, lambda m: (m.paper_near_end, m.paper_end)),
        (ASB_PANEL, lambda m: m.feeding),
    )
    return any(mask & bit and look(before) != look(after) for bit, look in watched)


def changed(before: StatusModel, after: StatusModel, profile: Profile) -> bytes:
    """Give what the printer says by itself on a change: the automatic status, the offline response, or nothing."""
    said = b""
    if asb_due(before, after):
        said += asb_block(after, profile.asb_tail)
    if after.offline_response and after.offline and not before.offline:
        said += offline_response(after)
    return said


def offline_response(model: StatusModel) -> bytes:
    """The offline response: 37 23, three bytes whose bits are those of DLE EOT 2 to 4 without the fixed ones, 00."""
    causes = (offline_status(model), error_status(model), paper_status(model))
    return bytes((0x37, 0x23, *(0x40 | (cause & 0x6C) >> 2 & 0x1F for cause in causes), 0x00))


def answer(command: Command, model: StatusModel, profile: Profile) -> tuple[bytes, StatusModel]:
    """Answer one command: the bytes to send (often none) and the state after it (``GS a``, ``GS ( H``).

    A printer of a lower class (`Profile.status`) keeps silent, as the device does. Recorded answers go first.
    """
    recorded = model.answers.get(command.raw.hex())
    if recorded is not None:
        return recorded, model
    rule = _RULES.get(command.name)
    if rule is None or LEVELS[profile.status] < rule[0]:
        return b"", model
    return rule[1](command.fields, model, profile)


_Fields = dict[str, int | str | bytes | list[int] | None]
_Said = tuple[bytes, StatusModel]


def _number(fields: _Fields, name: str) -> int:
    value = fields.get(name)
    return value if isinstance(value, int) else -1


def _digit(value: int) -> int:
    """Many commands take a number or its digit: 1 and "1" (31h) mean the same."""
    return value - 0x30 if 0x30 <= value <= 0x39 else value


def _dle_eot(fields: _Fields, model: StatusModel, profile: Profile) -> _Said:
    makers = {1: printer_status, 2: offline_status, 3: error_status, 4: paper_status}
    number = _number(fields, "n")
    if number in makers:
        return bytes((makers[number](model),)), model
    if number == 18 and _number(fields, "a") in (1, 2):  # some models: drawer again, in the same shape
        return bytes((printer_status(model),)), model
    return b"", model


def _gs_r(fields: _Fields, model: StatusModel, profile: Profile) -> _Said:
    number = _digit(_number(fields, "n"))
    if number == 1:
        return bytes((asb_block(model)[2],)), model
    if number == 2:
        return bytes((int(model.drawer_high),)), model
    return b"", model


def _esc_u(fields: _Fields, model: StatusModel, profile: Profile) -> _Said:
    return bytes((int(model.drawer_high),)), model


def _esc_v(fields: _Fields, model: StatusModel, profile: Profile) -> _Said:
    return bytes((asb_block(model)[2],)), model


def _gs_i(fields: _Fields, model: StatusModel, profile: Profile) -> _Said:
    """Ids: 1..3 (or digits) a byte; 33, 35, 36 and 65..69, 96, 110..112 a text block."""
    number = _number(fields, "n")
    single = {1: profile.model_id, 2: profile.type_id, 3: profile.rom_id}
    if number in (1, 2, 3, 0x31, 0x32, 0x33):
        return bytes((single[_digit(number)] & 0x6F,)), model
    texts = {
        65: profile.firmware,
        66: profile.maker or profile.vendor,
        67: profile.model or profile.name,
        68: profile.serial,
        69: _font_of_country(profile),
        111: profile.firmware,
        112: profile.firmware,
    }
    if number not in texts:
        return b"", model
    return _block(0x5F, texts[number]), model


def _font_of_country(profile: Profile) -> str:
    words = {
        "gb18030": "CHINA GB18030",
        "big5": "TAIWAN BIG-5",
        "shift-jis": "KANJI JAPANESE",
        "ksc5601": "KOREA C-5601C",
        "cp949": "KOREA C-5601C",
    }
    return words.get(profile.multibyte.system, "")


def _block(header: int, text: str) -> bytes:
    return bytes((header,)) + text.encode("ascii", "replace")[:TEXT_BYTES] + b"\x00"


def _gs_a(fields: _Fields, model: StatusModel, profile: Profile) -> _Said:
    mask = max(0, _number(fields, "n"))
    model = replace(model, asb=mask)
    return (asb_block(model, profile.asb_tail) if mask else b""), model


def _gs_g(fields: _Fields, model: StatusModel, profile: Profile) -> _Said:
    number = _number(fields, "n")
    return _block(0x5F, str(model.counters.get(number, 0))), model


def _gs_paren_h(fields: _Fields, model: StatusModel, profile: Profile) -> _Said:
    function = _digit(_number(fields, "fn"))
    if function == 0:
        digits = [_number(fields, name) for name in ("d1", "d2", "d3", "d4")]
        if all(0x20 <= digit <= 0x7E for digit in digits):
            return bytes((0x37, 0x22, *digits, 0x00)), model
        return b"", model
    if function == 1:
        return b"", replace(model, offline_response=_digit(_number(fields, "n")) == 1)
    return b"", model


def _gs_paren_k(fields: _Fields, model: StatusModel, profile: Profile) -> _Said:
    """The size query: without a drawn symbol at hand, the answer says "can not be printed" of a symbol nobody stored."""
    if _number(fields, "fn") != 0x52:
        return b"", model
    return symbol_size(0, 0, printable=False), model


def symbol_size(width_dots: int, height_dots: int, printable: bool = True) -> bytes:
    """The answer to ``GS ( k`` function 82 for a player that knows the symbol: 37 36 w 1F h 1F 31 1F 30|31 00."""
    parts = (str(width_dots), str(height_dots), "1", "0" if printable else "1")
    return b"\x37\x36" + b"\x1f".join(part.encode() for part in parts) + b"\x00"


def _gs_paren_l(fields: _Fields, model: StatusModel, profile: Profile) -> _Said:
    """Capacity and free memory (functions 48, 51, 52) as text blocks; key lists (64, 80) empty."""
    function = _digit(_number(fields, "fn"))
    if function in (0, 3, 4):
        code = {0: 0x30, 3: 0x31, 4: 0x32}[function]
        return bytes((0x37, code)) + str(profile.buffer_bytes * 48).encode() + b"\x00", model
    if _number(fields, "fn") in (0x40, 0x50):
        return bytes((0x37, 0x72 if _number(fields, "fn") == 0x40 else 0x73, 0x40, 0x00)), model
    return b"", model


def _dle_dc4(fields: _Fields, model: StatusModel, profile: Profile) -> _Said:
    function = _number(fields, "fn")
    if function == 7:
        kind = _number(fields, "m")
        if kind == 1:
            return asb_block(model, profile.asb_tail), model
        if kind == 4:
            return offline_response(model), model
    if function == 8:
        return b"\x37\x25\x00", replace(model, waiting=False, passing_error=False, cutter_error=False)
    if function == 2:
        return b"\x3b\x30\x00", model
    return b"", model


def _dle_enq(fields: _Fields, model: StatusModel, profile: Profile) -> _Said:
    """Recover (1, 2): errors a host may clear go; nothing is said."""
    if _number(fields, "n") in (1, 2):
        return b"", replace(model, cutter_error=False, mechanical_error=False, waiting=False)
    return b"", model


_RULES: dict[str, tuple[int, Callable[[_Fields, StatusModel, Profile], _Said]]] = {
    "DLE EOT": (1, _dle_eot),
    "DLE ENQ": (1, _dle_enq),
    "GS r": (1, _gs_r),
    "ESC u": (1, _esc_u),
    "ESC v": (1, _esc_v),
    "GS I": (2, _gs_i),
    "GS a": (2, _gs_a),
    "DLE DC4": (3, _dle_dc4),
    "GS ( H": (3, _gs_paren_h),
    "GS ( k": (3, _gs_paren_k),
    "GS ( L": (3, _gs_paren_l),
    "GS g 2": (3, _gs_g),
}
"""By command: the lowest class of `LEVELS` that answers it, and how."""
