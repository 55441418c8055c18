"""What findings about calibration data do to the gate: they are reasons, and a serious one withholds acceptance.

A candidate's accuracy on test data that its calibration has seen, or with ranges that its data do not
support, is measured but not certified.
"""

from collections.abc import Sequence

from harness.vocabulary import CalibrationFinding, Gate, Recipe, Severity

_NOT_CERTIFIED = "the accuracy is not certified"
_SUBJECT = "calibration data"


def rests_on_calibration(recipe: Recipe) -> bool:
    """Whether the workload's calibration data shape this variant: not where it was quantised elsewhere."""
    return recipe.method.is_calibrated and recipe.file is None


def with_findings(
    gate: Gate, reasons: tuple[str, ...], findings: Sequence[CalibrationFinding]
) -> tuple[Gate, tuple[str, ...]]:
    """The gate and its reasons in the light of the findings, the gravest first."""
    serious = [_reason(one) for one in findings if one.severity is Severity.SERIOUS]
    warnings = [_reason(one) for one in findings if one.severity is Severity.WARNING]
    if serious and gate is Gate.ACCEPTED:
        certified = (f"{reason}; {_NOT_CERTIFIED}" for reason in serious)
        return Gate.UNPROVEN, (*certified, *warnings, *reasons)
    return gate, (*reasons, *serious, *warnings)


def _reason(one: CalibrationFinding) -> str:
    """The finding's sentence, told of what it is where it does not say so itself."""
    return one.sentence if one.sentence.startswith(_SUBJECT) else f"{_SUBJECT}, {one.check}: {one.sentence}"
