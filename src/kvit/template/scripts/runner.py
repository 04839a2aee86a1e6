"""What windows ask of scripts: which there are, and to run one by its name. The shop has it, tests stand in for it."""

from __future__ import annotations

from typing import Any, Protocol

import msgspec

from kvit.refusal import Refusal


class Offered(msgspec.Struct, frozen=True):
    """A script in force, and the pack it came with."""

    name: str
    pack: str
    version: str


class Runner(Protocol):
    """Runs scripts by name; `kvit.template.scripts.contract.ScriptError` where one gives no value."""

    def offered(self) -> list[Offered]:
        """Give the scripts in force, by name."""

    async def load(self, script: str) -> Refusal | None:
        """Read a script and run its outermost level."""

    async def call(self, script: str, function: str, *arguments: Any) -> Any:
        """Call a function; give what it returns."""

    async def get(self, script: str, name: str) -> Any:
        """Read a property of the outermost level."""


class NoRunner:
    """Where no scripts are at hand."""

    def offered(self) -> list[Offered]:
        """Give none."""
        return []

    async def load(self, script: str) -> Refusal | None:
        """Refuse."""
        return unknown(script)

    async def call(self, script: str, function: str, *arguments: Any) -> Any:
        """Refuse."""
        return unknown(script)

    async def get(self, script: str, name: str) -> Any:
        """Refuse."""
        return unknown(script)


def unknown(script: str) -> Refusal:
    """No pack that runs has such a script."""
    return Refusal("template.script_unknown", {"name": script[:64]})
