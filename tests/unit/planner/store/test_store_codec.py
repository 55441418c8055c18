"""Samples and findings come back from their stored form exactly as they were."""

import zlib

import msgspec
import pytest
from helpers.builders import INT8, latencies, make_host_reading, make_plan, make_realistic_round, make_round, make_turn
from helpers.samples import make_gpu_reading
from hypothesis import given
from hypothesis import strategies as st

from harness.vocabulary import Plan, Round, Turn
from planner.errors import StoreError
from planner.store.codec import (
    from_json,
    pack_planes,
    pack_round,
    squeeze,
    to_json,
    unpack_planes,
    unpack_round,
    unsqueeze,
)

_NANOSECONDS = st.integers(0, 2**62)
_TURNS = st.builds(
    make_turn,
    arm=st.text(),
    cycle=st.integers(0, 2**31),
    is_control=st.booleans(),
    latencies_ns=st.lists(_NANOSECONDS, max_size=6).map(lambda values: latencies(*values)),
    cpu_ns=_NANOSECONDS,
    wall_ns=_NANOSECONDS,
)


def test_what_gpus_did_in_a_round_is_kept_with_it() -> None:
    one = make_round(host=make_host_reading(gpus=(make_gpu_reading(),)))
    assert unpack_round(pack_round(one)) == one


@given(st.lists(_TURNS, max_size=5))
def test_any_round_comes_back_as_it_was(turns: list[Turn]) -> None:
    one = make_round(turns=tuple(turns))
    assert unpack_round(pack_round(one)) == one


@given(st.binary(max_size=40).filter(lambda data: len(data) % 8 == 0))
def test_any_planes_come_back_as_they_were(data: bytes) -> None:
    assert unpack_planes(pack_planes(data, 8), 8) == data
    assert unpack_planes(pack_planes(data, 2), 2) == data


def test_a_round_keeps_every_reading_of_the_host() -> None:
    host = make_host_reading(frequency_hz=3.1e9, foreign_cpu_share=None)
    assert unpack_round(pack_round(make_round(host=host))).host == host


def test_a_real_round_takes_well_under_half_of_its_raw_bytes() -> None:
    one = make_realistic_round([f"onnxruntime/{place}" for place in range(10)])
    raw = sum(len(turn.latencies_ns) for turn in one.turns)
    assert len(pack_round(one)) < 0.45 * raw


@pytest.mark.parametrize(
    "turn",
    [make_turn(latencies_ns=b"12345678X", cpu_ns=1, wall_ns=1), make_turn(cpu_ns=2**63)],
    ids=["half a latency", "more than 64 bits"],
)
def test_a_round_that_could_not_come_back_is_refused(turn: Turn) -> None:
    with pytest.raises(StoreError, match="round 0 holds samples that cannot be kept"):
        pack_round(make_round(turns=(turn,)))


def _damaged() -> dict[str, bytes]:
    whole = zlib.decompress(pack_round(make_round()))
    fields = msgspec.msgpack.decode(whole)
    too_many_calls = [*fields[:11], [value + 1 for value in fields[11]], *fields[12:]]
    unknown_arm = [*fields[:8], [9 for _ in fields[8]], *fields[9:]]
    short_column = [*fields[:-3], fields[-3][:-1], *fields[-2:]]
    return {
        "not compressed": b"abc",
        "cut off": pack_round(make_round())[:-9],
        "not a round": squeeze({"a": 1}),
        "unknown arm": squeeze(unknown_arm),
        "short column": squeeze(short_column),
        "turns missing": squeeze([*fields[:8], [], *fields[9:]]),
        "more calls than latencies": squeeze(too_many_calls),
    }


@pytest.mark.parametrize("data", _damaged().values(), ids=_damaged().keys())
def test_a_damaged_round_is_an_error_of_the_store(data: bytes) -> None:
    with pytest.raises(StoreError, match="the database is damaged"):
        unpack_round(data)


def test_damaged_text_and_samples_are_errors_of_the_store() -> None:
    with pytest.raises(StoreError, match="a stored Plan cannot be read"):
        from_json("{", Plan)
    with pytest.raises(StoreError, match="nothing to measure"):
        from_json(to_json(make_plan()).replace('"batches":[1]', '"batches":[]'), Plan)
    with pytest.raises(StoreError, match="the database is damaged"):
        unsqueeze(b"abc", Round)
    with pytest.raises(StoreError, match="the database is damaged"):
        unpack_planes(zlib.compress(b"abc"), 2)


def test_text_that_is_no_unicode_is_refused() -> None:
    with pytest.raises(StoreError, match="text that is no Unicode"):
        to_json({"arm": "\ud800"})


def test_json_does_not_depend_on_the_order_in_which_keys_were_written() -> None:
    assert to_json({"b": 1, "a": {"d": 1, "c": INT8}}) == to_json({"a": {"c": INT8, "d": 1}, "b": 1})
