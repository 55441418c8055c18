"""Are calibration samples enough, apart from the test data, and spread over the classes as those are?

Pure: counts and hashes in, findings out. Every check yields at least one finding: information with its
figure where nothing is wrong, else how grave it is, why, and what to do. The rules are those of
`measurement.md`; a check that needs chance ruled out says at which level.
"""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from harness.vocabulary import CalibrationFinding, ClassCounts, Severity

SIZE, OVERLAP, DUPLICATES, CLASSES, SPREAD = "size", "overlap", "duplicates", "classes", "spread"
AUDIT = "`planner audit calibration` looks"
"""What to do where a run, which has something else to do, leaves a question open."""

USUAL_SAMPLES = 100
"""100 to 500 random samples are usual: below, the ranges of activations vary from draw to draw."""
MOST_USEFUL_SAMPLES = 500
"""Beyond it nothing was gained on ImageNet; so 1 % of a large data set is not asked for above it."""
LEAST_SAMPLES = 32
"""One batch of calibration: a range seen in fewer is that of single samples, not of the data."""
LEAST_SHARE = 0.01
CERTAINTY = 0.01
"""A finding that chance could explain is made at this probability or below."""
DOUBT = 0.05
"""Where chance explains a missing class at this probability or below, but above `CERTAINTY`, it is a warning."""
LEAST_IMBALANCE = 0.1
"""Total variation beyond what a random draw shows: one sample in ten is of the wrong class."""
_SIMULATIONS = 1000
_LARGEST_SIMULATION = 4_000_000  # cells: more classes get fewer draws
_SHOWN = 5
_THREE_DIGITS = 0.1  # from where on a third digit keeps 99.6 and 100 % apart, and none becomes a power of ten


def finding(check: str, severity: Severity, sentence: str) -> CalibrationFinding:
    """One finding."""
    return CalibrationFinding(check=check, severity=severity, sentence=sentence)


def percent(share: float) -> str:
    """A share for people, to two or three digits."""
    return f"{100 * share:.3g} %" if share >= _THREE_DIGITS else f"{100 * share:.2g} %"


def not_checked(check: str, reason: str) -> CalibrationFinding:
    """What to say where there is nothing to check with."""
    return finding(check, Severity.INFO, f"not checked: {reason}")


def wanted_samples(pool: int) -> int:
    """How many samples to calibrate with; `pool` counts all that are known, of calibration and evaluation."""
    return max(USUAL_SAMPLES, min(MOST_USEFUL_SAMPLES, math.ceil(LEAST_SHARE * pool)))


def check_size(samples: int, *, pool: int) -> CalibrationFinding:
    """Are there enough, in number and as a share of the pool?"""
    wanted = wanted_samples(pool)
    held = f"{samples:,} sample{'s' if samples != 1 else ''}, {percent(samples / pool)} of the {pool:,} known"
    advice = f"take {wanted:,} random ones (--calibration)"
    if samples < LEAST_SAMPLES:
        return finding(
            SIZE, Severity.SERIOUS, f"{held}: fewer than {LEAST_SAMPLES} show no range that others keep to; {advice}"
        )
    if samples < USUAL_SAMPLES:
        usual = f"{USUAL_SAMPLES} to {MOST_USEFUL_SAMPLES} are usual"
        return finding(SIZE, Severity.WARNING, f"{held}: {usual}; {advice}")
    if samples < wanted:
        return finding(SIZE, Severity.WARNING, f"{held}: at least {LEAST_SHARE * 100:g} % is advised; {advice}")
    return finding(SIZE, Severity.INFO, held)


def check_overlap(samples: Sequence[str], held_out: Sequence[str], *, purpose: str) -> CalibrationFinding:
    """Are calibration samples, by their hashes, also among those held out for `purpose`, `test` or `search`?"""
    common = set(samples) & set(held_out)
    count = sum(one in common for one in samples)
    if not count:
        return finding(
            OVERLAP,
            Severity.INFO,
            f"none of {len(samples):,} samples is among the {len(held_out):,} of the {purpose} data",
        )
    shown = f"{count:,} of {len(samples):,} samples ({percent(count / len(samples))})"
    # What was searched with does not certify: it makes a choice look better than it is, not the result.
    severity = Severity.SERIOUS if purpose == "test" else Severity.WARNING
    return finding(
        OVERLAP,
        severity,
        f"calibration data overlap with the {purpose} data by {shown}: take samples that the {purpose} data do not "
        "hold (--calibration)",
    )


def check_duplicates(samples: Sequence[str]) -> CalibrationFinding:
    """Is a sample, by its hash, there more than once?"""
    extra = len(samples) - len(set(samples))
    if not extra:
        return finding(DUPLICATES, Severity.INFO, f"all {len(samples):,} samples differ")
    return finding(
        DUPLICATES,
        Severity.WARNING,
        f"{extra:,} of {len(samples):,} samples repeat another, so that only {len(set(samples)):,} count: remove them",
    )


