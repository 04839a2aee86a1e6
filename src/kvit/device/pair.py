"""Virtual serial pairs: two ports joined back to back, the till's and ours.

On Linux a pair is a pseudo-terminal: the till opens the slave by a link that keeps its name (``ports/till1`` leads to
``/dev/pts/7``), we hold the master. What such a port has not (Linux 6.x, tried): modem lines (TIOCMGET says ENOTTY, so a
till that insists on DSR will not open it) and a real baud rate. We keep the slave open ourselves too: without that, the
master reads EIO from the moment the till closes its side. Both ends are raw, checked again before every transfer.

On Windows a pair is made by com0com's ``setupc`` (`kvit.device.com0com`), and belongs to the system, not to a process.

`create`, `list_pairs`, `test`, `remove` are what people ask for; on Linux they go to the line process (its control
socket), because a pair lives as long as the process that holds it. The functions here are what that process does.
"""

from __future__ import annotations

import json
import os
import select
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from kvit.device.address import NAME
from kvit.refusal import Refusal

TEST_S: Final = 2.0
"""A pseudo-terminal moves the test's bytes in microseconds."""
TEST_BYTES: Final = bytes(range(256)) * 4
"""Every byte there is: one that is changed (LF, CR, 03h, 11h, 13h, 1Ah, FFh are the usual victims) is found."""
PAIRS_FILE: Final = "pairs.json"


@dataclass(frozen=True, slots=True)
class Pair:
    """A pair held by this process. ``path`` is what the till opens; ``device`` what stands behind it today."""

    name: str
    path: Path
    device: str
    master: int
    slave: int


def check_name(name: str) -> Refusal | None:
    """Say why a name can not be a port's."""
    return None if NAME.fullmatch(name) and name != PAIRS_FILE else Refusal("device.address_name", {"text": name[:80]})


def open_pair(folder: Path, name: str) -> Pair:
    """Make a pair and its link in ``folder``. Raises OSError (also where the system has no pseudo-terminals)."""
    if sys.platform == "win32":
        raise OSError("pseudo-terminals do not exist on Windows; pairs are made by com0com")
    from kvit.device.terminal import make_raw

    master, slave = os.openpty()
    make_raw(slave, new=True)
    return adopt(folder, name, master, slave)


def adopt(folder: Path, name: str, master: int, slave: int) -> Pair:
    """Take over the two descriptors of a pair (new, or from the holder): raw, not blocking, linked. Raises OSError."""
    from kvit.device.terminal import make_raw

    make_raw(slave)
    os.set_blocking(master, False)
    os.set_inheritable(master, False)
    os.set_inheritable(slave, False)
    device = os.ttyname(slave)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    link, new = folder / name, folder / f".{name}.new"
    new.unlink(missing_ok=True)
    new.symlink_to(device)
    new.replace(link)
    return Pair(name, link, device, master, slave)


def close(pair: Pair) -> None:
    """Let go of a pair: its till is hung up, its link goes."""
    os.close(pair.master)
    os.close(pair.slave)
    if pair.path.is_symlink() and str(pair.path.readlink()) == pair.device:
        pair.path.unlink()


def unlink(folder: Path, name: str) -> None:
    """Remove the link of a pair that is no more."""
    if (folder / name).is_symlink():
        (folder / name).unlink()


def links(folder: Path) -> dict[str, str]:
    """List the links there are: name to device. Without asking anybody, so also when no line process runs."""
    if not folder.is_dir():
        return {}
    return {
        entry.name: str(entry.readlink())
        for entry in sorted(folder.iterdir())
        if entry.is_symlink() and entry.name[0] != "."
    }


def look(pair: Pair) -> Refusal | None:
    """Look at a pair in use without sending through it: its link, and both ends raw."""
    import termios

    from kvit.device.terminal import is_raw

    if not pair.path.is_symlink() or str(pair.path.readlink()) != pair.device:
        return Refusal("device.pair_link", {"name": pair.name, "path": str(pair.path)})
    if not is_raw(termios.tcgetattr(pair.slave)):
        return Refusal("device.pair_cooked", {"name": pair.name})
    return None


def test(pair: Pair) -> Refusal | None:
    """Send every byte through a pair that nobody uses, both ways, as a till would: None when all came unchanged."""
    if (wrong := look(pair)) is not None:
        return wrong
    till = os.open(pair.path, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
    try:
        for source, target, way in ((till, pair.master, "till to printer"), (pair.master, till, "printer to till")):
            os.write(source, TEST_BYTES)
            if (came := _read(target, len(TEST_BYTES))) != TEST_BYTES:
                return Refusal(
                    "device.pair_changed", {"name": pair.name, "way": way, "sent": len(TEST_BYTES), "came": len(came)}
                )
        if _read(pair.master, 1, wait_s=0.0):
            return Refusal("device.pair_cooked", {"name": pair.name})
    finally:
        os.close(till)
    return None


def remembered(folder: Path) -> list[str]:
    """List the names of pairs made by hand, to be made again at each start."""
    try:
        names = json.loads((folder / PAIRS_FILE).read_text("utf-8"))
    except (FileNotFoundError, ValueError):
        return []
    return [name for name in names if isinstance(name, str) and check_name(name) is None]


def remember(folder: Path, name: str) -> None:
    """Add a name to `remembered`."""
    _write(folder, sorted({*remembered(folder), name}))


def forget(folder: Path, name: str) -> None:
    """Take a name out of `remembered`."""
    _write(folder, [known for known in remembered(folder) if known != name])


def _write(folder: Path, names: list[str]) -> None:
    new = folder / f".{PAIRS_FILE}.new"
    with new.open("w", encoding="utf-8") as file:
        json.dump(names, file)
        file.flush()
        os.fsync(file.fileno())
    new.replace(folder / PAIRS_FILE)


def _read(fd: int, count: int, wait_s: float = TEST_S) -> bytes:
    """Read ``count`` bytes, or what came until ``wait_s`` passed."""
    data = b""
    deadline = time.monotonic() + wait_s
    while len(data) < count:
        ready, _, _ = select.select([fd], [], [], max(0.0, deadline - time.monotonic()))
        if not ready:
            break
        data += os.read(fd, count - len(data))
    return data
