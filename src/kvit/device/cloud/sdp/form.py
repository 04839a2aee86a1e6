"""What a printer posts: a form (``application/x-www-form-urlencoded``) that says what it wants and who it is.

    ConnectionType=GetRequest&ID=KITCHEN1&Name=TM-m30III         is there a job?
    ConnectionType=SetResponse&ID=KITCHEN1&ResponseFile=<XML>    how the last one ended
    ConnectionType=SetStatus&ID=KITCHEN1&Status=<XML>            how the printer is

`read` and `write` are twins. The manual's table names the status' field ``ResponseFile`` where its example says
``Status``: both are read. Names are taken without case, since they are only three; what else stands in the form is left.
Source: Server Direct Print User's Manual, rev. E and J.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl, urlencode

from kvit.device.cloud.sdp import element
from kvit.wire import WireError

BYTES_MAX: Final = 3 * element.BYTES_MAX + 4096
"""XML with every byte as %nn, and the other fields."""
FIELDS_MAX: Final = 32
ID_LETTERS_MAX: Final = 120
"""The printer's page takes 30."""


class Ask(enum.StrEnum):
    """What a printer wants, by ``ConnectionType``."""

    JOB = "GetRequest"
    RESULT = "SetResponse"
    STATUS = "SetStatus"


@dataclass(frozen=True, slots=True)
class Form:
    """One posting. ``file`` is the XML of a result or a status."""

    ask: Ask
    id: str = ""
    name: str = ""
    file: bytes = b""


_ASKS: Final = {ask.value.lower(): ask for ask in Ask}
_FILES: Final = {Ask.JOB: (), Ask.RESULT: ("responsefile",), Ask.STATUS: ("status", "responsefile")}


def read(body: bytes) -> Form:
    """Read a posting; raises `WireError` for one that is none, or is too long."""
    if len(body) > BYTES_MAX:
        raise WireError(f"a form of {len(body)} bytes is longer than {BYTES_MAX}", body)
    try:
        pairs = parse_qsl(body.decode("ascii"), keep_blank_values=True, max_num_fields=FIELDS_MAX, encoding="utf-8")
    except ValueError as error:  # UnicodeDecodeError is one
        raise WireError(f"no form: {error}", body) from None
    fields = {name.lower(): value for name, value in pairs}
    ask = _ASKS.get(fields.get("connectiontype", "").strip().lower())
    if ask is None:
        raise WireError("no ConnectionType that is known", body)
    file = next((fields[name] for name in _FILES[ask] if fields.get(name)), "")
    return Form(ask, _short(fields.get("id", "")), _short(fields.get("name", "")), file.encode())


def _short(text: str) -> str:
    return text.strip()[:ID_LETTERS_MAX]


def write(form: Form) -> bytes:
    """Write a posting as a printer does; the twin of `read`."""
    fields = {"ConnectionType": form.ask.value, "ID": form.id}
    if form.name:
        fields["Name"] = form.name
    if form.ask is Ask.RESULT:
        fields["ResponseFile"] = form.file.decode()
    elif form.ask is Ask.STATUS:
        fields["Status"] = form.file.decode()
    return urlencode(fields).encode("ascii")
