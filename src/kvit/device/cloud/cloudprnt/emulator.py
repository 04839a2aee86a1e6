"""A Star printer without a printer: `StarPrinter` polls a CloudPRNT server, fetches, prints and confirms, or fails to.

It stands in for the machine in tests, in the bench and by hand (``kvit emulate cloudprnt URL``). What it "prints" it
keeps: the bytes in a file or in memory, and per paper whether it came out whole. So a test can hold the server's word
against what lies on paper. One `StarPrinter.step` is one poll and what follows from it; `StarPrinter.run` steps by the
interval.

Told by words, one a line (`StarPrinter.tell`)::

    paper out|near|ok    cover open|closed    fail NAME    well    scan DATA    dies    revive    state

``fail`` takes one of `FAILS`. Behaviour by Star CloudPRNT Protocol Guide 2.4 and Star's public sample server; no device
was seen.
"""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote, urlencode

import msgspec

from kvit.device.cloud.cloudprnt import media
from kvit.device.kept import Kept, Unkept
from kvit.escpos import load_profile, star_status
from kvit.escpos.star_status import StarStatus
from kvit.net.exchange import Ask, Asking, Failed, Reply
from kvit.paper.languages import registry
from kvit.paper.render import text

FAILS: Final = {
    "paper": "runs out of paper in the middle of a job",
    "cover": "is opened in the middle of a job",
    "never-confirm": "prints and never says so",
    "double-fetch": "fetches twice, the second time in another type, and prints once",
    "repeats-confirm": "confirms three times",
    "lies": "confirms what it did not print",
    "wrong-mac": "says it is another machine",
    "no-decode": "can not decode what it fetched (511)",
    "too-large": "has no memory for what it fetched (521)",
    "timeout": "did not get all of it in time (520)",
    "no-code": "confirms without a status code",
    "forgets-token": "fetches and confirms without the token",
    "old-firmware": "knows no token, no questions, no printingInProgress, and wants a type without parameters",
    "refetches": "fetches again by itself when it is well again",
    "garbage": "polls with what is no JSON",
    "slow": "takes its time to print",
}
"""What it can be told to do wrong."""
SLOW_S: Final = 3.0
MEMORY_PAPERS_MAX: Final = 10_000
"""Papers kept where no file keeps them; a test prints less."""
_PROFILES: Final = {media.STARPRNT: "starprnt", media.LINE: "star", media.RASTER: "star-raster"}


class Model(msgspec.Struct, frozen=True):
    """A machine as it describes itself."""

    name: str
    firmware: str
    encodings: str
    paper_mm: int = 80
    print_mm: int = 72
    dots_mm: int = 8


MODELS: Final = {
    "mc-print3": Model(
        "Star mC-Print3", "3.5",
        "text/plain; image/png; application/vnd.star.starprnt; image/vnd.star.png; application/vnd.star.starprntcore",
    ),
    "tsp650ii": Model(
        "Star Intelligent Interface HI01X", "1.8",
        "text/plain; image/png; image/jpeg; application/vnd.star.line; application/vnd.star.raster",
    ),
    "sp700": Model(
        "Star Intelligent Interface HI02X", "1.8",
        "text/plain; image/png; image/jpeg; application/vnd.star.linematrix", 76, 63,
    ),
}  # fmt: skip
_FAVOURITES: Final = (media.STARPRNT, media.LINE, media.RASTER, media.PNG, media.STAR_PNG, media.TEXT)


@dataclass(slots=True)
class Paper:
    """What came out for one fetched job."""

    token: str
    media_type: str
    data: bytes
    headers: dict[str, str]
    whole: bool = True


@dataclass(slots=True)
class Job:
    """A job in the printer."""

    token: str
    media_type: str
    data: bytes
    headers: dict[str, str] = field(default_factory=dict)


async def _sleep(seconds: float) -> None:
    await asyncio.sleep(seconds)


