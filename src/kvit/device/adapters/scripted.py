"""A pack's script that arranges the tags of a paper, for tag grammars a table can not say.

The script's ``function lines(items)`` gets what stands on the paper, as plain JSON:

    {"line": [{"text": "TOTAL", "width": 2, "height": 1, "bold": true}]}     {"mark": "qr", "data": "https://…"}
    {"act": "cut"}     {"act": "pulse"}

and gives a list of steps, each one of these:

    {"text": "TOTAL"}   {"tag": "B"}   {"end": "B"}   {"line": true}   {"mark": "qr", "data": "https://…"}   {"act": "cut"}

Of these our side writes the content. Tags are those of the pack's own table, the one opened last closed first; texts are
made harmless whoever wrote them; a symbol and an act are only such as stand on the paper, no more often. So a script can
neither make bytes, nor open a drawer, nor lead a QR code elsewhere. It may leave out or add words: whom a shop trusts with
a pack it trusts with these, and golden cases show them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Annotated, Any, Final, Literal

import msgspec

from kvit.paper.document import TEXT_MAX
from kvit.paper.languages.lines import Act, Item, Mark, Words
from kvit.paper.languages.table import PackLanguage, tongue_of
from kvit.paper.languages.tagged import OPEN_MAX, Tongue, written
from kvit.paper.languages.tame import harmless
from kvit.paper.typeset import clean_text
from kvit.template.scripts.contract import Answer, Request, json_of, sha256_of

FUNCTION: Final = "lines"
STEPS_MAX: Final = 20_000
"""Of one paper: ten for each of two thousand lines."""

Ask = Callable[[Request], Answer]
"""Runs a script: `kvit.template.scripts.engine.Engine.answer`."""


class ScriptedError(ValueError):
    """A script gave no paper; the message says why."""


class Step(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a script wants next; one of these, ``data`` beside ``mark``."""

    text: Annotated[str, msgspec.Meta(max_length=TEXT_MAX)] | None = None
    tag: str | None = None
    end: str | None = None
    line: Literal[True] | None = None
    mark: str | None = None
    act: str | None = None
    data: str = ""


STEPS: Final = msgspec.json.Decoder(Annotated[list[Step], msgspec.Meta(max_length=STEPS_MAX)])


def arranged(items: list[Item], language: PackLanguage, ask: Ask) -> bytes:
    """The content of a paper as its script arranges it, UTF-8. Raises `ScriptedError`."""
    told = ask(_request(items, language))
    if told.trouble is not None:
        raise ScriptedError(f"{told.trouble} (line {told.line}): {told.message}" if told.line else str(told.trouble))
    try:
        steps = STEPS.decode(told.value)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise ScriptedError(str(error)) from None
    return _Writer(items, language).content(steps)


def _request(items: list[Item], language: PackLanguage) -> Request:
    try:
        arguments = json_of([[_plain(each) for each in items]])
    except ValueError as error:
        raise ScriptedError(str(error)) from None
    return Request(sha256_of(language.source), FUNCTION, arguments, language.source)


def _plain(item: Item) -> dict[str, Any]:
    if isinstance(item, Words):
        return {"line": [{"text": each.text, **msgspec.structs.asdict(each.look)} for each in item.segments]}
    if isinstance(item, Mark):
        return {"mark": item.kind, "data": item.data}
    return {"act": item.kind}


class _Writer:
    """Steps into text."""

    def __init__(self, items: list[Item], language: PackLanguage) -> None:
        table = language.table
        self.tongue: Tongue = tongue_of(table)
        bold = (table.bold,) if table.bold else ()
        self.pairs = frozenset((*table.sizes, *table.aligns, *table.pairs, *bold))
        self.singles = frozenset(table.singles)
        self.left = Counter(_key(each) for each in items if not isinstance(each, Words))
        """Symbols and acts of the paper that are not written yet."""
        self.open: list[str] = []

    def content(self, steps: list[Step]) -> bytes:
        """All of them. Raises `ScriptedError`."""
        made = "".join(map(self._step, steps))
        if self.open:
            raise ScriptedError(f"the tag {self.open[-1]} is not closed")
        return made.encode()

    def _step(self, step: Step) -> str:
        given = [name for name in _WAYS if getattr(step, name) is not None]
        if len(given) != 1 or (step.data and step.mark is None):
            raise ScriptedError(f"a step is one of {', '.join(_WAYS)}")
        return _WAYS[given[0]](self, step)

    def text(self, step: Step) -> str:
        return harmless(clean_text(step.text or ""), self.tongue.manner)

    def tag(self, step: Step) -> str:
        name = step.tag or ""
        if name in self.pairs and len(self.open) < OPEN_MAX:
            self.open.append(name)
        elif name not in self.singles:
            raise ScriptedError(f"the tag {name[:20]!r} is not in the table, or too many are open")
        return self.tongue.tag(name)

    def end(self, step: Step) -> str:
        if not self.open or self.open[-1] != step.end:
            raise ScriptedError(f"the tag {(step.end or '')[:20]!r} is not the one opened last")
        return self.tongue.tag(self.open.pop(), closing=True)

    def line(self, _step: Step) -> str:
        return self.tongue.new_line

    def thing(self, step: Step) -> str:
        item: Item = Act(step.act) if step.act is not None else Mark(step.mark or "", step.data)
        key = _key(item)
        if not self.left[key]:
            raise ScriptedError(f"{key[0][:20]!r} does not stand on the paper so often")
        self.left[key] -= 1
        return written(item, self.tongue)


def _key(item: Item) -> tuple[str, str]:
    return (item.kind, item.data if isinstance(item, Mark) else "") if isinstance(item, Mark | Act) else ("", "")


_WAYS: Final[dict[str, Callable[[_Writer, Step], str]]] = {
    "text": _Writer.text, "tag": _Writer.tag, "end": _Writer.end, "line": _Writer.line,
    "mark": _Writer.thing, "act": _Writer.thing,
}  # fmt: skip
