"""Writes a workload's description as TOML that people can read, keep and change.

The counterpart of `read_description`: what is written here reads back as what it was.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from harness.errors import WorkloadError
from harness.workloads.description import Description

_WIDTH = 118
_DELETE = {0x7F: "\\u007f"}  # the one control character that JSON writes as it is and TOML does not take


def description_text(
    described: Description, *, head: Sequence[str] = (), comments: Mapping[str, Sequence[str]] | None = None
) -> str:
    """The whole file.

    Args:
        described: what it says.
        head: comments above everything, a line each.
        comments: those above a table, by its name, for example `preprocessing`.

    Raises:
        WorkloadError: a path or name in it is no text that a file can hold.
    """
    told = comments or {}
    simple: list[tuple[str, Any]] = []
    tables: list[tuple[str, Any]] = []
    for field in msgspec.structs.fields(described):
        value = getattr(described, field.encode_name)
        is_table = isinstance(value, msgspec.Struct) or _is_list_of_tables(value)
        (tables if is_table else simple).append((field.encode_name, value))
    lines = [*_comments(head), *_pairs(simple)]
    for name, value in tables:
        for number, one in enumerate(value if isinstance(value, tuple) else (value,)):
            heading = f"[[{name}]]" if isinstance(value, tuple) else f"[{name}]"
            pairs = _pairs(_fields(one))
            if pairs:
                lines += ["", heading, *_comments(told.get(name, ()) if not number else ()), *pairs]
    text = "\n".join(lines) + "\n"
    try:
        text.encode()
    except UnicodeEncodeError as error:  # a path that is bytes to the system, not text
        raise WorkloadError(
            f"{text[max(0, error.start - 60) : error.start]!r}… is followed by bytes that are no text: rename the "
            "file or folder"
        ) from error
    return text


def _pairs(fields: Sequence[tuple[str, Any]]) -> list[str]:
    return [line for name, value in fields if not _is_absent(value) for line in _pair(name, value)]


def _pair(name: str, value: object) -> list[str]:
    line = f"{name} = {toml_value(value)}"
    if len(line) <= _WIDTH or not isinstance(value, tuple):
        return [line]
    return [f"{name} = [", *_filled([toml_value(one) for one in value]), "]"]


def _filled(items: Sequence[str]) -> list[str]:
    lines = ["   "]
    for item in items:
        if len(lines[-1]) + len(item) + 2 > _WIDTH and lines[-1].strip():
            lines.append("   ")
        lines[-1] += f" {item},"
    return lines


def _fields(one: msgspec.Struct) -> list[tuple[str, Any]]:
    tag = type(one).__struct_config__.tag
    own = [(field.encode_name, getattr(one, field.encode_name)) for field in msgspec.structs.fields(one)]
    return [*([(str(type(one).__struct_config__.tag_field), tag)] if tag is not None else []), *own]


def toml_value(value: object) -> str:
    """A value as it stands after the `=`.

    Raises:
        WorkloadError: TOML has no word for it.
    """
    match value:
        case bool():
            return "true" if value else "false"
        case int() | float():
            return repr(value)
        case str():
            return json.dumps(value, ensure_ascii=False).translate(_DELETE)
        case tuple():
            return f"[{', '.join(toml_value(one) for one in value)}]"
        case msgspec.Struct():
            pairs = ", ".join(f"{name} = {toml_value(one)}" for name, one in _fields(value) if one is not None)
            return f"{{ {pairs} }}"
        case _:
            raise WorkloadError(f"a description cannot hold {type(value).__name__}")


def _is_absent(value: object) -> bool:
    return value is None or (isinstance(value, str | tuple) and not value)


def _is_list_of_tables(value: object) -> bool:
    return isinstance(value, tuple) and bool(value) and isinstance(value[0], msgspec.Struct)


def _comments(lines: Sequence[str]) -> list[str]:
    """Comments, of which none can end its line: control characters are shown as spaces."""
    return [f"# {''.join(one if one.isprintable() else ' ' for one in line)}" for line in lines]
