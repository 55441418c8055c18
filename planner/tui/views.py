"""The views, one digit each, and where their screens are."""

import importlib
import sys
from dataclasses import dataclass

from textual.screen import Screen


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """A view. `screen` is `module:class`, loaded behind the first screen that is painted."""

    digit: str
    name: str
    title: str
    purpose: str
    screen: str

    @property
    def is_loaded(self) -> bool:
        """Whether its module is here already."""
        return hasattr(sys.modules.get(self.screen.partition(":")[0]), self.screen.partition(":")[2])

    def load(self) -> type[Screen[None]]:
        """Its screen's class.

        Raises:
            ImportError: A package that it needs is not here.
        """
        module, _, name = self.screen.partition(":")
        found: type[Screen[None]] = getattr(importlib.import_module(module), name)
        return found

    def open(self) -> Screen[None]:
        """Its screen."""
        return self.load()()


VIEWS = (
    View(
        digit="1",
        name="measure",
        title="Measure",
        purpose="FP32 against INT8 on this machine, as it happens",
        screen="planner.tui.screens.measure:MeasureScreen",
    ),
    View(
        digit="2",
        name="results",
        title="Results",
        purpose="what was measured, and what it says",
        screen="planner.tui.screens.results:ResultsScreen",
    ),
    View(
        digit="3",
        name="fleet",
        title="Fleet",
        purpose="what a fleet costs, and what a change saves",
        screen="planner.tui.screens.fleet:FleetScreen",
    ),
    View(
        digit="4",
        name="prices",
        title="Prices",
        purpose="what machines cost, since when, and by whose word",
        screen="planner.tui.screens.prices:PricesScreen",
    ),
    View(
        digit="5",
        name="sanity",
        title="Sanity",
        purpose="claims, and whether they can be true",
        screen="planner.tui.screens.sanity:SanityScreen",
    ),
    View(
        digit="6",
        name="reports",
        title="Reports",
        purpose="plans as documents, and the checklist before deployment",
        screen="planner.tui.screens.reports:ReportsScreen",
    ),
)
