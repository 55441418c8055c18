"""Whole requests, on a clock that only scripted phases move: each phase gets its own time, and it ends."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest

from harness.errors import MeasurementError, WorkloadError
from harness.loadgen.pipeline import ReadOut, read_classes, time_pipeline
from harness.runtimes.base import Inputs, Outputs
from harness.vocabulary import PipelineTiming, TensorSpec
from harness.workloads.data.split import Positions, Split

MS = 1_000_000


@dataclass
class ScriptedClock:
    """Nanoseconds that pass only where a phase says so."""

    now_ns: int = 0

    def __call__(self) -> int:
        return self.now_ns

    def spend(self, duration_ms: float) -> None:
        self.now_ns += round(duration_ms * MS)


@dataclass
class ScriptedRequests:
    """A reader and a session at once: stored numbers, doubled by a model with outputs of five classes."""

    clock: ScriptedClock
    preprocess_ms: float = 6.0
    bind_ms: float = 1.0
    infer_ms: Sequence[float] = (3.0,)
    samples: int = 5
    fetched: list[list[int]] = field(default_factory=list)
    calls: int = 0
    settings: Mapping[str, str] = field(default_factory=dict)
    digest: str = "scripted"

    @property
    def inputs(self) -> tuple[TensorSpec, ...]:
        return (TensorSpec(name="x", dtype="float32", shape=(None, 1)),)

    @property
    def outputs(self) -> tuple[TensorSpec, ...]:
        return (TensorSpec(name="scores", dtype="float32", shape=(None, 5)),)

    def __len__(self) -> int:
        return self.samples

    def stream(self) -> "ScriptedRequests":
        return self

    def fetch(self, positions: Positions) -> Sequence[Any]:
        self.fetched.append([int(one) for one in positions])
        self.clock.spend(1e6)  # storage, which nobody asks about
        return list(positions)

    def prepare(self, raw: Sequence[Any]) -> Inputs:
        self.clock.spend(self.preprocess_ms)
        return {"x": np.asarray(raw, dtype=np.float32).reshape(-1, 1)}

    @property
    def form(self) -> str:
        return "numbers"

    def sample_digests(self, positions: Positions) -> tuple[str, ...]:
        return tuple(f"{position:064x}" for position in positions)

    def bind(self, inputs: Inputs) -> Callable[[], object]:
        assert inputs["x"].dtype == np.float32
        self.clock.spend(self.bind_ms)
        return self.call

    def call(self) -> None:
        self.clock.spend(self.infer_ms[self.calls % len(self.infer_ms)])
        self.calls += 1

    def predict(self, inputs: Inputs) -> Outputs:
        return {"scores": np.repeat(inputs["x"], 5, axis=1)}


def timed(
    requests: ScriptedRequests, *, batch: int = 2, seconds: float = 0.1, read_out: ReadOut | None = None
) -> PipelineTiming:
    """Whole requests of that script; reading out takes 2 ms where nothing else is given."""

    def read_slowly(_: Outputs) -> None:
        requests.clock.spend(2.0)

    split = Split.whole(requests, None)
    return time_pipeline(
        split,
        requests,
        arm="an arm",
        batch=batch,
        read_out=read_out or read_slowly,
        seconds=seconds,
        clock=requests.clock,
    )


def test_each_phase_gets_its_own_time_and_storage_none() -> None:
    found = timed(ScriptedRequests(ScriptedClock()))

    phases = (found.preprocess_s, found.copy_s, found.inference_s, found.postprocess_s)
    assert phases == pytest.approx((0.006, 0.001, 0.003, 0.002))
    assert (found.arm, found.batch) == ("an arm", 2)
    assert found.total_s == pytest.approx(0.012)
    assert found.inference_share == pytest.approx(0.25)
    assert found.most_speed_up == pytest.approx(12 / 9)


class OnADevice(ScriptedRequests):
    """Its answers lie elsewhere: to bring one back takes 5 ms."""

    def read(self, call: Callable[[], object], answer: object) -> Outputs:
        assert call == self.call
        assert answer is None
        self.clock.spend(5.0)
        return {"scores": np.zeros((2, 5), np.float32)}


def test_bringing_an_answer_back_from_a_device_is_part_of_the_copies() -> None:
    found = timed(OnADevice(ScriptedClock()))

    assert (found.copy_s, found.inference_s) == pytest.approx((0.006, 0.003))


def test_a_phase_is_the_median_of_its_requests() -> None:
    found = timed(ScriptedRequests(ScriptedClock(), infer_ms=(3.0, 50.0, 4.0)), seconds=0.06)

    assert found.repeats == 3
    assert found.inference_s == pytest.approx(0.004)


def test_it_ends_after_the_seconds_asked_for() -> None:
    found = timed(ScriptedRequests(ScriptedClock()), seconds=0.1)

    assert found.repeats == 9  # of 12 ms each


def test_a_slow_model_is_asked_three_times_for_a_median() -> None:
    assert timed(ScriptedRequests(ScriptedClock(), infer_ms=(100.0,)), seconds=0.1).repeats == 3


def test_a_very_slow_model_is_asked_once() -> None:
    assert timed(ScriptedRequests(ScriptedClock(), infer_ms=(5_000.0,)), seconds=0.1).repeats == 1


def test_a_clock_that_stands_still_ends_too() -> None:
    still = ScriptedRequests(ScriptedClock(), preprocess_ms=0.0, bind_ms=0.0, infer_ms=(0.0,))

    found = timed(still, read_out=read_classes(None, None))

    assert found.repeats == 1_000
    assert found.inference_share == 1.0


def test_several_requests_are_fetched_before_any_is_timed_and_few_samples_go_round() -> None:
    requests = ScriptedRequests(ScriptedClock(), samples=3)

    timed(requests, batch=2)

    assert requests.fetched == [[0, 1], [2, 0], [1, 2], [0, 1], [2, 0], [1, 2], [0, 1], [2, 0]]


def test_classes_are_read_out_of_the_output_that_the_workload_names() -> None:
    scores = np.array([[1.0, 3.0], [2.0, 0.0]], dtype=np.float32)
    outputs: Outputs = {"hidden": np.zeros((2, 7)), "scores": scores}

    read = read_classes("scores", 2)(outputs)

    assert isinstance(read, tuple)
    probabilities, classes = read
    assert probabilities.sum(axis=1) == pytest.approx([1.0, 1.0])
    assert classes.tolist() == [1, 0]
    assert read_classes("scores", None)(outputs) is None
    with pytest.raises(WorkloadError, match="no output 'absent'; it has: hidden, scores"):
        read_classes("absent", 2)(outputs)


@pytest.mark.parametrize("fields", [{"inference_s": 0.0}, {"copy_s": -1e-9}, {"preprocess_s": float("nan")}])
def test_times_that_no_request_takes_cannot_be_built(fields: dict[str, float]) -> None:
    phases = {"preprocess_s": 0.1, "copy_s": 0.1, "inference_s": 0.1, "postprocess_s": 0.1} | fields

    with pytest.raises(MeasurementError, match="no request of an arm takes"):
        PipelineTiming(arm="an arm", batch=1, repeats=1, **phases)


def test_where_inference_is_all_there_is_no_bound_is_finite() -> None:
    alone = PipelineTiming(
        arm="an arm", batch=1, repeats=1, preprocess_s=0.0, copy_s=0.0, inference_s=1.0, postprocess_s=0.0
    )

    assert alone.most_speed_up == float("inf")
