"""Forms, requests, results, statuses and names: writers and readers as twins, and what real printers are known to send."""

from __future__ import annotations

import hashlib
import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kvit.device.cloud.sdp import form as forms
from kvit.device.cloud.sdp import job_name, request, response, status
from kvit.device.cloud.sdp.form import Ask, Form
from kvit.device.cloud.sdp.request import EMPTY, Print
from kvit.device.cloud.sdp.response import Report, Result
from kvit.device.cloud.sdp.status import Bit
from kvit.paper.languages import epos_names
from kvit.paper.languages.epos_write import envelope
from kvit.wire import WireError

LETTERS = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"), max_size=60)
NAMES = st.text(string.ascii_letters + string.digits + "_.-", min_size=1, max_size=30)
SPACE = epos_names.NAMESPACE


# Forms


@settings(max_examples=40)
@given(st.sampled_from(Ask), NAMES, NAMES, LETTERS)
def test_forms_come_back(ask: Ask, id_: str, name: str, file: str) -> None:
    made = Form(ask, id_, name, file.encode() if ask is not Ask.JOB else b"")
    assert forms.read(forms.write(made)) == made


FORMS = {
    b"ConnectionType=GetRequest&ID=": Form(Ask.JOB),
    b"ConnectionType=GetRequest&ID=KITCHEN1&Name=TM-m30III": Form(Ask.JOB, "KITCHEN1", "TM-m30III"),
    b"connectiontype=getrequest&id=k": Form(Ask.JOB, "k"),
    b"ConnectionType=SetResponse&ID=a+b&Name=&ResponseFile=%3Ca%2F%3E": Form(Ask.RESULT, "a b", "", b"<a/>"),
    b"ConnectionType=SetStatus&ID=k&Status=%3Ca%2F%3E": Form(Ask.STATUS, "k", "", b"<a/>"),
    b"ConnectionType=SetStatus&ID=k&ResponseFile=%3Ca%2F%3E": Form(Ask.STATUS, "k", "", b"<a/>"),
    b"ConnectionType=SetResponse&ID=k&Status=%3Ca%2F%3E": Form(Ask.RESULT, "k"),
    b"Other=1&ConnectionType=GetRequest": Form(Ask.JOB),
}


@pytest.mark.parametrize("body", FORMS, ids=lambda body: body.decode())
def test_forms_printers_send(body: bytes) -> None:
    assert forms.read(body) == FORMS[body]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"x",
        b"ConnectionType=",
        b"ConnectionType=DeleteAll",
        b"\xff\xfe=1",
        b"&".join([b"a=1"] * 40),
        b"a" * 2_000_000,
    ],
    ids=["nothing", "no form", "no type", "another type", "no ASCII", "too many fields", "too long"],
)
def test_what_is_no_form(body: bytes) -> None:
    with pytest.raises(WireError):
        forms.read(body)


# Requests


@settings(max_examples=40)
@given(
    st.sampled_from(request.NAMED),
    st.lists(st.tuples(NAMES, NAMES, st.integers(5_000, 300_000)), min_size=1, max_size=5),
)
def test_requests_come_back(version: str, given_: list[tuple[str, str, int]]) -> None:
    prints = [Print(EMPTY, name, device, timeout_ms) for name, device, timeout_ms in given_]
    assert request.read(request.write(prints, version)) == (version, prints)


def test_the_oldest_version_has_no_names() -> None:
    data = request.write([Print(EMPTY, "abc")], "1.00")
    assert b"printjobid" not in data
    assert request.read(data) == ("1.00", [Print(EMPTY)])


def test_the_bytes_of_a_request() -> None:
    assert request.write([Print(EMPTY, "abc.1")], "2.00").decode() == (
        '<?xml version="1.0" encoding="utf-8"?>\n<PrintRequestInfo Version="2.00"><ePOSPrint><Parameter>'
        "<devid>local_printer</devid><timeout>60000</timeout><printjobid>abc.1</printjobid></Parameter><PrintData>"
        f'<epos-print xmlns="{SPACE}"></epos-print></PrintData></ePOSPrint></PrintRequestInfo>'
    )


