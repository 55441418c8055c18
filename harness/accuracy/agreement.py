"""How alike a candidate's answers are to its baseline's, whether or not either is right.

Needs no labels. Computed from what both arms kept: the classes given, and raw outputs of the same
samples at the same places.
"""

import math

import numpy as np
from numpy.typing import NDArray

from harness.errors import MeasurementError
from harness.vocabulary import Agreement, Prediction

IDENTICAL = "identical: no compared value differs"
_OUTPUT = np.dtype("<f4")


def compare_answers(candidate: str, baseline: str, *, theirs: Prediction, ours: Prediction) -> Agreement:
    """The candidate's answers against its baseline's.

    Args:
        candidate: its name.
        baseline: its name.
        theirs: what the candidate answered.
        ours: what the baseline answered to the same data.

    Returns:
        Signal-to-noise ratios in decibel, 10·log10(Σ b² / Σ (b - c)²), over all compared values and of
        the sample where it is lowest. Samples without finite numbers are left out, and `reason` says so.

    Raises:
        MeasurementError: the answers are to different data.
    """
    if theirs.data_digest != ours.data_digest or theirs.samples != ours.samples:
        raise MeasurementError(
            f"{candidate} answered data {theirs.data_digest[:12]} ({theirs.samples} samples), {baseline} "
            f"{ours.data_digest[:12]} ({ours.samples}): evaluate both on the same split."
        )
    same_class = _same_class(theirs, ours)
    kept = _kept(theirs), _kept(ours)
    if kept[0].shape != kept[1].shape or not kept[0].size:
        reason = "no outputs were kept" if not min(one.size for one in kept) else "the outputs differ in shape"
        return Agreement(
            candidate=candidate,
            baseline=baseline,
            samples=ours.samples,
            compared_samples=0,
            same_class=same_class,
            snr_db=None,
            worst_snr_db=None,
            largest_difference=None,
            reason=reason,
        )
    return _compared(candidate, baseline, theirs=kept[0], ours=kept[1], samples=ours.samples, same_class=same_class)


def _compared(
    candidate: str,
    baseline: str,
    *,
    theirs: NDArray[np.float64],
    ours: NDArray[np.float64],
    samples: int,
    same_class: float | None,
) -> Agreement:
    usable = np.asarray(np.isfinite(theirs).all(axis=1) & np.isfinite(ours).all(axis=1))
    left_out = len(usable) - int(usable.sum())
    theirs, ours = theirs[usable], ours[usable]
    signal, noise = (ours**2).sum(axis=1), ((ours - theirs) ** 2).sum(axis=1)
    by_sample = [snr for pair in zip(signal, noise, strict=True) if (snr := _snr_db(*pair)) is not None]
    return Agreement(
        candidate=candidate,
        baseline=baseline,
        samples=samples,
        compared_samples=len(ours),
        same_class=same_class,
        snr_db=_snr_db(float(signal.sum()), float(noise.sum())),
        worst_snr_db=min(by_sample, default=None),
        largest_difference=float(np.abs(ours - theirs).max()) if len(ours) else None,
        reason=_reason(left_out=left_out, compared=len(ours), signal=float(signal.sum()), noise=float(noise.sum())),
    )


def _reason(*, left_out: int, compared: int, signal: float, noise: float) -> str | None:
    if not compared:
        return "no compared sample has finite numbers in both"
    left = f"left out for want of finite numbers: {left_out} of {left_out + compared} samples" if left_out else None
    if not noise:
        return f"{IDENTICAL}; {left}" if left else IDENTICAL
    return "the baseline's outputs are all zero: there is no signal to compare" if not signal else left


def _snr_db(signal: float, noise: float) -> float | None:
    """`None` where it is infinite, or nothing but noise."""
    return 10.0 * math.log10(signal / noise) if signal > 0.0 and noise > 0.0 else None


def _same_class(theirs: Prediction, ours: Prediction) -> float | None:
    if not theirs.classes or len(theirs.classes) != len(ours.classes):
        return None
    one, other = (np.frombuffer(prediction.classes, dtype="<i2") for prediction in (theirs, ours))
    return int((one == other).sum()) / one.size


def _kept(prediction: Prediction) -> NDArray[np.float64]:
    values = np.frombuffer(prediction.outputs, dtype=_OUTPUT).astype(np.float64)
    return values.reshape(prediction.output_samples, -1) if prediction.output_samples else values.reshape(0, 0)
