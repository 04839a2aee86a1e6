"""What a settings type holds: its fields, their shape, and their kind in words for people."""

from __future__ import annotations

import types
import typing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct, inspect


@dataclass(frozen=True, slots=True)
class Field:
    """One setting of a Struct: the attribute's name, its declared type, whether it must be given."""

    name: str
    type: Any
    required: bool


def known_fields(kind: type[Struct]) -> dict[str, Field]:
    """Give a Struct's settings by the name they have in the file."""
    return {field.encode_name: Field(field.name, field.type, field.required) for field in msgspec.structs.fields(kind)}


def shape_of(kind: Any) -> tuple[str, Any]:
    """Say whether a type is a ``struct``, or a ``list``, ``tuple`` or ``dict`` of Structs, and of which.

    Else a ``leaf``.
    """
    kind = _bare(kind)
    if isinstance(kind, type) and issubclass(kind, Struct):
        return "struct", kind
    origin, args = typing.get_origin(kind), [_bare(arg) for arg in typing.get_args(kind) if arg is not Ellipsis]
    if origin in (list, tuple, dict) and args and isinstance(args[-1], type) and issubclass(args[-1], Struct):
        return str(origin.__name__), args[-1]
    return "leaf", kind


def _bare(kind: Any) -> Any:
    """Take ``Annotated`` and ``| None`` off a type."""
    if typing.get_origin(kind) is typing.Annotated:
        return _bare(typing.get_args(kind)[0])
    if typing.get_origin(kind) in (typing.Union, types.UnionType):
        inner = [arg for arg in typing.get_args(kind) if arg is not type(None)]
        return _bare(inner[0]) if len(inner) == 1 else kind
    return kind


_WORDS: dict[type[inspect.Type], str] = {
    inspect.BoolType: "true or false",
    inspect.FloatType: "a number",
    inspect.DateType: "a date",
    inspect.TimeType: "a time",
    inspect.DateTimeType: "a date and time",
    inspect.NoneType: "left out",
    inspect.DictType: "a table",
}


def describe(kind: Any) -> str:
    """Say in plain words what a setting must be: ``"a whole number from 1 to 65535"``."""
    return _describe(inspect.type_info(kind))


def _describe(info: inspect.Type) -> str:
    match info:
        case inspect.IntType():
            return "a whole number" + _range(info.ge, info.le)
        case inspect.StrType():
            return "text in quotes"
        case inspect.LiteralType(values=values):
            return "one of " + ", ".join(map(repr, values))
        case inspect.EnumType(cls=cls):
            return "one of " + ", ".join(repr(member.value) for member in cls)
        case inspect.ListType(item_type=item) | inspect.VarTupleType(item_type=item) | inspect.SetType(item_type=item):
            return f"a list in [ ], each {_describe(item)}"
        case inspect.UnionType(types=kinds):
            return " or ".join(_describe(each) for each in kinds if not isinstance(each, inspect.NoneType))
        case inspect.CustomType(cls=cls) if cls is Path:
            return "the path of a file or folder in quotes"
        case inspect.Metadata(type=inner, extra_json_schema=schema):
            told = (schema or {}).get("description")
            return f"{_describe(inner)} ({told})" if told else _describe(inner)
    return _WORDS.get(type(info), "a value of another kind")


def _range(least: int | None, most: int | None) -> str:
    low = f" from {least}" if least is not None else ""
    high = f" to {most}" if most is not None else ""
    return low + high
