"""The named inputs of a projection: read from one commented file, each with its unit and its source."""

from pricing.assumptions.entries import ENTRIES
from pricing.assumptions.entry import Entry, Kind
from pricing.assumptions.model import Assumptions, Autoscaling, Energy, Migration, Owning, Place, Stated
from pricing.assumptions.reading import assume, read_assumptions
from pricing.assumptions.template import template

__all__ = [
    "ENTRIES",
    "Assumptions",
    "Autoscaling",
    "Energy",
    "Entry",
    "Kind",
    "Migration",
    "Owning",
    "Place",
    "Stated",
    "assume",
    "read_assumptions",
    "template",
]
