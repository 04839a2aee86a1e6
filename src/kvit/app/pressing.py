"""Pressing papers and filling templates in a worker process: the parent's side and the process's side.

Documents hold pictures a stranger may have made, templates run what their author wrote, and layout is work; none may hold
up the shop's event loop. A job is msgpack of `kvit.device.press.Wanted` or `kvit.template.fill.FillWanted`; the answer is
what came of it, or the code and values of a `Refusal`. The shop has two such processes, one for printing and one for
looking, so that no preview stands before a receipt.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

import msgspec

from kvit.device.adapters.adapter import adapter_for
from kvit.device.adapters.address import adapter_name
from kvit.device.adapters.scripted import Ask
from kvit.device.press import Pressed, Wanted, press
from kvit.device.spool.model import Form, Payload
from kvit.refusal import Refusal
from kvit.template import builtin
from kvit.template.fill import Filled, FillWanted, Forms, fill
from kvit.template.packs import archive, content
from kvit.template.packs.manifest import PackError
from kvit.template.packs.signing import Trust
from kvit.worker import Worker, WorkerFailed

COMMAND = (sys.executable, "-m", "kvit", "press")
DEADLINE_S = 20.0
"""A metre of photographs takes three seconds here; a small box takes five times as long."""


QUEUE_MAX = 4096
"""Papers that wait for the process: every printer has one job in flight, and a shop has fewer printers than this."""


class Trial(msgspec.Struct, frozen=True, tag="trial"):
    """A pack to be tried: its golden cases printed here, nothing kept."""

    data: bytes
    trust: Trust


class Tried(msgspec.Struct, frozen=True, tag="tried"):
    """What came out otherwise than the pack says; empty: nothing did."""

    problem: str


class No(msgspec.Struct, frozen=True, tag=True):
    """A refusal on the pipe."""

    code: str
    values: dict[str, int | str]


class Yes(msgspec.Struct, frozen=True, tag=True):
    """A paper on the pipe."""

    pressed: Pressed


Answer = Yes | No | Filled | Tried


class Presser:
    """Presses by asking a worker process; ``press`` is a `kvit.device.press.Press`."""

    def __init__(self, log: Callable[[str, dict[str, object]], None]) -> None:
        self._worker = Worker(COMMAND, deadline_s=DEADLINE_S, queue_max=QUEUE_MAX)
        self._log = log

    async def press(self, wanted: Wanted) -> Pressed | Refusal:
        """Give the paper, or why there is none: ``device.press_failed`` where the process died of it or ran out of time."""
        made = await self._work(wanted)
        if isinstance(made, Yes):
            return made.pressed
        assert isinstance(made, Refusal), "a paper was asked for"
        return made

    async def fill(self, wanted: FillWanted) -> Filled | Refusal:
        """Give the document of a template, or why there is none."""
        made = await self._work(wanted)
        assert isinstance(made, Filled | Refusal), "a document was asked for"
        return made

    async def try_pack(self, data: bytes, trust: Trust) -> str:
        """Try a pack; say what is wrong with it, empty: nothing."""
        made = await self._work(Trial(data, trust))
        return made.problem if isinstance(made, Tried) else "the trial died or took too long"

    async def _work(self, wanted: Wanted | FillWanted | Trial) -> Yes | Filled | Tried | Refusal:
        try:
            answered = await self._worker.work(msgspec.msgpack.encode(wanted))
        except WorkerFailed as failed:
            self._log("press.failed", {"reason": failed.reason, "detail": failed.detail[:200]})
            return Refusal("device.press_failed", {"reason": failed.reason})
        made = msgspec.msgpack.decode(answered, type=Answer)
        return Refusal(made.code, made.values) if isinstance(made, No) else made

    async def close(self) -> None:
        """End the worker."""
        await self._worker.close()


FORMS = Forms()
"""Of the process: what it compiled stays for the next receipt."""


@lru_cache(maxsize=1)
def engine() -> Ask:
    """The engine of the process, for scripts that arrange tags; loaded by the first of them."""
    from kvit.template.scripts.engine import Engine

    return Engine().answer


def answer(job: bytes) -> bytes:
    """The process's side: one paper, one document, or one trial."""
    wanted = msgspec.msgpack.decode(job, type=Wanted | FillWanted | Trial)
    if isinstance(wanted, Trial):
        return msgspec.msgpack.encode(Tried(tried(wanted)))
    made = _pressed(wanted) if isinstance(wanted, Wanted) else fill(wanted, FORMS)
    if isinstance(made, Refusal):
        return msgspec.msgpack.encode(No(made.code, dict(made.values)))
    return msgspec.msgpack.encode(Yes(made) if isinstance(made, Pressed) else made)


def _pressed(wanted: Wanted) -> Pressed | Refusal:
    return press(wanted, engine() if wanted.brought is not None and wanted.brought.table.script else None)


def _profiles(profiles: dict[str, bytes]) -> str:
    """Build a pack's profiles of command printers; say which one can not be."""
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder, f"{name}{content.COMMANDS}") for name in profiles]
        for path, data in zip(paths, profiles.values(), strict=True):
            path.write_bytes(data)
        for path in paths:
            made = adapter_for(str(path))
            if isinstance(made, Refusal):
                return f"{content.PROFILES}{path.name}: {made.code} {made.values.get('problem', '')}".strip()
    return ""


def tried(trial: Trial) -> str:
    """Print a pack's golden cases over the built-in templates; say which one came out otherwise."""
    try:
        pack = archive.read(trial.data, trial.trust)
        recipes = builtin.recipes() | content.recipes(pack)
        scripts = content.scripts(pack)
        languages = content.languages(pack)
        problem = _profiles(content.profiles(pack))
        if problem:
            return problem
        for path, case in content.cases(pack).items():
            document = content.filled(case, recipes, scripts)
            brought = languages.get(adapter_name(case.address))
            made = _pressed(Wanted(Payload(Form.DOCUMENT, "", document), 1, case.address, brought=brought))
            if isinstance(made, Refusal) or made.sha256.hex() != case.sha256:
                return f"{path}: {made.code if isinstance(made, Refusal) else made.sha256.hex()}"
    except PackError as error:
        return str(error)
    return ""