def count_classes(
    calibration: NDArray[np.integer], evaluation: NDArray[np.integer], names: Sequence[str]
) -> tuple[ClassCounts, ...]:
    """Samples of each class, by class index; labels are class indices [N] and [M]."""
    counted = [np.bincount(labels, minlength=len(names)) for labels in (calibration, evaluation)]
    return tuple(
        ClassCounts(name=name, calibration=int(ours), evaluation=int(theirs))
        for name, ours, theirs in zip(names, *counted, strict=True)
    )


def check_classes(classes: Sequence[ClassCounts], *, seed: int = 0) -> tuple[CalibrationFinding, ...]:
    """Is a class missing, or are the shares of classes others than the evaluation's, beyond chance?

    Args:
        classes: counts by class.
        seed: of the simulated draws that tell what chance does.
    """
    ours = np.array([one.calibration for one in classes], dtype=np.int64)
    theirs = np.array([one.evaluation for one in classes], dtype=np.int64)
    if not ours.sum() or not theirs.sum():
        return (not_checked(CLASSES, "there are no labelled samples to compare"),)
    missing = _missing(classes, ours, theirs)
    balance = _balance(classes, ours, theirs, seed=seed)
    if missing is None:
        return (balance,)
    return (missing,) if balance.severity is Severity.INFO else (missing, balance)


def _missing(
    classes: Sequence[ClassCounts], ours: NDArray[np.int64], theirs: NDArray[np.int64]
) -> CalibrationFinding | None:
    """Classes that the evaluation asks about and calibration never saw."""
    is_missing = (ours == 0) & (theirs > 0)
    if not is_missing.any():
        return None
    shares, samples = theirs / theirs.sum(), int(ours.sum())
    # Chance that a random draw leaves the class out; bounded over all classes (Bonferroni).
    by_chance = (1.0 - shares) ** samples * np.count_nonzero(theirs)
    told = _named([one.name for one, absent in zip(classes, is_missing, strict=True) if absent])
    if (by_chance[is_missing] <= CERTAINTY).any():
        return finding(
            CLASSES,
            Severity.SERIOUS,
            f"calibration holds no sample of {told}, which a random draw of {samples:,} would not leave out: add some",
        )
    if (by_chance[is_missing] <= DOUBT).any():
        return finding(
            CLASSES, Severity.WARNING, f"calibration holds no sample of {told}: take more samples, or some of each"
        )
    return finding(
        CLASSES,
        Severity.INFO,
        f"{int(is_missing.sum()):,} of {np.count_nonzero(theirs):,} classes have no sample ({told}), as is to be "
        f"expected of {samples:,}",
    )


def _balance(
    classes: Sequence[ClassCounts], ours: NDArray[np.int64], theirs: NDArray[np.int64], *, seed: int
) -> CalibrationFinding:
    """Total variation between the shares of classes, against that of random draws of the same sizes."""
    observed = _total_variation(ours[np.newaxis], theirs[np.newaxis])[0]
    chance = _simulated_variation(ours, theirs, seed=seed)
    p_value = (1 + int((chance >= observed).sum())) / (1 + chance.size)
    excess = observed - float(chance.mean())
    differences = ours / ours.sum() - theirs / theirs.sum()
    most = int(np.abs(differences).argmax())
    shares = f"{100 * ours[most] / ours.sum():.1f} % against {100 * theirs[most] / theirs.sum():.1f} %"
    worst = f"{classes[most].name} differs most: {shares}" if differences[most] else "in the same shares"
    if p_value > CERTAINTY or excess < LEAST_IMBALANCE:
        held = np.count_nonzero((ours > 0) & (theirs > 0))
        return finding(CLASSES, Severity.INFO, f"{held} of {np.count_nonzero(theirs)} classes are there; {worst}")
    return finding(
        CLASSES,
        Severity.WARNING,
        f"{100 * observed:.0f} % of the samples would have to change class to be spread as the test data are, "
        f"{100 * float(chance.mean()):.0f} % are usual for a random draw; {worst}: draw at random, or by class",
    )


def _simulated_variation(ours: NDArray[np.int64], theirs: NDArray[np.int64], *, seed: int) -> NDArray[np.float64]:
    """Total variation of pairs of random draws from the one population that both would come from."""
    random = np.random.default_rng(seed)
    together = (ours + theirs) / (ours.sum() + theirs.sum())
    draws = max(200, min(_SIMULATIONS, _LARGEST_SIMULATION // ours.size))
    return _total_variation(
        random.multinomial(int(ours.sum()), together, size=draws),
        random.multinomial(int(theirs.sum()), together, size=draws),
    )


def _total_variation(first: NDArray[np.int64], second: NDArray[np.int64]) -> NDArray[np.float64]:
    """Half the sum of the differences between shares, for each row [draws, classes]."""
    shares = first / first.sum(axis=1, keepdims=True) - second / second.sum(axis=1, keepdims=True)
    return np.asarray(np.abs(shares).sum(axis=1) / 2.0)


def _named(names: Sequence[str]) -> str:
    rest = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return f"{', '.join(names[:_SHOWN])}{rest}"
