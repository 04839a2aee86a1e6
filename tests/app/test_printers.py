"""The printers of kvit.toml as the shop keeps them."""

from __future__ import annotations

from kvit.app.printers import accounts, configured, logins
from kvit.app.settings import PrinterSettings
from kvit.device.adapters.clouds import Account
from kvit.device.printers.model import Origin, Printer
from kvit.device.printers.service import token_hash
from kvit.device.settings import NamedPrinter
from kvit.device.spool.model import Evidence


def test_a_shop_that_names_no_printer_has_the_virtual_one() -> None:
    (printer,) = configured(PrinterSettings())
    assert printer == Printer("counter", "escpos+tcp://127.0.0.1:9101?profile=TM-T88V", Origin.FILE)
    assert configured(PrinterSettings(virtual=False)) == []


def test_each_kind_of_secret_goes_where_it_is_needed_and_nowhere_else() -> None:
    settings = PrinterSettings(
        named={
            "kitchen": NamedPrinter("sprt80+tcp://10.0.0.5", evidence="B", fail_over="bar"),
            "bar": NamedPrinter("starprnt+cloudprnt://00:11:62:AA:BB:CC", key="word", user="u", password="p"),
            "cloud": NamedPrinter("feie+https://api.feieyun.cn/1", user="u", key="k", token="t", device_key="d"),
        }
    )
    kitchen, bar, cloud = configured(settings)
    assert (kitchen.able, kitchen.fail_over, kitchen.token_hash) == (Evidence.B, "bar", None)
    assert (bar.address, bar.token_hash) == ("starprnt+cloudprnt://001162aabbcc", token_hash("WORD"))
    assert cloud.token_hash is None
    assert accounts(settings)["cloud"] == Account("u", "k", "t", "d")
    assert logins(settings) == {"bar": ("u", "p")}
    assert "word" not in repr(settings)
