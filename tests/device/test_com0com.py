from __future__ import annotations

from kvit.device.com0com import Pairing, install, listing, read_listing, remove, silent
from kvit.refusal import Refusal

LISTED = """\
       CNCA0 PortName=COM3,EmuBR=yes
       CNCB0 PortName=COM2,EmuOverrun=yes
       CNCA1 PortName=COM#,RealPortName=COM7
       CNCB1 PortName=-
       CNCA2 PortName=COM9
command>
"""


def test_commands() -> None:
    assert install("COM3", "COM2") == ["install", "PortName=COM3", "PortName=COM2"]
    assert install("COM3", "COM2", drop_when_unread=True) == [
        "install",
        "PortName=COM3,EmuBR=yes",
        "PortName=COM2,EmuOverrun=yes",
    ]
    assert silent(remove(0)) == ["--silent", "remove", "0"]
    assert listing() == ["list"]


def test_names() -> None:
    for till, ours, code in (("COM3", "COM3", "device.com_same"), ("COM3,EmuBR=yes", "COM2", "device.com_name")):
        refused = install(till, ours)
        assert isinstance(refused, Refusal)
        assert refused.code == code


def test_listing() -> None:
    expected = [Pairing(0, "COM3", "COM2", True), Pairing(1, "COM7", "CNCB1")]
    assert read_listing(LISTED) == expected
    assert read_listing(LISTED.replace("\n", "\r\n")) == expected
    assert read_listing("") == []
