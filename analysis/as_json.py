"""Frozen dataclasses to JSON and back, by their annotations.

A stored result must read back as it was computed, whatever the rules say by then; so every field
is written, and nothing is worked out anew on reading.
"""

from __future__ import annotations

import types
import typing
from dataclasses import fields, is_dataclass
from enum import Enum
from functools import cache
from typing import Any


def pack(value: Any) -> Any:
    """`value` as dicts, lists, text and numbers."""
    if hasattr(value, "to_json"):
        return value.to_json()
    return pack_fields(value) if is_dataclass(value) else _pack_plain(value)


def pack_fields(value: Any) -> dict[str, Any]:
    """A dataclass as a dict of its packed fields."""
    return {item.name: pack(getattr(value, item.name)) for item in fields(value)}


def unpack(kind: Any, data: Any) -> Any:
    """The value of type `kind` that `pack` wrote as `data`.

    Raises KeyError, ValueError or TypeError where `data` is something else.
    """
    if typing.get_origin(kind) in (typing.Union, types.UnionType):
        inner = next(part for part in typing.get_args(kind) if part is not type(None))
        return None if data is None else unpack(inner, data)
    if typing.get_origin(kind) is tuple:
        return _unpack_tuple(typing.get_args(kind), data)
    if hasattr(kind, "from_json"):
        return kind.from_json(data)
    if is_dataclass(kind):
        return unpack_fields(kind, data)
    return kind(data) if isinstance(kind, type) and issubclass(kind, Enum) else data


def unpack_fields(kind: type, data: dict[str, Any]) -> Any:
    """The dataclass `kind` from a dict of its packed fields."""
    hints = _hints(kind)
    return kind(**{item.name: unpack(hints[item.name], data[item.name]) for item in fields(kind)})


@cache
def _hints(kind: type) -> dict[str, Any]:
    return typing.get_type_hints(kind)


def _pack_plain(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    return [pack(item) for item in value] if isinstance(value, (tuple, list)) else value


def _unpack_tuple(kinds: tuple, data: list) -> tuple:
    if len(kinds) == 2 and kinds[1] is Ellipsis:
        return tuple(unpack(kinds[0], item) for item in data)
    return tuple(unpack(kind, item) for kind, item in zip(kinds, data, strict=True))
