"""From a request to a plan, with the real registry of runtimes and a plug-in that is broken."""

from pathlib import Path
from typing import Any

import pytest
from helpers.fake_workload import DYNAMIC, FP32, PER_CHANNEL, PER_TENSOR, write_fake_workload

from harness.errors import UnavailableError, UsageError
from harness.runtimes import registry
from harness.vocabulary import GateRules, Plan, Scenario, ServerRules, Slo, TimingRules
from harness.workloads.workload import BUILTIN_DEFAULT, Workload, open_workload
from planner.services.planning import BenchRequest, make_plan

_RANKING = """
[sensitivity]
keep_fp32 = 1
nodes = [{ name = "/a", snr_db = 10.0 }, { name = "/b", snr_db = 20.0 }]
"""
_REAL = ("onnxruntime", "openvino")


@pytest.fixture
def fake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workload:
    """A workload for the fake runtime, which is switched on."""
    monkeypatch.setenv(registry.FAKE_SWITCH, "1")
    folder = write_fake_workload(tmp_path / "workload", samples=30, calibration_samples=10)
    with (folder / "workload.toml").open("a") as description:
        description.write(_RANKING)
    return open_workload(str(folder))


@pytest.fixture(scope="module")
def real() -> Workload:
    return open_workload(BUILTIN_DEFAULT)


