"""Text to layouts, the twin of `kvit.template.text.write`: ReceiptLine's signs, Handlebars' tags, properties of ours.

A line is a line of a layout. ``{layout: …}`` begins a layout; without one, lines are of the type ``text``.
``{{#each list}}`` and ``{{/each}}``, each alone on its line, go around the lines of a layout of their own; so do
``{{#if …}}`` and ``{{#unless …}}``, which become the condition of every content between them. All other tags stay where
they are, and every content is read as a template, so that a mistake is told with its line and column.

Left out, each refused: cuts (the job says whether to cut), widths in cells and borders (`share` says how columns part the
paper), marks around a part of a column, commands.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

import msgspec

from kvit.template.handlebars.errors import Source, TemplateError
from kvit.template.handlebars.parser import parse as read_template
from kvit.template.layout import SIZES, ContentObject, LayoutError, parse, print_layout
from kvit.template.layout import Layout as Lines
from kvit.template.library.model import LAYOUTS_MAX, Layout, Recipe
from kvit.template.text.scan import (
    TEXT_MARKS,
    Column,
    Member,
    Piece,
    TextError,
    columns_of,
    content_of,
    letter_at,
    members_of,
    tag_end,
)
from kvit.template.text.write import CARETS, MARKS, NAMES, SPECIAL, WEIGHT_STEP

TYPE: Final = "text"
"""Of lines no layout was begun for."""
LETTERS_MAX: Final = 500_000
"""Of one text: twice what all layouts of a template may have, since signs are written with a backslash."""
DEPTH_MAX: Final = 20
FIELDS: Final = {name: field for field, name in NAMES.items()}
SIZE_OF: Final = {carets: size for size, carets in CARETS.items()}
LOOKS: Final = {mark: look for look, mark in MARKS.items()}
CONTENT_OF: Final = {word: content for content, word in SPECIAL.items()}
STARS: Final = frozenset(("align", "width", "border", "text", "a", "w", "b", "t"))
"""ReceiptLine's properties that hold from there on: layouts have none such."""
_NUMBERED: Final = re.compile(r"([a-z]+?)([1-9][0-9]?)?")
_BLOCK: Final = re.compile(r"\{\{#(each|if|unless)\s+(.+?)\s*\}\}", re.DOTALL)
_PART: Final = re.compile(r"[,\t ]+")
_MARKS: Final = re.compile(r'(?:\^+|["_`])*')
_MARK: Final = re.compile(r'\^+|["_`]')


def recipe_of(text: str) -> Recipe:
    """Read a text as a recipe. Raises `TextError` with its line and column."""
    if len(text) > LETTERS_MAX:
        raise TextError(f"more than {LETTERS_MAX} letters")
    reader = _Reader()
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").split("\n")
    if lines[-1] == "":
        lines.pop()
    for reader.at, line in enumerate(lines, 1):
        reader.read(line)
    reader.close()
    if len(reader.layouts) > LAYOUTS_MAX:
        raise TextError(f"more than {LAYOUTS_MAX} layouts")
    return Recipe(tuple(reader.layouts), reader.requires)


class _Next(msgspec.Struct):
    """Properties waiting for the next line, by name."""

    members: dict[str, Member] = {}
    line: int = 0