class StarPrinter:
    """A printer that polls."""

    def __init__(
        self,
        url: str,
        ask: Asking,
        *,
        model: Model = MODELS["mc-print3"],
        mac: str = "00:11:62:aa:bb:cc",
        interval_s: float = 5.0,
        kept: Path | None = None,
        unkept: Unkept = lambda error: None,
        fails: Iterable[str] = (),
        sleep: Callable[[float], Awaitable[None]] = _sleep,
        said: Callable[[str], None] = lambda line: None,
    ) -> None:
        """Take the URL a person would type into its page, and how it asks; ``said`` hears what happens, in lines.

        Raises KeyError for a fail that is none.
        """
        self.url, self.model, self.mac, self.interval_s = url, model, mac, interval_s
        self.papers: list[Paper] = []
        """All that came out, whole or in part."""
        self.polls = 0
        self.status = StarStatus()
        self.fails: set[str] = set()
        for name in fails:
            self._fail(name)
        self.unique_id = ""
        self.ask = ask
        self._sleep = sleep
        self._said = said
        self._kept = None if kept is None else Kept(kept, unkept)
        self._results: list[dict[str, Any]] = []
        self._scans: list[str] = []
        self._claimed = self._by_get = False
        self._job: Job | None = None
        """Fetched and stopped in the middle."""
        self._dead = False
        self._soon = asyncio.Event()

    @property
    def old(self) -> bool:
        """Firmware before tokens."""
        return "old-firmware" in self.fails

    def tell(self, words: str) -> str:
        """Obey one line of words; give ``ok``, the state, or what is wrong."""
        verb, _, rest = words.strip().partition(" ")
        known = _WORDS.get(verb)
        if known is None:
            return f"unknown word {verb!r}; known: {', '.join(sorted(_WORDS))}"
        try:
            said = known(self, rest)
        except KeyError:
            return f"{verb} does not go with {rest!r}"
        self._soon.set()  # an event polls at once
        return said or "ok"

    def state(self) -> dict[str, object]:
        """What it is and has."""
        return {
            "papers": len(self.papers),
            "polls": self.polls,
            "status": self.code(),
            "fails": sorted(self.fails),
            "uniqueID": self.unique_id,
        }

    def code(self) -> str:
        """Its status code, as it sends it."""
        if self.status.cover_open:
            return "420%20Cover%20open"
        if self.status.paper_end:
            return "410%20Out%20of%20paper"
        return "211%20Paper%20low" if self.status.paper_near_end else "200%20OK"

    async def run(self) -> None:
        """Poll until cancelled."""
        before = ""
        while True:
            said = "dead" if self._dead else await self.step()
            if said != before:
                self._said(said)
            before = said
            if said == "asked":
                continue
            self._soon.clear()
            try:
                async with asyncio.timeout(self.interval_s):
                    await self._soon.wait()
            except TimeoutError:
                continue

    def close(self) -> None:
        """Let go of the file."""
        if self._kept is not None:
            self._kept.close()

    async def step(self) -> str:
        """Poll once and do what the answer says; give a word for what happened."""
        body = b"\xffno poll{" if "garbage" in self.fails else json.dumps(self.poll()).encode()
        self.polls += 1
        reply = await self._http("POST", self.url, body, {"Content-Type": "application/json"})
        if reply is None or reply.status != 200:
            return "unanswered" if reply is None else f"poll {reply.status}"
        answer = json.loads(reply.body)
        self._claimed = bool(answer.get("claimBarcodeReader"))
        self._by_get = answer.get("deleteMethod") == "GET"
        if answer.get("clientAction") and not self.old:
            self._results = [self.act(each) for each in answer["clientAction"]]
            return "asked"
        if self._job is not None and "refetches" in self.fails and not self._trouble:
            return await self._take(self._job.token, (self._job.media_type,))
        if not answer.get("jobReady") or self._trouble:
            return "idle"
        return await self._take(str(answer.get("jobToken", "")), tuple(answer.get("mediaTypes", ())))

    @property
    def _trouble(self) -> bool:
        return self.status.cover_open or self.status.paper_end

    def poll(self) -> dict[str, Any]:
        """What it says in a poll."""
        said: dict[str, Any] = {
            "status": star_status.write_text(self.status),
            "printerMAC": self._said_mac(),
            "uniqueID": self.unique_id or None,
            "statusCode": self.code(),
            "clientAction": self._results or None,
        }
        if not self.old:
            said["printingInProgress"] = False
        if self._scans or self._claimed:
            scan = [{"data": base64.b64encode(each.encode()).decode()} for each in self._scans]
            status = {"connected": True, "claimed": self._claimed}
            said["barcodeReader"] = [{"name": "MainBCR", "status": status, "scan": scan}]
        self._results, self._scans = [], []
        return said

    def _said_mac(self) -> str:
        return "00:11:62:ff:ff:ff" if "wrong-mac" in self.fails else self.mac

    def act(self, asked: dict[str, Any]) -> dict[str, Any]:
        """Answer a client action."""
        model, request = self.model, asked.get("request")
        if request == "SetID":
            self.unique_id = str(asked.get("options", ""))[:31]
        page = {
            "paperWidth": str(model.paper_mm), "printWidth": str(model.print_mm),
            "horizontalResolution": str(model.dots_mm), "verticalResolution": str(model.dots_mm),
        }  # fmt: skip
        results: dict[object, object] = {
            "ClientType": model.name, "ClientVersion": model.firmware, "Encodings": model.encodings,
            "GetPollInterval": f"{self.interval_s:g}", "PageInfo": page, "SetID": self.unique_id,
        }  # fmt: skip
        return {"request": request, "result": results.get(request, "")}

    async def _take(self, token: str, offered: tuple[str, ...]) -> str:
        """Fetch, print, confirm."""
        own = media.read_encodings(self.model.encodings)
        types = [each for each in _FAVOURITES if each in offered and each in own]
        if not types:
            await self._confirm(token, "510 Incompatible media type")
            return "510"
        job = await self._fetch(token, types[0])
        if job is not None and "double-fetch" in self.fails:
            job = await self._fetch(token, types[-1])
        if job is None:
            await self._confirm(token, "520 Download failed")
            return "520"
        return await self._print(job)

    async def _print(self, job: Job) -> str:
        for name, code in (("no-decode", "511 Decode"), ("too-large", "521 Too large"), ("timeout", "520 Timeout")):
            if name in self.fails:
                await self._confirm(job.token, code)
                return code[:3]
        for name in ("paper", "cover"):
            if name in self.fails:
                return self._stop(job, name)
        if "slow" in self.fails:
            await self._sleep(SLOW_S)
        if "lies" not in self.fails:
            self.prints(job, whole=True)
        self._job = None
        if "never-confirm" in self.fails:
            return "printed in silence"
        for _ in range(3 if "repeats-confirm" in self.fails else 1):
            await self._confirm(job.token, "" if "no-code" in self.fails else "200 OK")
        return "printed"

    def _stop(self, job: Job, name: str) -> str:
        """Half of it is on paper; a failure that is not the data's is told by the next poll, not by a confirmation."""
        self.fails.discard(name)
        self.prints(job, whole=False)
        self._job = job
        if name == "paper":
            self.status = msgspec.structs.replace(self.status, paper_end=True, offline=True)
        else:
            self.status = msgspec.structs.replace(self.status, cover_open=True, offline=True)
        return "stopped"

    def prints(self, job: Job, *, whole: bool) -> None:
        """Put a job on paper, all of it or half."""
        data = job.data if whole else job.data[: len(job.data) // 2]
        self.papers.append(Paper(job.token, job.media_type, data, job.headers, whole))
        del self.papers[:-MEMORY_PAPERS_MAX]
        self._said(letters(self.papers[-1]) + ("" if whole else "\n~~~ the paper ends here ~~~"))
        if self._kept is not None:
            self._kept.add(data)

    async def _fetch(self, token: str, media_type: str) -> Job | None:
        query = {"uid": self.unique_id, "type": media_type, "mac": self._said_mac()}
        if token and not self._tokenless:
            query["token"] = token
        if media_type == media.STAR_PNG:
            query["mono_len"] = "4000"
        headers = {} if self.old else {"X-Star-Mac": self._said_mac(), "X-Star-Print-Width": str(self.model.print_mm)}
        reply = await self._http("GET", self._with(query), b"", headers)
        if reply is None or reply.status != 200:
            return None
        got = reply.headers.get("content-type", "")
        if self.old and got != media_type:
            return None
        told = {name: value for name, value in reply.headers.items() if name.startswith("x-star-")}
        return Job("" if self._tokenless else token, got.partition(";")[0], reply.body, told)

    @property
    def _tokenless(self) -> bool:
        return self.old or "forgets-token" in self.fails

    async def _confirm(self, token: str, code: str) -> None:
        query = {"uid": self.unique_id, "mac": self._said_mac(), "code": code}
        if token and not self._tokenless:
            query["token"] = token
        if self._by_get:
            await self._http("GET", f"{self._with(query)}&delete", b"", {})
        else:
            await self._http("DELETE", self._with(query), b"", {})

    def _with(self, query: dict[str, str]) -> str:
        return f"{self.url}?{urlencode(query, quote_via=quote)}"

    async def _http(self, method: str, url: str, body: bytes, headers: dict[str, str]) -> Reply | None:
        found = await self.ask(Ask(url, body, headers, method, plain=True, house=True))
        return None if isinstance(found, Failed) else found

    def _fail(self, name: str) -> None:
        if name not in FAILS:
            raise KeyError(name)
        self.fails.add(name)


def letters(paper: Paper) -> str:
    """Give what stands on a paper as text: by our own players for commands, as it is for text."""
    profile = _PROFILES.get(paper.media_type)
    if profile is not None:
        return text.render(registry.play(paper.data, load_profile(profile)))
    if paper.media_type == media.TEXT:
        return paper.data.decode("utf-8", "replace")
    return f"[{paper.media_type}, {media.png_rows(paper.data)} rows, {len(paper.data)} bytes]"


def _paper(printer: StarPrinter, word: str) -> None:
    near, end = {"out": (True, True), "near": (True, False), "ok": (False, False)}[word]
    printer.status = msgspec.structs.replace(
        printer.status, paper_near_end=near, paper_end=end, offline=end or printer.status.cover_open
    )


def _cover(printer: StarPrinter, word: str) -> None:
    opened = {"open": True, "closed": False}[word]
    printer.status = msgspec.structs.replace(
        printer.status, cover_open=opened, offline=opened or printer.status.paper_end
    )


def _power(on: bool) -> Callable[[StarPrinter, str], None]:
    def switch(printer: StarPrinter, word: str) -> None:
        printer._dead, printer._job = not on, None

    return switch


_WORDS: Final[dict[str, Callable[[StarPrinter, str], str | None]]] = {
    "paper": _paper,
    "cover": _cover,
    "fail": lambda printer, word: printer._fail(word),
    "well": lambda printer, _: printer.fails.clear(),
    "scan": lambda printer, word: printer._scans.append(word),
    "dies": _power(on=False),
    "revive": _power(on=True),
    "state": lambda printer, _: json.dumps(printer.state()),
}
