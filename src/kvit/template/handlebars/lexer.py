"""Template text to tokens, by the rules of the Handlebars 4.7 grammar and without a regular expression: linear time.

Outside of braces everything up to ``{{`` is content; ``\\{{`` makes the braces letters, ``\\\\{{`` is one backslash
before real braces. Inside, a token is told by its first letters; the order of the tables is the order of the grammar,
where ``{{{{`` goes before ``{{{`` and ``{{else}}`` before ``{{``. A name may hold any letter but ``Whitespace ! " # % &
' ( ) * + , . / ; < = > @ [ \\ ] ^ ` { | } ~`` and must be followed by one of ``= ~ } / . ) |`` or whitespace; ``[any
letters]`` is a name too.

Delimiters can not be changed (``{{=<% %>=}}`` is Mustache's, not Handlebars').

Tokens are named as the grammar names them, so that its published cases can be run against this file.
"""

from __future__ import annotations

from msgspec import Struct

from kvit.template.handlebars.errors import Source, TemplateSyntaxError

SPACE = "\t\n\v\f\r \u00a0\u1680\u2028\u2029\u202f\u205f\u3000\ufeff" + "".join(map(chr, range(0x2000, 0x200B)))
"""What counts as whitespace in a template: ECMAScript's list, which is not quite Python's."""

TOKENS_MAX = 50_000
"""Of one template: a receipt has some 500. Two thirds of a second of work."""

_SPACES = frozenset(SPACE)
_NO_NAME = _SPACES | frozenset("!\"#%&'()*+,./;<=>@[\\]^`{|}~")
_BEHIND_NAME = _SPACES | frozenset("=~}/.)|")
_BEHIND_LITERAL = _SPACES | frozenset("~})")
_DIGITS = frozenset("0123456789")
_WORD = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_")
_LITERALS = {"true": "BOOLEAN", "false": "BOOLEAN", "undefined": "UNDEFINED", "null": "NULL"}
_SINGLE = {"(": "OPEN_SEXPR", ")": "CLOSE_SEXPR", "=": "EQUALS", "@": "DATA", "|": "CLOSE_BLOCK_PARAMS", "/": "SEP"}
_OPENERS = (
    ("#>", "OPEN_PARTIAL_BLOCK"), ("#*", "OPEN_BLOCK"), ("#", "OPEN_BLOCK"), (">", "OPEN_PARTIAL"),
    ("/", "OPEN_ENDBLOCK"), ("{", "OPEN_UNESCAPED"), ("&", "OPEN"), ("*", "OPEN"),
)  # fmt: skip


class Token(Struct, frozen=True, gc=False):
    """A token: its grammar name, its text as the grammar hands it on, and where it begins."""

    kind: str
    text: str
    at: int


def tokenise(source: Source) -> list[Token]:
    """Take a template apart. Raises `TemplateSyntaxError` at the first letter that fits nothing."""
    return _Lexer(source).all()


