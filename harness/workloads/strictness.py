"""Reads TOML against types and tells every fault in words: which table, which key, what belongs there.

Knows types and limits, never what a workload is. Reading is bounded: a hostile file costs a sentence.
"""

import difflib
import itertools
import math
import re
import tomllib
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

from msgspec import inspect

from harness.errors import WorkloadError

MOST_BYTES = 2_000_000  # 32,767 class names and a thousand ranked nodes are half of it
_MOST_KEY_PARTS = 32  # tomllib takes cubic time for `a.a.a…`: 10 kB of it are a second, 100 kB a quarter of an hour
_KEY_PART = r"""(?:[\w-]++|"[^"\n]*+"|'[^'\n]*+')[ \t]*+\.[ \t]*+"""
_LONG_KEY = re.compile(rf"(?<![\w-])(?:{_KEY_PART}){{{_MOST_KEY_PARTS}}}")
_LONGEST_TEXT = 4096
_LONGEST_SHOWN = 40
_HUGE = 10**18
_MOST_TOLD = 20
_MOST_LISTED = 12
_BREAKS = dict.fromkeys(map(ord, "\n\t"))
_CONTROLS = {"Cc", "Zl", "Zp"}
_TEMPLATE = "which no table here needs: `planner workloads new FILE` writes one to start from"
_NOTHING: Mapping[str, Any] = MappingProxyType({})


def read_toml(path: Path) -> dict[str, Any]:
    """The tables of a TOML file.

    Raises:
        WorkloadError: it cannot be read, is no TOML, or is larger or deeper than any description.
    """
    try:
        with path.open("rb") as stream:
            content = stream.read(MOST_BYTES + 1)
        if len(content) > MOST_BYTES:
            raise WorkloadError(
                f"{path} is not read: a description has at most {MOST_BYTES:,} bytes; keep data in files of their own"
            )
        text = content.decode()
        if _LONG_KEY.search(text):
            raise WorkloadError(f"{path} is not read: a key has more than {_MOST_KEY_PARTS} parts, {_TEMPLATE}")
        return tomllib.loads(text)
    except RecursionError as error:
        raise WorkloadError(f"{path} cannot be read: lists or tables are nested too deeply, {_TEMPLATE}") from error
    except UnicodeDecodeError as error:
        raise WorkloadError(
            f"{path} cannot be read: byte {error.start:,} is not UTF-8 text: save the file as UTF-8"
        ) from error
    except (OSError, tomllib.TOMLDecodeError) as error:
        told = error.strerror if isinstance(error, OSError) and error.strerror else error
        raise WorkloadError(f"{path} cannot be read: {told}") from error
    except ValueError as error:  # Python's own limit
        raise WorkloadError(
            f"{path} cannot be read: a number has thousands of digits: none here needs more than 20"
        ) from error


def faults_in(raw: Mapping[str, Any], description: type) -> Iterator[str]:
    """What is wrong with the tables of a file, a sentence each. Nothing where it can be converted to `description`."""
    kind = inspect.type_info(description)
    if isinstance(kind, inspect.StructType):
        yield from _Reader(kind).struct(raw, kind, "")


def refusal(path: Path, faults: Iterable[str]) -> WorkloadError | None:
    """The error that tells all faults, one alone on the line of the file's name; `None` where there are none."""
    told = list(dict.fromkeys(itertools.islice(faults, _MOST_TOLD + 1)))
    if not told:
        return None
    if len(told) == 1:
        return WorkloadError(f"{path}: {told[0]}")
    count, rest = (f"{_MOST_TOLD} faults and more", ["…"]) if len(told) > _MOST_TOLD else (f"{len(told)} faults", [])
    return WorkloadError("\n  ".join([f"{path} has {count}:", *told[:_MOST_TOLD], *rest]))


def nearest(word: str, known: Sequence[str]) -> str:
    """` (did you mean height?)`, or nothing where no known word is near. Case does not count."""
    lower = {one.lower(): one for one in reversed(known)}
    close = difflib.get_close_matches(word[:_LONGEST_TEXT].lower(), lower, n=1)
    return f" (did you mean {lower[close[0]]}?)" if close else ""


def listed(names: Sequence[str]) -> str:
    """`there are: a, b, c`, and how many where they are many."""
    told = ", ".join(names[:_MOST_LISTED])
    return f"there are: {told}" if len(names) <= _MOST_LISTED else f"there are {len(names):,}: {told}, …"


