"""A plan as people and scripts read it, and as it is stored: one document, rendered as text or as JSON.

The JSON form is an API: `schema` names its version. Money is rounded to the cent and written as text, so that no reader
rounds it again; times are seconds, sizes bytes, rates requests per second. A bound that is not known is null.
"""

from dataclasses import dataclass
from decimal import Decimal

from planner.services.plans.footprint_document import CarbonDocument, EmbodiedDocument, EnergyDocument, Estimate
from planner.services.plans.llm_document import LanguageModelDocument
from planner.services.plans.optimum_document import OptimumDocument
from planner.services.plans.uncertain_document import UncertaintyDocument
from pricing.projection.model import Answer, ColumnName

SCHEMA = "planner.plan/2"


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceDocument:
    """Where a figure comes from: measured, published, projected or assumed."""

    kind: str
    source: str
    as_of: str | None
    level: int | None
    band: float | None
    rows: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RateDocument:
    """Requests per second of one replica inside the SLO."""

    low: float
    point: float | None
    high: float
    unit: str
    slo: str | None
    method: str
    is_bound: bool
    replica_devices: float
    replica_vcpus: int
    evidence: EvidenceDocument


@dataclass(frozen=True, slots=True, kw_only=True)
class SizingDocument:
    """Replicas for the peak, the formula behind them, and how far a simulation was from it."""

    replicas: int
    per_replica_per_s: float
    utilisation: float
    formula: str
    predicted_s: float | None
    simulated_s: float | None
    simulated_requests: int
    difference: float | None
    keeps_slo: bool | None
    simulation_note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FleetDocument:
    """What is rented."""

    provider: str
    region: str
    instance: str
    purchase: str
    price_per_hour: str
    currency: str
    price_as_of: str
    price_source: str
    devices_per_instance: float
    replicas_per_instance: int
    instances: int
    steps: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MoneyRange:
    """Amounts to the cent; null where there is no limit on that side."""

    low: Decimal | None
    planned: Decimal
    high: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnDocument:
    """One fleet. `energy_kwh` and `carbon_kg` are estimates of a year, told whole in `energy` and `carbon`."""

    name: ColumnName
    target: str
    variant: str
    precision: str
    asked: str
    gate: str
    rate: RateDocument
    sizing: SizingDocument
    fleet: FleetDocument
    cost_per_year: MoneyRange
    per_million: str
    energy_kwh: Estimate | None
    carbon_kg: Estimate | None
    notes: tuple[str, ...]
    energy: EnergyDocument | None = None
    carbon: CarbonDocument | None = None
    embodied: EmbodiedDocument | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeDocument:
    """A column against staying."""

    name: ColumnName
    gate: str
    saving_per_year: MoneyRange
    one_off: Decimal
    parallel_running: Decimal
    npv: MoneyRange
    irr: float | None
    irr_reason: str | None
    payback_years: float | None
    discounted_payback_years: float | None
    flows: tuple[Decimal, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AbsenceDocument:
    """A fleet that cannot be, and why."""

    name: ColumnName
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SkippedDocument:
    """A question that was left out, and why."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareDocument:
    """What one cause contributes to the saving."""

    cause: str
    amount: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class FlipDocument:
    """A point at which the cheapest fleet changes."""

    kind: str
    subject: str
    now: float
    at: float | None
    unit: str
    before: ColumnName
    after: ColumnName | None
    span: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DateDocument:
    """The answer at the prices of one day."""

    as_of: str
    costs: tuple[tuple[ColumnName, Decimal], ...]
    cheapest: ColumnName | None
    reason: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingDocument:
    """What a sanity rule says of the plan."""

    rule: str
    verdict: str
    subject: str
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AssumptionDocument:
    """One line of the register."""

    name: str
    text: str
    meaning: str
    evidence: EvidenceDocument


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectionDocument:
    """One question and its answer. `headline` is what a manager reads first."""

    title: str
    headline: str
    answer: Answer
    condition: str | None
    reasons: tuple[str, ...]
    model: str
    parameters: int | None
    flop_per_sample: float | None
    slo: str
    peak_per_s: float
    mean_per_s: float
    hourly_per_s: tuple[float, ...]
    requests_per_year: float
    currency: str
    horizon_years: int
    discount_rate: float
    columns: tuple[ColumnDocument, ...]
    absences: tuple[AbsenceDocument, ...]
    changes: tuple[ChangeDocument, ...]
    shares: tuple[ShareDocument, ...]
    shares_reason: str | None
    flips: tuple[FlipDocument, ...]
    dates: tuple[DateDocument, ...]
    findings: tuple[FindingDocument, ...]
    assumptions: tuple[AssumptionDocument, ...]
    optimum: OptimumDocument | None = None
    uncertainty: UncertaintyDocument | None = None

    @property
    def may_lose(self) -> bool:
        """Whether the advised change, which pays as planned, loses at the unfavourable ends of all ranges."""
        advised = {Answer.QUANTISE: ColumnName.QUANTISE, Answer.MOVE: ColumnName.MOVE}.get(self.answer)
        ends = [change.npv.low for change in self.changes if change.name is advised]
        return any(low is not None and low <= 0 for low in ends)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanDocument:
    """A whole plan: of fleets that serve requests, or of a language model."""

    schema: str
    plan: str | None
    created_at: str | None
    planner_version: str
    as_of: str
    book: str
    seed: int
    runs: tuple[str, ...]
    projections: tuple[ProjectionDocument, ...]
    skipped: tuple[SkippedDocument, ...]
    language_models: tuple[LanguageModelDocument, ...] = ()

    @property
    def headline(self) -> str:
        """Of its first answer."""
        found = [one.headline for one in self.projections] or [one.headline for one in self.language_models]
        return found[0] if found else ""
