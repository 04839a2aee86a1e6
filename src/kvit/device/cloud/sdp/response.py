"""How printing ended, by the printer's word: ``PrintResponseInfo``, and the SOAP answer of the direct service.

    1.00  PrintResponseInfo > response
    2.00  PrintResponseInfo > ePOSPrint* > Parameter {devid, printjobid} + PrintResponse > response
    3.00  the same behind ServerDirectPrint > Response Success; when the XML itself was not taken, that alone, with
          ErrorSummary and ErrorDetail and no ePOSPrint: which job it is about, the printer does not say
    SOAP  Envelope > Header > parameter > printjobid; Body > response

`read` takes all four without looking at namespaces or at the version it was asked in; some firmware leaves ``printjobid``
empty. `write` is its twin for 1.00 to 3.00. Left out: what ``ePOSDisplay`` answers.
Source: Server Direct Print User's Manual, rev. E and J; ePOS-Print XML User's Manual.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from kvit.device.cloud.sdp import element
from kvit.device.cloud.sdp.request import DEVICE, NAMED
from kvit.device.cloud.sdp.status import STATUS_MAX
from kvit.paper.languages import epos_names
from kvit.paper.languages.epos_write import escaped
from kvit.wire import WireError

RESULTS_MAX: Final = 64
"""In one answer; we hand out one job at a time."""
WORD_LETTERS_MAX: Final = 200
"""Of a code or a sentence of the printer's."""
_TRUTHS: Final = {"true": True, "1": True, "false": False, "0": False}


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one ``ePOSPrint``. ``name`` is empty where the printer does not give it back."""

    success: bool
    code: str = ""
    status: int = 0
    name: str = ""
    device: str = DEVICE


@dataclass(frozen=True, slots=True)
class Report:
    """One answer: its results, or why the whole XML was not taken (``summary``, ``detail``)."""

    version: str
    results: tuple[Result, ...] = ()
    summary: str = ""
    detail: str = ""

    @property
    def refused(self) -> bool:
        """The printer did not take the XML."""
        return bool(self.summary)


def read(data: bytes) -> Report:
    """Read an answer; raises `WireError`."""
    root = element.read(data)
    if root.name == "Envelope":
        return _soap(data, root)
    if root.name != "PrintResponseInfo":
        raise WireError("no PrintResponseInfo", data)
    version = root.attributes.get("Version", "")[:8]
    whole = root.first("ServerDirectPrint", "Response")
    if whole is not None and _TRUTHS.get(whole.attributes.get("Success", "").lower()) is False:
        summary = whole.said("ErrorSummary")[:WORD_LETTERS_MAX] or "ServerDirectPrint"
        return Report(version, (), summary, whole.said("ErrorDetail")[:WORD_LETTERS_MAX])
    results = [_bare(each) for each in root.every("response")]
    results += [found for each in root.every("ePOSPrint")[:RESULTS_MAX] if (found := _result(each)) is not None]
    if not results:
        raise WireError("a PrintResponseInfo without a response", data)
    return Report(version, tuple(results[:RESULTS_MAX]))


def _soap(data: bytes, root: element.Element) -> Report:
    found = root.first("Body", "response")
    if found is None:
        raise WireError("a SOAP answer without a response", data)
    name = root.said("Header", "parameter", "printjobid") or found.attributes.get("printjobid", "")
    return Report("", (_bare(found, name),))


def _result(given: element.Element) -> Result | None:
    found = given.first("PrintResponse", "response")
    if found is None:
        return None
    device = given.said("Parameter", "devid") or DEVICE
    return _bare(found, given.said("Parameter", "printjobid"), device)


def _bare(given: element.Element, name: str = "", device: str = DEVICE) -> Result:
    success = _TRUTHS.get(given.attributes.get("success", "").strip().lower(), False)
    code = given.attributes.get("code", "").strip()[:WORD_LETTERS_MAX]
    return Result(success, code, _whole(given.attributes.get("status", "")), name[:WORD_LETTERS_MAX], device[:80])


def _whole(text: str) -> int:
    """A status: decimal; out of its range it says nothing."""
    text = text.strip()
    number = int(text) if text.isascii() and text.isdigit() and len(text) <= 10 else 0
    return number if number <= STATUS_MAX else 0


def write(report: Report) -> bytes:
    """Write an answer as a printer does; the twin of `read`. In 1.00 names and devices are left out."""
    head = f'<?xml version="1.0" encoding="utf-8"?>\n<PrintResponseInfo Version="{report.version}">'
    if report.refused:
        told = (
            f"<ErrorSummary>{escaped(report.summary)}</ErrorSummary><ErrorDetail>{escaped(report.detail)}</ErrorDetail>"
        )
        body = f'<ServerDirectPrint><Response Success="false">{told}</Response></ServerDirectPrint>'
    else:
        taken = '<ServerDirectPrint><Response Success="true"/></ServerDirectPrint>' if report.version == "3.00" else ""
        body = taken + "".join(_written(each, report.version) for each in report.results)
    return f"{head}{body}</PrintResponseInfo>".encode()


def _written(result: Result, version: str) -> str:
    bare = (
        f'<response xmlns="{epos_names.NAMESPACE}" success="{str(result.success).lower()}"'
        f' code="{escaped(result.code)}" status="{result.status}" battery="0"/>'
    )
    return bare if version not in NAMED else _with_name(result, bare)


def write_soap(result: Result) -> bytes:
    """Write the answer of the direct service, whose header names the job where it has a name."""
    told = f"<devid>{escaped(result.device)}</devid><printjobid>{escaped(result.name)}</printjobid>"
    header = f'<s:Header><parameter xmlns="{epos_names.NAMESPACE}">{told}</parameter></s:Header>' if result.name else ""
    body = f"{header}<s:Body>{_written(result, '1.00')}</s:Body>"
    return f'<?xml version="1.0" encoding="utf-8"?><s:Envelope xmlns:s="{epos_names.SOAP}">{body}</s:Envelope>'.encode()


def _with_name(result: Result, bare: str) -> str:
    told = f"<devid>{escaped(result.device)}</devid><printjobid>{escaped(result.name)}</printjobid>"
    return f"<ePOSPrint><Parameter>{told}</Parameter><PrintResponse>{bare}</PrintResponse></ePOSPrint>"
