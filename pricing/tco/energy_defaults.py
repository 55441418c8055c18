"""The shipped figures for power and carbon: ranges with their source and year, none of them a promise.

An electricity price is never assumed: the range is there to check a contract against.
"""

import csv
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from pricing.errors import BookError, PricingError
from pricing.tco.energy import CarbonFactor
from pricing.vocabulary import Evidence, Provenance, Range

_TABLE = Path(__file__).parent.parent / "tables" / "energy.csv"


@dataclass(frozen=True, slots=True, kw_only=True)
class SourcedFigure:
    """A published figure.

    Attributes:
        place: Where or of whom it holds.
        unit: `ratio`, `USD/kWh` or `g/kWh`.
        value: Without a point where the source gives a range only.
        vintage: The year that it is of; None where no publication stands behind it.
        evidence: Published, by whom, as of the last day of that year; without a year, assumed.
        note: What a reader must know.
    """

    place: str
    unit: str
    value: Range
    vintage: int | None
    evidence: Evidence
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EnergyDefaults:
    """The figures that are shipped.

    Attributes:
        pue_industry: All energy of a site over that of its machines, mean of the industry.
        pue_hyperscale: The same of the largest operators.
        electricity_us_commercial: Dollars a kWh.
        carbon_us: Grams of CO₂ equivalent a kWh, location-based.
    """

    pue_industry: SourcedFigure
    pue_hyperscale: SourcedFigure
    electricity_us_commercial: SourcedFigure
    carbon_us: SourcedFigure

    @property
    def carbon_factor_us(self) -> CarbonFactor:
        """The US grid's average, as `carbon` takes it.

        Raises:
            BookError: if its year is missing.
        """
        figure = self.carbon_us
        if figure.vintage is None:
            raise BookError(f"{_TABLE.name}: the carbon factor of {figure.place} has no year")
        return CarbonFactor(
            g_per_kwh=figure.value.high, place=figure.place, vintage=figure.vintage, source=figure.evidence.source
        )


def energy_defaults() -> EnergyDefaults:
    """The figures of `tables/energy.csv`.

    Raises:
        BookError: if the table is damaged.
    """
    try:
        with _TABLE.open(encoding="utf-8", newline="") as file:
            figures = {(row["figure"], row["place"]): _figure(row) for row in csv.DictReader(file)}
        return EnergyDefaults(
            pue_industry=figures["pue", "industry average"],
            pue_hyperscale=figures["pue", "hyperscale"],
            electricity_us_commercial=figures["electricity", "US commercial"],
            carbon_us=figures["carbon", "US"],
        )
    except (OSError, KeyError, TypeError, ValueError, csv.Error, PricingError) as fault:
        raise BookError(f"{_TABLE.name} is damaged ({fault!s:.80}): install the package again") from fault


def _figure(row: dict[str, str]) -> SourcedFigure:
    vintage = int(row["year"]) if row["year"] else None
    evidence = (
        Evidence(kind=Provenance.ASSUMED, source=row["source"])
        if vintage is None
        else Evidence(kind=Provenance.PUBLISHED, source=row["source"], as_of=date(vintage, 12, 31))
    )
    return SourcedFigure(
        place=row["place"],
        unit=row["unit"],
        value=Range(
            low=float(row["low"]), point=float(row["point"]) if row["point"] else None, high=float(row["high"])
        ),
        vintage=vintage,
        evidence=evidence,
        note=row["note"],
    )
