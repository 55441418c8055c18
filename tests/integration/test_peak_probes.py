"""Real probes of this machine, with layers so small that they take no time. No figure is asserted."""

from pathlib import Path

import pytest

from harness.environment import Observer, read_environment
from harness.errors import MeasurementError
from harness.events import ProbeRates
from harness.runtimes import peaks as probing
from harness.supervisor.patience import Patience
from harness.supervisor.peaks import PeakProbes, versions_that_matter
from harness.vocabulary import MachinePeaks, Precision
from harness.worker.probes import probe_rates_of

pytest.importorskip("onnx")
pytest.importorskip("onnxruntime")
_SMALL = {"seconds": 0.0, "channels": 16, "array_bytes": 2**20}


def probes(tmp_path: Path, seen: list[str], **changes: object) -> MachinePeaks:
    """The peaks of this machine, as far as small layers show them."""
    environment = read_environment(Observer.HEADLESS)
    return PeakProbes(
        threads=1,
        environment=environment,
        logs=tmp_path / "logs",
        watch=lambda what, _done, _total: seen.append(what),
        now=lambda: "2026-01-02T03:04:05+00:00",
        **(_SMALL | changes),  # type: ignore[arg-type] # by name
    ).measure()


def test_every_runtime_that_is_here_is_probed_and_what_it_cannot_do_has_a_reason(tmp_path: Path) -> None:
    seen: list[str] = []

    found = probes(tmp_path, seen)

    proved = {(one.runtime, one.precision) for one in found.rates if one.best is not None}
    assert {("onnxruntime", Precision.FP32), ("onnxruntime", Precision.INT8)} <= proved
    assert all(one.reason for one in found.rates if one.best is None)
    refused = next(one for one in found.rates if (one.runtime, one.precision) == ("onnxruntime", Precision.BF16))
    assert "no bf16 kernels" in (refused.reason or "")
    assert {one.kernel for one in found.bandwidths} == {"add", "copy", "read"}
    assert found.versions == versions_that_matter(read_environment(Observer.HEADLESS))
    assert list(dict.fromkeys(seen))[:2] == ["memory", "onnxruntime"]


def test_with_no_time_left_each_precision_has_one_shape_still(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probing, "SECONDS_A_PROBE", 0.0)

    *_, last = probe_rates_of(ProbeRates(runtime="onnxruntime", threads=1, cpus=(), seconds=-1.0, channels=16))

    rates = getattr(last, "rates", ())
    measured = [one.precision for one in rates if one.best is not None]
    assert measured == [Precision.FP32, Precision.INT8]
    assert sum(one.reason == "left out: the time for probes was over" for one in rates) == 4


def test_a_runtime_that_says_nothing_in_time_is_no_peak_of_this_machine(tmp_path: Path) -> None:

    with pytest.raises(
        MeasurementError, match="bandwidth of memory could not be measured: the probe of memory was silent"
    ):
        probes(tmp_path, [], patience=Patience(factor=1e-9))
