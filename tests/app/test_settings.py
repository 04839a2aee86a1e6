"""Which file is read, what runs without one, and where the data lies."""

from __future__ import annotations

from pathlib import Path

import pytest

from kvit.app import settings as module
from kvit.app.settings import CHECKOUT, find, read
from kvit.config import ConfigError
from kvit.relay.settings import check


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(module, "CHECKOUT", tmp_path / "checkout")
    return tmp_path


def test_the_order_of_files(elsewhere: Path) -> None:
    assert find(None, {}) is None
    (elsewhere / "checkout").mkdir()
    (elsewhere / "checkout" / "kvit.toml").touch()
    assert find(None, {}) == elsewhere / "checkout" / "kvit.toml"
    (elsewhere / "kvit.toml").touch()
    assert find(None, {}) == elsewhere / "kvit.toml"
    assert find(None, {"KVIT_CONFIG": "/etc/x.toml"}) == Path("/etc/x.toml")
    assert find(Path("y.toml"), {"KVIT_CONFIG": "/etc/x.toml"}) == Path("y.toml")


def test_without_a_file_a_demonstration_shop_on_loopback(elsewhere: Path) -> None:
    found = read(None, {})
    assert check(found.relay) is None
    assert [line.till for line in found.relay.line] == ["tcp://127.0.0.1:9100", "pty://till-2", "tcp://127.0.0.1:9102"]
    assert {line.printer for line in found.relay.line} == {"tcp://127.0.0.1:9101"}
    assert found.folder == elsewhere / "checkout" / "var"
    assert (found.public_url, found.staff_url) == ("http://127.0.0.1:7001", "http://127.0.0.1:7003")
    assert not found.config["relay"].line


def test_the_demonstration_printer_moves_with_its_port() -> None:
    assert read(None, {"KVIT_PRINTER__PORT": "9777"}).relay.line[0].printer == "tcp://127.0.0.1:9777"


def test_paths_are_the_files_own(elsewhere: Path) -> None:
    (elsewhere / "etc").mkdir()
    path = elsewhere / "etc" / "kvit.toml"
    path.write_text('[data]\nfolder = "books"\n[web]\nbase_url = "https://r.example.com/"\n', "utf-8")
    found = read(path, {})
    assert found.folder == elsewhere / "etc" / "books"
    assert found.database == elsewhere / "etc" / "books" / "kvit.db"
    assert found.public_url == "https://r.example.com"
    path.write_text('[data]\ndatabase = "postgresql:///kvit"\n', "utf-8")
    assert read(path, {}).database == "postgresql:///kvit"
    assert read(path, {}).folder == elsewhere / "etc" / "var"


def test_a_wrong_word_is_told_with_the_nearest() -> None:
    with pytest.raises(ConfigError, match="Did you mean staff_port"):
        read(None, {"KVIT_WEB__STAF_PORT": "1"})


def test_the_checkout_is_this_one() -> None:
    assert (CHECKOUT / "pyproject.toml").exists()


def test_printers_have_names(elsewhere: Path) -> None:
    path = elsewhere / "kvit.toml"
    path.write_text('[printer.kitchen]\naddress = "sprt80+tcp://10.0.0.5?cut=full"\nkey = "swordfish"\n', "utf-8")
    found = read(path, {})
    assert found.printer.virtual
    assert found.printer.named["kitchen"].address == "sprt80+tcp://10.0.0.5?cut=full"
    assert "swordfish" not in str(found.config.show())
    assert "swordfish" not in repr(found.printer)


@pytest.mark.parametrize(
    ("table", "says"),
    [
        ('[printer.kitchen]\naddress = "brother+tcp://10.0.0.5"\n', "no adapter.*sprt80"),
        ('[printer.kitchen]\naddress = "tcp://10.0.0.5?profile=TM-T88"\n', "TM-T88V"),
        ('[printer."../x"]\naddress = "tcp://10.0.0.5"\n', "name"),
        ('[printer.kitchen]\naddress = "tcp://10.0.0.5"\nport = 1\n', "port"),
    ],
)
def test_a_printer_that_can_not_be_is_refused(elsewhere: Path, table: str, says: str) -> None:
    path = elsewhere / "kvit.toml"
    path.write_text(table, "utf-8")
    with pytest.raises(ConfigError, match=says):
        read(path, {})
