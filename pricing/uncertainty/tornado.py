"""What each uncertain figure does alone, from its p10 to its p90 with all others at their median; Sobol indices."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from pricing.projection.model import ColumnName
from pricing.uncertainty.laws import Array, Law
from pricing.uncertainty.model import Input, Model, medians

_ENDS = np.array([0.1, 0.9])
_LARGEST_POWER = 12
"""4,096 points for each input and two more: indices are then known to some hundredths."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One input alone.

    Attributes:
        key: Of the input.
        at: Its p10 and its p90.
        saving: A year at either.
        npv: Net present value at either.
    """

    key: str
    at: tuple[float, float]
    saving: tuple[float, float]
    npv: tuple[float, float]

    @property
    def swing(self) -> float:
        """Of the net present value; infinite where one end keeps no promise."""
        return abs(self.npv[1] - self.npv[0])


@dataclass(frozen=True, slots=True, kw_only=True)
class Indices:
    """Shares of the variance of the net present value: owed to the input alone, and with all that it acts through."""

    first: float
    total: float


def tornado(model: Model, name: ColumnName) -> tuple[Bar, ...]:
    """A bar for each input, the widest swing of the net present value first; an end that keeps no promise is NaN."""
    inputs = model.inputs.drawn
    if not inputs:
        return ()
    columns = 2 * len(inputs)
    values = {key: np.repeat(middle, columns) for key, middle in medians(model.inputs).items()}
    for number, one in enumerate(inputs):
        values[one.key][2 * number : 2 * number + 2] = one.law.at(_ENDS)
    change = model.outcome(values).changes[name]
    saving, npv = (
        np.where(change.is_feasible, np.broadcast_to(found, columns), np.nan) for found in (change.saving, change.npv)
    )
    bars = [_bar(one, values[one.key], saving, npv, at=2 * number) for number, one in enumerate(inputs)]
    return tuple(sorted(bars, key=lambda bar: np.nan_to_num(bar.swing, nan=np.inf), reverse=True))


def _bar(one: Input, values: Array, saving: Array, npv: Array, *, at: int) -> Bar:
    def pair(found: Array) -> tuple[float, float]:
        return float(found[at]), float(found[at + 1])

    return Bar(key=one.key, at=pair(values), saving=pair(saving), npv=pair(npv))


def sobol(model: Model, name: ColumnName, *, draws: int, seed: int) -> dict[str, Indices] | None:
    """Of the net present value of a change, by the key of each input.

    Returns:
        None where nothing varies, or where some draws keep no promise: a share of variance has no meaning then.
    """
    inputs = model.inputs.drawn

    def worth(rows: Sequence[Array]) -> Array:
        change = model.outcome({one.key: row for one, row in zip(inputs, rows, strict=True)}).changes[name]
        return np.where(change.is_feasible, np.broadcast_to(change.npv, rows[0].shape), np.nan)

    found = indices_of(worth, [one.law for one in inputs], draws=draws, seed=seed) if inputs else None
    return None if found is None else {one.key: index for one, index in zip(inputs, found, strict=True)}


def indices_of(
    function: Callable[[Sequence[Array]], Array], laws: Sequence[Law], *, draws: int, seed: int
) -> tuple[Indices, ...] | None:
    """First-order and total indices of a function of independent inputs; all 0 where it is constant.

    None where it is not finite.

    Source: Saltelli et al. (2010), "Variance based sensitivity analysis of model output", Comput. Phys. Commun. 181, as
    scipy has it, over scrambled Sobol points: the power of two above `draws`, at most 4,096.
    """
    from scipy.stats import sobol_indices, uniform  # noqa: PLC0415 - all of scipy's laws, half of a report's imports

    points = 2 ** min(_LARGEST_POWER, (draws - 1).bit_length())
    if len(laws) == 1:
        return _of_one(function([laws[0].at((np.arange(points) + 0.5) / points)]))
    finite: list[bool] = []

    def valued(levels: Array) -> Array:
        clipped = np.clip(levels, 2.0**-53, 1.0 - 2.0**-53)
        values = np.array(function([law.at(row) for law, row in zip(laws, clipped, strict=True)]))
        finite.append(bool(np.isfinite(values).all()))
        return values  # of its own: scipy changes it in place

    with np.errstate(invalid="ignore", divide="ignore"):
        found = sobol_indices(
            func=valued,
            n=points,
            dists=[uniform()] * len(laws),  # type: ignore[list-item]  # the stubs know scalars only
            rng=np.random.default_rng(seed),
        )
    shares = np.atleast_2d(found.first_order), np.atleast_2d(found.total_order)
    if not (all(finite) and all(np.isfinite(one).all() for one in shares)):
        return None
    return tuple(Indices(first=float(a), total=float(b)) for a, b in zip(shares[0][0], shares[1][0], strict=True))


def _of_one(values: Array) -> tuple[Indices, ...] | None:
    """All variance is owed to the only input, where there is any; scipy wants two."""
    share = float(np.ptp(values) > 0.0)
    return (Indices(first=share, total=share),) if np.isfinite(values).all() else None
