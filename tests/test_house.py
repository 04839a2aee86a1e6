"""The house keeps its own rules: who may touch the outside, how long a file may be, what a file may be called."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parent.parent / "src" / "kvit"
FILES = sorted(path for path in SOURCE.rglob("*.py") if not path.name.endswith("_pb2.py"))

OUTSIDE = {
    "asyncio", "socket", "select", "selectors", "threading", "subprocess", "multiprocessing", "concurrent", "signal",
    "serialx", "apsw", "psycopg", "psycopg_pool", "uvicorn", "fcntl", "termios", "pty", "tty", "secrets", "random",
    "usb", "smartcard",
}  # fmt: skip
"""Modules through which a file reaches sockets, ports, threads, processes, other programs, chance."""

RIM_NAMES = {"store", "spool", "server", "worker", "pump", "reader", "emulator"}
RIM_ROOMS = {"db", "config", "app", "cli", "web", "desktop"}
RIM_FOLDERS = {"transports", "cloud", "sources"}
RIM_MORE = {
    "socket_path.py": "makes the folder of sockets too long to lie beside the data",
    "net/exchange.py": "the only outgoing HTTP",
    "chain/noting.py": "hands on the data base's futures",
    "relay/line.py": "the line process itself",
    "relay/link.py": "one till's connection to its printer: part of the pump",
    "relay/till.py": "a till's connection: part of the pump",
    "relay/holding.py": "withholds paper: part of the pump",
    "relay/recorder.py": "asks the printer in a turn of its own: part of the pump",
    "relay/ends.py": "opens the two ends of a line",
    "relay/house.py": "all lines of the line process",
    "relay/follow.py": "tails the capture files",
    "relay/control.py": "the line process's door",
    "relay/holder.py": "keeps the descriptors while the line process restarts",
    "relay/capture.py": "the capture files",
    "device/interview.py": "asks a printer who it is",
    "device/sender.py": "hands a test print to a printer",
    "device/pair.py": "makes virtual serial pairs",
    "device/terminal.py": "terminal settings of a port",
    "device/delivery/wire.py": "a printer's connection",
    "device/delivery/crew.py": "the tasks of all workers",
    "template/pictures/cache.py": "fetches pictures side by side and keeps them on disk",
    "demo/day.py": "types an injected random.Random",
    "demo/receipt.py": "types an injected random.Random",
}
"""Rim files with another name, each with its reason. The list should shrink."""

FORBIDDEN_NAMES = {"utils", "helpers", "common", "manager", "misc", "util", "helper"}
LINES_MAX = 450


def place(path: Path) -> str:
    return path.relative_to(SOURCE).as_posix()


def is_rim(path: Path) -> bool:
    parts = path.relative_to(SOURCE).parts
    return path.stem in RIM_NAMES or parts[0] in RIM_ROOMS or bool(RIM_FOLDERS & set(parts)) or place(path) in RIM_MORE


def imported(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {name.name.split(".")[0] for name in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.split(".")[0])
    return found


@pytest.mark.parametrize("path", FILES, ids=place)
def test_only_the_rim_touches_the_outside(path: Path) -> None:
    assert is_rim(path) or not imported(path) & OUTSIDE


def test_the_list_of_exceptions_names_files_that_exist() -> None:
    assert [name for name in RIM_MORE if not (SOURCE / name).exists()] == []


@pytest.mark.parametrize("path", FILES, ids=place)
def test_a_file_is_one_noun(path: Path) -> None:
    assert path.stem not in FORBIDDEN_NAMES
    assert len(path.read_text("utf-8").splitlines()) <= LINES_MAX


@pytest.mark.parametrize("path", FILES, ids=place)
def test_a_file_says_what_it_is(path: Path) -> None:
    assert ast.get_docstring(ast.parse(path.read_text("utf-8")))
