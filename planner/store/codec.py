"""Turns findings into text and samples into few bytes, and back.

JSON for what people and other tools may want to read; compressed columns for raw samples.
A real round has about 1,250 latencies: 10 kB raw, under 4 kB packed.
"""

import math
import struct
import zlib
from collections.abc import Iterable
from typing import Any, TypeVar

import msgspec

from harness.errors import HarnessError
from harness.vocabulary import HostReading, Round, Turn
from planner.errors import StoreError

_Value = TypeVar("_Value")
_LATENCY_BYTES = 8


class _PackedRound(msgspec.Struct, array_like=True, frozen=True):
    """A round by columns: like stands beside like, which is what compression needs.

    What takes many bytes is kept in planes (`_planes`). `lowest_ns` is the shortest latency of each
    turn, `above_ns` by how much each call of each turn exceeds it. A field is only ever added at
    the end, with a default.
    """

    batch: int
    index: int
    launch: int
    started_at: str
    wall_s: float
    host: HostReading
    is_contaminated: bool
    arms: tuple[str, ...]
    arm: tuple[int, ...]
    cycle: tuple[int, ...]
    is_control: tuple[bool, ...]
    calls: tuple[int, ...]
    voluntary_switches: tuple[int, ...]
    involuntary_switches: tuple[int, ...]
    cpu_ns: bytes
    wall_ns: bytes
    lowest_ns: bytes
    above_ns: bytes
    concurrency: int = 1


def to_json(value: object) -> str:
    """The value as JSON text, with the keys of dictionaries in order.

    Raises:
        StoreError: if it holds what JSON or SQLite would lose: a number that is not finite, or
            text that is no Unicode.
    """
    require_finite(value)
    try:
        return msgspec.json.encode(value, order="deterministic").decode()
    except UnicodeEncodeError as error:
        raise StoreError(
            f"{type(value).__name__} holds text that is no Unicode ({error}): it was not stored"
        ) from error


def from_json(text: str, kind: type[_Value]) -> _Value:
    """Read JSON text as `kind`.

    Raises:
        StoreError: if it is not one: the database was changed by hand or is damaged.
    """
    try:
        return msgspec.json.decode(text, type=kind)
    except (msgspec.MsgspecError, HarnessError) as error:
        raise StoreError(f"a stored {kind.__name__} cannot be read ({error}): the database is damaged") from error


def require_finite(value: object) -> None:
    """Refuse NaN and infinities anywhere in a finding.

    Raises:
        StoreError: naming the kind of finding.
    """
    if not _is_finite(msgspec.to_builtins(value)):
        raise StoreError(f"{type(value).__name__} holds a number that is not finite: it was not stored")


def squeeze(value: object) -> bytes:
    """The value as compressed MessagePack."""
    return zlib.compress(msgspec.msgpack.encode(value))


def unsqueeze(data: bytes, kind: type[_Value]) -> _Value:
    """Read compressed MessagePack as `kind`.

    Raises:
        StoreError: if it is not one: the database was changed by hand or is damaged.
    """
    try:
        return msgspec.msgpack.decode(zlib.decompress(data), type=kind)
    except (zlib.error, msgspec.MsgspecError) as error:
        raise StoreError(f"stored samples cannot be read ({error}): the database is damaged") from error


def pack_planes(data: bytes, width: int) -> bytes:
    """Compress fixed-width integers of `width` bytes, plane by plane."""
    return zlib.compress(_planes(data, width))


def unpack_planes(data: bytes, width: int) -> bytes:
    """Undo `pack_planes`.

    Raises:
        StoreError: if the bytes are damaged.
    """
    try:
        return _unplaned(zlib.decompress(data), width)
    except (zlib.error, ValueError) as error:
        raise StoreError(f"stored samples cannot be read ({error}): the database is damaged") from error


def pack_round(one: Round) -> bytes:
    """A round with all its samples, in few bytes.

    Raises:
        StoreError: if a turn's latencies are no whole number of 64-bit integers.
    """
    try:
        return squeeze(_packed(one))
    except (ValueError, struct.error) as error:
        raise StoreError(f"round {one.index} holds samples that cannot be kept ({error}): it was not stored") from error


