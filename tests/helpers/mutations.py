"""Seeded damage to files: bytes flipped, cut, repeated and spliced; values of documents and models swapped."""

import copy
import json
import random
from collections.abc import Callable, Sequence
from typing import Any

_WORDS = (
    *("", "../secret", "/etc/passwd", "x" * 5000, "\x1b[31m", "a\nb", "\u202e", "ünï", "~root/x", "C:\\x", "."),
    *("tensor", "inputs", "float32", "NaN", "-1", "{}", "[PAD]", "Loop", "com.microsoft", "secret/../../secret"),
)
_NUMBERS = (0, 1, -1, 2, 3, 7, 16, 127, 255, 2**31 - 1, 2**31, -(2**31), 2**63 - 1, -(2**63), 10**6)
_VALUES: tuple[Any, ...] = (*_WORDS, *_NUMBERS, None, True, 0.5, -1e308, 10**40, [], {}, [[]], {"a": [None]}, [1, 2])
_LINES = (
    *("schema = 3", "[model]", "[[candidates]]", "kind = 'random'", "x = {", "name = 1", "file = '/etc/passwd'"),
    *('test = "../secret"', "classes = []", "tokenizer = '/dev/zero'", "a.b.c.d = 1", "[preprocessing.x]", "# \u202e"),
    *("tensors = [{ name = 'x', shape = [268435456, 2] }]", "height = 99999999", "mean = [nan, inf, 0]", "std = [0]"),
)


def damaged(content: bytes, source: random.Random, others: Sequence[bytes] = ()) -> bytes:
    """One to four injuries; `others` are files that pieces may come from."""
    found = bytearray(content)
    for _ in range(source.choice((1, 1, 1, 2, 4))):
        source.choice(_INJURIES)(found, source, others or (content,))
    return bytes(found)


def swapped(document: Any, source: random.Random) -> None:  # noqa: ANN401 - JSON
    """Replace, remove or repeat one value of a JSON document at a random depth."""
    holder, key = document, _any_of(document, source)
    while isinstance(holder[key], dict | list) and holder[key] and source.random() < 0.9:
        holder, key = holder[key], _any_of(holder[key], source)
    if isinstance(holder, list) and source.random() < 0.2:
        holder.append(holder[key])
    elif source.random() < 0.15:
        del holder[key]
    else:
        holder[key] = copy.deepcopy(source.choice(_VALUES))  # what is swapped next may lie in it


def swapped_json(content: bytes, source: random.Random) -> bytes:
    """The same for an encoded document."""
    document = json.loads(content)
    for _ in range(source.choice((1, 1, 2, 3))):
        if document:
            swapped(document, source)
    return json.dumps(document).encode()


def swapped_lines(content: bytes, source: random.Random) -> bytes:
    """Lines of a text repeated, moved, removed, misspelt, or with another value."""
    lines = content.decode().split("\n")
    for _ in range(source.choice((1, 1, 2, 4))):
        place = source.randrange(len(lines))
        key, equals, _ = lines[place].partition("=")
        new = (
            lines[source.randrange(len(lines))],
            source.choice(_LINES),
            f"{key}{equals} {json.dumps(source.choice(_VALUES))}",
            lines[place].replace(source.choice("aeinst"), source.choice(("", "x", "'", "é")), 1),
        )
        if source.random() < 0.2:
            del lines[place]
            lines = lines or [""]
        else:
            lines[place] = source.choice(new)
    return "\n".join(lines).encode()


def swapped_message(message: Any, source: random.Random) -> None:  # noqa: ANN401 - any protobuf message
    """Change one field of a protobuf message, or of one inside it."""
    while True:
        field, value = source.choice(message.ListFields())
        is_list = not isinstance(value, str | bytes) and hasattr(value, "__len__")
        if field.message_type is None:
            _swap_scalar(message, field.name, value, source, is_list=is_list)
            return
        inner = source.choice(value) if is_list else value
        if source.random() < 0.1 or not inner.ListFields():
            _drop_or_repeat(message, field.name, value, source, is_list=is_list)
            return
        message = inner


def _drop_or_repeat(message: Any, name: str, value: Any, source: random.Random, *, is_list: bool) -> None:  # noqa: ANN401 - as above
    if is_list and source.random() < 0.6:
        value.add().CopyFrom(source.choice(value))
    else:
        message.ClearField(name)


def _swap_scalar(message: Any, name: str, value: Any, source: random.Random, *, is_list: bool) -> None:  # noqa: ANN401 - as above
    old = source.choice(value) if is_list else value
    try:
        new = _like(old, source)
        if not is_list:
            setattr(message, name, new)
        elif source.random() < 0.5:
            value[source.randrange(len(value))] = new
        else:
            value.append(new)
    except (ValueError, TypeError):  # a number that the field cannot hold
        message.ClearField(name)


def _like(old: object, source: random.Random) -> object:
    if isinstance(old, str):
        return source.choice(_WORDS)
    if isinstance(old, bytes):
        return damaged(old or b"x", source)
    return source.choice(_NUMBERS) if isinstance(old, int) else source.choice((0.0, -1.0, 1e38, float("nan")))


def _any_of(holder: Any, source: random.Random) -> Any:  # noqa: ANN401 - JSON
    return source.choice(list(holder)) if isinstance(holder, dict) else source.randrange(len(holder))


def _flip(content: bytearray, source: random.Random, _others: Sequence[bytes]) -> None:
    for _ in range(source.choice((1, 1, 2, 8))):
        if content:
            content[source.randrange(len(content))] ^= 1 << source.randrange(8)


def _overwrite(content: bytearray, source: random.Random, _: Sequence[bytes]) -> None:
    start, length = source.randint(0, len(content)), source.randint(1, 24)
    word = source.choice(_WORDS).encode()
    content[start : start + length] = source.choice((bytes(length), b"\xff" * length, source.randbytes(length), word))


def _cut(content: bytearray, source: random.Random, _: Sequence[bytes]) -> None:
    start = source.randint(0, len(content))
    del content[start : start + source.randint(1, 100)]


def _truncate(content: bytearray, source: random.Random, _: Sequence[bytes]) -> None:
    del content[source.randint(0, len(content)) :]


def _repeat(content: bytearray, source: random.Random, _: Sequence[bytes]) -> None:
    start = source.randint(0, len(content))
    content[start:start] = content[start : start + source.randint(1, 200)] * source.choice((1, 1, 3, 50))


def _splice(content: bytearray, source: random.Random, others: Sequence[bytes]) -> None:
    other = source.choice(others)
    start, end = sorted((source.randint(0, len(other)), source.randint(0, len(other))))
    place = source.randint(0, len(content))
    content[place : place + (end - start) // 2] = other[start:end]


_INJURIES: tuple[Callable[[bytearray, random.Random, Sequence[bytes]], None], ...] = (
    *(_flip, _flip, _overwrite, _cut, _truncate, _repeat, _splice),
)
