"""What a number in a ledger may be, refused with its name."""

from decimal import Decimal

from pricing.errors import AssumptionError
from pricing.money import Money, Number, exact


def at_least(value: Number, least: Number, *, name: str) -> Decimal:
    """The number, not below `least`.

    Raises:
        AssumptionError: if it is below.
        UnitError: if it is no finite number.
    """
    number = exact(value)
    if number < exact(least):
        raise AssumptionError(f"{name} is {value!s:.40}: it must be {least} or more")
    return number


def above_zero(value: Number, *, name: str) -> Decimal:
    """The number, above 0.

    Raises:
        AssumptionError: if it is 0 or below.
        UnitError: if it is no finite number.
    """
    number = exact(value)
    if number <= 0:
        raise AssumptionError(f"{name} is {value!s:.40}: it must be above 0")
    return number


def not_negative(amount: Money, *, name: str) -> Money:
    """The amount, not below nothing.

    Raises:
        AssumptionError: if it is below.
    """
    if amount.amount < 0:
        raise AssumptionError(f"{name} is {amount.cents} {amount.currency}: it must not be negative")
    return amount
