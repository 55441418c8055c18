"""What decides an engine, what its profiles serve, and what is refused before TensorRT is touched."""

import dataclasses
import sys
from pathlib import Path

import pytest
from helpers.engines import make_record, make_request
from helpers.nvml import stubbed_nvml

from harness.errors import UnavailableError, UsageError
from harness.runtimes import base
from harness.runtimes.base import on_gpus
from harness.runtimes.cuda.choosing import choose_cuda
from harness.runtimes.cuda.driver import driver_refusal
from harness.runtimes.tensorrt import TensorRt, TensorRtRtx
from harness.runtimes.tensorrt.cache import EngineCache
from harness.runtimes.tensorrt.profiles import profiles_of
from harness.variants import parse_variant
from harness.vocabulary import Precision, TensorSpec
from harness.vocabulary.engine import EngineOrder, read_target

_REQUEST = make_request()
_BOTH: tuple[base.Runtime, ...] = (TensorRt(), TensorRtRtx())
_CHANGES: dict[str, object] = {
    "model_digests": ("a" * 64, "c" * 64),
    "code": "d" * 64,
    "module": "tensorrt",
    "version": "1.7.2",
    "target": "sm_75",
    "gpu": "NVIDIA A100",
    "precision": "fp16",
    "rest": "fp16",
    "flags": ("tf32",),
    "workspace_bytes": 2**31,
    "profiles": (),
    "optimization_level": 5,
}


def test_an_engine_has_another_key_where_anything_that_decides_it_differs() -> None:
    assert set(_CHANGES) == {field.name for field in dataclasses.fields(_REQUEST)}
    keys = {dataclasses.replace(_REQUEST, **{name: value}).key for name, value in _CHANGES.items()}  # type: ignore[arg-type] # one field each
    assert len(keys | {_REQUEST.key}) == len(_CHANGES) + 1


def test_a_damaged_engine_is_as_good_as_none(tmp_path: Path) -> None:
    record = make_record()
    cache = EngineCache(tmp_path)
    made = cache.admit(b"abc", record)

    found = cache.find(_REQUEST)
    assert found is not None
    assert (found.was_cached, found.record) == (True, record)
    Path(made.path).write_bytes(b"abd")
    assert cache.find(_REQUEST) is None


def test_timings_are_kept_by_version_and_gpu_but_not_by_model(tmp_path: Path) -> None:
    cache = EngineCache(tmp_path)
    cache.keep_timings(_REQUEST, b"timed")

    assert cache.read_timings(dataclasses.replace(_REQUEST, model_digests=("e" * 64,))) == b"timed"
    assert cache.read_timings(dataclasses.replace(_REQUEST, gpu="NVIDIA T4")) == b""


_IMAGE = TensorSpec(name="x", dtype="float32", shape=(None, 3, 8, 8))
_WORDS = TensorSpec(name="ids", dtype="int64", shape=(None, None))


def test_every_batch_size_up_to_the_largest_is_served_and_each_asked_for_is_best_at_itself() -> None:
    profiles = profiles_of([_IMAGE, _WORDS], (32, 1, 8), {"ids": (128,)})

    assert [(one.least, one.best, one.most) for one, _ in profiles] == [
        ((1, 3, 8, 8), (1, 3, 8, 8), (1, 3, 8, 8)),
        ((2, 3, 8, 8), (8, 3, 8, 8), (8, 3, 8, 8)),
        ((9, 3, 8, 8), (32, 3, 8, 8), (32, 3, 8, 8)),
    ]
    assert [words.best for _, words in profiles] == [(1, 128), (8, 128), (32, 128)]


@pytest.mark.parametrize(
    ("spec", "batches", "axes", "says"),
    [
        (_WORDS, (1,), {}, "--shape ids=128"),
        (_WORDS, (1,), {"ids": (128, 2)}, "does not fit"),
        (_IMAGE, (1,), {"x": (3, 9, 8)}, "does not fit"),
        (_IMAGE, (1,), {"y": (3,)}, "the model reads no y"),
        (TensorSpec(name="x", dtype="float32", shape=(4, 3)), (1,), {}, "fixed at a batch of 4"),
    ],
)
def test_shapes_that_do_not_fit_the_model_are_refused(
    spec: TensorSpec, batches: tuple[int, ...], axes: dict[str, tuple[int, ...]], says: str
) -> None:
    with pytest.raises(UsageError, match=says):
        profiles_of([spec], batches, axes)


@pytest.mark.parametrize("text", ["sm_80", "SM80", "80", "8.0"])
def test_a_target_is_read_as_people_write_it(text: str) -> None:
    assert read_target(text) == "sm_80"
    assert read_target("12.0") == "sm_120"


@pytest.mark.parametrize(
    "wrong",
    [
        {"precision": Precision.INT4},
        {"rest": Precision.INT8},
        {"workspace_bytes": 10},
        {"batches": ()},
        {"batches": (1, 1)},
        {"batches": (0,)},
    ],
)
def test_an_order_that_no_builder_takes_cannot_be_made(wrong: dict[str, object]) -> None:
    with pytest.raises(UsageError):
        EngineOrder(**{"module": "tensorrt_rtx", "precision": Precision.FP16, **wrong})  # type: ignore[arg-type] # wrong on purpose


def test_a_package_that_is_not_here_is_a_reason_and_a_hint(monkeypatch: pytest.MonkeyPatch) -> None:
    for module, runtime in (("tensorrt", TensorRt()), ("tensorrt_rtx", TensorRtRtx())):
        monkeypatch.setitem(sys.modules, module, None)  # as Python itself marks what cannot be imported
        answer = runtime.probe()
        assert (answer.is_available, answer.reason) == (False, f"the package {module} is not installed")
        assert answer.hint == f"pip install 'planner[{module.replace('_', '-')}]'"


def test_both_are_runtimes_and_say_what_they_do_not_take() -> None:
    for runtime in _BOTH:
        assert runtime.refusal(parse_variant("int8-static")) is None
        assert "calibrated" in str(runtime.refusal(parse_variant("int8-dynamic")))
        assert not runtime.needs_artifact(parse_variant("fp32"))
        assert runtime.needs_artifact(parse_variant("fp16"))
        for card, refused in (("t4", True), ("a100", False)):
            with stubbed_nvml(card):
                assert (on_gpus(runtime).refusal(parse_variant("tf32"), device="gpu:0") is not None) == refused


@pytest.mark.skipif(driver_refusal() is None, reason="there is a GPU here")
def test_without_a_driver_nothing_hands_out_the_memory_of_a_gpu() -> None:
    with pytest.raises(UnavailableError, match=r"no NVIDIA driver.*install the NVIDIA driver"):
        choose_cuda()
