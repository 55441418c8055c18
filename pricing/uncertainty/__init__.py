"""How sure a projection is: every uncertain figure drawn, fleets sized to what was drawn, and what to measure next."""

from pricing.uncertainty.assessing import DRAWS, LEAST_DRAWS, MOST_DRAWS, assess
from pricing.uncertainty.inputs import Input, InputKind
from pricing.uncertainty.model import Model, drawn, substituted
from pricing.uncertainty.quantiles import Chance, Quantiles
from pricing.uncertainty.result import AssessedChange, Assessment, DrawnColumn, Measurable, Side
from pricing.uncertainty.tornado import Bar, Indices

__all__ = [
    "DRAWS",
    "LEAST_DRAWS",
    "MOST_DRAWS",
    "AssessedChange",
    "Assessment",
    "Bar",
    "Chance",
    "DrawnColumn",
    "Indices",
    "Input",
    "InputKind",
    "Measurable",
    "Model",
    "Quantiles",
    "Side",
    "assess",
    "drawn",
    "substituted",
]
