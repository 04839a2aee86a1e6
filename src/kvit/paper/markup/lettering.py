r"""Lettering of ReceiptLine: the text of a column to spans.

    _under_ "bold" `white on black` ^wide^ ^^high^^ ^^^twice^^^     a mark switches a look on, the same mark off again
    ~ is a space, \n begins a line, \xnn is a letter by its code, a backslash before a mark makes it a letter

Source: "Special characters in text" and "Escape sequences in text" of the specification. An escape it does not name prints
nothing. Control letters are taken out before anything else is looked at, also those written as \xnn: no text is a command.
"""

from __future__ import annotations

import re

import msgspec

from kvit.paper.document import TEXT_MAX, Content, Span

SIZES = ((1, 1), (2, 1), (1, 2), (2, 2), (3, 3), (4, 4), (5, 5), (6, 6))
"""Width and height of letters behind so many carets; more than seven count as seven."""

_CONTROL = re.compile(r"(\\\\)|\\x(?:[01][0-9A-Fa-f]|7[Ff])|[\x00-\x1f\x7f]")
_TOKEN = re.compile(
    r"(?P<plain>[^\\_\"`^~]+)|(?P<mark>[_\"`]|\^+)|(?P<space>~)|\\(?P<line>n)|\\(?P<letter>[-=_\"`^~\\|{}])"
    r"|\\x(?P<code>[0-9A-Fa-f]{2})|\\x[^\\_\"`^]{0,2}|\\."
)


class _Look(msgspec.Struct):
    """What the marks so far have switched on."""

    underline: bool = False
    bold: bool = False
    invert: bool = False
    size: int = 0

    def switch(self, mark: str) -> None:
        """Obey a mark: each turns itself off; another number of carets takes the place of the one in force."""
        if mark == "_":
            self.underline = not self.underline
        elif mark == '"':
            self.bold = not self.bold
        elif mark == "`":
            self.invert = not self.invert
        else:
            size = min(len(mark), len(SIZES) - 1)
            self.size = 0 if size == self.size else size

    def span(self, text: str) -> Span:
        """Letters in this look."""
        width, height = SIZES[self.size]
        return Span(text, self.bold, 2 if self.underline else 0, self.invert, width=width, height=height)


def content_of(written: str, one_line: bool = False) -> Content:
    """Read a column's text: plain letters where it has no marks, else spans. At most ``TEXT_MAX`` letters.

    ``one_line``: nothing behind the first line feed.
    """
    clean = _CONTROL.sub(lambda found: found[1] or "", written[:TEXT_MAX])
    look, held = _Look(), ""
    spans: list[Span] = []
    for token in _TOKEN.finditer(clean):
        if token["line"] and one_line:
            break
        if token["mark"]:
            spans += [look.span(held)] if held else []
            look.switch(token["mark"])
            held = ""
        else:
            held += _letters(token)
    spans += [look.span(held)] if held else []
    return _plainest(_without_last_feed(spans))


def _letters(token: re.Match[str]) -> str:
    """What a token that is no mark prints."""
    if token["code"]:
        return chr(int(token["code"], 16))
    if token["line"]:
        return "\n"
    return " " if token["space"] else token["plain"] or token["letter"] or ""


def _without_last_feed(spans: list[Span]) -> list[Span]:
    """A line feed at the very end begins no line."""
    if spans and spans[-1].text.endswith("\n"):
        last = msgspec.structs.replace(spans[-1], text=spans[-1].text[:-1])
        return [*spans[:-1], last] if last.text else spans[:-1]
    return spans


def _plainest(spans: list[Span]) -> Content:
    """The shorter form where there is one look and it is plain."""
    if not spans:
        return ""
    if len(spans) == 1 and spans[0] == Span(spans[0].text):
        return spans[0].text
    return spans
