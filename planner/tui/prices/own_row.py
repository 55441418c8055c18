"""One price of one's own, asked for field by field. The reader of price files says what is wrong with each."""

import re
from collections.abc import Mapping
from datetime import date

from planner.services.prices import targets_in_force
from planner.tui.dialogs.form import Check, Field, FieldError
from planner.tui.prices.lines import PriceLine
from pricing.book import PURCHASES, PriceBook, book_of_row
from pricing.errors import BookError

_PLACE = "the row"
_COLUMN = re.compile(rf"{_PLACE}: (\w+)")
_FIELDS = {
    "instance_type": "instance",
    "gpu_count": "devices",
    "purchase_option": "purchase",
    "target_id": "target",
    "price_per_hour": "price",
    "currency": "price",
}
_SOUND = {
    "target": "t4", "devices": "1", "provider": "a", "region": "b", "instance": "c", "price": "1 USD/h",
    "price_per": "instance", "purchase": "contract", "source": "d",
}  # fmt: skip


def own_row_fields(at: PriceLine | None, *, today: date) -> tuple[Field, ...]:
    """What is asked for; where a rented row is under the cursor, its market and instance stand there already."""
    row = at.rented if at is not None else None
    known = tuple(one.target_id for one in targets_in_force().all)

    def field(name: str, title: str, value: str = "", **more: object) -> Field:
        return Field(name=name, title=title, value=value, check=_check(name, today), **more)  # type: ignore[arg-type]  # by name

    return (
        field("target", "device", (row.target_id or "") if row else "", suggestions=known, hint="t4, a100-sxm4-80, …"),
        field("devices", "devices in it", is_needed=False, hint="1; empty for a CPU, too"),
        field("provider", "provider", row.provider if row else "", hint="aws, our contract, …"),
        field("region", "region", row.region if row else ""),
        field("instance", "instance", row.instance if row else "", hint="as the provider calls it"),
        field("price", "price", hint="0.31 USD/h"),
        Field(name="price_per", title="which is for", choices=("instance", "device")),
        Field(name="purchase", title="option", choices=("contract", *(one for one in PURCHASES if one != "contract"))),
        field("as_of", "stated on", str(today)),
        field("source", "by whose word", hint="contract of November, invoice 4711, …"),
    )


def own_row_book(answers: Mapping[str, str], *, today: date) -> PriceBook:
    """The book of that one price.

    Raises:
        FieldError: what the reader refuses, at its field.
    """
    row = {name: value for name, value in answers.items() if value}
    try:
        return book_of_row(row, place=_PLACE, today=today, targets=targets_in_force())
    except BookError as error:
        raise FieldError(_blamed(str(error), row), _told(error)) from error


def _check(name: str, today: date) -> Check:
    """What the reader says of this text where everything else is sound."""

    def wrong(value: str) -> str | None:
        row = {**_SOUND, "as_of": str(today), name: value}
        try:
            book_of_row(row, place=_PLACE, today=today, targets=targets_in_force())
        except BookError as error:
            return _told(error)
        return None

    return wrong


def _told(error: BookError) -> str:
    return str(error).removeprefix(f"{_PLACE}: ")


def _blamed(sentence: str, row: Mapping[str, str]) -> str:
    found = _COLUMN.match(sentence)
    name = _FIELDS.get(found[1], found[1]) if found else ""
    return name if name in {*row, *_SOUND, "as_of"} else "target"
