"""Fiscal QR codes: what the tax office's code on the paper says in data.

Only codes whose content is published are read; each row of the table is one country. The code names the total and often
the time: it is a witness for what is printed, never a source of sums that are not on the paper.

    Russia      t=20260115T1842&s=60.43&fn=…&i=…&fp=…&n=1           (FNS, order ЕД-7-20/662)
    Kazakhstan  https://…?i=sign&f=register&s=60.43&t=20260115T184207 (protocol of the OFD)
    Portugal    A:nif*B:…*F:20260115*G:number*…*N:tax*O:total*…      (AT, Portaria 195/2020)
    Spain       https://…/ValidarQR?nif=B12345678&numserie=A-7&fecha=15-01-2026&importe=60.43  (AEAT, VERI*FACTU)
                https://batuz.eus/QRTBAI/?id=TBAI-…&s=&nf=7&i=60.43&cr=123    (TicketBAI)
    Ukraine     https://cabinet.tax.gov.ua/cashregs/check?id=&date=20260115&time=18:42&sm=60.43

Left out: Serbia, Croatia and others whose code is only a link or signed opaque bytes; Italy and Germany (the German
code of DSFinV-K names sums by tax rate, without the total).
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable
from urllib.parse import parse_qs, urlsplit

import msgspec

from kvit.paper.sheet import Symbol

DATA_MAX = 2048
"""Bytes of a code that are looked at; a QR code holds at most 2,953."""
_SUM = re.compile(r"(\d{1,12})(?:[.,](\d{1,3}))?")


class Fiscal(msgspec.Struct, frozen=True):
    """What a fiscal code says. ``total`` in hundredths."""

    country: str
    total: int | None = None
    time: str | None = None
    tax_id: str | None = None
    number: str | None = None


def fiscal(symbols: Iterable[Symbol]) -> Fiscal | None:
    """Return what the first fiscal code among these symbols says."""
    for symbol in symbols:
        if symbol.kind not in ("qr", "microqr", "pdf417", "datamatrix"):
            continue
        text = symbol.data[:DATA_MAX].decode("utf-8", "replace").strip()
        for reader in (_portugal, _query):
            found = reader(text)
            if found is not None:
                return found
    return None


def _query(text: str) -> Fiscal | None:
    """Russia's bare query, Kazakhstan's and Ukraine's links."""
    try:
        parts = urlsplit(text)
        query = parts.query if parts.scheme in ("http", "https") else text
        fields = {name: values[0] for name, values in parse_qs(query, max_num_fields=20).items()}
    except ValueError:
        return None
    if {"t", "s", "fn", "i", "fp"} <= fields.keys():
        return Fiscal("RU", hundredths(fields["s"]), _time(fields["t"]))
    if parts.netloc.endswith("tax.gov.ua") and "sm" in fields:
        return Fiscal(
            "UA",
            hundredths(fields["sm"]),
            _time(fields.get("date", "") + "T" + fields.get("time", "").replace(":", "")),
        )
    if {"nif", "numserie", "fecha", "importe"} <= fields.keys():
        day, _, rest = fields["fecha"].partition("-")
        month, _, year = rest.partition("-")
        return Fiscal("ES", hundredths(fields["importe"]), _time(year + month + day), fields["nif"], fields["numserie"])
    if {"id", "i", "cr"} <= fields.keys() and fields["id"].startswith("TBAI-"):
        return Fiscal("ES", hundredths(fields["i"]))
    if {"i", "f", "s", "t"} <= fields.keys():
        return Fiscal("KZ", hundredths(fields["s"]), _time(fields["t"]))
    return None


def _portugal(text: str) -> Fiscal | None:
    if not text.startswith("A:") or "*" not in text:
        return None
    fields = dict(part.split(":", 1) for part in text.split("*") if ":" in part)
    if not {"A", "B", "F", "O"} <= fields.keys():
        return None
    return Fiscal("PT", hundredths(fields["O"]), _time(fields["F"]), fields["A"] or None, fields.get("G"))


def hundredths(text: str) -> int | None:
    """``60.43`` as 6043; None where it is no sum or finer than a hundredth."""
    match = _SUM.fullmatch(text)
    if match is None:
        return None
    part = (match[2] or "").ljust(2, "0")
    return int(match[1]) * 100 + int(part[:2]) if not part[2:].strip("0") else None


_MOMENT = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T(?:(\d\d)(\d\d)(\d\d)?)?)?")


def _time(text: str) -> str | None:
    """``20260115T1842`` or ``20260115T184207`` or a date alone, in ISO form."""
    match = _MOMENT.fullmatch(text)
    if match is None:
        return None
    try:
        parts = [int(part) for part in match.groups() if part]
        made = datetime.datetime(*parts)  # type: ignore[arg-type]  # noqa: DTZ001 - paper has no zone
    except ValueError:
        return None
    return made.date().isoformat() if not match[4] else made.isoformat(timespec="seconds" if match[6] else "minutes")
