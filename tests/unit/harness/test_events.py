"""The protocol between supervisor and worker: everything said is understood, and nothing else is."""

import json
from typing import Any, get_args

import pytest
from helpers.builders import (
    make_arm,
    make_calibration_finding,
    make_memory,
    make_pipeline,
    make_prediction,
    make_proof,
    make_recipe,
)
from helpers.engines import make_record
from helpers.limits import make_bandwidth, make_model_work, make_rate
from helpers.selftests import make_clock_probe, make_memory_probe
from helpers.server import make_rules, raw
from hypothesis import given
from hypothesis import strategies as st

from harness import events
from harness.errors import MeasurementError, WorkerError
from harness.events import Command, Event, decode_command, decode_event, encode
from harness.vocabulary import (
    CalibrationAudit,
    ClassCounts,
    Granularity,
    LevelEnd,
    Method,
    ModelCard,
    Precision,
    Recipe,
    Served,
    ServeOpenLoop,
    ServiceTimed,
    TensorSaturation,
    TensorSpec,
    TimeService,
)
from harness.vocabulary.engine import BuiltEngine, EngineOrder

_LEFT_OUT = Recipe(method=Method.INT8_MIXED, granularity=Granularity.PER_TENSOR, left_out=("/a/Conv", "ünïcode\n"))
_AUDIT = CalibrationAudit(
    samples=2,
    pool=10,
    digest="0f",
    findings=(make_calibration_finding(),),
    classes=(ClassCounts(name="ünïcode", calibration=0, evaluation=3),),
    saturation=(TensorSaturation(tensor="x", lower=-1.5, upper=0.0, lowest=-2.0, highest=1e-9, outside=0.25),),
)
_COMMANDS: tuple[Command, ...] = (
    events.Quantize(
        arm=make_arm("int8-mixed:per-tensor", recipe=_LEFT_OUT),
        workload="toy",
        destination="/tmp/x",  # noqa: S108 - a name in a message, no file
        calibration_samples=256,
        seed=2**62,
    ),
    events.Inspect(model="/m.onnx"),
    events.CountWork(workload="toy", model="/m.onnx", batches=(1, 8), test_samples=5, keeps_calibration_apart=False),
    events.ProbeRates(runtime="fake", threads=2, cpus=(0, 1), seconds=1.5),
    events.ProbeBandwidth(threads=(1, 2), cpus=(), array_bytes=2**40, seconds=0.0),
    events.ReadModel(runtime="torch", model="nets:build"),
    events.BuildEngine(
        model="a.onnx",
        order=EngineOrder(module="tensorrt_rtx", precision=Precision.INT8, target="sm_80", axes={"ids": (128,)}),
    ),
    events.TryTexts(
        preprocessing="{}",
        tokenizer="/t.json",
        texts=("a", "\n"),
        specs=(TensorSpec(name="x", dtype="int64", shape=(None, None)),),
    ),
    events.Load(arm=make_arm(recipe=make_recipe()), workload="w w", artifact="/m.onnx", batches=(1, 8), launch=2),
    events.AuditCalibration(workload="toy", samples=256, seed=0, model_s=10.0),
    events.Prove(),
    events.Evaluate(batch=16),
    events.Pin(cpus=(0, 3)),
    events.TimeBlock(batch=1, seconds=0.02),
    events.TimeBlock(batch=1, seconds=0.02, turn=3, stretch=0.03),
    events.TimePipeline(batch=8, seconds=0.4),
    events.ProbeMemory(size_bytes=2**26, hold_s=0.005),
    events.ProbeClock(),
    TimeService(rules=make_rules(max_batch=4, max_delay_s=0.001), seconds=1.0),
    ServeOpenLoop(rules=make_rules(instances=2), rate_per_s=0.1, seed=2**62, requests=1),
    events.Quit(),
)
_EVENTS: tuple[Event, ...] = (
    events.Hello(version=1, pid=4_000_000),
    events.Quantized(file="model.onnx", notes={"format": "qdq"}, calibration_digests=("a", "b")),
    events.EngineBuilt(built=BuiltEngine(path="engine.plan", record=make_record(), was_cached=False)),
    events.ModelRead(inputs=(TensorSpec(name="x", dtype="any", shape=(), is_optional=True),)),
    events.Inspected(
        card=ModelCard(
            file="m.onnx",
            size_bytes=7,
            opset=17,
            inputs=(TensorSpec(name="x", dtype="float32", shape=(None, 3)),),
            outputs=(TensorSpec(name="y", dtype="int64", shape=()),),
            operators={"Conv": 1},
            custom_domains=("com.example",),
            parameter_bytes=0,
            external_files=("weights.bin",),
            is_quantized=False,
            problems=("a problem",),
        )
    ),
    events.Loaded(settings={"threads": "1"}, memory=(make_memory(), make_memory(peak_bytes=None)), load_s=0.5),
    events.WorkCounted(work=(make_model_work(), make_model_work(batch=8, uncounted=("1 If",)))),
    events.RatesProbed(rates=(make_rate(), make_rate(best=None, median=None, reason="not here"))),
    events.BandwidthProbed(bandwidths=(make_bandwidth(),)),
    events.Audited(audit=_AUDIT),
    events.Proved(proof=make_proof()),
    events.Advanced(done=1, total=2),
    events.Evaluated(prediction=make_prediction(0, -1, 300)),
    events.Pinned(cpus=(), reason="no"),
    events.BlockTimed(
        latencies_ns=bytes(range(256)), wall_ns=2**62, cpu_ns=0, voluntary_switches=1, involuntary_switches=0
    ),
    make_memory_probe(reason="ünïcode", seen_bytes=None),
    make_clock_probe(),
    events.PipelineTimed(timing=make_pipeline()),
    ServiceTimed(alone_ns=raw(1, 2**62), saturated_per_s=1e-9),
    Served(
        latencies_ns=raw(5, 4),
        waits_ns=raw(2, 1),
        batch_sizes=raw(2),
        issue_delays_ns=raw(0),
        duration_ns=2**62,
        end=LevelEnd.BACKLOG,
        judged_at=None,
    ),
    events.Refused(error="KeyError", message="two\nlines"),
)
_A_LOAD: dict[str, Any] = json.loads(encode(next(one for one in _COMMANDS if isinstance(one, events.Load))))[1]


