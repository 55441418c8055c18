"""What arms answer, how right that is, and how it compares: quality overall, per class, and agreement.

A figure that could not be had is `None`, and a `reason` beside it says why.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Prediction:
    """What an arm answered to the test samples, in the data's order.

    `classes` are the classes given, little-endian signed 16-bit (where the metric is the five best,
    the true one if it is among them); empty where the workload has no classes. `outputs` are the
    answers to `output_samples` samples, spread evenly over the data, at fixed positions, little-endian
    float32, from which agreement is computed. `change` is the largest difference between two identical calls.
    """

    classes: bytes
    samples: int
    data_digest: str
    wall_s: float
    non_finite: int = 0
    outputs: bytes = b""
    output_samples: int = 0
    change: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """How alike a candidate's outputs are to its baseline's, whether or not either is right.

    `same_class` is the share of samples given the same class. `snr_db` is the baseline's signal over the
    difference, over all compared values; `worst_snr_db` that of the sample that differs most. They are
    infinite, and here `None`, where `largest_difference` is 0; `reason` says so, or why nothing is known.
    """

    candidate: str
    baseline: str
    samples: int
    compared_samples: int
    same_class: float | None
    snr_db: float | None
    worst_snr_db: float | None
    largest_difference: float | None
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class QualityFigures:
    """One arm's metric overall and per class. `confusion` rows are truth, columns prediction."""

    accuracy: float
    samples: int
    class_names: tuple[str, ...]
    support: tuple[int, ...]
    recall: tuple[float | None, ...]
    confusion: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassComparison:
    """One class, paired. `lost`: baseline right, candidate wrong; `gained`: the reverse."""

    name: str
    support: int
    baseline: float | None
    candidate: float | None
    lost: int
    gained: int
    lower: float
    upper: float


@dataclass(frozen=True, slots=True, kw_only=True)
class QualityComparison:
    """A candidate's quality against its baseline's, on the same samples.

    Differences are candidate minus baseline. The overall interval is Tango's score interval;
    those of classes are simultaneous (Holm).
    """

    samples: int
    baseline_accuracy: float
    candidate_accuracy: float
    lost: int
    gained: int
    lower: float
    upper: float
    confidence: float
    mcnemar_p: float
    agreement: float
    classes: tuple[ClassComparison, ...]

    @property
    def difference(self) -> float:
        """Accuracy of the candidate minus that of the baseline."""
        return self.candidate_accuracy - self.baseline_accuracy

    @property
    def flips(self) -> float:
        """Share of samples on which exactly one of the two is right."""
        return (self.lost + self.gained) / self.samples if self.samples else 0.0
