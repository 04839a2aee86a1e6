"""One TOML file, ``kvit.toml``, read only. Each room owns its settings type and its table in the file.

`load` takes the file, the rooms' types (msgspec Structs; their defaults are the shop's defaults) and the environment,
which overrides the file by mechanical names: ``KVIT_RELAY__TILL_PORT=9101`` is ``till_port`` in ``[relay]``, ``__``
stepping into a table. The value is written as in TOML; a plain word needs no quotes. Lists are set as a whole:
``KVIT_RELAY__LINE='[{port = 9100}]'``.

Everything unknown is refused, with file, line and the nearest known name: a misspelt setting that is silently ignored
is found by the tax inspector. Types are strict (``"9100"`` is no number), limits come from ``msgspec.Meta`` at the
field.

A Struct may hold Structs (``[relay.serial]``), lists of them (``[[relay.line]]``) and dicts of them
(``[device.kitchen]``), `pathlib.Path` too. A dict of Structs whose field is named `NAMED` takes the tables with names of
the shop's own: ``[printer.kitchen]`` beside the settings of ``[printer]``. A Struct's ``__post_init__`` may raise
ValueError with a sentence about settings that do not go together.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec
from msgspec import UNSET, Struct

from kvit.config.fields import describe, known_fields, shape_of
from kvit.config.lines import Lines, find_lines
from kvit.config.lines import Path as KeyPath
from kvit.config.problem import ConfigError, nearest

FILE_LIMIT_BYTES = 1 << 20
"""A configuration is some kilobytes; a megabyte is somebody's picture."""

PREFIX = "KVIT_"
STEP = "__"
"""How an environment variable's name steps into a table. Names without it (``KVIT_WHEELS``) are no settings."""

ENVIRONMENT = "environment "
"""How the origin of such a setting begins."""

NAMED = "*"
"""The name of a field that holds the tables with names of the shop's own."""

MASK = "********"
_SECRET = re.compile(r"(^|_)(password|passwd|secret|token|dsn|pin|key|api_key|private_key|credentials?)$")


@dataclass(frozen=True, slots=True)
class Setting:
    """A row of ``kvit config show``: the dotted name, the value as text (secrets masked), where it came from."""

    key: str
    value: str
    origin: str


class Config:
    """All settings: ``config["relay"]`` gives the room's Struct. Made by `load`."""

    def __init__(self, rooms: Mapping[str, Struct], origins: Mapping[KeyPath, str]) -> None:
        self._rooms = dict(rooms)
        self._origins = dict(origins)

    def __getitem__(self, room: str) -> Any:
        """Give a room's settings, typed as the room declared them."""
        return self._rooms[room]

    def __iter__(self) -> Iterator[str]:
        return iter(self._rooms)

    def origin(self, key: str) -> str:
        """Say where ``"relay.port"`` or ``"relay.line[0].port"`` came from.

        A file's line, the environment or ``"default"``.
        """
        path = _parse_key(key)
        if path in self._origins:
            return self._origins[path]
        for end in range(len(path) - 1, 0, -1):  # inside a list the environment set as a whole
            found = self._origins.get(path[:end], "")
            if found.startswith(ENVIRONMENT):
                return found
        return "default"

    def show(self) -> list[Setting]:
        """Give every setting with its value and origin, secrets masked, in the order the rooms declare them."""
        return [
            Setting(_key(path), _shown(path, value), self.origin(_key(path)))
            for room, settings in self._rooms.items()
            for path, value in _leaves((room,), settings)
        ]


def load(path: Path | None, rooms: Mapping[str, type[Struct]], env: Mapping[str, str] | None = None) -> Config:
    """Read a configuration; ``path`` None means that there is no file: defaults and the environment count.

    Raises `ConfigError` with a sentence that names the file and the line, or the environment variable.
    """
    tree, lines = _read_file(path) if path is not None else ({}, {})
    name = path.name if path is not None else "kvit.toml"
    origins = {place: f"{name}, line {line}" for place, line in lines.items()}
    _read_environment(env or {}, rooms, tree, origins)
    reader = _Reader(name, origins)
    for room in tree:
        if room not in rooms:
            raise reader.error((room,), f"There is no part of Kvit called {room}. {nearest(room, rooms)}")
    return Config({room: reader.struct((room,), kind, tree.get(room, {})) for room, kind in rooms.items()}, origins)


