"""On which line of a TOML text each key stands: what the standard reader does not tell.

The text has passed the standard reader before it comes here, so this walks the tokens of a text known to be right and
gets by with little: strings, brackets, keys. A path is a tuple of keys and of list places, ``("relay", "line", 0,
"port")``.
"""

from __future__ import annotations

import re
import tomllib

Path = tuple[str | int, ...]
Lines = dict[Path, int]

_TOKEN = re.compile(
    r'''(?P<blank>[ \t\r]+|\#[^\n]*)|(?P<newline>\n)
    |(?P<text>"""(?:\\.|[^\\])*?"{3,5}|\'\'\'.*?'{3,5}|"(?:\\.|[^"\\\n])*"|'[^'\n]*')
    |(?P<sign>[\[\]{}=,.])|(?P<bare>[^\s\[\]{}=,."'\#]+)''',
    re.DOTALL | re.VERBOSE,
)


def find_lines(text: str) -> Lines:
    """Say where every table, key and list place of a right TOML text begins, lines counted from 1."""
    return _Walk(text).document()


class _Walk:
    """One pass over the tokens: (kind, text, line), the end being ("end", "", line)."""

    def __init__(self, text: str) -> None:
        self.tokens: list[tuple[str, str, int]] = []
        self.place = 0
        self.lines: Lines = {}
        self.counts: dict[Path, int] = {}
        line = 1
        for match in _TOKEN.finditer(text):
            if match.lastgroup != "blank":
                self.tokens.append((match.lastgroup or "", match[0], line))
            line += match[0].count("\n")
        self.tokens.append(("end", "", line))

    def document(self) -> Lines:
        table: Path = ()
        while self.kind != "end":
            if self.kind == "newline":
                self.place += 1
            elif self.text == "[":
                table = self.header()
            else:
                self.pair(table)
        return self.lines

    @property
    def kind(self) -> str:
        return self.tokens[self.place][0]

    @property
    def text(self) -> str:
        return self.tokens[self.place][1]

    def take(self, *signs: str) -> bool:
        """Step over one of some signs, if it is next."""
        found = self.kind == "sign" and self.text in signs
        self.place += found
        return found

    def header(self) -> Path:
        """``[a.b]`` or ``[[a.b]]``: the table that what follows belongs to."""
        self.take("[")
        many = self.take("[")
        line = self.tokens[self.place][2]
        keys = self.keys()
        while self.take("]"):
            pass
        path = self.last_of(keys[:-1]) + keys[-1:]
        if many:
            self.lines.setdefault(path, line)
            self.counts[path] = self.counts.get(path, -1) + 1
            path = (*path, self.counts[path])
        self.lines[path] = line
        return path

    def last_of(self, keys: Path) -> Path:
        """Where keys pass through a list of tables, its latest table is meant."""
        path: Path = ()
        for key in keys:
            path = (*path, key)
            if path in self.counts:
                path = (*path, self.counts[path])
        return path

    def keys(self) -> Path:
        """A dotted key, quoted or bare."""
        found: list[str] = []
        while True:
            found.append(tomllib.loads(f"k = {self.text}")["k"] if self.kind == "text" else self.text)
            self.place += 1
            if not self.take("."):
                return tuple(found)

    def pair(self, table: Path) -> None:
        line = self.tokens[self.place][2]
        keys = self.keys()
        for end in range(1, len(keys) + 1):
            self.lines.setdefault(table + keys[:end], line)
        self.take("=")
        self.value(table + keys)

    def value(self, path: Path) -> None:
        if self.take("["):
            self.list_of(path)
        elif self.take("{"):
            while not self.take("}"):
                if self.kind == "newline" or self.take(","):
                    self.place += self.kind == "newline"
                else:
                    self.pair(path)
        else:
            while self.kind in ("text", "bare") or self.take("."):
                self.place += self.kind in ("text", "bare")

    def list_of(self, path: Path) -> None:
        number = 0
        while not self.take("]"):
            if self.kind == "newline":
                self.place += 1
            elif not self.take(","):
                self.lines[(*path, number)] = self.tokens[self.place][2]
                self.value((*path, number))
                number += 1
