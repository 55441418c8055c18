"""Samples as every function here takes them: one row of finite numbers in time order."""

import numpy as np
import numpy.typing as npt

from harness.errors import MeasurementError

Series = npt.NDArray[np.float64]


def as_series(values: npt.ArrayLike, *, least: int = 1) -> Series:
    """The values as a float array of shape (n,).

    Args:
        values: samples in time order, any unit.
        least: the fewest samples the caller can work with.

    Raises:
        MeasurementError: if the values are not one row of at least `least` finite numbers.
    """
    try:
        series = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise MeasurementError("Samples are not numbers: pass one row of finite values.") from error
    if series.ndim != 1:
        raise MeasurementError(f"Samples have {series.ndim} dimensions: pass one row, in time order.")
    if series.size < least:
        raise MeasurementError(f"{series.size} samples are too few: at least {least} are needed.")
    if not np.isfinite(series).all():
        raise MeasurementError("Samples hold a value that is not finite: find out which call failed.")
    return series


def as_latencies(values: npt.ArrayLike, *, least: int = 1) -> Series:
    """The values as a float array of shape (n,), each above zero, so that logarithms exist.

    Raises:
        MeasurementError: as `as_series`, and if a value is zero or below.
    """
    series = as_series(values, least=least)
    if (series <= 0).any():
        raise MeasurementError("A latency is zero or below: the clock is too coarse for this call.")
    return series
