"""What is made of repeats, trials and other tools' answers."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks import peers
from benchmarks.comparison import Found
from benchmarks.drift import DRIFTS, factors
from benchmarks.figures import of_repeats, rate, ratio_of
from benchmarks.peer_scripts import loadgen_summary
from benchmarks.peers import PeerAbsentError
from benchmarks.ramps import OTHERS, with_slow_start
from benchmarks.result import BenchmarkError, Outcome, Quantity, Unit
from benchmarks.targets import at_least, at_most, rate_is_at_least, rate_is_at_most
from benchmarks.trials import interleaved, sequential
from benchmarks.wording import quantity


def test_repeats_become_their_median_and_range() -> None:
    found = of_repeats([3.0, 1.0, 2.0], Unit.SECONDS)

    assert (found.value, found.low, found.high, found.spread) == (2.0, 1.0, 3.0, "range of 3")
    assert of_repeats([3.0], Unit.SECONDS).low is None
    with pytest.raises(BenchmarkError, match="no repeat"):
        of_repeats([], Unit.SECONDS)


def test_a_rate_has_the_exact_interval() -> None:
    found = rate(5, 100)

    assert found is not None
    assert found.low == pytest.approx(0.01643, abs=1e-5)
    assert found.high == pytest.approx(0.11283, abs=1e-5)
    assert rate(0, 0) is None


def test_a_ratio_of_six_pairs_has_an_interval_and_of_fewer_a_range() -> None:
    six = ratio_of([1.0, 1.1, 0.9, 1.0, 1.05, 0.95], [2.0] * 6)
    three = ratio_of([1.0, 2.0, 3.0], [2.0, 2.0, 2.0])

    assert six is not None
    assert three is not None
    assert six.spread == "95 %, 6 pairs"
    assert (three.value, three.spread) == (1.0, "range of 3")
    assert ratio_of([1.0], []) is None


def test_a_target_is_met_at_its_limit_and_unknown_without_a_figure() -> None:
    assert at_most(1.0, 1.0) is Outcome.MET
    assert at_most(1.1, 1.0) is Outcome.MISSED
    assert at_least(0.9, 1.0) is Outcome.MISSED
    assert at_most(None, 1.0) is Outcome.NOT_IDENTIFIED


def test_too_few_trials_identify_no_rate() -> None:
    lucky = rate(0, 20)

    assert rate_is_at_most(lucky, 0.05, least_trials=1000) is Outcome.NOT_IDENTIFIED
    assert rate_is_at_least(rate(20, 20), 0.9, least_trials=100) is Outcome.NOT_IDENTIFIED


def test_a_rate_is_judged_by_its_interval_where_it_must_be_low() -> None:
    assert rate_is_at_most(rate(55, 1000), 0.05, least_trials=1000) is Outcome.MET
    assert rate_is_at_most(rate(80, 1000), 0.05, least_trials=1000) is Outcome.MISSED
    assert rate_is_at_least(rate(89, 100), 0.9, least_trials=100) is Outcome.MISSED


@pytest.mark.parametrize(
    ("figure", "text"),
    [
        (Quantity(value=1.27e-6, unit=Unit.SECONDS, low=0.9e-6, high=1.6e-6, spread="range"), "1.27 µs (0.90–1.60)"),
        (Quantity(value=61.6, unit=Unit.SECONDS), "61.6 s"),
        (Quantity(value=0.0, unit=Unit.SECONDS), "0.00 ns"),
        (Quantity(value=0.04, unit=Unit.SHARE, low=0.03, high=0.05, spread="", trials=100), "4.0 % (3.0–5.0) of 100"),
        (Quantity(value=2.2, unit=Unit.RATIO, low=2.1, high=2.3, spread="95 %, 6 pairs"), "2.20× (2.10–2.30)"),
        (Quantity(value=64 * 2**20, unit=Unit.BYTES), "64.0 MiB"),
        (Quantity(value=1190.0, unit=Unit.RATE), "1,190 /s"),
        (Quantity(value=0.0015, unit=Unit.RATIO), "0.0015×"),
        (None, "–"),
    ],
)  # fmt: skip
def test_quantities_are_read_with_their_unit_and_spread(figure: Quantity | None, text: str) -> None:
    assert quantity(figure) == text


def test_a_sequential_trial_takes_its_sides_one_after_the_other() -> None:
    first, second = np.arange(8.0), np.arange(8.0) + 100
    seen: list[tuple[list[float], list[float]]] = []

    def differs(a: object, b: object) -> bool:
        seen.append((list(a), list(b)))  # type: ignore[call-overload] # the rules take sequences
        return True

    assert sequential(first, second, blocks=2, differs=differs) == (2, 2)
    assert seen == [([0, 1], [102, 103]), ([4, 5], [106, 107])]
    seen.clear()
    assert interleaved(first, second, blocks=3, differs=differs) == (2, 2)
    assert seen == [([0, 1, 2], [100, 101, 102]), ([3, 4, 5], [103, 104, 105])]


@pytest.mark.parametrize("kind", DRIFTS)
@given(phase=st.floats(0, 1))
def test_a_drift_slows_by_its_share_and_no_more(kind: str, phase: float) -> None:
    found = factors(kind, np.linspace(0, 1, 50), phase=phase)

    assert found.shape == (50,)
    assert float(np.ptp(found)) <= 0.2 + 1e-12
    assert float(found.min()) >= 0.95 - 1e-12


def test_a_slow_start_touches_the_first_calls_alone() -> None:
    calm = np.full(10, 100.0)

    step = with_slow_start(calm, calls=2, shape="step", slower_by=0.5)
    ramp = with_slow_start(calm, calls=2, shape="ramp", slower_by=0.5)

    assert step.tolist() == [150.0, 150.0, *[100.0] * 8]
    assert ramp.tolist() == [150.0, 125.0, *[100.0] * 8]
    assert calm.tolist() == [100.0] * 10


def test_other_tools_leave_out_a_fixed_number_of_calls_or_a_fixed_time() -> None:
    calls_of_50_ms = np.full(20, 50e6)

    assert [rule.discard(calls_of_50_ms) for rule in OTHERS] == [1, 10, 3]


def test_a_peer_that_is_not_installed_is_noted_and_nothing_is_put_in_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BENCHMARKS_PEERS", str(tmp_path))
    found = Found()

    assert found.ask("pyperf", lambda: peers.ask(peers.LOADGEN, "pyperf_ratio.py", {})) is None
    assert "make benchmarks" in found.absent["pyperf"]


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        ("import sys; print('about to fail'); sys.exit('it cannot be')", "it cannot be"),
        ("print('no JSON')", "gave no answer"),
        ("print('{}')", "gave no answer"),
        ("pass", "gave no answer but ''"),
        ("import time; time.sleep(60)", "no answer after"),
    ],
)
def test_a_peer_that_fails_is_absent_with_its_last_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str, reason: str
) -> None:
    _install(tmp_path, monkeypatch, script)

    with pytest.raises(PeerAbsentError, match=reason):
        peers.ask("own", "script.py", {}, timeout_s=2.0)


def test_a_peer_answers_on_its_last_line_from_a_folder_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = """import json, os, sys
open('left', 'w').close()
print('chatter')
print(json.dumps({'asked': json.loads(sys.argv[1]), 'path': os.environ.get('PYTHONPATH'), 'versions': {'x': 1}}))"""
    monkeypatch.setenv("PYTHONPATH", "ours")
    _install(tmp_path, monkeypatch, answer)

    found = peers.ask("own", "script.py", {"n": 1})

    assert found.told == {"asked": {"n": 1}, "path": None}
    assert found.versions == {"x": "1"}
    assert not Path("left").exists()


def test_loadgen_figures_are_read_from_its_own_words(tmp_path: Path) -> None:
    (tmp_path / "mlperf_log_summary.txt").write_text(
        "QPS w/ loadgen overhead         : 344097.15\n50.00 percentile latency (ns)   : 100\n", encoding="utf-8"
    )
    (tmp_path / "mlperf_log_detail.txt").write_text(
        '{"value": "FindPeakPerformance: Found peak performance field: 266.400000"}', encoding="utf-8"
    )

    assert loadgen_summary.read(str(tmp_path)) == {"p50_ns": 100.0, "qps": 344097.15, "peak_qps": 266.4}


def _install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    """An environment whose Python is the one that runs the tests, and one script."""
    import sys  # noqa: PLC0415 - only here

    python = tmp_path / ".venv-own" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.symlink_to(sys.executable)
    (tmp_path / "script.py").write_text(script, encoding="utf-8")
    monkeypatch.setenv("BENCHMARKS_PEERS", str(tmp_path))
    monkeypatch.setattr(peers, "SCRIPTS", tmp_path)
