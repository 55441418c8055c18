"""How a candidate's time compares with its baseline's, where the comparison means anything.

First what ran: the ratio of two things that are not what they are named says nothing. Then the
machine: an unfit one is measured and shown, but never gates. Only then the interval.
"""

from harness.statistics.launches import LEAST_LAUNCHES
from harness.statistics.ratio import LEAST_PAIRS
from harness.statistics.stopping import LEAST_PAIRS_TO_DECIDE, decide
from harness.verdict.wording import confidence_of, effect, threshold
from harness.vocabulary import (
    Comparison,
    NoiseClass,
    NoiseReport,
    ProofState,
    ProofVerdict,
    RatioInterval,
    Speed,
    TimingRules,
)

_TIMES = "\N{MULTIPLICATION SIGN}"
_NARROW = 0.02
"""An interval narrower than this would lose its width to two decimals."""
_COARSE, _FINE = 2, 3


def judge_speed(
    comparison: Comparison | None,
    *,
    rules: TimingRules,
    candidate_proof: ProofVerdict | None,
    baseline_proof: ProofVerdict | None,
) -> tuple[Speed, tuple[str, ...]]:
    """Judge the speed-up, with the figures that the judgement rests on.

    A baseline that is not what it is named comes first: without a yardstick the candidate's own
    precision does not matter either.

    Args:
        comparison: the paired blocks under one load; `None` where none were timed.
        rules: the equivalence that counts as no difference.
        candidate_proof: which precision the candidate ran in; `None` where nobody looked.
        baseline_proof: the same of the baseline.

    Returns:
        The judgement and its reasons: why first, then ratio, fastest baseline, contamination, noise.
    """
    figures = _figures(comparison, rules) if comparison else ("the arms were not timed against each other",)
    found = unsound(candidate_proof, baseline_proof)
    if found is not None:
        speed, reason = found
        return speed, (reason, *figures)
    if comparison is None:
        return Speed.INCONCLUSIVE, figures
    if comparison.noise.noise_class is NoiseClass.UNFIT:
        return Speed.INCONCLUSIVE, figures
    ratio = comparison.deciding
    pairs = ratio.pairs if ratio else 0
    speed = decide(ratio, pairs=pairs, equivalence=rules.equivalence)
    return speed, (*_why(speed, pairs, rules), *figures)


def ratio_in_words(ratio: RatioInterval) -> str:
    """The speed-up, or the slow-down as a factor above 1 too, with its interval, confidence and pairs."""
    is_slower = ratio.point < 1.0
    bounds = (1.0 / ratio.upper, 1.0 / ratio.lower) if is_slower else (ratio.lower, ratio.upper)
    point = 1.0 / ratio.point if is_slower else ratio.point
    digits = _FINE if bounds[1] - bounds[0] < _NARROW else _COARSE
    return (
        f"{point:.{digits}f}{_TIMES} {'slower' if is_slower else 'faster'} ({bounds[0]:.{digits}f} to "
        f"{bounds[1]:.{digits}f}, {confidence_of(ratio.confidence)}, {ratio.pairs} pairs)"
    )


def unsound(candidate: ProofVerdict | None, baseline: ProofVerdict | None) -> tuple[Speed, str] | None:
    """Why the ratio is not of what the arms are named for; `None` where both are proved."""
    if baseline is not None and baseline.state is ProofState.NOT_AS_NAMED:
        return Speed.BASELINE_NOT_AS_NAMED, f"the baseline is not what it is named: {baseline.reason}"
    if candidate is not None and candidate.state is ProofState.NOT_AS_NAMED:
        return Speed.NOT_INT8, f"the candidate is not what it is named: {candidate.reason}"
    for whose, proof in (("baseline", baseline), ("candidate", candidate)):
        if proof is None or proof.state is ProofState.UNVERIFIED:
            reason = proof.reason if proof else "no profile was read"
            return Speed.INCONCLUSIVE, f"the {whose}'s precision is unverified: {reason}"
    return None


def _why(speed: Speed, pairs: int, rules: TimingRules) -> tuple[str, ...]:
    """What the ratio alone does not say."""
    within = threshold(rules.equivalence)
    if speed is Speed.EQUIVALENT:
        return (f"the whole interval lies within {within} % of equal speed",)
    if speed is not Speed.INCONCLUSIVE:
        return ()
    if pairs < LEAST_PAIRS_TO_DECIDE:
        return (f"{pairs} pairs of blocks decide nothing: at least {LEAST_PAIRS_TO_DECIDE} are needed",)
    return (f"the interval holds equal speed and reaches beyond {within} % of it: measure longer",)


def _figures(comparison: Comparison, rules: TimingRules) -> tuple[str, ...]:
    ratio = comparison.ratio
    reasons = [ratio_in_words(ratio) if ratio else "too few pairs of blocks for a ratio"]
    if rules.launches > 1 and not comparison.over_launches:
        reasons[0] += (
            f"; true of these launches, no claim about this machine: that takes {LEAST_LAUNCHES} launches with "
            f"{LEAST_PAIRS} pairs of undisturbed blocks each"
        )
    if comparison.over_launches:
        told = f"{comparison.launches} launches as the sample, a claim about this machine"
        reasons.insert(0, f"{ratio_in_words(comparison.over_launches)}; {told}")
    if comparison.against_fastest and comparison.fastest_baseline not in (None, comparison.baseline):
        against = ratio_in_words(comparison.against_fastest)
        reasons.append(f"against the fastest baseline, {comparison.fastest_baseline}, {against}")
    return (*reasons, *circumstances(comparison))


def circumstances(comparison: Comparison) -> tuple[str, str]:
    """What a comparison says of the machine rather than of the candidate: foreign load, and noise."""
    return _contamination(comparison), _noise(comparison.noise)


def _contamination(comparison: Comparison) -> str:
    count, rounds = comparison.contaminated_rounds, comparison.rounds
    text = f"{count or 'none'} of {rounds} rounds {'was' if count <= 1 else 'were'} contaminated by foreign load"
    if comparison.reason:
        return f"{text}; {comparison.reason}"
    return f"{text}, and left out" if count else text


def _noise(noise: NoiseReport) -> str:
    if noise.minimal_effect is None or noise.reason:
        text = noise.reason or "its noise is unknown"
    else:
        text = f"it shows differences of {effect(noise.minimal_effect)} and more"
    note = ": measured and shown, but never gates" if noise.noise_class is NoiseClass.UNFIT else ""
    return f"the machine is {noise.noise_class}, {text}{note}"
