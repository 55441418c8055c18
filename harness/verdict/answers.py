"""Whether two arms' answers can be judged at all: numbers, the same ones twice, and labels to hold them against.

Comes before quality. A word of the gate with its reason, or nothing where quality may be judged.
"""

import struct

from harness.vocabulary import Agreement, Gate, Prediction

LARGEST_CHANGE = 1e-4
"""How far two answers to one question may lie apart, as a share of the largest output. Runtimes on CPUs repeat
themselves to the bit; sums shared among threads in changing order move by about 1e-6, a random operator or a
dropout left on by 1e-2 and more."""
_SOME_ALONE = (
    ", and what logarithms, roots and divisions get from just these samples (NaN or infinite); mend that, or leave "
    "these samples out of the data"
)


def judge_answers(
    *,
    candidate: Prediction | None,
    baseline: Prediction | None,
    agreement: Agreement | None,
    has_labels: bool,
) -> tuple[Gate, str] | None:
    """Why quality cannot be judged, or that it need not be: a candidate that gives no number is rejected.

    Args:
        candidate: its answers, `None` where it gave none.
        baseline: the answers it is held against.
        agreement: how alike they are.
        has_labels: whether the workload says what is right.

    Returns:
        A word with its reason; `None` where quality may be judged, or an arm has not answered.
    """
    if candidate is None or baseline is None:
        return None
    for whose, prediction in (("baseline", baseline), ("candidate", candidate)):
        if prediction.change > LARGEST_CHANGE * _largest(prediction.outputs):
            return Gate.NOT_MEASURED, (
                f"the {whose}'s answers change from call to call by up to {prediction.change:.2g}: a random operator "
                "or dropout left on? Export it in evaluation mode (for PyTorch: model.eval())"
            )
    if baseline.non_finite:
        return Gate.NOT_MEASURED, (
            f"the baseline gives no number for {_of(baseline)}: check the model and the preprocessing"
            + _SOME_ALONE * (baseline.non_finite < baseline.samples)
        )
    if candidate.non_finite:
        return Gate.REJECTED, (
            f"the candidate gives no number for {_of(candidate)} (NaN or infinite), where the baseline always does"
        )
    return None if has_labels else (Gate.NOT_MEASURED, _without_labels(agreement))


def agreement_in_words(agreement: Agreement) -> str | None:
    """`outputs agree to 34.2 dB (worst sample 28.1 dB)`, or that they are identical; `None` where it is unknown."""
    if agreement.largest_difference == 0.0:
        return "outputs are identical"
    if agreement.snr_db is None:
        return None
    worst = "" if agreement.worst_snr_db is None else f" (worst sample {agreement.worst_snr_db:.1f} dB)"
    return f"outputs agree to {agreement.snr_db:.1f} dB{worst}"


def _without_labels(agreement: Agreement | None) -> str:
    alike = agreement_in_words(agreement) if agreement else None
    if alike is None:
        why = agreement.reason if agreement else "no outputs were compared"
        alike = f"agreement is unknown ({why})"
    return f"the workload has no labels: {alike}; beyond that, speed and memory alone were measured"


def _of(prediction: Prediction) -> str:
    return f"{prediction.non_finite:,} of {prediction.samples:,} samples"


def _largest(outputs: bytes) -> float:
    """The largest finite magnitude among kept outputs; 0 without any."""
    values = (abs(value) for (value,) in struct.iter_unpack("<f", outputs[: len(outputs) // 4 * 4]))
    return max((value for value in values if value < float("inf")), default=0.0)
