"""Fiscal slips: papers a tax office knows of. Pure.

Their paper may be owed by law and must not be added to, so what looks like one is treated as one: a mark too many costs a
sheet of paper, a mark missed could cost the shop a fine. A slip is known by its code, or by words that only such slips
have. Which countries' laws ask for paper is the shop's to know (`kvit.counter.settings.RoutingSettings.fiscal_slips`).

Words and codes are from published forms of slips; none was held against a tax office's own list.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from kvit.paper.sheet import Symbol
from kvit.receipt.reading.fiscal import fiscal

CODE_BYTES_MAX: Final = 2048
WORDS: Final = (
    # Russia: document, drive, sign of the document (FNS, formats 1.05 to 1.2)
    r"КАССОВЫЙ\s+ЧЕК", r"\bФН\b[\s№:N]*\d{10,16}", r"\bФПД?\b[\s№:N]*\d{6,10}", r"\bРН\s?ККТ\b", r"ЗН\s?ККТ",
    # Kazakhstan: fiscal sign, in both languages; the operator of tax data
    r"ФИСКАЛЬН\w*", r"ФИСКАЛД\w*", r"\bОФД\b", r"\bИНК\s+ОФД\b",
    # Ukraine, Belarus, Kyrgyzstan, Uzbekistan
    r"ФІСКАЛЬН\w*", r"\bСКНО\b", r"FISKAL\s+BELGI",
    # Germany, Austria
    r"\bTSE[\s-]+(?:SIGNATUR|TRANSAKTION|START|SERIENNUMMER)", r"SIGNATURZ(?:Ä|AE)HLER", r"\bRKSV\b",
    # Italy, Portugal, Spain, France
    r"DOCUMENTO\s+COMMERCIALE", r"\bATCUD\b", r"\bVERI\*?FACTU\b", r"\bTICKETBAI\b", r"\bTBAI-",
    # Poland, Czechia, Slovakia, Hungary, Romania, Bulgaria, Serbia, Croatia, Slovenia
    r"PARAGON\s+FISKALNY", r"\bFIK[\s:]+[0-9A-F]{8}-", r"\bOKP[\s:]", r"\bNAV\s+ELLEN", r"BON\s+FISCAL",
    r"ФИСКАЛЕН\s+БОН", r"ФИСКАЛНИ\s+РАЧУН", r"FISKALNI\s+RA(?:Č|C)UN", r"\bZKI[\s:]", r"\bZOI[\s:]", r"\bJIR[\s:]",
    # Turkey, Brazil, Mexico
    r"MAL(?:İ|I|i̇?)\s+F(?:İ|I|i̇?)[ŞS]", r"\bNFC-?E\b", r"\bCUPOM\s+FISCAL\b", r"\bSAT\s+N[O0º]", r"\bCFDI\b",
)  # fmt: skip
_WORDS: Final = re.compile("|".join(WORDS), re.IGNORECASE)
CODES: Final = (
    rb"V0;", rb"_R1-AT", rb"https://suf\.purs\.gov\.rs/", rb"https://porezna\.gov\.hr/rn", rb"https?://tbai\.",
    rb"https?://[^/]*\.?(?:ofd|kofd|oofd|wofd|consumer\.oofd)[^/]*\.kz/", rb"https?://[^/]*sefaz[^/]*/",
    rb"https?://[^/]*(?:aeat|agenciatributaria)[^/]*/",
)  # fmt: skip
_CODES: Final = re.compile(b"|".join(CODES), re.IGNORECASE)


def is_fiscal(text: str, symbols: Iterable[Symbol]) -> bool:
    """Say whether a paper with this text and these symbols is a fiscal slip."""
    known = list(symbols)
    if known and (fiscal(known) is not None or any(_CODES.match(symbol.data[:CODE_BYTES_MAX]) for symbol in known)):
        return True
    return _WORDS.search(text) is not None
