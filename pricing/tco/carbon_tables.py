"""The shipped figures of carbon: grids by place, the place of a region, and devices whose making somebody counted.

`tables/carbon.csv`, `tables/grids.csv` and `tables/embodied.csv`: every row with source and year. A region that is not
there has no figure, rather than that of another.
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pricing.errors import BookError, PricingError
from pricing.tco.carbon import CarbonFactor, Declaration
from pricing.vocabulary import Range

_TABLES = Path(__file__).parents[1] / "tables"


@dataclass(frozen=True, slots=True, kw_only=True)
class CarbonTables:
    """What is shipped.

    Attributes:
        places: Factors by the name of their place.
        regions: The place of a provider and its region.
        devices: By target id.
    """

    places: Mapping[str, CarbonFactor]
    regions: Mapping[tuple[str, str], str]
    devices: Mapping[str, Declaration]

    def of_region(self, provider: str, region: str) -> CarbonFactor | None:
        """The grid of a provider's region; None where no figure is known."""
        place = self.regions.get((provider, region))
        return None if place is None else self.places[place]


@cache
def shipped_carbon() -> CarbonTables:
    """The shipped tables; read once.

    Raises:
        BookError: if one is damaged.
    """
    try:
        tables = CarbonTables(
            places={row["place"]: _factor(row) for row in _rows("carbon.csv")},
            regions={(row["provider"], row["region"]): row["place"] for row in _rows("grids.csv")},
            devices={row["target_id"]: _declaration(row) for row in _rows("embodied.csv")},
        )
        unknown = sorted(set(tables.regions.values()) - set(tables.places))
        if unknown:
            raise BookError(f"there is no factor of {', '.join(unknown):.60}")
    except (OSError, KeyError, TypeError, ValueError, csv.Error, PricingError) as fault:
        raise BookError(f"a table of carbon is damaged ({fault!s:.80}): install the package again") from fault
    return tables


def _rows(name: str) -> list[dict[str, str]]:
    with (_TABLES / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _factor(row: dict[str, str]) -> CarbonFactor:
    return CarbonFactor(
        g_per_kwh=Range(low=float(row["low"]), point=float(row["point"]), high=float(row["high"])),
        place=row["place"],
        vintage=int(row["year"]),
        source=f"{row['source']} ({row['url']})",
        note=row["note"],
    )


def _declaration(row: dict[str, str]) -> Declaration:
    return Declaration(
        kg_per_device=float(row["kg_per_device"]),
        source=f"{row['source']}, {int(row['year'])} ({row['url']})",
        note=row["note"],
    )
