"""Plans for models that somebody brought: fixed batch axes, candidates made elsewhere, other baselines, subsets."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest
from helpers.fake_workload import DYNAMIC, FP32, PER_CHANNEL, PER_TENSOR, write_fake_workload

from harness.errors import UnavailableError, UsageError
from harness.runtimes import registry
from harness.runtimes.fake import FakeRuntime
from harness.vocabulary import Plan, Recipe
from harness.workloads.workload import Workload, open_workload
from planner.services.looking import ModelsSeen
from planner.services.planning import BenchRequest, make_plan

_CANDIDATE = "int8-qat:file=mine.fake.json"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A workload for the fake runtime, which is switched on, with a candidate that was made elsewhere."""
    monkeypatch.setenv(registry.FAKE_SWITCH, "1")
    found = write_fake_workload(tmp_path / "workload", samples=30, calibration_samples=10)
    (found / "mine.fake.json").write_bytes((found / "model.fake.json").read_bytes())
    return found


@pytest.fixture
def with_candidate(folder: Path) -> Workload:
    with (folder / "workload.toml").open("a") as description:
        description.write('\n[[candidates]]\nfile = "mine.fake.json"\nvariant = "int8-qat"\n')
    return open_workload(str(folder))


@pytest.fixture
def plain(folder: Path) -> Workload:
    return open_workload(str(folder))


def _plan(workload: Workload, *, fixed_batch: int | None = None, **fields: Any) -> Plan:  # noqa: ANN401 - see BenchRequest
    return make_plan(BenchRequest(workload=workload.reference, **fields), workload, ModelsSeen(fixed_batch=fixed_batch))


def _labels(plan: Plan) -> list[str]:
    return [arm.label for arm in plan.arms]


@pytest.mark.parametrize(
    ("asked", "fixed", "batches", "left_out"),
    [
        (None, None, (1, 8), []),
        (None, 1, (1,), ["batch 8"]),
        (None, 4, (4,), ["batch 1", "batch 8"]),
        ((1, 16, 1), 1, (1,), ["batch 16"]),
        ((4,), 4, (4,), []),
    ],
)
def test_a_fixed_batch_axis_leaves_one_batch_size_and_says_which_it_leaves_out(
    plain: Workload, asked: tuple[int, ...] | None, fixed: int | None, batches: tuple[int, ...], left_out: list[str]
) -> None:
    plan = _plan(plain, batches=asked, fixed_batch=fixed)

    assert plan.batches == batches
    assert [name for name, _ in plan.unavailable] == left_out
    assert all(reason == f"the model's batch axis is fixed at {fixed}" for _, reason in plan.unavailable)


def test_batch_sizes_of_which_none_is_possible_are_refused_with_the_one_that_is(plain: Workload) -> None:
    with pytest.raises(UnavailableError, match="--batch 2,4: the model's batch axis is fixed at 1; use --batch 1"):
        _plan(plain, batches=(2, 4), fixed_batch=1)


def test_a_baseline_that_the_workload_does_not_list_is_added_to_its_variants(plain: Workload) -> None:
    plan = _plan(plain, baseline="int8-dynamic")

    assert _labels(plan) == [DYNAMIC, FP32, PER_TENSOR, PER_CHANNEL]
    assert plan.baseline == DYNAMIC
    assert all(plan.baseline_of(arm) == plan.arms[0] for arm in plan.arms[1:])


def test_a_baseline_that_is_not_among_variants_that_were_named_is_refused(plain: Workload) -> None:
    with pytest.raises(UsageError, match="the baseline int8-dynamic:per-channel is not among the variants"):
        _plan(plain, variants="fp32,int8-static", baseline="int8-dynamic")


def test_a_baseline_that_no_runtime_can_run_is_refused_with_the_reasons(
    plain: Workload, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(FakeRuntime, "refusal", _no_bf16)

    with pytest.raises(UnavailableError, match=r"the baseline bf16 can run on no runtime here \(fake/bf16: no kernels"):
        _plan(plain, baseline="bf16")


def test_a_baseline_that_no_runtime_can_run_is_refused_with_those_that_can(
    plain: Workload, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(FakeRuntime, "refusal", _no_bf16)

    with pytest.raises(UnavailableError, match=r"name another with --baseline, fp32 or fp16$"):
        _plan(plain, baseline="bf16")


def test_with_a_candidate_and_no_wishes_it_is_measured_beside_the_workloads_own_variants(
    with_candidate: Workload,
) -> None:
    assert _labels(_plan(with_candidate)) == [FP32, PER_TENSOR, PER_CHANNEL, _CANDIDATE]


def test_variants_that_are_named_leave_candidates_out_unless_those_are_asked_for(with_candidate: Workload) -> None:
    assert _labels(_plan(with_candidate, variants="fp32,int8-static")) == [FP32, PER_CHANNEL]
    assert _labels(_plan(with_candidate, variants="fp32,int8-static", with_candidates=True)) == [
        FP32,
        PER_CHANNEL,
        _CANDIDATE,
    ]
    assert _labels(_plan(with_candidate, variants=f"fp32,{_CANDIDATE}", with_candidates=True)) == [FP32, _CANDIDATE]


def test_a_candidate_file_is_left_out_where_a_runtime_opens_no_such_file(
    with_candidate: Workload, monkeypatch: pytest.MonkeyPatch
) -> None:
    torch = _with_model(with_candidate, torch="nets:build")
    monkeypatch.setattr(registry.find_runtime("fake"), "model_format", "torch", raising=True)

    plan = _plan(torch, runtimes=("fake",))

    assert _CANDIDATE not in _labels(plan)
    assert plan.unavailable == (
        (f"fake/{_CANDIDATE}", "fake opens no model that was made elsewhere, only ONNX runtimes do"),
    )


def test_a_workload_of_a_pytorch_module_alone_runs_on_no_runtime_that_opens_files(
    plain: Workload, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = replace(_with_model(plain, file=None, sha256=None, torch="nets:build"), model=None)
    monkeypatch.setenv(registry.FAKE_SWITCH, "0")

    for name in ("onnxruntime", "openvino"):
        with pytest.raises(UnavailableError, match=f"no runtime {name!r} for this workload"):
            _plan(module, runtimes=(name,))


def test_the_subset_that_is_judged_by_is_part_of_the_plan(plain: Workload) -> None:
    assert _plan(plain).test_samples is None
    assert _plan(plain, test_samples=12).test_samples == 12


def test_the_same_number_of_test_samples_is_the_same_subset_in_every_process(folder: Path, plain: Workload) -> None:
    again = open_workload(str(folder))

    subset = plain.test_split(12)

    assert subset.samples == 12
    assert subset.digest == again.test_split(12).digest != plain.test_split(None).digest
    assert plain.test_split(10_000).samples == plain.split("test").samples


def _with_model(workload: Workload, **fields: Any) -> Workload:  # noqa: ANN401 - see Model
    """The workload with other entries in its model's table."""
    model = msgspec.structs.replace(workload.described.model, **fields)
    return replace(workload, described=msgspec.structs.replace(workload.described, model=model))


def _no_bf16(_runtime: FakeRuntime, recipe: Recipe) -> str | None:
    return "no kernels for it" if recipe.label == "bf16" else None


def test_test_data_are_kept_for_calibration_only_where_something_is_calibrated(plain: Workload) -> None:
    assert _plan(plain, variants="fp32,int8-static").keeps_calibration_apart
    assert not _plan(plain, variants="fp32").keeps_calibration_apart
    assert not _plan(plain, variants="fp32,int8-dynamic").keeps_calibration_apart
