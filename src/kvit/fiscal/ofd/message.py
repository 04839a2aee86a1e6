"""Messages of the OFD protocol: bytes to a message of the right version and back, with what protobuf itself leaves unsaid.

One generated module a version, because they contradict each other (``OrgRegInfo`` 6 is a number in 2.0.2 and a text in
2.0.3). Parsing does not complain of a missing required field, and an enum value nobody knows is put aside as an unknown
field: both are a ``WireError`` here. Unknown fields are kept, so that a message we do not wholly understand goes on as it
came.

Bytes are made the same way each time (``deterministic``) and stored as sent: a repeat sends the stored bytes.
"""

from __future__ import annotations

import importlib
from types import ModuleType
from typing import Any, Final, Literal

from google.protobuf.message import DecodeError, EncodeError, Message
from google.protobuf.text_format import MessageToString

from kvit.wire import WireError

VERSIONS: Final = (202, 203, 204)
DEFAULT_VERSION: Final = 203
"""The only one the operators still had to accept after 2026-04-01; see docs/protocols/ofd.md for what of that is proven."""
DEPTH_MAX: Final = 100
"""Protobuf's own bound on nesting, which the library keeps."""

Kind = Literal["Request", "Response"]


def schema(version: int) -> ModuleType:
    """Give the generated module of a version; ``WireError`` for one nobody wrote down."""
    if version not in VERSIONS:
        raise WireError(f"VERSION is {version}; known are {', '.join(map(str, VERSIONS))}")
    return importlib.import_module(f"kvit.fiscal.ofd.proto.v{version}_pb2")


def parse(version: int, kind: Kind, body: bytes) -> Any:
    """Read a message. ``WireError`` for bytes that are none, and for one that lacks what its schema requires."""
    message: Any = getattr(schema(version), kind)()
    try:
        message.ParseFromString(body)
    except DecodeError as error:
        raise WireError(f"no {kind} of version {version}: {error}", body) from None
    if missing := message.FindInitializationErrors():
        raise WireError(f"the {kind} lacks {', '.join(sorted(missing)[:5])}", body)
    return message


def serialise(message: Message) -> bytes:
    """Give a message's bytes, for the same message always the same. A missing required field is our fault: an assertion."""
    try:
        return message.SerializeToString(deterministic=True)
    except EncodeError as error:
        raise AssertionError(str(error)) from None


def text(message: Message) -> str:
    """Show a message for people, in protobuf's text form, letters of all scripts as they are."""
    return MessageToString(message, as_utf8=True)
