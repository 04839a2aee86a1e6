"""What Kvit says it is as an IPP printer: RFC 8011 section 5.4, PWG 5100.14 (IPP Everywhere), 5100.7, 5100.13. Pure.

A printer of ours is a roll: one width, any length up to `LENGTH_MAX_MM`, no margins, because a page is as wide as the
head prints. So a desktop's page has the head's dots, and what it sends needs no scaling. PDF is not offered, which IPP
Everywhere asks for as well: a desktop that can draw (all of them) draws raster.

Nothing here is measured: no supply levels, no place, no colour profiles. Left out because no roll has them: trays, sides,
finishings beyond the cut that is made anyway.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import msgspec

from kvit.device.ipp import value as v
from kvit.device.ipp.paper import ESCPOS, JPEG, OCTETS, PNG, PWG, TEXT, URF
from kvit.device.ipp.standing import Standing
from kvit.device.ipp.value import Attribute, Tag
from kvit.device.ipp.vocabulary import Operation
from kvit.device.spool.model import COPIES_MAX

FORMATS: Final = (PWG, URF, JPEG, PNG, TEXT, ESCPOS, OCTETS)
LENGTHS_MM: Final = (100, 200, 297, 600, 1200, 3000)
"""Pages by name; the white below what is printed is left off, so a longer one wastes nothing."""
LENGTH_USUAL_MM: Final = 297
"""Programs that know only sheets lay out for this one without surprises."""
LENGTH_MIN_MM: Final = 10
LENGTH_MAX_MM: Final = 3000
UNITS_MM: Final = 100
"""Media are measured in hundredths of a millimetre."""
JOB_ATTRIBUTES: Final = (
    "copies", "finishings", "job-name", "job-priority", "media", "media-col", "multiple-document-handling",
    "orientation-requested", "output-bin", "page-ranges", "print-color-mode", "print-content-optimize", "print-quality",
    "print-rendering-intent", "print-scaling", "printer-resolution", "sides", "ipp-attribute-fidelity", "job-sheets",
)  # fmt: skip
"""What a job may say; a value we do not do is named as unsupported."""


class About(msgspec.Struct, frozen=True):
    """What a description is made of."""

    name: str
    uri: str
    """``ipp://host:port/ipp/print/NAME``."""
    page_url: str
    """A page about it for people."""
    icon_url: str
    model: str
    width_dots: int
    dpi: int
    paper_mm: int
    uuid: str
    standing: Standing
    queued: int
    now_ms: int
    started_ms: int
    """When this program started: IPP counts from there."""
    changed_ms: int = 0
    """When the printer's state last changed, as far as is known; 0: since the start."""
    authentication: str = "none"
    """``none`` or ``basic``."""

    @property
    def width(self) -> int:
        """What the head prints, in hundredths of a millimetre, so that a page has no dot less than the head."""
        return -(-self.width_dots * 2540 // self.dpi)

    @property
    def up_s(self) -> int:
        """Seconds since the start, at least one."""
        return max(1, (self.now_ms - self.started_ms) // 1000)


def media_name(about: About, length_mm: int) -> str:
    """A self-describing media name (PWG 5101.1), as ``custom_roll-297mm_72.07x297mm``."""
    return f"custom_roll-{length_mm}mm_{_mm(about.width)}x{length_mm}mm"


def _mm(hundredths: int) -> str:
    return f"{hundredths / UNITS_MM:.2f}".rstrip("0").rstrip(".")


def _size(about: About, length_mm: int) -> tuple[Attribute, ...]:
    return v.integer("x-dimension", about.width), v.integer("y-dimension", length_mm * UNITS_MM)


def _any_size(about: About) -> tuple[Attribute, ...]:
    """As ranges both, which is how CUPS recognises a custom size."""
    shortest, longest = LENGTH_MIN_MM * UNITS_MM, LENGTH_MAX_MM * UNITS_MM
    return v.between("x-dimension", about.width, about.width), v.between("y-dimension", shortest, longest)


def _media(about: About, length_mm: int) -> tuple[Attribute, ...]:
    return (
        v.keyword("media-key", media_name(about, length_mm)),
        v.collection("media-size", _size(about, length_mm)),
        v.keyword("media-size-name", media_name(about, length_mm)),
        *_roll(),
    )


def _roll() -> tuple[Attribute, ...]:
    margins = [v.integer(f"media-{side}-margin", 0) for side in ("bottom", "left", "right", "top")]
    return (*margins, v.keyword("media-source", "main-roll"), v.keyword("media-type", "continuous"))


def described(about: About) -> list[Attribute]:
    """All attributes of a printer, by the order of the standards."""
    return [
        *_identity(about),
        *_state(about),
        *_abilities(about),
        *_job_template(about),
        *_paper(about),
        *_raster(about),
    ]


def _identity(about: About) -> Iterable[Attribute]:
    yield v.uri("printer-uri-supported", about.uri)
    yield v.keyword("uri-authentication-supported", about.authentication)
    yield v.keyword("uri-security-supported", "none")
    yield v.named("printer-name", about.name)
    yield v.text("printer-info", f"Kvit {about.name}")
    yield v.named("printer-dns-sd-name", f"Kvit {about.name}")
    yield v.text("printer-location", "")
    yield v.nothing("printer-geo-location", Tag.UNKNOWN)
    yield v.text("printer-organization", "")
    yield v.text("printer-organizational-unit", "")
    yield v.text("printer-make-and-model", f"Kvit {about.model}")
    yield v.uri("printer-more-info", about.page_url)
    yield v.uri("printer-icons", about.icon_url)
    yield v.uri("printer-supply-info-uri", about.page_url)
    yield v.uri("printer-uuid", f"urn:uuid:{about.uuid}")
    formats = ",".join(("PWGRaster", "URF", "ESCPOS"))
    yield v.text("printer-device-id", f"MFG:Kvit;MDL:{about.model};CMD:{formats};CLS:PRINTER;")
    yield v.keyword("printer-kind", "receipt", "roll")


def _state(about: About) -> Iterable[Attribute]:
    standing = about.standing
    yield v.enumerated("printer-state", standing.state)
    yield v.keyword("printer-state-reasons", *standing.reasons)
    yield v.text("printer-state-message", standing.message)
    yield v.boolean("printer-is-accepting-jobs", True)
    yield v.integer("queued-job-count", about.queued)
    yield v.integer("printer-up-time", about.up_s)
    yield v.moment("printer-current-time", about.now_ms)
    for what, at_ms in (("state-change", max(about.changed_ms, about.started_ms)), ("config-change", about.started_ms)):
        yield v.integer(f"printer-{what}-time", max(1, (at_ms - about.started_ms) // 1000))
        yield v.moment(f"printer-{what}-date-time", at_ms)
    yield v.octets("printer-supply", b"type=other;maxcapacity=-2;level=-2;colorantname=black;")
    yield v.text("printer-supply-description", "Thermal paper")


def _abilities(about: About) -> Iterable[Attribute]:
    yield v.keyword("ipp-versions-supported", "1.1", "2.0")
    yield v.keyword("ipp-features-supported", "none")
    yield v.enumerated("operations-supported", *sorted(Operation))
    yield v.charset("charset-configured", "utf-8")
    yield v.charset("charset-supported", "utf-8")
    yield v.language("natural-language-configured", "en")
    yield v.language("generated-natural-language-supported", "en")
    yield v.media_type("document-format-default", OCTETS)
    yield v.media_type("document-format-preferred", PWG)
    yield v.media_type("document-format-supported", *FORMATS)
    yield v.keyword("compression-supported", "none", "gzip", "deflate")
    yield v.keyword("pdl-override-supported", "attempted")
    yield v.boolean("color-supported", False)
    yield v.integer("pages-per-minute", 60)
    yield v.boolean("multiple-document-jobs-supported", False)
    yield v.integer("multiple-operation-time-out", 300)
    yield v.keyword("multiple-operation-time-out-action", "abort-job")
    yield v.boolean("job-ids-supported", True)
    yield v.boolean("preferred-attributes-supported", False)
    yield v.keyword("job-creation-attributes-supported", *JOB_ATTRIBUTES)
    yield v.keyword("job-settable-attributes-supported", "none")
    yield v.keyword("printer-settable-attributes-supported", "none")
    yield v.keyword("printer-get-attributes-supported", "document-format")
    yield v.keyword("which-jobs-supported", "completed", "not-completed", "all")
    yield v.keyword("identify-actions-default", "display")
    yield v.keyword("identify-actions-supported", "display")
    yield v.keyword("overrides-supported", "document-number", "pages")
    yield v.boolean("page-ranges-supported", False)
    yield v.between("job-k-octets-supported", 0, 16 << 10)


def _job_template(about: About) -> Iterable[Attribute]:
    yield v.integer("copies-default", 1)
    yield v.between("copies-supported", 1, COPIES_MAX)
    yield v.integer("job-priority-default", 50)
    yield v.integer("job-priority-supported", 10)
    yield v.keyword("job-sheets-default", "none")
    yield v.keyword("job-sheets-supported", "none")
    yield v.enumerated("finishings-default", 3)
    yield v.enumerated("finishings-supported", 3)
    yield v.keyword("sides-default", "one-sided")
    yield v.keyword("sides-supported", "one-sided")
    yield v.keyword("output-bin-default", "face-up")
    yield v.keyword("output-bin-supported", "face-up")
    yield v.keyword("multiple-document-handling-default", "separate-documents-uncollated-copies")
    yield v.keyword("multiple-document-handling-supported", "separate-documents-uncollated-copies")
    yield v.enumerated("orientation-requested-default", 3)
    yield v.enumerated("orientation-requested-supported", 3)
    yield v.keyword("print-color-mode-default", "monochrome")
    yield v.keyword("print-color-mode-supported", "auto", "bi-level", "monochrome")
    yield v.keyword("print-content-optimize-default", "auto")
    yield v.keyword("print-content-optimize-supported", "auto")
    yield v.keyword("print-rendering-intent-default", "auto")
    yield v.keyword("print-rendering-intent-supported", "auto")
    yield v.keyword("print-scaling-default", "auto")
    yield v.keyword("print-scaling-supported", "auto", "auto-fit", "fit", "none")
    yield v.enumerated("print-quality-default", 4)
    yield v.enumerated("print-quality-supported", 4)
    yield v.resolution("printer-resolution-default", about.dpi)
    yield v.resolution("printer-resolution-supported", about.dpi)


def _paper(about: About) -> Iterable[Attribute]:
    usual = media_name(about, LENGTH_USUAL_MM)
    narrow = _mm(about.width)
    yield v.keyword("media-default", usual)
    yield v.keyword("media-ready", usual)
    names = [media_name(about, length) for length in LENGTHS_MM]
    shortest, longest = (f"custom_{end}_{narrow}x{length}mm" for end, length in (("min", 10), ("max", 3000)))
    yield v.keyword("media-supported", *names, shortest, longest)
    yield v.collection("media-col-default", _media(about, LENGTH_USUAL_MM))
    yield v.collection("media-col-ready", _media(about, LENGTH_USUAL_MM))
    every = [_media(about, length) for length in LENGTHS_MM]
    yield v.collection("media-col-database", *every, (v.collection("media-size", _any_size(about)), *_roll()))
    yield v.keyword(
        "media-col-supported",
        "media-bottom-margin", "media-left-margin", "media-right-margin", "media-size", "media-size-name",
        "media-source", "media-top-margin", "media-type",
    )  # fmt: skip
    yield v.collection("media-size-supported", *(_size(about, length) for length in LENGTHS_MM), _any_size(about))
    for side in ("bottom", "left", "right", "top"):
        yield v.integer(f"media-{side}-margin-supported", 0)
    yield v.keyword("media-source-supported", "main-roll")
    yield v.keyword("media-type-supported", "continuous")
    yield v.octets(
        "printer-input-tray",
        b"type=continuousRoll;mediafeed=0;mediaxfeed=0;maxcapacity=-2;level=-2;status=0;name=Roll;",
    )


def _raster(about: About) -> Iterable[Attribute]:
    yield v.resolution("pwg-raster-document-resolution-supported", about.dpi)
    yield v.keyword("pwg-raster-document-sheet-back", "normal")
    yield v.keyword("pwg-raster-document-type-supported", "black_1", "sgray_8", "srgb_8")
    yield v.keyword("urf-supported", "V1.4", "CP1", "W8", "SRGB24", f"RS{about.dpi}", "PQ4")


_TEMPLATE_ENDS: Final = ("-default", "-supported", "-ready", "-database")
_TEMPLATE: Final = frozenset((*JOB_ATTRIBUTES, "media-col"))


def wanted(attributes: Iterable[Attribute], requested: tuple[str, ...]) -> tuple[Attribute, ...]:
    """Of attributes those asked for (RFC 8011 section 4.2.5.1); none named: all. The media data base only by name."""
    names = set(requested) or {"all"}
    whole = "all" in names
    return tuple(each for each in attributes if each.name in names or _grouped(each.name, names, whole))


def _grouped(name: str, names: set[str], whole: bool) -> bool:
    if name == "media-col-database":
        return False
    template = any(name.endswith(end) and name.removesuffix(end) in _TEMPLATE for end in _TEMPLATE_ENDS)
    return whole or ("job-template" if template else "printer-description") in names
