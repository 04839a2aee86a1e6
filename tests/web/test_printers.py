"""The printers' pages: how each stands, in words; what may be added from a page; the word of one that calls in."""

from __future__ import annotations

import re

import pytest

from kvit.device.printers import service as printers
from kvit.device.printers.model import Origin, Printer
from kvit.device.spool import service as spool
from kvit.device.spool.model import Event, Kind
from kvit.refusal import Refusal
from tests.receipt.printouts import SHOP
from tests.web.house import House, post
from tests.web.printing import Delivery, heard, job, printed, printing


@pytest.fixture
def delivery(house: House) -> Delivery:
    return printing(house)


def known(house: House, name: str) -> Printer | Refusal:
    return house.db.read_now(printers.printer, SHOP, name)


def test_a_printer_says_how_it_stands_in_words(house: House, delivery: Delivery) -> None:
    browser = house.user("cashier")
    card = browser.get("/printers").text.split('id="printer-front"')[1]
    assert "Nothing heard yet" in card
    delivery.board.seen("front", paper="ok", cover_open=False)
    assert "Ready" in browser.get("/printers").text
    delivery.board.seen("front", paper="near")
    assert "Paper nearly out" in browser.get("/printers").text
    delivery.board.seen("front", cover_open=True)
    printed(house, "1740")
    heard(house, job(house, "1741"), Event.PREFLIGHT_BAD, reason="cover")
    text = browser.get("/printers").text.split('id="printer-front"')[1]
    for words in ("The cover is open", "Close the cover until it clicks", "1 job", "1740", "Printed", "Class A."):
        assert words in text, words


def test_alarms_stand_on_every_page_until_all_is_well(house: House, delivery: Delivery) -> None:
    browser = house.user("cashier")
    places = ("/live", "/admin", "/relay", "/jobs", "/printers", "/counter", "/account")
    assert all('class="alarm"' not in browser.get(place).text for place in places)
    delivery.board.seen("front", paper="out")
    assert all("Put in a new roll" in browser.get(place).text for place in places)
    delivery.board.seen("front", paper="ok")
    assert all('class="alarm"' not in browser.get(place).text for place in places)


def test_hold_and_release(house: House, delivery: Delivery) -> None:
    manager, cashier = house.user("manager"), house.user("cashier")
    assert post(cashier, "/printers/front/hold", "/printers", held="true").status_code == 403
    assert post(manager, "/printers/front/hold", "/printers/front", held="true").status_code == 303
    assert "Stopped by staff" in manager.get("/printers").text
    post(manager, "/printers/front/hold", "/printers/front", held="false")
    assert "Stopped by staff" not in manager.get("/printers").text


def test_a_test_print_is_a_job(house: House, delivery: Delivery) -> None:
    browser = house.user("cashier")
    done = post(browser, "/printers/front/test", "/printers")
    given = house.db.read_now(spool.get, SHOP, done.headers["location"].removeprefix("/jobs/"))
    assert not isinstance(given, Refusal)
    assert (given.kind, given.printer, given.title) == (Kind.TEST, "front", "Test print")
    assert b"PNG" in browser.get(f"/jobs/{given.id}/picture").content[:8]
    assert post(browser, "/printers/nobody/test", "/printers").status_code == 404


ADDED = (
    ("escpos+tcp://192.168.1.50:9100?profile=tm-t88v", ""),
    ("192.168.1.50", ""),
    ("sprt58+serial:///dev/ttyUSB0?baud=9600", ""),
    ("escpos+usb:///dev/usb/lp0", ""),
    ("escpos+usb://04b8:0202", ""),
    ("sprt58+COM3", ""),
    ("starprnt+cloudprnt://00:11:62:aa:bb:cc", ""),
    ("escpos+file:///etc/cron.d/kvit", "web.printer_wire"),
    ("escpos+pty://till", "web.printer_wire"),
    ("escpos+usb:///home/kvit/notes.txt", "web.printer_wire"),
    ("escpos+serial:///dev/tty/../../etc/passwd", "web.printer_wire"),
    ("escpos+usb:///dev/sda", "web.printer_wire"),
    ("escpos+serial:///dev/mem", "web.printer_wire"),
    ("feie+https://api.feieyun.cn/316500011", "web.printer_cloud"),
    ("escpos+tcp://h?profile=/etc/kvit/own.toml", "device.adapter_profile"),
    ("escpos+tcp://h?profile=nonsense-9000", "device.adapter_profile"),
    ("nonsense+tcp://h", "device.adapter_unknown"),
    ("", "device.address"),
)


