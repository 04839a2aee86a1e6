"""The configuration: what is taken, from where, and how it says no."""

from __future__ import annotations

import enum
from pathlib import Path
from typing import Annotated, Literal

import msgspec
import pytest

from kvit.config import NAMED, Config, ConfigError, load

Port = Annotated[int, msgspec.Meta(ge=1, le=65535)]


class Flow(enum.Enum):
    NONE = "none"
    HARDWARE = "hardware"


class Line(msgspec.Struct, frozen=True):
    port: Port = 9100
    to: str = ""


class Serial(msgspec.Struct, frozen=True):
    baud: Literal[9600, 19200] = 9600
    flow: Flow = Flow.NONE


class Relay(msgspec.Struct, frozen=True):
    line: list[Line] = []
    serial: Serial = Serial()
    capture: Path = Path("captures")
    words: list[str] = []
    fast: bool = False
    timeout_s: float = 2.5


class Shop(msgspec.Struct, frozen=True):
    name: str = "My shop"
    dsn: str | None = None
    database: str = "sqlite:///kvit.db"
    printers: dict[str, Line] = {}
    station: Line | None = None


class Strict(msgspec.Struct, frozen=True):
    id: str
    low: int = 1
    high: int = 2

    def __post_init__(self) -> None:
        if self.low > self.high:
            raise ValueError("low is above high")


ROOMS: dict[str, type[msgspec.Struct]] = {"relay": Relay, "shop": Shop}

TEXT = """\
# the shop at the corner
shop.name = "가게"      # said on paper
shop.dsn = "mssql://sa:pw@pos"

[relay]
words = [
    "a", # with a comment ]
    'b',
]
capture = "/var/lib/kvit"
timeout_s = 1

[[relay.line]]
port = 9101
to = "tcp://10.0.0.9:9100"

[[relay.line]]
to = '''tty
S0'''

[relay.serial]
flow = "hardware"

[shop.printers]
kitchen = { port = 9200, to = "usb" }
"bar 2".port = 9300
"""


def read(tmp_path: Path, text: str, env: dict[str, str] | None = None, **rooms: type[msgspec.Struct]) -> Config:
    file = tmp_path / "kvit.toml"
    file.write_text(text, encoding="utf-8")
    return load(file, rooms or ROOMS, env)


def test_the_values(tmp_path: Path) -> None:
    config = read(tmp_path, TEXT)
    assert config["relay"] == Relay(
        line=[Line(9101, "tcp://10.0.0.9:9100"), Line(9100, "tty\nS0")],
        serial=Serial(flow=Flow.HARDWARE),
        capture=Path("/var/lib/kvit"),
        words=["a", "b"],
        timeout_s=1.0,
    )
    printers = {"kitchen": Line(9200, "usb"), "bar 2": Line(9300)}
    assert config["shop"] == Shop(name="가게", dsn="mssql://sa:pw@pos", printers=printers)


@pytest.mark.parametrize(
    ("key", "origin"),
    [
        ("shop.name", "kvit.toml, line 2"),
        ("relay.words", "kvit.toml, line 6"),
        ("relay.capture", "kvit.toml, line 10"),
        ("relay.line[0].port", "kvit.toml, line 14"),
        ("relay.line[1].to", "kvit.toml, line 18"),
        ("relay.serial.flow", "kvit.toml, line 22"),
        ("shop.printers.kitchen.to", "kvit.toml, line 25"),
        ("shop.printers.bar 2.port", "kvit.toml, line 26"),
        ("shop.database", "default"),
        ("relay.fast", "default"),
        ("relay.line[1].port", "default"),
        ("relay.serial.baud", "default"),
    ],
)
def test_where_a_value_came_from(tmp_path: Path, key: str, origin: str) -> None:
    assert read(tmp_path, TEXT).origin(key) == origin


def test_without_a_file_the_defaults_count() -> None:
    config = load(None, ROOMS)
    assert list(config) == ["relay", "shop"]
    assert config["relay"] == Relay()
    assert config.origin("relay.fast") == "default"


