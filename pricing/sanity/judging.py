"""Judges claims: each by the rules of its kind, and all of them against one another for figures that repeat."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from pricing.sanity import judge_devices, judge_memory, judge_savings, judge_speed
from pricing.sanity.claims import Claim
from pricing.sanity.finding import Finding, Rule, Verdict, worst
from pricing.sanity.kinds import Kind
from pricing.sanity.meant import models_of
from pricing.sanity.reference import Reference
from pricing.sanity.sizes import missing, repeated

_JUDGES: dict[Kind, Callable[[Claim, Reference], Iterator[Finding]]] = {
    Kind.DEVICE_FACTS: judge_devices.device_facts,
    Kind.ANNUAL_COST: judge_devices.annual_cost,
    Kind.LATENCY: judge_devices.latency,
    Kind.QUALITY: judge_devices.quality,
    Kind.THROUGHPUT: judge_speed.throughput,
    Kind.QUANTISATION: judge_speed.quantisation,
    Kind.MEMORY_FIT: judge_memory.memory_fit,
    Kind.FLEET_SWAP: judge_savings.fleet_swap,
    Kind.SAVING: judge_savings.saving,
    Kind.POWER_SAVING: judge_savings.power_saving,
}
_OPEN = frozenset({Verdict.INCOMPLETE, Verdict.UNVERIFIABLE})
_LEAST_EQUAL = 2  # one equal figure is chance


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """A claim with everything that the rules say about it."""

    claim: Claim
    findings: tuple[Finding, ...]

    @property
    def verdict(self) -> Verdict:
        """The worst finding decides."""
        return worst(self.findings)

    @property
    def words(self) -> str:
        """The verdict, and that the rest holds where something merely cannot be checked."""
        holds = any(one.verdict is Verdict.HOLDS for one in self.findings)
        return f"holds, in part {self.verdict}" if self.verdict in _OPEN and holds else str(self.verdict)

    @property
    def faults(self) -> tuple[Rule, ...]:
        """The rules that something must be done about, in their order."""
        return _in_order(one.rule for one in self.findings if one.verdict.is_fault)

    @property
    def told(self) -> tuple[Rule, ...]:
        """The rules to name beside the verdict: those that did not hold, or all where the rest holds."""
        is_open = self.verdict in _OPEN or self.verdict is Verdict.HOLDS
        return _in_order(one.rule for one in self.findings if is_open or one.verdict is not Verdict.HOLDS)


def _in_order(rules: Iterable[Rule]) -> tuple[Rule, ...]:
    named = set(rules)
    return tuple(rule for rule in Rule if rule in named)


def judge(claims: Sequence[Claim], known: Reference) -> tuple[Judgement, ...]:
    """Every claim with its findings, in the order given."""
    return tuple(
        Judgement(claim=claim, findings=_findings(claim, claims[:place], known)) for place, claim in enumerate(claims)
    )


def _findings(claim: Claim, earlier: Sequence[Claim], known: Reference) -> tuple[Finding, ...]:
    found: list[Finding] = []
    for one in (*claim.gaps, *_JUDGES[claim.kind](claim, known), *_repeats(claim, earlier)):
        if one not in found:
            found.append(one)
    if not found:
        found.append(missing("no figure that a rule looks at", why=f"a claim of kind {claim.kind} takes more"))
    return tuple(found)


def _repeats(claim: Claim, earlier: Sequence[Claim]) -> Iterator[Finding]:
    """R11 against what was told before of another model."""
    name, own = claim.text("model"), _told_of(claim)
    others: dict[str, tuple[dict[str, float], list[str]]] = {}
    for one in earlier:
        other = one.text("model")
        told = _told_of(one)
        if told and name is not None and other is not None and not _is_same(claim, one):
            figures, where = others.setdefault(other, ({}, []))
            figures.update(told)
            where.append(one.claim_id)
    for other, (figures, where) in others.items():
        equal = {key: value for key, value in own.items() if figures.get(key) == value}
        if len(equal) >= _LEAST_EQUAL:
            yield repeated(name or "", other, equal, told_in=", ".join(where))


def _is_same(one: Claim, other: Claim) -> bool:
    """Whether two names may mean one model."""
    models = {known.name for known in models_of(one)} & {known.name for known in models_of(other)}
    return bool(models) or one.text("model") == other.text("model")


def _told_of(claim: Claim) -> dict[str, float]:
    """Sizes and latencies by precision, so that they are found again in a claim of another kind."""
    found = {}
    for suffix in ("", "_before", "_after"):
        precision = claim.precision(f"precision{suffix}")
        for name, unit in (("size", "bytes"), ("latency", "s")):
            value = claim.number(f"{name}{suffix}")
            if value is not None and precision is not None:
                found[f"{precision} {name} ({unit})"] = value
    return found