@pytest.mark.parametrize(("address", "code"), ADDED)
def test_what_a_page_may_add(house: House, delivery: Delivery, address: str, code: str) -> None:
    from kvit.web import job_acts

    made = house.db.write_now(job_acts.add, job_acts.who(SHOP), "new", address, 1)
    assert (made.code if isinstance(made, Refusal) else "").startswith(code)
    assert isinstance(made, Refusal) == bool(code)


def test_adding_and_removing_by_the_page(house: House, delivery: Delivery) -> None:
    browser = house.user("manager")
    done = post(browser, "/add-printer", "/add-printer", name="kitchen", address="sprt80+tcp://10.0.0.7")
    assert done.headers["location"] == "/printers/kitchen"
    again = post(browser, "/add-printer", "/add-printer", name="kitchen", address="sprt80+tcp://10.0.0.8")
    assert (again.status_code, "already" in again.text, "10.0.0.8" in again.text) == (409, True, True)
    assert post(browser, "/printers/kitchen/stand-in", "/printers/kitchen", other="bar").status_code == 303
    assert post(browser, "/printers/bar/stand-in", "/printers/bar", other="kitchen").status_code == 409
    assert post(browser, "/printers/kitchen/remove", "/printers/kitchen").headers["location"] == "/printers"
    assert browser.get("/printers/kitchen").status_code == 404


def test_printers_of_the_file_are_read_only_here(house: House, delivery: Delivery) -> None:
    browser = house.user("manager")
    text = browser.get("/printers/front").text
    assert "stands in kvit.toml" in text
    assert "/remove" not in text
    assert post(browser, "/printers/front/remove", "/printers").status_code == 409
    assert post(browser, "/printers/front/stand-in", "/printers", other="bar").status_code == 409
    found = known(house, "front")
    assert isinstance(found, Printer)
    assert (found.origin, found.fail_over) == (Origin.FILE, "")


def test_the_word_of_one_that_calls_in_is_shown_once(house: House, delivery: Delivery) -> None:
    browser = house.user("manager")
    made = post(browser, "/add-printer/calling", "/add-printer", name="pizza", kind="cloudprnt", id="001162aabbcc")
    url = re.search(r'id="url">(http://10\.0\.0\.2:7004/cloudprnt/(\w+))<', made.text)
    assert url is not None
    assert "<svg" in made.text
    assert "Server URL" in made.text
    for place in ("/printers", "/printers/pizza", "/api/v1/printers", "/api/v1/printers/pizza", "/audit"):
        assert url[2] not in house.user().get(place).text, place
    assert house.db.read_now(printers.by_token, SHOP, url[2]) is not None
    fresh = post(browser, "/printers/pizza/word", "/printers/pizza")
    assert url[2] not in fresh.text
    assert house.db.read_now(printers.by_token, SHOP, url[2]) is None
    assert post(browser, "/printers/bar/word", "/printers/bar").status_code == 409


def test_finding_and_examining(house: House, delivery: Delivery) -> None:
    browser = house.user("manager")
    found = post(browser, "/add-printer/find", "/add-printer").text
    assert "EPSON TM-T20" in found
    assert 'value="usb:///dev/usb/lp0"' in browser.get("/add-printer?address=usb:///dev/usb/lp0").text
    assert post(browser, "/printers/bar/probe", "/printers/bar").status_code == 303
    assert delivery.probed == ["bar"]


def test_where_nothing_is_delivered_pages_say_so(house: House) -> None:
    house.db.write_now(printers.keep, SHOP, Printer("bar", "sprt58+tcp://10.0.0.6:9100"), 1)
    browser = house.user()
    assert "Nothing heard yet" in browser.get("/printers").text
    given = job(house, printer="bar")
    assert "No printers are driven here" in browser.get(f"/jobs/{given.id}").text
    assert post(browser, "/printers/bar/probe", "/printers/bar").status_code == 409
