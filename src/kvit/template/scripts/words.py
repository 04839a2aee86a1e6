"""A delivered script's functions as helpers of templates.

A script names what it offers: ``const helpers = ["stars"]``. Arguments go over as JSON; what comes back is a text, a number
or nothing, and is a value like any other: it is escaped by the output, and no command can be in it. A script that throws,
loops or gives something else is an error of the template, with its place.

The engine runs in the process that fills templates, which is a worker under hard limits (`kvit.worker`).
"""

from __future__ import annotations

from typing import Any, Final

import msgspec

from kvit.template.handlebars.block import Call, Helper
from kvit.template.scripts.contract import Answer, Request, json_of, sha256_of
from kvit.template.scripts.engine import NAME, Engine

LISTED: Final = "helpers"
HELPERS_MAX: Final = 50
"""Of one script."""


def helpers_of(scripts: dict[str, str]) -> dict[str, Helper]:
    """Give the helpers of scripts by name; a script that can not be loaded, or lists none, gives none."""
    engine = Engine()
    found: dict[str, Helper] = {}
    for script, source in sorted(scripts.items()):
        for name in _listed(engine, source):
            found[name] = _helper(engine, script, source, name)
    return found


def _listed(engine: Engine, source: str) -> list[str]:
    told = engine.answer(Request(sha256_of(source), LISTED, None, source))
    names = msgspec.json.decode(told.value) if told.trouble is None else None
    if not isinstance(names, list):
        return []
    return [name for name in names[:HELPERS_MAX] if isinstance(name, str) and NAME.fullmatch(name)]


def _helper(engine: Engine, script: str, source: str, name: str) -> Helper:
    sha256 = sha256_of(source)

    def call(call: Call, *arguments: Any) -> Any:
        options = dict(call.hash)
        values = [_plain(each) for each in arguments] + ([_plain(options)] if options else [])
        return _value(script, engine.answer(Request(sha256, name, json_of(values), source)))

    return call


def _plain(value: Any) -> Any:
    """What crosses: JSON as it is, an exact number of the template as its letters."""
    if value is None or isinstance(value, bool | int | str | float):
        return value
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if isinstance(value, dict):
        return {str(key): _plain(each) for key, each in value.items()}
    return str(value)


def _value(script: str, told: Answer) -> Any:
    if told.trouble is not None:
        raise ValueError(f"the script {script} failed: {told.trouble}")
    value = msgspec.json.decode(told.value)
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float):
        return format(value, ".15g")
    raise ValueError(f"the script {script} gave something else than a text or a number")