@pytest.mark.parametrize(
    "data",
    [b"<a/>", envelope(EMPTY), b'<PrintRequestInfo Version="4.00"/>', b'<PrintRequestInfo Version="2.00"><ePOSPrint/>',
     b'<PrintRequestInfo Version="2.00"><ePOSPrint><PrintData/></ePOSPrint></PrintRequestInfo>'],
)  # fmt: skip
def test_what_is_no_request(data: bytes) -> None:
    with pytest.raises(WireError):
        request.read(data)


def test_what_no_printer_takes() -> None:
    assert request.too_large(EMPTY) == ""
    assert "bytes" in request.too_large(b"<text>" + b"x" * request.BYTES_MAX + b"</text>")
    assert request.too_large(b"<feed/>" * 5_000) == ""
    assert request.too_large(b"<feed/>" * 5_001) == "5001 > 5000 units"


# Results

RESULTS = st.builds(Result, st.booleans(), NAMES, st.integers(0, 0xFFFF_FFFF), NAMES, NAMES)


@settings(max_examples=40)
@given(st.sampled_from(request.NAMED), st.lists(RESULTS, min_size=1, max_size=4))
def test_results_come_back(version: str, results: list[Result]) -> None:
    report = Report(version, tuple(results))
    assert response.read(response.write(report)) == report


@settings(max_examples=40)
@given(RESULTS)
def test_results_in_soap_come_back(result: Result) -> None:
    plain = Result(result.success, result.code, result.status, result.name)
    assert response.read(response.write_soap(plain)) == Report("", (plain,))


@settings(max_examples=40)
@given(LETTERS.map(str.strip).filter(bool), LETTERS.map(str.strip))
def test_refusals_come_back(summary: str, detail: str) -> None:
    report = Report("3.00", (), summary, detail)
    assert response.read(response.write(report)) == report


def _info(version: str, body: str) -> bytes:
    head = '<?xml version="1.0" encoding="utf-8"?>\n'
    return f'{head}<PrintResponseInfo Version="{version}">{body}</PrintResponseInfo>'.encode()


BARE = f'<response xmlns="{SPACE}" success="true" code="" status="251854870" battery="0"/>'
NAMED = (
    "<ePOSPrint><Parameter><devid>local_printer</devid><printjobid>ABC123</printjobid></Parameter>"
    f"<PrintResponse>{BARE}</PrintResponse></ePOSPrint>"
)
GOOD = Result(True, "", 251854870)
READ = {
    _info("1.00", BARE): Report("1.00", (GOOD,)),
    _info("1.00", '<response success="1"/>'): Report("1.00", (Result(True),)),
    _info("1.00", '<response success="0" code="EX_BADPORT" status="1"/>'): Report(
        "1.00", (Result(False, "EX_BADPORT", 1),)
    ),
    _info("1.00", '<response success="TRUE" status="-1"/>'): Report("1.00", (Result(True),)),
    _info("1.00", '<response success="yes" status="99999999999"/>'): Report("1.00", (Result(False),)),
    _info("2.00", NAMED): Report("2.00", (Result(True, "", 251854870, "ABC123"),)),
    _info("2.00", NAMED.replace("ABC123", "")): Report("2.00", (GOOD,)),
    _info("2.00", NAMED.replace("<printjobid>ABC123</printjobid>", "")): Report("2.00", (GOOD,)),
    _info("2.00", NAMED * 2): Report("2.00", (Result(True, "", 251854870, "ABC123"),) * 2),
    _info("3.00", '<ServerDirectPrint><Response Success="true"/></ServerDirectPrint>' + NAMED): Report(
        "3.00", (Result(True, "", 251854870, "ABC123"),)
    ),
    _info("3.00", '<ServerDirectPrint><Response Success="false"/></ServerDirectPrint>'): Report(
        "3.00", (), "ServerDirectPrint", ""
    ),
    f'<s:Envelope xmlns:s="{epos_names.SOAP}"><s:Header><parameter xmlns="{SPACE}"><devid>local_printer</devid>'
    f"<printjobid>ABC123</printjobid></parameter></s:Header><s:Body>{BARE}</s:Body></s:Envelope>".encode(): Report(
        "", (Result(True, "", 251854870, "ABC123"),)
    ),
}


