"""Addresses: one form for every end of a wire.

    tcp://192.168.1.50:9100                                        a network printer (raw port)
    serial:///dev/ttyUSB0?baud=9600&parity=none&flow=rtscts        a serial port
    com://COM3?baud=19200                                          the same on Windows
    usb:///dev/usb/lp0                                             a line-printer device file
    pty://till1                                                    our end of a virtual serial pair
    file:///var/spool/kvit/paper.bin                               bytes appended to a file
    https://cloud.example.com/DEVICE                               a printer's web service, or a cloud that has the printer

`parse` and `show` are twins: ``parse(show(address)) == address``. Options that say what is the default anyway are not
shown. Nothing is opened or looked up here.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import parse_qsl, quote, unquote

from kvit.refusal import Refusal

RAW_PORT: Final = 9100
"""Where network printers listen (JetDirect's port, used by all)."""
ADDRESS_CHARS_MAX: Final = 1024
"""Longer than any path a port has; what is longer is no address."""
BAUD_MAX: Final = 4_000_000
"""The fastest USB bridge in the field does 3 Mbit/s."""

PARITIES: Final = ("none", "even", "odd", "mark", "space")
FLOWS: Final = ("none", "rtscts", "xonxoff", "dsrdtr")
STOPS: Final = ("1", "1.5", "2")
KINDS: Final = ("tcp", "serial", "usb", "file", "pty", "http", "https")
WEB_PORTS: Final = {"http": 80, "https": 443}
PATH_LETTERS: Final = "/._~-"
NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")
"""Names become file names (links, capture folders): letters first, nothing that climbs out of a folder."""


@dataclass(frozen=True, slots=True)
class SerialLine:
    """How bits stand on a serial wire. Most receipt printers leave the factory with 9600 or 19200 8N1 and DTR/DSR."""

    baud: int = 9600
    data_bits: int = 8
    parity: str = "none"
    stop_bits: str = "1"
    flow: str = "none"
    """``none``, ``rtscts``, ``dsrdtr`` (wired to CTS on Linux, see docs/protocols/relay.md), ``xonxoff``."""


@dataclass(frozen=True, slots=True)
class Address:
    """One end of a wire.

    ``host`` and ``port`` for tcp, http and https; ``path`` for files and devices, a pair's name for pty, what follows the
    host (from its slash on, may be empty) for http and https.
    """

    kind: str
    host: str = ""
    port: int = 0
    path: str = ""
    serial: SerialLine | None = None

    def __str__(self) -> str:
        return show(self)


def parse(text: str) -> Address | Refusal:
    """Read an address; a `Refusal` of ``device.address_*`` says what is wrong with it.

    Without a scheme ``host`` and ``host:port`` are tcp, ``/dev/usb/lp0`` is usb, other ``/dev/…`` and ``COM3`` serial.
    """
    text = text.strip()
    if not text or len(text) > ADDRESS_CHARS_MAX or any(ord(letter) < 0x20 for letter in text):
        return Refusal("device.address_empty", {"text": text[:40]})
    scheme, rest = _split(text)
    reader = _READERS.get(scheme)
    if reader is None:
        return Refusal("device.address_kind", {"kind": scheme, "known": ", ".join(_READERS)})
    return reader(rest)


def show(address: Address) -> str:
    """Write an address; the twin of `parse`."""
    host = f"[{address.host}]" if ":" in address.host else address.host
    if address.kind == "tcp":
        return f"tcp://{host}:{address.port}"
    if address.kind in WEB_PORTS:
        port = "" if address.port == WEB_PORTS[address.kind] else f":{address.port}"
        return f"{address.kind}://{host}{port}{quote(address.path, safe=PATH_LETTERS)}"
    if address.kind == "pty":
        return f"pty://{address.path}"
    path = quote(address.path, safe="/:\\.-_")
    if address.kind == "serial":
        scheme = "serial" if path.startswith("/") else "com"
        return f"{scheme}://{path}{_show_line(address.serial or SerialLine())}"
    return f"{address.kind}://{path}"


def _split(text: str) -> tuple[str, str]:
    scheme, mark, rest = text.partition("://")
    if mark:
        return scheme.lower(), rest
    if re.fullmatch(r"/dev/(usb/)?lp\d+", text):
        return "usb", text
    if text.startswith("/dev/"):
        return "serial", text
    if re.match(r"COM\d+(\?|$)", text, re.IGNORECASE):
        return "com", text
    return "tcp", text


def _tcp(rest: str) -> Address | Refusal:
    return _host("tcp", rest.removesuffix("/"), RAW_PORT)


def _host(kind: str, text: str, usual: int) -> Address | Refusal:
    found = re.fullmatch(r"(?:\[([0-9A-Fa-f:.%]+)\]|([A-Za-z0-9._-]+))(?::(\d{1,6}))?", text)
    if found is None:
        return Refusal("device.address_host", {"text": text[:80]})
    port = int(found[3]) if found[3] else usual
    if not 0 <= port <= 65535:
        return Refusal("device.address_port", {"port": port})
    return Address(kind, host=found[1] or found[2], port=port)


def _web(kind: str, rest: str) -> Address | Refusal:
    """``HOST[:PORT][/PATH]``: no user, no password, no query; keys of a cloud do not stand in addresses."""
    host, slash, path = rest.partition("/")
    address = _host(kind, host, WEB_PORTS[kind])
    if isinstance(address, Refusal):
        return address
    if not re.fullmatch(r"(?:[A-Za-z0-9._~/-]|%[0-9A-Fa-f]{2})*", path):
        return Refusal("device.address_path", {"text": f"/{path}"[:80]})
    path = unquote(path)
    if any(ord(letter) < 0x20 for letter in path):
        return Refusal("device.address_path", {"text": f"/{quote(path)}"[:80]})
    return replace(address, path=slash + path if path else "")


def _serial(rest: str) -> Address | Refusal:
    path, _, query = rest.partition("?")
    path = unquote(path)
    if not path or not (path.startswith("/") or re.fullmatch(r"(?:\\\\\.\\)?[A-Za-z][A-Za-z0-9]{0,31}", path)):
        return Refusal("device.address_path", {"text": path[:80]})
    line = _line(query)
    return line if isinstance(line, Refusal) else Address("serial", path=path, serial=line)


def _path(kind: str, rest: str) -> Address | Refusal:
    path = unquote(rest.partition("?")[0])
    if re.match(r"/[A-Za-z]:[/\\]", path):  # file:///C:/spool/paper.bin
        path = path[1:]
    if not re.match(r"/.|[A-Za-z]:[/\\].", path):
        return Refusal("device.address_path", {"text": path[:80]})
    return Address(kind, path=path)


def _pty(rest: str) -> Address | Refusal:
    name = rest.rstrip("/")
    return Address("pty", path=name) if NAME.fullmatch(name) else Refusal("device.address_name", {"text": rest[:80]})


_READERS: Final[dict[str, Callable[[str], Address | Refusal]]] = {
    "tcp": _tcp,
    "serial": _serial,
    "com": _serial,
    "usb": lambda rest: _path("usb", rest),
    "file": lambda rest: _path("file", rest),
    "pty": _pty,
    "http": lambda rest: _web("http", rest),
    "https": lambda rest: _web("https", rest),
}

_CHOICES = {"data": ("data_bits", ("5", "6", "7", "8")), "parity": ("parity", PARITIES), "stop": ("stop_bits", STOPS)}
_CHOICES["flow"] = ("flow", FLOWS)


def _line(query: str) -> SerialLine | Refusal:
    values: dict[str, str | int] = {}
    for key, value in parse_qsl(query, keep_blank_values=True):
        if key == "baud":
            if not value.isascii() or not value.isdigit() or not 50 <= int(value[:9]) <= BAUD_MAX:
                return Refusal(
                    "device.address_option", {"option": key, "value": value[:40], "known": f"50 - {BAUD_MAX}"}
                )
            values["baud"] = int(value)
        elif key not in _CHOICES:
            return Refusal(
                "device.address_unknown_option", {"option": key[:40], "known": ", ".join(["baud", *_CHOICES])}
            )
        else:
            field, known = _CHOICES[key]
            if value not in known:
                return Refusal("device.address_option", {"option": key, "value": value[:40], "known": ", ".join(known)})
            values[field] = int(value) if field == "data_bits" else value
    return SerialLine(**values)  # type: ignore[arg-type]


def _show_line(line: SerialLine) -> str:
    usual = SerialLine()
    shown = {"baud": line.baud, **{key: getattr(line, field) for key, (field, _) in _CHOICES.items()}}
    standard = {"baud": usual.baud, **{key: getattr(usual, field) for key, (field, _) in _CHOICES.items()}}
    pairs = [f"{key}={value}" for key, value in shown.items() if value != standard[key]]
    return "?" + "&".join(pairs) if pairs else ""