def twice(names: Iterable[str]) -> list[str]:
    """The names that occur more than once."""
    return [name for name, count in Counter(names).items() if count > 1]


def shown(value: object) -> str:
    """A value in a sentence: never long, whatever it is."""
    if isinstance(value, int) and abs(value) >= _HUGE:
        return "a huge number"
    text = repr(value) if isinstance(value, str | int | float) else type(value).__name__
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}…"


class _Reader:
    """Walks the raw tables along the types."""

    def __init__(self, top: inspect.StructType) -> None:
        self._homes = _homes(top)

    def struct(self, value: Mapping[str, Any], kind: inspect.StructType, place: str) -> Iterator[str]:
        """Unknown keys, missing keys, then what is wrong with the values of the others."""
        fields = {field.encode_name: field for field in kind.fields}
        known = [*([kind.tag_field] if kind.tag_field else []), *fields]
        where = place or "the file"
        meant = ""
        for key in value:
            if key not in known:
                instead = self._instead(key, known, place)
                meant += instead
                yield f"{where} has no key {shown(key)}{instead}; there are: {', '.join(known)}"
        for name, field in fields.items():
            if name in value:
                yield from self._any(value[name], field.type, _child(place, name, value[name]))
            elif field.required and f" {name}?" not in meant:  # a misspelt key is one fault, not two
                yield f"{where} lacks {_child('', name, {} if _is_table(field.type) else None)}, which is needed"

    def _instead(self, key: str, known: Sequence[str], place: str) -> str:
        """A key of this table that is near, or the table that this very key belongs to."""
        if (home := self._homes.get(key)) is not None and home != place:
            return f" (it belongs to {home})" if home else " (it stands at the top, above the first [table])"
        return nearest(key, known)

    def _any(self, value: object, kind: inspect.Type, place: str, extra: Mapping[str, Any] = _NOTHING) -> Iterator[str]:
        match kind:
            case inspect.Metadata(type=inner, extra=more):
                yield from self._any(value, inner, place, more or {})
            case inspect.UnionType(types=types):
                yield from self._one_of(value, types, place)
            case inspect.StructType() if isinstance(value, dict):
                yield from self.struct(value, kind, place)
            case inspect.VarTupleType() if isinstance(value, list):
                yield from _size_faults(len(value), kind, place, unit="entries")
                for number, item in enumerate(value, start=1):
                    yield from self._any(item, kind.item_type, f"{place} number {number}")
            case inspect.StrType() if isinstance(value, str):
                yield from _size_faults(len(value), kind, place, unit="characters") or _text_faults(value, extra, place)
            case inspect.IntType() | inspect.FloatType() if isinstance(value, int | float) and _is_number(value, kind):
                yield from _number_faults(value, kind, place, extra)
            case _:
                yield f"{place}: {_wanted((kind,))} is needed, not {_what(value)}"

    def _one_of(self, value: object, types: Sequence[inspect.Type], place: str) -> Iterator[str]:
        tables = [one for one in types if isinstance(one, inspect.StructType)]
        if isinstance(value, dict) and tables:
            yield from self._table_of(value, tables, place)
            return
        fitting = [one for one in types if _fits(value, one)]
        if fitting:
            yield from self._any(value, fitting[0], place)
        else:
            yield f"{place}: {_wanted(types)} is needed, not {_what(value)}"

    def _table_of(self, value: dict[str, Any], tables: Sequence[inspect.StructType], place: str) -> Iterator[str]:
        tag_field = tables[0].tag_field
        if tag_field is None:
            yield from self.struct(value, tables[0], place)
            return
        by_tag = {str(table.tag): table for table in tables}
        tag = value.get(tag_field)
        if isinstance(tag, str) and tag in by_tag:
            yield from self.struct(value, by_tag[tag], place)
        elif tag is None:
            yield f"{place} lacks {tag_field}, which is needed: {_quoted(by_tag)}"
        else:
            near = nearest(tag, list(by_tag)) if isinstance(tag, str) else ""
            yield f"{place} {tag_field}: no {shown(tag)}{near}; there are: {', '.join(by_tag)}"


def _homes(top: inspect.StructType) -> dict[str, str]:
    """The table of each key that only one table has; empty for those at the top of the file."""
    homes: dict[str, set[str]] = {}
    for field in top.fields:
        tables = [one for one in _alternatives(field.type) if isinstance(one, inspect.StructType)]
        for key in {key.encode_name for table in tables for key in table.fields}:
            homes.setdefault(key, set()).add(f"[{field.encode_name}]")
        if not tables:
            homes.setdefault(field.encode_name, set()).add("")
    return {key: places.pop() for key, places in homes.items() if len(places) == 1}


