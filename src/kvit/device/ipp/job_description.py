"""A job as IPP describes it (RFC 8011 section 5.3, PWG 5100.7). Pure.

Times are told twice: in seconds of the printer's up-time (negative ones are from before the program started) and as dates.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Final

from kvit.device.ipp import value as v
from kvit.device.ipp.description import About
from kvit.device.ipp.paper import OCTETS
from kvit.device.ipp.service import Known
from kvit.device.ipp.value import Attribute
from kvit.device.ipp.vocabulary import JobState

USUAL: Final = ("job-id", "job-uri")
"""What a list of jobs has when nothing is asked for."""
_TEMPLATE: Final = frozenset({"copies"})


def described(about: About, known: Known) -> list[Attribute]:
    """All attributes of a job."""
    return [*_identity(about, known), *_state(known), *_times(about, known), *_document(known)]


def _identity(about: About, known: Known) -> Iterable[Attribute]:
    job = known.job
    yield v.uri("job-uri", f"{about.uri}/{job.n}")
    yield v.integer("job-id", job.n)
    yield v.uri("job-printer-uri", about.uri)
    yield v.uri("job-uuid", uuid.uuid5(uuid.NAMESPACE_OID, job.key).urn)
    yield v.named("job-name", job.name)
    yield v.named("job-originating-user-name", job.by_user)


def _state(known: Known) -> Iterable[Attribute]:
    yield v.enumerated("job-state", known.standing.state)
    yield v.keyword("job-state-reasons", *known.standing.reasons)
    yield v.text("job-state-message", known.standing.message)


def _times(about: About, known: Known) -> Iterable[Attribute]:
    began = min((paper.changed_ms for paper in known.papers if paper.attempt), default=None)
    ended = known.changed_ms if known.standing.state >= JobState.CANCELED else None
    yield v.integer("job-printer-up-time", about.up_s)
    for name, at_ms in (("creation", known.job.created_ms), ("processing", began), ("completed", ended)):
        if at_ms is None:
            yield v.nothing(f"time-at-{name}")
            yield v.nothing(f"date-time-at-{name}")
        else:
            yield v.integer(f"time-at-{name}", (at_ms - about.started_ms) // 1000 or 1)
            yield v.moment(f"date-time-at-{name}", at_ms)


def _document(known: Known) -> Iterable[Attribute]:
    job = known.job
    yield v.integer("job-k-octets", -(-job.bytes // 1024))
    yield v.integer("number-of-documents", int(job.state == "given"))
    yield v.integer("copies", job.copies)
    yield v.media_type("document-format", job.format or OCTETS)


def wanted(
    attributes: Iterable[Attribute], requested: tuple[str, ...], usual: tuple[str, ...]
) -> tuple[Attribute, ...]:
    """Of attributes those asked for; none named: the ``usual`` ones."""
    names = set(requested or usual)
    return tuple(
        each
        for each in attributes
        if "all" in names
        or each.name in names
        or ("job-template" if each.name in _TEMPLATE else "job-description") in names
    )
