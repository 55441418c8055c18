"""Rates of one card from what is known of another: looks for the best one to start from.

Never starts from a rate that is itself reckoned from another card's.
"""

import math
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

from planner.evidence import EvidenceSet
from pricing.errors import EvidenceError, PricingError
from pricing.published import find_model, published_rate, published_rows
from pricing.targets import Targets
from pricing.transfer import BOUNDS_ONLY, Ground, distance, shipped_ground, transfer, way_to, why_bounds_only
from pricing.vocabulary import Gate, ModelFacts, Precision, Provenance, ServiceRate, Slo, Target

_BY_GATE = (Gate.ACCEPTED, Gate.UNPROVEN, Gate.NOT_MEASURED, Gate.REJECTED)


@dataclass(frozen=True, slots=True, kw_only=True)
class RateSources:
    """What is known of a model, on every target.

    Attributes:
        evidence: What was measured; None: nothing.
        model: What serves.
        targets: The data sheets.
        slo: The promise.
    """

    evidence: EvidenceSet | None
    model: ModelFacts
    targets: Targets
    slo: Slo

    def measured(self, target_id: str, wanted: str) -> ServiceRate | None:
        """Of several variants of one precision the one that quality allows and that serves most.

        Raises:
            EvidenceError: if such variants were measured, and none of them has a rate.
        """
        if self.evidence is None:
            return None
        choices = self.evidence.choices(target_id, wanted)
        found = [one.rate for one in choices if one.rate is not None]
        if choices and not found:
            self.evidence.find(target_id, wanted)  # says why none of them has a rate
        return min(found, key=lambda rate: (_BY_GATE.index(rate.gate), -rate.sizing_per_s), default=None)

    def transferred(self, destination: Target, wanted: str) -> ServiceRate:
        """What the destination is expected to serve, from the best rate that is known elsewhere.

        The best is the one of the best level, measured before published, then of the nearest data sheet.

        Raises:
            EvidenceError: if nothing is known elsewhere, or nothing of it says anything about the destination.
        """
        ground = self._ground()
        first_error: EvidenceError | None = None
        known = list(self._elsewhere(destination, wanted))
        for rate in sorted(known, key=lambda one: self._rank(one, destination, ground)):
            try:
                return transfer(rate, self.model, destination, ground=ground)
            except EvidenceError as error:
                first_error = first_error or error
        raise first_error or EvidenceError(
            f"nor has another device a rate of {self.model.name} in {wanted} under {self.slo.label} to reckon it from"
        )

    def _ground(self) -> Ground:
        shipped = shipped_ground()
        return shipped if self.targets is shipped.targets else Ground(published_rows(), self.targets)

    def _rank(self, rate: ServiceRate, destination: Target, ground: Ground) -> tuple[int, bool, float, str]:
        source = self.targets.find(rate.replica.target_id)
        if why_bounds_only(rate.precision, source, destination) is None:
            way = way_to(ground, rate.precision, source.target_id, destination.target_id)
            level, far = way.level, distance(source, destination, rate.precision)
        else:
            level, far = BOUNDS_ONLY, math.inf
        return level, rate.evidence.kind is not Provenance.MEASURED, far, source.target_id

    def _elsewhere(self, destination: Target, wanted: str) -> Iterator[ServiceRate]:
        """Measured and published rates of other targets, none of them reckoned from another device."""
        for target_id in () if self.evidence is None else self.evidence.target_ids:
            with suppress(EvidenceError):
                rate = self.measured(target_id, wanted)
                if rate is not None and target_id != destination.target_id:
                    yield rate
        if wanted not in set(Precision):
            return
        for target_id in sorted({row.target_id for row in published_rows()} - {destination.target_id}):
            with suppress(PricingError):
                target = self.targets.find(target_id)
                rate = published_rate(find_model(self.model.name).facts.name, Precision(wanted), target, self.slo)
                if rate.evidence.kind is Provenance.PUBLISHED:
                    yield rate