def test_the_environment_lies_over_the_file(tmp_path: Path) -> None:
    env = {
        "KVIT_SHOP__NAME": "12",
        "KVIT_RELAY__FAST": "true",
        "KVIT_RELAY__SERIAL__BAUD": "19200",
        "KVIT_RELAY__CAPTURE": "/tmp/x",
        "KVIT_RELAY__LINE": "[{port = 1}]",
        "KVIT_SHOP__STATION__PORT": "5",
        "KVIT_WHEELS": "/no/setting",
        "HOME": "/root",
    }
    config = read(tmp_path, TEXT, env)
    assert config["shop"].name == "12"
    assert config["shop"].station == Line(5)
    assert (config["relay"].fast, config["relay"].serial) == (True, Serial(19200, Flow.HARDWARE))
    assert (config["relay"].line, config["relay"].capture) == ([Line(1)], Path("/tmp/x"))
    assert config.origin("shop.name") == "environment KVIT_SHOP__NAME"
    assert config.origin("relay.line[0].port") == "environment KVIT_RELAY__LINE"
    assert config.origin("relay.serial.flow") == "kvit.toml, line 22"


REFUSED = [
    ("[relay]\nfsat = true", "kvit.toml, line 2", "Did you mean fast?"),
    ("[relya]\nfast = true", "kvit.toml, line 1", "Did you mean relay?"),
    ("xxx = 1", "kvit.toml, line 1", "Known here: relay, shop."),
    ("[relay]\n\n[[relay.line]]\n[[relay.line]]\nprot = 1", "kvit.toml, line 5", "Did you mean port?"),
    ("[shop]\nprinters.kitchen = {prot = 1}", "kvit.toml, line 2", "Did you mean port?"),
    ("[relay]\nfast = 1", "kvit.toml, line 2", "relay.fast must be true or false, and 1 is not"),
    ("[[relay.line]]\nport = '9100'", "kvit.toml, line 2", "relay.line[0].port must be a whole number from 1 to 65535"),
    ("[[relay.line]]\nport = 65536", "kvit.toml, line 2", "and 65536 is not"),
    ("[relay.serial]\nbaud = 4", "kvit.toml, line 2", "must be one of 9600, 19200"),
    ("[relay.serial]\nflow = 'x'", "kvit.toml, line 2", "must be one of 'none', 'hardware'"),
    ("[relay]\nwords = [1]", "kvit.toml, line 2", "must be a list in [ ], each text in quotes"),
    ("[relay]\ncapture = 5", "kvit.toml, line 2", "must be the path of a file or folder in quotes"),
    ("[relay.line]\nport = 5", "kvit.toml, line 1", "must be a list of tables, each written [[relay.line]]"),
    ("relay = 5", "kvit.toml, line 1", "must be a table, written [relay]"),
    ("[relay]\nfast = yes", "kvit.toml, line 2", "not written as TOML wants it"),
    ("[relay]\nfast = true\nfast = true", "kvit.toml, line 3", "not written as TOML wants it"),
    ("[relay", "kvit.toml, line 1", "not written as TOML wants it"),
]


