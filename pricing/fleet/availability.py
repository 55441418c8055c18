"""How likely it is that enough replicas are up."""

from scipy import special

from pricing.errors import AssumptionError


def availability(replicas: int, needed: int, *, each: float) -> float:
    """The probability that at least `needed` of the replicas are up: k of n, replicas failing independently.

    Replicas of one instance, rack or zone fail together, so this is what is left to chance beside such losses. It is
    the upper tail of a binomial, through the regularised incomplete beta function: I_p(k, n − k + 1).
    Source: Abramowitz and Stegun, 26.5.24.

    Args:
        replicas: How many run.
        needed: How many must be up.
        each: The probability that one is up, 0 to 1.

    Raises:
        AssumptionError: if a count is negative or the probability is none.
    """
    if replicas < 0 or needed < 0:
        raise AssumptionError(f"{needed} of {replicas} replicas: counts start at 0")
    if not 0.0 <= each <= 1.0:
        raise AssumptionError(f"a replica that is up with probability {each}: use 0 to 1, such as 0.99")
    if needed == 0:
        return 1.0
    if needed > replicas:
        return 0.0
    return float(special.betainc(needed, replicas - needed + 1, each))
