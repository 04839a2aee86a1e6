"""A form: a receipt template ready to be filled, and its filling into a `Document`.

    form = Form([("Items", '[{"content":"{{name}}","repeat":"items"}]')], Place("ru", "KZ", "KZT"))
    document = form.fill({"items": [{"name": "Tea"}]}).document

Every content of every line is a template of its own, compiled once; all of them are filled on one budget. What comes
out is a value for each content and never text that is read again: quotes, backslashes and line ends of the data are
letters.

Columns of neighbouring lines with equal shares become one table, so that a receipt's items are laid out at once.
Symbols and pictures in the middle of a text (``{{qr link}}``) stand on lines of their own. Whether a symbol's data fit
its kind is told by the layout on paper, with its place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from kvit.paper import document as paper
from kvit.refusal import Refusal
from kvit.template.content import ADDRESS_LETTERS_MAX, BEGIN, Picture, Symbol, parts, unmarked
from kvit.template.handlebars import Budget, BudgetError, DataShapeError, Engine, Options, TemplateError
from kvit.template.handlebars.block import Helper
from kvit.template.handlebars.errors import Source
from kvit.template.handlebars.filling import Expression, Filling, filler, too_deep
from kvit.template.handlebars.run import Scope
from kvit.template.layout import RULES, SIZES, ContentObject, Layout, LayoutError, Line, parse
from kvit.template.words import Place, words

LAYOUTS_MAX = 200
"""Of one template: four times the longest receipt form met."""
LETTERS_MAX = 250_000
"""Of all layouts' JSON together: as much as one template may have (`kvit.template.handlebars.parser`)."""
ALIGN: dict[str, paper.Align] = {"left": "left", "center": "centre", "right": "right"}
WEIGHT_MAX = 255

Pictures = Callable[[str], bytes | None]
"""Gives the bytes of a picture by its address, None where there are none: fetching is not done here."""


@dataclass(frozen=True, slots=True)
class Filled:
    """A receipt, and what it lacks."""

    document: paper.Document
    warnings: tuple[Refusal, ...] = ()
    origins: tuple[str, ...] = ()
    """Of each block, the name of the layout it came from; empty of a table with rows of several."""


class _Line:
    """A line, compiled: what does not hang on the data is worked out beforehand."""

    __slots__ = ("bare", "columns", "conditions", "fillers", "first", "looks", "name", "plain", "written")

    def __init__(self, name: str, line: Line, engine: Engine) -> None:
        self.name, self.first = name, line[0]
        self.fillers = [filler(engine.compile(each.content, name).program) for each in line]
        self.conditions = [engine.expression(each.condition, name) if each.condition else None for each in line]
        self.plain = not any(self.conditions)
        """No content of it has a condition."""
        self.looks = [_look(each) for each in line]
        self.bare = all(look is bare for look in self.looks)
        """Nothing is to be put on its letters."""
        self.columns = _columns(line) if len(line) > 1 else []
        self.written = not all(each.content for each in line) or line[0].content_type in ("line", "feed")
        """Whether it is printed without any letters."""

    def texts(self, filling: Filling, scope: Scope) -> list[str] | None:
        """Fill all contents; None where the line is left out."""
        if self.plain:
            texts = [fill(scope) for fill in self.fillers]
            return texts if self.written or any(texts) else None
        texts, hidden = [], 0
        for fill, condition in zip(self.fillers, self.conditions, strict=True):
            if condition is not None and not filling.holds(condition, scope):
                texts.append("")
                hidden += 1
            else:
                texts.append(fill(scope))
        return texts if hidden < len(texts) and (self.written or any(texts)) else None


class Form:
    """A receipt template: layouts in order, by name and JSON. Raises `LayoutError` and `TemplateSyntaxError`."""

    def __init__(
        self,
        layouts: Iterable[tuple[str, str]],
        place: Place | None = None,
        *,
        partials: Mapping[str, str] | None = None,
        helpers: Mapping[str, Helper] | None = None,
        budget: Budget | None = None,
    ) -> None:
        self._engine = Engine(
            unmarked,
            helpers=helpers,
            verbs=words(place or Place()),
            partials=partials,
            options=Options(raw=False),
            budget=budget,
        )
        given = list(layouts)
        if len(given) > LAYOUTS_MAX or sum(len(content) for _, content in given) > LETTERS_MAX:
            raise LayoutError("", f"more than {LAYOUTS_MAX} layouts or {LETTERS_MAX} letters")
        self._layouts = [self._compiled(parse(content, name)) for name, content in given]

    def _compiled(self, layout: Layout) -> tuple[Expression | None, list[_Line]]:
        repeat = self._engine.expression(layout.repeat, layout.name) if layout.repeat else None
        return repeat, [_Line(layout.name, line, self._engine) for line in layout.lines]

    def fill(self, data: Any, pictures: Pictures | None = None, variables: Mapping[str, Any] | None = None) -> Filled:
        """Fill it with the data of one receipt. Raises `TemplateError` with the layout's name, line and column."""
        filling = self._engine.filling(data, variables)
        sheet = _Sheet(pictures or (lambda address: None))
        try:
            for repeat, lines in self._layouts:
                for scope in [filling.top] if repeat is None else filling.each(repeat):
                    for line in lines:
                        texts = line.texts(filling, scope)
                        if texts is not None:
                            sheet.add(line, texts)
        except RecursionError:
            raise too_deep(Source("")) from None
        return Filled(paper.Document(sheet.done()), tuple(sheet.warnings), tuple(sheet.origins))