class _Reader:
    """The state of reading: the layout in hand, what waits for the next line, blocks that are open."""

    def __init__(self) -> None:
        self.at = 0
        self.layouts: list[Layout] = []
        self.requires: tuple[str, ...] = ()
        self.type, self.name = TYPE, ""
        self.weight: int | None = None
        self.begun = 0
        self.lines: list[tuple[ContentObject, ...]] = []
        self.repeat = ""
        self.blocks: list[tuple[str, str, int]] = []
        self.next = _Next()

    def fail(self, problem: str, at: int | Member = 0, line: int = 0) -> TextError:
        """Make an error at a letter (from 0) of the line in hand, or at a property."""
        if isinstance(at, Member):
            return TextError(problem, at.line, at.at + 1)
        return TextError(problem, line or self.at, at + 1)

    def read(self, line: str) -> None:
        """Take in one line."""
        bare = line.strip("\t ")
        if bare.startswith("{{") and tag_end(bare, 0) == len(bare) and self._block(bare, line.index("{")):
            return
        columns = columns_of(line, self.at)
        first = columns[0]
        if any(each.written.startswith("{") and not each.written.startswith("{{") for each in columns):
            if len(columns) > 1:
                raise self.fail("properties stand alone on their line", first.at)
            self._properties(first)
        elif len(columns) == 1 and first.written and not first.written.strip("="):
            raise self.fail("a cut: the job says whether to cut, not the template", first.at)
        elif len(columns) == 1 and first.written and not first.written.strip("-"):
            self._add([{"content_type": "line"}])
        else:
            self._add([self._text(each) for each in columns])

    def _text(self, column: Column) -> dict[str, Any]:
        """A column of letters: its marks, its content."""
        begin = _MARKS.match(column.written)
        assert begin is not None
        marks = _MARK.findall(begin[0])
        pieces, at = [], begin.end()
        held, begun = "", at
        closing: list[str] = []
        while at < len(column.written):
            sign = column.written[at]
            if column.written.startswith("{{", at):
                end = tag_end(column.written, at)
                pieces += [Piece(held, False, column.at + begun)] if held else []
                pieces.append(Piece(column.written[at:end], True, column.at + at))
                held, begun, at = "", end, end
                fresh = True
            elif sign in '^"_`':
                mark = _MARK.match(column.written, at)
                assert mark is not None
                closing.append(mark[0])
                at, fresh = mark.end(), False
            elif sign in "{}":
                raise self.fail(f"a brace that is printed is written \\{sign}", column.at + at)
            elif sign == "~":
                held, at, fresh = held + " ", at + 1, True
            else:
                letter, next_ = self._letter(column, at)
                held, at, fresh = held + letter, next_, True
            if closing and fresh:
                raise self.fail("marks go around the whole of a column", column.at + at - 1)
        pieces += [Piece(held, False, column.at + begun)] if held else []
        made = self._looks(marks, closing, column)
        if marks and not pieces:
            raise self.fail("nothing stands between the marks", column.at)
        made["text_align"] = column.align
        made["content"] = self._content(pieces)
        return made

    def _letter(self, column: Column, at: int) -> tuple[str, int]:
        try:
            return letter_at(column.written, at, self.at, TEXT_MARKS + "-=;")
        except TextError as error:
            raise self.fail(error.problem, column.at + at) from None

    def _looks(self, marks: list[str], closing: list[str], column: Column) -> dict[str, Any]:
        made: dict[str, Any] = {}
        for mark in marks:
            field, value = ("font_size", SIZE_OF.get(mark)) if mark[0] == "^" else (LOOKS[mark], True)
            if field in made or value is None:
                raise self.fail("a mark that stands twice, or more than four carets", column.at)
            made[field] = value
        if any(mark not in marks for mark in closing) or len(set(closing)) != len(closing):
            raise self.fail("marks at the end that do not stand at the beginning", column.at + len(column.written) - 1)
        return made

    def _content(self, pieces: list[Piece]) -> str:
        """A content, read as a template: what is wrong is told where it stands in the text."""
        if not pieces:
            return ""
        content = content_of(pieces, self.at)
        if any(each.tag for each in pieces):
            try:
                read_template(Source(content))
            except TemplateError as error:
                offset = error.column - 1 if error.line == 1 else 0
                raise self.fail(error.reason, _place(pieces, offset)) from None
        return content

    def _properties(self, column: Column) -> None:
        members: dict[str, Member] = {}
        for each in members_of(column.written, column.at, self.at):
            if each.name in members:
                raise self.fail(f"{each.name} stands twice", each)
            members[each.name] = each
        names = list(members)
        if "layout" in members:
            self._begin(members)
        elif "requires" in members:
            if len(members) > 1 or self.layouts or self.lines:
                raise self.fail("what the data must have stands first, alone", members["requires"])
            self.requires = tuple(filter(None, _PART.split(members["requires"].value)))
        elif names and names[0] in ("code", "image", "rule", "feed", "c", "i"):
            self._alone(members, column)
        elif names == ["comment"] or names == ["_"]:
            return
        else:
            for name, each in members.items():
                if name in self.next.members:
                    raise self.fail(f"{name} stands twice before its line", each)
                self.next.members[name] = each
            self.next.line = self.at

    def _alone(self, members: dict[str, Member], column: Column) -> None:
        """A picture, a symbol, a rule or a feed."""
        name, first = next(iter(members.items()))
        del members[name]
        made: dict[str, Any] = {}
        if name in ("image", "i", "code", "c"):
            made["content"] = self._content(list(first.pieces))
            made["text_align"] = column.align
            made["content_type"] = "image"
            if name in ("code", "c"):
                option = members.pop("option", members.pop("o", None))
                made |= self._option(option)
        else:
            made["content"], made["content_type"] = first.value, "line" if name == "rule" else "feed"
        for other, each in members.items():
            if other in self.next.members:
                raise self.fail(f"{other} stands twice", each)
            self.next.members[other] = each
        self._add([made])

    def _option(self, option: Member | None) -> dict[str, Any]:
        words = [each for each in _PART.split(option.value.lower()) if each] if option else ["code128"]
        kind, *rest = words or ["code128"]
        qr = kind == "qrcode"
        made: dict[str, Any] = {"content_type": "qrcode"} if qr else {"content_type": "barcode", "symbology": kind}
        for word in rest:
            if word.isascii() and word.isdecimal() and len(word) < 4:
                field = "height" if not qr and int(word) > 16 else "size"
                if field in made:
                    raise self.fail(f"an option with two of {field}", option or 0)
                made[field] = int(word)
            elif qr or word != "hri":
                raise self.fail(f"an option layouts have no word for: {word}", option or 0)
        return made

    def _begin(self, members: dict[str, Member]) -> None:
        """A layout begins."""
        if self.blocks:
            raise self.fail("a layout begins within a block", members["layout"])
        self._end()
        for name, each in members.items():
            if name not in ("layout", "name", "weight", "content"):
                raise self.fail(f"a layout has no {name}", each)
        self.type = members["layout"].value
        self.name = members["name"].value if "name" in members else ""
        self.begun = self.at
        if "weight" in members:
            self.weight = self._whole(members["weight"])
        if "content" in members:
            content = CONTENT_OF.get(members["content"].value)
            if content is None:
                raise self.fail(f"the content of a layout is {' or '.join(CONTENT_OF)}", members["content"])
            self._keep(content)
            self.begun = 0

    def _whole(self, member: Member) -> int:
        value = member.value
        if not re.fullmatch(r"-?[0-9]{1,9}", value):
            raise self.fail(f"{member.name} is a whole number", member)
        return int(value)

    def _block(self, tag: str, at: int) -> bool:
        """A tag alone on its line: say whether it goes around lines."""
        closed = re.fullmatch(r"\{\{/(each|if|unless)\s*\}\}", tag)
        if closed is not None:
            if not self.blocks or self.blocks[-1][0] != closed[1]:
                raise self.fail(f"nothing is open that {tag} closes", at)
            self.blocks.pop()
            if closed[1] == "each":
                self._end()
            return True
        opened = _BLOCK.fullmatch(tag)
        if opened is None:
            return False
        word, path = opened[1], _bare(opened[2])
        if re.search(r"\bas\s*\|", path) or len(self.blocks) >= DEPTH_MAX:
            raise self.fail("a block around lines gives no names, and not too many stand in each other", at)
        if word == "each":
            if self.blocks:
                raise self.fail("each stands around if, never within a block", at)
            if self.lines or self.next.members:
                self._end()
            self.repeat = path
        try:
            read_template(Source(f"{{{{#if ({path})}}}}{{{{/if}}}}" if " " in path else tag + "{{/" + word + "}}"))
        except TemplateError as error:
            raise self.fail(error.reason, at) from None
        self.blocks.append((word, path, self.at))
        return True

    def _add(self, made: list[dict[str, Any]]) -> None:
        """A line with what was said before it."""
        members, self.next = self.next.members, _Next({}, 0)
        for number, each in enumerate(made):
            each.update(self._said(members, number, len(made)))
        conditions = [
            path if word == "if" else f"not {_nested(path)}" for word, path, _ in self.blocks if word != "each"
        ]
        for each in made:
            own = [each["condition"]] if each.get("condition") else []
            every = [*conditions, *own]
            if every:
                each["condition"] = every[0] if len(every) == 1 else "and " + " ".join(_nested(one) for one in every)
        self._check_names(members, len(made))
        try:
            line = tuple(msgspec.convert(_camel(each), ContentObject) for each in made)
            if "each" in members:
                if self.lines or self.repeat:
                    raise self.fail("each stands before the first line of a layout", members["each"])
                line = (msgspec.structs.replace(line[0], repeat=members["each"].value), *line[1:])
            if self.repeat and not self.lines:
                line = (msgspec.structs.replace(line[0], repeat=self.repeat), *line[1:])
            parse(print_layout(Lines("", (line,) if self.lines == [] else (self.lines[0], line))))
        except msgspec.ValidationError as error:
            raise self.fail(str(error)) from None
        except LayoutError as error:
            raise self.fail(error.problem) from None
        self.begun = self.begun or self.at
        self.lines.append(line)

    def _said(self, members: Mapping[str, Member], number: int, columns: int) -> dict[str, Any]:
        """What properties say of one column."""
        found: dict[str, Any] = {}
        for name, field in FIELDS.items():
            member = members.get(f"{name}{number + 1}", members.get(name))
            if member is not None:
                found[field] = self._worth(field, member)
        share = members.get("share")
        if share is not None:
            shares = [each for each in _PART.split(share.value) if each]
            if len(shares) != columns:
                raise self.fail(f"{len(shares)} shares for {columns} columns", share)
            found["pager_weight"] = self._float(shares[number], share)
        return found

    def _worth(self, field: str, member: Member) -> Any:
        value = member.value
        if field in LOOKS.values():
            if value not in ("yes", "no"):
                raise self.fail(f"{member.name} is yes or no", member)
            return value == "yes"
        if field in ("size", "height"):
            return self._whole(member)
        return self._float(value, member) if field == "width" else value

    def _float(self, text: str, member: Member) -> float:
        if not re.fullmatch(r"[0-9]{1,4}(\.[0-9]{1,20})?(e-?[0-9]{1,3})?", text):
            raise self.fail(f"{member.name} is a number", member)
        return float(text)

    def _check_names(self, members: Mapping[str, Member], columns: int) -> None:
        for name, each in members.items():
            base = _NUMBERED.fullmatch(name)
            known = base is not None and base[1] in FIELDS and (base[2] is None or int(base[2]) <= columns)
            if not known and name not in ("share", "each"):
                hint = "; share says how columns part the paper" if name in STARS else ""
                raise self.fail(f"no property of a line: {name}{hint}", each)

    def _end(self) -> None:
        """The layout in hand is whole."""
        if self.next.members:
            raise self.fail("properties with no line behind them", 0, self.next.line)
        if self.begun and not self.lines:
            raise self.fail("a layout without a line; content: none says that nothing is wanted", 0, self.begun)
        if self.lines:
            try:
                content = print_layout(parse(print_layout(Lines(self.name, tuple(self.lines))), self.name))
            except LayoutError as error:
                raise self.fail(error.problem, 0, self.begun) from None
            self._keep(content)
        self.lines, self.repeat, self.begun = [], "", 0

    def _keep(self, content: str) -> None:
        expected = self.layouts[-1].sort_weight + WEIGHT_STEP if self.layouts else 0
        weight = expected if self.weight is None else self.weight
        self.layouts.append(Layout(self.type, self.name, content, weight))
        self.weight = None

    def close(self) -> None:
        """The text is over."""
        if self.blocks:
            word, _, line = self.blocks[-1]
            raise self.fail(f"{{{{#{word}}}}} is not closed", 0, line)
        self._end()


def _place(pieces: list[Piece], offset: int) -> int:
    """Where in its line a letter of a content stands: exact within tags, else at the beginning of its piece."""
    for each in pieces:
        if offset < len(each.text):
            return each.at + (offset if each.tag else 0)
        offset -= len(each.text)
    return pieces[-1].at


def _bare(expression: str) -> str:
    """Without one pair of brackets around the whole."""
    if not (expression.startswith("(") and expression.endswith(")")):
        return expression
    depth = 0
    for at, sign in enumerate(expression):
        depth += (sign == "(") - (sign == ")")
        if depth == 0 and at < len(expression) - 1:
            return expression
    return expression[1:-1].strip()


def _nested(expression: str) -> str:
    """An expression as an argument of another."""
    return expression if re.fullmatch(r"[\w.@$/-]+", expression) else f"({expression})"


def _camel(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {re.sub("_([a-z])", lambda found: found[1].upper(), name): value for name, value in fields.items()}


assert set(SIZE_OF.values()) | {"default", "small"} == set(SIZES), "every size has a sign or a property"
