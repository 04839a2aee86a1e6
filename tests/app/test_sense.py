"""Settings that are well written and can not be are refused with their line and what to write."""

from __future__ import annotations

from pathlib import Path

import pytest
from babel.core import get_global

from kvit.app.sense import COUNTRIES
from kvit.app.settings import read
from kvit.config import ConfigError

LINE = '[[relay.line]]\nname = "a"\ntill = "tcp://127.0.0.1:1"\nprinter = "tcp://{printer}"\nallow = ["{allow}"]\n'
REFUSED = [
    ('[shop]\ncountry = "XX"\n', 2, "no country XX"),
    ('[shop]\nlanguage = "fr"\n', 2, "en, ko, ru, kk, zh"),
    ('[shop]\ntime_zone = "Asia/Almati"\n', 2, "Did you mean Asia/Almaty?"),
    ('[shop]\ntime_zone = "/etc/passwd"\n', 2, "as in"),
    ('[data]\ndatabase = "mysql://x"\n', 2, "postgresql://"),
    ("[web]\nport = 8000\nstaff_port = 8000\n", 3, "port 8000"),
    ('[web]\nbase_url = "ftp://x"\n', 2, "https://"),
    ('[web]\nproxies = ["proxy.local"]\n', 2, "10.0.0.5"),
    (LINE.format(printer="127.0.0.1:1", allow="10.0.0.0/8"), 4, "print to itself"),
    (LINE.format(printer="10.0.0.9:9100", allow="10.0.0.0/99"), 5, "192.168.1.0/24"),
    (LINE.format(printer="10.0.0.9:9100", allow="10.0.0.7") + 'profile = "TM-T88W"\n', 6, "Did you mean TM-T88V"),
    (LINE.format(printer="10.0.0.9:9100", allow="10.0.0.7") + 'profile = "?!"\n', 6, "kvit profiles"),
    ('[printer]\nprofile = "TM-T88W"\n', 2, "Did you mean TM-T88V"),
    (
        '[reader.x]\naddress = "tcp://10.0.0.8:1"\nline = "b"\n' + LINE.format(printer="10.0.0.9:9100", allow="::1"),
        3,
        "are a.",
    ),
    (
        '[web]\nbase_url = "https://receipts.example.com"\n'
        + LINE.format(printer="10.0.0.9:9100", allow="::1")
        + "hold_s = 5\n",
        2,
        "at most 24 letters",
    ),
]


@pytest.mark.parametrize(("text", "line", "word"), REFUSED)
def test_refused_with_line_and_remedy(tmp_path: Path, text: str, line: int, word: str) -> None:
    file = tmp_path / "kvit.toml"
    file.write_text(text, "utf-8")
    with pytest.raises(ConfigError) as refused:
        read(file, {})
    assert f"line {line}:" in str(refused.value)
    assert word in str(refused.value)


def test_what_can_be_is_taken(tmp_path: Path) -> None:
    file = tmp_path / "kvit.toml"
    file.write_text(
        '[shop]\ncountry = "KZ"\nlanguage = "kk"\ntime_zone = "Asia/Almaty"\n[data]\ndatabase = "postgresql://u@h/k"\n'
        '[web]\nport = 0\nstaff_port = 0\nproxies = ["10.0.0.5"]\nbase_url = "https://r.example.com"\n'
        + LINE.format(printer="10.0.0.9:9100", allow="10.0.0.7/8")
        + 'profile = "tm-t88v"\n',
        "utf-8",
    )
    assert read(file, {}).shop.country == "KZ"


def test_the_countries_are_those_the_formats_know() -> None:
    known = {code for code in get_global("territory_zones") if len(code) == 2 and code.isalpha()}
    assert known - {"ZZ"} == COUNTRIES  # ZZ stands for a country nobody knows
