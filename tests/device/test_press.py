"""The press: what a payload becomes on each kind of printer."""

from __future__ import annotations

import io

import pytest
from PIL import Image as Picture

from kvit.device.adapters.adapter import adapter_of
from kvit.device.press import PNG, TEXT, Pressed, Wanted, document_of, press
from kvit.device.spool.model import Form, Payload
from kvit.escpos import Parser, load_profile
from kvit.paper.document import Beep, Cut, Document, Feed, Image, Pulse, Text, print_document
from kvit.paper.languages.stream import play_stream
from kvit.paper.render import RENDERERS
from kvit.refusal import Refusal

ESCPOS = "escpos+tcp://10.0.0.5?profile=TM-T88V"
NARROW = "escpos+tcp://10.0.0.5?paper=58"
STAR = "starprnt+cloudprnt://?paper=80"
DOCUMENT = Payload(
    Form.DOCUMENT, "", print_document(Document([Pulse(), Text("Milk"), Feed(2), Cut(full=True), Beep(2)], copies=3))
)
RAW = Payload(Form.ESCPOS, "TM-T88V", b"\x1b@\x1bp\x00\x19\xfaHello\nWorld\n\x1dV\x00")


def pressed(payload: Payload, address: str, copy: int = 1, **values: object) -> Pressed:
    made = press(Wanted(payload, copy, address, **values))  # type: ignore[arg-type]
    assert isinstance(made, Pressed), made
    return made


def names(data: bytes) -> list[str]:
    parser = Parser(load_profile("TM-T88V"))
    return [command.name for command in [*parser.feed(data), *parser.close()]]


def shown(data: bytes) -> str:
    return RENDERERS["text"](play_stream(data, load_profile("TM-T88V")).sheet).decode()


def test_an_original_is_printed_once_whatever_copies_its_document_asks_for() -> None:
    made = pressed(DOCUMENT, ESCPOS)
    assert (names(made.data).count("ESC p"), names(made.data).count("GS V"), made.copies) == (1, 1, 1)
    assert pressed(DOCUMENT, ESCPOS) == made


def test_a_copy_is_marked_and_silent() -> None:
    for payload in (DOCUMENT, RAW):
        made = pressed(payload, ESCPOS, copy=2)
        assert "ESC p" not in names(made.data)
        assert shown(made.data).count("COPY 2") == 2


def test_bytes_of_a_till_go_to_their_own_kind_of_printer_as_they_are() -> None:
    assert pressed(RAW, ESCPOS).data == RAW.body


@pytest.mark.parametrize("address", [NARROW, STAR, "epos+sdp://K1"])
def test_any_other_printer_gets_their_picture(address: str) -> None:
    made = pressed(RAW, address)
    adapter = adapter_of(address)
    assert not isinstance(adapter, Refusal)
    assert made.data != RAW.body
    document = document_of(RAW)
    assert [type(block) for block in document.blocks if not isinstance(block, Feed)] == [Pulse, Image, Cut]


@pytest.mark.parametrize("payload", [DOCUMENT, RAW])
def test_a_printer_that_takes_dots_gets_dots_and_the_rest_beside(payload: Payload) -> None:
    made = pressed(payload, STAR, media_type=PNG, width_dots=832)
    with Picture.open(io.BytesIO(made.data)) as picture:
        assert picture.width == 832
        assert picture.height < 200
    assert (made.pulse, made.cut) == (True, "full")
    copy = pressed(payload, STAR, copy=2, media_type=PNG)
    assert (copy.pulse, copy.beeps, copy.cut) == (False, 0, "full")


def test_a_printer_that_takes_letters_gets_letters() -> None:
    made = pressed(DOCUMENT, STAR, media_type=TEXT)
    assert made.data.decode().strip() == "Milk"
    assert (made.pulse, made.beeps) == (True, 2)


@pytest.mark.parametrize("media_type", ["application/vnd.star.line", "application/vnd.star.raster"])
def test_another_language_of_the_maker(media_type: str) -> None:
    made = pressed(DOCUMENT, STAR, media_type=media_type)
    assert made.media_type == media_type
    assert made.data.startswith(b"\x1b*rR" if "raster" in media_type else b"\x1b@")


@pytest.mark.parametrize(
    ("wanted", "code"),
    [
        (Wanted(DOCUMENT, 1, "fax://1"), "device.address_kind"),
        (Wanted(Payload(Form.DOCUMENT, "", b"{"), 1, ESCPOS), "device.job_document"),
    ],
)
def test_what_can_not_be_pressed_is_refused(wanted: Wanted, code: str) -> None:
    refused = press(wanted)
    assert isinstance(refused, Refusal)
    assert refused.code == code


def test_bytes_that_print_nothing_make_a_paper_of_nothing() -> None:
    assert document_of(Payload(Form.ESCPOS, "TM-T88V", b"\x00\x01\x02")).blocks == []
    assert isinstance(press(Wanted(Payload(Form.ESCPOS, "TM-T88V", b"\x1b@"), 2, ESCPOS)), Pressed)
