"""The figures of a run in the terms that publications use: a figure, and the terms that it was found in."""

from collections.abc import Iterator

from harness.statistics.quantiles import samples_floor
from harness.vocabulary import Arm, LoadPoint, Measurement, ProofState
from planner.evidence.replicas import target_of
from planner.services.arrivals import offline_figures
from planner.services.published_comparison.document import Figure, How, Ours, Quantity
from planner.services.run_document import model_bytes
from planner.store.records import StoredRun
from pricing.errors import EvidenceError
from pricing.targets import Targets
from pricing.vocabulary import Precision

POWER = "power_w"
"""The setting in which a GPU check keeps an arm's mean power."""
WIDEST_FIRST = (
    *(Precision.FP32, Precision.TF32, Precision.BF16, Precision.FP16, Precision.FP8, Precision.INT8, Precision.INT4),
)
"""As speed-ups are told: of the later over the earlier."""
_SINGLE, _P90 = 1, 0.9
_UNPROVED = "not proved which precision ran"


class OwnFigures:
    """Everything that a run found, arm by arm; what did not run in the precision of its name is left out."""

    def __init__(self, run: StoredRun, targets: Targets, *, sequence: int | None) -> None:
        """Read the run once. `sequence` is what its samples have, of a model that reads texts."""
        self._run = run
        self._targets = targets
        self._sequence = sequence
        self._shares = {(one.arm, one.batch): one.share for one in run.limits}
        self._measured = {(one.arm, one.load): one for one in run.measurements}
        self.wrong = tuple(arm.name for arm in run.plan.arms if self._proof_state(arm) is ProofState.NOT_AS_NAMED)
        self.all = tuple(self._figures())
        self.devices = tuple(dict.fromkeys(self.device_of(arm) for arm in run.plan.arms))

    def device_of(self, arm: Arm) -> str:
        """The target that the arm ran on, or its name as the system tells it."""
        try:
            return target_of(self._run, arm, self._targets).target_id
        except EvidenceError:
            cards = {f"gpu:{one.index}": one.name for one in self._run.environment.gpus}
            return cards.get(arm.device) or (arm.device if arm.is_on_gpu else self._run.environment.cpu.model)

    def _proof_state(self, arm: Arm) -> ProofState:
        record = self._run.arm(arm.name)
        return ProofState.UNVERIFIED if record is None or record.proof is None else record.proof.verdict.state

    def _figures(self) -> Iterator[Ours]:
        arms = [arm for arm in self._run.plan.arms if arm.name not in self.wrong]
        for arm in arms:
            yield from self._latencies(arm)
            yield from self._size(arm)
        yield from self._rates({arm.name: arm for arm in arms})
        for arm in arms:
            for other in arms:
                if arm.place == other.place and _is_narrower(arm, other):
                    yield from self._gains(other, arm)

    def _figure(self, arm: Arm, quantity: Quantity, value: float, **terms: object) -> Figure:
        return Figure(
            quantity=quantity,
            value=value,
            precision=precision_of(arm),
            device=self.device_of(arm),
            sequence=self._sequence,
            **terms,  # type: ignore[arg-type] # the fields of a figure
        )

    def _note(self, *arms: Arm) -> str:
        return "" if all(self._proof_state(arm) is ProofState.AS_NAMED for arm in arms) else _UNPROVED

    def _latencies(self, arm: Arm) -> Iterator[Ours]:
        for one in self._run.measurements:
            if one.arm != arm.name or one.concurrency != _SINGLE or not one.throughput > 0.0:
                continue
            mean = self._figure(arm, Quantity.LATENCY, one.batch / one.throughput, how=How.BATCHES, batch=one.batch)
            share = self._shares.get((arm.name, one.batch))
            yield Ours(figure=mean, arm=arm.name, note=self._note(arm), share_of_limit=share)
            if one.batch == _SINGLE:
                yield from self._single_stream(arm, one)

    def _single_stream(self, arm: Arm, measured: Measurement) -> Iterator[Ours]:
        for one in measured.quantiles:
            if one.p == _P90 and one.samples >= samples_floor(one.p, one.confidence):
                figure = self._figure(arm, Quantity.LATENCY, one.point_s, how=How.SINGLE_STREAM, batch=_SINGLE)
                yield Ours(figure=figure, arm=arm.name, lower=one.lower_s, upper=one.upper_s, note=self._note(arm))

    def _size(self, arm: Arm) -> Iterator[Ours]:
        record = self._run.arm(arm.name)
        size = None if record is None else model_bytes(record)
        if size:
            yield Ours(figure=self._figure(arm, Quantity.SIZE, float(size)), arm=arm.name)

    def _rates(self, arms: dict[str, Arm]) -> Iterator[Ours]:
        for one in offline_figures(self._run):
            if one.arm in arms:
                arm = arms[one.arm]
                figure = self._figure(arm, Quantity.RATE, one.throughput, how=How.OFFLINE, batch=one.load.batch)
                yield Ours(figure=figure, arm=arm.name, note=self._note(arm))
        for rate in self._run.server_rates:
            if rate.arm in arms and rate.held_rate_per_s > 0.0:
                arm = arms[rate.arm]
                slo = slo_words(rate.slo.quantile, rate.slo.limit_s)
                figure = self._figure(arm, Quantity.RATE, rate.held_rate_per_s, how=How.SERVER, slo=slo)
                yield Ours(figure=figure, arm=arm.name, upper=rate.missed_rate_per_s, note=self._note(arm))

    def _gains(self, before: Arm, after: Arm) -> Iterator[Ours]:
        """Of every load how many times as fast, with its interval where the blocks were paired; and power saved."""
        for load in self._run.plan.loads:
            if load.concurrency == _SINGLE and (gain := self._gain(before, after, load)) is not None:
                yield gain
        watts = [self._power_w(arm) for arm in (before, after)]
        if watts[0] is not None and watts[1] is not None:
            saved = 1.0 - watts[1] / watts[0]
            figure = self._figure(after, Quantity.POWER_SAVED, saved, before=precision_of(before))
            yield Ours(figure=figure, arm=after.name, note=self._note(before, after))

    def _gain(self, before: Arm, after: Arm, load: LoadPoint) -> Ours | None:
        slow, fast = self._measured.get((before.name, load)), self._measured.get((after.name, load))
        if slow is None or fast is None:
            return None
        key = (after.name, before.name, load)
        paired = next(
            (one.deciding for one in self._run.comparisons if (one.candidate, one.baseline, one.load) == key), None
        )
        medians = [one.quantiles[0].point_s for one in (slow, fast) if one.quantiles]
        if paired is None and (len(medians) < 2 or not min(medians) > 0.0):  # noqa: PLR2004 - one of each
            return None
        value = paired.point if paired is not None else medians[0] / medians[1]
        figure = self._figure(after, Quantity.SPEED_UP, value, before=precision_of(before), batch=load.batch)
        return Ours(
            figure=figure,
            arm=after.name,
            lower=paired.lower if paired is not None else None,
            upper=paired.upper if paired is not None else None,
            note=self._note(before, after),
        )

    def _power_w(self, arm: Arm) -> float | None:
        record = self._run.arm(arm.name)
        told = None if record is None else record.settings.get(POWER)
        try:
            watts = float(told) if told is not None else 0.0
        except ValueError:
            return None
        return watts if 0.0 < watts < float("inf") else None


def precision_of(arm: Arm) -> Precision:
    """What the arm's name says that its arithmetic runs in."""
    method = arm.recipe.method
    return Precision.INT8 if method.is_int8 else Precision(method.value)


def _is_narrower(arm: Arm, other: Arm) -> bool:
    return WIDEST_FIRST.index(precision_of(arm)) > WIDEST_FIRST.index(precision_of(other))


def slo_words(quantile: float, limit_s: float) -> str:
    """`p99 ≤ 15 ms`."""
    return f"p{100 * quantile:g} ≤ {limit_s * 1e3:g} ms"
