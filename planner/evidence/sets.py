"""Rates of several runs of one workload, one machine each, asked for by target and by precision or variant."""

from collections.abc import Sequence
from dataclasses import dataclass

from planner.evidence.facts import model_facts
from planner.evidence.rates import ArmRate, service_rates
from planner.evidence.scaling import scaling_evidence
from planner.store import StoredRun
from pricing.errors import EvidenceError
from pricing.files import one_of, shown
from pricing.targets import Targets
from pricing.vocabulary import ModelFacts, Range, ServiceRate, Slo


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceSet:
    """What several runs of one workload measured.

    Attributes:
        arms: Of all runs, those without a rate too, with their reasons.
        model: Counts of the model, of the first run that has them.
        scaling: By target: the share of its rate that a CPU replica keeps among others; absent where not measured.
    """

    arms: tuple[ArmRate, ...]
    model: ModelFacts
    scaling: dict[str, Range]

    @property
    def target_ids(self) -> tuple[str, ...]:
        """What was measured on, in order."""
        return tuple(sorted({one.target_id for one in self.arms if one.rate is not None and one.target_id}))

    def choices(self, target_id: str, wanted: str) -> tuple[ArmRate, ...]:
        """The arms on a target with this precision, variant or name, with a rate or without."""
        on_target = [one for one in self.arms if one.target_id == target_id]
        exact = [one for one in on_target if wanted in {one.variant, one.arm}]
        return tuple(exact or [one for one in on_target if one.precision == wanted])

    def find(self, target_id: str, wanted: str) -> ServiceRate:
        """The one rate on a target with this precision (`int8`), variant (`int8-static:per-channel`) or arm name.

        Raises:
            EvidenceError: if there is none, with the reasons, or more than one, with the choices.
        """
        found = self.choices(target_id, wanted)
        usable = [one for one in found if one.rate is not None]
        if len(usable) == 1:
            return usable[0].require()
        if usable:
            raise EvidenceError(_ambiguous(usable, target_id, wanted))
        if found:
            raise EvidenceError(f"no rate of {shown(wanted)} on {target_id}: {_reasons(found)}")
        measured = sorted({f"{one.variant} on {one.target_id}" for one in self.arms if one.rate is not None})
        raise EvidenceError(
            f"nothing was measured of {shown(wanted)} on {shown(target_id)}: there is {one_of(measured)}"
        )


def rates_of(
    runs: Sequence[StoredRun], *, slo: Slo | None = None, targets: Targets | None = None, with_simulated: bool = False
) -> EvidenceSet:
    """The rates of runs of one workload.

    Args:
        runs: At least one; usually one a machine.
        slo: The promise; None: that of each run's server scenario.
        targets: What can be priced; by default what is shipped.
        with_simulated: Whether simulated runs are taken.

    Raises:
        EvidenceError: if there is no run, they measured different workloads, or no arm has a rate.
    """
    if not runs:
        raise EvidenceError("no run is given: measure one with planner bench")
    first = runs[0]
    for run in runs[1:]:
        if run.plan.workload_digest != first.plan.workload_digest:
            raise EvidenceError(
                f"runs {first.run_id} and {run.run_id} measured different workloads, {_workload(first)} and "
                f"{_workload(run)}: their rates cannot be set against each other"
            )
    arms = tuple(
        arm
        for run in {one.run_id: one for one in runs}.values()
        for arm in service_rates(run, slo=slo, targets=targets, with_simulated=with_simulated)
    )
    if all(arm.rate is None for arm in arms):
        raise EvidenceError(f"there is no service rate: {_reasons(arms)}")
    facts = [model_facts(run) for run in runs]
    return EvidenceSet(
        arms=arms,
        model=next((one for one in facts if one.flop_per_sample is not None), facts[0]),
        scaling=_scaling(runs, arms),
    )


def _scaling(runs: Sequence[StoredRun], arms: Sequence[ArmRate]) -> dict[str, Range]:
    """Of two runs on one target the lower counts."""
    found: dict[str, Range] = {}
    for run in runs:
        share = scaling_evidence(run)
        target_id = next((arm.target_id for arm in arms if arm.run_id == run.run_id and arm.target_id), None)
        if share is not None and target_id is not None:
            found[target_id] = min(share, found.get(target_id, share), key=lambda one: one.low)
    return found


def _workload(run: StoredRun) -> str:
    return f"{model_facts(run).name} ({run.plan.workload_digest[:12]})"


def _reasons(arms: Sequence[ArmRate]) -> str:
    return "; ".join(f"{one.label}: {one.reason}" for one in arms[:5])


def _ambiguous(usable: Sequence[ArmRate], target_id: str, wanted: str) -> str:
    told = [f"{one.label} (gate {one.rate.gate}, {one.rate.per_s.low:.4g}/s)" for one in usable if one.rate is not None]
    is_same = len({one.arm for one in usable}) == 1
    advice = "give one run of each machine" if is_same else "name its variant or its arm"
    return f"{shown(wanted)} on {target_id} may be {one_of(told)}: {advice}"
