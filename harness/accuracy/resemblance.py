"""Do the prepared calibration inputs look like the evaluation's? Two samples of vectors, compared by permutation.

Pure: arrays in, findings out. Every sample becomes a short vector of features (summaries of each channel for
numbers, length and token counts for ids), every feature is scaled alike, and the energy distance between the
two sets of vectors is held against what chance gives when the sets are shuffled.
"""

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.accuracy.calibration import CERTAINTY, finding, not_checked
from harness.vocabulary import CalibrationFinding, Severity

DISTRIBUTION, TOKENS = "distribution", "tokens"

LEAST_EFFECT = 0.01
"""Of the energy coefficient: a shift of 0.2 standard deviations in every feature, which Cohen (1988) calls small."""
LEAST_SHIFT = 0.2
"""Standard deviations between two averages: what is less is small (Cohen 1988) and not worth naming."""
LEAST_UNSEEN = 0.1
"""Of token occurrences, beyond what a random draw leaves unseen."""
PERMUTATIONS = 999
_LEAST_SAMPLES = 8  # of each: below it hardly any shuffling is rarer than the one observed
_MOST_COLUMNS = 64  # of a table, each a feature of its own
_RANDOM = "random sum"
_MOST_CHANNELS = 16  # an axis this short is one of channels, a longer one of positions
_POINTS = 4096  # of a channel, from which quantiles are taken
_PROJECTED = 16384  # values of a sample that a projection sums up
_PROJECTIONS = 8
_TOKEN_BUCKETS = 1 << 16
_QUANTILES = (0.05, 0.5, 0.95)
_CHANNEL_FEATURES = ("mean", "spread", "lowest value", "highest value", "5 % quantile", "median", "95 % quantile")


@dataclass(frozen=True, slots=True, kw_only=True)
class TwoSamples:
    """How far apart two sets of vectors are.

    `effect` is the energy coefficient: 0 where the distributions are the same, 1 where they share nothing
    (Székely and Rizzo 2013, "Energy statistics"). `p_value` is that of equality.
    """

    effect: float
    p_value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """Feature vectors [N, features] with the features' names; `tokens` are the ids of each sample, where there are."""

    names: tuple[str, ...]
    features: NDArray[np.float64]
    tokens: tuple[NDArray[np.int64], ...] = ()


def describe(inputs: Mapping[str, NDArray[Any]], *, ids: str | None = None, mask: str | None = None) -> Described:
    """Features of a batch of prepared inputs, each [N, …].

    `ids` names the input of tokens where it is known, `mask` the one that says which of them count.
    """
    names: list[str] = []
    columns: list[NDArray[np.float64]] = []
    tokens: tuple[NDArray[np.int64], ...] = ()
    for name, array in inputs.items():
        if name == mask:
            continue
        prefix = f"{name}: " if len(inputs) > 1 and name else ""
        if _holds_tokens(array):
            lists = _token_lists(array, inputs.get(mask) if mask else None)
            tokens = lists if name == ids or not tokens else tokens
            found = _ids(lists)
        else:
            found = _numbers(array)
        names.extend(f"{prefix}{feature}" for feature in found)
        columns.extend(found.values())
    return Described(names=tuple(names), features=np.stack(columns, axis=1), tokens=tokens)


def joined(parts: Sequence[Described]) -> Described:
    """The samples of several batches, by the features that all of them have."""
    names = [name for name in parts[0].names if all(name in part.names for part in parts)]
    chosen = [part.features[:, [part.names.index(name) for name in names]] for part in parts]
    tokens = tuple(one for part in parts for one in part.tokens)
    return Described(names=tuple(names), features=np.concatenate(chosen), tokens=tokens)


def check_distribution(calibration: Described, evaluation: Described, *, seed: int = 0) -> CalibrationFinding:
    """Do both sets of samples look drawn from one population?"""
    first, second = calibration.features, evaluation.features
    if min(len(first), len(second)) < _LEAST_SAMPLES:
        return not_checked(DISTRIBUTION, f"fewer than {_LEAST_SAMPLES} samples on one side")
    if not (np.isfinite(first).all() and np.isfinite(second).all()):
        return finding(
            DISTRIBUTION, Severity.SERIOUS, "prepared inputs hold numbers that are not finite: check the preprocessing"
        )
    scaled, kept = _scaled(first, second)
    if not kept.size:
        return not_checked(DISTRIBUTION, "all inputs are alike")
    found = compare_samples(scaled[: len(first)], scaled[len(first) :], seed=seed)
    told = f"energy distance {max(0.0, found.effect):.2g} of 1, p = {found.p_value:.2g}"
    if found.p_value >= CERTAINTY or found.effect < LEAST_EFFECT:
        return finding(DISTRIBUTION, Severity.INFO, f"inputs look like the test data's ({told})")
    most = _most_shifted(calibration, evaluation, scaled, kept)
    return finding(
        DISTRIBUTION,
        Severity.WARNING,
        f"inputs do not look like the test data's ({told}){most}: calibrate with data as they come in use, prepared as "
        "the test data are",
    )