@pytest.mark.parametrize("data", READ, ids=range(len(READ)))
def test_results_printers_send(data: bytes) -> None:
    assert response.read(data) == READ[data]


@pytest.mark.parametrize(
    "data",
    [b"", b"<a/>", _info("2.00", ""), _info("2.00", "<ePOSPrint/>"), b"<Envelope/>", _info("2.00", NAMED)[:-30],
     _info("3.00", '<ServerDirectPrint><Response Success="true"/></ServerDirectPrint>')],
)  # fmt: skip
def test_what_is_no_result(data: bytes) -> None:
    with pytest.raises(WireError):
        response.read(data)


def test_a_flood_of_results_is_cut() -> None:
    assert len(response.read(_info("2.00", NAMED * 500)).results) == response.RESULTS_MAX


# Statuses


@settings(max_examples=40)
@given(st.integers(0, 0xFFFF_FFFF))
def test_statuses_come_back(bits: int) -> None:
    assert status.of_printer(status.read(status.write(bits))) == bits


LIGHTS = {
    251658262: {"paper": "ok", "cover_open": False, "error": "", "online": True},
    251854870: {"paper": "near", "cover_open": False, "error": "", "online": True},  # as in the manual's examples
    0x0F00003C: {"paper": "ok", "cover_open": True, "error": "", "online": False},
    0x0F0A001C: {"paper": "out", "cover_open": False, "error": "", "online": False},
    0x0F00081C: {"paper": "ok", "cover_open": False, "error": "cutter", "online": False},
    0x0F00281C: {"paper": "ok", "cover_open": False, "error": "fatal", "online": False},
    0x0F00401C: {"paper": "ok", "cover_open": False, "error": "auto", "online": False},
    0x00000001: {"online": False},
    0x00000000: {},
    0x00000002: {},
    0x80000000: {},
}


@pytest.mark.parametrize("bits", LIGHTS, ids=hex)
def test_what_a_status_tells(bits: int) -> None:
    assert status.values_of(bits) == LIGHTS[bits]


def test_the_printer_among_several() -> None:
    many = (
        b'<statusmonitor Version="1.00"><printerstatus devicename="kitchen" asbstatus = "0x00000001"/>'
        b'<printerstatus devicename="local_printer" asbstatus = "0x0F00003C"/>'
        b'<printerstatus devicename="x"/></statusmonitor>'
    )
    assert status.of_printer(status.read(many)) == 0x0F00003C
    assert status.of_printer({"kitchen": 1}) == 1
    assert status.of_printer({"kitchen": 1, "bar": 2}) is None
    assert status.of_printer({}) is None
    with pytest.raises(WireError):
        status.read(b"<status/>")


def test_spooled_is_told_from_printed() -> None:
    assert not any(map(status.told_by_printer, (0, 1, 2, 3, 0x80000000, 0x80000002)))
    assert all(map(status.told_by_printer, (251854870, 251658262, 0x10, 0x20 | Bit.PRINTED)))


# Names


@settings(max_examples=40)
@given(st.binary(min_size=16, max_size=16), st.integers(1, 999))
def test_names_come_back(raw: bytes, attempt: int) -> None:
    name = job_name.name_of(raw.hex(), attempt)
    assert 1 <= len(name) <= 30
    assert set(name) <= set(string.ascii_letters + string.digits + "_.-")
    assert job_name.read(name) == (raw.hex(), attempt)
    assert job_name.read(name.upper()) == (raw.hex(), attempt)


def test_names_of_others() -> None:
    ours = job_name.name_of(hashlib.sha256(b"x").hexdigest()[:32], 1)
    others = [
        "",
        "123",
        "ABC123",
        ours[:-1],
        ours + "x",
        ours[:-2],
        ours + "000",
        "a" * 26 + ".1\n",
        "1" * 26 + ".1",
        "b" * 26 + ".1",
    ]
    assert [job_name.read(name) for name in others] == [None] * len(others)


def test_the_thousandth_attempt_starts_anew() -> None:
    id_ = "00" * 16
    assert job_name.name_of(id_, 1000) == job_name.name_of(id_, 1)
    assert job_name.name_of(id_, 999) != job_name.name_of(id_, 1998 + 1)
