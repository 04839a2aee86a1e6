"""A profile: what one printer model is and can do.

Facts, not behaviour: players, encoder, status engine and learner ask the profile and decide themselves. Every length is
in dots of the head. What is not known of a model is inherited from its family and in the end from ``epson``, because
the field imitates Epson; the file ``models/<name>.toml`` says what was found out beyond that, with its source.

``dialect``, ``multibyte.system`` and ``learn`` may be open: then the bytes decide (`kvit.escpos.learn`, fingerprints).
"""

from __future__ import annotations

import msgspec


class Font(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A built-in font: its cell in dots and how many cells stand on a line of the full printable width."""

    width: int
    height: int
    columns: int


class Multibyte(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How pairs of bytes above 7F are read."""

    system: str = "none"
    """A name of `kvit.escpos.multibyte.SYSTEMS`; ``open``: not known, to be learned."""
    power_on: bool = False
    """True when the printer reads pairs after power-on and after ``ESC @``, before any ``FS &``."""
    cell_width: int = 24
    cell_height: int = 24


class Profile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One model. ``name`` is as `load` takes it; lists of flags are sets of the words documented in the how-to."""

    name: str
    vendor: str = ""
    """Who makes it, for people; empty for boards sold under many names."""
    model: str = ""
    """The maker's name of it; what ``GS I`` 67 is expected to say."""
    dialect: str | None = None
    """``epson`` or a file under ``escpos/dialects`` (``xprinter rongta sprt star bematech escp`` …); None: open."""
    language: str = "escpos"
    """What it is written in: a row of ``kvit.paper.languages.registry`` (``star-line starprnt epos feie`` …)."""
    dpi: int = 203
    """Dots to the inch of the head, across and down."""
    width_dots: int = 576
    """Printable dots across: 384, 512, 576, 832 …"""
    paper_mm: int = 80
    """Width of the paper roll."""
    fonts: dict[str, Font] = {}
    """By letter: ``A`` (``ESC M 0``), ``B`` (1), ``C`` (2) …; special fonts of ``ESC M 97`` on are ``a`` and ``b``."""
    code_pages: dict[int, str] = {}
    """The ``n`` of ``ESC t n`` to a name of `kvit.escpos.codepage`; ``unknown`` where the maker does not tell."""
    code_page: int = 0
    """The page selected after power-on and ``ESC @``."""
    international: int = 0
    """The set of ``ESC R n`` after power-on."""
    learn: bool = False
    """True when ``code_pages`` is only a first guess: another table may fit the bytes better."""
    multibyte: Multibyte = Multibyte()
    line_spacing: int = 30
    """Dots of ``ESC 2``."""
    motion_x: int = 203
    """The ``x`` of ``GS P`` after power-on: units to the inch across."""
    motion_y: int = 203
    """The ``y`` of ``GS P`` after power-on: units to the inch down; half dots (360, 406) where the manual says so."""
    features: frozenset[str] = frozenset()
    """What it can do, each a word explained in docs/howto/add-a-printer-profile.md."""
    symbologies: tuple[str, ...] = ()
    """Bar codes and 2D symbols it prints itself, by the names of ``kvit.paper.symbol``."""
    colors: tuple[str, ...] = ("black",)
    """Colours of the head or ribbon, the first one first."""
    buffer_bytes: int = 4096
    """The receive buffer; pictures go in bands of at most half of it."""
    cutter_dots: int = 110
    """From the head to the blade: what a cut without feed leaves above the tear; 0 without a blade."""
    status: str = "full"
    """``none``; ``basic`` (DLE EOT, GS r, ESC v/u); ``asb`` (basic and GS a, GS I); ``full`` (asb and GS ( H)."""
    model_id: int = 0x20
    """The byte ``GS I 1`` answers."""
    type_id: int = 0x02
    """The byte ``GS I 2`` answers: bit 0 two-byte letters, bit 1 cutter, bit 2 display; `load` makes it up from these."""
    rom_id: int = 0x01
    """The byte ``GS I 3`` answers."""
    maker: str = ""
    """What ``GS I`` 66 says; empty: the vendor."""
    firmware: str = "1.00"
    """What ``GS I`` 65 says."""
    serial: str = "KVIT000001"
    """What ``GS I`` 68 says."""
    asb_tail: int = 0x0F
    """The fourth byte of the automatic status."""
    needle_dots: int = 3
    """How many dots of the sheet a row of an 8-dot ``ESC *`` picture is tall: 3 on thermal heads, 2 on needles."""
    fs_2_bytes: int = 72
    """Data bytes of ``FS 2``: 72 (24x24), 60 (20x24) or 32 (16x16)."""
    quirks: frozenset[str] = frozenset()
    """Departures from the manual, each a word explained in docs/howto/add-a-printer-profile.md."""
    logos: frozenset[str] = frozenset()
    """Keys of pictures known to lie in this very printer (``nv:1``, ``nv:48/49``): they are printed by key, not sent."""
    unproven: frozenset[str] = frozenset()
    """Names of the fields above that are a family's general rule or a guess, not read off a manual or a device."""
    notes: str = ""
    """What a person should know, the nearest file's first; `load` adds a sentence naming the unproven fields."""
    source: str = ""
    """Where the facts come from."""

    @property
    def font(self) -> Font:
        """Font A, the one a printer wakes up with."""
        return self.fonts["A"]

    def has(self, word: str) -> bool:
        """Say whether the feature or quirk of that name is set."""
        return word in self.features or word in self.quirks
