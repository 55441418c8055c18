"""Accuracy that rises when precision falls (R18)."""

import math

from pricing.sanity.finding import Finding, Rule, Verdict
from pricing.sanity.wording import share

_Z = 1.959963984540054
"""Of a two-sided interval at 95 %."""


def accuracy_gained(before: float, after: float, *, samples: int, changed: float | None = None) -> Finding:
    """R18: a gain beyond what a test set of that size can tell from none.

    Args:
        before: Share right of the baseline.
        after: Share right of the candidate.
        samples: In the test set.
        changed: Share of samples on which exactly one of the two is right, where it is known: the noise of a
            difference on the same samples (McNemar). Without it the two are taken as independent, which is wider.
    """
    gain = after - before
    spread = changed if changed is not None else before * (1 - before) + after * (1 - after)
    noise = _Z * math.sqrt(spread / samples)
    is_fine = gain <= noise
    says = f"a change of {100 * gain:+.2f} points on {samples:,} samples"
    return Finding(
        rule=Rule.ACCURACY,
        verdict=Verdict.HOLDS if is_fine else Verdict.IMPLAUSIBLE,
        sentence=f"{says} is no gain beyond their noise of ±{100 * noise:.2f}"
        if is_fine
        else f"{says} is more than their noise of ±{100 * noise:.2f}: rounding weights does not teach a model",
        arithmetic=(
            f"{share(after)} − {share(before)} = {100 * gain:+.3g} points",
            f"1.96 × √({spread:.4g} / {samples:,}) = {100 * noise:.3g} points",
        ),
        figures={"gain": gain, "noise": noise},
    )
