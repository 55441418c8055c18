"""What MLPerf's server scenario promises, and which share of the offline rate is left inside that promise."""

import math
from dataclasses import dataclass

from pricing.published.models import KnownModel
from pricing.published.rows import PublishedRow, PublishedScenario, published_rows
from pricing.vocabulary import Precision, Slo

_P99 = 0.99
_LIMITS_S = {"resnet50": 0.015, "ssd-resnet34": 0.100, "bert-large": 0.130, "rnnt": 1.0, "dlrm": 0.030}
RULES = "MLPerf Inference rules, v0.7 and v1.1, server scenario: p99 within the benchmark's latency constraint"
"""The source of the limits: mlcommons/inference_policies, `inference_rules.adoc`, the table of benchmarks."""


def promise_of(model: KnownModel) -> Slo | None:
    """The promise under which the server rates of a model were published; None where it has no server scenario."""
    limit_s = _LIMITS_S.get(model.facts.name)
    return None if limit_s is None else Slo(quantile=_P99, limit_s=limit_s)


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerShare:
    """The server rate over the offline rate of the same systems, from one card to the others.

    Attributes:
        by_target: The geometric mean over the systems of each card.
        rows: The figures that they were reckoned from, for people.
    """

    by_target: dict[str, float]
    rows: tuple[str, ...] = ()

    @property
    def low(self) -> float:
        """Of the card that loses the most."""
        return min(self.by_target.values())

    @property
    def high(self) -> float:
        """Of the card that loses the least."""
        return max(self.by_target.values())

    @property
    def mean(self) -> float:
        """The geometric mean over cards, however many systems of each were published."""
        return _geometric(list(self.by_target.values()))

    @property
    def words(self) -> str:
        """As it is told: `0.854 (a100-sxm4-40) to 0.914 (t4)`."""
        ordered = sorted(self.by_target.items(), key=lambda one: one[1])
        shown = [f"{share:.3f} ({target})" for target, share in ordered]
        return shown[0] if len(shown) == 1 else f"{shown[0]} to {shown[-1]}"


def rows_of(
    model: KnownModel, precision: Precision, scenario: PublishedScenario, *, target_id: str | None = None
) -> tuple[PublishedRow, ...]:
    """What is published of a model in one scenario, on one card or on all."""
    return tuple(
        row
        for row in published_rows()
        if row.benchmark in model.benchmarks
        and row.precision is precision
        and row.scenario is scenario
        and row.sequence == model.sequence
        and target_id in {None, row.target_id}
    )


def server_share(model: KnownModel, precision: Precision, *, without: str | None = None) -> ServerShare | None:
    """What an SLO leaves of the offline rate, by all cards but one; None where no card has both rates.

    Only rates of the same round and number of accelerators are set against each other.
    """
    offline = {_system(row): row for row in rows_of(model, precision, PublishedScenario.OFFLINE)}
    ratios: dict[str, list[float]] = {}
    used: list[str] = []
    for row in rows_of(model, precision, PublishedScenario.SERVER):
        if row.target_id != without and (whole := offline.get(_system(row))) is not None:
            ratios.setdefault(row.target_id, []).append(row.value / whole.value)
            used += [row.words, whole.words]
    if not ratios:
        return None
    return ServerShare(by_target={name: _geometric(found) for name, found in ratios.items()}, rows=tuple(used))


def _system(row: PublishedRow) -> tuple[str, str, str, int]:
    return row.release, row.benchmark, row.target_id, row.accelerators


def _geometric(values: list[float]) -> float:
    return math.exp(math.fsum(map(math.log, values)) / len(values))