def _read_file(path: Path) -> tuple[dict[str, Any], Lines]:
    name = path.name
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ConfigError(str(path), "", f"The file can not be read ({error.strerror}).") from error
    if len(data) > FILE_LIMIT_BYTES:
        raise ConfigError(
            name, "", f"The file has {len(data)} bytes, more than a configuration may have ({FILE_LIMIT_BYTES})."
        )
    try:
        text = data.decode("utf-8-sig").replace("\r\n", "\n")
        return tomllib.loads(text), find_lines(text)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ConfigError(
            f"{name}, line {line}", "", "There are letters that are not UTF-8. Save the file as UTF-8."
        ) from error
    except tomllib.TOMLDecodeError as error:
        place = re.search(r"\(at line (\d+)", str(error))
        line = int(place[1]) if place else data.count(b"\n") + 1
        what = str(error).split(" (at ")[0]
        raise ConfigError(f"{name}, line {line}", "", f"This is not written as TOML wants it: {what}.") from error


def _read_environment(
    env: Mapping[str, str], rooms: Mapping[str, type[Struct]], tree: dict[str, Any], origins: dict[KeyPath, str]
) -> None:
    """Lay the environment's settings over the file's."""
    for variable in sorted(env):
        if not variable.startswith(PREFIX) or STEP not in variable:
            continue
        path: KeyPath = tuple(variable.removeprefix(PREFIX).lower().split(STEP))
        origin = ENVIRONMENT + variable
        if path[0] not in rooms:
            raise ConfigError(
                origin, _key(path), f"There is no part of Kvit called {path[0]}. {nearest(str(path[0]), rooms)}"
            )
        _lay_over(tree, path, env[variable], origin)
        for place in [place for place in origins if place[: len(path)] == path]:
            del origins[place]
        origins[path] = origin


def _lay_over(tree: dict[str, Any], path: KeyPath, text: str, origin: str) -> None:
    for step in path[:-1]:
        tree = tree.setdefault(str(step), {})
        if not isinstance(tree, dict):
            raise ConfigError(origin, _key(path), f"{_key(path)} does not name a setting of a table.")
    tree[str(path[-1])] = _Text(text)


class _Text(str):
    """A value from the environment, whose type is known only when the field is: ``9100`` may be a number or a word."""

    def as_toml(self) -> Any:
        """Give what TOML makes of it, or the words as they stand."""
        try:
            return tomllib.loads(f"value = {self}")["value"]
        except tomllib.TOMLDecodeError:
            return str(self)


