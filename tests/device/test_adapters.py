"""Adapters: the address, the profile and paper behind it, cuts asked from outside, what the clouds are asked."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from urllib.parse import parse_qsl

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kvit.device.adapters.adapter import Adapter, adapter_for, adapter_of
from kvit.device.adapters.address import CUTS, PrinterAddress, parse, show
from kvit.device.adapters.clouds import CLOUDS, Account, Moment, Request, hmac_sha256, md5, request_of, sha1
from kvit.device.adapters.kinds import ALIASES, KINDS, WIRES
from kvit.device.address import CALLING_IN, Address, SerialLine
from kvit.escpos.profiles import load, names
from kvit.i18n import LANGUAGES, say
from kvit.paper.builder import Builder, span
from kvit.paper.document import Column, Document
from kvit.paper.markup.receiptline import read
from kvit.paper.render.text import render
from kvit.refusal import Refusal
from tests.paper.languages.test_escpos_write import documents

RECEIPT = Builder().text("Latte 拿铁").pair("Sum", "4.50").document()
PAGE = (Path(__file__).resolve().parents[2] / "docs" / "protocols" / "adapters.md").read_text("utf-8")


def adapter(text: str) -> Adapter:
    found = adapter_of(text)
    assert isinstance(found, Adapter), found
    return found


ADDRESSES = [
    # address, adapter, profile, paper, language, where
    ("tcp://10.0.0.5", "escpos", "default", 80, "escpos", "tcp://10.0.0.5:9100"),
    ("10.0.0.5:9101", "escpos", "default", 80, "escpos", "tcp://10.0.0.5:9101"),
    ("COM3?baud=19200&paper=58", "escpos", "default", 58, "escpos", "com://COM3?baud=19200"),
    ("escpos+tcp://h?profile=tm-t88v&paper=80&cut=no", "escpos", "TM-T88V", 80, "escpos", "tcp://h:9100"),
    ("escpos+tcp://h?profile=generic-58mm", "escpos", "generic-58mm", 58, "escpos", "tcp://h:9100"),
    ("escpos+tcp://h?paper=112", "escpos", "default", 112, "escpos", "tcp://h:9100"),
    ("sunmi+tcp://h", "sunmi", "sunmi", 80, "escpos", "tcp://h:9100"),
    ("sunmi+tcp://h?paper=58", "sunmi", "sunmi", 58, "escpos", "tcp://h:9100"),
    ("sunmi+https://c/N1", "sunmi", "sunmi", 80, "escpos", "https://c/N1"),
    ("sprt80+serial:///dev/ttyUSB0?baud=19200&cut=full", "sprt80", "sprt80", 80, "escpos",
     "serial:///dev/ttyUSB0?baud=19200"),
    ("sprt58+usb:///dev/usb/lp0", "sprt58", "sprt58", 58, "escpos", "usb:///dev/usb/lp0"),
    ("sprt58+COM3?baud=19200", "sprt58", "sprt58", 58, "escpos", "com://COM3?baud=19200"),
    ("star-line+/dev/usb/lp0", "star", "star", 80, "star-line", "usb:///dev/usb/lp0"),
    ("/dev/serial/by-id/usb-A+B", "escpos", "default", 80, "escpos", "serial:///dev/serial/by-id/usb-A%2BB"),
    ("xprinter+tcp://h?paper=58", "xprinter", "xprinter", 58, "escpos", "tcp://h:9100"),
    ("ACLAS+tcp://h", "aclas", "aclas", 80, "aclas", "tcp://h:9100"),
    ("365wifi+http://h:8080/kdt1", "365wifi", "365wifi", 58, "365wifi", "http://h:8080/kdt1"),
    ("wangpos+tcp://h:5000", "wangpos", "wangpos", 58, "wangpos", "tcp://h:5000"),
    ("epos+http://h", "epos", "epos", 80, "epos", "http://h"),
    ("epson-epos+http://h?paper=58", "epos", "epos", 58, "epos", "http://h"),
    ("star+tcp://h", "star", "star", 80, "star-line", "tcp://h:9100"),
    ("starprnt+tcp://h?profile=mPOP", "starprnt", "mPOP", 58, "starprnt", "tcp://h:9100"),
    ("feie+https://h/1", "feie", "feie80", 80, "feie", "https://h/1"),
    ("feie+https://h/1?paper=58", "feie", "feie58", 58, "feie", "https://h/1"),
    ("yilianyun+https://h/1", "yilianyun", "yilianyun", 58, "yilianyun", "https://h/1"),
    ("xpyun+https://h/1", "xpyun", "xpyun80", 80, "xpyun", "https://h/1"),
    ("xpyun+file:///tmp/x?paper=58", "xpyun", "xpyun58", 58, "xpyun", "file:///tmp/x"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "name", "profile", "paper", "language", "where"), ADDRESSES)
def test_each_address(text: str, name: str, profile: str, paper: int, language: str, where: str) -> None:
    found = adapter(text)
    assert (found.name, found.profile.name, found.paper_mm, found.language) == (name, profile, paper, language)
    assert str(found.transport_address) == where
    width = {58: 384, 80: 576, 112: 832}[paper]
    assert found.profile.width_dots in (width, load(profile).width_dots)


@pytest.mark.parametrize(("text", "name", "profile", "paper", "language", "where"), ADDRESSES)
def test_each_adapter_makes_a_receipt(
    text: str, name: str, profile: str, paper: int, language: str, where: str
) -> None:
    found = adapter(text)
    made = found.make(RECEIPT)
    assert made.bytes_count == len(made.data) > 20
    assert made.media_type == found.media_type
    assert render(found.look(made)).split()[-2:] == ["Sum", "4.50"]


REFUSED = [
    ("brother+tcp://h", "device.adapter_unknown"),
    ("+tcp://h", "device.adapter_unknown"),
    ("365wifi+tcp://h", "device.adapter_transport"),
    ("escpos+https://h/1", "device.adapter_transport"),
    ("escpos+gopher://h", "device.address_kind"),
    ("sprt58+tcp://h?paper=80", "device.address_option"),
    ("yilianyun+https://h/1?paper=80", "device.address_option"),
    ("escpos+tcp://h?cut=maybe", "device.address_option"),
    ("escpos+tcp://h?copies=0", "device.address_option"),
    ("escpos+tcp://h?copies=10", "device.address_option"),
    ("escpos+tcp://h?key=secret", "device.adapter_option"),
    ("escpos+com://COM3?speed=1", "device.address_unknown_option"),
    ("escpos+tcp://h?profile=nobody", "device.adapter_profile"),
    ("escpos+tcp://h?profile=star", "device.adapter_language"),
    ("escpos+tcp://h?profile=OCD-300", "device.adapter_unknown"),
    ("feie+https://h/1?profile=xpyun58", "device.adapter_language"),
    ("", "device.address_empty"),
]


@pytest.mark.parametrize(("text", "code"), REFUSED)
def test_refusals(text: str, code: str) -> None:
    refused = adapter_of(text)
    assert isinstance(refused, Refusal)
    assert refused.code == code
    for language in LANGUAGES:
        said = say(language, code, **refused.values)
        assert "{" not in said
    if code == "device.adapter_unknown":
        assert all(name in say("ko", code, **refused.values) for name in KINDS)


options = st.sampled_from(["", *CUTS])
places = st.sampled_from(
    [
        Address("tcp", "h", 9100),
        Address("serial", path="/dev/ttyS0", serial=SerialLine(19200)),
        Address("usb", path="/dev/usb/lp0"),
    ]
)


@given(places, st.text(max_size=8), st.sampled_from([0, 58, 80, 112]), options, st.integers(0, 9))
def test_twins(place: Address, profile: str, paper: int, cut: str, copies: int) -> None:
    given_ = PrinterAddress("escpos", place, profile, paper, cut, copies)
    assert parse(show(given_)) == given_


@given(st.text(max_size=60), st.sampled_from([*KINDS, *ALIASES]))
def test_nothing_raises(text: str, name: str) -> None:
    adapter_of(text)
    adapter_of(f"{name}+{text}")


def test_every_adapter_has_its_row_in_the_docs() -> None:
    assert {name for name in KINDS if f"\n| `{name}`" not in PAGE} == set()
    assert {name for name in ALIASES if f"`{name}`" not in PAGE} == set()


# Cuts

CUT = {"none": b"", "partial": b"\x1dVB\x00", "full": b"\x1dVA\x00"}
CUTTING = [
    # the document's blocks, what is asked, the cuts that are sent in order
    ("t", "", ""), ("tc", "", "p"), ("tC", "", "f"),
    ("t", "no", ""), ("tc", "no", ""), ("tctc", "no", ""),
    ("t", "yes", "p"), ("tc", "yes", "p"), ("tC", "yes", "f"), ("tcf", "yes", "p"), ("tct", "yes", "pp"),
    ("tc0", "yes", "p"),
    ("tcc", "yes", "p"), ("tcc", "", "p"), ("", "yes", ""), ("f", "yes", ""),
    ("t", "full", "f"), ("tc", "full", "f"), ("tctc", "full", "ff"),
    ("t", "partial", "p"), ("tC", "partial", "p"),
]  # fmt: skip


def document(letters: str) -> Document:
    made = Builder()
    for letter in letters:
        if letter == "t":
            made.text("x")
        elif letter == "f":
            made.feed(2)
        elif letter == "0":
            made.pulse()
        else:
            made.cut(full=letter == "C")
    return made.document()


@pytest.mark.parametrize(("blocks", "asked", "cuts"), CUTTING)
def test_cuts_as_asked_and_never_twice(blocks: str, asked: str, cuts: str) -> None:
    found = adapter(f"escpos+tcp://h?profile=TM-T88V&cut={asked}" if asked else "escpos+tcp://h?profile=TM-T88V")
    data = found.make(document(blocks)).data
    sent = [data[at + 2 : at + 3] for at in range(len(data)) if data[at : at + 2] == b"\x1dV"]
    assert b"".join(sent) == cuts.replace("p", "B").replace("f", "A").encode()


@pytest.mark.parametrize("name", [name for name in KINDS if "tcp" in KINDS[name].transports])
def test_a_cut_asked_for_twice_is_one(name: str) -> None:
    found = adapter(f"{name}+tcp://h?cut=yes")
    once, twice = found.make(document("t")), found.make(document("tcc"))
    assert once.data == twice.data


def test_a_printer_without_a_blade_says_so() -> None:
    made = adapter("sprt58+tcp://h?cut=yes").make(document("t"))
    assert [each.code for each in made.warnings] == ["cut.absent"]


# Copies

COPIES = [
    ("escpos+tcp://h", 3, 1, 3), ("escpos+tcp://h?copies=2", 3, 1, 2), ("feie+https://h/1", 3, 3, 1),
    ("365wifi+http://h/1?copies=2", 1, 2, 1), ("wangpos+tcp://h", 2, 2, 1), ("star+tcp://h", 2, 1, 2),
]  # fmt: skip


@pytest.mark.parametrize(("text", "asked", "told", "printed"), COPIES)
def test_copies_are_in_the_data_or_told(text: str, asked: int, told: int, printed: int) -> None:
    found = adapter(text)
    made = found.make(Document(RECEIPT.blocks, copies=asked))
    assert made.copies == told
    assert render(found.look(made)).count("Latte") == printed


# Clouds

ACCOUNT = Account("user@example.com", "secret-key", "token-1", "label-key")
MOMENT = Moment(1_700_000_000, "123456", "job-1")


def asked(text: str, receipt: Document = RECEIPT) -> Request:
    found = adapter(text)
    request = request_of(found, found.make(receipt), ACCOUNT, MOMENT)
    assert request is not None
    return request


def test_signatures_are_the_published_ones() -> None:
    assert sha1("a", "b", "c") == "a9993e364706816aba3e25717850c26c9cd0d89d"  # FIPS 180: "abc"
    assert md5("a", "b", "c") == "900150983cd24fb0d6963f7d28e17f72"  # RFC 1321: "abc"
    assert hmac_sha256("Jefe", "what do ya ", "want ", "for nothing?") == (
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"  # RFC 4231, case 2
    )


def test_feie_is_asked_with_its_form() -> None:
    request = asked("feie+https://api.feieyun.cn/921?copies=2")
    fields = dict(parse_qsl(request.body.decode()))
    assert request.target == "/Api/Open/"
    assert (fields["apiname"], fields["sn"], fields["times"]) == ("Open_printMsg", "921", "2")
    assert fields["sig"] == hashlib.sha1(b"user@example.comsecret-key1700000000", usedforsecurity=False).hexdigest()
    assert fields["content"].startswith("Latte 拿铁<BR>")
    assert "secret-key" not in request.body.decode()


def test_365_is_asked_with_its_form() -> None:
    request = asked("365wifi+http://open.printcenter.cn:8080/kdt1?copies=3")
    fields = dict(parse_qsl(request.body.decode()))
    assert request.target == "/addOrder"
    assert {name: fields[name] for name in ("deviceNo", "key", "times")} == {
        "deviceNo": "kdt1", "key": "label-key", "times": "3",
    }  # fmt: skip
    assert fields["printContent"].startswith("^N1^F1\nLatte")
    assert CLOUDS["365wifi"].plain


def test_yilianyun_is_asked_with_copies_at_the_head() -> None:
    fields = dict(parse_qsl(asked("yilianyun+https://h/4004?copies=2").body.decode()))
    assert fields["content"].startswith("<MN>2</MN>Latte")
    assert (fields["machine_code"], fields["origin_id"], fields["access_token"]) == ("4004", "job-1", "token-1")
    assert fields["sign"] == hashlib.md5(b"user@example.com1700000000secret-key", usedforsecurity=False).hexdigest()


def test_an_end_is_told_where_there_is_a_word_for_it() -> None:
    found = adapter("feie+https://h/921")
    for until_s, told in ((MOMENT.unix_s + 600, MOMENT.unix_s + 600), (MOMENT.unix_s + 10**6, MOMENT.unix_s + 86_340)):
        moment = Moment(MOMENT.unix_s, until_s=until_s)
        request = request_of(found, found.make(RECEIPT), ACCOUNT, moment)
        assert request is not None
        assert dict(parse_qsl(request.body.decode()))["expired"] == str(told)
    assert "expired" not in dict(parse_qsl(asked("feie+https://h/921").body.decode()))


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("yilianyun+https://open-api.10ss.net/v2/4004", "/v2/print/index"),
        ("feie+https://h/proxy/921", "/proxy/Api/Open/"),
        ("365wifi+http://h:8080/a/kdt1", "/a/addOrder"), ("xpyun+https://h/b/1", "/b/api/openapi/xprinter/print"),
        ("sunmi+https://h/c/N3", "/c/v2/printer/open/open/device/pushContent"),
    ],
)  # fmt: skip
def test_what_stands_before_the_device_stands_before_the_question(text: str, target: str) -> None:
    assert asked(text).target == target


def test_xpyun_is_asked_with_json() -> None:
    fields = json.loads(asked("xpyun+https://h/77").body)
    assert (fields["mode"], fields["idempotent"]) == (0, "job-1")
    assert (fields["sn"], fields["copies"], fields["user"]) == ("77", 1, "user@example.com")
    assert fields["content"].startswith("Latte 拿铁<BR>")


def test_sunmi_gets_hex_of_escpos() -> None:
    request = asked("sunmi+https://openapi.sunmi.com/N311")
    fields = json.loads(request.body)
    assert bytes.fromhex(fields["content"]).startswith(b"\x1b@")
    assert (fields["sn"], fields["trade_no"]) == ("N311", "job-1")
    assert request.headers["Sunmi-Sign"] == hmac_sha256(
        "secret-key", request.body.decode(), "user@example.com", "1700000000", "123456"
    )
    assert request.target.endswith("/pushContent")


def test_wangpos_and_epos_get_their_own() -> None:
    assert json.loads(asked("wangpos+http://h/print").body)[0] == {"call": "printInit"}
    request = asked("epos+http://h")
    assert request.target.startswith("/cgi-bin/epos/service.cgi?devid=local_printer")
    assert request.body.startswith(b"<?xml")
    assert b":Envelope" in request.body
    assert b"4.50" in request.body


def test_what_goes_over_a_wire_asks_no_cloud() -> None:
    found = adapter("sunmi+tcp://h")
    assert request_of(found, found.make(RECEIPT), ACCOUNT, MOMENT) is None


def test_keys_are_not_shown() -> None:
    assert "secret" not in repr(ACCOUNT)
    assert "token-1" not in repr(ACCOUNT)


def test_every_cloud_of_a_kind_is_there() -> None:
    assert {kind.cloud for kind in KINDS.values() if kind.cloud} == set(CLOUDS)
    assert all(set(kind.transports) <= {*WIRES, "http", "https", *CALLING_IN} for kind in KINDS.values())


def test_a_long_content_is_said_before_the_cloud_refuses_it() -> None:
    receipt = Builder().text("x" * 4_000).document()
    (warning,) = adapter("feie+https://h/1").make(receipt).warnings
    assert (warning.code, warning.values["limit"]) == ("content.long", 3_500)
    assert int(warning.values["bytes"]) > 4_000


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("365wifi+http://open.printcenter.cn:8080/kdt1", True), ("feie+http://h/1", True), ("feie+https://h/1", False),
        ("epos+http://10.0.0.5", False), ("wangpos+http://10.0.0.5", False), ("365wifi+file:///tmp/x", False),
    ],
)  # fmt: skip
def test_what_leaves_the_house_in_clear_is_said(text: str, said: bool) -> None:
    assert ("content.plain" in [each.code for each in adapter(text).make(RECEIPT).warnings]) == said


def test_a_profile_alone_makes_an_adapter() -> None:
    found = adapter_for("feie58")
    assert isinstance(found, Adapter)
    assert found.transport_address is None
    refused = adapter_for("OCD-300")
    assert isinstance(refused, Refusal)


# Whatever the document

ADDRESS_OF = {
    name: f"{name}+tcp://h" if "tcp" in kind.transports else f"{name}+https://h/1" for name, kind in KINDS.items()
}
HOSTILE = (
    "\x1bp\x00\x19\xfa\x1dV\x00\x10\x14\x01\x00\x01<CUT><PLUGIN>\n^N9\n@@2</text><cut/>&#27;",
    '"},{"call":"x"',
    "\x07\x1bd\x02",
)


@pytest.mark.parametrize("name", KINDS)
@pytest.mark.parametrize("text", HOSTILE)
def test_data_is_never_a_command(name: str, text: str) -> None:
    found = adapter(ADDRESS_OF[name])
    receipt = (
        Builder().text(text).pair(text, text).table([Column(), Column()], [[text, text]], border="single")
        .code("qr", text.replace("\n", "")).text(span(text, width=2, height=2, bold=True)).document()
    )  # fmt: skip
    made = found.make(receipt)
    assert [each.kind for each in found.look(made).events if each.kind != "reset"] == []


@settings(max_examples=80, deadline=None)
@given(documents, st.sampled_from(sorted(KINDS)), options, st.sampled_from([0, 1]))
def test_any_document_is_made(receipt: Document, name: str, cut: str, which: int) -> None:
    papers = KINDS[name].papers
    found = adapter(f"{ADDRESS_OF[name]}?paper={papers[which % len(papers)]}{f'&cut={cut}' if cut else ''}")
    made = found.make(receipt)
    assert made.bytes_count == len(made.data)
    cuts = [each for each in found.look(made).events if each.kind == "cut"]
    assert cut != "no" or not cuts
    assert all(0 <= each.start < max(len(receipt.blocks) + 1, 1) for each in made.warnings)


def test_a_profile_of_the_shops_own(tmp_path: Path) -> None:
    path = tmp_path / "till-7.toml"
    path.write_text('inherits = "sprt58"\nvendor = "Ours"\n', "utf-8")
    found = adapter(f"escpos+tcp://h?profile={path}&cut=no")
    assert (found.profile.vendor, found.paper_mm) == ("Ours", 58)
    assert b"4.50" in found.make(RECEIPT).data
    for name, text in (("gone.toml", None), ("bad.toml", "widht = 3\n")):
        if text:
            (tmp_path / name).write_text(text, "utf-8")
        refused = adapter_for(str(tmp_path / name))
        assert isinstance(refused, Refusal)
        assert refused.code == "device.adapter_file"


PAPERS = [
    ("feie58", 80, "feie80"),
    ("feie80", 58, "feie58"),
    ("365wifi", 58, "365wifi"),
    ("365wifi", 80, ""),
    ("xpyun58", 112, ""),
]


@pytest.mark.parametrize(("name", "paper", "profile"), PAPERS)
def test_the_paper_of_a_service_is_one_it_has(name: str, paper: int, profile: str) -> None:
    found = adapter_for(name, paper)
    if profile:
        assert isinstance(found, Adapter)
        assert (found.profile.name, found.paper_mm) == (profile, paper)
    else:
        assert isinstance(found, Refusal)


@pytest.mark.parametrize("name", names())
def test_every_profile_makes_a_receipt_or_says_there_is_no_adapter(name: str) -> None:
    found = adapter_for(name)
    if isinstance(found, Refusal):
        assert found.code == "device.adapter_unknown"
        return
    made = found.make(RECEIPT)
    assert found.look(made).boxes
    assert found.paper_mm == load(name).paper_mm


@pytest.mark.shared
@pytest.mark.parametrize("name", KINDS)
def test_receiptlines_own_documents_go_through(name: str, shared: Path) -> None:
    found = adapter(ADDRESS_OF[name])
    files = sorted((shared / "receiptline").rglob("*.receipt"))
    assert len(files) == 42
    for file in files:
        look = found.look(found.make(read(file.read_text("utf-8"))))
        assert look.boxes, file.name
        assert [each.code for each in look.problems] == [], file.name
