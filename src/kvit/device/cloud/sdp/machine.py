"""A printer behind Server Direct Print as a pure machine: XML in, results out, and paper; for tests and demonstrations.

It is what the manuals say of such printers, version by version, and it can be told to fail as they fail (`FAULTS`). What
comes out lies in `printed`; what is drawn of it is played by `kvit.paper.languages.epos_play`, as all previews are.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from kvit.device.cloud.sdp import request, response
from kvit.device.cloud.sdp.request import BYTES_MAX, Print
from kvit.device.cloud.sdp.response import Report, Result
from kvit.device.cloud.sdp.status import Bit
from kvit.escpos import load_profile
from kvit.paper.languages.epos_play import play
from kvit.paper.sheet import Sheet
from kvit.wire import WireError

FAULTS: Final = {
    "paper": "the roll is at its end",
    "cover": "the cover is open",
    "midway": "the roll ends in the middle of the paper",
    "spooler": "the printer's own spooler is on",
    "stuck": "the spooler is on and never prints",
    "amnesia": "the spooler is on and forgets its jobs",
    "full": "the spooler takes no more",
    "forgets": "it prints and never says so",
    "late": "it says so one poll later",
    "never-answers": "it drops what it is given",
    "lies": "it says it printed, and did not",
    "slow": "it gives up, with half on paper",
    "schema": "it knows no such document",
    "device": "it knows no local_printer",
    "off": "its ePOS-Print is switched off",
    "empty-jobid": "old firmware: it gives no job name back",
    "twice": "it says everything twice",
    "no-probes": "it drops prints of nothing",
}
"""What it can be told to do wrong."""
SPOOLING: Final = frozenset({"spooler", "stuck", "amnesia"})
WELL: Final = Bit(0x0F00_0014)
"""The status of a printer that is well, without `Bit.PRINTED`."""
_CODES: Final = {
    "full": ("EX_SPOOLER", 0), "schema": ("SchemaError", 0), "device": ("DeviceNotFound", 0), "slow": ("EX_TIMEOUT", WELL),
}  # fmt: skip
_TOO_LARGE: Final = ("Data size is exceeded", "Too big print request")
_BAD_XML: Final = ("Invalid XML format", "Entity: line 1: parser error")
_OFF: Final = ("Invalid printer settings", "ePOS-Print not activated")


@dataclass(slots=True)
class Machine:
    """One printer. ``version`` is the newest it knows."""

    version: str = "3.00"
    profile: str = "epos"
    faults: set[str] = field(default_factory=set)
    printed: list[bytes] = field(default_factory=list)
    """Every ``epos-print`` that came out, whole."""
    torn: list[bytes] = field(default_factory=list)
    """Those that came out in part."""
    _queue: list[Print] = field(default_factory=list)
    _log: dict[str, Result] = field(default_factory=dict)
    _held: list[bytes] = field(default_factory=list)

    def tell(self, words: str) -> str:
        """Obey ``fail WORD``, ``well [WORD]``, or ``paper``/``cover`` as the network printer's emulator does."""
        verb, _, rest = words.strip().partition(" ")
        paper = {
            "paper out": "fail paper",
            "paper ok": "well paper",
            "cover open": "fail cover",
            "cover closed": "well cover",
        }
        verb, _, rest = paper.get(words.strip(), f"{verb} {rest}").partition(" ")
        if verb not in ("fail", "well") or (rest and rest not in FAULTS) or (verb == "fail" and not rest):
            return f"known: fail WORD, well [WORD], paper out|ok, cover open|closed; WORD is one of {', '.join(FAULTS)}"
        if verb == "fail":
            self.faults.add(rest)
        else:
            self.faults -= {rest} if rest else set(FAULTS)
        return "ok"

    @property
    def status(self) -> int:
        """Its state as 32 bits."""
        bits = WELL
        if "cover" in self.faults:
            bits |= Bit.COVER | Bit.OFFLINE
        if "paper" in self.faults or ("midway" in self.faults and self.torn):
            bits |= Bit.PAPER_END | Bit.PAPER_NEAR | Bit.OFFLINE
        return int(bits)

    def receive(self, body: bytes) -> list[bytes]:
        """Take the answer to a poll; give the result files to post, in order."""
        self._work()
        held, self._held = self._held, []
        files = held + ([] if not body else self._taken(body))
        if "late" in self.faults:
            self._held, files = files[len(held) :], held
        return [file for file in files for _ in range(2 if "twice" in self.faults else 1)]

    def answer(self, posted: bytes) -> bytes:
        """Take what is posted to the printer's own web service; give the SOAP it answers."""
        self._work()
        try:
            given = request.read_soap(posted)
        except WireError:
            return response.write_soap(Result(False, "SchemaError"))
        return response.write_soap(self._print(given))

    def _taken(self, body: bytes) -> list[bytes]:
        if "never-answers" in self.faults:
            return []
        try:
            version, prints = request.read(body)
        except WireError:
            return self._refused(_TOO_LARGE if len(body) > BYTES_MAX else _BAD_XML)
        if version > self.version:
            return []  # dropped without a word
        if "no-probes" in self.faults and not any(self._has_content(each) for each in prints):
            return []
        if "off" in self.faults:
            return self._refused(_OFF)
        results = [self._print(each) for each in prints]
        if "forgets" in self.faults:
            return []
        if "empty-jobid" in self.faults:
            results = [Result(each.success, each.code, each.status, "", each.device) for each in results]
        if version == "1.00":
            return [response.write(Report(version, (each,))) for each in results]
        return [response.write(Report(version, tuple(results)))]

    def _refused(self, told: tuple[str, str]) -> list[bytes]:
        return [response.write(Report("3.00", (), *told))] if self.version == "3.00" else []

    @staticmethod
    def _has_content(given: Print) -> bool:
        return b"<" in given.document[1:].partition(b">")[2].replace(b"</epos-print>", b"")

    def _print(self, given: Print) -> Result:
        if not self._has_content(given):
            return self._asked(given)
        for fault, (code, bits) in _CODES.items():
            if fault in self.faults:
                if fault == "slow":
                    self.torn.append(given.document)
                return Result(False, code, int(bits), given.name, given.device)
        if self.faults & SPOOLING:
            self._queue.append(given)
            return Result(True, "", int(Bit.PRINTED), given.name, given.device)
        return self._printed(given)

    def _printed(self, given: Print) -> Result:
        if "midway" in self.faults and not self.torn:
            self.torn.append(given.document)
        trouble = self._trouble()
        if not trouble and "lies" not in self.faults:
            if any(
                problem.code in ("command.unplayed", "xml.malformed") for problem in self.play(given.document).problems
            ):
                return Result(False, "SchemaError", 0, given.name, given.device)
            self.printed.append(given.document)
        status = self.status if trouble else self.status | Bit.PRINTED
        return Result(not trouble, trouble, int(status), given.name, given.device)

    def _trouble(self) -> str:
        if "cover" in self.faults:
            return "EPTR_COVER_OPEN"
        return "EPTR_REC_EMPTY" if self.status & Bit.PAPER_END else ""

    def _asked(self, given: Print) -> Result:
        """A print of nothing: the job that is named, where jobs are kept, else how the printer is."""
        if given.name and self.faults & SPOOLING:
            if any(each.name == given.name for each in self._queue):
                return Result(False, "Printing", self.status, given.name, given.device)
            known = None if "amnesia" in self.faults else self._log.get(given.name)
            return known or Result(False, "JobNotFound", 0, given.name, given.device)
        trouble = self._trouble()
        return Result(not trouble, trouble, self.status, given.name, given.device)

    def _work(self) -> None:
        """Print what is spooled, as far as it goes."""
        if "stuck" in self.faults:
            return
        while self._queue and not self._trouble():
            given = self._queue.pop(0)
            self._log[given.name] = self._printed(given)

    def play(self, document: bytes) -> Sheet:
        """Give the sheet a document prints."""
        return play(document, load_profile(self.profile))