class _Reader:
    """Turns the file's tables into the rooms' Structs, refusing with the place where it was written."""

    def __init__(self, name: str, origins: Mapping[KeyPath, str]) -> None:
        self.name = name
        self.origins = origins

    def error(self, path: KeyPath, sentence: str) -> ConfigError:
        """Make a refusal that points at a path, at what was written inside it, or at the nearest table around it."""
        inside = [origin for place, origin in self.origins.items() if place[: len(path)] == path]
        around = [self.origins[path[:end]] for end in range(len(path), 0, -1) if path[:end] in self.origins]
        origin = self.origins.get(path) or next(iter(inside + around), self.name)
        return ConfigError(origin, _key(path), sentence)

    def struct(self, path: KeyPath, kind: type[Struct], value: Any) -> Struct:
        table = self.table(path, value)
        fields = known_fields(kind)
        named = fields.pop(NAMED, None)
        own = [key for key in table if key not in fields and named is not None and isinstance(table[key], dict)]
        for key in table:
            if key not in fields and key not in own:
                raise self.error((*path, key), f"There is no setting {key} in {_key(path)}. {nearest(key, fields)}")
        values = {}
        for key, field in fields.items():
            if key in table:
                values[field.name] = self.value((*path, key), field.type, table[key])
            elif field.required:
                raise self.error(
                    path, f"The setting {key} is missing in {_key(path)}; it must be {describe(field.type)}."
                )
        if named is not None:
            inner = shape_of(named.type)[1]
            values[named.name] = {key: self.struct((*path, key), inner, table[key]) for key in own}
        try:
            return kind(**values)
        except (ValueError, TypeError) as error:
            raise self.error(path, f"The settings of {_key(path)} do not go together: {error}") from error

    def table(self, path: KeyPath, value: Any) -> dict[str, Any]:
        if isinstance(value, _Text):
            value = value.as_toml()
        if not isinstance(value, dict):
            raise self.error(path, f"{_key(path)} must be a table, written [{_key(path)}].")
        return value

    def value(self, path: KeyPath, kind: Any, value: Any) -> Any:
        shape, inner = shape_of(kind)
        if shape == "struct":
            return self.struct(path, inner, value)
        if shape == "dict":
            return {key: self.struct((*path, key), inner, each) for key, each in self.table(path, value).items()}
        if shape in ("list", "tuple"):
            found = [self.struct((*path, place), inner, each) for place, each in enumerate(self.list_of(path, value))]
            return tuple(found) if shape == "tuple" else found
        return self.leaf(path, kind, value)

    def list_of(self, path: KeyPath, value: Any) -> list[Any]:
        if isinstance(value, _Text):
            value = value.as_toml()
        if not isinstance(value, list):
            raise self.error(path, f"{_key(path)} must be a list of tables, each written [[{_key(path)}]].")
        return value

    def leaf(self, path: KeyPath, kind: Any, value: Any) -> Any:
        readings = [value.as_toml(), str(value)] if isinstance(value, _Text) else [value]
        reason = ""
        for reading in readings:
            try:
                return msgspec.convert(reading, kind, dec_hook=_path_of)
            except msgspec.ValidationError as error:
                reason = reason or str(error)
        found = MASK if _SECRET.search(str(path[-1])) else repr(value)
        why = "" if "matching regex" in reason else f" ({reason})"  # a pattern is said in words by its description
        raise self.error(path, f"The setting {_key(path)} must be {describe(kind)}, and {found} is not{why}.")


def _path_of(kind: type, value: Any) -> Any:
    if kind is Path and isinstance(value, str):
        return Path(value)
    raise msgspec.ValidationError("Expected a path")


def _leaves(path: KeyPath, value: Any) -> Iterator[tuple[KeyPath, Any]]:
    if isinstance(value, Struct):
        for key, field in known_fields(type(value)).items():
            if key == NAMED:
                for name, each in getattr(value, field.name).items():
                    yield from _leaves((*path, name), each)
            else:
                yield from _leaves((*path, key), getattr(value, field.name))
    elif isinstance(value, list | tuple) and any(isinstance(each, Struct) for each in value):
        for place, each in enumerate(value):
            yield from _leaves((*path, place), each)
    elif isinstance(value, dict) and any(isinstance(each, Struct) for each in value.values()):
        for key, each in value.items():
            yield from _leaves((*path, key), each)
    else:
        yield path, value


def _shown(path: KeyPath, value: Any) -> str:
    if value in (None, "", UNSET):
        return "" if value == "" else "not set"
    if _SECRET.search(str(path[-1])):
        return MASK
    plain = msgspec.to_builtins(value, enc_hook=str)
    return _without_password(plain if isinstance(plain, str) else msgspec.json.encode(plain).decode())


def _without_password(text: str) -> str:
    """Mask the password of an address such as ``postgresql://kvit:geheim@centre/kvit``."""
    try:
        password = urlsplit(text).password
    except ValueError:
        return text
    return text.replace(f":{password}@", f":{MASK}@", 1) if password else text


def _key(path: KeyPath) -> str:
    text = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    return text.removeprefix(".")


def _parse_key(key: str) -> KeyPath:
    return tuple(int(place) if place else word for word, place in re.findall(r"([^.\[\]]+)(?!\])|\[(\d+)\]", key))
