"""What a rule says: which rule, a verdict, a sentence, and the arithmetic by which a sceptic can redo it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum


class Rule(StrEnum):
    """The rules, by the number under which the manual explains them."""

    PEAK_RATE = "R1"
    BANDWIDTH = "R2"
    PUBLISHED_BEST = "R3"
    SLOW = "R4"
    MODEL_SIZE = "R5"
    POWER = "R6"
    SAVING_OF_WHAT = "R7"
    SUM = "R8"
    COUNTED_TWICE = "R9"
    ONE_FOR_ONE = "R10"
    REPEATED = "R11"
    MEMORY = "R12"
    PRICE = "R13"
    PRICE_ORDER = "R14"
    CONTEXT = "R15"
    LATENCY = "R16"
    SPEED_UP = "R17"
    ACCURACY = "R18"
    QUANTISED_BASELINE = "R19"


TITLES = {
    Rule.PEAK_RATE: "more operations than the device's peak",
    Rule.BANDWIDTH: "more bytes than the memory's bandwidth",
    Rule.PUBLISHED_BEST: "faster than the best published",
    Rule.SLOW: "suspiciously far below the peak",
    Rule.MODEL_SIZE: "model size against its parameters",
    Rule.POWER: "power outside what the board draws",
    Rule.SAVING_OF_WHAT: "a saving larger than the thing saved",
    Rule.SUM: "difference, period or ratio does not come to what is told",
    Rule.COUNTED_TWICE: "rent and power counted twice",
    Rule.ONE_FOR_ONE: "one device in place of another without their throughput",
    Rule.REPEATED: "the same figures for different models",
    Rule.MEMORY: "weights, KV cache and workspace against memory",
    Rule.PRICE: "price outside the known band, or too old",
    Rule.PRICE_ORDER: "a larger offer that is cheaper",
    Rule.CONTEXT: "unit or context missing or mixed",
    Rule.LATENCY: "quantiles in the wrong order, or Little's law broken",
    Rule.SPEED_UP: "speed-up above the ratio of the peaks",
    Rule.ACCURACY: "accuracy gained beyond the noise of the test set",
    Rule.QUANTISED_BASELINE: "saving against a baseline that was not quantised",
}
"""What each rule looks for, for people."""


class Verdict(StrEnum):
    """What a figure is found to be, the worst first."""

    IMPOSSIBLE = "impossible"
    WRONG = "wrong"
    PREMISE_FAILS = "premise-fails"
    IMPLAUSIBLE = "implausible"
    INCOMPLETE = "incomplete"
    UNVERIFIABLE = "unverifiable"
    HOLDS = "holds"

    @property
    def is_fault(self) -> bool:
        """Whether something must be mended or waived; what merely cannot be checked is none."""
        return self not in {Verdict.UNVERIFIABLE, Verdict.HOLDS}


_SEVERITY = {verdict: place for place, verdict in enumerate(Verdict)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One rule about one figure.

    Attributes:
        rule: Which.
        verdict: What it came to.
        sentence: For people, with the figures that matter.
        arithmetic: The numbers, a step a line.
        figures: The same numbers by name, the unit in the name, for machines.
    """

    rule: Rule
    verdict: Verdict
    sentence: str
    arithmetic: tuple[str, ...] = ()
    figures: dict[str, float] = field(default_factory=dict)


def worst(findings: Iterable[Finding]) -> Verdict:
    """What they come to together: the worst decides; of nothing at all it is that nothing could be checked."""
    return min((one.verdict for one in findings), key=_SEVERITY.__getitem__, default=Verdict.UNVERIFIABLE)


def mildest(findings: Iterable[Finding]) -> Finding:
    """Of what one rule says about each device that may be meant: nobody is blamed for what holds on one of them."""
    return max(findings, key=lambda one: _SEVERITY[one.verdict])