def _most_shifted(
    calibration: Described, evaluation: Described, scaled: NDArray[np.float64], kept: NDArray[np.intp]
) -> str:
    """The feature with a meaning whose averages lie furthest apart; nothing where none does."""
    first = len(calibration.features)
    shifts = np.abs(scaled[:first].mean(axis=0) - scaled[first:].mean(axis=0))
    has_meaning = np.array([_RANDOM not in calibration.names[place] for place in kept])
    shifts = np.where(has_meaning, shifts, 0.0)
    most = int(shifts.argmax())
    if shifts[most] < LEAST_SHIFT:
        return ""
    place = int(kept[most])
    ours, theirs = (float(one.features[:, place].mean()) for one in (calibration, evaluation))
    return (
        f"; most of all {calibration.names[place]}: {ours:.3g} on average against {theirs:.3g}, {shifts[most]:.1f} "
        "standard deviations apart"
    )


def check_tokens(calibration: Described, evaluation: Described, *, seed: int = 0) -> CalibrationFinding | None:
    """How many of the evaluation's tokens did calibration never see, beyond what a random draw leaves out?

    `None` for inputs that are no tokens.
    """
    ours, theirs = calibration.tokens, evaluation.tokens
    if not ours or len(theirs) < _LEAST_SAMPLES:
        return None
    lengths = [float(np.median([len(one) for one in ids])) for ids in (ours, theirs)]
    told = f"{lengths[0]:g} tokens a sample in the median, {lengths[1]:g} in the test data"
    unseen = _unseen_share(ours, theirs)
    order = np.random.default_rng(seed).permutation(len(theirs))
    half = min(len(ours), len(theirs) // 2)
    # What chance does: a part of the evaluation, no larger than the calibration, against the rest of it.
    usual = _unseen_share([theirs[i] for i in order[:half]], [theirs[i] for i in order[half:]])
    shares = f"{100 * unseen:.1f} % of the test data's tokens are unseen in calibration"
    if unseen - usual < LEAST_UNSEEN:
        return finding(TOKENS, Severity.INFO, f"{told}; {shares}")
    return finding(
        TOKENS,
        Severity.WARNING,
        f"{shares}, {100 * usual:.1f} % are usual; {told}: calibrate with texts of the kind that is tested",
    )


def compare_samples(first: NDArray[np.float64], second: NDArray[np.float64], *, seed: int = 0) -> TwoSamples:
    """Energy distance between two sets of vectors [N, features] and [M, features], with a permutation test.

    E = 2 E|X - Y| - E|X - X'| - E|Y - Y'|, without bias (a sample is not compared with itself), over
    2 E|X - Y|. The p-value counts shufflings whose E is as large (Székely and Rizzo 2013).
    """
    pooled = np.concatenate([first, second])
    distances = _distances(pooled)
    belongs = np.zeros((PERMUTATIONS + 1, len(pooled)))
    belongs[0, : len(first)] = 1.0
    random = np.random.default_rng(seed)
    for row in belongs[1:]:
        row[random.permutation(len(pooled))[: len(first)]] = 1.0
    reach = belongs @ distances  # [permutations, samples]: the distances from the first set
    total, n, m = float(distances.sum()), len(first), len(second)
    within = (reach * belongs).sum(axis=1)
    across = reach.sum(axis=1) - within
    other = total - within - 2.0 * across
    energy = 2.0 * across / (n * m) - within / (n * (n - 1)) - other / (m * (m - 1))
    scale = 2.0 * across[0] / (n * m)
    tolerance = 1e-12 * max(1.0, abs(float(energy[0])))
    p_value = int((energy >= energy[0] - tolerance).sum()) / energy.size
    return TwoSamples(effect=float(energy[0] / scale) if scale > 0.0 else 0.0, p_value=p_value)


def _distances(points: NDArray[np.float64]) -> NDArray[np.float64]:
    squares = (points**2).sum(axis=1)
    squared = squares[:, np.newaxis] + squares - 2.0 * points @ points.T
    distances = np.sqrt(np.maximum(squared, 0.0))
    np.fill_diagonal(distances, 0.0)
    return np.asarray(distances)


def _scaled(first: NDArray[np.float64], second: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
    """Both sets in standard deviations of all, and the features that differ at all."""
    together = np.concatenate([first, second])
    spread = together.std(axis=0)
    kept = np.flatnonzero(spread > 1e-9 * np.maximum(1.0, np.abs(together).max(axis=0)))
    return (together[:, kept] - together[:, kept].mean(axis=0)) / spread[kept], kept


def _holds_tokens(array: NDArray[Any]) -> bool:
    """Ids are whole numbers in a row, and not pixels, which have a byte each."""
    return array.dtype.kind in "iu" and array.dtype.itemsize > 1 and array.ndim <= 2  # noqa: PLR2004 - a batch of rows


def _numbers(array: NDArray[Any]) -> dict[str, NDArray[np.float64]]:
    """The columns of a table; else summaries of each channel, and random sums over the whole sample."""
    if array.ndim <= 2 and array.size <= _MOST_COLUMNS * len(array):  # noqa: PLR2004 - a batch of rows
        table = array.reshape(len(array), -1).astype(np.float64)
        return {f"value {place}": table[:, place] for place in range(table.shape[1])}
    channels = _channels(array)
    count = channels.shape[1]
    found: dict[str, NDArray[np.float64]] = {}
    for index in range(count):
        values = channels[:, index]
        quantiles = np.quantile(values[:, :: max(1, values.shape[1] // _POINTS)], _QUANTILES, axis=1)
        figures = (values.mean(axis=1), values.std(axis=1), values.min(axis=1), values.max(axis=1), *quantiles)
        of_channel = f" of channel {index}" if count > 1 else ""
        found |= {
            f"{name}{of_channel}": np.asarray(figure, dtype=np.float64)
            for name, figure in zip(_CHANNEL_FEATURES, figures, strict=True)
        }
    return found | _projections(array)


def _channels(array: NDArray[Any]) -> NDArray[np.float32]:
    """The samples as [N, channels, values]: an axis beside the batch that is short enough is one of channels."""
    flat = array.reshape(len(array), 1, -1)
    if array.ndim > 2:  # noqa: PLR2004 - a batch axis, one of channels, and one to be summarised
        if array.shape[1] <= _MOST_CHANNELS:
            flat = array.reshape(len(array), array.shape[1], -1)
        elif array.shape[-1] <= _MOST_CHANNELS:
            flat = np.moveaxis(array, -1, 1).reshape(len(array), array.shape[-1], -1)
    return flat.astype(np.float32)


def _projections(array: NDArray[Any]) -> dict[str, NDArray[np.float64]]:
    """Sums with random signs: what differs in place rather than in range shows here.

    Named by the sample's size, so that samples of other sizes are not compared by them.
    """
    flat = array.reshape(len(array), -1)
    size = flat.shape[1]
    chosen, signs = _directions(size)
    sums = flat[:, chosen].astype(np.float32) @ signs / np.float32(np.sqrt(chosen.size))
    return {f"{_RANDOM} {place} of {size:,} values": sums[:, place].astype(np.float64) for place in range(_PROJECTIONS)}


@functools.lru_cache(maxsize=4)
def _directions(size: int) -> tuple[NDArray[np.intp], NDArray[np.float32]]:
    """Places in a sample of that size, all or a random part, and their signs in each sum."""
    random = np.random.default_rng(0)
    chosen = np.arange(size) if size <= _PROJECTED else np.sort(random.choice(size, _PROJECTED, replace=False))
    return chosen, random.choice(np.array([-1.0, 1.0], dtype=np.float32), size=(chosen.size, _PROJECTIONS))


@functools.lru_cache(maxsize=1)
def _token_signs() -> NDArray[np.float64]:
    return np.random.default_rng(0).choice(np.array([-1.0, 1.0]), size=(_TOKEN_BUCKETS, _PROJECTIONS))


def _token_lists(array: NDArray[Any], mask: NDArray[Any] | None) -> tuple[NDArray[np.int64], ...]:
    """The ids of each sample that count: where the mask says so, else those that are not zero."""
    flat = array.reshape(len(array), -1).astype(np.int64)
    counts = flat != 0 if mask is None or mask.shape != array.shape else mask.reshape(len(array), -1) != 0
    return tuple(row[keep] for row, keep in zip(flat, counts, strict=True))


def _ids(tokens: Sequence[NDArray[np.int64]]) -> dict[str, NDArray[np.float64]]:
    """Length, and random sums over how often each id occurs."""
    signs = _token_signs()
    sums = np.stack([signs[ids % _TOKEN_BUCKETS].sum(axis=0) / max(1, len(ids)) for ids in tokens])
    lengths = np.array([len(ids) for ids in tokens], dtype=np.float64)
    return {"tokens": lengths} | {f"{_RANDOM} {place} of tokens": sums[:, place] for place in range(_PROJECTIONS)}


def _unseen_share(seen: Sequence[NDArray[np.int64]], asked: Sequence[NDArray[np.int64]]) -> float:
    """Share of the asked token occurrences whose id is not among the seen ones."""
    occurrences = np.concatenate(list(asked))
    known = np.unique(np.concatenate(list(seen)))
    return float(1.0 - np.isin(occurrences, known).mean()) if occurrences.size else 0.0
