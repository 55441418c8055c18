"""The lines of the price list: rented and bought hardware in one, and how each is drawn."""

from dataclasses import dataclass
from datetime import date

from rich.text import Text

from planner.drawing.price_cells import age, amount, devices, market
from planner.services.price_overview import PriceOverview, key_of
from planner.services.price_questions import OwnedRow, PriceRow
from planner.tui.widgets.grid import GridColumn
from planner.wording.quantities import ABSENT
from planner.wording.text import plain

OWNED = "owned"


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceLine:
    """A price: of a rented instance, or of one device that was bought. Exactly one of both is there.

    Attributes:
        rented: An hour of an instance.
        bought: A device of one's own.
        book: The label of the book that states it.
        age_days: Since the day of which it is.
    """

    rented: PriceRow | None = None
    bought: OwnedRow | None = None
    book: str
    age_days: int

    @property
    def device(self) -> str:
        """Its target, else what somebody called it."""
        if self.rented is not None:
            return self.rented.target_id or self.rented.device or ABSENT
        return self.bought.target_id if self.bought is not None else ABSENT

    @property
    def market(self) -> str:
        """Provider and region; bought hardware is in none."""
        return market(self.rented) if self.rented is not None else OWNED

    @property
    def option(self) -> str:
        """How it is paid for."""
        return self.rented.purchase if self.rented is not None else OWNED

    @property
    def as_of(self) -> date:
        """The day of which it is."""
        if self.rented is not None:
            return self.rented.as_of
        return self.bought.as_of if self.bought is not None else date.min

    @property
    def name(self) -> str:
        """Of the instance, or what the owner calls it."""
        if self.rented is not None:
            return self.rented.instance
        return self.bought.name if self.bought is not None else ABSENT

    @property
    def per_device(self) -> float:
        """For sorting: what has no such price comes last."""
        found = self.rented.per_device_hour if self.rented is not None else None
        return float("inf") if found is None else found

    @property
    def per_hour(self) -> float:
        """Likewise."""
        return float("inf") if self.rented is None else self.rented.per_hour


def price_lines(found: PriceOverview) -> tuple[PriceLine, ...]:
    """Every price, bought hardware last."""
    rented = (PriceLine(rented=row, book=found.source_of(row), age_days=row.age_days) for row in found.rows)
    bought = (PriceLine(bought=row, book=OWNED, age_days=(found.as_of - row.as_of).days) for row in found.owned)
    return (*rented, *bought)


def key_of_line(one: PriceLine) -> object:
    """The same price after a newer one has come: what it is of."""
    if one.rented is not None:
        return key_of(one.rented)
    return one.name, one.device, one.as_of


def price_columns() -> tuple[GridColumn[PriceLine], ...]:
    """What one decides by first; the rest where there is room, and beside the list."""
    return (
        GridColumn(title="device", draw=_device, least=13),
        GridColumn(title="device-h", draw=_per_device, order=lambda one: one.per_device, is_right=True),
        GridColumn(title="option", draw=lambda one: _short(one.option), least=13),
        GridColumn(title="market", draw=lambda one: _short(one.market), least=16),
        GridColumn(title="age", draw=lambda one: age(one.age_days), order=lambda one: one.age_days),
        GridColumn(title="instance", draw=lambda one: _short(one.name), least=16, rank=1),
        GridColumn(title="per hour", draw=_per_hour, order=lambda one: one.per_hour, is_right=True, rank=2),
        GridColumn(title="of", draw=lambda one: Text(str(one.as_of)), order=lambda one: one.as_of, rank=4),
        GridColumn(title="book", draw=lambda one: _short(one.book), least=8, rank=3),
    )


def _device(one: PriceLine) -> Text:
    return _short(devices(one.rented) if one.rented is not None else f"1 × {one.device}")


def _per_device(one: PriceLine) -> Text:
    return _short(ABSENT if one.rented is None else amount(one.rented.per_device_hour, one.rented.currency))


def _per_hour(one: PriceLine) -> Text:
    return _short(ABSENT if one.rented is None else amount(one.rented.per_hour, one.rented.currency))


def _short(text: str) -> Text:
    return Text(plain(text), no_wrap=True, overflow="ellipsis")