def unpack_round(data: bytes) -> Round:
    """Undo `pack_round`.

    Raises:
        StoreError: if the bytes are damaged.
    """
    packed = unsqueeze(data, _PackedRound)
    try:
        turns = _turns(packed)
    except (ValueError, IndexError, struct.error) as error:
        raise StoreError(f"a stored round cannot be read ({error}): the database is damaged") from error
    return Round(
        batch=packed.batch,
        index=packed.index,
        launch=packed.launch,
        started_at=packed.started_at,
        wall_s=packed.wall_s,
        turns=turns,
        host=packed.host,
        is_contaminated=packed.is_contaminated,
        concurrency=packed.concurrency,
    )


def _packed(one: Round) -> _PackedRound:
    turns = one.turns
    arms = tuple(dict.fromkeys(turn.arm for turn in turns))
    samples = [_integers(turn.latencies_ns) for turn in turns]
    lowest = [min(values, default=0) for values in samples]
    return _PackedRound(
        batch=one.batch,
        index=one.index,
        launch=one.launch,
        started_at=one.started_at,
        wall_s=one.wall_s,
        host=one.host,
        is_contaminated=one.is_contaminated,
        arms=arms,
        arm=tuple(arms.index(turn.arm) for turn in turns),
        cycle=tuple(turn.cycle for turn in turns),
        is_control=tuple(turn.is_control for turn in turns),
        calls=tuple(map(len, samples)),
        voluntary_switches=tuple(turn.voluntary_switches for turn in turns),
        involuntary_switches=tuple(turn.involuntary_switches for turn in turns),
        cpu_ns=_planes_of(turn.cpu_ns for turn in turns),
        wall_ns=_planes_of(turn.wall_ns for turn in turns),
        lowest_ns=_planes_of(lowest),
        above_ns=_planes_of(value - low for values, low in zip(samples, lowest, strict=True) for value in values),
        concurrency=one.concurrency,
    )


def _turns(packed: _PackedRound) -> tuple[Turn, ...]:
    above = _integers(_unplaned(packed.above_ns, _LATENCY_BYTES))
    if len(above) != sum(packed.calls):
        raise ValueError(f"{len(above)} latencies for {sum(packed.calls)} calls")
    columns: tuple[tuple[Any, ...], ...] = (
        *(packed.arm, packed.cycle, packed.is_control, packed.calls),
        *(packed.voluntary_switches, packed.involuntary_switches),
        *(_integers(_unplaned(data, _LATENCY_BYTES)) for data in (packed.cpu_ns, packed.wall_ns, packed.lowest_ns)),
    )
    turns, start = [], 0
    for arm, cycle, is_control, calls, voluntary, involuntary, cpu_ns, wall_ns, lowest in zip(*columns, strict=True):
        stop = start + calls
        turns.append(
            Turn(
                arm=packed.arms[arm],
                cycle=cycle,
                is_control=is_control,
                latencies_ns=_bytes_of([lowest + value for value in above[start:stop]]),
                cpu_ns=cpu_ns,
                wall_ns=wall_ns,
                voluntary_switches=voluntary,
                involuntary_switches=involuntary,
            )
        )
        start = stop
    return tuple(turns)


def _integers(data: bytes) -> tuple[int, ...]:
    count, rest = divmod(len(data), _LATENCY_BYTES)
    if rest:
        raise ValueError(f"{len(data)} bytes are no whole number of 64-bit integers")
    return struct.unpack(f"<{count}q", data)


def _bytes_of(integers: Iterable[int]) -> bytes:
    values = tuple(integers)
    return struct.pack(f"<{len(values)}q", *values)


def _planes_of(integers: Iterable[int]) -> bytes:
    return _planes(_bytes_of(integers), _LATENCY_BYTES)


def _is_finite(value: object) -> bool:
    if isinstance(value, float):
        return math.isfinite(value)
    if isinstance(value, dict):
        return all(map(_is_finite, value.values()))
    return all(map(_is_finite, value)) if isinstance(value, list | tuple) else True


def _planes(data: bytes, width: int) -> bytes:
    """All lowest bytes first, all highest last: the highest are mostly zero, and zeros compress."""
    return b"".join(data[place::width] for place in range(width))


def _unplaned(planes: bytes, width: int) -> bytes:
    count, rest = divmod(len(planes), width)
    if rest:
        raise ValueError(f"{len(planes)} bytes are no whole number of {width}-byte values")
    data = bytearray(len(planes))
    for place in range(width):
        data[place::width] = planes[place * count : (place + 1) * count]
    return bytes(data)
