"""Data for models that do not tell what they read: PyTorch modules know names at best."""

import numpy as np
import pytest

from harness.errors import WorkloadError
from harness.vocabulary import TensorSpec
from harness.vocabulary.model import ANY_DTYPE
from harness.workloads.data.feeding import fit


def make_spec(name: str, *, is_optional: bool = False) -> TensorSpec:
    return TensorSpec(name=name, dtype=ANY_DTYPE, shape=(), is_optional=is_optional)


def test_data_are_taken_as_they_come() -> None:
    array = np.arange(6, dtype=np.uint8).reshape(2, 3)

    fitted = fit({"x": array}, [make_spec("x")])

    assert fitted["x"].dtype == np.uint8
    np.testing.assert_array_equal(fitted["x"], array)


def test_one_array_goes_to_the_only_input_whatever_either_is_called() -> None:
    fitted = fit({"image": np.zeros((1, 2))}, [make_spec("x"), make_spec("mask", is_optional=True)])

    assert list(fitted) == ["x"]


def test_where_every_input_may_be_left_out_the_first_takes_data_without_a_name() -> None:
    specs = [make_spec("input_ids", is_optional=True), make_spec("attention_mask", is_optional=True)]

    assert list(fit({"": np.zeros((1, 2))}, specs)) == ["input_ids"]
    assert list(fit({"attention_mask": np.zeros((1, 2))}, specs)) == ["attention_mask"]


def test_an_optional_input_is_given_when_the_data_have_it() -> None:
    given = {"input_ids": np.zeros((1, 2)), "attention_mask": np.ones((1, 2)), "unknown": np.ones((1, 2))}

    fitted = fit(given, [make_spec("input_ids"), make_spec("attention_mask", is_optional=True)])

    assert list(fitted) == ["input_ids", "attention_mask"]


def test_a_needed_input_that_the_data_lack_is_named() -> None:
    with pytest.raises(WorkloadError, match="the model reads a, b; the data give a, c: 'b' is missing"):
        fit({"a": np.zeros(1), "c": np.zeros(1)}, [make_spec("a"), make_spec("b")])
