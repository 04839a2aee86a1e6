"""What is plugged in, read from a folder that looks like a machine's own files."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kvit.device.address import Address, parse
from kvit.device.transports.found import Found, Looked, _id_name, find

USB = "sys/bus/usb/devices"


def write(root: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)


def printer(root: Path, name: str, product: str, serial: str = "", protocol: str = "02") -> None:
    write(root, {
        f"{USB}/{name}/idVendor": "04b8\n", f"{USB}/{name}/idProduct": f"{product}\n", f"{USB}/{name}/serial": serial,
        f"{USB}/{name}/manufacturer": "EPSON", f"{USB}/{name}/product": "TM\x1b[2J-T20",
        f"{USB}/{name}/busnum": "1\n", f"{USB}/{name}/devnum": "7\n",
        f"{USB}/{name}:1.0/bInterfaceClass": "07\n", f"{USB}/{name}:1.0/bInterfaceProtocol": f"{protocol}\n",
    })  # fmt: skip


def test_usb_printers(tmp_path: Path) -> None:
    printer(tmp_path, "1-1", "0202", "J5XK")
    printer(tmp_path, "1-2", "0e15")
    printer(tmp_path, "1-3", "0e28", protocol="04")  # IPP over USB
    write(tmp_path, {
        f"{USB}/1-1:1.0/ieee1284_id": "MFG:EPSON;CMD:ESC/POS;MDL:TM-T88V;CLS:PRINTER;",
        f"{USB}/1-1:1.0/usbmisc/lp0/dev": "180:0", f"{USB}/1-4:1.0/bInterfaceClass": "03\n", "dev/usb/lp0": "",
    })  # fmt: skip
    assert find(tmp_path) == Looked((
        Found("printer", "usb:///dev/usb/lp0", "EPSON TM-T88V", ("usb://04b8:0202/J5XK",)),
        Found("printer", "usb://04b8:0e15", "EPSON TM [2J-T20"),
    ))  # fmt: skip


def test_serial_ports(tmp_path: Path) -> None:
    tty = "sys/class/tty"
    write(tmp_path, {
        f"{tty}/tty1/dev": "", f"{tty}/ttyS0/type": "4\n", f"{tty}/ttyS0/device/x": "", f"{tty}/ttyS1/type": "0\n",
        f"{tty}/ttyS1/device/x": "", f"{tty}/ttyUSB0/device/x": "", f"{tty}/rfcomm0/dev": "", "dev/ttyUSB0": "",
    })  # fmt: skip
    links = tmp_path / "dev/serial/by-id"
    links.mkdir(parents=True)
    (links / "usb-FTDI_FT232R_A1-if00-port0").symlink_to("../../ttyUSB0")
    assert find(tmp_path).found == (
        Found("serial", "serial:///dev/rfcomm0", ""),
        Found("serial", "serial:///dev/ttyS0", ""),
        Found("serial", "serial:///dev/serial/by-id/usb-FTDI_FT232R_A1-if00-port0", "FTDI FT232R A1-if00-port0",
              ("serial:///dev/ttyUSB0",)),
    )  # fmt: skip


def test_paired_bluetooth_devices(tmp_path: Path) -> None:
    folder = "var/lib/bluetooth/AA:AA:AA:AA:AA:AA"
    serial = "Services=00001101-0000-1000-8000-00805F9B34FB;"
    write(tmp_path, {
        f"{folder}/settings": "[General]",
        f"{folder}/00:11:22:33:44:55/info": "[General]\nName=MPT-II\nClass=0x000680\n",
        f"{folder}/00:11:22:33:44:66/info": f"[General]\nName=Scanner\nClass=0x002540\n{serial}\n",
        f"{folder}/00:11:22:33:44:77/info": "[General]\nName=Headset\nClass=0x240404\n",
        f"{folder}/00:11:22:33:44:88/info": "no ini at all",
        f"{folder}/cache/00:11:22:33:44:99": "[General]\nName=Passer-by\n",
    })  # fmt: skip
    assert find(tmp_path).found == (
        Found("bluetooth", "bluetooth://00:11:22:33:44:55", "MPT-II"),
        Found("bluetooth", "bluetooth://00:11:22:33:44:66", "Scanner"),
    )


def test_a_folder_that_may_not_be_read_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "var/lib/bluetooth").mkdir(parents=True)
    iterdir = Path.iterdir

    def closed(path: Path) -> object:
        if path.name == "bluetooth":
            raise PermissionError(13, "no")
        return iterdir(path)

    monkeypatch.setattr(Path, "iterdir", closed)
    assert find(tmp_path) == Looked((), (str(tmp_path / "var/lib/bluetooth"),))


def test_keyboards_and_scanners(tmp_path: Path) -> None:
    write(tmp_path, {"dev/input/by-id/usb-NewLand_HID_KBW-event-kbd": "", "dev/input/by-id/usb-Mouse-event-mouse": ""})
    assert find(tmp_path).found == (
        Found("keyboard", "keyboard:///dev/input/by-id/usb-NewLand_HID_KBW-event-kbd", "NewLand HID KBW"),
    )


def test_a_machine_without_anything(tmp_path: Path) -> None:
    assert find(tmp_path / "nowhere") == Looked(())


def test_this_machine() -> None:
    for found in find().found:
        assert found.kind == "keyboard" or isinstance(parse(found.address), Address)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("MFG:EPSON;MDL:TM-T88V;", "EPSON TM-T88V"),
        ("MANUFACTURER:Star;MODEL:Star TSP143;", "Star TSP143"),
        ("MDL:POS58", "POS58"),
        ("", ""),
        (";;:::", ""),
    ],
)
def test_device_ids(text: str, name: str) -> None:
    assert _id_name(text) == name


@given(st.text(max_size=200))
def test_any_device_id_is_a_name_on_one_line(text: str) -> None:
    name = _id_name(text)
    assert len(name) <= 80
    assert name == "" or name.isprintable()
