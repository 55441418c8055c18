"""What is found out about calibration data: findings to judge by, and the figures behind them."""

from dataclasses import dataclass

from harness.vocabulary.findings import CalibrationFinding


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassCounts:
    """How many samples of one class calibration and evaluation hold."""

    name: str
    calibration: int
    evaluation: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TensorSaturation:
    """One activation that quantisation clips: its calibrated range, and what held-out data do.

    `lower` and `upper` are the range seen in calibration, zero included, `lowest` and `highest` that of
    the held-out data, and `outside` is the share of held-out values beyond the calibrated range.
    """

    tensor: str
    lower: float
    upper: float
    lowest: float
    highest: float
    outside: float


@dataclass(frozen=True, slots=True, kw_only=True)
class CalibrationAudit:
    """Every finding about the calibration samples that a recipe would be given.

    `digest` is the SHA-256 of the samples' hashes in order, which names the set. `classes` is empty
    where there are no labels, `saturation` where it was not looked at; worst tensor first.
    """

    samples: int
    pool: int
    digest: str
    findings: tuple[CalibrationFinding, ...]
    classes: tuple[ClassCounts, ...] = ()
    saturation: tuple[TensorSaturation, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CalibrationDraw:
    """What came of quantising with one draw of calibration samples.

    `same_class` is the share of samples that get the class FP32 gives them, `accuracy` the share that gets
    the right one, `snr_db` the ratio of the outputs to their error. `None` where it cannot be told.
    """

    seed: int
    accuracy: float | None
    same_class: float | None
    snr_db: float | None
