"""Prepared samples are fitted to what a model asks for without losing anything, or refused."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from numpy.typing import NDArray

from harness.errors import WorkloadError
from harness.vocabulary import TensorSpec
from harness.workloads.data.feeding import fit, require_batch, samples_of, unpadded
from harness.workloads.data.reading import INPUT

_X = np.arange(6, dtype=np.float32).reshape(2, 3)


def _spec(dtype: str = "float32", *shape: int | None, name: str = "x") -> TensorSpec:
    return TensorSpec(name=name, dtype=dtype, shape=(None, *shape) if shape else (None, 3))


def test_a_nameless_input_goes_to_the_only_one() -> None:
    np.testing.assert_array_equal(fit({INPUT: _X}, [_spec()])["x"], _X)


def test_named_inputs_are_found_in_the_models_order_and_others_left_out() -> None:
    fed = fit({"types": _X, "b": _X + 1, "x": _X}, [_spec(), _spec(name="b")])

    assert list(fed) == ["x", "b"]


@pytest.mark.parametrize("given_name", [INPUT, "y"])
def test_an_input_that_is_missing_is_named(given_name: str) -> None:
    with pytest.raises(WorkloadError, match=r"the model reads x float32 \[N, 3\], b .*: 'x' is missing"):
        fit({given_name: _X}, [_spec(), _spec(name="b")])


@pytest.mark.parametrize(
    ("data", "dtype"),
    [
        (_X.astype(np.float64), "float32"),
        (_X, "float16"),
        (_X.astype(">f4"), "float32"),
        (_X.astype(np.uint8), "int64"),
        (_X.astype(np.int64), "uint8"),
        (_X.astype(bool), "float32"),
        (_X.astype(bool), "int64"),
        (np.asfortranarray(_X), "float32"),
    ],
)
def test_types_that_lose_nothing_are_converted(data: NDArray[Any], dtype: str) -> None:
    fed = fit({INPUT: data}, [_spec(dtype)])["x"]

    assert fed.dtype == np.dtype(dtype)
    assert fed.flags.c_contiguous
    np.testing.assert_array_equal(fed, data)


@pytest.mark.parametrize(
    ("data", "dtype", "says"),
    [
        (_X, "int64", "the data are float32: give int64"),
        (_X.astype(np.uint8), "float32", "the data are uint8: give float32, or describe the preprocessing"),
        (_X.astype(np.int64) - 1, "uint8", "the data hold -1 to 4"),
        (_X.astype(np.int64) * 2**40, "int32", "the data hold 0 to 5497558138880"),
        (_X.astype(np.float64) * 1e300, "float32", r"the data reach 5e\+300, more than float32 holds"),
        (_X * 1e5, "float16", r"the data reach 5e\+05, more than float16 holds"),
        (_X, "bfloat17", "a type that data cannot be given in"),
        (_X, "object", "the data are float32: give object"),
    ],
)
def test_types_that_would_lose_something_are_refused(data: NDArray[Any], dtype: str, says: str) -> None:
    with pytest.raises(WorkloadError, match=says):
        fit({INPUT: data}, [_spec(dtype)])


@pytest.mark.parametrize("shape", [(4,), (3, 1), (1, 3)])
def test_another_shape_is_refused_with_both(shape: tuple[int, ...]) -> None:
    with pytest.raises(WorkloadError, match=r"reads x float32 \[N, \d.*\]; the data give float32 \[N, 3\]: check"):
        fit({INPUT: _X}, [_spec("float32", *shape)])


def test_an_axis_of_any_size_takes_any() -> None:
    assert fit({INPUT: _X}, [TensorSpec(name="x", dtype="float32", shape=(None, None))])["x"].shape == (2, 3)


@given(
    data=arrays.arrays(
        np.float32, st.tuples(st.integers(1, 5), st.integers(1, 3)), elements=st.floats(-1, 1, width=32)
    ),
    batch=st.integers(1, 8),
)
def test_a_fixed_batch_is_filled_up_and_the_filling_taken_off_again(data: NDArray[np.float32], batch: int) -> None:
    spec = TensorSpec(name="x", dtype="float32", shape=(batch, None))
    if len(data) > batch:
        with pytest.raises(WorkloadError, match=f"fixed at {batch}: use --batch {batch}"):
            fit({INPUT: data}, [spec])
        return

    fed = fit({INPUT: data}, [spec])

    assert samples_of(fed) == batch
    np.testing.assert_array_equal(unpadded(fed, samples=len(data))["x"], data)


def test_a_scalar_answer_is_left_as_it_is() -> None:
    assert unpadded({"loss": np.array(3.0), "y": _X}, samples=1)["loss"] == 3


def test_a_batch_that_the_model_is_not_fixed_at_is_refused() -> None:
    require_batch([_spec()], 7)
    with pytest.raises(WorkloadError, match="use --batch 4, or export the model with a dynamic batch axis"):
        require_batch([_spec(), TensorSpec(name="y", dtype="float32", shape=(4, 3))], 7)
