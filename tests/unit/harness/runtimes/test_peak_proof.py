"""A peak rate counts only where the profile shows that every layer ran in the precision asked for."""

import pytest
from helpers.builders import make_layer, make_proof

from harness.runtimes.peaks import proved, questions_of
from harness.vocabulary import Precision


def test_a_proof_of_nothing_but_the_precision_asked_for_is_one() -> None:
    assert proved(make_proof(), Precision.INT8) is None


def test_a_layer_in_another_precision_takes_the_figure_away() -> None:
    layers = (make_layer(), make_layer(name="other", kind="Convolution brgconv", precision=Precision.BF16))

    assert proved(make_proof(layers=layers), Precision.INT8) == (
        "1 of 2 layers ran in bf16 (Convolution brgconv), not int8"
    )


def test_a_profile_without_arithmetic_proves_nothing() -> None:
    idle = make_layer(is_compute=False)

    assert proved(make_proof(layers=(idle,)), Precision.FP32) == (
        "fake profile shows no layer that computes: what ran is not proved"
    )


@pytest.mark.parametrize(("runtime", "readings"), [("onnxruntime", 9), ("torch", 3)])
def test_it_is_known_beforehand_how_many_readings_there_will_be(runtime: str, readings: int) -> None:
    assert questions_of(runtime) == readings