class _Sheet:
    """A document on its way: blocks, and rows that wait for more of their kind."""

    def __init__(self, pictures: Pictures) -> None:
        self.pictures = pictures
        self.blocks: list[paper.Block] = []
        self.rows: list[list[paper.Content | paper.Cell]] = []
        self.columns: list[paper.Column] = []
        self.warnings: list[Refusal] = []
        self.origins: list[str] = []
        self.begun = ""

    def add(self, line: _Line, texts: list[str]) -> None:
        """Add a filled line."""
        try:
            if line.columns:
                self._row(line, texts)
            else:
                self._block(line, texts[0])
        except ValueError as error:
            raise DataShapeError(str(error), line.name, 1, 1) from error
        more = len(self.blocks) - len(self.origins)
        if more:
            self.origins += [line.name] * more
        if len(self.blocks) + len(self.rows) > paper.BLOCKS_MAX:
            raise BudgetError("the receipt has more lines than a document may", line.name, 1, 1)

    def _row(self, line: _Line, texts: list[str]) -> None:
        row: list[paper.Content | paper.Cell] = []
        if not line.bare:
            row = [look(text) for look, text in zip(line.looks, texts, strict=True)]
        for text in texts:
            if BEGIN in text or len(text) > paper.TEXT_MAX:
                bare(text)
                raise ValueError("symbols and pictures stand alone on their line")
        if line.columns != self.columns:
            self.finish()
            self.columns, self.begun = line.columns, line.name
        elif self.begun != line.name:
            self.begun = ""
        self.rows.append(row or [*texts])

    def _block(self, line: _Line, text: str) -> None:
        self.finish()
        made, align = line.first, ALIGN[line.first.text_align]
        if made.content_type == "text":
            self._text(line, text, align)
        elif made.content_type == "line":
            self.blocks.append(paper.Line(RULES[made.content], align=align))
        elif made.content_type == "feed":
            self.blocks.append(paper.Feed(int(made.content)))
        elif made.content_type == "image":
            percent = None if made.width is None else round(made.width)
            self._picture(Picture(_short(text, ADDRESS_LETTERS_MAX).strip(), percent), align)
        else:
            kind = "qr" if made.content_type == "qrcode" else made.symbology
            data = _short(text, paper.SYMBOL_LETTERS_MAX)
            self.blocks.append(paper.Code(kind, data, align, made.size, made.height))

    def _text(self, line: _Line, text: str, align: paper.Align) -> None:
        look, wrap = line.looks[0], line.first.wrap
        for part in parts(text) if BEGIN in text else [text]:
            if isinstance(part, str):
                self.blocks.append(paper.Text(look(part), align, wrap))
            elif isinstance(part, Symbol):
                letters = _letters(part.letters)
                self.blocks.append(
                    paper.Code(part.kind, part.data, align, part.module, part.height, part.level, letters)
                )
            else:
                self._picture(part, align)

    def _picture(self, picture: Picture, align: paper.Align) -> None:
        data = self.pictures(picture.address)
        if data:
            self.blocks.append(paper.Image(data, align, picture.percent))
        else:
            self.warnings.append(Refusal("template.picture", {"address": picture.address[:200]}))

    def finish(self) -> None:
        """Lay down the rows that wait."""
        if self.rows:
            self.blocks.append(paper.Table(self.columns, self.rows, gap=1 if len(self.columns) > 1 else 0))
            self.origins.append(self.begun)
        self.rows, self.columns = [], []

    def done(self) -> list[paper.Block]:
        """Give all blocks."""
        self.finish()
        return self.blocks


def _columns(line: Line) -> list[paper.Column]:
    """Shares as whole numbers: as they are where they are whole, else in proportion."""
    shares = [each.pager_weight for each in line]
    if all(share == int(share) <= WEIGHT_MAX for share in shares):
        weights = [int(share) for share in shares]
    else:
        most = max(shares)
        weights = [max(1, round(share * WEIGHT_MAX / most)) for share in shares]
    return [
        paper.Column(0, weight, ALIGN[each.text_align], each.wrap) for each, weight in zip(line, weights, strict=True)
    ]


def bare(text: str) -> paper.Content:
    """Letters as they are."""
    return _short(text, paper.TEXT_MAX)


def _look(made: ContentObject) -> Callable[[str], paper.Content]:
    """Give what puts a content's look on its letters."""
    if made.font_size == "default" and not (made.bold or made.underline or made.invert):
        return bare
    width, height, font = SIZES[made.font_size]
    underline: Literal[0, 1] = 1 if made.underline else 0

    def spanned(text: str) -> paper.Content:
        kept = _short(text, paper.TEXT_MAX)
        return [paper.Span(kept, made.bold, underline, made.invert, width=width, height=height, font=font)]

    return spanned


def _letters(word: str) -> Literal["none", "above", "below", "both"]:
    if word in ("none", "above", "below", "both"):
        return word  # type: ignore[return-value]
    raise ValueError("letters of a symbol are none, above, below or both")


def _short(text: str, limit: int) -> str:
    if len(text) > limit:
        raise ValueError(f"a content of more than {limit} letters")
    return text


def problem(content: str) -> str:
    """Say what is wrong with one layout's JSON or the templates in it; empty: nothing."""
    try:
        Form([("", content)])
    except LayoutError as error:
        return error.problem
    except TemplateError as error:
        return f"{error.reason} (column {error.column})"
    return ""
