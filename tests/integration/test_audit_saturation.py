"""Saturation of real ONNX models: ranges from calibration, shares of held-out values beyond them."""

from pathlib import Path

import numpy as np
import pytest
from helpers.calibrated_workload import Samples, finished, make_samples, write_calibrated_workload
from helpers.tiny_workload import INPUT

from harness.errors import QuantizeError
from harness.quantize.calibration_audit import audit_calibration
from harness.quantize.saturation import check_saturation, measure_saturation
from harness.vocabulary import CalibrationFinding, Severity, TensorSaturation
from harness.workloads.data.split import Split
from harness.workloads.workload import Workload, open_workload

pytest.importorskip("onnxruntime")


def write(
    folder: Path, calibration: Samples, *, test: Samples | None = None, search: Samples | None = None
) -> Workload:
    return write_calibrated_workload(
        folder, calibration=calibration, test=test or make_samples(300, seed=1), search=search
    )


def measure(workload: Workload, held_out: str = "test") -> dict[str, TensorSaturation]:
    found = finished(
        measure_saturation(workload.required_model, workload.split("calibration"), workload.split(held_out))
    )
    assert [one.outside for one in found] == sorted((one.outside for one in found), reverse=True)
    return {one.tensor: one for one in found}


def saturation_of(workload: Workload) -> CalibrationFinding:
    found = finished(audit_calibration(workload, samples=256, seed=1, model_s=None))
    return next(one for one in found.findings if one.check == "saturation")


def pixels(split: Split) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    return np.asarray(split.feed(slice(None))[INPUT])


def test_the_share_beyond_the_range_is_that_of_the_values_themselves(tmp_path: Path) -> None:
    workload = write(tmp_path, make_samples(100, seed=2, brightest=150))
    found = measure(workload)[INPUT]
    seen, held_out = pixels(workload.split("calibration")), pixels(workload.split("test"))
    assert (found.lower, found.upper) == (seen.min(), seen.max())
    assert (found.lowest, found.highest) == (held_out.min(), held_out.max())
    assert found.outside == pytest.approx(((held_out < seen.min()) | (held_out > seen.max())).mean(), abs=1e-9)
    assert found.outside > 0.0


def test_every_input_of_a_layer_that_is_quantised_is_looked_at_and_no_weight(tmp_path: Path) -> None:
    assert set(measure(write(tmp_path, make_samples(100, seed=2)))) == {INPUT, "first.r", "middle.r", "flat"}


def test_calibration_data_that_reach_as_far_as_the_others_saturate_nothing(tmp_path: Path) -> None:
    for seed in (2, 3, 4):
        finding = saturation_of(write(tmp_path / str(seed), make_samples(200, seed=seed)))
        assert finding.severity is Severity.INFO
        assert "4 activations" in finding.sentence


def test_dark_calibration_data_are_serious_and_the_worst_tensors_are_named(tmp_path: Path) -> None:
    finding = saturation_of(write(tmp_path, make_samples(200, seed=2, brightest=60)))
    assert finding.severity is Severity.SERIOUS
    assert f"{INPUT} " in finding.sentence
    assert "which INT8 clips" in finding.sentence


def test_search_data_are_looked_at_where_there_are_some_and_else_the_test_data_without_their_labels(
    tmp_path: Path,
) -> None:
    dark, bright = make_samples(200, seed=2, brightest=60), make_samples(300, seed=3)
    alone = saturation_of(write(tmp_path / "alone", dark, test=bright))
    assert "the test data, whose labels it does not read" in alone.sentence
    searched = write(tmp_path / "searched", dark, test=bright, search=make_samples(100, seed=4, brightest=60))
    assert saturation_of(searched).severity is Severity.INFO
    assert "samples of the search data" in saturation_of(searched).sentence


@pytest.mark.parametrize(
    ("outside", "severity"), [(0.01, Severity.INFO), (0.011, Severity.WARNING), (0.051, Severity.SERIOUS)]
)
def test_the_gravity_follows_the_share(outside: float, severity: Severity) -> None:
    tensor = TensorSaturation(tensor="x", lower=0.0, upper=1.0, lowest=0.0, highest=2.0, outside=outside)
    assert check_saturation((tensor,), samples=10, source="the search data").severity is severity


@pytest.mark.parametrize(
    ("outside", "told"),
    [(0.0, ": none of the"), (0.00001, ": less than 0.01 % of the"), (0.001, ": at most 0.1 % of the")],
)
def test_a_share_that_does_not_matter_is_told_plainly(outside: float, told: str) -> None:
    tensor = TensorSaturation(tensor="x", lower=0.0, upper=1.0, lowest=0.0, highest=2.0, outside=outside)
    assert told in check_saturation((tensor,), samples=10, source="the search data").sentence


def test_a_model_that_cannot_be_read_is_not_checked_and_the_reason_is_told(tmp_path: Path) -> None:
    workload = write(tmp_path, make_samples(200, seed=2))
    workload.required_model.write_bytes(b"no model")
    with pytest.raises(QuantizeError, match=r"model\.onnx cannot be read"):
        measure(workload)
    assert saturation_of(workload).severity is Severity.INFO
    assert saturation_of(workload).sentence.startswith("not checked: activations of model.onnx")


def test_double_precision_products_in_old_opsets_are_counted_too(tmp_path: Path) -> None:
    onnx = pytest.importorskip("onnx")
    helper, proto = onnx.helper, onnx.TensorProto
    weights = onnx.numpy_helper.from_array(np.eye(3), "w")
    graph = helper.make_graph(
        [helper.make_node("MatMul", ["x", "w"], ["y"])],
        "double",
        [helper.make_tensor_value_info("x", proto.DOUBLE, ["n", 3])],
        [helper.make_tensor_value_info("y", proto.DOUBLE, ["n", 3])],
        [weights],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 11)], ir_version=6)
    onnx.save(model, str(tmp_path / "model.onnx"))
    for name, top in (("calibration", 1.0), ("test", 2.0)):
        np.savez(tmp_path / f"{name}.npz", inputs=np.linspace(0.0, top, 300).reshape(100, 3))
    (tmp_path / "workload.toml").write_text(
        'schema = 2\nname = "double"\ntask = "none"\nmodel = { file = "model.onnx" }\n'
        'preprocessing = { kind = "none" }\n'
        '[data]\ntest = "test.npz"\ncalibration = "calibration.npz"\n',
        encoding="utf-8",
    )
    assert measure(open_workload(str(tmp_path)))["x"].outside == pytest.approx(0.5, abs=0.01)
