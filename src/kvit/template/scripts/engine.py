"""Running one script: QuickJS (quickjs-ng) with limits of its own, inside a process that has harder ones.

The engine has no module loader, no timers, no way to the disk or the net; what it has is the language. Memory, time and
stack are limited inside (measured with this version: an endless loop, a backtracking regular expression, a
billion-element array and a deep recursion all end in an exception). That wall is the inner one: this module is only
ever called in the worker process, whose processor time and address space the kernel limits (`kvit.worker`), because an
engine may have holes.

Scripts are kept by the hash of their text, the latest used, so a second call costs a fraction of a millisecond. What a
script keeps in its own variables between two calls may be gone at any time, and never goes over to another script.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from typing import Any, Final

import quickjs

from kvit.template.scripts.contract import SOURCE_BYTES_MAX, VALUE_BYTES_MAX, Answer, Request, Trouble, sha256_of

TIME_S: Final = 0.5
"""Of one call, in processor time: a thousand times what a helper takes."""
MEMORY_BYTES: Final = 32 << 20
STACK_BYTES: Final = 256 << 10
SCRIPTS_MAX: Final = 16
"""Kept warm, each up to `MEMORY_BYTES`: half of what the process may have."""
NAMES_MAX: Final = 200
"""Of functions and properties of one script that are kept ready."""
MESSAGE_LETTERS_MAX: Final = 500
NAME: Final = re.compile(r"[A-Za-z_$][A-Za-z0-9_$]{0,63}")
_PLACE: Final = re.compile(r"<input>:(\d+)")

NO_NAMES: Final = frozenset({"eval", "Function", "globalThis"})
"""What is called with data must never take data for code."""

_CALL: Final = """(function (text) {
    "use strict";
    if (typeof NAME !== "function") return undefined;
    const value = JSON.stringify(NAME.apply(undefined, JSON.parse(text)));
    return value === undefined ? "null" : value;
})"""
_GET: Final = """(function (text) {
    "use strict";
    if (typeof NAME === "undefined") return undefined;
    const value = JSON.stringify(NAME);
    return value === undefined ? "null" : value;
})"""
"""``NAME`` is put in as a word of the language, so that ``const`` and ``let`` are found as well as ``function``."""


class _Script:
    """A loaded script. Raises `quickjs.JSException` when its text can not be run."""

    def __init__(self, source: str) -> None:
        self._context = quickjs.Context()
        self._context.set_memory_limit(MEMORY_BYTES)
        self._context.set_max_stack_size(STACK_BYTES)
        self._context.set_time_limit(TIME_S)
        self._context.eval(source)
        self._ways: dict[tuple[str, bool], Any] = {}

    def run(self, request: Request) -> object:
        """Give the value's JSON text, or None where the script has no such name."""
        is_call = request.arguments is not None
        way = self._ways.get((request.name, is_call))
        if way is None:
            if len(self._ways) >= NAMES_MAX:
                self._ways.clear()
            text = (_CALL if is_call else _GET).replace("NAME", request.name)
            way = self._ways[request.name, is_call] = self._context.eval(text)
        return way((request.arguments or b"").decode())


class Engine:
    """All scripts of one process."""

    def __init__(self) -> None:
        self._scripts: OrderedDict[str, _Script] = OrderedDict()

    def answer(self, request: Request) -> Answer:
        """Run one request. Raises nothing but what ends the process."""
        if not NAME.fullmatch(request.name) or request.name in NO_NAMES:
            return Answer(trouble=Trouble.MISSING, message=request.name[:80])
        script = self._script(request)
        if isinstance(script, Answer):
            return script
        try:
            return _value(script.run(request), request)
        except (quickjs.JSException, quickjs.StackOverflow) as error:
            trouble = _trouble(error)
            if trouble is not Trouble.THREW:
                del self._scripts[request.sha256]  # what it left half done is not seen by the next call
            return _told(trouble, error)

    def _script(self, request: Request) -> _Script | Answer:
        known = self._scripts.get(request.sha256)
        if known is not None:
            self._scripts.move_to_end(request.sha256)
            return known
        if request.source is None:
            return Answer(trouble=Trouble.UNKNOWN)
        if len(request.source) > SOURCE_BYTES_MAX or sha256_of(request.source) != request.sha256:
            return Answer(trouble=Trouble.SYNTAX, message="the text is too long, or another one")
        try:
            script = self._scripts[request.sha256] = _Script(request.source)
        except (quickjs.JSException, quickjs.StackOverflow) as error:
            trouble = _trouble(error)
            return _told(Trouble.SYNTAX if trouble is Trouble.THREW else trouble, error)
        while len(self._scripts) > SCRIPTS_MAX:
            self._scripts.popitem(last=False)
        return script


def _value(found: object, request: Request) -> Answer:
    if found is None:
        return Answer(trouble=Trouble.MISSING, message=request.name)
    if not isinstance(found, str) or len(found) > VALUE_BYTES_MAX:
        return Answer(trouble=Trouble.VALUE, message="too large")
    try:
        return Answer(found.encode())
    except UnicodeEncodeError:
        return Answer(trouble=Trouble.VALUE, message="half of a letter")


def _trouble(error: Exception) -> Trouble:
    if isinstance(error, quickjs.StackOverflow):
        return Trouble.DEPTH
    text = str(error)
    if text.startswith("InternalError: interrupted"):
        return Trouble.TIME
    if text.startswith(("InternalError: out of memory", "null")):
        return Trouble.MEMORY
    return Trouble.THREW


def _told(trouble: Trouble, error: Exception) -> Answer:
    text = str(error)
    place = _PLACE.search(text)
    first = text.splitlines()[0] if text else type(error).__name__
    return Answer(trouble=trouble, message=first[:MESSAGE_LETTERS_MAX], line=int(place[1]) if place else 0)