@pytest.mark.parametrize(("text", "origin", "said"), REFUSED, ids=[text for text, _, _ in REFUSED])
def test_refusals_name_the_line_and_what_to_do(tmp_path: Path, text: str, origin: str, said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read(tmp_path, text)
    assert caught.value.origin == origin
    assert said in str(caught.value)
    assert str(caught.value).startswith(f"{origin}: ")


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        ("KVIT_RELAY__FSAT", "true", "Did you mean fast?"),
        ("KVIT_RELYA__FAST", "true", "Did you mean relay?"),
        ("KVIT_RELAY__FAST", "maybe", "must be true or false"),
        ("KVIT_RELAY__FAST__X", "1", "must be true or false"),
        ("KVIT_SHOP__NAME__X", "1", "does not name a setting of a table"),
    ],
)
def test_the_environment_is_refused_by_its_name(tmp_path: Path, variable: str, value: str, said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read(tmp_path, TEXT, {variable: value})
    assert caught.value.origin == f"environment {variable}"
    assert said in str(caught.value)


def test_what_must_be_given_and_what_does_not_go_together(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"id is missing in strict; it must be text in quotes"):
        read(tmp_path, "", strict=Strict)
    with pytest.raises(ConfigError, match=r"line 1: The settings of strict do not go together: low is above high"):
        read(tmp_path, "[strict]\nid = 'x'\nlow = 5", strict=Strict)


def test_files_that_are_no_configuration(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="can not be read"):
        load(tmp_path / "missing.toml", ROOMS)
    file = tmp_path / "kvit.toml"
    file.write_bytes(b"[shop]\nname = '\xff'\n")
    with pytest.raises(ConfigError, match="line 2: There are letters that are not UTF-8"):
        load(file, ROOMS)
    file.write_bytes(b"#" * (2 << 20))
    with pytest.raises(ConfigError, match="more than a configuration may have"):
        load(file, ROOMS)
    file.write_bytes(b'\xef\xbb\xbf[shop]\r\nname = "x"\r\n')
    assert load(file, ROOMS).origin("shop.name") == "kvit.toml, line 2"


def test_show_masks_secrets_and_tells_origins(tmp_path: Path) -> None:
    env = {"KVIT_SHOP__DATABASE": "postgresql://kvit:geheim@centre/kvit"}
    rows = {row.key: (row.value, row.origin) for row in read(tmp_path, TEXT, env).show()}
    assert rows["shop.dsn"] == ("********", "kvit.toml, line 3")
    assert rows["shop.database"] == ("postgresql://kvit:********@centre/kvit", "environment KVIT_SHOP__DATABASE")
    assert rows["relay.line[0].port"] == ("9101", "kvit.toml, line 14")
    assert rows["relay.words"] == ('["a","b"]', "kvit.toml, line 6")
    assert rows["relay.serial.flow"] == ("hardware", "kvit.toml, line 22")
    assert rows["shop.station"] == ("not set", "default")
    assert "geheim" not in str(rows)


def test_a_secret_of_the_wrong_type_is_not_repeated(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        read(tmp_path, "[shop]\ndsn = 777777")
    assert "777777" not in str(caught.value)


class Named(msgspec.Struct, frozen=True):
    country: Annotated[str, msgspec.Meta(pattern="^[A-Z]{2}$", description="two capital letters")] = "GB"


def test_a_pattern_is_said_in_words(tmp_path: Path) -> None:
    path = tmp_path / "kvit.toml"
    path.write_text('[shop]\ncountry = "Korea"\n', "utf-8")
    with pytest.raises(ConfigError, match=r"text in quotes \(two capital letters\), and 'Korea' is not\. "):
        load(path, {"shop": Named})


class Printers(msgspec.Struct, frozen=True):
    virtual: bool = True
    named: dict[str, Strict] = msgspec.field(default_factory=dict, name=NAMED)


def test_tables_of_the_shops_own_names_stand_beside_settings(tmp_path: Path) -> None:
    path = tmp_path / "kvit.toml"
    path.write_text('[printer]\nvirtual = false\n[printer.kitchen]\nid = "a"\n[printer.bar]\nid = "b"\n', "utf-8")
    config = load(path, {"printer": Printers}, {"KVIT_PRINTER__BAR__ID": "c"})
    assert not config["printer"].virtual
    assert {name: each.id for name, each in config["printer"].named.items()} == {"kitchen": "a", "bar": "c"}
    rows = {row.key: (row.value, row.origin) for row in config.show()}
    assert rows["printer.kitchen.id"] == ("a", "kvit.toml, line 4")
    assert rows["printer.bar.id"] == ("c", "environment KVIT_PRINTER__BAR__ID")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[printer]\nvirtul = true\n", "virtual"),
        ('[printer.kitchen]\nidd = "a"\n', "idd"),
        ("[printer.kitchen]\n", "id"),
    ],
)
def test_what_is_unknown_in_them_is_refused_too(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "kvit.toml"
    path.write_text(text, "utf-8")
    with pytest.raises(ConfigError, match=says):
        load(path, {"printer": Printers}, {})
