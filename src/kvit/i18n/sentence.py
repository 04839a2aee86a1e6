"""Sentences by code: ``sentences/<room>.toml``, five languages side by side.

    [locked]                      # in access.toml: the code "access.locked"
    en = "Too many tries. Please wait {wait_s|one=# second|other=# seconds}."
    ko = "…"

A code is the room's name, a dot, the table's name; a table that says its room itself (``["access.locked"]``) means the
same. In a sentence ``{name}`` is a value, inserted as plain text: braces in a value are letters. A number that bends
its noun is written ``{name|one=…|few=…|many=…|other=…}`` with the plural words of the CLDR for that language; ``#`` in
a form is the number with the language's marks; ``other`` must be there and is taken for a form that is not. ``{{`` and
``}}`` are braces.

The files are read once, on the first sentence. A code that is not there is a bug; it is shown as it is, since a page
with a strange word is better than no page, and the tests refuse it. So is a value that was not given.
"""

from __future__ import annotations

import functools
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import resources

from kvit.i18n.format import format_number, locale_of
from kvit.i18n.language import DEFAULT, LANGUAGES

Value = str | int


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value stands in a sentence; ``forms`` (plural word, text) is empty for a plain value."""

    name: str
    forms: tuple[tuple[str, str], ...] = ()


Sentence = tuple[str | Place, ...]

_TOKEN = re.compile(r"\{\{|\}\}|\{([a-z][a-z0-9_]*)((?:\|[a-z]+=[^{}|]*)*)\}|[{}]")


def parse(text: str) -> Sentence:
    """Cut a sentence into text and places.

    A brace that belongs to nothing, or a plural without ``other``, is a ValueError.
    """
    parts: list[str | Place] = []
    at = 0
    for token in _TOKEN.finditer(text):
        parts.append(text[at : token.start()])
        at = token.end()
        parts.append(_place(token, text))
    parts.append(text[at:])
    return tuple(part for part in parts if part != "")


def _place(token: re.Match[str], text: str) -> str | Place:
    if token[1] is None:
        if len(token[0]) == 1:
            raise ValueError(f"a brace stands alone in {text!r}")
        return token[0][0]
    pairs = [pair.partition("=") for pair in token[2].split("|")[1:]]
    forms = tuple((word, form) for word, _, form in pairs)
    if forms and "other" not in dict(forms):
        raise ValueError(f"the plural of {token[1]} has no form 'other' in {text!r}")
    return Place(token[1], forms)


def fill(sentence: Sentence, language: str, values: dict[str, Value]) -> str:
    """Put the values into a parsed sentence; one that was not given stays visible as ``{name}``."""
    return "".join(part if isinstance(part, str) else _filled(part, language, values) for part in sentence)


def _filled(place: Place, language: str, values: dict[str, Value]) -> str:
    value = values.get(place.name)
    if value is None:
        return f"{{{place.name}}}"
    if not place.forms or isinstance(value, str):
        return str(value)
    forms = dict(place.forms)
    form = forms.get(locale_of(language).plural_form(value), forms["other"])
    return form.replace("#", format_number(value, language))


def say(language: str, code: str, /, **values: Value) -> str:
    """Give the sentence of a code in a language, with its values; English where the language is not ours."""
    sentences = _sentences().get(code)
    if sentences is None:
        return code
    return fill(sentences.get(language) or sentences[DEFAULT], language if language in LANGUAGES else DEFAULT, values)


def is_code(code: object) -> bool:
    """Say whether there is a sentence for a code."""
    return isinstance(code, str) and code in _sentences()


def codes() -> frozenset[str]:
    """Give every code there is a sentence for."""
    return frozenset(_sentences())


def rooms() -> list[str]:
    """Give the names of the rooms that have sentences."""
    folder = resources.files("kvit.i18n") / "sentences"
    return sorted(file.name.removesuffix(".toml") for file in folder.iterdir() if file.name.endswith(".toml"))


def texts(room: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Read one room's file: each code and its texts by language."""
    file = resources.files("kvit.i18n") / "sentences" / f"{room}.toml"
    yield from _codes(room, tomllib.loads(file.read_bytes().decode()))


def _codes(prefix: str, table: dict[str, object]) -> Iterator[tuple[str, dict[str, str]]]:
    room = prefix.split(".")[0]
    for name, inner in table.items():
        assert isinstance(inner, dict), f"{prefix}.{name} is a text outside of a table"
        named = name == room or name.startswith(f"{room}.")
        code = name if named and prefix == room else f"{prefix}.{name}"
        if any(isinstance(value, str) for value in inner.values()):
            yield code, inner
        else:
            yield from _codes(code, inner)


@functools.cache
def _sentences() -> dict[str, dict[str, Sentence]]:
    return {
        code: {language: parse(text) for language, text in by_language.items()}
        for room in rooms()
        for code, by_language in texts(room)
    }
