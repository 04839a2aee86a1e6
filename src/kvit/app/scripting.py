"""Scripts in a process of their own: the source's executor, as the rest of Kvit sees it.

    executor = Executor(sources=lambda name: shelf_text(name), log=log)
    executor.on_error(lambda error: ...)
    await executor.load("labels")
    await executor.call("labels", "price", 4990)
    await executor.get("labels", "version")

``sources`` gives a named script's text by the rule of packs (`kvit.template.packs.choice`). The process is started when
first needed, killed when a call is not back in `DEADLINE_S`, and the next call has a fresh one.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import msgspec

from kvit.refusal import Refusal
from kvit.template.scripts.contract import Answer, Request, ScriptError, Trouble, json_of, sha256_of
from kvit.template.scripts.runner import Offered
from kvit.worker import Worker, WorkerFailed

COMMAND = (sys.executable, "-m", "kvit", "script")
DEADLINE_S = 2.0
"""The engine ends a call after half a second of processor time; where it can not, the process goes."""

Sources = Callable[[str], str | Refusal]
Handler = Callable[[ScriptError], None]


class Executor:
    """Runs scripts by name."""

    def __init__(
        self,
        sources: Sources,
        log: Callable[[str, dict[str, object]], None],
        offered: Callable[[], list[Offered]] = list,
    ) -> None:
        self._sources = sources
        self.offered = offered
        self._worker = Worker(COMMAND, deadline_s=DEADLINE_S)
        self._log = log
        self._handlers: list[Handler] = []

    def on_error(self, handler: Handler) -> None:
        """Let a handler hear of every script that gave no value; the caller hears of it as well."""
        self._handlers.append(handler)

    async def load(self, script: str) -> Refusal | None:
        """Read a script and run its outermost level. Raises `ScriptError`; a `Refusal` where there is no such script."""
        answered = await self._ask(script, "undefined", None)
        if isinstance(answered, Refusal):
            return answered
        if answered.trouble not in (None, Trouble.MISSING):
            raise self._failed(script, answered)
        return None

    async def call(self, script: str, function: str, *arguments: Any) -> Any:
        """Call a function with values that are JSON; give what it returns, as JSON has it. Raises `ScriptError`."""
        return self._value(script, await self._ask(script, function, json_of(list(arguments))))

    async def get(self, script: str, name: str) -> Any:
        """Read a property of the script's outermost level. Raises `ScriptError`."""
        return self._value(script, await self._ask(script, name, None))

    async def close(self) -> None:
        """End the process."""
        await self._worker.close()

    def _value(self, script: str, answered: Answer | Refusal) -> Any:
        if isinstance(answered, Refusal):
            return answered
        if answered.trouble is not None:
            raise self._failed(script, answered)
        return msgspec.json.decode(answered.value)

    async def _ask(self, script: str, name: str, arguments: bytes | None) -> Answer | Refusal:
        """Two tries at most: the process may not have the script's text yet."""
        source = self._sources(script)
        if isinstance(source, Refusal):
            return source
        request = Request(sha256_of(source), name, arguments)
        answered = await self._work(request)
        if answered.trouble is Trouble.UNKNOWN:
            answered = await self._work(msgspec.structs.replace(request, source=source))
        return answered

    async def _work(self, request: Request) -> Answer:
        try:
            return msgspec.msgpack.decode(await self._worker.work(msgspec.msgpack.encode(request)), type=Answer)
        except WorkerFailed as failed:
            trouble = Trouble.TIME if failed.reason == "deadline" else Trouble.CRASH
            return Answer(trouble=trouble, message=failed.reason)

    def _failed(self, script: str, answered: Answer) -> ScriptError:
        error = ScriptError(script, answered)
        self._log("script.failed", {"script": script, "trouble": error.trouble.value, "line": error.line})
        for handler in self._handlers:
            handler(error)
        return error


def serve_scripts() -> Callable[[bytes], bytes]:
    """The process's side: what answers its messages."""
    from kvit.template.scripts.engine import Engine

    engine = Engine()

    def answer(job: bytes) -> bytes:
        return msgspec.msgpack.encode(engine.answer(msgspec.msgpack.decode(job, type=Request)))

    return answer
