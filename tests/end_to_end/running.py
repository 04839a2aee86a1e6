"""A whole shop under test: real processes, loopback, a folder and ports of its own; nothing is left behind."""

from __future__ import annotations

import contextlib
import http.client
import http.cookiejar
import json
import os
import re
import select
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from tests.ports import free_port as free_port

ROOT = Path(__file__).resolve().parents[2]
WAIT_S = 60.0
"""For things that take a second: other work may share the machine."""
PASSWORD = "seven tall giraffes walk"


def until(condition: Callable[[], Any], what: str) -> Any:
    """Wait for something another process brings about; give what the condition gave."""
    deadline_s = time.monotonic() + WAIT_S
    while not (found := condition()):
        assert time.monotonic() < deadline_s, what
        time.sleep(0.02)
    return found


def environment(**more: str) -> dict[str, str]:
    """The environment of a started process: this checkout, no configuration of the machine's."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("KVIT_")}
    return {**kept, "PYTHONPATH": str(ROOT / "src"), "LC_ALL": "C.UTF-8", "LANGUAGE": "", **more}


def kvit(
    *arguments: str, cwd: Path | None = None, data: bytes = b"", **more: str
) -> subprocess.CompletedProcess[bytes]:
    """Run one verb to its end."""
    return subprocess.run(
        [sys.executable, "-m", "kvit", *arguments], cwd=cwd, input=data, capture_output=True, env=environment(**more),
        timeout=WAIT_S, check=False,
    )  # fmt: skip


class Shop:
    """``kvit up`` on a folder and ports of its own."""

    def __init__(self, folder: Path, *, extra: str = "", lines: str = "") -> None:
        self.folder = folder
        self.data = folder / "data"
        ports = [free_port() for _ in range(5)]
        self.till_port, self.paper_port, self.web_port, self.staff_port, self.printing_port = ports
        self.config = folder / "kvit.toml"
        paper = f"tcp://127.0.0.1:{self.paper_port}"
        wanted = lines or (
            f'[[relay.line]]\nname = "net"\ntill = "tcp://127.0.0.1:{self.till_port}"\nprinter = "{paper}"\n'
            f'[[relay.line]]\nname = "pair"\ntill = "pty://till"\nprinter = "{paper}"\n'
        )
        self.config.write_text(
            f'[data]\nfolder = "data"\n[printer]\nport = {self.paper_port}\n'
            f"[web]\nport = {self.web_port}\nstaff_port = {self.staff_port}\n"
            f"[printing]\nport = {self.printing_port}\n{extra}\n{wanted}",
            "utf-8",
        )
        self.process: subprocess.Popen[bytes] | None = None
        self.said: list[str] = []
        self.log = folder / "up.log"

    @property
    def staff(self) -> str:
        """Where the staff's pages are."""
        return f"http://127.0.0.1:{self.staff_port}"

    @property
    def code(self) -> str:
        """The one-time code it printed; empty when it printed none."""
        found = re.search(r"One-time admin code +(\S+)", "\n".join(self.said))
        return found[1] if found else ""

    def start(self) -> Shop:
        """Start it and wait until it says it runs."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "kvit", "up", "--config", str(self.config)],
                stdout=subprocess.PIPE, stderr=log, stdin=subprocess.DEVNULL, env=environment(), bufsize=0,
                start_new_session=True,
            )  # fmt: skip
        self.said = self._read_until("Press Ctrl+C")
        return self

    def _read_until(self, word: str) -> list[str]:
        assert self.process is not None
        assert self.process.stdout is not None
        lines: list[str] = []
        while True:
            assert select.select([self.process.stdout], [], [], WAIT_S)[0], f"silent; said {lines}"
            line = self.process.stdout.readline().decode()
            assert line, f"it ended; said {lines}; {self.log.read_text('utf-8')[-3000:]}"
            lines.append(line.rstrip("\n"))
            if word in line:
                return lines

    def stop(self, number: int = signal.SIGTERM) -> int:
        """Tell it to end, and wait."""
        assert self.process is not None
        self.process.send_signal(number)
        code = self.process.wait(WAIT_S)
        self.forget()
        return code

    def forget(self) -> None:
        """Let go of an ended process's pipe."""
        if self.process is not None and self.process.stdout is not None:
            self.process.wait()
            self.process.stdout.close()
        self.process = None

    def pids(self) -> dict[int, str]:
        """All processes of this shop, by what they are: ``up line shop printer holder``, and ``draw digest`` below them."""
        told = {int(entry.name): _told(entry) for entry in Path("/proc").iterdir() if entry.name.isdigit()}
        found = {pid: name for pid, (name, _, here) in told.items() if name and f"{self.folder}/" in here}
        below = {pid: name for pid, (name, parent, _) in told.items() if name and found.get(parent) == "shop"}
        return found | below

    def pid(self, name: str) -> int:
        """The process of that name; waits for it."""
        return int(until(lambda: next((pid for pid, what in self.pids().items() if what == name), 0), name))

    def kill(self, name: str) -> int:
        """Kill -9 one of its processes."""
        pid = self.pid(name)
        os.kill(pid, signal.SIGKILL)
        until(lambda: not _holds(pid), f"{name} did not die")
        return pid

    def clean(self) -> None:
        """Leave nothing running, whatever happened."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(WAIT_S)
        for _ in range(3):
            for pid in self.pids():
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
        self.forget()

    @property
    def paper(self) -> bytes:
        """All that the virtual printer received, ever."""
        kept = self.data / "printer" / "received.bin"
        return kept.read_bytes() if kept.exists() else b""

    def till(self) -> socket.socket:
        """Connect as a till."""
        return socket.create_connection(("127.0.0.1", self.till_port), timeout=WAIT_S)

    def print(self, *printouts: bytes) -> None:
        """Print as a till does, and wait until the printer has hung up."""
        with self.till() as till:
            for printout in printouts:
                till.sendall(printout)
            till.shutdown(socket.SHUT_WR)
            while till.recv(4096):
                pass

    def line(self, name: str = "net") -> dict[str, Any]:
        """What the line process says of a line."""
        from kvit.relay.control import ask

        return next(line for line in ask(self.data / "run", {"do": "state"})["lines"] if line["name"] == name)


def _told(entry: Path) -> tuple[str, int, str]:
    """What a process is (empty where it is none of Kvit's or ended), its parent, its command line."""
    try:
        words = (entry / "cmdline").read_bytes().decode("utf-8", "replace").split("\0")
        state, parent = (entry / "stat").read_text("ascii", "replace").rpartition(")")[2].split()[:2]
    except OSError:
        return "", 0, ""
    name = (
        "holder" if "holder.py" in " ".join(words) else words[words.index("kvit") + 1] if "kvit" in words[:-1] else ""
    )
    return name if state != "Z" else "", int(parent), "\0".join(words)


class Staff:
    """A program that signs in as people do and asks the API."""

    def __init__(self, shop: Shop) -> None:
        self._shop = shop
        self._jar = http.cookiejar.CookieJar()
        self._opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(self._jar)
        )

    def sign_up(self) -> Staff:
        """Make the owner's account with the code on the console."""
        self._post("/first", code=self._shop.code, name="Anna", password=PASSWORD)
        return self

    def sign_in(self) -> Staff:
        """Sign in with the account made before."""
        self._post("/sign-in", name="Anna", password=PASSWORD)
        return self

    def _post(self, path: str, **values: str) -> None:
        page = self.get(path).decode()
        found = re.search(r'name="csrf" value="([^"]+)"', page)
        assert found, page
        data = urllib.parse.urlencode({"csrf": found[1], **values}).encode()
        request = urllib.request.Request(self._shop.staff + path, data, {"Origin": self._shop.staff})
        with self._opener.open(request, timeout=WAIT_S) as answer:
            assert answer.url.endswith("/live"), answer.read().decode()

    def get(self, path: str) -> bytes:
        """Fetch one address; raises urllib.error.HTTPError."""
        with self._opener.open(self._shop.staff + path, timeout=WAIT_S) as answer:
            found: bytes = answer.read()
            return found

    def receipts(self, **query: str) -> list[dict[str, Any]]:
        """All receipts, oldest first."""
        found: list[dict[str, Any]] = []
        cursor = ""
        while True:
            page = json.loads(
                self.get("/api/v1/receipts?" + urllib.parse.urlencode({"limit": "200", **query, "cursor": cursor}))
            )
            found += page["receipts"]
            cursor = page["next"]
            if not cursor:
                return found[::-1]

    def wait_for(self, count: int) -> list[dict[str, Any]]:
        """Wait until so many receipts are there."""
        return list(until(lambda: found if len(found := self.receipts()) >= count else None, f"{count} receipts"))

    def wait_for_bytes(self, size: int) -> list[dict[str, Any]]:
        """Wait until receipts of so many bytes in all are there: late tails too."""

        def look() -> list[dict[str, Any]] | None:
            found = self.receipts()
            return found if sum(one["size_bytes"] for one in found) >= size else None

        return list(until(look, f"receipts of {size} bytes"))

    def raw(self, receipt: dict[str, Any]) -> bytes:
        """A receipt's stored bytes."""
        return self.get(f"/api/v1/receipts/{receipt['id']}/bin")

    def form(self, receipt: dict[str, Any], ending: str) -> bytes:
        """A receipt drawn; a machine too busy to draw in time says 503, and is asked again."""

        def look() -> bytes | None:
            try:
                return self.get(f"/api/v1/receipts/{receipt['id']}/{ending}")
            except urllib.error.HTTPError as error:
                if error.code != 503:
                    raise
                return None

        return bytes(until(look, f"no {ending}"))

    def events(self, path: str = "/live/events") -> Iterator[tuple[str, Any]]:
        """Listen to the live page's stream; from the moment this returns nothing is missed."""
        response: http.client.HTTPResponse = self._opener.open(self._shop.staff + path, timeout=WAIT_S)
        assert response.readline().startswith(b"retry:")
        return self._events(response)

    def _events(self, response: http.client.HTTPResponse) -> Iterator[tuple[str, Any]]:
        event = ""
        with response:
            for line in response:
                word, _, value = line.decode().rstrip("\n").partition(": ")
                if word == "event":
                    event = value
                elif word == "data":
                    yield event, json.loads(value)


def _holds(pid: int) -> bool:
    """True while a process may have sockets open: the kernel takes its memory, and so its name, before it closes them."""
    try:
        return Path(f"/proc/{pid}/stat").read_text("ascii", "replace").rpartition(")")[2].split()[0] not in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return False