def _alternatives(kind: inspect.Type) -> Sequence[inspect.Type]:
    if isinstance(kind, inspect.Metadata):
        return _alternatives(kind.type)
    return kind.types if isinstance(kind, inspect.UnionType) else (kind,)


def _is_table(kind: inspect.Type) -> bool:
    return any(isinstance(one, inspect.StructType) for one in _alternatives(kind))


def _child(place: str, key: str, value: object) -> str:
    if place:
        return f"{place} {key}"
    if isinstance(value, dict):
        return f"[{key}]"
    is_tables = isinstance(value, list) and any(isinstance(one, dict) for one in value)
    return f"[[{key}]]" if is_tables else key


def _is_number(value: object, kind: inspect.Type) -> bool:
    whole = isinstance(value, int) and not isinstance(value, bool)
    return whole or (isinstance(value, float) and isinstance(kind, inspect.FloatType))


def _fits(value: object, kind: inspect.Type) -> bool:
    match kind:
        case inspect.Metadata(type=inner):
            return _fits(value, inner)
        case inspect.StrType():
            return isinstance(value, str)
        case inspect.VarTupleType():
            return isinstance(value, list)
        case _:
            return _is_number(value, kind) and isinstance(kind, inspect.IntType | inspect.FloatType)


def _wanted(kinds: Iterable[inspect.Type]) -> str:
    words = {
        inspect.StrType: "text in quotes",
        inspect.IntType: "a whole number",
        inspect.FloatType: "a number",
        inspect.VarTupleType: "a list in [ ]",
        inspect.StructType: "a table",
    }
    plain = [kind.type if isinstance(kind, inspect.Metadata) else kind for kind in kinds]
    return " or ".join(dict.fromkeys(words[type(kind)] for kind in plain if type(kind) in words))


def _what(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return f"the text {shown(value)}"
    if isinstance(value, dict):
        return "a table"
    if isinstance(value, list):
        return "a list"
    return shown(value) if isinstance(value, int | float) else "a date or time"


def _size_faults(size: int, kind: inspect.StrType | inspect.VarTupleType, place: str, *, unit: str) -> list[str]:
    least = kind.min_length or 0
    most = kind.max_length or (_LONGEST_TEXT if isinstance(kind, inspect.StrType) else None)
    if size < least:
        return [f"{place} is empty: fill it, or leave the key out"]
    if most is not None and size > most:
        return [f"{place} has {size:,} {unit}: at most {most:,} are taken"]
    return []


def _number_faults(
    value: float, kind: inspect.IntType | inspect.FloatType, place: str, extra: Mapping[str, Any]
) -> Iterator[str]:
    """`extra` may hold a `hint`: an example of what is meant."""
    if not (abs(value) < _HUGE if isinstance(value, int) else math.isfinite(value)):
        yield f"{place} is {shown(value)}: a finite number is needed"
        return
    is_low = (kind.ge is not None and value < kind.ge) or (kind.gt is not None and value <= kind.gt)
    if is_low or (kind.le is not None and value > kind.le):
        low = f"above {kind.gt:,.12g}" if kind.gt is not None else f"from {kind.ge:,.12g}"
        hint = f" ({extra['hint']})" if "hint" in extra else ""
        yield f"{place} is {shown(value)}: a number {low} to {kind.le:,.12g} is needed{hint}"


def _text_faults(value: str, extra: Mapping[str, Any], place: str) -> Iterator[str]:
    """`extra` says what a text must be: one of `words`, or by `pattern` what it `means`; and if it has `lines`."""
    words: Sequence[str] = extra.get("words", ())
    kept = value.translate(_BREAKS) if extra.get("lines") else value
    if words and value not in words:
        yield f"{place}: no {shown(value)}{nearest(value, words)}; there are: {', '.join(words)}"
    elif "pattern" in extra and not re.fullmatch(extra["pattern"], value):
        yield f"{place} is {shown(value)}: {extra['means']} is needed"
    elif any(unicodedata.category(one) in _CONTROLS for one in kept):
        yield f"{place} holds control characters or line breaks: write it without them"


def _quoted(words: Iterable[str]) -> str:
    return " or ".join(f'"{word}"' for word in words)
