"""A whole shop to measure: ``kvit up`` as shipped, in a new folder, on ports of its own, with as many tills as wanted."""

from __future__ import annotations

import contextlib
import http.cookiejar
import itertools
import json
import os
import random
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType

import apsw

ROOT = Path(__file__).resolve().parent.parent
KVIT = (sys.executable, "-m", "kvit")
WAIT_S = 60.0
TICKS = os.sysconf("SC_CLK_TCK")
ENV = {name: value for name, value in os.environ.items() if not name.startswith("KVIT_")} | {
    "PYTHONPATH": str(ROOT / "src"), "LC_ALL": "C.UTF-8", "LANGUAGE": "",
}  # fmt: skip
PASSWORD = "seven tall giraffes walk"


PORTS = range(12_000, 32_000)
"""Below those a system gives to connections on their way out: a free one stays free until somebody listens."""
_numbers = itertools.count(random.SystemRandom().randrange(len(PORTS)))


def free_port() -> int:
    """A port nobody has just now."""
    for number in _numbers:
        port = PORTS[number % len(PORTS)]
        with contextlib.suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port
    raise AssertionError


class Shop:
    """``with Shop(folder, tills=8) as shop``: started and ready; ended behind the block."""

    def __init__(self, folder: Path, tills: int = 1, profile: str = "") -> None:
        self.folder = folder / "data"
        self.till_ports = [free_port() for _ in range(tills)]
        self.staff_url = f"http://127.0.0.1:{(staff := free_port())}"
        self.public_url = f"http://127.0.0.1:{(public := free_port())}"
        paper = free_port()
        named = f'profile = "{profile}"\n' if profile else ""
        lines = "".join(
            f'[[relay.line]]\nname = "till-{n}"\ntill = "tcp://127.0.0.1:{port}"\n'
            f'printer = "tcp://127.0.0.1:{paper}"\n{named}'
            for n, port in enumerate(self.till_ports)
        )
        self._config = folder / "kvit.toml"
        self._config.write_text(
            f'[data]\nfolder = "data"\n[printer]\nport = {paper}\n'
            f"[web]\nport = {public}\nstaff_port = {staff}\n[printing]\nport = {free_port()}\n{lines}"
        )
        self.ready_s = 0.0
        """From the start of the command to the moment it says that all runs."""
        self._code = ""

    def __enter__(self) -> Shop:
        started = time.perf_counter()
        self._process = subprocess.Popen(
            [*KVIT, "up", "--config", str(self._config)], stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, env=ENV
        )
        assert self._process.stdout is not None
        said = ""
        while "Ctrl+C" not in said:
            line = self._process.stdout.readline().decode()
            assert line, f"kvit up ended; it said: {said}"
            said += line
        self.ready_s = time.perf_counter() - started
        if found := re.search(r"One-time admin code +(\S+)", said):
            self._code = found[1]
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.send_signal(signal.SIGTERM)
        self._process.wait(WAIT_S)
        assert self._process.stdout is not None
        self._process.stdout.close()
        for pid in self.processes():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def processes(self) -> dict[int, str]:
        """This shop's processes by what they are: those whose command line names its folder, and their children."""
        told: dict[int, tuple[int, str]] = {}
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit() and int(entry.name) != os.getpid():
                with contextlib.suppress(OSError, ValueError):
                    words = (entry / "cmdline").read_bytes().decode("utf-8", "replace").split("\0")
                    parent = int((entry / "stat").read_text("ascii", "replace").rpartition(")")[2].split()[1])
                    if words != [""]:
                        told[int(entry.name)] = (parent, "\0".join(words))
        place = str(self.folder.parent) + "/"
        ours = {pid for pid, (_, words) in told.items() if place in words}
        ours |= {pid for pid, (parent, _) in told.items() if parent in ours}
        return {pid: _named(told[pid][1].split("\0")) for pid in sorted(ours)}

    def cpu_s(self) -> dict[str, float]:
        """Processor time used till now by what a process is; those that have ended are not counted."""
        used: dict[str, float] = {}
        for pid, name in self.processes().items():
            with contextlib.suppress(OSError):
                said = Path(f"/proc/{pid}/stat").read_text("ascii", "replace").rpartition(")")[2].split()
                used[name] = used.get(name, 0.0) + (int(said[11]) + int(said[12])) / TICKS
        return used

    def stored(self) -> Iterator[int]:
        """How many receipts the data base shows to a reader beside it, each time anew."""
        reader = apsw.Connection(str(self.folder / "kvit.db"), flags=apsw.SQLITE_OPEN_READONLY)
        reader.set_busy_timeout(5000)
        while True:
            count = reader.execute("SELECT count(*) FROM receipt").fetchall()[0][0]
            assert isinstance(count, int)
            yield count

    def signed_in(self) -> urllib.request.OpenerDirector:
        """A browser of the owner, who signs in with the first code: once a shop."""
        opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        )
        page = opener.open(self.staff_url + "/first", timeout=WAIT_S).read().decode()
        token = re.search(r'name="csrf" value="([^"]+)"', page)
        assert token
        values = {"csrf": token[1], "code": self._code, "name": "Anna", "password": PASSWORD}
        data = urllib.parse.urlencode(values).encode()
        opener.open(
            urllib.request.Request(self.staff_url + "/first", data, {"Origin": self.staff_url}), timeout=WAIT_S
        ).read()
        return opener

    def listed(self) -> int:
        """How many receipts the staff's API lists, page by page."""
        opener = self.signed_in()
        count, cursor = 0, ""
        while True:
            query = urllib.parse.urlencode({"limit": "200", "cursor": cursor})
            found = json.loads(opener.open(f"{self.staff_url}/api/v1/receipts?{query}", timeout=WAIT_S).read())
            count += len(found["receipts"])
            cursor = found["next"]
            if not cursor:
                return count


def _named(words: list[str]) -> str:
    if "kvit" in words:
        return words[words.index("kvit") + 1]
    return "holder" if any(word.endswith("holder.py") for word in words) else Path(words[0]).name


def pss_kib(pid: int) -> int:
    """The process's proportional share of memory."""
    rollup = Path(f"/proc/{pid}/smaps_rollup").read_text("ascii")
    return int(next(line.split()[1] for line in rollup.splitlines() if line.startswith("Pss:")))
