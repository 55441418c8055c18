"""The verdict in the server scenario: whose rate of random arrivals is higher while the promise holds.

Nothing here is a ratio of latencies: at the same SLO, a service that is twice as fast may serve more than
twice as many, or, where its tail is heavy, hardly more.
"""

from collections.abc import Mapping
from dataclasses import replace

from harness.verdict.speed import unsound
from harness.vocabulary import ProofVerdict, Scenario, ServerRate, ServerRatio, ServerRules, Speed, TimingRules, Verdict


def judge_server(
    verdict: Verdict,
    *,
    ratio: ServerRatio | None,
    rates: Mapping[str, ServerRate],
    rules: ServerRules,
    timing: TimingRules,
    proofs: Mapping[str, ProofVerdict],
) -> Verdict:
    """The server's verdict, from one under a closed loop: failures and quality are the same.

    Args:
        verdict: on the same candidate, under any load.
        ratio: of the rates that hold; `None` where one of the two has none.
        rates: what the search found, by arm.
        rules: of the scenario.
        timing: the equivalence that counts as no difference.
        proofs: by arm.
    """
    speed, reasons = verdict.speed, verdict.speed_reasons
    if speed is not Speed.FAILED:
        told = tuple(_told(name, rates.get(name)) for name in (verdict.candidate, verdict.baseline))
        found = unsound(proofs.get(verdict.candidate), proofs.get(verdict.baseline))
        speed, why = found or _judge(ratio, rates, verdict, timing)
        reasons = (why, *told)
    return replace(
        verdict,
        batch=rules.max_batch,
        concurrency=rules.instances,
        scenario=Scenario.SERVER,
        speed=speed,
        speed_reasons=reasons,
    )


def _judge(
    ratio: ServerRatio | None, rates: Mapping[str, ServerRate], verdict: Verdict, timing: TimingRules
) -> tuple[Speed, str]:
    if any(rates[name].is_contaminated for name in (verdict.candidate, verdict.baseline) if name in rates):
        return Speed.INCONCLUSIVE, "other programs disturbed levels that decide: the rates are shown, but never gate"
    if ratio is None or ratio.point is None:
        reason = ratio.reason if ratio and ratio.reason else "one of the two has no rate that holds"
        return Speed.INCONCLUSIVE, f"the rates cannot be compared: {reason}"
    told = f"{ratio.point:.2f}\N{MULTIPLICATION SIGN} the requests ({_bound(ratio.lower)} to {_bound(ratio.upper)})"
    lower, upper = ratio.lower, ratio.upper
    within = 1.0 + timing.equivalence
    if lower is not None and upper is not None and upper <= within and lower >= 1.0 / within:
        return Speed.EQUIVALENT, told
    if lower is not None and lower > 1.0:
        return Speed.FASTER, told
    if upper is not None and upper < 1.0:
        return Speed.SLOWER, told
    return Speed.INCONCLUSIVE, f"{told}: the rates are not proven apart"


def _bound(value: float | None) -> str:
    return "?" if value is None else f"{value:.2f}"


def _told(name: str, rate: ServerRate | None) -> str:
    if rate is None:
        return f"{name} was not served"
    missed = (
        "no rate was proven to miss" if rate.missed_rate_per_s is None else f"{rate.missed_rate_per_s:.4g}/s misses"
    )
    if not rate.held_rate_per_s:
        return f"{name} was seen to hold {rate.slo.label} at no rate, {missed}: {rate.reason}"
    return f"{name} holds {rate.slo.label} at {rate.held_rate_per_s:.4g} requests a second, {missed}: {rate.reason}"
