"""Addresses: one form for every end of a wire.

    tcp://192.168.1.50:9100                                        a network printer (raw port)
    serial:///dev/ttyUSB0?baud=9600&parity=none&flow=rtscts        a serial port
    com://COM3?baud=19200                                          the same on Windows
    usb:///dev/usb/lp0                                             a line-printer device file
    usb://04b8:0202/J5XK012345                                     a USB printer by its numbers and serial number
    bluetooth://00:11:22:33:44:55?channel=1                        a paired Bluetooth device, its serial port
    pty://till1                                                    our end of a virtual serial pair
    file:///var/spool/kvit/paper.bin                               bytes appended to a file
    https://cloud.example.com/DEVICE                               a printer's web service, or a cloud that has the printer
    ipp://cups.example.com/printers/NAME                           a print queue of another program, CUPS for one
    cloudprnt://001162aabbcc   sdp://KITCHEN1   sunmipull://N4123  a printer that calls in, by the id it says, or without

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
CALLING_IN: Final = ("cloudprnt", "sdp", "sunmipull")
"""Kinds of printers we never reach: they ask us for their jobs."""
KINDS: Final = ("tcp", "serial", "usb", "bluetooth", "file", "pty", "http", "https", "ipp", "ipps", *CALLING_IN)
WEB_PORTS: Final = {"http": 80, "https": 443, "ipp": 631, "ipps": 631}
PATH_LETTERS: Final = "/._~-"
USB_NUMBERS: Final = re.compile(r"([0-9A-Fa-f]{4}:[0-9A-Fa-f]{4})(?:/([^/?]{1,256}))?/?")
"""Vendor and product as four hex digits each, as ``lsusb`` shows them, and the serial number the device tells."""
BLUETOOTH: Final = re.compile(r"([0-9A-Fa-f]{2}(?::[0-9A-Fa-f]{2}){5})/?(?:\?channel=(\d{1,2}))?")
CHANNELS: Final = range(1, 31)
"""Of RFCOMM; 1 where it is not said, which is where printers have their serial port."""
NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")
"""Names become file names (links, capture folders): letters first, nothing that climbs out of a folder."""
CALLER_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9:_.-]{0,63}")
"""What a printer that calls in says of itself."""


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

    ``host`` and ``port`` for tcp, http, https, ipp, ipps; ``path`` for files and devices, a pair's name for pty, what
    follows the host (from its slash on, may be empty) for the web and ipp, the printer's own id for those that call in.
    For usb either ``path``, or ``host`` with the two numbers and ``path`` with the serial number; for bluetooth ``host``
    and, as ``port``, the channel.
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
    if address.kind == "usb" and address.host:
        return f"usb://{address.host}" + (f"/{quote(address.path, safe='')}" if address.path else "")
    if address.kind == "bluetooth":
        return f"bluetooth://{address.host}" + (f"?channel={address.port}" if address.port != CHANNELS[0] else "")
    if address.kind == "pty" or address.kind in CALLING_IN:
        return f"{address.kind}://{address.path}"
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


def _usb(rest: str) -> Address | Refusal:
    if rest.startswith("/") or "\\" in rest:
        return _path("usb", rest)
    found = USB_NUMBERS.fullmatch(rest)
    serial = unquote(found[2] or "") if found else ""
    if found is None or any(ord(letter) < 0x20 for letter in serial):
        return Refusal("device.address_usb", {"text": rest[:80]})
    return Address("usb", host=found[1].lower(), path=serial)


def _bluetooth(rest: str) -> Address | Refusal:
    found = BLUETOOTH.fullmatch(rest)
    if found is None:
        return Refusal("device.address_bluetooth", {"text": rest[:80]})
    channel = int(found[2] or CHANNELS[0])
    if channel not in CHANNELS:
        known = f"{CHANNELS[0]} - {CHANNELS[-1]}"
        return Refusal("device.address_option", {"option": "channel", "value": str(channel), "known": known})
    return Address("bluetooth", host=found[1].upper(), port=channel)


def _pty(rest: str) -> Address | Refusal:
    name = rest.rstrip("/")
    return Address("pty", path=name) if NAME.fullmatch(name) else Refusal("device.address_name", {"text": rest[:80]})


def _calling(kind: str, rest: str) -> Address | Refusal:
    """An id as it is printed on the machine: a MAC with or without its colons, an SDP id, a serial number; or none."""
    if rest and not CALLER_ID.fullmatch(rest):
        return Refusal("device.address_name", {"text": rest[:80]})
    return Address(kind, path=rest.replace(":", "").lower() if kind == "cloudprnt" else rest)


_READERS: Final[dict[str, Callable[[str], Address | Refusal]]] = {
    "tcp": _tcp,
    "serial": _serial,
    "com": _serial,
    "usb": _usb,
    "bluetooth": _bluetooth,
    "file": lambda rest: _path("file", rest),
    "pty": _pty,
    "http": lambda rest: _web("http", rest),
    "https": lambda rest: _web("https", rest),
    "ipp": lambda rest: _web("ipp", rest),
    "ipps": lambda rest: _web("ipps", rest),
    "cloudprnt": lambda rest: _calling("cloudprnt", rest),
    "sdp": lambda rest: _calling("sdp", rest),
    "sunmipull": lambda rest: _calling("sunmipull", rest),
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
