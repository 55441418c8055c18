"""Asks for two devices to be set side by side."""

from collections.abc import Callable, Mapping

from planner.services.price_comparison import TargetComparison, compare_targets
from planner.services.price_overview import PriceOverview
from planner.services.prices import targets_in_force
from planner.tui.dialogs.form import Field, FieldError
from planner.tui.prices.lines import OWNED, PriceLine
from pricing.book import ON_DEMAND, PURCHASES
from pricing.errors import BookError, TargetError

_OTHER = "t4"
_BESIDE_IT = "a100-sxm4-40"


def compare_fields(at: PriceLine | None) -> tuple[Field, ...]:
    """The device under the cursor, another one, and how they are paid for."""
    known = tuple(one.target_id for one in targets_in_force().all)
    device = at.device if at is not None and at.device in known else _OTHER
    option = at.option if at is not None and at.option in PURCHASES and at.option != OWNED else ON_DEMAND
    other = _BESIDE_IT if device == _OTHER else _OTHER
    return (
        Field(name="one", title="device", value=device, suggestions=known, check=_wrong),
        Field(name="other", title="and", value=other, suggestions=known, check=_wrong),
        Field(name="purchase", title="option", choices=PURCHASES, value=option),
    )


def compared(found: PriceOverview, answers: Mapping[str, str]) -> TargetComparison:
    """Both.

    Raises:
        FieldError: one of them is not priced so.
    """
    targets = targets_in_force()
    one, other = targets.find(answers["one"]), targets.find(answers["other"])
    try:
        return compare_targets(found.book, one, other, found.as_of, purchase=answers["purchase"])
    except BookError as error:
        named = "other" if other.target_id in str(error) and one.target_id not in str(error) else "one"
        raise FieldError(named, str(error)) from error


def compare_judge(found: PriceOverview) -> Callable[[Mapping[str, str]], object]:
    """Whether they can be."""
    return lambda answers: compared(found, answers)


def _wrong(value: str) -> str | None:
    try:
        targets_in_force().find(value)
    except TargetError as error:
        return str(error)
    return None