class _Lexer:
    def __init__(self, source: Source) -> None:
        self.source, self.text, self.at, self.end = source, source.text, 0, len(source.text)
        self.tokens: list[Token] = []

    def all(self) -> list[Token]:
        while self.at < self.end:
            self._content()
        return self.tokens

    def _add(self, kind: str, text: str, size: int) -> None:
        if len(self.tokens) == TOKENS_MAX:
            raise self._fail(f"more than {TOKENS_MAX} names and signs")
        self.tokens.append(Token(kind, text, self.at))
        self.at += size

    def _fail(self, reason: str, at: int | None = None) -> TemplateSyntaxError:
        error = self.source.error(TemplateSyntaxError, reason, self.at if at is None else at)
        assert isinstance(error, TemplateSyntaxError)
        return error

    # -- outside of braces

    def _content(self) -> None:
        """Content up to braces, then what stands in them."""
        text, found = self.text, self.text.find("{{", self.at)
        if found < 0:
            self._add("CONTENT", text[self.at :], self.end - self.at)
            return
        size = found - self.at
        twice, once = text.startswith("\\\\", found - 2), text.startswith("\\", found - 1)
        escaped = size > 0 and once and not (size > 1 and twice)
        shown = text[self.at : found - 1] if size and once else text[self.at : found]
        if shown:
            self._add("CONTENT", shown, size)
        self.at = found
        if escaped:
            self._escaped()
        else:
            self._braces()

    def _escaped(self) -> None:
        """Braces behind a backslash: letters, up to the next braces or backslashes before some."""
        stop = self.text.find("{{", self.at + 2)
        if stop < 0:
            stop = self.end
        else:
            slashes = min(2, stop - self.at - 2)
            while slashes and self.text[stop - slashes : stop] != "\\" * slashes:
                slashes -= 1
            stop -= slashes
        self._add("CONTENT", self.text[self.at : stop], stop - self.at)

    # -- inside of braces

    def _braces(self) -> None:
        """Tokens from ``{{`` to the end of the braces, and what a raw block holds."""
        while self.at < self.end:
            letter = self.text[self.at]
            if letter in _SPACES:
                self.at += 1
            elif letter == "{":
                if self._open():
                    return
            elif letter == "}" or (letter == "~" and self.text.startswith("}}", self.at + 1)):
                if self._close():
                    return
            elif letter in _SINGLE:
                self._add(_SINGLE[letter], letter, 1)
            elif letter == ".":
                self._dot()
            elif letter in "\"'":
                self._string(letter)
            elif letter == "[":
                self._bracketed()
            else:
                self._word()

    def _open(self) -> bool:
        """An opening mustache; true where it closed by itself (comments, ``{{else}}``)."""
        text, at = self.text, self.at
        if text.startswith("{{{{", at):
            self._add("OPEN_RAW_BLOCK", "{{{{", 4)
            return False
        if not text.startswith("{{", at):
            raise self._fail("a single { inside of braces")
        inner = at + 3 if text.startswith("~", at + 2) else at + 2
        if text.startswith("!", inner):
            self._comment(inner)
            return True
        for sign, kind in _OPENERS:
            if text.startswith(sign, inner):
                size = inner + len(sign) - at
                self._add(kind, text[at : at + size], size)
                return False
        return self._else(inner)

    def _else(self, inner: int) -> bool:
        text, at = self.text, self.at
        caret = text.startswith("^", inner)
        word = inner if caret else self._behind_space(inner)
        behind = word + 1 if caret else word + 4
        if not caret and not (text.startswith("else", word) and text[behind : behind + 1] not in _WORD):
            self._add("OPEN", text[at:inner], inner - at)
            return False
        close = self._behind_space(behind)
        close += text.startswith("~", close)
        if text.startswith("}}", close):
            self._add("INVERSE", text[at : close + 2], close + 2 - at)
            return True
        self._add("OPEN_INVERSE" if caret else "OPEN_INVERSE_CHAIN", text[at:behind], behind - at)
        return False

    def _behind_space(self, at: int) -> int:
        while at < self.end and self.text[at] in _SPACES:
            at += 1
        return at

    def _comment(self, inner: int) -> None:
        """``{{! … }}`` ends with the next braces, ``{{!-- … --}}`` with the next ``--}}`` or ``--~}}``."""
        text = self.text
        if text.startswith("!--", inner):
            dashes = text.find("--", inner + 1)
            while dashes >= 0 and not text.startswith(("--}}", "--~}}"), dashes):
                dashes = text.find("--", dashes + 1)
            stop = text.find("}}", dashes) + 2 if dashes >= 0 else -1
        else:
            found = text.find("}}", inner)
            stop = found + 2 if found >= 0 else -1
        if stop < 0:
            raise self._fail("a comment that does not end")
        self._add("COMMENT", text[self.at : stop], stop - self.at)

    def _close(self) -> bool:
        """Closing braces; true: outside again."""
        text, at = self.text, self.at
        if text.startswith("}}}}", at):
            self._add("CLOSE_RAW_BLOCK", "}}}}", 4)
            self._raw()
            return True
        for sign, kind in (("}}}", "CLOSE_UNESCAPED"), ("}~}}", "CLOSE_UNESCAPED"), ("}}", "CLOSE"), ("~}}", "CLOSE")):
            if text.startswith(sign, at):
                self._add(kind, sign, len(sign))
                return True
        raise self._fail("a single } inside of braces")

    def _raw(self) -> None:
        """What a raw block holds, up to the closing that belongs to it; raw blocks inside are letters."""
        text, depth = self.text, 1
        while True:
            found = text.find("{{{{", self.at)
            if found < 0:
                raise self._fail("a raw block that does not end")
            if found > self.at:
                self._add("CONTENT", text[self.at : found], found - self.at)
            if not text.startswith("/", found + 4):
                depth += 1
                self._add("CONTENT", "{{{{", 4)
                continue
            stop = self._behind_name(found + 5)
            if stop == found + 5 or not text.startswith("}}}}", stop):
                raise self._fail("a raw block is closed by {{{{/name}}}}")
            depth -= 1
            if not depth:
                self._add("END_RAW_BLOCK", text[found + 5 : stop], stop + 4 - found)
                return
            self._add("CONTENT", text[found : stop + 4], stop + 4 - found)

    def _behind_name(self, at: int) -> int:
        text, end = self.text, self.end
        while at < end and text[at] not in _NO_NAME:
            at += 1
        return at

    def _dot(self) -> None:
        text, at = self.text, self.at
        if text.startswith("..", at):
            self._add("ID", "..", 2)
        elif text[at + 1 : at + 2] in _BEHIND_NAME:
            self._add("ID", ".", 1)
        else:
            self._add("SEP", ".", 1)

    def _string(self, quote: str) -> None:
        """Letters in quotes; a quote behind a backslash is a letter, any other backslash stays."""
        stop = self.text.find(quote, self.at + 1)
        while stop > 0 and self.text[stop - 1] == "\\":
            stop = self.text.find(quote, stop + 1)
        if stop < 0:
            stop = self.text.rfind(quote, self.at + 1)
            if stop < 0:
                raise self._fail("a text in quotes that does not end")
        inside = self.text[self.at + 1 : stop].replace("\\" + quote, quote)
        self._add("STRING", inside, stop + 1 - self.at)

    def _bracketed(self) -> None:
        """``[any letters]``; ``\\]`` and ``\\\\`` stand for the second letter."""
        text, stop = self.text, self.text.find("]", self.at + 1)
        while stop >= 0 and self._slashes(stop) % 2:
            stop = text.find("]", stop + 1)
        if stop < 0:
            raise self._fail("a name in brackets that does not end")
        self._add("ID", _unescaped(text[self.at : stop + 1]), stop + 1 - self.at)

    def _slashes(self, at: int) -> int:
        count = 0
        while self.text[at - 1 - count] == "\\":
            count += 1
        return count

    def _word(self) -> None:
        """A literal, ``as |`` or a name."""
        text, at = self.text, self.at
        stop = self._behind_name(at)
        word = text[at:stop]
        follower = text[stop : stop + 1]
        if word == "as" and (bar := self._behind_space(stop)) > stop and text.startswith("|", bar):
            self._add("OPEN_BLOCK_PARAMS", text[at : bar + 1], bar + 1 - at)
        elif word in _LITERALS and follower in _BEHIND_LITERAL and follower:
            self._add(_LITERALS[word], word, stop - at)
        elif (number := self._number(at, stop)) is not None:
            self._add("NUMBER", number, len(number))
        elif word and follower and follower in _BEHIND_NAME:
            self._add("ID", word, stop - at)
        elif word:
            raise self._fail(f"{follower!r} behind a name" if follower else "the template ends inside of braces", stop)
        else:
            raise self._fail(f"{text[at]!r} inside of braces")

    def _number(self, at: int, stop: int) -> str | None:
        text = self.text
        digits = text[at:stop].removeprefix("-")
        if not digits or not _DIGITS.issuperset(digits):
            return None
        if text.startswith(".", stop):
            part = stop + 1
            behind = self._behind_name(part)
            if part < behind < self.end and _DIGITS.issuperset(text[part:behind]) and text[behind] in _BEHIND_LITERAL:
                return text[at:behind]
        return text[at:stop] if stop < self.end and text[stop] in _BEHIND_LITERAL else None


def _unescaped(name: str) -> str:
    if "\\" not in name:
        return name
    parts, at = [], 0
    while at < len(name):
        at += name[at] == "\\" and name[at + 1 : at + 2] in ("\\", "]")
        parts.append(name[at])
        at += 1
    return "".join(parts)
