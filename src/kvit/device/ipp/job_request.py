"""What a job's request says, checked. Pure.

A value we do not do is named in the unsupported group and left aside, or, where the caller insists
(``ipp-attribute-fidelity``), the job is refused (RFC 8011 section 4.1.7). Media are taken as they come: the paper is the
roll that is in, and a page's length is what is printed on it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import msgspec

from kvit.device.ipp.description import FORMATS, JOB_ATTRIBUTES
from kvit.device.ipp.message import Message
from kvit.device.ipp.paper import RAW
from kvit.device.ipp.value import Attribute, Group, GroupTag, Range, Tag, Value
from kvit.device.ipp.vocabulary import Status
from kvit.device.spool.model import COPIES_MAX

NAME_LETTERS_MAX: Final = 120
"""Of a job's and a user's name as kept."""
UNNAMED: Final = "Untitled"
NOBODY: Final = "anonymous"
COMPRESSIONS: Final = ("none", "gzip", "deflate")


class Asked(msgspec.Struct, frozen=True):
    """A job as asked for. ``unsupported`` is left aside."""

    name: str
    user: str
    format: str
    charset: str
    compression: str
    copies: int
    unsupported: tuple[Attribute, ...]


class No(msgspec.Struct, frozen=True):
    """Why it is not taken: a status and the attributes it is about."""

    status: Status
    unsupported: tuple[Attribute, ...] = ()


def user_of(operation: Group) -> str:
    """Who says so; nobody proves it."""
    return clean(operation.text("requesting-user-name")) or NOBODY


def clean(text: str) -> str:
    """Letters fit to be kept and shown."""
    return "".join(letter for letter in text if letter.isprintable())[:NAME_LETTERS_MAX].strip()


def asked(message: Message) -> Asked | No:
    """Read and check what a job says."""
    operation, template = message.group(GroupTag.OPERATION), message.group(GroupTag.JOB)
    no = _refused(operation)
    if no is not None:
        return no
    unsupported = tuple(strange for each in template.attributes for strange in _strange(each))
    fidelity = operation.get("ipp-attribute-fidelity") or template.get("ipp-attribute-fidelity")
    if unsupported and fidelity is not None and fidelity.first is True:
        return No(Status.NOT_SUPPORTED, unsupported)
    copies = template.number("copies") or 1
    return Asked(
        clean(operation.text("job-name") or operation.text("document-name")) or UNNAMED,
        user_of(operation),
        operation.text("document-format"),
        operation.text("document-charset") or operation.text("attributes-charset", "utf-8"),
        operation.text("compression", "none"),
        copies if 1 <= copies <= COPIES_MAX else 1,
        unsupported,
    )


def _refused(operation: Group) -> No | None:
    """What makes a job impossible: its format, its compression, a name of the wrong kind."""
    told = operation.get("document-format")
    if told is not None:
        plain = operation.text("document-format").partition(";")[0].strip().lower()
        if plain not in FORMATS and plain not in RAW:
            return No(Status.FORMAT_NOT_SUPPORTED, (told,))
    compression = operation.get("compression")
    if compression is not None and operation.text("compression") not in COMPRESSIONS:
        return No(Status.COMPRESSION_NOT_SUPPORTED, (compression,))
    name = operation.get("job-name")
    if name is not None and (not name.words() or len(name.words()[0].encode()) > 255):
        return No(Status.BAD_REQUEST)
    return None


def _is(*words: str | int) -> Callable[[Attribute], bool]:
    return lambda attribute: all(value.data in words for value in attribute.values)


def _copies(attribute: Attribute) -> bool:
    return isinstance(attribute.first, int) and 1 <= attribute.first <= COPIES_MAX


def _all_pages(attribute: Attribute) -> bool:
    return all(isinstance(each.data, Range) and each.data.low == 1 for each in attribute.values)


def _known_media(attribute: Attribute) -> bool:
    return all(value.tag in (Tag.KEYWORD, Tag.NAME, Tag.NAME_WITH_LANGUAGE) for value in attribute.values)


_CHECKS: Final[dict[str, Callable[[Attribute], bool]]] = {
    "copies": _copies,
    "finishings": _is(3),
    "job-sheets": _is("none"),
    "multiple-document-handling": _is("separate-documents-uncollated-copies", "separate-documents-collated-copies"),
    "orientation-requested": _is(3),
    "page-ranges": _all_pages,
    "print-color-mode": _is("auto", "bi-level", "monochrome", "auto-monochrome", "process-monochrome"),
    "sides": _is("one-sided"),
    "output-bin": _is("face-up"),
    "media": _known_media,
}
"""By attribute: whether the job can be done so. The others of `JOB_ATTRIBUTES` are taken with any value."""


def _strange(attribute: Attribute) -> list[Attribute]:
    """An attribute as the unsupported group names it: unknown ones without a value, others with theirs."""
    if attribute.name not in JOB_ATTRIBUTES:
        return [Attribute(attribute.name, (Value(Tag.UNSUPPORTED),))]
    check = _CHECKS.get(attribute.name)
    return [] if check is None or check(attribute) else [attribute]