def test_the_examples_here_are_all_the_messages_there_are() -> None:
    assert {type(one) for one in _COMMANDS} == set(get_args(Command))
    assert {type(one) for one in _EVENTS} == set(get_args(Event))


@pytest.mark.parametrize("message", _COMMANDS, ids=lambda message: type(message).__name__)
def test_every_command_is_one_line_that_reads_back(message: Command) -> None:
    line = encode(message)

    assert line.count(b"\n") == 1
    assert line.endswith(b"\n")
    assert decode_command(line) == message


@pytest.mark.parametrize("message", _EVENTS, ids=lambda message: type(message).__name__)
def test_every_event_is_one_line_that_reads_back(message: Event) -> None:
    line = encode(message)

    assert line.count(b"\n") == 1
    assert line.endswith(b"\n")
    assert decode_event(line) == message


@given(raw=st.binary(max_size=4_000), wall_ns=st.integers(0, 2**63 - 1))
def test_raw_samples_survive_the_channel_byte_for_byte(raw: bytes, wall_ns: int) -> None:
    said = events.BlockTimed(latencies_ns=raw, wall_ns=wall_ns, cpu_ns=0, voluntary_switches=0, involuntary_switches=0)

    assert decode_event(encode(said)) == said


@pytest.mark.parametrize("message", _COMMANDS, ids=lambda message: type(message).__name__)
def test_a_command_is_no_event(message: Command) -> None:
    with pytest.raises(WorkerError, match="no event"):
        decode_event(encode(message))


@pytest.mark.parametrize("message", _EVENTS, ids=lambda message: type(message).__name__)
def test_an_event_is_no_command(message: Event) -> None:
    with pytest.raises(WorkerError, match="unknown command"):
        decode_command(encode(message))


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"\n",
        b"null",
        b"Hello",
        b"{}",
        b"[]",
        b'["Quit"]',
        b'["Quit",{}',
        b'["Quit",{}]junk',
        b'["Quit",{},{}]',
        b'["Quit",null]',
        b'["Quit",[]]',
        b"[1,{}]",
        b'["quit",{}]',
        b'["__class__",{}]',
        b'["Evaluate",{}]',
        b'["Evaluate",{"batch":"1"}]',
        b'["Evaluate",{"batch":1.5}]',
        b'["TimeBlock",{"batch":1,"seconds":NaN}]',
        b'["TimeBlock",{"batch":1,"seconds":1e999}]',
        b'["Pin",{"cpus":[1,"2"]}]',
        b'["\xff\xfe",{}]',
        b'["Load",{"arm":"\xff"}]',
        b"\x00garbage{]",
        b'["Prove",' + b"[" * 100_000,
        b'["Prove",{"x":' + b"[" * 100_000 + b"]" * 100_000 + b"}]",
    ],
    ids=lambda line: repr(line[:32]),
)
def test_a_line_that_is_no_message_is_a_worker_error_whoever_reads_it(line: bytes) -> None:
    with pytest.raises(WorkerError):
        decode_command(line)
    with pytest.raises(WorkerError):
        decode_event(line)


@pytest.mark.parametrize(
    "arm",
    [
        {"threads": 0},
        {"recipe": {"method": "int8-static"}},
        {"recipe": {"method": "int8-magic", "granularity": "per-tensor"}},
        {"recipe": {"method": "fp32", "keep": 3}},
    ],
)
def test_a_command_with_a_value_that_cannot_be_built_is_malformed(arm: dict[str, Any]) -> None:
    body = _A_LOAD | {"arm": _A_LOAD["arm"] | arm}

    with pytest.raises(WorkerError, match="a Load message that is malformed"):
        decode_command(json.dumps(["Load", body]).encode())


@given(line=st.binary(max_size=200))
def test_random_bytes_are_a_worker_error_and_nothing_else(line: bytes) -> None:
    for decode in (decode_command, decode_event):
        with pytest.raises(WorkerError):
            decode(line)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(kind=st.sampled_from([type(one).__name__ for one in (*_COMMANDS, *_EVENTS)]), body=_JSON)
def test_any_json_under_a_known_name_is_a_message_or_a_worker_error(kind: str, body: object) -> None:
    line = json.dumps([kind, body]).encode()

    for decode in (decode_command, decode_event):
        try:
            decode(line)
        except WorkerError:
            continue


@given(message=st.sampled_from((*_COMMANDS, *_EVENTS)), at=st.integers(0, 10_000), value=st.integers(0, 255))
def test_a_message_with_one_byte_changed_is_a_message_or_a_worker_error(
    message: Command | Event, at: int, value: int
) -> None:
    line = bytearray(encode(message))
    line[at % len(line)] = value

    for decode in (decode_command, decode_event):
        try:
            decode(bytes(line))
        except WorkerError:
            continue


@pytest.mark.parametrize("stretch", [-0.01, float("inf"), float("nan")])
def test_a_call_cannot_be_made_shorter_or_endless(stretch: float) -> None:
    with pytest.raises(MeasurementError, match="cannot be stretched"):
        events.TimeBlock(batch=1, seconds=0.02, stretch=stretch)
