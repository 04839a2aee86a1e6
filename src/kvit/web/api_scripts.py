"""The API's scripts: the source's executor over HTTP: load a named script, call a function, read a property.

Which script a name means is the rule of packs (docs/howto/packs.md). It runs in the worker process of scripts, which is
started by the first call, within the limits of every script. A call is nobody's template, so one that fails tells its
caller why (``template.script_failed``: what the script said, its line) and counts against no pack.
"""

from __future__ import annotations

from typing import Annotated, Any

import msgspec

from kvit.refusal import Refusal
from kvit.template.scripts.contract import ScriptError
from kvit.template.scripts.runner import Offered
from kvit.web.door import Call
from kvit.web.rights import SEE_TEMPLATES
from kvit.web.routes import Table

ARGUMENTS_MAX = 16

ScriptName = Annotated[str, msgspec.Meta(max_length=64)]
Named = Annotated[str, msgspec.Meta(min_length=1, max_length=64, pattern=r"^[A-Za-z_$][A-Za-z0-9_$]*$")]


class ScriptList(msgspec.Struct):
    """The scripts in force."""

    scripts: list[Offered]


class Called(msgspec.Struct, forbid_unknown_fields=True):
    """A function and what it is given."""

    function: Named
    arguments: Annotated[list[Any], msgspec.Meta(max_length=ARGUMENTS_MAX)] = []


class Value(msgspec.Struct):
    """What a script gave, as JSON."""

    value: Any


def add_api_scripts(table: Table) -> None:
    """Add the routes."""

    @table.get("/api/v1/scripts", needs=SEE_TEMPLATES)
    async def list_scripts(call: Call) -> ScriptList:
        """List the scripts of the packs that run, each with its pack and version."""
        return ScriptList(call.context.scripts.offered())

    @table.post("/api/v1/scripts/{name}/load", needs=SEE_TEMPLATES)
    async def load_script(call: Call, name: ScriptName) -> Offered | Refusal:
        """Read a script and run its outermost level; says which pack it is of."""
        try:
            no = await call.context.scripts.load(name)
        except ScriptError as error:
            return failed(error)
        known = {each.name: each for each in call.context.scripts.offered()}
        return no or known[name]

    @table.post("/api/v1/scripts/{name}/call", needs=SEE_TEMPLATES)
    async def call_script(call: Call, name: ScriptName, body: Called) -> Value | Refusal:
        """Call a function of a script with values that are JSON; gives what it returns.

        An exception of the script, a time-out or a lack of memory is `template.script_failed` with its words and line.
        """
        try:
            found = await call.context.scripts.call(name, body.function, *body.arguments)
        except ScriptError as error:
            return failed(error)
        return found if isinstance(found, Refusal) else Value(found)

    @table.get("/api/v1/scripts/{name}/properties/{property}", needs=SEE_TEMPLATES)
    async def read_script(call: Call, name: ScriptName, property: Named) -> Value | Refusal:  # noqa: A002 - the source's word
        """Read a property of a script's outermost level."""
        try:
            found = await call.context.scripts.get(name, property)
        except ScriptError as error:
            return failed(error)
        return found if isinstance(found, Refusal) else Value(found)


def failed(error: ScriptError) -> Refusal:
    """Say a script's trouble to its caller."""
    return Refusal(
        "template.script_failed",
        {
            "name": error.script[:64],
            "trouble": error.trouble.value,
            "line": error.line,
            "message": error.message[:200],
        },
    )
