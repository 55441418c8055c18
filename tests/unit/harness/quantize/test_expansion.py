"""Models that grow without measure or never end are refused before a runtime tries them."""

from pathlib import Path

import pytest
from helpers.hostile_models import (
    write_model_of_a_loop,
    write_model_of_endless_laughter,
    write_model_that_calls_itself,
)

from harness.errors import WorkloadError
from harness.quantize.inspection import inspect_onnx

pytest.importorskip("onnx")


def test_functions_that_multiply_are_refused_by_what_they_become(tmp_path: Path) -> None:
    path = write_model_of_endless_laughter(tmp_path / "laughs.onnx")

    with pytest.raises(WorkloadError, match=r"laughs\.onnx has more than 1,000,000 nodes once"):
        inspect_onnx(path)


def test_functions_that_call_functions_a_few_times_are_fine(tmp_path: Path) -> None:
    card = inspect_onnx(write_model_of_endless_laughter(tmp_path / "calls.onnx", depth=6))

    assert card.operators["own.f0"] == 2


def test_a_long_chain_of_functions_is_counted_without_a_stack(tmp_path: Path) -> None:
    with pytest.raises(WorkloadError, match="nodes once its own functions are written out"):
        inspect_onnx(write_model_of_endless_laughter(tmp_path / "chain.onnx", depth=3000))


def test_functions_that_call_one_another_are_refused(tmp_path: Path) -> None:
    with pytest.raises(WorkloadError, match=r"its function (left|right) calls itself, or is called by one that does"):
        inspect_onnx(write_model_that_calls_itself(tmp_path / "circle.onnx"))


@pytest.mark.parametrize(("trips", "condition"), [(None, "handed on"), (None, "constant"), (2**62, "handed on")])
def test_a_loop_without_an_end_is_refused(tmp_path: Path, trips: int | None, condition: str) -> None:
    path = write_model_of_a_loop(tmp_path / "loop.onnx", trips=trips, condition=condition)

    with pytest.raises(WorkloadError, match=r"loop\.onnx: the loop l never ends"):
        inspect_onnx(path)


def test_a_count_of_no_known_type_counts_nothing_and_breaks_nothing(tmp_path: Path) -> None:
    onnx = pytest.importorskip("onnx")
    path = write_model_of_a_loop(tmp_path / "loop.onnx", trips=3)
    model = onnx.load(path)
    next(one for one in model.graph.initializer if one.name == "count").data_type = -(2**31)
    path.write_bytes(model.SerializeToString())

    assert inspect_onnx(path).operators["Loop"] == 1


@pytest.mark.parametrize(("trips", "condition"), [(3, "handed on"), (3, "constant"), (None, "sum")])
def test_a_loop_that_may_end_is_read(tmp_path: Path, trips: int | None, condition: str) -> None:
    card = inspect_onnx(write_model_of_a_loop(tmp_path / "loop.onnx", trips=trips, condition=condition))

    assert card.operators["Loop"] == 1
