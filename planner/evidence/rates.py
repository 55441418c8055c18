"""The service rate of each arm of a run: the server scenario's where its promise is no looser, else by its batches."""

from dataclasses import dataclass, replace

from harness.vocabulary import Arm, Method, ServerRate
from harness.vocabulary import Slo as HarnessSlo
from planner.evidence.facts import model_name
from planner.evidence.replicas import replica_of, siblings_note, target_of
from planner.evidence.soundness import gate_of, is_baseline, proof_note, refusal_of, require_usable
from planner.evidence.timings import batch_times, without_bound
from planner.store import StoredRun
from pricing.capacity.envelopes import CurveRate, curve_rate
from pricing.errors import EvidenceError
from pricing.files import printable, shown
from pricing.published.rates import AS_IT_IS, OTHER_BATCH
from pricing.targets import Targets, shipped_targets
from pricing.vocabulary import BatchCurve, Evidence, Precision, Provenance, Range, RateMethod, ServiceRate, Slo, Target

_SAME = 1e-9
_PRECISIONS = {
    Method.FP32: Precision.FP32,
    Method.TF32: Precision.TF32,
    Method.BF16: Precision.BF16,
    Method.FP16: Precision.FP16,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmRate:
    """One arm of a run, and what it serves.

    Attributes:
        run_id: The run.
        arm: Its name: `onnxruntime/fp32`.
        variant: Its variant: `fp32`.
        precision: What it is named for.
        target_id: What it ran on; None where no target is it.
        is_baseline: Whether others are compared with it.
        rate: What it serves; None where there is no evidence.
        reason: Why there is no rate; None where there is one.
    """

    run_id: str
    arm: str
    variant: str
    precision: Precision
    target_id: str | None
    is_baseline: bool
    rate: ServiceRate | None
    reason: str | None

    def require(self) -> ServiceRate:
        """The rate.

        Raises:
            EvidenceError: if there is none, with the reason.
        """
        if self.rate is None:
            raise EvidenceError(f"{self.label} has no service rate: {self.reason}")
        return self.rate

    @property
    def label(self) -> str:
        """For messages: `openvino/fp32 of run d3f00a25`."""
        return f"{printable(self.arm)} of run {self.run_id}"


def service_rates(
    run: StoredRun, *, slo: Slo | None = None, targets: Targets | None = None, with_simulated: bool = False
) -> tuple[ArmRate, ...]:
    """What each arm serves inside a promise, in the plan's order.

    Args:
        run: A completed run.
        slo: The promise of the plan; None: that of the run's server scenario.
        targets: What can be priced; by default what is shipped.
        with_simulated: Whether a simulated run is taken, for trying things out.

    Raises:
        EvidenceError: if the run is no evidence, or no promise is known.
    """
    require_usable(run, with_simulated=with_simulated)
    if slo is None and run.plan.server is None:
        raise EvidenceError(f'run {run.run_id} was measured under no promise: state one, such as slo.limit = "50 ms"')
    promise = slo or _priced(run.plan.server.slo if run.plan.server else None)
    known = targets or shipped_targets()
    return tuple(_arm_rate(run, arm, slo=promise, targets=known) for arm in run.plan.arms)


def _priced(slo: HarnessSlo | None) -> Slo:
    if slo is None:
        raise EvidenceError("no promise is known")
    return Slo(quantile=slo.quantile, limit_s=slo.limit_s)


def _arm_rate(run: StoredRun, arm: Arm, *, slo: Slo, targets: Targets) -> ArmRate:
    target: Target | None = None
    rate, reason = None, refusal_of(run, arm)
    try:
        target = target_of(run, arm, targets)
        rate = _Arm(run=run, arm=arm, target=target, slo=slo).rate() if reason is None else None
    except EvidenceError as error:
        reason = reason or str(error)
    return ArmRate(
        run_id=run.run_id,
        arm=arm.name,
        variant=arm.label,
        precision=_precision(arm),
        target_id=None if target is None else target.target_id,
        is_baseline=is_baseline(run, arm),
        rate=rate,
        reason=reason,
    )


def _precision(arm: Arm) -> Precision:
    return _PRECISIONS.get(arm.recipe.method, Precision.INT8)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Arm:
    """A sound arm, and the promise to keep."""

    run: StoredRun
    arm: Arm
    target: Target
    slo: Slo

    def rate(self) -> ServiceRate:
        """By the server scenario, or else by batches."""
        found = next((one for one in self.run.server_rates if one.arm == self.arm.name), None)
        if found is None:
            return self._by_batches("no server scenario was measured")
        if found.is_contaminated:
            return self._by_batches("the server scenario was disturbed by other programs and is not used")
        measured = _priced(found.slo)
        if found.held_rate_per_s > 0.0 and _is_no_looser(measured, self.slo):
            return self._by_server(found, measured)
        if found.held_rate_per_s <= 0.0 and _is_no_looser(self.slo, measured):
            raise EvidenceError(
                f"the server scenario proved no rate to hold {measured.label} ({printable(found.reason)}): measure for "
                "longer, or promise less"
            )
        told = f"the server scenario was measured under {measured.label}: beyond what it proved nothing is claimed"
        return self._capped(self._by_batches(told), found, measured)

    def _by_server(self, found: ServerRate, measured: Slo) -> ServiceRate:
        held = found.held_rate_per_s
        high = held if found.missed_rate_per_s is None else found.missed_rate_per_s
        point = None if found.point_per_s is None else min(high, max(held, found.point_per_s))
        missed = "no rate was proven to miss" if found.missed_rate_per_s is None else "the high end was proven to miss"
        rules = self.run.plan.server
        told = [f"the low end was proven to hold, {missed}; what binds: {printable(found.binds)}"]
        if rules is not None:
            told.append(f"served by {rules.instances} × {self.arm.threads} threads, batches up to {rules.max_batch}")
        rate = self._rate(
            Range(low=held, point=point, high=high),
            slo=measured,
            method=RateMethod.SERVER,
            notes=told,
            instances=1 if rules is None else rules.instances,
        )
        return self._with_service(rate)

    def _with_service(self, rate: ServiceRate) -> ServiceRate:
        """With the moments of service that were measured, for a simulation: one instance that takes no batches."""
        rules = self.run.plan.server
        levels = [one for one in self.run.server_levels if one.arm == self.arm.name and not one.is_contaminated]
        if rules is None or rules.instances != 1 or rules.max_batch != 1 or not levels:
            return rate
        level = max(levels, key=lambda one: one.judged)
        if level.mean_service_s <= 0.0:
            return rate
        cv2 = max(0.0, level.mean_square_service_s2 / level.mean_service_s**2 - 1.0)
        curve = BatchCurve(fixed_s=level.mean_service_s, per_sample_s=0.0, max_batch=1)
        return replace(rate, curve=curve, service_cv2=cv2)

    def _by_batches(self, why: str) -> ServiceRate:
        times = batch_times(self.run, self.arm.name, self.slo.quantile)
        if not times:
            raise EvidenceError(f"{why}, and no single calls were timed: measure either")
        found = curve_rate(times, self.slo)
        rate = self._rate(found.per_s, slo=self.slo, method=RateMethod.CURVE, notes=[self._told(found, why)])
        return replace(rate, curve=found.curve)

    def _told(self, found: CurveRate, why: str) -> str:
        sizes = ", ".join(map(str, found.batches))
        points = [one for one in without_bound(self.run, self.arm.name, self.slo.quantile) if one in found.batches]
        of_points = (
            f" (of batches of {', '.join(map(str, points))} it has no bound, and its point counts: measure longer)"
            if points
            else ""
        )
        return (
            f"not a server measurement: reckoned from calls made one after the other in batches of {sizes}, for a "
            f"server that takes up to {found.curve.max_batch} at once; low with every call as slow as the promised "
            f"quantile{of_points}, high with the lower bound of the median; {why}"
        )

    def _capped(self, rate: ServiceRate, found: ServerRate, measured: Slo) -> ServiceRate:
        """A stricter promise holds at no higher rate than a looser one did, and is not proven where that was not.

        What one call at a time took cannot overrule the server, as it would behind one queue of all replicas: a
        stricter promise would then need fewer of them. So the time of lone calls goes; the rate alone counts.
        """
        if _is_no_looser(measured, self.slo) or not _is_no_looser(self.slo, measured):
            return rate
        per_s = rate.per_s
        most = per_s.high if found.missed_rate_per_s is None else min(per_s.high, found.missed_rate_per_s)
        low = min(per_s.low, found.held_rate_per_s, most)
        point = None if per_s.point is None else max(low, min(per_s.point, most))
        curve = None if rate.curve is None or rate.curve.max_batch == 1 else rate.curve
        return replace(rate, per_s=Range(low=low, point=point, high=max(low, most)), curve=curve)

    def _rate(self, per_s: Range, *, slo: Slo, method: RateMethod, notes: list[str], instances: int = 1) -> ServiceRate:
        run, arm = self.run, self.arm
        notes += filter(None, (proof_note(run, arm), siblings_note(run, self.target)))
        device = self.target.name if arm.device != "cpu" else f"{self.target.name} ({shown(run.environment.cpu.model)})"
        is_real = not run.plan.is_simulated
        kind = Provenance.MEASURED if is_real else Provenance.ASSUMED
        told = "run" if is_real else "simulated run"
        source = f"{told} {run.run_id}, arm {printable(arm.name)}, planner {printable(run.planner_version)}, {device}"
        return ServiceRate(
            replica=replica_of(arm, self.target, instances=instances),
            model=model_name(run),
            variant=arm.label,
            precision=_precision(arm),
            per_s=per_s,
            slo=slo,
            method=method,
            evidence=Evidence(
                kind=kind,
                source=source,
                as_of=run.started_at.date(),
                level=AS_IT_IS if method is RateMethod.SERVER else OTHER_BATCH,
                rows=(f"{told} {run.run_id}, arm {printable(arm.name)}: {method}",),
            ),
            gate=gate_of(run, arm),
            note="; ".join(notes),
        )


def _is_no_looser(one: Slo, other: Slo) -> bool:
    return one.limit_s <= other.limit_s * (1.0 + _SAME) and one.quantile >= other.quantile - _SAME