@pytest.fixture
def _broken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A plug-in that is installed and does not import."""
    packaged = tmp_path / "site" / "broken-1.0.dist-info"
    packaged.mkdir(parents=True)
    (packaged / "METADATA").write_text("Metadata-Version: 2.1\nName: broken\nVersion: 1.0\n")
    (packaged / "entry_points.txt").write_text("[planner.runtimes]\nbroken = no_such_module:Runtime\n")
    monkeypatch.syspath_prepend(tmp_path / "site")


def _plan(workload: Workload, **fields: Any) -> Plan:  # noqa: ANN401 - an override has its field's type
    return make_plan(BenchRequest(workload=workload.reference, **fields), workload)


def _labels(plan: Plan) -> list[str]:
    return [arm.label for arm in plan.arms]


def test_without_wishes_the_workload_chooses_its_variants(fake: Workload) -> None:
    plan = _plan(fake)

    assert [arm.name for arm in plan.arms] == [f"fake/{label}" for label in (FP32, PER_TENSOR, PER_CHANNEL)]
    assert (plan.batches, plan.baseline, plan.seed) == ((1, 8), FP32, 1)
    assert {arm.threads for arm in plan.arms} == {1}
    assert (plan.workload, plan.workload_digest) == (fake.reference, fake.digest)
    assert plan.is_simulated
    assert plan.timing.memory_launches == 1
    assert plan.unavailable == ()


def test_what_was_asked_for_is_what_is_planned(fake: Workload) -> None:
    timing, gate = TimingRules(budget_s=3.0, memory_launches=1), GateRules(worst_class=0.5)

    plan = _plan(fake, variants="fp32,int8-dynamic", batches=(8, 1, 8), threads=3, seed=9, timing=timing, gate=gate)

    assert _labels(plan) == [FP32, DYNAMIC]
    assert plan.batches == (8, 1)
    assert {arm.threads for arm in plan.arms} == {3}
    assert (plan.seed, plan.timing, plan.gate) == (9, timing, gate)


def test_an_arm_keeps_the_name_the_user_gave_and_gets_the_nodes_it_comes_to(fake: Workload) -> None:
    plan = _plan(fake, variants="fp32,int8-mixed,int8-mixed:keep=2,int8-mixed:without=/b")

    assert [(arm.label, arm.recipe.left_out) for arm in plan.arms[1:]] == [
        ("int8-mixed:per-channel", ("/a",)),
        ("int8-mixed:per-channel,keep=2", ("/a", "/b")),
        ("int8-mixed:per-channel,without=/b", ("/b",)),
    ]
    assert {arm.recipe.keep for arm in plan.arms} == {None}


@pytest.mark.parametrize("baseline", ["int8-static", "int8-static:per-channel", " int8-static "])
def test_any_variant_can_be_the_baseline_in_whatever_form_it_is_named(fake: Workload, baseline: str) -> None:
    plan = _plan(fake, variants="int8-static,int8-dynamic", baseline=baseline)

    assert plan.baseline == PER_CHANNEL
    assert plan.baseline_of(plan.arms[1]) == plan.arms[0]


def test_a_single_variant_is_measured_without_a_baseline(fake: Workload) -> None:
    assert _labels(_plan(fake, variants="int8-static")) == [PER_CHANNEL]


@pytest.mark.parametrize(
    ("wishes", "says"),
    [
        ({"variants": "int8-static,int8-dynamic"}, "the baseline fp32 is not among the variants int8-static:per-ch"),
        ({"variants": "fp32,int8-static:file=no.onnx"}, "fake has no such candidate (it has: none): bring the file"),
        ({"test_samples": 0}, "--samples 0: at least one sample"),
        ({"baseline": "fp23"}, "no variant 'fp23' (did you mean fp32?)"),
        ({"variants": "fp32,fp32"}, "fp32 is named twice"),
        ({"variants": "fp32,int8-statc"}, "did you mean int8-static?"),
        ({"variants": "fp32,int8-mixed:keep=3"}, "3 layers to keep, 2 are ranked"),
        ({"threads": 0}, "at least one thread"),
        ({"batches": (0,)}, "positive whole numbers"),
        ({"batches": ()}, "nothing to measure"),
        ({"runtimes": ("fake", "fake")}, "named twice"),
    ],
)
def test_what_cannot_be_meant_is_refused(fake: Workload, wishes: dict[str, Any], says: str) -> None:
    with pytest.raises(UsageError) as refusal:
        _plan(fake, **wishes)

    assert says in str(refusal.value)


@pytest.mark.parametrize("name", ["tensorflow", "onnxruntime", "openvino"])
def test_a_runtime_that_does_not_fit_the_workload_is_refused_with_those_that_do(fake: Workload, name: str) -> None:
    with pytest.raises(UnavailableError, match=f"no runtime '{name}' for this workload; there are: fake"):
        _plan(fake, runtimes=(name,))


def test_a_real_workload_never_runs_on_the_fake_runtime(real: Workload, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(registry.FAKE_SWITCH, "1")

    with pytest.raises(UnavailableError, match="no runtime 'fake' for this workload"):
        _plan(real, runtimes=("fake",))


def test_a_fake_workload_runs_nowhere_unless_the_fake_runtime_is_switched_on(
    fake: Workload, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(registry.FAKE_SWITCH)

    with pytest.raises(UnavailableError, match="no runtime is here to measure with"):
        _plan(fake)


@pytest.mark.usefixtures("_broken")
def test_a_plug_in_that_does_not_import_is_refused_when_asked_for(real: Workload) -> None:
    with pytest.raises(UnavailableError, match=r"runtime broken is not here: .*no_such_module.*; reinstall or remove"):
        _plan(real, runtimes=("broken",))


@pytest.mark.usefixtures("_broken")
@pytest.mark.skipif(not any(registry.probe(name).is_available for name in _REAL), reason="no real runtime is here")
def test_a_plug_in_that_does_not_import_is_left_out_with_the_reason_when_not_asked_for(real: Workload) -> None:
    plan = _plan(real)

    assert "broken" not in {arm.runtime for arm in plan.arms}
    assert any(name == "broken" and "no_such_module" in reason for name, reason in plan.unavailable)
    assert not plan.is_simulated
    assert plan.timing == TimingRules()


@pytest.mark.skipif(not all(registry.probe(name).is_available for name in _REAL), reason="a real runtime is missing")
def test_a_recipe_that_a_runtime_refuses_is_left_out_there_alone(real: Workload) -> None:
    plan = _plan(real, variants="fp32,int8-dynamic", runtimes=_REAL)

    assert [arm.name for arm in plan.arms] == ["onnxruntime/fp32", f"onnxruntime/{DYNAMIC}", "openvino/fp32"]
    ((name, reason),) = plan.unavailable
    assert name == f"openvino/{DYNAMIC}"
    assert "dynamically" in reason


@pytest.mark.skipif(not registry.probe("openvino").is_available, reason="openvino is not installed")
def test_where_every_recipe_is_refused_nothing_can_be_measured(real: Workload) -> None:
    with pytest.raises(UnavailableError, match=f"nothing can be measured .*openvino/{DYNAMIC}: "):
        _plan(real, variants="int8-dynamic", runtimes=("openvino",))


def test_offline_fills_the_machine_and_single_stream_is_one_call(
    real: Workload, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.sched_getaffinity", lambda _: set(range(8)))

    plan = _plan(real, scenarios=(Scenario.SINGLE_STREAM, Scenario.OFFLINE), threads=2, batches=(1, 32))

    assert plan.concurrencies == (1, 4)
    assert [load.label for load in plan.loads] == ["batch 1", "batch 1, 4 at once", "batch 32", "batch 32, 4 at once"]


def test_concurrency_alone_times_what_is_named(real: Workload) -> None:
    plan = _plan(real, scenarios=(Scenario.CONCURRENCY,), concurrencies=(4, 2))

    assert plan.concurrencies == (2, 4)


def test_the_server_scenario_measures_single_calls_beside_it(real: Workload) -> None:
    rules = ServerRules(slo=Slo(quantile=0.99, limit_s=0.02))

    plan = _plan(real, scenarios=(Scenario.SERVER,), server=rules)

    assert (plan.concurrencies, plan.server) == ((1,), rules)


def test_the_fake_runtime_cannot_do_two_things_at_once(fake: Workload) -> None:
    with pytest.raises(UsageError, match="one clock"):
        _plan(fake, concurrencies=(1, 2))
