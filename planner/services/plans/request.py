"""What was asked of a plan, in a form that can be kept and asked again."""

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import msgspec

from planner.errors import StoreError
from planner.services.plans.llm_request import LanguageModelRequest
from planner.services.plans.optimise_request import OptimiseRequest
from pricing.assumptions import read_assumptions
from pricing.errors import TargetError
from pricing.files import read_text
from pricing.targets import Targets, shipped_targets
from pricing.traffic import read_traffic
from pricing.uncertainty import DRAWS
from pricing.vocabulary import Demand, Evidence, Provenance

COMMAND_LINE = "the command line"


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """Assumptions from one origin, by name, as they were written."""

    origin: str
    values: dict[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Traffic:
    """Traffic that was measured, in requests per second."""

    source: str
    hourly_per_s: tuple[float, ...]
    peak_per_s: float

    @property
    def demand(self) -> Demand:
        """As the cost model takes it."""
        evidence = Evidence(kind=Provenance.MEASURED, source=self.source)
        return Demand(hourly_per_s=self.hourly_per_s, peak_per_s=self.peak_per_s, evidence=evidence)


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetFile:
    """A file of targets, whole: the plan must not depend on its staying where it is."""

    name: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanRequest:
    """Everything that a plan is asked with, but its prices.

    Attributes:
        layers: Assumptions, later ones overrule earlier ones.
        runs: Identifiers of runs.
        traffic: Instead of a stated demand.
        target_files: Targets beside those that are shipped.
        seed: Of the simulations, and of the draws.
        is_default: Whether neither runs nor a model were named: `runs` are then those that were found.
        draws: How often every uncertain figure is drawn.
        with_sobol: Whether Sobol indices are reckoned.
        language_model: What is asked of one; the plan is then about nothing else.
        optimise: Whether the cheapest mix is wanted, and what it may be chosen from.
    """

    layers: tuple[Layer, ...] = ()
    runs: tuple[str, ...] = ()
    traffic: Traffic | None = None
    target_files: tuple[TargetFile, ...] = field(default=())
    seed: int = 1
    is_default: bool = False
    draws: int = DRAWS
    with_sobol: bool = False
    language_model: LanguageModelRequest | None = None
    optimise: OptimiseRequest | None = None

    def targets(self) -> Targets:
        """The targets that may be named.

        Raises:
            TargetError: if a file describes none.
        """
        found = shipped_targets()
        with tempfile.TemporaryDirectory() as folder:
            for number, file in enumerate(self.target_files):
                path = Path(folder) / f"{number}.toml"
                path.write_text(file.text, encoding="utf-8")
                try:
                    found = found.with_file(path)
                except TargetError as error:
                    raise TargetError(str(error).replace(str(path), file.name)) from error
        return found

    def stated(self, name: str) -> object | None:
        """What was written of an assumption, by the last who did."""
        return next((layer.values[name] for layer in reversed(self.layers) if name in layer.values), None)

    def encoded(self) -> str:
        """As it is stored."""
        return msgspec.json.encode(self).decode()


def decode_request(text: str) -> PlanRequest:
    """The request that was stored.

    Raises:
        StoreError: if it is damaged.
    """
    try:
        return msgspec.json.decode(text, type=PlanRequest)
    except msgspec.MsgspecError as error:
        raise StoreError(f"a stored plan is damaged: {error}") from error


def layer_of_file(path: Path) -> Layer:
    """The assumptions of a file.

    Raises:
        AssumptionError: if it is none.
    """
    values = read_assumptions(path)
    return Layer(origin=path.name, values={name: _storable(value) for name, value in values.items()})


def layer_of_options(values: Mapping[str, object | None]) -> Layer:
    """What the command line says; what it does not say is left out."""
    return Layer(origin=COMMAND_LINE, values={name: value for name, value in values.items() if value is not None})


def target_file(path: Path) -> TargetFile:
    """A file of targets, whole; what it says is read by `PlanRequest.targets`.

    Raises:
        TargetError: if it cannot be read.
    """
    return TargetFile(name=str(path), text=read_text(path, error=TargetError))


def traffic_of_file(path: Path) -> Traffic:
    """What a file of requests shows.

    Raises:
        PricingError: if it shows nothing.
    """
    demand = read_traffic(path).demand()
    return Traffic(source=demand.evidence.source, hourly_per_s=demand.hourly_per_s, peak_per_s=demand.peak_per_s)


def _storable(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value
