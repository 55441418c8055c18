"""How a model's inputs and outputs are written in messages."""

import pytest

from harness.vocabulary import TensorSpec
from harness.vocabulary.model import ANY_DTYPE


@pytest.mark.parametrize(
    ("shape", "text"),
    [
        ((None, 3, 96, 96), "x float32 [N, 3, 96, 96]"),
        ((None, None), "x float32 [N, L]"),
        ((None, None, None), "x float32 [N, L, M]"),
        ((None, 3, None, None), "x float32 [N, 3, H, W]"),
        ((None, None, None, 3), "x float32 [N, H, W, 3]"),
        ((None, 8, None, 64), "x float32 [N, 8, L, 64]"),
        ((1, None), "x float32 [1, L]"),
        ((None, None, None, None, None, 2), "x float32 [N, L, M, K, L4, 2]"),
        ((), "x float32 []"),
    ],
)
def test_free_axes_have_a_letter_each(shape: tuple[int | None, ...], text: str) -> None:
    assert TensorSpec(name="x", dtype="float32", shape=shape).text == text


def test_an_input_of_which_nothing_is_told_is_its_name() -> None:
    assert TensorSpec(name="x", dtype=ANY_DTYPE, shape=()).text == "x"
